"""States as the code of microsoft/DeBERTa saves them, with the weights of a Hugging Face model.

Names and extras follow DeBERTa/apps/models: prefixes `deberta.`, `bert.` and `module.`, the heads of pre-training, and
the tables of gradient-disentangled embedding sharing, which a discriminator holds as `_weight`, the difference to its
generator's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from deterministic import fill

State = dict[str, Any]

TABLES = ("word_embeddings", "position_embeddings")
HIDDEN, VOCABULARY, POSITIONS = 16, 50, 16


def filled(name: str, *shape: int) -> torch.Tensor:
    """Returns a weight that the model does not have."""
    return torch.from_numpy(fill(name, shape))


def encoder_of(model: torch.nn.Module) -> State:
    """Returns the weights of the model by their names in a head, and the position table that the original keeps."""
    state = {name if "." in name and name.split(".")[0] in ("deberta", "pooler", "classifier") else f"deberta.{name}": value
             for name, value in model.state_dict().items()}
    positions = "deberta.embeddings.position_embeddings.weight"
    return {**state, positions: filled(positions, POSITIONS, HIDDEN).to(model.dtype)}


def lm_head() -> State:
    """Returns the masked-LM head of the enhanced mask decoder."""
    name = "lm_predictions.lm_head"
    shapes = {"dense.weight": (HIDDEN, HIDDEN), "dense.bias": (HIDDEN,), "LayerNorm.weight": (HIDDEN,),
              "LayerNorm.bias": (HIDDEN,), "bias": (VOCABULARY,)}
    return {f"{name}.{part}": filled(f"{name}.{part}", *shape) for part, shape in shapes.items()}


def detection_head() -> State:
    """Returns the head that tells replaced tokens."""
    name = "mask_predictions"
    shapes = {"dense.weight": (HIDDEN, HIDDEN), "dense.bias": (HIDDEN,), "LayerNorm.weight": (HIDDEN,),
              "LayerNorm.bias": (HIDDEN,), "classifier.weight": (1, HIDDEN), "classifier.bias": (1,)}
    return {f"{name}.{part}": filled(f"{name}.{part}", *shape) for part, shape in shapes.items()}


def coarse(table: torch.Tensor) -> torch.Tensor:
    """Returns the table in few digits, so that the difference to it, and the sum of both, are exact."""
    return torch.round(table * 64) / 64


def in_type_of(model: torch.nn.Module, state: State) -> State:
    """Returns the weights in the number type of a model."""
    return {name: value.to(model.dtype) for name, value in state.items()}


def discriminator_and_generator(model: torch.nn.Module) -> dict[str, State]:
    """Returns a discriminator of differences, and the generator that makes them whole."""
    state = encoder_of(model)
    generator = {**encoder_of(model), **in_type_of(model, lm_head())}
    for table in TABLES:
        name = f"deberta.embeddings.{table}"
        whole = state.pop(f"{name}.weight")
        base = coarse(whole)
        np.testing.assert_array_equal((base.float() + (whole - base).float()).numpy(), whole.float().numpy())
        generator[f"{name}.weight"] = base
        state[f"{name}._weight"] = whole - base
    return {
        "pytorch_model.bin": {**state, **in_type_of(model, detection_head())},
        "pytorch_model.generator.bin": generator,
    }


def wrapped(model: torch.nn.Module) -> dict[str, State]:
    """Returns a fine-tuned model in half precision among the rest of a training run, with both kinds of table."""
    state = {f"module.{name.replace('deberta.', 'bert.', 1)}": value for name, value in encoder_of(model).items()}
    for table in TABLES:
        name = f"module.bert.embeddings.{table}"
        state[f"{name}._weight"] = torch.full_like(state[f"{name}.weight"], 9)
    optimizer = {"state": {0: {"step": 7, "exp_avg": torch.ones(3)}}, "param_groups": [{"lr": 1e-5, "params": [0]}]}
    return {"pytorch_model.bin": {"model": state, "optimizer": optimizer, "epoch": 3, "config": original_config()}}


def original_config() -> dict[str, Any]:
    """Returns the configuration of the case conv_kernel_3 in the original's words."""
    return {
        "vocab_size": VOCABULARY,
        "hidden_size": HIDDEN,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
        "hidden_act": "gelu",
        "max_position_embeddings": POSITIONS,
        "layer_norm_eps": 1e-7,
        "relative_attention": True,
        "position_biased_input": False,
        "type_vocab_size": 0,
        "position_buckets": 4,
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "pos_att_type": "p2c|c2p",
        "conv_kernel_size": 3,
        "conv_act": "gelu",
        "padding_idx": 0,
        "pooling": {"dropout": 0, "hidden_act": "gelu"},
    }


FILES: dict[str, Callable[[torch.nn.Module], dict[str, State]]] = {
    "original_discriminator": discriminator_and_generator,
    "original_discriminator_float16": discriminator_and_generator,
    "original_float16": wrapped,
}
