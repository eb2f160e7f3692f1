"""The checkpoint files that users have, as a table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import json_files
from deterministic import CASES, HEADS, config_of

FOLDER = json_files.FIXTURES / "checkpoints"
SHARD_BYTES = 12_000
SHARED, OWN = "conv_kernel_3", "own_projections_biased_token_types"


@dataclass(frozen=True)
class Checkpoint:
    """One folder: which head is saved, in which format, with which type of number."""

    name: str
    format: str
    head: str
    case: str = SHARED
    dtype: str = "float32"
    sharded: bool = False

    @property
    def path(self) -> Path:
        """The folder that holds the files."""
        return FOLDER / self.name

    @property
    def config(self) -> dict[str, Any]:
        """The configuration of the model."""
        return config_of(CASES[self.case], self.head)

    def options(self) -> dict[str, Any]:
        """The arguments of `save_pretrained`."""
        shards = {"max_shard_size": SHARD_BYTES} if self.sharded else {}
        return {"safe_serialization": self.format != "h5", **shards}


CHECKPOINTS = [
    *(Checkpoint(f"h5_{head}", "h5", head) for head in HEADS),
    Checkpoint("h5_sharded", "h5", "sequence_classification", sharded=True),
    Checkpoint("h5_own_projections", "h5", "sequence_classification", OWN),
    Checkpoint("tf_safetensors", "tf_safetensors", "sequence_classification"),
    Checkpoint("tf_safetensors_sharded", "tf_safetensors", "masked_lm", sharded=True),
    Checkpoint("safetensors", "safetensors", "sequence_classification"),
    Checkpoint("safetensors_model", "safetensors", "model"),
    Checkpoint("safetensors_masked_lm", "safetensors", "masked_lm"),
    Checkpoint("safetensors_sharded", "safetensors", "masked_lm", sharded=True),
    Checkpoint("safetensors_float16", "safetensors", "sequence_classification", dtype="float16"),
    Checkpoint("safetensors_bfloat16", "safetensors", "sequence_classification", dtype="bfloat16"),
    Checkpoint("safetensors_own_projections", "safetensors", "sequence_classification", OWN),
]


def write_manifest() -> None:
    """Writes the list of checkpoints; `head` and `case` say which record of tests/fixtures/models is expected."""
    rows = [
        {
            "name": item.name,
            "format": item.format,
            "sharded": item.sharded,
            "class": f"TFDebertaV2{HEADS[item.head].suffix}",
            "head": item.head,
            "dtype": item.dtype,
            "case": item.case,
            "expected": None if item.dtype == "float32" else "expected.json",
        }
        for item in CHECKPOINTS
    ]
    json_files.write(FOLDER / "manifest.json", rows, spread=1)
