"""Makes the checkpoints of the TensorFlow classes in tests/fixtures/checkpoints, and the manifest.

Usage: python make_checkpoints_tf.py [NAME...]; all of them without names.
"""

import sys

import tf_reference
import tf2_checkpoints
from checkpoints import CHECKPOINTS, write_manifest

TF_FORMATS = ("h5", "tf_safetensors", "tf2", "savedmodel")


def main(*names: str) -> None:
    """Saves the checkpoints of the table that TensorFlow writes."""
    for item in CHECKPOINTS:
        if item.format in TF_FORMATS and (not names or item.name in names):
            # Without it the second model of a class would be called `..._1`.
            tf_reference.tf.keras.backend.clear_session()
            model = tf_reference.build(item.head, item.config)
            if item.made_by == "save_pretrained":
                model.save_pretrained(item.path, **item.options())
            else:
                tf2_checkpoints.write(item.made_by, model, item.path)
    write_manifest()


if __name__ == "__main__":
    main(*sys.argv[1:])
