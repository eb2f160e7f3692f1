"""Makes tests/fixtures/collators: what Hugging Face's collators, and the functions of its guides, make of examples.

The collators are those of transformers. The functions that the guides print are written here anew, by what the guides
say of them; where guide and script differ (answers partly in a window), they do as `run_qa.py` does.
"""

import os
import random
from collections import defaultdict
from typing import Any

os.environ.update(USE_TORCH="0", USE_TF="0", TOKENIZERS_PARALLELISM="false")

import numpy as np
import transformers
from transformers import DataCollatorForTokenClassification, DataCollatorWithPadding, DebertaV2TokenizerFast

import json_files
import utf16

FOLDER = json_files.FIXTURES / "collators"
REFERENCE = f"transformers {transformers.__version__}"
MODEL = json_files.FIXTURES / "tokenizer" / "plain" / "spm.model"

TEXTS = [
    "Call me Ishmael.",
    "The quick brown fox jumps over the lazy dog.",
    "It was the whiteness of the whale that above all things appalled me.",
    "don't go, he'll be there at 5 o'clock!",
]
PAIRS = ["A whale.", "Some years ago", "", "Never mind how long precisely."]

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TAGGED = [
    (["Call", "me", "Ishmael", "."], [0, 0, 1, 0]),
    (["Captain", "Ahab", "sailed", "from", "Nantucket", "Island", "yesterday"], [1, 2, 0, 0, 3, 4, 0]),
    (["Queequeg", "\u200b", "slept"], [1, 0, 0]),
    (["Internationalization", "in", "New", "Bedford"], [0, 0, 3, 4]),
]

WHALE = (
    "The whale, named Moby Dick, was hunted by Captain Ahab \U0001f40b of the Pequod. Ishmael, who had gone to sea from "
    "New Bedford, told the story. The Pequod was named after a people of Massachusetts, and it sank in the Pacific."
)
QUESTIONS = [
    ("name", "Who hunted the whale?", WHALE, ["Captain Ahab"]),
    ("after", "Whose ship?", WHALE, ["\U0001f40b of the Pequod"]),
    ("spaces", "   Who told the story?", WHALE, ["Ishmael"]),
    ("end", "Where did it sank?", WHALE, ["the Pacific.", "Pacific"]),
    ("start", "What was named?", WHALE, ["The whale"]),
    ("long", "What is it about?", WHALE, [WHALE[11:118]]),
    ("none", "Who built the Pequod?", WHALE, []),
    ("short", "Who sleeps?", "The old whale sleeps.", ["whale"]),
]

CHOICES = [
    ("The whale is white.", "It is", ["a fish.", "an animal of the sea.", "a captain."], 1),
    ("Ahab has one leg.", "The other was taken by", ["the whale.", "the crew.", "Ishmael, who told the story."], 0),
]


def tokenizer_of(**options: Any) -> DebertaV2TokenizerFast:
    """Returns the tokenizer of the tests."""
    return DebertaV2TokenizerFast(str(MODEL), **options)


def padding_cases() -> list[dict[str, Any]]:
    """Runs DataCollatorWithPadding."""
    cases = []
    for side, options in [
        ("right", {}),
        ("left", {}),
        ("right", {"pad_to_multiple_of": 8}),
        ("right", {"padding": "max_length", "max_length": 40}),
        ("left", {"padding": "max_length", "max_length": 30, "pad_to_multiple_of": 16}),
    ]:
        tokenizer = tokenizer_of(padding_side=side)
        encoded = [tokenizer(text, pair or None, truncation=True, max_length=24) for text, pair in zip(TEXTS, PAIRS)]
        features = [{**encoding, "label": label} for label, encoding in enumerate(encoded)]
        batch = DataCollatorWithPadding(tokenizer, return_tensors="np", **options)(features)
        cases.append({"padding_side": side, "options": options, "batch": dict(batch)})
    return cases


def align(words: list[int | None], tags: list[int], all_tokens: bool) -> list[int]:
    """Gives tokens the tags of their words."""
    labels = []
    for position, word in enumerate(words):
        if word is None:
            labels.append(-100)
        elif position == 0 or words[position - 1] != word:
            labels.append(tags[word])
        elif all_tokens:
            labels.append(TAGS.index(TAGS[tags[word]].replace("B-", "I-")))
        else:
            labels.append(-100)
    return labels


def token_cases() -> list[dict[str, Any]]:
    """Runs DataCollatorForTokenClassification on tags that were given to tokens."""
    cases = []
    for side, all_tokens, max_length in [("right", False, 64), ("left", True, 64), ("right", True, 8)]:
        tokenizer = tokenizer_of(padding_side=side)
        features = []
        for words, tags in TAGGED:
            encoding = tokenizer(words, is_split_into_words=True, truncation=True, max_length=max_length)
            features.append({**encoding, "labels": align(encoding.word_ids(), tags, all_tokens)})
        batch = DataCollatorForTokenClassification(tokenizer, return_tensors="np")(features)
        options = {"padding_side": side, "label_all_tokens": all_tokens, "max_length": max_length}
        cases.append({**options, "batch": dict(batch)})
    return cases


