"""Makes the pictures of this folder and, with Pillow and torchvision, what they must become.

    python make_goldens.py        (needs pillow, torchvision and numpy; made with 13.0.0, 0.29.2 and 2.4.6)

For each picture it writes, as lossless PNG into the folder golden:
    PICTURE.rgb.png      the picture turned upright and converted to RGB
    PICTURE.square.png   shortest side to 16, centre crop of 16 x 16
    PICTURE.wide.png     open_clip's ResizeKeepRatio and centre crop of 12 x 20 (height x width)
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps
from torchvision import transforms
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

HERE = pathlib.Path(__file__).parent
SIZE = (37, 29)


def scene(size=SIZE, channels=3, seed=0):
    """Smooth colours and hard edges: what resampling and chroma can go wrong on."""
    w, h = size
    y, x = np.mgrid[0:h, 0:w]
    waves = [127 + 120 * np.sin(x / (4 + c) + seed) * np.cos(y / (6 - c / 2) + c) for c in range(channels)]
    pixels = np.stack(waves, -1)
    pixels[h // 4 : h // 2, w // 3 : w // 2] = [250, 20, 30, 128][:channels]
    pixels[h // 2 :, : w // 4] = [10, 200, 240, 40][:channels]
    return pixels.clip(0, 255).astype(np.uint8)


def png(width, height, depth, kind, rows, chunks=b""):
    """A PNG by hand, for the kinds that Pillow does not write."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = b"".join(b"\0" + row.tobytes() for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")
    )


def orientation(value):
    exif = Image.Exif()
    exif[274] = value
    return exif.tobytes()


def pictures():
    rgb = Image.fromarray(scene())
    rgba = Image.fromarray(scene(channels=4), "RGBA")
    save = lambda image, name, **options: image.save(HERE / name, **options)
    save(rgb, "rgb.png", optimize=True)
    save(rgba, "rgba.png", optimize=True)
    save(rgb.convert("L"), "grey.png", optimize=True)
    save(rgb.convert("1"), "bits.png", optimize=True)
    save(rgba.convert("LA"), "greyalpha.png", optimize=True)
    palette = rgb.quantize(31)
    save(palette, "palette.png", optimize=True, transparency=3)
    save(palette, "palette.gif", transparency=3)
    save(rgb.resize((150, 12)), "long.jpg", quality=60)
    save(rgb.resize((12, 60)), "tall.png")
    save(rgb.resize((9, 7)), "small.png")
    deep = scene(seed=1).astype(np.uint16) * 251 + 77
    (HERE / "rgb16.png").write_bytes(png(*SIZE, 16, 2, deep.astype(">u2")))
    dark = (scene()[..., 0].astype(np.uint16) * 2).astype(">u2")
    (HERE / "grey16.png").write_bytes(png(*SIZE, 16, 0, dark))
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        save(rgb, f"jpeg{name}.jpg", quality=85, subsampling=sampling)
    save(rgb, "progressive.jpg", quality=80, progressive=True)
    save(rgb.convert("L"), "grey.jpg", quality=85)
    save(rgb, "jpeg411.jpg", quality=75, subsampling="4:1:1")
    save(rgb, "restart.jpg", quality=75, restart_marker_blocks=2)
    save(rgb, "keeprgb.jpg", quality=75, keep_rgb=True)
    save(Image.fromarray(scene(channels=4), "CMYK"), "cmyk.jpg", quality=85)
    cmyk = (HERE / "cmyk.jpg").read_bytes()
    adobe = cmyk.index(b"Adobe")
    (HERE / "ycck.jpg").write_bytes(cmyk[: adobe + 11] + b"\2" + cmyk[adobe + 12 :])
    (HERE / "noadobe.jpg").write_bytes(cmyk[: adobe - 4] + cmyk[adobe + 12 :])
    for value in (2, 3, 4, 5, 6, 7, 8):
        save(rgb.resize((14, 8)), f"exif{value}.jpg", quality=70, exif=orientation(value))
    save(rgb.resize((14, 8)), "exif6.png", exif=orientation(6), optimize=True)
    save(rgb, "lossless.webp", lossless=True)
    save(rgba, "lossy.webp", quality=80)
    save(rgb, "lossyrgb.webp", quality=60)


def square(image):
    """open_clip's evaluation for equal sides: torchvision's Resize and CenterCrop."""
    return transforms.CenterCrop(16)(transforms.Resize(16, interpolation=InterpolationMode.BICUBIC)(image))


def wide(image, height=12, width=20):
    """open_clip's ResizeKeepRatio with longest=0, for sides that differ."""
    ratio = min(image.height / height, image.width / width)
    size = [round(image.height / ratio), round(image.width / ratio)]
    return transforms.CenterCrop((height, width))(F.resize(image, size, InterpolationMode.BICUBIC))


def main():
    (HERE / "golden").mkdir(exist_ok=True)
    pictures()
    for path in sorted(HERE.glob("*.*")):
        if path.suffix == ".py":
            continue
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        for name, result in (("rgb", image), ("square", square(image)), ("wide", wide(image))):
            result.save(HERE / "golden" / f"{path.name}.{name}.png", optimize=True)


if __name__ == "__main__":
    main()
