"""Makes the models of the prediction benchmark: a safetensors checkpoint and an ONNX graph of the same weights.

Needs the environment of tests/reference/requirements.txt and `onnx`. Usage: python export_onnx.py FOLDER
"""

import sys
from pathlib import Path

import torch
from transformers import DebertaV2Config, DebertaV2Model

# The published v3 shapes. The vocabulary is small, since looking rows up in a larger table takes no longer.
COMMON = {
    "vocab_size": 8000,
    "relative_attention": True,
    "position_buckets": 256,
    "pos_att_type": "p2c|c2p",
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_biased_input": False,
    "max_relative_positions": -1,
}
SHAPES = {
    "xsmall": {"hidden_size": 384, "num_attention_heads": 6, "intermediate_size": 1536, "num_hidden_layers": 12},
    "base": {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072, "num_hidden_layers": 12},
}


def make(name: str, folder: Path) -> None:
    """Writes `folder/name` (safetensors) and `folder/name.onnx`, weights drawn from a fixed seed."""
    torch.manual_seed(0)
    model = DebertaV2Model(DebertaV2Config(**COMMON, **SHAPES[name])).eval()
    model.save_pretrained(folder / name)
    ids = torch.randint(0, COMMON["vocab_size"], (2, 64))
    batch_and_length = {0: "batch", 1: "length"}
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids)),
        str(folder / f"{name}.onnx"),
        input_names=["input_ids", "attention_mask"],
        output_names=["last_hidden_state"],
        dynamic_axes={name: batch_and_length for name in ("input_ids", "attention_mask", "last_hidden_state")},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for shape in SHAPES:
        make(shape, target)
