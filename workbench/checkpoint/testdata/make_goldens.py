"""Makes goldens/: small random models of open_clip and transformers, what they compute in float64, and files of torch.save.

Run it with a Python that has torch, open_clip_torch, transformers and safetensors:

    python make_goldens.py            # writes goldens/ beside this file
"""

import collections
import json
import os
import pathlib
import shutil

import numpy as np
import open_clip
import torch
import torch.nn.functional as F
from open_clip.loss import ClipLoss, SigLipLoss
from open_clip.model import CLIP
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel

OUT = pathlib.Path(__file__).parent / "goldens"
VOCAB, CONTEXT, BATCH = 40, 7, 4
MEAN, STD = [0.5, 0.4, 0.3], [0.2, 0.25, 0.3]


def shake(model, seed):
    """Moves every parameter away from where its initialisation leaves it, so that none is zero or one."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if not name.startswith("logit"):
                p.add_(0.15 * torch.randn(p.shape, generator=generator))
    return model


def inputs(seed, height, width):
    """Images [batch, height, width, 3] and tokens [batch, context]: start, words, end (the highest id), zeros."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(BATCH, height, width, 3, generator=generator)
    tokens = torch.zeros(BATCH, CONTEXT, dtype=torch.int64)
    for row in range(BATCH):
        words = 1 + (row + seed) % (CONTEXT - 2)
        tokens[row, 0] = VOCAB - 2
        tokens[row, 1 : 1 + words] = torch.randint(1, VOCAB - 2, (words,), generator=generator)
        tokens[row, 1 + words] = VOCAB - 1
    return images, tokens


def write_golden(folder, model, images, tokens, encode_image, encode_text, sigmoid=False):
    """Computes features, loss and gradients in float64 and writes them as golden.safetensors."""
    model.double()
    image = F.normalize(encode_image(images.permute(0, 3, 1, 2).double()), dim=-1)
    text = F.normalize(encode_text(tokens), dim=-1)
    if sigmoid:
        loss = SigLipLoss()(image, text, model.logit_scale.exp(), model.logit_bias)
    else:
        loss = ClipLoss()(image, text, model.logit_scale.exp())
    loss.backward()
    golden = {
        "images": images.contiguous(), "tokens": tokens.int(), "loss": loss.detach().float(),
        "image_features": image.detach().float(), "text_features": text.detach().float(),
    }
    for name, p in model.named_parameters():
        golden["gradient." + name] = p.grad.float().contiguous()
    save_file(golden, folder / "golden.safetensors")
    model.float()


def new_folder(name):
    folder = OUT / name
    folder.mkdir(parents=True)
    return folder


def open_clip_case(name, model_cfg, seed, sigmoid=False, nemo=None):
    folder = new_folder(name)
    model = shake(CLIP(**model_cfg), seed)
    if nemo:
        as_nemo(model, nemo, seed)
    size = model_cfg["vision_cfg"]["image_size"]
    height, width = size if isinstance(size, list) else (size, size)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    config = {"model_cfg": model_cfg, "preprocess_cfg": {"mean": MEAN, "std": STD, "interpolation": "bicubic", "resize_mode": "shortest"}}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    images, tokens = inputs(seed, height, width)
    write_golden(folder, model, images, tokens, model.encode_image, model.encode_text, sigmoid)


def as_nemo(model, class_tokens, seed):
    """Gives open_clip's image tower NeMo's class_token_length and global_average_pool, which it does not have itself."""
    visual, generator = model.visual, torch.Generator().manual_seed(seed + 1)
    width, patches = visual.class_embedding.shape[0], visual.positional_embedding.shape[0] - 1
    visual.class_embedding = torch.nn.Parameter(0.3 * torch.randn(class_tokens, width, generator=generator))
    visual.positional_embedding = torch.nn.Parameter(0.3 * torch.randn(class_tokens + patches, width, generator=generator))

    def embeds(x):
        x = visual.conv1(x).flatten(2).permute(0, 2, 1)
        x = torch.cat([visual.class_embedding.expand(x.shape[0], -1, -1), x], dim=1) + visual.positional_embedding
        return visual.ln_pre(x)

    visual._embeds = embeds
    visual._global_pool = lambda x: (x.mean(dim=1), x)


