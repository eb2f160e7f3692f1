"""Trains examples/checkpoints/spam with TFDebertaV2ForSequenceClassification, in the format of the TF classes.

Every knob is in the block of constants; a run takes some minutes on two cores.
"""

import tf_environment  # noqa: F401, must be the first import

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from transformers import DebertaV2Config, DebertaV2Tokenizer, TFDebertaV2ForSequenceClassification, create_optimizer

import json_files
import pieces
from spam_data import LABELS, Mail, read_mails, split

README = Path(__file__).with_name("spam_readme.md")
TARGET = Path(__file__).resolve().parents[2] / "examples" / "checkpoints" / "spam"

SEED = 1
PIECES = 4000
MAX_LENGTH = 256  # tokens
EPOCHS = 9  # each mail is read once per epoch, spam mails until they are SPAM_SHARE of all
SPAM_SHARE = 0.4
BATCH = 32
LEARNING_RATE = 8e-4
WARM_UP = 0.08  # part of all steps
WEIGHT_DECAY = 0.05
CLIP_NORM = 1.0
LABEL_SMOOTHING = 0.05
FULL_TEXT = 0.5  # chance that a mail is read as it will be at evaluation; otherwise a part of it
SUBJECT_ONLY = 0.15
LONG_TEXT = 0.05  # chance of a beginning of LONG_CHARACTERS, so that far distances are learnt too
LONG_CHARACTERS = 900
# Length of a part taken from anywhere in the mail. A few words of spam are often innocent, so spam gets longer parts:
# a short text without a sign of spam is to be ham.
WINDOW_WORDS = {0: (2, 25), 1: (10, 40)}
SHORTEST_SUBJECT = 4
LOWER_CASE = 0.15  # chance that the capitals of a text are lost

CONFIG = {
    "hidden_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 384,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "cls_dropout": 0.2,
    "max_position_embeddings": 256,
    "relative_attention": True,
    "position_buckets": 32,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": "p2c|c2p",
    "conv_kernel_size": 3,
    "conv_act": "gelu",
    "position_biased_input": False,
    "type_vocab_size": 0,
    "layer_norm_eps": 1e-7,
    "id2label": LABELS,
    "label2id": {name: label for label, name in LABELS.items()},
}

TOKENIZER_CONFIG = {
    "do_lower_case": False,
    "model_max_length": CONFIG["max_position_embeddings"],
    "split_by_punct": False,
    "tokenizer_class": "DebertaV2Tokenizer",
    "vocab_type": "spm",
}

# Written by hand, not taken from the data; they say nothing about accuracy but show that answers make sense.
EXAMPLES = [
    "Congratulations! You have won a free prize. Click here to claim your cash now!",
    "Lowest mortgage rates in years! Apply today and save thousands, no obligation.",
    "Make money fast from home! Earn $5000 per week, guaranteed.",
    "Dear Sir, I am the widow of a bank director and need your assistance to transfer 25 million dollars.",
    "Lose weight without dieting! Order our herbal pills now, 100% money back guarantee.",
    "Can we move the meeting to Thursday afternoon? I have a dentist appointment.",
    "The patch fixes the build on Linux, but one test still fails with the new compiler.",
    "Thanks for the photos from the weekend, the kids loved them.",
    "I think the server crashed again last night, could somebody look at the log files?",
    "Has anyone read the article about the new telescope? I wonder what they will find.",
]


def variant(mail: Mail, generator: random.Random) -> str:
    """Returns a mail as one of the many texts that it could have been: whole, its subject, or some words of it."""
    draw = generator.random()
    subject_words, words = mail.subject.split(), f"{mail.subject} {mail.body}".split()
    if draw < FULL_TEXT:
        text = mail.text
    elif draw < FULL_TEXT + SUBJECT_ONLY and len(subject_words) >= SHORTEST_SUBJECT:
        text = mail.subject
    elif draw > 1 - LONG_TEXT:
        text = f"{mail.subject} {mail.body[:LONG_CHARACTERS]}"
    else:
        size = generator.randint(*WINDOW_WORDS[mail.label])
        start = generator.randint(0, max(0, len(words) - size))
        text = " ".join(words[start : start + size])
    return text.lower() if generator.random() < LOWER_CASE else text


def balanced(mails: list[Mail], generator: random.Random) -> list[Mail]:
    """Returns all mails in random order, and spam mails again until they have their share."""
    ham, spam = ([mail for mail in mails if mail.label == label] for label in LABELS)
    wanted = round(len(ham) * SPAM_SHARE / (1 - SPAM_SHARE))
    chosen = ham + spam + generator.choices(spam, k=wanted - len(spam))
    generator.shuffle(chosen)
    return chosen


def encode(tokenizer: DebertaV2Tokenizer, texts: list[str]) -> dict[str, tf.Tensor]:
    """Tokenizes a batch, padded to one of few lengths."""
    batch = tokenizer(texts, truncation=True, max_length=MAX_LENGTH, padding=True, pad_to_multiple_of=32)
    return {key: tf.constant(batch[key], tf.int32) for key in ("input_ids", "attention_mask")}