def windows_of(tokenizer: DebertaV2TokenizerFast, max_length: int, stride: int) -> list[dict[str, Any]]:
    """Makes features of all questions, with positions in characters."""
    windows = []
    for name, question, context, answers in QUESTIONS:
        encoding = tokenizer(
            question.strip(),
            context,
            max_length=max_length,
            stride=stride,
            truncation="only_second",
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        for row, ids in enumerate(encoding["input_ids"]):
            sequences = encoding.sequence_ids(row)
            offsets = [
                offset if sequence == 1 else None
                for offset, sequence in zip(encoding["offset_mapping"][row], sequences)
            ]
            places = [position for position, offset in enumerate(offsets) if offset is not None]
            start = end = 0
            if answers:
                begin = context.index(answers[0])
                stop = begin + len(answers[0])
                if offsets[places[0]][0] <= begin and stop <= offsets[places[-1]][1]:
                    start = max(position for position in places if offsets[position][0] <= begin)
                    end = min(position for position in places if offsets[position][1] >= stop)
            windows.append({"id": name, "input_ids": ids, "offsets": offsets, "start": start, "end": end})
    return windows


def best_answers(windows: list[dict[str, Any]], settings: dict[str, Any]) -> dict[str, Any]:
    """Finds answers by logits, among the best starts and ends of each window."""
    n_best, longest = settings["n_best"], settings["max_answer_length"]
    contexts = {name: context for name, _, context, _ in QUESTIONS}
    by_example = defaultdict(list)
    for window in windows:
        by_example[window["id"]].append(window)
    results = {}
    for name, rows in by_example.items():
        null = min(row["start_logits"][0] + row["end_logits"][0] for row in rows)
        spans = []
        for row in rows:
            firsts = np.argsort(row["start_logits"])[::-1][:n_best]
            lasts = np.argsort(row["end_logits"])[::-1][:n_best]
            for first in firsts:
                for last in lasts:
                    ends = row["offsets"][first], row["offsets"][last]
                    if None in ends or not 0 <= last - first < longest:
                        continue
                    text = contexts[name][ends[0][0] : ends[1][1]].strip()
                    spans.append((row["start_logits"][first] + row["end_logits"][last], text))
        spans.sort(key=lambda span: -span[0])
        best_score, best = spans[0] if spans else (-np.inf, "")
        listed = sorted(spans + [(null, "")] * settings["version_two"], key=lambda span: -span[0])[:n_best]
        if settings["version_two"] and (null, "") not in listed:
            listed.append((null, ""))
        powers = np.exp(np.array([score for score, _ in listed]) - max([score for score, _ in listed], default=0))
        results[name] = {
            "text": "" if settings["version_two"] and null - best_score > settings["null_threshold"] else best,
            "n_best": [text for _, text in listed],
            "probabilities": powers / powers.sum(),
        }
    return results


def question_record() -> dict[str, Any]:
    """Makes windows of questions, and answers from logits that are drawn."""
    settings = {"max_length": 40, "stride": 12}
    windows = windows_of(tokenizer_of(), **settings)
    generator = random.Random(7)
    for window in windows:
        for name in ("start_logits", "end_logits"):
            window[name] = [round(generator.uniform(-4, 4), 4) for _ in window["input_ids"]]
    answer_settings = [
        {"n_best": 20, "max_answer_length": 30, "version_two": False, "null_threshold": 0},
        {"n_best": 5, "max_answer_length": 3, "version_two": False, "null_threshold": 0},
        {"n_best": 20, "max_answer_length": 30, "version_two": True, "null_threshold": 0},
        {"n_best": 20, "max_answer_length": 30, "version_two": True, "null_threshold": -6},
        {"n_best": 3, "max_answer_length": 10, "version_two": True, "null_threshold": -9},
    ]
    contexts = {name: context for name, _, context, _ in QUESTIONS}
    return {
        **settings,
        "examples": [
            {
                "id": name,
                "question": question,
                "context": context,
                "answers": {"text": answers, "answer_start": [context.index(answer) for answer in answers]},
            }
            for name, question, context, answers in QUESTIONS
        ],
        "answers": [{**each, "results": best_answers(windows, each)} for each in answer_settings],
        "windows": [
            {
                **window,
                "offsets": [
                    offset and [utf16.position(contexts[window["id"]], place) for place in offset]
                    for offset in window["offsets"]
                ],
            }
            for window in windows
        ],
    }


def choice_record() -> dict[str, Any]:
    """Tokenizes every choice with its context, pads all of them, and gives each example its own again."""
    tokenizer = tokenizer_of()
    flat = [
        tokenizer(context, f"{question} {choice}", truncation=True, max_length=20)
        for context, question, choices, _ in CHOICES
        for choice in choices
    ]
    batch = tokenizer.pad(flat, return_tensors="np")
    shape = (len(CHOICES), len(CHOICES[0][2]), -1)
    return {
        "max_length": 20,
        "examples": [
            {"context": context, "question": question, "choices": choices, "label": label}
            for context, question, choices, label in CHOICES
        ],
        "batch": {key: values.reshape(shape) for key, values in batch.items()},
    }


def block_record() -> dict[str, Any]:
    """Joins texts, special tokens included, and cuts them in blocks."""
    tokenizer = tokenizer_of()
    ids = [token for text in TEXTS for token in tokenizer(text)["input_ids"]]
    size = 16
    return {"block_size": size, "blocks": [ids[at : at + size] for at in range(0, len(ids) // size * size, size)]}


def main() -> None:
    """Writes all fixtures."""
    for name, record in {
        "padding": {"texts": TEXTS, "pairs": PAIRS, "cases": padding_cases()},
        "tokens": {"tags": TAGS, "examples": TAGGED, "cases": token_cases()},
        "questions": question_record(),
        "choices": choice_record(),
        "blocks": {"texts": TEXTS, **block_record()},
    }.items():
        json_files.write(FOLDER / f"{name}.json", {"reference": REFERENCE, **record}, spread=3)


if __name__ == "__main__":
    main()
