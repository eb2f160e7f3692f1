"""Trains examples/checkpoints/spam with TFDebertaV2ForSequenceClassification, in the format of the TF classes.

Every knob is in the block of constants; a run takes some minutes on two cores.
"""

import tf_environment  # noqa: F401, must be the first import

import bisect
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
from spam_data import (
    BUCKETS,
    LABELS,
    SENTENCE_END,
    Mail,
    Sentence,
    rated_sentences,
    read_mails,
    split,
    telling,
    unseen,
)

README = Path(__file__).with_name("spam_readme.md")
TARGET = Path(__file__).resolve().parents[2] / "examples" / "checkpoints" / "spam"

SEED = 1
PIECES = 4000
MAX_LENGTH = 256  # tokens
EPOCHS = 7  # each mail is read once per epoch, spam mails until they are SPAM_SHARE of all
SPAM_SHARE = 0.4
BATCH = 32
LEARNING_RATE = 8e-4
WARM_UP = 0.08  # part of all steps
WEIGHT_DECAY = 0.05
CLIP_NORM = 1.0
LABEL_SMOOTHING = 0.05
# What becomes of a mail in an epoch: the text of the evaluation, a beginning of LONG_CHARACTERS so that far distances
# are learnt too, or otherwise some sentences of it.
FULL_TEXT = 0.7
LONG_TEXT = 0.05
LONG_CHARACTERS = 900
PART_CHARACTERS = (80, 300)
# Besides the mails an epoch has single sentences, equally many of each length and of both labels.
SHORT_TEXTS = 5000
SHORT_SPAM = 0.5
HARD_HAM = 0.5  # chance that of two sentences of ham the one is taken whose words speak more for spam
LOWER_CASE, SENTENCE_CASE, UPPER_CASE = 0.1, 0.1, 0.03  # chances that the capitals of a text are changed
LAST_SIGN = 0.3  # chance that a sentence ends in any sign
DROPPED_TEXT, DROPPED_WORD = 0.3, 0.12  # chances that a text loses words, and for each of its words
SHORT_CHARACTERS = (20, 80)  # lengths of the sentences on which the model is measured besides the mails

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
    "You have won a free prize!",
    "Can we move the meeting to Thursday afternoon?",
    "The patch fixes the build on Linux, please review it.",
    "I read the article you sent and I do not agree with the last paragraph.",
    "Thanks for the photos from the weekend, the kids loved them.",
    "I think the server crashed again last night, could somebody look at the log files?",
    "The patch fixes the build on Linux.",
]

# Short texts of every day, written before the training was chosen and only to count how many are right.
EVERYDAY = {
    0: [
        "Hi, how are you?",
        "Good morning everyone",
        "See you on Monday",
        "Thanks for your help!",
        "Did you call grandma?",
        "Where are my keys?",
        "I'm running late, sorry.",
        "The tests pass on my machine.",
        "Mum is coming for dinner on Sunday.",
        "Can you send me the report before lunch?",
        "What time does the train leave tomorrow?",
        "The kids had a lovely time at the zoo.",
        "This function returns the wrong value when the list is empty.",
        "I will be out of the office on Friday, but you can reach me by phone.",
        "Could you please look at my pull request when you have a moment, I am not sure about the error handling.",
        "We are thinking of going hiking in the mountains next weekend, do you and your brother want to come along?",
        "Why does the compiler complain about this variable?",
        "Let's have coffee after the lecture.",
        "My sister just moved to a new apartment near the river and she really likes it there.",
        "I think we should wait with the release until the memory leak is fixed and everybody has tested it.",
    ],
    1: [
        "Claim your prize today",
        "Win cash every day",
        "Cheap pills, no prescription",
        "Free vacation, click here",
        "Refinance your mortgage now",
        "You are our lottery winner!",
        "Get out of debt fast",
        "Buy Viagra online",
        "Instant loan approval guaranteed",
        "Order now and get a second bottle absolutely free.",
        "You have been selected to receive a free laptop.",
        "Lose 20 pounds in one month with our all natural diet pills.",
        "We offer personal loans up to $50,000 with no credit check.",
        "Double your income this month, work only two hours a day from home.",
        "Your email address has won one million dollars in our international lottery draw, please contact our agent.",
        "Click the link below to get your free trial membership before this special offer ends tonight.",
        "I have an urgent business proposal and need your bank account to move the sum of ten million dollars.",
        "Save up to 70 percent on printer toner, software and cell phones, order today.",
        "This stock is about to explode, buy now before the price triples.",
        "Interest rates are at their lowest point in forty years, so apply for your home loan in just two minutes "
        "with no obligation.",
    ],
}


def part(mail: Mail, generator: random.Random) -> str:
    """Returns some words from anywhere in a mail, from the beginning of a sentence on."""
    parts = [mail.subject, *SENTENCE_END.split(mail.body)]
    text = " ".join(parts[generator.randrange(len(parts)) :])
    return text[: generator.randint(*PART_CHARACTERS)] or mail.text


def variant(mail: Mail, generator: random.Random) -> str:
    """Returns a mail as one of the many texts that it could have been."""
    draw = generator.random()
    if draw < FULL_TEXT:
        return mail.text
    return f"{mail.subject} {mail.body[:LONG_CHARACTERS]}" if draw > 1 - LONG_TEXT else part(mail, generator)


