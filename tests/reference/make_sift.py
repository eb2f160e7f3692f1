"""Makes tests/fixtures/sift with PyTorch: loss terms, gradients and four optimizer steps of training by SiFT.

What `DeBERTa/sift/sift.py` of microsoft/DeBERTa does, in float64, on the classes of transformers; the noise is the one the
package draws. Rows whose label does not count have no part in the divergence, and values and several labels at once have
measures of their own (`divergences`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import layer_norm, log_softmax, logsigmoid

import json_files
import torch_reference
from deterministic import HEADS, Arrays
from make_training import DETERMINED, loss_of, optimizer_of
from philox import RandomStream, normal
from training_runs import BETAS, CONFIG, IGNORED, LEARNING_RATE, MAX_GRADIENT_NORMS, WARMUP_STEPS, WEIGHT_DECAY, Run, batch
from transformers import get_linear_schedule_with_warmup

FOLDER = json_files.FIXTURES / "sift"
# A length that no backend pads further, so that the noise is the same on all of them.
STEPS, LENGTH, SEED = 4, 16, 7
EPSILON, SMALLEST = 1e-7, 1e-6
# What the perturbation must change at least, relative to a gradient, to be tested at all.
FELT = 1e-3


@dataclass(frozen=True)
class SiftRun:
    """One run of four steps: the head and optimizer, what SiFT is told, and batches that make a step."""

    run: Run
    weight: float = 5.0
    perturbation: float = 0.2
    step_size: float = 0.1
    config: dict[str, Any] = field(default_factory=dict)
    parts: int = 1

    @property
    def full_config(self) -> dict[str, Any]:
        """The whole configuration."""
        return {**CONFIG, "num_labels": HEADS[self.run.head].num_labels, **self.config}


def run_of(about: str, head: str = "sequence_classification", **options: Any) -> Run:
    """Returns a run with a limit of the gradient's norm, within reach in some steps."""
    return Run(about, head, max_gradient_norm=MAX_GRADIENT_NORMS.get(head, 1.0), **options)


RUNS = {
    "masked_lm": SiftRun(run_of("rows are the labelled tokens", "masked_lm"), weight=1.0),
    "sequence_classification": SiftRun(run_of("rows are texts")),
    "token_classification": SiftRun(run_of("rows are the labelled tokens", "token_classification")),
    "question_answering": SiftRun(run_of("rows are starts and ends in the window", "question_answering"), weight=3.0),
    "multiple_choice": SiftRun(run_of("rows are questions", "multiple_choice")),
    "regression": SiftRun(
        run_of("squared differences"), weight=20.0, config={"num_labels": 1, "problem_type": "regression"}
    ),
    "multi_label": SiftRun(
        run_of("each label by itself"), config={"problem_type": "multi_label_classification"}
    ),
    "weighted_loss": SiftRun(
        run_of("rows count as in the loss", label_smoothing=0.1, class_weights=[0.5, 2.0, 1.25])
    ),
    "accumulated": SiftRun(run_of("two batches of four rows, each with its own noise"), parts=2),
}


def labels_of(given: SiftRun, step: int) -> tuple[Arrays, Arrays]:
    """Returns inputs and labels of a step's batch; those of values and several labels are made of the classes."""
    inputs, labels = batch(given.run.head, step, LENGTH).for_head(given.run.head)
    if "problem_type" in given.config:
        classes = inputs["input_ids"][:, 1] % 3
        several = given.config["problem_type"] == "multi_label_classification"
        labels = {"labels": np.stack([classes != column for column in range(3)], 1).astype(np.int32) if several else classes}
    return inputs, labels


def part_of(arrays: Arrays, part: int, parts: int) -> Arrays:
    """Returns some rows of arrays."""
    return {key: np.split(value, parts)[part] for key, value in arrays.items()}