def batches(
    tokenizer: DebertaV2Tokenizer, mails: list[Mail], generator: random.Random
) -> Iterator[tuple[dict[str, tf.Tensor], tf.Tensor]]:
    """Yields the batches of one epoch; texts of similar length share a batch."""
    pairs = [(variant(mail, generator), mail.label) for mail in balanced(mails, generator)]
    chunk = BATCH * 16
    ordered = [
        pair for at in range(0, len(pairs), chunk) for pair in sorted(pairs[at : at + chunk], key=lambda p: len(p[0]))
    ]
    groups = [ordered[at : at + BATCH] for at in range(0, len(ordered) - BATCH + 1, BATCH)]
    generator.shuffle(groups)
    for group in groups:
        yield encode(tokenizer, [text for text, _ in group]), tf.one_hot([label for _, label in group], len(LABELS))


def predict(model: TFDebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer, texts: list[str]) -> np.ndarray:
    """Returns the logits of texts."""
    parts = [model(encode(tokenizer, texts[at : at + 64])).logits.numpy() for at in range(0, len(texts), 64)]
    return np.concatenate(parts)


def figures(labels: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Returns accuracy, and precision, recall and F1 of spam."""
    hits = int(np.sum((predicted == 1) & (labels == 1)))
    precision, recall = hits / max(1, int(np.sum(predicted == 1))), hits / int(np.sum(labels == 1))
    return {
        "accuracy": float(np.mean(predicted == labels)),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


def train(model: TFDebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer, mails: list[Mail]) -> None:
    """Trains with AdamW, warm-up, linear decay and clipped gradients."""
    generator = random.Random(SEED)
    steps = EPOCHS * (len(balanced(mails, generator)) // BATCH)
    optimizer, _ = create_optimizer(LEARNING_RATE, steps, int(steps * WARM_UP), weight_decay_rate=WEIGHT_DECAY)
    entropy = tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING)

    @tf.function(reduce_retracing=True)
    def step(inputs: dict[str, tf.Tensor], labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = entropy(labels, model(inputs, training=True).logits)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), CLIP_NORM)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    for epoch in range(EPOCHS):
        start = time.monotonic()
        losses = [step(inputs, labels) for inputs, labels in batches(tokenizer, mails, generator)]
        print(f"epoch {epoch + 1}/{EPOCHS}  loss {np.mean(losses):.4f}  {time.monotonic() - start:.0f} s", flush=True)


def expected(model: TFDebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer) -> list[dict[str, Any]]:
    """Returns what the model says about the hand-written examples, each alone and without padding."""
    records = []
    for text in EXAMPLES:
        ids = tokenizer(text)["input_ids"]
        logits = model(tf.constant([ids])).logits[0]
        records.append(
            {
                "text": text,
                "input_ids": ids,
                "logits": logits.numpy(),
                "probabilities": tf.nn.softmax(logits).numpy(),
                "label": LABELS[int(tf.argmax(logits))],
            }
        )
    return records


def write(
    model: TFDebertaV2ForSequenceClassification,
    tokenizer: DebertaV2Tokenizer,
    trained: list[Mail],
    held_out: list[Mail],
) -> None:
    """Evaluates the model and writes the checkpoint, the expected answers and the README with the figures."""
    labels = np.array([mail.label for mail in held_out])
    results = figures(labels, predict(model, tokenizer, [mail.text for mail in held_out]).argmax(-1))
    records = expected(model, tokenizer)
    for record in records:
        print(f"{record['probabilities'][1]:.3f}  {record['text']}")

    model.save_pretrained(TARGET)
    json_files.write(TARGET / "tokenizer_config.json", TOKENIZER_CONFIG, spread=1)
    json_files.write(TARGET / "expected.json", records)
    counts = {"trained": len(trained), "held_out": len(held_out), "spam": int(labels.sum()), "seed": SEED}
    (TARGET / "README.md").write_text(README.read_text(encoding="utf-8").format(**results, **counts), encoding="utf-8")


def main() -> None:
    """Trains the pieces and the classifier, and writes both."""
    tf.keras.utils.set_random_seed(SEED)
    mails, held_out = split(read_mails(), SEED)
    words = [f"{mail.subject} {mail.body}" for mail in mails]
    pieces.train(TARGET / "spm.model", words, vocab_size=PIECES, byte_fallback=True, character_coverage=0.9995)
    tokenizer = DebertaV2Tokenizer(str(TARGET / "spm.model"))
    model = TFDebertaV2ForSequenceClassification(DebertaV2Config(vocab_size=len(tokenizer), **CONFIG))
    train(model, tokenizer, mails)
    write(model, tokenizer, mails, held_out)


if __name__ == "__main__":
    main()
