"""The PyTorch classes of transformers with deterministic weights.

Import this module before transformers, in a process that doesn't use TensorFlow.
"""

import os

os.environ.update(USE_TORCH="1", CUDA_VISIBLE_DEVICES="")

from typing import Any

import torch
import transformers
from transformers import DebertaV2Config, PreTrainedModel

from deterministic import HEADS, Arrays, fill

NAME = f"transformers {transformers.__version__} PyTorch"

# One thread adds up in one order: the same digits each time.
torch.set_num_threads(1)


def build(head: str, config: dict[str, Any]) -> PreTrainedModel:
    """Builds the class of `head` and fills every weight by its name; tied weights once, by their first name."""
    model = getattr(transformers, f"DebertaV2{HEADS[head].suffix}")(DebertaV2Config(**config))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(fill(name, tuple(parameter.shape))))
    return model.eval()


def tensors(arrays: Arrays) -> dict[str, torch.Tensor]:
    """Returns the arrays as int64 tensors."""
    return {key: torch.from_numpy(value).long() for key, value in arrays.items()}


def check_padding_is_silent(hidden_states: tuple[torch.Tensor, ...], mask: torch.Tensor) -> None:
    """Padded rows differ between frameworks, therefore no loss may depend on them after the first layer."""
    for states in hidden_states[1:]:
        padded = states.grad.reshape(-1, states.shape[-1])[mask.reshape(-1) == 0]
        assert not padded.any(), "the loss depends on padded rows"


def numpy_of(value: torch.Tensor | tuple[torch.Tensor, ...]) -> Any:
    """Returns a tensor, or each tensor of a tuple, as an array."""
    return [item.numpy() for item in value] if isinstance(value, tuple) else value.numpy()


@torch.no_grad()
def run(head: str, config: dict[str, Any], inputs: Arrays, labels: Arrays) -> dict[str, Any]:
    """Returns the outputs of `head`, with its loss when there are labels."""
    output = build(head, config)(
        **tensors({**inputs, **labels}), output_hidden_states=head == "model", output_attentions=head == "model"
    )
    result: dict[str, Any] = {key: numpy_of(output[key]) for key in HEADS[head].outputs}
    if labels:
        result["loss"] = output.loss.item()
    return result
