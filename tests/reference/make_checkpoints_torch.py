"""Makes the checkpoints of the PyTorch classes in tests/fixtures/checkpoints."""

import sys
from collections.abc import Callable

import torch

import json_files
import original_states
import torch_reference
from checkpoints import CHECKPOINTS, Checkpoint
from deterministic import CASES, HEADS


def write_expected(item: Checkpoint, model: torch.nn.Module) -> None:
    """Writes the outputs computed in float32 from the rounded weights."""
    inputs, _ = CASES[item.case].batch.for_head(item.head)
    with torch.no_grad():
        output = model.float()(**torch_reference.tensors(inputs))
    keys = ("last_hidden_state",) if item.head == "model" else HEADS[item.head].outputs
    result = {key: output[key].numpy() for key in keys}
    json_files.write(item.path / "expected.json", {"inputs": inputs, **result})


def save_pretrained(item: Checkpoint, model: torch.nn.Module) -> None:
    """Saves as the classes do."""
    model.save_pretrained(item.path, **item.options())


def save_config(item: Checkpoint, model: torch.nn.Module) -> None:
    """Saves the configuration as `save_pretrained` does, which names the class."""
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(item.path)


def save_legacy(item: Checkpoint, model: torch.nn.Module) -> None:
    """Saves in the layout that PyTorch wrote before version 1.6."""
    save_config(item, model)
    torch.save(model.state_dict(), item.path / "pytorch_model.bin", _use_new_zipfile_serialization=False)


def save_original(item: Checkpoint, model: torch.nn.Module) -> None:
    """Saves as microsoft/DeBERTa does: each file of such a checkpoint by its name."""
    save_config(item, model)
    for name, state in original_states.FILES[item.name](model).items():
        torch.save(state, item.path / name)


FORMATS = ("safetensors", "bin", "original")
SAVE: dict[str, Callable[[Checkpoint, torch.nn.Module], None]] = {
    "save_pretrained": save_pretrained,
    "legacy": save_legacy,
    "original": save_original,
}


def main(*names: str) -> None:
    """Saves the checkpoints of the table that PyTorch writes, or some of them."""
    for item in CHECKPOINTS:
        if item.format in FORMATS and (not names or item.name in names):
            model = torch_reference.build(item.head, item.config).to(getattr(torch, item.dtype))
            SAVE[item.made_by](item, model)
            if item.dtype != "float32":
                write_expected(item, model)


if __name__ == "__main__":
    main(*sys.argv[1:])
