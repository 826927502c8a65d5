package transform

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"clipbench/data/transform/jpeg"
)

// MaxPixels is the largest image that Decode accepts, 179 million pixels. It is the limit at which
// Pillow refuses an image, so that a few bytes cannot ask for all memory.
const MaxPixels = 178_956_970

// Decode reads a PNG, JPEG, GIF (its first frame) or WebP as Pillow's convert("RGB") does: alpha is
// dropped and not blended, 16 bits a channel keep the upper 8 (a grey PNG of 16 bits is clipped at 255
// instead, as Pillow does), CMYK is inverted as Adobe writes it. The image is turned upright by its
// EXIF orientation.
func Decode(data []byte) (*RGB, error) {
	f, err := sniff(data)
	if err != nil {
		return nil, err
	}
	width, height, err := f.size(data)
	if err != nil {
		return nil, explain(f.name, data, err)
	}
	if width <= 0 || height <= 0 || width*height > MaxPixels {
		return nil, fmt.Errorf("the %s has %d × %d pixels; at most %d in all are read", f.name, width, height, MaxPixels)
	}
	img, err := f.decode(data)
	if err != nil {
		return nil, explain(f.name, data, err)
	}
	return img.upright(orientation(f.exif(data))), nil
}

// format is one way to encode an image.
type format struct {
	name   string
	size   func(data []byte) (width, height int, err error)
	decode func(data []byte) (*RGB, error)
	exif   func(data []byte) []byte // the TIFF structure of EXIF, or nil
}

func sniff(data []byte) (format, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return format{"PNG", sizeBy(png.DecodeConfig), decodePNG, exifOfPNG}, nil
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return format{"JPEG", jpeg.Size, decodeJPEG, exifOfJPEG}, nil
	case bytes.HasPrefix(data, []byte("GIF8")):
		return format{"GIF", sizeBy(gif.DecodeConfig), decodeGIF, noEXIF}, nil
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return format{"WebP", sizeBy(webp.DecodeConfig), decodeWebP, exifOfWebP}, nil
	case len(data) == 0:
		return format{}, errors.New("the image is empty")
	}
	return format{}, fmt.Errorf("the image is no PNG, JPEG, GIF or WebP (it begins with %q)", data[:min(len(data), 8)])
}

func sizeBy(config func(io.Reader) (image.Config, error)) func([]byte) (int, int, error) {
	return func(data []byte) (int, int, error) {
		c, err := config(bytes.NewReader(data))
		return c.Width, c.Height, err
	}
}

func noEXIF([]byte) []byte { return nil }

// explain says in plain words why an image could not be decoded.
func explain(name string, data []byte, err error) error {
	if need := neededBytes(name, data); need > len(data) {
		return fmt.Errorf("the %s ends after %d of at least %d bytes", name, len(data), need)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the %s ends after %d bytes, before the image does", name, len(data))
	}
	return fmt.Errorf("the %s is broken: %w", name, err)
}

// neededBytes is how long the file must be by the lengths written in it, or 0 if they do not say.
func neededBytes(name string, data []byte) int {
	switch name {
	case "PNG":
		pos := 8
		for pos+8 <= len(data) {
			pos += 12 + int(binary.BigEndian.Uint32(data[pos:]))
		}
		return pos
	case "WebP":
		return 8 + int(binary.LittleEndian.Uint32(data[4:]))
	}
	return 0
}
