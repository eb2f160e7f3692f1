"""Makes tests/fixtures/losses with PyTorch: weighted and smoothed losses in float64, and their gradients."""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

import json_files

LOGITS = [
    [0.5, -1.25, 2.0, 0.1],
    [1.5, 0.25, -0.75, 3.0],
    [-0.5, 3.0, 1.0, -2.0],
    [4.0, 0.0, 0.5, 1.0],
    [-1.0, -2.0, 0.3, 0.9],
]
IGNORED = -100
CLASS_LABELS = [2, 0, IGNORED, 3, 1]
SOFT_LABELS = [
    [0.2, 0.3, 0.5, 0.0],
    [1.0, 0.0, 0.0, 0.0],
    [0.1, 0.1, 0.1, 0.7],
    [0.0, 0.5, 0.5, 0.0],
    [0.25] * 4,
]
ZERO_ONE = [
    [1.0, 0.0, 1.0, 1.0],
    [0.0, 0.0, 0.0, 0.0],
    [1.0, 1.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 1.0],
    [1.0] * 4,
]
VALUES = [
    [0.1, -2.0, 3.0, 0.0],
    [4.0, 0.5, -0.6, 2.0],
    [0.0, 0.0, 1.0, -1.0],
    [2.5, 0.3, 0.0, 0.0],
    [1.0, 1.0, 0.0, 0.5],
]

CLASS_WEIGHTS = [None, [0.5, 2.0, 1.25, 0.0]]
SMOOTHINGS = [0.0, 0.1, 1.0]
ROW_WEIGHTS = [None, [1.0, 0.0, 3.0, 0.25, 2.0]]
DTYPE = torch.float64

Options = dict[str, Any]
Loss = Callable[[torch.Tensor, Options], torch.Tensor]


def tensor(values: Any) -> torch.Tensor | None:
    """Returns a float64 tensor of a list."""
    return None if values is None else torch.tensor(values, dtype=DTYPE)


def weighted_mean(rows: torch.Tensor, options: Options, counts: torch.Tensor | None = None) -> torch.Tensor:
    """Returns the mean of the losses of rows, weighted by row; `counts` is what a row weighs by itself."""
    weights = tensor(options.get("row_weights") or [1.0] * len(rows))
    return (weights * rows).sum() / (weights if counts is None else weights * counts).sum()


def cross_entropy(logits: torch.Tensor, options: Options) -> torch.Tensor:
    """PyTorch has no weights of rows: they are put on its losses of rows, and on what its mean divides by."""
    labels = torch.tensor(options["labels"])
    weight = tensor(options.get("class_weights"))
    arguments = {
        "weight": weight,
        "label_smoothing": options.get("label_smoothing", 0.0),
        "ignore_index": options.get("ignore_index", IGNORED),
    }
    counted = labels != arguments["ignore_index"]
    of_classes = torch.ones(logits.shape[1], dtype=DTYPE) if weight is None else weight
    counts = of_classes[torch.where(counted, labels, 0)] * counted
    loss = weighted_mean(functional.cross_entropy(logits, labels, reduction="none", **arguments), options, counts)
    if options.get("row_weights") is None:
        torch.testing.assert_close(loss, functional.cross_entropy(logits, labels, **arguments))
    return loss


def soft_cross_entropy(logits: torch.Tensor, options: Options) -> torch.Tensor:
    """Cross-entropy of probabilities."""
    rows = functional.cross_entropy(
        logits,
        tensor(options["labels"]),
        weight=tensor(options.get("class_weights")),
        label_smoothing=options.get("label_smoothing", 0.0),
        reduction="none",
    )
    return weighted_mean(rows, options)


def binary_cross_entropy(logits: torch.Tensor, options: Options) -> torch.Tensor:
    """Class weights are `pos_weight`; PyTorch smooths no binary labels, so they are smoothed before."""
    smoothing = options.get("label_smoothing", 0.0)
    rows = functional.binary_cross_entropy_with_logits(
        logits,
        tensor(options["labels"]) * (1 - smoothing) + smoothing / 2,
        pos_weight=tensor(options.get("class_weights")),
        reduction="none",
    )
    return weighted_mean(rows.mean(1), options)


def mean_squared_error(logits: torch.Tensor, options: Options) -> torch.Tensor:
    """Squared differences."""
    return weighted_mean(functional.mse_loss(logits, tensor(options["labels"]), reduction="none").mean(1), options)


def combinations(labels: list, classes: bool = True) -> list[Options]:
    """Returns every combination of options, those left out that change nothing."""
    axes = (CLASS_WEIGHTS, SMOOTHINGS, ROW_WEIGHTS) if classes else ([None], [0.0], ROW_WEIGHTS)
    return [
        {
            "labels": labels,
            **({"class_weights": weights} if weights else {}),
            **({"label_smoothing": smoothing} if smoothing else {}),
            **({"row_weights": rows} if rows else {}),
        }
        for weights, smoothing, rows in itertools.product(*axes)
    ]


LOSSES: dict[str, tuple[Loss, list[Options]]] = {
    "cross_entropy": (
        cross_entropy,
        [
            *combinations(CLASS_LABELS),
            {"labels": [2, 0, 1, 3, 1], "ignore_index": 1, "class_weights": CLASS_WEIGHTS[1], "label_smoothing": 0.1},
        ],
    ),
    "soft_cross_entropy": (soft_cross_entropy, combinations(SOFT_LABELS)),
    "binary_cross_entropy": (binary_cross_entropy, [*combinations(ZERO_ONE), {"labels": SOFT_LABELS}]),
    "mean_squared_error": (mean_squared_error, combinations(VALUES, classes=False)),
}


def record(loss_of: Loss, options: Options) -> dict[str, Any]:
    """Returns the options with loss and gradient."""
    logits = torch.tensor(LOGITS, dtype=DTYPE, requires_grad=True)
    loss = loss_of(logits, options)
    loss.backward()
    return {**options, "loss": loss.item(), "gradient": logits.grad.numpy()}


def main() -> None:
    """Writes a file for each loss."""
    for name, (loss_of, cases) in LOSSES.items():
        record_of = {
            "reference": f"PyTorch {torch.__version__}",
            "logits": LOGITS,
            "cases": [record(loss_of, options) for options in cases],
        }
        json_files.write(json_files.FIXTURES / "losses" / f"{name}.json", record_of)


if __name__ == "__main__":
    main()
