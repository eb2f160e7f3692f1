"""Makes the checkpoints of the PyTorch classes in tests/fixtures/checkpoints."""

import torch

import json_files
import torch_reference
from checkpoints import CHECKPOINTS, Checkpoint
from deterministic import CASES, HEADS


def write_expected(item: Checkpoint, model: torch.nn.Module) -> None:
    """Writes the outputs computed in float32 from the rounded weights."""
    inputs, _ = CASES[item.case].batch.for_head(item.head)
    with torch.no_grad():
        output = model.float()(**torch_reference.tensors(inputs))
    result = {key: output[key].numpy() for key in HEADS[item.head].outputs}
    json_files.write(item.path / "expected.json", {"inputs": inputs, **result})


def main() -> None:
    """Saves every checkpoint of the table that PyTorch writes."""
    for item in CHECKPOINTS:
        if item.format == "safetensors":
            model = torch_reference.build(item.head, item.config).to(getattr(torch, item.dtype))
            model.save_pretrained(item.path, **item.options())
            if item.dtype != "float32":
                write_expected(item, model)


if __name__ == "__main__":
    main()
