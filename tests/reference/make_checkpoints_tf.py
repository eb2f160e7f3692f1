"""Makes the checkpoints of the TensorFlow classes in tests/fixtures/checkpoints, and the manifest."""

import tf_reference
from checkpoints import CHECKPOINTS, write_manifest

TF_FORMATS = ("h5", "tf_safetensors")


def main() -> None:
    """Saves every checkpoint of the table that TensorFlow writes."""
    for item in CHECKPOINTS:
        if item.format in TF_FORMATS:
            # Without it the second model of a class would be called `..._1`.
            tf_reference.tf.keras.backend.clear_session()
            tf_reference.build(item.head, item.config).save_pretrained(item.path, **item.options())
    write_manifest()


if __name__ == "__main__":
    main()