def open_clip_cases():
    text = {"context_length": CONTEXT, "vocab_size": VOCAB, "width": 16, "heads": 2, "layers": 1}
    open_clip_case("open_clip-gelu", {
        "embed_dim": 12, "vision_cfg": {"image_size": 12, "layers": 2, "width": 16, "head_width": 8, "patch_size": 4}, "text_cfg": text}, 1)
    open_clip_case("open_clip-quickgelu", {
        "embed_dim": 10, "quick_gelu": True,
        "vision_cfg": {"image_size": [8, 12], "layers": 1, "width": 22, "head_width": 11, "patch_size": 4, "mlp_ratio": 4.3637},
        "text_cfg": {**text, "width": 15, "heads": 3, "mlp_ratio": 2.5, "pool_type": "last"}}, 2)
    open_clip_case("open_clip-sigmoid", {
        "embed_dim": 8, "init_logit_scale": float(np.log(10)), "init_logit_bias": -10.0,
        "vision_cfg": {"image_size": 8, "layers": 2, "width": 16, "head_width": 4, "patch_size": 2, "no_ln_pre": True,
                       "ls_init_value": 0.2, "norm_kwargs": {"eps": 1e-3}, "act_kwargs": {"approximate": "tanh"}},
        "text_cfg": {**text, "ls_init_value": 0.3, "pool_type": "first", "act_kwargs": {"approximate": "tanh"}}}, 3, sigmoid=True)
    open_clip_case("nemo-pooled", {
        "embed_dim": 12, "vision_cfg": {"image_size": 12, "layers": 1, "width": 16, "head_width": 8, "patch_size": 4}, "text_cfg": text}, 4, nemo=3)


def hugging_face_case(name, seed, text, vision):
    folder = new_folder(name)
    size = vision.get("image_size", 12)
    config = CLIPConfig(
        projection_dim=10,
        text_config={"vocab_size": VOCAB, "max_position_embeddings": CONTEXT, "num_hidden_layers": 1, "projection_dim": 10, **text},
        vision_config={"image_size": size, "num_hidden_layers": 1, "projection_dim": 10, **vision})
    config._attn_implementation = "eager"
    model = shake(CLIPModel(config), seed).eval()
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "CLIPImageProcessor", "image_mean": MEAN, "image_std": STD, "resample": 3,
        "size": {"shortest_edge": size}, "crop_size": {"height": size, "width": size}, "do_resize": True}, indent=1) + "\n")
    images, tokens = inputs(seed, size, size)

    def features(output):
        return output if isinstance(output, torch.Tensor) else output.pooler_output

    write_golden(folder, model, images, tokens,
                 lambda x: features(model.get_image_features(pixel_values=x)), lambda x: features(model.get_text_features(input_ids=x)))


def hugging_face_cases():
    hugging_face_case("huggingface-quickgelu", 5,
                      {"hidden_size": 16, "intermediate_size": 40, "num_attention_heads": 2, "eos_token_id": VOCAB - 1},
                      {"hidden_size": 18, "intermediate_size": 36, "num_attention_heads": 2, "patch_size": 4})
    hugging_face_case("huggingface-gelu", 6,
                      {"hidden_size": 12, "intermediate_size": 24, "num_attention_heads": 3, "hidden_act": "gelu", "eos_token_id": 2},
                      {"hidden_size": 16, "intermediate_size": 64, "num_attention_heads": 4, "patch_size": 3, "hidden_act": "gelu_new",
                       "layer_norm_eps": 1e-4})


