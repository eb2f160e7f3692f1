"""Makes tests/fixtures/pretraining with PyTorch in float64: steps of replaced token detection, after Microsoft's formulas.

The encoder is that of transformers. The enhanced mask decoder, the head that tells replaced tokens and the three ways to
share embeddings are written here, from the descriptions in https://arxiv.org/abs/2006.03654 and
https://arxiv.org/abs/2111.09543 and the behaviour of DeBERTa/apps/models and DeBERTa/apps/tasks/rtd_task.py. Their
numbers are compared with those of the original's code first (`check_known`).

One step is decoupled, as in all of Microsoft's recipes: the generator's optimizer goes first, and the discriminator sees
tables after that. Where both share one table ("es"), each optimizer changes it in turn. (The original's discriminator
optimizer does not hold the shared table, so that the gradient which the discriminator has for it is dropped there.)
"""

from typing import Any

import torch_reference

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from transformers import DebertaV2Config, DebertaV2Model
from transformers.activations import ACT2FN
from transformers.models.deberta_v2.modeling_deberta_v2 import DebertaV2OnlyMLMHead

import json_files
from deterministic import CASES, DROPOUT_OFF, STANDARD, fill

IGNORED = -100
MASK_ID = 4
LAMBDA = 10.0
RATE = 0.01
LABELS = STANDARD.labels["masked_lm"]["labels"]
# What the generator puts in place of the four masked tokens (7, 11, 9 and 13), step by step; some are right.
SAMPLED = [[7, 3, 30, 41], [5, 11, 9, 2], [44, 8, 9, 13]]
DISCRIMINATOR_LAYERS, GENERATOR_LAYERS = 3, 2
TABLES = ("word_embeddings", "position_embeddings")

Config = dict[str, Any]


