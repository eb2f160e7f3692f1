"""The TensorFlow classes of transformers with deterministic weights."""

import tf_environment  # noqa: F401, must be the first import

from typing import Any

import numpy as np
import tensorflow as tf
import transformers
from transformers import DebertaV2Config, TFPreTrainedModel
from transformers.modeling_tf_pytorch_utils import apply_transpose, convert_tf_weight_name_to_pt_weight_name

from deterministic import HEADS, Arrays, fill

NAME = f"transformers {transformers.__version__} TF"

# One thread adds up in one order: the same digits each time.
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

# The TF layers have older names than the PyTorch ones.
RENAMED = {".self.pos_proj.": ".self.pos_key_proj.", ".self.pos_q_proj.": ".self.pos_query_proj."}


def pytorch_name(variable: tf.Variable, base: bool) -> tuple[str, Any]:
    """Returns the PyTorch name of a variable and how its shape is transposed; a base model has no `deberta.`."""
    prefix = "deberta." if base else ""
    name, transpose = convert_tf_weight_name_to_pt_weight_name(variable.name, prefix, variable.shape)
    for old, new in RENAMED.items():
        name = name.replace(old, new)
    return name, transpose


def build(head: str, config: dict[str, Any]) -> TFPreTrainedModel:
    """Builds the class of `head` and fills every weight by its PyTorch name."""
    model = getattr(transformers, f"TFDebertaV2{HEADS[head].suffix}")(DebertaV2Config(**config))
    model.build_in_name_scope()
    names = set()
    for variable in model.weights:
        name, transpose = pytorch_name(variable, head == "model")
        assert name not in names, f"two variables are called {name}"
        names.add(name)
        shape = tuple(apply_transpose(transpose, np.empty(variable.shape), pt_to_tf=False).shape)
        variable.assign(apply_transpose(transpose, fill(name, shape)))
    return model


def run(head: str, config: dict[str, Any], inputs: Arrays, labels: Arrays) -> dict[str, Any]:
    """Returns the outputs of `head`, with the mean of its losses when there are labels."""
    tensors = {key: tf.constant(value) for key, value in {**inputs, **labels}.items()}
    output = build(head, config)(
        **tensors, output_hidden_states=head == "model", output_attentions=head == "model", training=False
    )
    result: dict[str, Any] = {key: tf.nest.map_structure(np.array, output[key]) for key in HEADS[head].outputs}
    if labels:
        result["loss"] = float(np.mean(output.loss))
    return result
