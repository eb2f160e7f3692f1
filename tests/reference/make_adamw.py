"""Makes tests/fixtures/adamw.json with PyTorch: two weights after each of some steps of AdamW, in float64."""

from typing import Any

import torch

import json_files

KERNEL, BIAS = [[0.5, -1.0], [2.0, 0.25]], [0.1, -0.2, 0.3]
# The last one is small, so that epsilon matters.
GRADIENTS = [
    {"kernel": [[0.3, -0.6], [1.2, 0.1]], "bias": [0.5, -0.25, 1.0]},
    {"kernel": [[-0.4, 0.2], [0.7, -0.9]], "bias": [0.3, 0.8, -0.6]},
    {"kernel": [[1e-4, 0.0], [-2e-4, 3e-4]], "bias": [1e-4, -1e-4, 0.0]},
]
CASES = {
    "defaults": {"lr": 0.1, "weight_decay": 0.0},
    "weight decay, not of biases": {"lr": 0.1, "weight_decay": 0.1},
    "other constants": {"lr": 0.05, "betas": [0.7, 0.9], "eps": "1e-3", "weight_decay": 0.01},
    "clipping of the first two": {"lr": 0.1, "weight_decay": 0.01, "max_norm": 1.0},
}


def steps(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the weights after each step, and the norm of the gradient before clipping."""
    kernel, bias = (torch.nn.Parameter(torch.tensor(values, dtype=torch.float64)) for values in (KERNEL, BIAS))
    optimizer = torch.optim.AdamW(
        [
            {"params": [kernel], "weight_decay": options["weight_decay"]},
            {"params": [bias], "weight_decay": 0.0},
        ],
        lr=options["lr"],
        betas=options.get("betas", (0.9, 0.999)),
        eps=float(options.get("eps", "1e-8")),
    )
    seen = []
    for gradient in GRADIENTS:
        kernel.grad = torch.tensor(gradient["kernel"], dtype=torch.float64)
        bias.grad = torch.tensor(gradient["bias"], dtype=torch.float64)
        norm = torch.nn.utils.clip_grad_norm_([kernel, bias], options.get("max_norm", float("inf")))
        optimizer.step()
        seen.append({"norm": norm.item(), "kernel": kernel.tolist(), "bias": bias.tolist()})
    return seen


def main() -> None:
    """Writes the cases."""
    cases = [{"about": about, **options, "steps": steps(options)} for about, options in CASES.items()]
    record = {"kernel": KERNEL, "bias": BIAS, "gradients": GRADIENTS, "cases": cases}
    json_files.write(json_files.FIXTURES / "adamw.json", record)


if __name__ == "__main__":
    main()