def filled(module: nn.Module) -> nn.Module:
    """Returns the module in float64, every weight filled by its name."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.from_numpy(fill(name, tuple(parameter.shape))))
    return module.double()


def encoder(config: Config, has_positions: bool) -> DebertaV2Model:
    """Returns the bare model; the original has a position table even where none is added to the input."""
    model = DebertaV2Model(DebertaV2Config(**config, **DROPOUT_OFF))
    model.embeddings.word_embeddings.padding_idx = None
    if has_positions and model.embeddings.position_embeddings is None:
        rows, width = config["max_position_embeddings"], config["hidden_size"]
        model.embeddings.position_embeddings = nn.Embedding(rows, width)
    return model


class Generator(nn.Module):
    """Masked language model whose head reads an enhanced mask decoder, or the last layer if positions are in the input."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.deberta = encoder(config, has_positions=True)
        self.lm_predictions = DebertaV2OnlyMLMHead(DebertaV2Config(**config))
        self.position_biased = config["position_biased_input"]

    def decoded(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Returns the states that the head reads, [B, S, H]."""
        hidden_states = self.deberta(ids, attention_mask=mask, output_hidden_states=True).hidden_states
        if self.position_biased:
            return hidden_states[-1]
        layers = self.deberta.encoder
        before_last = hidden_states[-2]
        query = self.deberta.embeddings.position_embeddings.weight[None, : ids.shape[1]] + before_last
        relative_pos = layers.get_rel_pos(before_last)
        for _ in range(2):
            query, _ = layers.layer[-1](
                before_last,
                layers.get_attention_mask(mask),
                query_states=query,
                relative_pos=relative_pos,
                rel_embeddings=layers.get_rel_embedding(),
            )
        return query

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns (logits of the positions with a label [N, V], their losses [N])."""
        chosen = self.decoded(ids, mask)[labels != IGNORED]
        logits = self.lm_predictions(chosen, self.deberta.embeddings.word_embeddings)
        return logits, functional.cross_entropy(logits, labels[labels != IGNORED], reduction="none")


class DetectionHead(nn.Module):
    """Scores of the tokens that were replaced."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.dense = nn.Linear(width, width)
        self.LayerNorm = nn.LayerNorm(width, config["layer_norm_eps"])
        self.classifier = nn.Linear(width, 1)
        self.activation = ACT2FN[config["hidden_act"]]

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Returns [B, S] of states [B, S, H]."""
        joined = self.LayerNorm(states[:, :1] + states)
        return self.classifier(self.activation(self.dense(joined))).squeeze(-1)


class Discriminator(nn.Module):
    """Encoder and the head that tells replaced tokens."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.deberta = encoder(config, has_positions=False)
        self.mask_predictions = DetectionHead(config)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Returns [B, S]."""
        return self.mask_predictions(self.deberta(ids, attention_mask=mask).last_hidden_state)


class Pretraining:
    """Both models, and how the discriminator gets its tables."""

    def __init__(self, config: Config, sharing: str) -> None:
        layers = {"num_hidden_layers": GENERATOR_LAYERS}
        self.generator = filled(Generator({**config, **layers}))
        self.discriminator = filled(Discriminator({**config, "num_hidden_layers": DISCRIMINATOR_LAYERS}))
        self.sharing = sharing
        self.deltas: dict[str, nn.Parameter] = {}
        self.shared: dict[str, nn.Parameter] = {}
        for table in TABLES if sharing != "none" else ():
            module = getattr(self.discriminator.deberta.embeddings, table, None)
            if module is None:
                continue
            shape = tuple(module.weight.shape)
            # A plain attribute takes the parameter's place.
            del module.weight
            base = getattr(self.generator.deberta.embeddings, table).weight
            if sharing == "es":
                self.shared[f"deberta.embeddings.{table}.weight"] = base
            else:
                name = f"deberta.embeddings.{table}._weight"
                self.deltas[name] = nn.Parameter(torch.from_numpy(fill(name, shape)).double())

    def share(self) -> None:
        """Gives the discriminator its tables, as they are now."""
        for table in TABLES if self.sharing != "none" else ():
            module = getattr(self.discriminator.deberta.embeddings, table, None)
            if module is None:
                continue
            base = getattr(self.generator.deberta.embeddings, table).weight
            delta = self.deltas.get(f"deberta.embeddings.{table}._weight")
            module.weight = base if delta is None else base.detach() + delta

    def discriminator_parameters(self) -> dict[str, nn.Parameter]:
        """Returns what the discriminator's loss trains, by names in its file."""
        return {**dict(self.discriminator.named_parameters()), **self.deltas, **self.shared}

    def detection_loss(self, ids: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor, sampled: list[int]):
        """Returns (input of the discriminator, its targets, its logits, their mean loss)."""
        replaced = ids.clone()
        replaced[labels != IGNORED] = torch.tensor(sampled)
        targets = (labels != IGNORED) & (labels != replaced)
        self.share()
        logits = self.discriminator(replaced, mask)
        real = mask > 0
        loss = functional.binary_cross_entropy_with_logits(logits[real], targets[real].double())
        return replaced, targets.long(), logits, loss


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Returns masked ids, attention mask and labels."""
    labels = torch.tensor(LABELS)
    ids = torch.where(labels == IGNORED, torch.tensor(STANDARD.inputs["input_ids"]), MASK_ID)
    return ids, torch.tensor(STANDARD.inputs["attention_mask"]), labels


def gradients(parameters: dict[str, nn.Parameter]) -> dict[str, torch.Tensor]:
    """Returns gradients in float32; what no gradient reaches has zeros."""
    return {
        name: (torch.zeros_like(parameter) if parameter.grad is None else parameter.grad).float().contiguous()
        for name, parameter in parameters.items()
    }


def first_step(config: Config, sharing: str, path: str) -> dict[str, Any]:
    """Writes the gradients of both losses at the weights of the beginning, and returns losses and logits."""
    pretraining = Pretraining(config, sharing)
    ids, mask, labels = inputs()
    logits, losses = pretraining.generator(ids, mask, labels)
    losses.mean().backward()
    folder = json_files.FIXTURES / "pretraining"
    folder.mkdir(parents=True, exist_ok=True)
    of_generator = dict(pretraining.generator.named_parameters())
    save_file(gradients(of_generator), folder / f"{path}.generator.safetensors")
    for parameter in of_generator.values():
        parameter.grad = None
    replaced, targets, scores, loss = pretraining.detection_loss(ids, mask, labels, SAMPLED[0])
    (LAMBDA * loss).backward()
    of_discriminator = pretraining.discriminator_parameters()
    save_file(gradients(of_discriminator), folder / f"{path}.discriminator.safetensors")
    trained = {id(parameter) for parameter in of_discriminator.values()}
    for name, parameter in of_generator.items():
        assert id(parameter) in trained or parameter.grad is None, f"the discriminator's loss reaches {name}"
    return {
        "generator_logits": logits.detach().numpy(),
        "replaced_ids": replaced.numpy(),
        "replaced_labels": targets.numpy(),
        "discriminator_logits": scores.detach().numpy(),
        "generator_loss": losses.mean().item(),
        "discriminator_loss": loss.item(),
    }


def steps(config: Config, sharing: str) -> list[dict[str, Any]]:
    """Returns the losses of some decoupled steps by AdamW."""
    pretraining = Pretraining(config, sharing)
    ids, mask, labels = inputs()
    of_generator = list(pretraining.generator.parameters())
    of_discriminator = list(pretraining.discriminator_parameters().values())
    optimizers = [torch.optim.AdamW(each, lr=RATE, weight_decay=0.0) for each in (of_generator, of_discriminator)]
    records = []
    for sampled in SAMPLED:
        optimizers[0].zero_grad()
        _, losses = pretraining.generator(ids, mask, labels)
        losses.mean().backward()
        optimizers[0].step()
        optimizers[0].zero_grad()
        optimizers[1].zero_grad()
        _, _, _, loss = pretraining.detection_loss(ids, mask, labels, sampled)
        (LAMBDA * loss).backward()
        optimizers[1].step()
        record = {"sampled": sampled, "generator_loss": losses.mean().item(), "discriminator_loss": loss.item()}
        records.append(record)
    return records


def check_known() -> None:
    """Compares with numbers that the code of microsoft/DeBERTa gave for the same weights."""
    config = CASES["conv_kernel_3"].full_config
    generator, discriminator = filled(Generator(config)), filled(Discriminator(config))
    ids, mask = torch.tensor(STANDARD.inputs["input_ids"]), torch.tensor(STANDARD.inputs["attention_mask"])
    labels = torch.tensor(LABELS)
    with torch.no_grad():
        states = generator.decoded(ids, mask)
        logits, losses = generator(ids, mask, labels)
        scores = discriminator(ids, mask)
    known = [
        (states[0, 1, :6], [1.08677, -0.211108, 1.49107, -0.355203, 0.790642, 0.088895]),
        (logits[0, :7], [-2.46247, -2.706726, -2.596641, -2.146653, -1.415698, -0.499491, 0.482009]),
        (logits[3, :7], [-2.226667, -2.645533, -2.718041, -2.434808, -1.833016, -0.991529, -0.020557]),
        (losses, [3.896155, 2.805177, 2.871961, 3.758777]),
        (scores[0, :5], [0.395917, 0.374552, 0.376491, 0.482444, 0.36466]),
        (scores[1], [0.340667, 0.322461, 0.371503, 0.311957, 0.306587, 0.355022, 0.307839]),
    ]
    for received, expected in known:
        np.testing.assert_allclose(received.numpy(), expected, atol=2e-6)


CONFIGS = {
    "enhanced": (CASES["conv_kernel_3"].full_config, ("gdes", "es", "none")),
    "position_biased": ({**CASES["conv_kernel_3"].full_config, "position_biased_input": True}, ("gdes", "es")),
}


def main() -> None:
    """Writes a JSON file and two files of gradients for each configuration and way of sharing."""
    check_known()
    ids, mask, labels = inputs()
    for name, (config, modes) in CONFIGS.items():
        for sharing in modes:
            path = f"{name}_{sharing}"
            record = {
                "reference": f"{torch_reference.NAME} in float64",
                "config": {**config, **DROPOUT_OFF},
                "discriminator_layers": DISCRIMINATOR_LAYERS,
                "generator_layers": GENERATOR_LAYERS,
                "embedding_sharing": sharing,
                "lambda": LAMBDA,
                "learning_rate": RATE,
                "inputs": {"input_ids": ids.numpy(), "attention_mask": mask.numpy()},
                "labels": labels.numpy(),
                **first_step(config, sharing, path),
                "steps": steps(config, sharing),
            }
            json_files.write(json_files.FIXTURES / "pretraining" / f"{path}.json", record)


if __name__ == "__main__":
    main()