def kl_like(p: torch.Tensor, q: torch.Tensor, log: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """Returns both cross-entropies, the probabilities in front of logarithms taken as fixed."""
    log_p, log_q = log(p), log(q)
    return -(log_q.detach().exp() * log_p + log_p.detach().exp() * log_q)


def divergences(given: SiftRun, perturbed: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    """Returns a number for each row of logits."""
    kind = given.config.get("problem_type")
    if kind == "regression":
        return ((perturbed - clean) ** 2).mean(-1)
    if kind == "multi_label_classification":
        holds = kl_like(perturbed, clean, logsigmoid)
        return (holds + kl_like(-perturbed, -clean, logsigmoid)).mean(-1)
    return kl_like(perturbed, clean, lambda logits: log_softmax(logits, -1)).sum(-1)


def logits_of(output: Any) -> torch.Tensor:
    """Returns rows of logits; of question answering those of starts, then those of ends."""
    if "start_logits" in output:
        return torch.cat([output.start_logits, output.end_logits])
    return output.logits.reshape(-1, output.logits.shape[-1])


def row_weights(given: SiftRun, labels: dict[str, torch.Tensor]) -> torch.Tensor:
    """Returns how much each row counts, as in the mean of the head's loss."""
    if "labels" not in labels:
        positions = torch.cat([labels["start_positions"], labels["end_positions"]])
        return (positions < LENGTH).double()
    if "problem_type" in given.config:
        return torch.ones(len(labels["labels"])).double()
    flat = labels["labels"].reshape(-1)
    weights = (flat != IGNORED).double()
    if given.run.class_weights:
        weights = weights * torch.tensor(given.run.class_weights).double()[flat.clamp(min=0)]
    return weights


class Hook:
    """What stands in front of the embeddings' LayerNorm: a normalization without scale, or a perturbed constant."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.replacement: torch.Tensor | None = None
        self.normalized: torch.Tensor | None = None
        model.deberta.embeddings.LayerNorm.register_forward_pre_hook(self.__call__)

    def __call__(self, module: torch.nn.Module, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        """Replaces the layer's input."""
        if self.replacement is None:
            self.normalized = layer_norm(args[0], args[0].shape[-1:], eps=EPSILON)
            return (self.normalized,)
        return (self.replacement,)


def losses(
    given: SiftRun, model: torch.nn.Module, hook: Hook, inputs: Arrays, labels: Arrays, seed: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Returns the loss of the head, the mean divergence, and how much the batch counts."""
    dtype = next(model.parameters()).dtype
    targets = torch_reference.tensors(labels)
    if "problem_type" in given.config:
        targets = {"labels": targets["labels"].to(dtype)}
    arguments = {**torch_reference.tensors(inputs), **targets}
    hook.replacement = None
    output = model(**arguments)
    clean, weights = logits_of(output), row_weights(given, targets).to(dtype)
    limit = 2 * given.perturbation
    noise = (normal(tuple(hook.normalized.shape), seed) * given.perturbation).clip(-limit, limit)
    start = (hook.normalized.detach() + torch.from_numpy(noise).to(dtype)).requires_grad_()

    hook.replacement = start
    rows = divergences(given, logits_of(model(**arguments)), clean.detach())
    (gradient,) = torch.autograd.grad((rows * weights).sum(), start)
    largest = gradient.abs().amax(-1, keepdim=True)
    hook.replacement = (start + given.step_size * gradient / (largest + SMALLEST)).detach()
    rows = divergences(given, logits_of(model(**arguments)), clean)
    return loss_of(given.run, output, targets), (rows * weights).sum() / weights.sum(), weights.sum()


def gradients_of(model: torch.nn.Module, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    """Returns the gradient of every parameter by name, and puts nothing into the parameters."""
    names, parameters = zip(*model.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(loss, parameters, retain_graph=True, materialize_grads=True), strict=True))


def train(given: SiftRun, dtype: torch.dtype) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Trains four steps; returns their records, the gradients of the first batch, and the final weights by name."""
    config = given.full_config
    model = torch_reference.build(given.run.head, config).to(dtype).train()
    # Without it the row of the padding token would have no gradient.
    model.get_input_embeddings().padding_idx = None
    hook = Hook(model)
    seeds = RandomStream(SEED)
    optimizer = optimizer_of(given.run, model)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, STEPS)
    records, first = [], {}
    for step in range(STEPS):
        inputs, labels = labels_of(given, step)
        record: dict[str, Any] = {"inputs": inputs, **labels, "parts": []}
        total, counted = dict.fromkeys(dict(model.named_parameters()), 0.0), 0.0
        for part in range(given.parts):
            of_part = (part_of(arrays, part, given.parts) for arrays in (inputs, labels))
            task_loss, divergence, weight = losses(given, model, hook, *of_part, seeds.next_integer())
            loss = task_loss + given.weight * divergence
            gradients = gradients_of(model, loss)
            if not first:
                first = gradients
                plain = gradients_of(model, task_loss)
                changes = sum((value - plain[name]).norm().item() for name, value in gradients.items())
                felt = changes / sum(value.norm().item() for value in gradients.values())
                assert felt > FELT, f"{given.run.about}: the perturbation changes the gradient by {felt}"
            total = {name: total[name] + weight * value for name, value in gradients.items()}
            counted = counted + weight
            record["parts"].append(
                {"loss": loss.item(), "task_loss": task_loss.item(), "divergence": divergence.item()}
            )
        for name, parameter in model.named_parameters():
            parameter.grad = total[name] / counted
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), given.run.max_gradient_norm)
        records.append({**record, "gradient_norm": norm.item(), "learning_rate": schedule.get_last_lr()[-1]})
        optimizer.step()
        schedule.step()
    return records, first, {name: weight.detach() for name, weight in model.named_parameters()}


def single(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Returns weights in float32, as the package has them."""
    return {name: weight.float().contiguous() for name, weight in weights.items()}


def main() -> None:
    """Writes for each run a JSON file, the gradients of its first batch, and the final weights."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, given in RUNS.items():
        steps, gradients, weights = train(given, torch.float64)
        _, _, rounded = train(given, torch.float32)
        record = {
            "about": given.run.about,
            "reference": f"{torch_reference.NAME} {torch.__version__}",
            "head": given.run.head,
            "config": given.full_config,
            "seed": SEED,
            "sift": {"lambda": given.weight, "perturbation": given.perturbation, "step_size": given.step_size},
            "parts": given.parts,
            "optimizer": {
                "learning_rate": LEARNING_RATE,
                "warmup_steps": WARMUP_STEPS,
                "betas": BETAS,
                "epsilon": given.run.epsilon,
                "weight_decay": WEIGHT_DECAY,
                "max_gradient_norm": given.run.max_gradient_norm,
                "bias_correction": given.run.bias_correction,
                "layer_decay": given.run.layer_decay,
            },
            "loss": {"label_smoothing": given.run.label_smoothing, "class_weights": given.run.class_weights},
            "undetermined": [key for key in weights if (weights[key] - rounded[key]).abs().max() > DETERMINED],
            "steps": steps,
        }
        json_files.write(FOLDER / f"{name}.json", record)
        save_file(single(gradients), FOLDER / f"{name}_gradients.safetensors")
        save_file(single(weights), FOLDER / f"{name}.safetensors")


if __name__ == "__main__":
    main()