def interpolations():
    """Position embeddings resampled by torch: rows are positions."""
    generator = torch.Generator().manual_seed(7)
    tensors = {}
    for (h, w), (to_h, to_w) in [((3, 3), (5, 4)), ((7, 7), (7, 7)), ((8, 6), (3, 4)), ((4, 4), (16, 16)), ((16, 16), (7, 7)), ((2, 5), (1, 1))]:
        grid = torch.randn(1, 3, h, w, generator=generator)
        out = F.interpolate(grid.double(), size=(to_h, to_w), mode="bicubic", antialias=True, align_corners=False)
        key = f"grid {h}x{w} {to_h}x{to_w} "
        tensors[key + "in"] = grid[0].permute(1, 2, 0).reshape(-1, 3).contiguous()
        tensors[key + "out"] = out[0].permute(1, 2, 0).reshape(-1, 3).float().contiguous()
    for n, to in [(7, 12), (12, 5), (77, 16), (3, 3), (4, 1)]:
        line = torch.randn(1, 2, n, generator=generator)
        out = F.interpolate(line.double(), size=to, mode="linear", align_corners=False)
        tensors[f"line {n} {to} in"] = line[0].T.contiguous()
        tensors[f"line {n} {to} out"] = out[0].T.float().contiguous()
    save_file(tensors, OUT / "interpolation.safetensors")


class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3).half())
        self.register_buffer("mask", torch.tensor([True, False]))


class Scripted(torch.nn.Module):
    """Modules in modules, numbers and texts among the attributes, as in OpenAI's archives."""

    def __init__(self):
        super().__init__()
        self.visual = Inner()
        self.proj = torch.nn.Parameter(torch.arange(4.0))
        self.input_resolution = 224
        self.name = "clip"
        self.sizes = [1, 2]
        self.register_buffer("context_length", torch.tensor(77))

    def forward(self, x):
        return x + self.proj


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/clipbench-was-here",)


def pytorch_files():
    """Files of torch.save and torch.jit.save, and what is in them as safetensors."""
    folder = new_folder("pytorch")
    base = torch.arange(24.0).reshape(4, 6)
    tensors = collections.OrderedDict({
        "module.whole": base, "module.columns": base.T, "module.tail": base[2:, 1:], "module.scalar": torch.tensor(2.5),
        "module.half": torch.arange(5).half(), "module.bfloat": torch.arange(5).bfloat16(), "module.double": torch.arange(3).double() / 3,
        "module.ids": torch.arange(4), "module.small": torch.arange(4, dtype=torch.int32), "module.bytes": torch.arange(4, dtype=torch.uint8),
        "module.truth": torch.tensor([True, False]), "module.empty": torch.zeros(0, 3),
        "module.parameter": torch.nn.Parameter(torch.arange(3.0)),
    })
    checkpoint = {"epoch": 3, "name": "réseau", "loss": 0.5, "big": 2**40, "negative": -7, "state_dict": tensors,
                  "optimizer": {"state": {0: {"step": torch.tensor(1.0), "exp_avg": torch.zeros(2)}}, "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.98), "params": [0]}]}}
    torch.save(checkpoint, folder / "checkpoint.pt")
    torch.save(tensors, folder / "state_dict.pt", pickle_protocol=4)
    plain = {k.removeprefix("module."): v.detach().contiguous() for k, v in tensors.items()}
    save_file({k: v.clone() for k, v in plain.items()}, folder / "state_dict.safetensors")
    scripted = torch.jit.script(Scripted())
    scripted.save(str(folder / "scripted.pt"))
    save_file({k: v.clone() for k, v in scripted.state_dict().items()}, folder / "scripted.safetensors")
    torch.save({"state_dict": {"weight": torch.zeros(1), "hook": Evil()}}, folder / "evil.pt")
    torch.save({"weight": torch.zeros(1)}, folder / "old.pt", _use_new_zipfile_serialization=False)
    torch.save([torch.zeros(1)], folder / "list.pt")


if __name__ == "__main__":
    torch.use_deterministic_algorithms(True)
    if OUT.exists():
        shutil.rmtree(OUT)
    open_clip_cases()
    hugging_face_cases()
    interpolations()
    pytorch_files()
    print(f"open_clip {open_clip.__version__}, torch {torch.__version__}:", sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes")
