"""Makes tests/fixtures/training with PyTorch: losses, gradient norms and final weights of eight optimizer steps."""

import re
from collections.abc import Iterator
from typing import Any

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

import json_files
import torch_reference
from deterministic import HEADS
from training_runs import (
    BETAS,
    CONFIG,
    IGNORED,
    LEARNING_RATE,
    RUNS,
    STEPS,
    WARMUP_STEPS,
    WEIGHT_DECAY,
    Run,
    batch,
)
from transformers import get_linear_schedule_with_warmup

FOLDER = json_files.FIXTURES / "training"
# Weights that two precisions of the reference leave further apart than this are no measure of anything else.
DETERMINED = 1e-5
LOSS_ROUNDING = 2e-6


class XAdam(torch.optim.Optimizer):
    """The step of `DeBERTa/optims/xadam.py` in microsoft/DeBERTa: moments are used as they are, without correction."""

    def __init__(self, groups: list[dict[str, Any]], lr: float, betas: tuple[float, float], eps: float) -> None:
        super().__init__(groups, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self) -> None:
        """Updates every weight from its gradient."""
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for weight in group["params"]:
                if not self.state[weight]:
                    self.state[weight] = {"m": torch.zeros_like(weight), "v": torch.zeros_like(weight)}
                m, v = self.state[weight]["m"], self.state[weight]["v"]
                m.mul_(beta1).add_(weight.grad, alpha=1 - beta1)
                v.mul_(beta2).addcmul_(weight.grad, weight.grad, value=1 - beta2)
                update = m / (v.sqrt() + group["eps"]) + group["weight_decay"] * weight
                weight.sub_(group["lr"] * update)


def is_decayed(name: str) -> bool:
    """Weight decay spares biases and layer normalizations, as the recipes of Hugging Face and Microsoft do."""
    return not name.endswith("bias") and "LayerNorm" not in name


def depth(name: str) -> int:
    """0 for what comes before the layers or is shared by them, 1 for the first layer, one more for the head."""
    layer = re.search(r"encoder\.layer\.(\d+)\.", name)
    if layer:
        return int(layer[1]) + 1
    return 0 if name.startswith("deberta.") else CONFIG["num_hidden_layers"] + 1


def groups(run: Run, model: torch.nn.Module) -> Iterator[dict[str, Any]]:
    """Yields each weight as a group of its own."""
    for name, weight in model.named_parameters():
        rate = LEARNING_RATE * run.layer_decay ** (CONFIG["num_hidden_layers"] + 1 - depth(name))
        yield {"params": [weight], "lr": rate, "weight_decay": WEIGHT_DECAY if is_decayed(name) else 0.0}


def optimizer_of(run: Run, model: torch.nn.Module) -> torch.optim.Optimizer:
    """Returns the optimizer of a run."""
    kind = torch.optim.AdamW if run.bias_correction else XAdam
    return kind(list(groups(run, model)), lr=LEARNING_RATE, betas=BETAS, eps=float(run.epsilon))


def loss_of(run: Run, output: Any, labels: dict[str, torch.Tensor]) -> torch.Tensor:
    """Returns the loss of the head, or the weighted one."""
    if not run.class_weights:
        return output.loss
    weights = torch.tensor(run.class_weights, dtype=output.logits.dtype)
    return cross_entropy(
        output.logits,
        labels["labels"],
        weight=weights,
        ignore_index=IGNORED,
        label_smoothing=run.label_smoothing,
    )


def train(run: Run, dtype: torch.dtype) -> tuple[list[dict[str, Any]], dict[str, torch.Tensor]]:
    """Trains eight steps; returns their records and the final weights by name."""
    model = torch_reference.build(run.head, {**CONFIG, "num_labels": HEADS[run.head].num_labels}).to(dtype).train()
    # Without it the row of the padding token would have no gradient.
    model.get_input_embeddings().padding_idx = None
    optimizer = optimizer_of(run, model)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, STEPS)
    head_rate = len(optimizer.param_groups) - 1
    records = []
    for step in range(STEPS):
        inputs, labels = batch(run.head, step).for_head(run.head)
        tensors = torch_reference.tensors(labels)
        output = model(**torch_reference.tensors(inputs), **tensors, output_hidden_states=True)
        loss = loss_of(run, output, tensors)
        for states in output.hidden_states:
            states.retain_grad()
        optimizer.zero_grad()
        loss.backward()
        torch_reference.check_padding_is_silent(output.hidden_states, torch.from_numpy(inputs["attention_mask"]))
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), run.max_gradient_norm)
        rate = schedule.get_last_lr()[head_rate]
        records.append(
            {"inputs": inputs, **labels, "loss": loss.item(), "gradient_norm": norm.item(), "learning_rate": rate}
        )
        optimizer.step()
        schedule.step()
    return records, {name: weight.detach().contiguous() for name, weight in model.named_parameters()}


def undetermined(run: Run, steps: list[dict[str, Any]], weights: dict[str, torch.Tensor]) -> list[str]:
    """Names the weights whose gradient is zero but for rounding, which Adam blows up to a whole step.

    They leave the losses alone: those of both precisions agree.
    """
    exact_steps, exact = train(run, torch.float64)
    for step, exact_step in zip(steps, exact_steps, strict=True):
        assert abs(step["loss"] - exact_step["loss"]) < LOSS_ROUNDING, f"{run.about}: rounding shows in the losses"
    return [name for name in weights if (weights[name] - exact[name]).abs().max() > DETERMINED]


def main() -> None:
    """Writes for each run a JSON file and the final weights."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, run in RUNS.items():
        steps, weights = train(run, torch.float32)
        norms = [step["gradient_norm"] for step in steps]
        assert min(norms) < run.max_gradient_norm < max(norms), f"{name}: clipping must matter in some steps: {norms}"
        record = {
            "about": run.about,
            "reference": f"{torch_reference.NAME} {torch.__version__}",
            "head": run.head,
            "config": CONFIG,
            "optimizer": {
                "learning_rate": LEARNING_RATE,
                "warmup_steps": WARMUP_STEPS,
                "betas": BETAS,
                "epsilon": run.epsilon,
                "weight_decay": WEIGHT_DECAY,
                "max_gradient_norm": run.max_gradient_norm,
                "bias_correction": run.bias_correction,
                "layer_decay": run.layer_decay,
            },
            "loss": {"label_smoothing": run.label_smoothing, "class_weights": run.class_weights},
            "undetermined": undetermined(run, steps, weights),
            "steps": steps,
        }
        json_files.write(FOLDER / f"{name}.json", record)
        save_file(weights, FOLDER / f"{name}.safetensors")


if __name__ == "__main__":
    main()
