"""Trains the demo's spam classifier with PyTorch, on the very texts of `examples/spam_training.ts`, to compare figures.

Give the file that `EXAMPLE_TEXTS=<file> EXAMPLE_SEED=<seed> npx ts-node --swc examples/spam_training.ts` writes, and the
seed, from which weights, dropout and the order of the texts follow. The constants are those of that script.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch_reference  # noqa: F401, must come before transformers
import torch
from torch.nn.functional import cross_entropy
from transformers import (
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    DebertaV2Tokenizer,
    get_linear_schedule_with_warmup,
    set_seed,
)

CHECKPOINT = Path(__file__).resolve().parents[2] / "examples" / "checkpoints" / "spam"
BATCH_SIZE = 32
MAX_LENGTH = 256  # tokens
LEARNING_RATE = 8e-4
WARMUP = 0.08  # part of all steps
WEIGHT_DECAY = 0.05
CLIP_NORM = 1.0
LABEL_SMOOTHING = 0.05

Texts = list[dict[str, str | int]]
Batch = tuple[dict[str, torch.Tensor], torch.Tensor]


def batches(tokenizer: DebertaV2Tokenizer, texts: Texts, generator: random.Random | None) -> Iterator[Batch]:
    """Yields batches of texts of similar length; in random order and without those that fill none, given a generator."""
    size = BATCH_SIZE * 16
    chunks = [texts[at : at + size] for at in range(0, len(texts), size)]
    ordered = [text for chunk in chunks for text in sorted(chunk, key=lambda item: len(item["text"]))]
    groups = [ordered[at : at + BATCH_SIZE] for at in range(0, len(ordered), BATCH_SIZE)]
    if generator:
        groups = [group for group in groups if len(group) == BATCH_SIZE]
        generator.shuffle(groups)
    for group in groups:
        inputs = tokenizer(
            [item["text"] for item in group],
            truncation=True,
            max_length=MAX_LENGTH,
            padding=True,
            pad_to_multiple_of=16,
            return_tensors="pt",
        )
        yield dict(inputs), torch.tensor([item["label"] for item in group])


def train(
    model: DebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer, epochs: list[Texts], seed: int
) -> None:
    """Trains with AdamW, warm-up, linear decay, clipped gradients and smoothed labels."""
    named = list(model.named_parameters())
    spared = [parameter for name, parameter in named if "bias" in name or "LayerNorm" in name]
    decayed = [parameter for name, parameter in named if "bias" not in name and "LayerNorm" not in name]
    groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": spared, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE)
    steps = len(epochs) * (len(epochs[0]) // BATCH_SIZE)
    schedule = get_linear_schedule_with_warmup(optimizer, int(steps * WARMUP), steps)
    generator = random.Random(seed)
    model.train()
    for number, texts in enumerate(epochs):
        start, losses = time.monotonic(), []
        for inputs, labels in batches(tokenizer, texts, generator):
            loss = cross_entropy(model(**inputs).logits, labels, label_smoothing=LABEL_SMOOTHING)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        mean = sum(losses) / len(losses)
        print(f"epoch {number + 1}  loss {mean:.4f}  {time.monotonic() - start:.0f} s", flush=True)


def accuracy(model: DebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer, texts: Texts) -> float:
    """Returns the share of texts that get their label."""
    model.eval()
    with torch.no_grad():
        right = [model(**inputs).logits.argmax(-1) == labels for inputs, labels in batches(tokenizer, texts, None)]
    return torch.cat(right).float().mean().item()


def main(file: str, seed: int) -> None:
    """Trains and prints the accuracy on each set of held-out texts."""
    set_seed(seed)
    texts = json.loads(Path(file).read_text(encoding="utf-8"))
    tokenizer = DebertaV2Tokenizer(str(CHECKPOINT / "spm.model"))
    model = DebertaV2ForSequenceClassification(DebertaV2Config.from_pretrained(CHECKPOINT))
    train(model, tokenizer, texts["epochs"], seed)
    for name, part in texts["evaluations"].items():
        print(f"{name}  {accuracy(model, tokenizer, part):.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