def altered(text: str, generator: random.Random) -> str:
    """Changes what must not matter: the capitals and, in some texts, a few missing words."""
    if generator.random() < DROPPED_TEXT:
        text = " ".join(word for word in text.split() if generator.random() >= DROPPED_WORD) or text
    draw = generator.random()
    if draw < LOWER_CASE:
        return text.lower()
    if draw < LOWER_CASE + SENTENCE_CASE:
        return text.capitalize()
    return text.upper() if draw > 1 - UPPER_CASE else text


class ShortTexts:
    """Single sentences in which length says nothing about the label."""

    def __init__(self, rated: list[Sentence]) -> None:
        self.pools: dict[tuple[int, int], list[Sentence]] = {}
        for sentence in filter(telling, rated):
            bucket = bisect.bisect_left(BUCKETS, len(sentence.text))
            self.pools.setdefault((bucket, sentence.label), []).append(sentence)

    def draw(self, generator: random.Random) -> tuple[str, int]:
        """Returns a sentence and its label."""
        bucket, label = generator.randrange(len(BUCKETS)), int(generator.random() < SHORT_SPAM)
        hard = label == 0 and generator.random() < HARD_HAM
        drawn = generator.choices(self.pools[bucket, label], k=2 if hard else 1)
        text = max(drawn, key=lambda sentence: sentence.evidence).text
        if generator.random() < LAST_SIGN:
            text = text.rstrip(".!?") + generator.choice(("", ".", "!"))
        return text, label


def balanced(mails: list[Mail], generator: random.Random) -> list[Mail]:
    """Returns all mails in random order, and spam mails again until they have their share."""
    ham, spam = ([mail for mail in mails if mail.label == label] for label in LABELS)
    wanted = round(len(ham) * SPAM_SHARE / (1 - SPAM_SHARE))
    chosen = ham + spam + generator.choices(spam, k=wanted - len(spam))
    generator.shuffle(chosen)
    return chosen


def encode(tokenizer: DebertaV2Tokenizer, texts: list[str]) -> dict[str, tf.Tensor]:
    """Tokenizes a batch, padded to one of few lengths."""
    batch = tokenizer(texts, truncation=True, max_length=MAX_LENGTH, padding=True, pad_to_multiple_of=16)
    return {key: tf.constant(batch[key], tf.int32) for key in ("input_ids", "attention_mask")}


def batches(
    tokenizer: DebertaV2Tokenizer, mails: list[Mail], short: ShortTexts, generator: random.Random
) -> Iterator[tuple[dict[str, tf.Tensor], tf.Tensor]]:
    """Yields the batches of one epoch; texts of similar length share a batch."""
    drawn = [(variant(mail, generator), mail.label) for mail in balanced(mails, generator)]
    drawn += [short.draw(generator) for _ in range(SHORT_TEXTS)]
    pairs = [(altered(text, generator), label) for text, label in drawn]
    generator.shuffle(pairs)
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


def measured(
    model: TFDebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer, pairs: list[tuple[str, int]]
) -> dict[str, float]:
    """Returns accuracy, and precision, recall and F1 of spam, of the answers to texts with labels."""
    ordered = sorted(pairs, key=lambda pair: len(pair[0]))
    labels = np.array([label for _, label in ordered])
    predicted = predict(model, tokenizer, [text for text, _ in ordered]).argmax(-1)
    hits = int(np.sum((predicted == 1) & (labels == 1)))
    precision, recall = hits / max(1, int(predicted.sum())), hits / max(1, int(labels.sum()))
    return {
        "accuracy": float(np.mean(predicted == labels)),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


def train(model: TFDebertaV2ForSequenceClassification, tokenizer: DebertaV2Tokenizer, mails: list[Mail]) -> None:
    """Trains with AdamW, warm-up, linear decay and clipped gradients."""
    generator = random.Random(SEED)
    short = ShortTexts(rated_sentences(mails))
    steps = EPOCHS * ((len(balanced(mails, generator)) + SHORT_TEXTS) // BATCH)
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
        losses = [step(inputs, labels) for inputs, labels in batches(tokenizer, mails, short, generator)]
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
    results = measured(model, tokenizer, [(mail.text, mail.label) for mail in held_out])
    sentences = unseen(held_out, trained, *SHORT_CHARACTERS)
    short = measured(model, tokenizer, sentences)
    everyday = {
        label: measured(model, tokenizer, [(text, label) for text in texts]) for label, texts in EVERYDAY.items()
    }
    print(f"held out {results}\nshort {short}\neveryday {everyday}")
    records = expected(model, tokenizer)
    for record in records:
        print(f"{record['probabilities'][1]:.3f}  {record['text']}")

    model.save_pretrained(TARGET)
    json_files.write(TARGET / "tokenizer_config.json", TOKENIZER_CONFIG, spread=1)
    json_files.write(TARGET / "expected.json", records)
    counts = {
        "trained": len(trained),
        "held_out": len(held_out),
        "spam": sum(mail.label for mail in held_out),
        "short": len(sentences),
        "short_spam": sum(label for _, label in sentences),
        "seed": SEED,
    }
    right = {f"everyday_{LABELS[k]}": round(each["accuracy"] * len(EVERYDAY[k])) for k, each in everyday.items()}
    parts = {**results, **{f"short_{name}": value for name, value in short.items()}, **counts, **right}
    (TARGET / "README.md").write_text(README.read_text(encoding="utf-8").format(**parts), encoding="utf-8")


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
