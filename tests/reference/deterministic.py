"""What every fixture starts from: the weight fill, the heads, the inputs and the table of cases.

Nothing here depends on a framework; the same weights and inputs go into the TensorFlow and the PyTorch classes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


def fill(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the float32 weight of the PyTorch parameter `name`: a sine whose phase depends on the name.

    Element k = 1..N in row-major order is `0.25 * sin(0.37 * k + 0.013 * sum(char codes of name))`, and one more for
    the scale of a LayerNorm.
    """
    steps = np.arange(1, int(np.prod(shape)) + 1, dtype=np.float64)
    values = 0.25 * np.sin(0.37 * steps + 0.013 * sum(map(ord, name)))
    offset = 1.0 if name.endswith("LayerNorm.weight") else 0.0
    return (values + offset).astype(np.float32).reshape(shape)


@dataclass(frozen=True)
class Head:
    """One of the six classes: the ending of its name, what it takes as labels and what it returns."""

    suffix: str
    labels: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ("logits",)
    num_labels: int = 3


HEADS = {
    "model": Head("Model", outputs=("last_hidden_state", "hidden_states", "attentions")),
    "masked_lm": Head("ForMaskedLM", ("labels",)),
    "sequence_classification": Head("ForSequenceClassification", ("labels",)),
    "token_classification": Head("ForTokenClassification", ("labels",)),
    "question_answering": Head(
        "ForQuestionAnswering", ("start_positions", "end_positions"), ("start_logits", "end_logits"), num_labels=2
    ),
    "multiple_choice": Head("ForMultipleChoice", ("labels",)),
}


@dataclass(frozen=True)
class Batch:
    """Inputs of two rows, and the labels of each head for them."""

    inputs: dict[str, list]
    labels: dict[str, dict[str, list]]

    def for_head(self, head: str) -> tuple[Arrays, Arrays]:
        """Returns (inputs, labels) of `head` as int32 arrays; each row of multiple choice is [row, other row]."""
        inputs = {key: np.array(value, np.int32) for key, value in self.inputs.items()}
        if head == "multiple_choice":
            inputs = {key: np.stack([value, value[::-1]], axis=1) for key, value in inputs.items()}
        labels = {key: np.array(value, np.int32) for key, value in self.labels.get(head, {}).items()}
        return inputs, labels

    def but(self, **inputs: list) -> "Batch":
        """Returns this batch with some inputs replaced or added."""
        return Batch({**self.inputs, **inputs}, self.labels)


TOKEN_TYPES = [[0, 0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1, 1]]
ALL_ONES = [[1] * 7] * 2

STANDARD = Batch(
    inputs={
        "input_ids": [[1, 7, 23, 11, 2, 0, 0], [1, 5, 9, 31, 44, 13, 2]],
        "attention_mask": [[1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1]],
    },
    labels={
        "masked_lm": {"labels": [[-100, 7, -100, 11, -100, -100, -100], [-100, -100, 9, -100, -100, 13, -100]]},
        "sequence_classification": {"labels": [2, 0]},
        "token_classification": {"labels": [[-100, 1, 2, 0, -100, -100, -100], [-100, 0, 1, 1, 2, 2, -100]]},
        "question_answering": {"start_positions": [1, 3], "end_positions": [3, 5]},
        "multiple_choice": {"labels": [0, 1]},
    },
)

SHORT = Batch(
    inputs={"input_ids": [[7, 2], [5, 0]], "attention_mask": [[1, 1], [1, 0]]},
    labels={
        "masked_lm": {"labels": [[7, -100], [9, -100]]},
        "sequence_classification": {"labels": [2, 0]},
        "token_classification": {"labels": [[1, 2], [0, -100]]},
        "question_answering": {"start_positions": [1, 0], "end_positions": [1, 0]},
        "multiple_choice": {"labels": [0, 1]},
    },
)

LONG_LENGTH = 24
LONG = Batch(
    inputs={
        "input_ids": [[3 + (5 * i) % 47 for i in range(LONG_LENGTH)], [3 + (7 * i) % 47 for i in range(20)] + [0] * 4],
        "attention_mask": [[1] * LONG_LENGTH, [1] * 20 + [0] * 4],
    },
    labels={
        "masked_lm": {"labels": [[8 if i == 17 else -100 for i in range(LONG_LENGTH)], [4] + [-100] * 23]},
        "sequence_classification": {"labels": [1, 2]},
        "token_classification": {"labels": [[i % 3 for i in range(LONG_LENGTH)], [2] * 20 + [-100] * 4]},
        "question_answering": {"start_positions": [2, 18], "end_positions": [21, 19]},
        "multiple_choice": {"labels": [1, 1]},
    },
)

