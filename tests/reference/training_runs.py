"""What is trained for the fixtures of training: batches made by formulas, and the table of runs."""

from dataclasses import dataclass, field

from deterministic import CASE_A, COMMON, DROPOUT_OFF, HEADS, SMALL, Batch

STEPS, ROWS, LENGTH = 8, 8, 9
IGNORED = -100
CONFIG = {**COMMON, **CASE_A, **SMALL, **DROPOUT_OFF}


@dataclass(frozen=True)
class Run:
    """One run of eight steps: what differs from AdamW with the plain loss of the head."""

    about: str
    head: str = "sequence_classification"
    bias_correction: bool = True
    epsilon: str = "1e-8"
    layer_decay: float = 1.0
    label_smoothing: float = 0.0
    class_weights: list[float] = field(default_factory=list)
    max_gradient_norm: float = 1.0


# Between the smallest and the largest gradient norm of a run, so that clipping matters in some steps only.
MAX_GRADIENT_NORMS = {"masked_lm": 2.0, "token_classification": 2.0, "multiple_choice": 0.075}

RUNS = {
    **{
        head: Run(f"AdamW, {head}", head, max_gradient_norm=MAX_GRADIENT_NORMS.get(head, 1.0))
        for head in HEADS
        if HEADS[head].labels
    },
    "no_bias_correction": Run("XAdam of microsoft/DeBERTa", bias_correction=False, epsilon="1e-6"),
    "layer_decay": Run("AdamW, the learning rate falling from the head to the embeddings", layer_decay=0.9),
    "weighted_loss": Run(
        "AdamW, label smoothing and class weights", label_smoothing=0.1, class_weights=[0.5, 2.0, 1.25]
    ),
}

LEARNING_RATE, WARMUP_STEPS, WEIGHT_DECAY = 3e-3, 3, 0.01
BETAS = (0.9, 0.999)


def row_length(head: str, step: int, row: int, longest: int) -> int:
    """How many tokens of a row are no padding; the softmax over positions of question answering sees all of them."""
    return longest if head == "question_answering" else longest - (3 * step + 2 * row) % 5


def token_label(head: str, ids: list[int], column: int, length: int) -> int:
    """The label of one token; the special tokens at both ends and padding have none."""
    if not 0 < column < length - 1:
        return IGNORED
    if head == "masked_lm":
        return ids[column] if ids[column] % 3 == 0 or column == 1 else IGNORED
    return ids[column] % 3 if ids[column] % 4 else IGNORED


def answers(step: int) -> dict[str, list[int]]:
    """Starts and ends; in every second step the first answer lies beyond the window."""
    starts = [1 + (row + step) % 4 for row in range(ROWS)]
    ends = [start + (row + 2 * step) % 3 for row, start in enumerate(starts)]
    if step % 2:
        starts[0] = ends[0] = 99
    return {"start_positions": starts, "end_positions": ends}


def batch(head: str, step: int, longest: int = LENGTH) -> Batch:
    """The batch of a step: rows of unequal lengths, some labels of which do not count."""
    lengths = [row_length(head, step, row, longest) for row in range(ROWS)]
    ids = [
        [1, *(3 + (5 * column + 11 * row * row + 7 * step) % 47 for column in range(length - 2)), 2]
        for row, length in enumerate(lengths)
    ]
    padded = {
        "input_ids": [row + [0] * (longest - len(row)) for row in ids],
        "attention_mask": [[1] * len(row) + [0] * (longest - len(row)) for row in ids],
    }
    if head in ("masked_lm", "token_classification"):
        labels = {
            "labels": [[token_label(head, row, column, len(row)) for column in range(longest)] for row in ids],
        }
    elif head == "question_answering":
        labels = answers(step)
    else:
        classes = 2 if head == "multiple_choice" else HEADS[head].num_labels
        # Text and label belong together loosely, so that there is something to learn.
        labels = {"labels": [IGNORED if row == step else ids[row][1] % classes for row in range(ROWS)]}
    return Batch(padded, {head: labels})
