"""The other side of parity_test.go: makes a model with open_clip, and computes features of exported ones.

    parity.py make FOLDER                         a random ViT-B-32 with inputs, features and gradients, as make_goldens.py lays it out
    parity.py load (FOLDER GOLDEN OUT)...         features of the model in FOLDER, by open_clip or transformers, on GOLDEN's inputs
"""

import json
import pathlib
import sys

import open_clip
import torch
import torch.nn.functional as F
from open_clip.loss import ClipLoss
from safetensors.torch import load_file, save_file
from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizer

TEXTS = ["a photo of a cat", "two Dogs, running!"]


def make(folder):
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    model = open_clip.create_model("ViT-B-32")
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.ndim == 1:
                p.add_(0.05 * torch.randn_like(p))
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    torch.save({"epoch": 1, "state_dict": model.state_dict()}, folder / "epoch_1.pt")
    config = {"model_cfg": open_clip.get_model_config("ViT-B-32"), "preprocess_cfg": {"mean": model.visual.image_mean, "std": model.visual.image_std}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    golden = {"images": torch.randn(2, 224, 224, 3), "tokens": open_clip.get_tokenizer("ViT-B-32")(TEXTS).int()}
    golden |= features(model.encode_image, model.encode_text, golden) | gradients(model, golden)
    save_file(golden, folder / "golden.safetensors")


def gradients(model, golden):
    """The loss and its gradient by every parameter, in float64."""
    model.double()
    image, text, scale = model(golden["images"].permute(0, 3, 1, 2).double(), golden["tokens"].long())[:3]
    loss = ClipLoss()(image, text, scale)
    loss.backward()
    result = {f"gradient.{name}": p.grad.float() for name, p in model.named_parameters()}
    return result | {"loss": loss.detach().float().reshape(1)}


def features(encode_image, encode_text, golden):
    with torch.no_grad():
        image = encode_image(golden["images"].permute(0, 3, 1, 2).contiguous())
        text = encode_text(golden["tokens"].long())
    return {"image_features": F.normalize(image, dim=-1), "text_features": F.normalize(text, dim=-1)}


def load(folder, golden, out):
    golden = load_file(golden)
    if (folder / "open_clip_config.json").exists():
        model, _, _ = open_clip.create_model_and_transforms(f"local-dir:{folder}")
        model.eval()
        result = features(model.encode_image, model.encode_text, golden)
        mean, std = model.visual.image_mean, model.visual.image_std
    else:
        model = CLIPModel.from_pretrained(folder).eval()
        tensor = lambda x: x if isinstance(x, torch.Tensor) else x.pooler_output
        result = features(lambda x: tensor(model.get_image_features(pixel_values=x)), lambda x: tensor(model.get_text_features(input_ids=x)), golden)
        processor = CLIPImageProcessor.from_pretrained(folder)
        mean, std = processor.image_mean, processor.image_std
        if (folder / "vocab.json").exists():
            ids = CLIPTokenizer.from_pretrained(folder)(TEXTS, padding="max_length", max_length=77)["input_ids"]
            result["ids"] = torch.tensor(ids, dtype=torch.int32)
    result["mean"], result["std"] = torch.tensor(mean), torch.tensor(std)
    save_file({k: v.contiguous() for k, v in result.items()}, out)


if __name__ == "__main__":
    torch.set_num_threads(2)
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]))
    else:
        jobs = sys.argv[2:]
        for i in range(0, len(jobs), 3):
            load(pathlib.Path(jobs[i]), jobs[i + 1], jobs[i + 2])