COMMON = {
    "model_type": "deberta-v2",
    "vocab_size": 50,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "hidden_act": "gelu",
    "max_position_embeddings": 16,
    "layer_norm_eps": 1e-7,
    "num_labels": 3,
    "relative_attention": True,
    "position_biased_input": False,
    "type_vocab_size": 0,
}
BUCKETS = {"position_buckets": 4, "norm_rel_ebd": "layer_norm"}
SHARED = {**BUCKETS, "share_att_key": True, "pos_att_type": "p2c|c2p"}
OWN = {**BUCKETS, "share_att_key": False, "pos_att_type": "p2c|c2p"}
CASE_A = {**SHARED, "conv_kernel_size": 3, "conv_act": "gelu"}
CASE_B = {
    "max_relative_positions": 5,
    "share_att_key": False,
    "pos_att_type": "c2p|p2c",
    "position_biased_input": True,
    "type_vocab_size": 2,
}
SMALL = {"hidden_size": 12}
SMALLEST = {"hidden_size": 8, "num_attention_heads": 1, "intermediate_size": 12}


@dataclass(frozen=True)
class Case:
    """One configuration: what differs from COMMON, its inputs, the heads that are recorded, and who makes it."""

    about: str
    config: dict[str, Any]
    batch: Batch = STANDARD
    heads: tuple[str, ...] = tuple(HEADS)
    framework: str = "tensorflow"

    @property
    def full_config(self) -> dict[str, Any]:
        """The whole configuration."""
        return {**COMMON, **self.config}


ACTIVATIONS = ("relu", "gelu_new", "silu", "tanh", "mish", "quick_gelu", "gelu_10", "gelu_fast", "sigmoid")

CASES = {
    "conv_kernel_3": Case("the shape of deberta-v2-xlarge: shared projections, buckets, convolution", CASE_A),
    "own_projections_biased_token_types": Case(
        "own position projections, no buckets, absolute positions and token types",
        CASE_B,
        STANDARD.but(token_type_ids=TOKEN_TYPES),
    ),
    "conv_kernel_5": Case(
        "a wider convolution with tanh", {**SHARED, **SMALL, "conv_kernel_size": 5, "conv_act": "tanh"}
    ),
    "conv_groups": Case(
        "a grouped convolution",
        {**SHARED, **SMALL, "conv_kernel_size": 3, "conv_groups": 2, "conv_act": "gelu"},
        STANDARD.but(attention_mask=ALL_ONES),
        framework="pytorch",
    ),
    "own_projections": Case("own position projections with buckets and a normalised table", {**OWN, **SMALL}),
    "c2p_only": Case("content to position only, shared", {**SHARED, **SMALL, "pos_att_type": "c2p"}),
    "p2c_only": Case("position to content only, shared", {**SHARED, **SMALL, "pos_att_type": "p2c"}),
    "c2p_only_own": Case("content to position only, own projection", {**OWN, **SMALL, "pos_att_type": "c2p"}),
    "p2c_only_own": Case("position to content only, own projection", {**OWN, **SMALL, "pos_att_type": "p2c"}),
    "no_position_terms": Case("relative attention without terms", {**SHARED, **SMALL, "pos_att_type": "none"}),
    "no_relative_attention": Case(
        "absolute positions only; the listed terms still count in the scale",
        {**SMALL, "relative_attention": False, "position_biased_input": True, "pos_att_type": ["p2c", "c2p"]},
    ),
    "token_types": Case(
        "three token types",
        {**SHARED, **SMALL, "type_vocab_size": 3},
        STANDARD.but(token_type_ids=[[0, 0, 2, 1, 1, 0, 0], [0, 2, 1, 1, 2, 2, 1]]),
    ),
    "biased_input": Case("absolute positions added to the input", {**SHARED, **SMALL, "position_biased_input": True}),
    "embedding_size": Case("embeddings narrower than the hidden size", {**SHARED, "embedding_size": 8}),
    "no_buckets": Case(
        "raw distances, clamped at a span below the length",
        {**SMALL, "max_relative_positions": 5, "share_att_key": True, "pos_att_type": "p2c|c2p"},
    ),
    "far_span": Case(
        "a sequence far longer than the buckets and the maximum position",
        {**SHARED, **SMALLEST, "max_position_embeddings": 8},
        LONG,
    ),
    "short_sequence": Case("two tokens under a span of eight", {**SHARED, **SMALL, "position_buckets": 8}, SHORT),
    "fully_padded_row": Case(
        "a row without any token",
        {**CASE_A, **SMALL},
        STANDARD.but(attention_mask=[[0] * 7, [1] * 7]),
    ),
    "heads_1": Case("one head", {**SHARED, **SMALL, "num_attention_heads": 1}),
    "heads_3": Case("three heads", {**SHARED, **SMALL, "num_attention_heads": 3}),
    "heads_4": Case("four heads", {**SHARED, **SMALL, "num_attention_heads": 4}),
    "pos_att_type_string": Case(
        "terms written with capitals and blanks", {**SHARED, **SMALL, "pos_att_type": "P2C | c2p"}
    ),
    **{
        f"activation_{name}": Case(
            f"hidden_act {name}", {**SHARED, **SMALLEST, "hidden_act": name}, heads=("model", "masked_lm")
        )
        for name in ACTIVATIONS
    },
}

DROPOUT_OFF = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


def config_of(case: Case, head: str) -> dict[str, Any]:
    """Returns the configuration that builds `head` for `case`."""
    return {**case.full_config, "num_labels": HEADS[head].num_labels}
