"""Writes what the TensorFlow class says about a few sentences, for the classifier in examples/checkpoints/spam."""

import tf_environment  # noqa: F401, must be the first import

from pathlib import Path

import tensorflow as tf
from transformers import DebertaV2Tokenizer, TFDebertaV2ForSequenceClassification

import json_files

CHECKPOINT = Path(__file__).resolve().parents[2] / "examples" / "checkpoints" / "spam"

# Written by hand, not taken from the data; they say nothing about accuracy but show that answers make sense.
EXAMPLES = [
    "Congratulations! You have won a free prize. Click here to claim your cash now!",
    "Lowest mortgage rates in years! Apply today and save thousands, no obligation.",
    "Make money fast from home! Earn $5000 per week, guaranteed.",
    "Dear Sir, I am the widow of a bank director and need your assistance to transfer 25 million dollars.",
    "Lose weight without dieting! Order our herbal pills now, 100% money back guarantee.",
    "You have won a free prize!",
    "Can we move the meeting to Thursday afternoon?",
    "The patch fixes the build on Linux, please review it.",
    "I read the article you sent and I do not agree with the last paragraph.",
    "Thanks for the photos from the weekend, the kids loved them.",
    "I think the server crashed again last night, could somebody look at the log files?",
    "The patch fixes the build on Linux.",
]


def main() -> None:
    """Asks about each text alone, without padding."""
    tokenizer = DebertaV2Tokenizer(str(CHECKPOINT / "spm.model"))
    model = TFDebertaV2ForSequenceClassification.from_pretrained(CHECKPOINT)
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
                "label": model.config.id2label[int(tf.argmax(logits))],
            }
        )
        print(f"{records[-1]['probabilities'][1]:.3f}  {text}")
    json_files.write(CHECKPOINT / "expected.json", records)


if __name__ == "__main__":
    main()
