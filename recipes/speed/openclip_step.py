"""Time open_clip's training step (model, ClipLoss, AdamW) on this machine, on a synthetic batch.

    python openclip_step.py tiny|ViT-B-32 [--precision 32|bf16] [--batch N] [--steps N]

Prints one JSON document: {"peer", "preset", "precision", "batch", "step_s" (median), "pairs_per_s"}.
"""
import argparse
import json
import statistics
import time

import open_clip
import torch
from open_clip.loss import ClipLoss
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

SIZES = {
    "tiny": dict(
        embed_dim=128,
        vision=dict(layers=4, width=128, head_width=64, patch_size=4, image_size=32),
        text=dict(context_length=16, vocab_size=2048, width=128, heads=2, layers=4),
    ),
    "ViT-B-32": dict(
        embed_dim=512,
        vision=dict(layers=12, width=768, head_width=64, patch_size=32, image_size=224),
        text=dict(context_length=77, vocab_size=49408, width=512, heads=8, layers=12),
    ),
}

parser = argparse.ArgumentParser()
parser.add_argument("preset", choices=SIZES)
parser.add_argument("--precision", choices=["32", "bf16"], default="32")
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--steps", type=int, default=8)
options = parser.parse_args()
size = SIZES[options.preset]

torch.manual_seed(0)
model = CLIP(size["embed_dim"], CLIPVisionCfg(**size["vision"]), CLIPTextCfg(**size["text"])).train()
loss_of = ClipLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2)
side, context, vocabulary = size["vision"]["image_size"], size["text"]["context_length"], size["text"]["vocab_size"]
images = torch.rand(options.batch, 3, side, side)
tokens = torch.randint(1, vocabulary - 1, (options.batch, context))
tokens[:, -1] = vocabulary - 1


def step():
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bf16"):
        image, text, scale = model(images, tokens)[:3]
        loss = loss_of(image, text, scale)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    with torch.no_grad():
        model.logit_scale.clamp_(0, 4.6052)
    return loss.item()


for _ in range(2):
    step()
seconds = []
for _ in range(options.steps):
    start = time.perf_counter()
    step()
    seconds.append(time.perf_counter() - start)
median = statistics.median(seconds)
print(json.dumps(dict(
    peer=f"open_clip {open_clip.__version__}, torch {torch.__version__}", preset=options.preset, precision=options.precision,
    batch=options.batch, step_s=median, pairs_per_s=options.batch / median)))
