"""The cases of make_metrics.py: hard ones by hand, others at random from a fixed seed."""

import itertools
import math
from typing import Any

import numpy as np

# What is hard in an answer: punctuation of ASCII and beyond, articles as words and inside words, white space of many
# kinds, case, characters of two code units, and answers of which nothing is left.
ANSWERS = (
    "The Eiffel Tower!",
    "an apple a day",
    "theatre anatomy a_b the_end",
    "“quoted” — the ‘dash’…",
    "U.S.A. and $5,000.50",
    "l'été à la plage, l'a b",
    "naïve café Ünïcode ÀÉÎ",
    "ΟΔΟΣ Σ İstanbul STRAßE",
    "日本 the 日本a a日本",
    "tab\tnew\nline\u00a0no-break\u2003em\u3000wide\u0085next\u001cfile\ufeffmark\u200bzero",
    "the",
    " A an THE . ",
    "...",
    "",
    "a\u0301 the\u0308 e\u0301tude",
    "𝒜 a𝒜 the😀the a😀",
    "²a a² Ⅷthe the½ _a_ a-the",
    "[x] {y} ~z `w` ^v @u #t %s &r *q +p =o |n <m> /l \\k",
)

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "E-PER", "S-LOC", "E-LOC", "S-PER", "L-PER", "U-LOC")
ODD_TAGS = (
    "X-PER",
    "X-",
    "B-",
    "B",
    "I",
    "E",
    "BPER",
    "BX-PER",
    "B-A-B",
    "I--PER-",
    "O-PER",
    ".",
    ".-X",
    "b-PER",
    "😀-PER",
    "-PER",
)


def random_classes(random: np.random.Generator, size: int, classes: int) -> dict[str, Any]:
    """Returns labels and predictions that agree about half of the time."""
    labels = random.integers(classes, size=size)
    predictions = np.where(random.random(size) < 0.5, labels, random.integers(classes, size=size))
    return {"labels": labels.tolist(), "predictions": predictions.tolist()}


def classification() -> list[dict[str, Any]]:
    """Returns class indices."""
    random = np.random.default_rng(7)
    pairs = {
        "all right": {"labels": [0, 1, 2], "predictions": [0, 1, 2]},
        "all wrong": {"labels": [0, 1], "predictions": [1, 0]},
        "a single label": {"labels": [3], "predictions": [3]},
        "one class predicted": {"labels": [0, 1, 1, 2], "predictions": [1, 1, 1, 1]},
        "one class labelled": {"labels": [1, 1, 1], "predictions": [0, 1, 1]},
        "a class never predicted": {"labels": [0, 1, 2, 2], "predictions": [0, 1, 1, 0]},
        "a class never labelled": {"labels": [0, 1, 0, 1], "predictions": [0, 1, 2, 2]},
        "two classes": random_classes(random, 40, 2),
        "classes of two digits": random_classes(random, 60, 12),
        "some classes": {**random_classes(random, 40, 4), "classes": [3, 1]},
        "classes that never occur": {"labels": [0, 0, 1], "predictions": [0, 1, 1], "classes": [1, 5, 6]},
        "no label in the classes": {"labels": [0, 0, 1], "predictions": [0, 2, 2], "classes": [2, 5]},
    }
    return [{"name": name, "zeroDivision": value, **pair} for name, pair in pairs.items() for value in (0, 1, math.nan)]


def multi_label() -> list[dict[str, Any]]:
    """Returns rows of 0 and 1."""
    random = np.random.default_rng(8)
    pairs = {
        "all right": {"labels": [[1, 0], [0, 1]], "predictions": [[1, 0], [0, 1]]},
        "nothing labelled or predicted": {"labels": [[0, 0]], "predictions": [[0, 0]]},
        "nothing predicted": {"labels": [[1, 0, 1]], "predictions": [[0, 0, 0]]},
        "a label that never occurs": {"labels": [[1, 0, 1], [1, 0, 0]], "predictions": [[1, 0, 0], [0, 0, 1]]},
        "random": {
            "labels": random.integers(2, size=(20, 4)).tolist(),
            "predictions": random.integers(2, size=(20, 4)).tolist(),
        },
    }
    return [{"name": name, "zeroDivision": value, **pair} for name, pair in pairs.items() for value in (0, 1, math.nan)]


def regression() -> list[dict[str, Any]]:
    """Returns pairs of series."""
    random = np.random.default_rng(9)
    x = random.normal(size=30)
    ties = random.integers(5, size=30)
    pairs = {
        "a line": ([1, 2, 3], [3, 5, 7]),
        "a falling line": ([1, 2, 3], [-1, -2, -3]),
        "a curve": ([1, 2, 3, 4], [1, 8, 27, 1000]),
        "random": (x.round(4), (x + random.normal(size=30)).round(4)),
        "ties": (ties, random.integers(3, size=30)),
        "ties at both ends": ([1, 1, 2, 3, 3], [5, 4, 4, 4, 6]),
        "constant predictions": ([1, 2, 3], [0.1, 0.1, 0.1]),
        "constant labels": ([2, 2, 2], [1, 2, 3]),
        "two pairs": ([1, 2], [5, 3]),
        "large numbers": ([1e150, 2e150, 4e150], [1, 2, 3]),
        "a large mean": ([1e6 + 1, 1e6 + 2, 1e6 + 4], [1, 2, 3]),
        "a missing number": ([1, 2, 3], [1, math.nan, 3]),
    }
    return [{"name": name, "labels": list(x), "predictions": list(y)} for name, (x, y) in pairs.items()]


