"""Loads what this package writes for TensorFlow into the classes of transformers, and compares their outputs.

Usage: python check_written_tf.py [FORMAT...]; `h5` and `tf2` by default.

For every head and configuration in the table of checkpoints it converts a checkpoint of tests/fixtures with the
command line, whole and in shards, builds the class, loads the files by `load_weights` (tf2) or `from_pretrained` (h5)
and compares the outputs with tests/fixtures/models. Prints a line each, with the largest difference; ends with an error
if one exceeds 1e-5.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import tf_reference  # noqa: F401, must be the first import of those that follow

import numpy as np
import tensorflow as tf
import transformers
from transformers import DebertaV2Config, TFPreTrainedModel

import json_files
from checkpoints import Checkpoint
from deterministic import CASES, HEADS
from written import LIMIT, convert, sources

def load(item: Checkpoint, written_as: str, folder: Path) -> TFPreTrainedModel:
    """Loads the files as a user would; every weight must come from them."""
    model_class = getattr(transformers, f"TFDebertaV2{HEADS[item.head].suffix}")
    if written_as == "h5":
        model, info = model_class.from_pretrained(folder, output_loading_info=True)
        assert not any(info.values()), info
        return model
    model = model_class(DebertaV2Config.from_pretrained(folder))
    model.build_in_name_scope()
    status = model.load_weights(str(folder / "tf_model"))
    status.assert_nontrivial_match().assert_existing_objects_matched()
    return model


def largest_difference(item: Checkpoint, model: TFPreTrainedModel) -> float:
    """Compares the outputs with those recorded for the head and the configuration."""
    inputs, _ = CASES[item.case].batch.for_head(item.head)
    outputs = model(**{key: tf.constant(value) for key, value in inputs.items()}, training=False)
    record: dict[str, Any] = json.loads((json_files.FIXTURES / "models" / f"{item.case}.json").read_text())
    keys = ("last_hidden_state",) if item.head == "model" else HEADS[item.head].outputs
    return max(float(np.abs(outputs[key].numpy() - np.array(record[item.head][key])).max()) for key in keys)


def main(*formats: str) -> None:
    """Checks every source in every format, whole and in shards."""
    worst = 0.0
    for item in sources():
        for written_as in formats or ("h5", "tf2"):
            for sharded in (False, True):
                with tempfile.TemporaryDirectory() as temporary:
                    folder = Path(temporary) / "written"
                    convert(item, written_as, folder, sharded)
                    tf.keras.backend.clear_session()
                    difference = largest_difference(item, load(item, written_as, folder))
                how = f"{written_as} in shards" if sharded else written_as
                print(f"{item.case} {item.head} {how}: {difference:.1e}", flush=True)
                worst = max(worst, difference)
    if not worst <= LIMIT:
        sys.exit(f"The largest difference is {worst:.1e}, more than {LIMIT:.0e}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
