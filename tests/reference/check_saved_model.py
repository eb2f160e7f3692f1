"""Runs SavedModels in Python and prints what they give as JSON.

Usage: python check_saved_model.py INPUTS.json SIGNATURE FOLDER...

INPUTS.json holds a list of calls for each folder; each call is an object of nested lists of int32 by the names of the
signature's inputs. Prints one object for each folder, on a line of its own: `outputs`, for each call the outputs by
name as nested lists; `checkpoint`, the shapes of the checkpoint's tensors by name, each read whole, so that its
checksum was compared; `variables`, the names of the variables of the loaded model.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf  # noqa: E402


def check(folder, signature, calls):
    loaded = tf.saved_model.load(folder)
    function = loaded.signatures[signature]
    outputs = []
    for call in calls:
        results = function(**{name: tf.constant(value, tf.int32) for name, value in call.items()})
        outputs.append({name: value.numpy().tolist() for name, value in results.items()})
    reader = tf.train.load_checkpoint(os.path.join(folder, "variables", "variables"))
    names = reader.get_variable_to_shape_map()
    return {
        "outputs": outputs,
        "checkpoint": {name: list(reader.get_tensor(name).shape) for name in names},
        "variables": [variable.name.split(":")[0] for variable in loaded.variables],
    }


def main(inputs_file, signature, *folders):
    with open(inputs_file, encoding="utf-8") as file:
        inputs = json.load(file)
    for folder, calls in zip(folders, inputs, strict=True):
        print(json.dumps(check(folder, signature, calls)))


if __name__ == "__main__":
    main(*sys.argv[1:])