def tagged_texts() -> list[list[str]]:
    """Returns tags: all triples of ordinary ones of one scheme, odd ones in every place, and longer texts."""
    random = np.random.default_rng(10)
    iob = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    triples = [list(tags) for tags in itertools.product(iob, repeat=3)]
    odd = [
        [*before, tag, *after]
        for tag in ODD_TAGS
        for before, after in (([], []), (["B-PER"], ["I-PER"]), (["O"], ["B-LOC"]))
    ]
    long = [random.choice(TAGS[:count], size=12).tolist() for count in (5, 9, 11) for _ in range(10)]
    continued = ["O", ".-X", "I-X", "O"]
    return [[], *triples, *odd, continued, *long, *([*random.choice(TAGS[:9], size=3), "X-LOC"] for _ in range(10))]


def random_tags(random: np.random.Generator, tags: list[str]) -> dict[str, Any]:
    """Returns tags of some texts, and predictions that agree most of the time."""
    labels = [random.choice(tags, size=random.integers(1, 10)).tolist() for _ in range(12)]
    predictions = [[tag if random.random() < 0.8 else str(random.choice(tags)) for tag in text] for text in labels]
    return {"labels": labels, "predictions": predictions}


def entity_scores() -> list[dict[str, Any]]:
    """Returns tags of several texts."""
    random = np.random.default_rng(11)
    iob = ["O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    iobes = ["O", "B-PER", "I-PER", "E-PER", "S-PER", "S-LOC"]
    by_scheme = {
        "IOB1": iob,
        "IOB2": iob,
        "IOE2": ["O", "I-PER", "E-PER", "I-LOC", "E-LOC"],
        "IOBES": iobes,
        "BILOU": ["O", "B-PER", "I-PER", "L-PER", "U-LOC"],
    }
    cases = [
        {
            "name": "of the documentation",
            "labels": [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]],
            "predictions": [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]],
        },
        {"name": "nothing predicted", "labels": [["B-PER", "O"]], "predictions": [["O", "O"]]},
        {"name": "nothing labelled", "labels": [["O", "O"]], "predictions": [["O", "B-PER"]]},
        {"name": "another type", "labels": [["B-PER", "I-PER"]], "predictions": [["B-LOC", "I-LOC"]]},
        {"name": "an empty text among others", "labels": [[], ["B-PER"]], "predictions": [[], ["B-PER"]]},
        {"name": "IOB", **random_tags(random, iob)},
        {"name": "IOBES", **random_tags(random, iobes)},
        {"name": "unknown prefixes", **random_tags(random, [*iob, "X-PER"])},
        *({"name": f"strict {name}", "scheme": name, **random_tags(random, tags)} for name, tags in by_scheme.items()),
    ]
    return [{**case, "zeroDivision": value} for case in cases for value in (0, 1)]


def squad() -> list[dict[str, Any]]:
    """Returns questions and their answers."""
    random = np.random.default_rng(12)
    words = ["the", "old", "Whale", "of", "Nantucket", "a", "sea", "1851", "—", "sea."]

    def text() -> str:
        return " ".join(random.choice(words, size=random.integers(1, 5)))

    answers = [[text() for _ in range(random.integers(1, 4))] for _ in range(15)]
    some = [given if random.random() < 0.6 else [] for given in answers]
    near = [given[0] if given and random.random() < 0.3 else text() for given in answers]
    probabilities = random.random(15).round(2).tolist()
    maybe = ["" if random.random() < 0.3 else guess for guess in near]
    return [
        {"name": "every question has an answer", "answers": answers, "predictions": near},
        {
            "name": "answers of nothing",
            "answers": [["the"], ["The", "."], ["a", "b"], ["x"]],
            "predictions": ["", "an", "", "the"],
        },
        {"name": "the best of several", "answers": [["b c", "a b", "d"]], "predictions": ["b d"]},
        {
            "name": "repeated words",
            "answers": [["sea sea shell"], ["sea"]],
            "predictions": ["sea shell shell", "sea sea"],
        },
        {
            "name": "hard answers",
            "answers": [[text] for text in ANSWERS],
            "predictions": list(ANSWERS[1:] + ANSWERS[:1]),
        },
        {"name": "some have none", "answers": some, "predictions": maybe},
        {"name": "none has one", "answers": [[], []], "predictions": ["", "x"]},
        {"name": "with probabilities", "answers": some, "predictions": maybe, "noAnswerProbabilities": probabilities},
        {
            "name": "with a threshold",
            "answers": some,
            "predictions": near,
            "noAnswerProbabilities": probabilities,
            "noAnswerThreshold": 0.5,
        },
        {
            "name": "equal probabilities",
            "answers": some,
            "predictions": near,
            "noAnswerProbabilities": [0.5] * 15,
            "noAnswerThreshold": 0.5,
        },
        {
            "name": "answering nothing is best",
            "answers": [[], ["x"]],
            "predictions": ["y", "z"],
            "noAnswerProbabilities": [0.2, 0.9],
        },
    ]
