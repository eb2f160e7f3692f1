"""The ways in which TensorFlow users save a model without Hugging Face's `save_pretrained`."""

import tf_reference  # noqa: F401, must be the first import

from collections.abc import Callable
from pathlib import Path

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from transformers import TFPreTrainedModel


def train_without_effect(model: TFPreTrainedModel, optimizer: tf.keras.optimizers.Optimizer) -> None:
    """Makes a step of learning rate 0: the optimizer has its numbers for each weight, and these keep their values."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.constant([[1, 7, 2]]), token_type_ids=tf.constant([[0, 0, 0]]))[0] ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    pairs = zip(gradients, model.trainable_variables, strict=True)
    optimizer.apply_gradients([(gradient, variable) for gradient, variable in pairs if gradient is not None])


def save_weights(model: TFPreTrainedModel, folder: Path) -> None:
    """Writes what `load_weights` of Keras reads."""
    model.save_weights(str(folder / "tf_model"))


def checkpoint_with(model: TFPreTrainedModel, folder: Path, optimizer: tf.keras.optimizers.Optimizer) -> None:
    """Writes what a training loop resumes from: the model and its optimizer in one."""
    train_without_effect(model, optimizer)
    tf.train.Checkpoint(model=model, optimizer=optimizer).save(str(folder / "ckpt"))


def adam(model: TFPreTrainedModel, folder: Path) -> None:
    """Trains by the optimizer of tf-keras 2.11 and later."""
    checkpoint_with(model, folder, tf.keras.optimizers.Adam(0.0))


def legacy_adam(model: TFPreTrainedModel, folder: Path) -> None:
    """Trains by the optimizer of earlier versions, whose slots belong to the variables."""
    checkpoint_with(model, folder, tf.keras.optimizers.legacy.Adam(0.0))


def saver(model: TFPreTrainedModel, folder: Path) -> None:
    """Writes the variables by their names, with those of an optimizer and a counter, as TensorFlow 1 does."""
    optimizer = tf.compat.v1.train.AdamOptimizer(0.0)
    train_without_effect(model, optimizer)
    step = tf.Variable(1, dtype=tf.int64, name="global_step")
    variables = [*model.weights, *optimizer.variables(), step]
    names = {variable.name.removesuffix(":0"): variable for variable in variables}
    tf.compat.v1.train.Saver(names, save_relative_paths=True).save(None, str(folder / "model.ckpt"), global_step=step)


def saved_model(model: TFPreTrainedModel, folder: Path) -> None:
    """Writes a SavedModel without its graphs and functions: they are megabytes, and no reader of weights needs them."""
    tf.saved_model.save(model, str(folder))
    path = folder / "saved_model.pb"
    message = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    for graph in message.meta_graphs:
        graph.ClearField("graph_def")
        graph.ClearField("signature_def")
        graph.object_graph_def.ClearField("concrete_functions")
        for node in graph.object_graph_def.nodes:
            if node.HasField("function"):
                node.ClearField("function")
    path.write_bytes(message.SerializeToString(deterministic=True))
    (folder / "fingerprint.pb").unlink()


WRITERS: dict[str, Callable[[TFPreTrainedModel, Path], None]] = {
    writer.__name__: writer for writer in (save_weights, adam, legacy_adam, saver, saved_model)
}


def write(made_by: str, model: TFPreTrainedModel, folder: Path) -> None:
    """Writes config.json as `save_pretrained` does, and the weights in one of these ways."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.architectures = [type(model).__name__.removeprefix("TF")]
    model.config.save_pretrained(folder)
    WRITERS[made_by](model, folder)
