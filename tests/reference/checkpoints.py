"""The checkpoint files that users have, as a table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import json_files
from deterministic import CASES, HEADS, config_of

FOLDER = json_files.FIXTURES / "checkpoints"
SHARD_BYTES = 12_000
SHARED, OWN = "conv_kernel_3", "own_projections_biased_token_types"
NARROW = "embedding_size"
POSITIONS, TOKEN_TYPES = "biased_input", "token_types"


@dataclass(frozen=True)
class Checkpoint:
    """One folder: which head is saved, in which format, with which type of number."""

    name: str
    format: str
    head: str
    case: str = SHARED
    dtype: str = "float32"
    sharded: bool = False
    made_by: str = "save_pretrained"

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
        return {"safe_serialization": self.format not in ("h5", "bin"), **shards}


CHECKPOINTS = [
    *(Checkpoint(f"h5_{head}", "h5", head) for head in HEADS),
    Checkpoint("h5_sharded", "h5", "sequence_classification", sharded=True),
    Checkpoint("h5_own_projections", "h5", "sequence_classification", OWN),
    Checkpoint("h5_token_types", "h5", "question_answering", TOKEN_TYPES),
    Checkpoint("tf_safetensors", "tf_safetensors", "sequence_classification"),
    Checkpoint("tf_safetensors_sharded", "tf_safetensors", "masked_lm", sharded=True),
    Checkpoint("safetensors", "safetensors", "sequence_classification"),
    Checkpoint("safetensors_model", "safetensors", "model"),
    Checkpoint("safetensors_masked_lm", "safetensors", "masked_lm"),
    Checkpoint("safetensors_sharded", "safetensors", "masked_lm", sharded=True),
    Checkpoint("safetensors_float16", "safetensors", "sequence_classification", dtype="float16"),
    Checkpoint("safetensors_bfloat16", "safetensors", "sequence_classification", dtype="bfloat16"),
    Checkpoint("safetensors_own_projections", "safetensors", "sequence_classification", OWN),
    Checkpoint("safetensors_token_classification", "safetensors", "token_classification", NARROW),
    Checkpoint("safetensors_question_answering", "safetensors", "question_answering"),
    Checkpoint("safetensors_multiple_choice", "safetensors", "multiple_choice", NARROW),
    *(Checkpoint(f"bin_{head}", "bin", head) for head in HEADS),
    *(Checkpoint(f"bin_own_projections_{head}", "bin", head, OWN) for head in HEADS),
    *(Checkpoint(f"bin_embedding_size_{head}", "bin", head, NARROW) for head in HEADS),
    *(Checkpoint(f"bin_legacy_{head}", "bin", head, made_by="legacy") for head in HEADS),
    Checkpoint("bin_legacy_own_projections", "bin", "sequence_classification", OWN, made_by="legacy"),
    Checkpoint("bin_legacy_embedding_size", "bin", "sequence_classification", NARROW, made_by="legacy"),
    Checkpoint("bin_sharded", "bin", "masked_lm", sharded=True),
    Checkpoint("bin_float16", "bin", "sequence_classification", dtype="float16"),
    Checkpoint("bin_bfloat16", "bin", "sequence_classification", dtype="bfloat16"),
    Checkpoint("original_discriminator", "original", "model", made_by="original"),
    Checkpoint("original_discriminator_float16", "original", "model", dtype="float16", made_by="original"),
    Checkpoint("original_float16", "original", "sequence_classification", dtype="float16", made_by="original"),
    *(Checkpoint(f"tf2_{head}", "tf2", head, made_by="save_weights") for head in HEADS),
    *(
        Checkpoint(f"tf2_{name}", "tf2", head, case, made_by=made_by)
        for name, head, case, made_by in (
            ("own_projections", "masked_lm", OWN, "save_weights"),
            ("positions", "sequence_classification", POSITIONS, "save_weights"),
            ("token_types", "token_classification", TOKEN_TYPES, "save_weights"),
            ("adam", "sequence_classification", POSITIONS, "adam"),
            ("legacy_adam", "sequence_classification", TOKEN_TYPES, "legacy_adam"),
            ("saver", "sequence_classification", TOKEN_TYPES, "saver"),
        )
    ),
    *(
        Checkpoint(f"savedmodel_{head}", "savedmodel", head, case, made_by="saved_model")
        for head, case in (
            ("sequence_classification", SHARED),
            ("masked_lm", OWN),
            ("question_answering", TOKEN_TYPES),
            ("model", SHARED),
            ("token_classification", OWN),
            ("multiple_choice", TOKEN_TYPES),
        )
    ),
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
