"""Makes tests/fixtures/metrics: what scikit-learn, scipy, seqeval and the scripts of SQuAD say of many cases.

NaN is null in the files.
"""

import importlib.metadata
import math
import os
import warnings
from typing import Any

# transformers needs no framework for this, and each takes long to load.
os.environ.update(USE_TF="0", USE_TORCH="0")

import numpy as np
import scipy.stats
from official.nlp.tools import squad_evaluate_v1_1
from seqeval import scheme as seqeval_schemes
from seqeval.metrics import accuracy_score as tag_accuracy
from seqeval.metrics import classification_report as entity_report
from seqeval.metrics.sequence_labeling import get_entities
from sklearn import metrics
from transformers.data.metrics.squad_metrics import normalize_answer, squad_evaluate

import json_files
import metric_cases

FOLDER = json_files.FIXTURES / "metrics"
AVERAGES = ("micro", "macro", "weighted")
SCHEMES = ("IOB1", "IOB2", "IOE2", "IOBES", "BILOU")


def reference(*packages: str) -> str:
    """Names packages and their versions."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)


def without_nan(value: Any) -> Any:
    """Puts None for NaN, which JSON lacks."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def write(name: str, packages: tuple[str, ...], table: dict[str, Any]) -> None:
    """Writes a table of cases, one a line."""
    plain = without_nan(json_files.plain({"reference": reference(*packages), **table}))
    json_files.write(FOLDER / f"{name}.json", plain, spread=2)


def scores(labels: Any, predictions: Any, zero_division: float, classes: list[int] | None = None) -> dict[str, Any]:
    """Returns precision, recall and F1 of each class and of the averages."""
    options = {"zero_division": zero_division, "labels": classes}
    rows = metrics.precision_recall_fscore_support(labels, predictions, average=None, **options)
    names = range(len(rows[0])) if np.ndim(labels) == 2 else classes or sorted({*labels, *predictions})
    result: dict[str, Any] = {"perClass": {str(name): list(row) for name, row in zip(names, zip(*rows))}}
    for average in AVERAGES:
        result[average] = metrics.precision_recall_fscore_support(labels, predictions, average=average, **options)[:3]
    return result


def classification(case: dict[str, Any]) -> dict[str, Any]:
    """Adds what scikit-learn says of class indices."""
    labels, predictions = case["labels"], case["predictions"]
    return {
        **case,
        "accuracy": metrics.accuracy_score(labels, predictions),
        "matthews": metrics.matthews_corrcoef(labels, predictions),
        "scores": scores(labels, predictions, case["zeroDivision"], case.get("classes")),
    }


def multi_label(case: dict[str, Any]) -> dict[str, Any]:
    """Adds what scikit-learn says of rows of 0 and 1."""
    rows = np.array(case["labels"]), np.array(case["predictions"])
    return {**case, "scores": scores(*rows, case["zeroDivision"])}


def regression(case: dict[str, Any]) -> dict[str, Any]:
    """Adds what scipy and scikit-learn say of two series."""
    labels, predictions = case["labels"], case["predictions"]
    is_complete = all(map(math.isfinite, [*labels, *predictions]))
    return {
        **case,
        "pearson": float(scipy.stats.pearsonr(labels, predictions).statistic),
        "spearman": float(scipy.stats.spearmanr(labels, predictions).statistic),
        "squaredError": metrics.mean_squared_error(labels, predictions) if is_complete else math.nan,
    }


def entities(tags: list[str]) -> dict[str, Any]:
    """Returns the entities of a text: type, first token and the one after the last, by scheme; null for an error."""
    found: dict[str, Any] = {"lenient": [[name, start, end + 1] for name, start, end in get_entities(tags)]}
    for name in SCHEMES:
        try:
            tokens = seqeval_schemes.Tokens(tags, getattr(seqeval_schemes, name))
            found[name] = [[entity.tag, entity.start, entity.end] for entity in tokens.entities]
        except (KeyError, ValueError):
            found[name] = None
    return {"tags": tags, **found}


def entity_scores(case: dict[str, Any]) -> dict[str, Any]:
    """Adds the report of seqeval."""
    options: dict[str, Any] = {"zero_division": case["zeroDivision"], "output_dict": True}
    if "scheme" in case:
        options |= {"mode": "strict", "scheme": getattr(seqeval_schemes, case["scheme"])}
    report = entity_report(case["labels"], case["predictions"], **options)
    rows = {name: [float(value) for value in row.values()] for name, row in report.items()}
    averages = {name: rows.pop(f"{name} avg") for name in AVERAGES}
    accuracy = tag_accuracy(case["labels"], case["predictions"])
    return {**case, "scores": {"perClass": rows, **averages}, "accuracy": accuracy}


class Question:
    """A question as transformers' squad_evaluate takes it."""

    def __init__(self, name: str, answers: list[str]) -> None:
        self.qas_id = name
        self.answers = [{"text": text} for text in answers]


def squad(case: dict[str, Any]) -> dict[str, Any]:
    """Adds what the scripts say: that of SQuAD 2.0, and of 1.1 where every question has an answer."""
    names = [str(index) for index in range(len(case["answers"]))]
    predictions = dict(zip(names, case["predictions"]))
    options: dict[str, Any] = {}
    if "noAnswerProbabilities" in case:
        options["no_answer_probs"] = dict(zip(names, case["noAnswerProbabilities"]))
    if "noAnswerThreshold" in case:
        options["no_answer_probability_threshold"] = case["noAnswerThreshold"]
    questions = [Question(name, answers) for name, answers in zip(names, case["answers"])]
    result = {**case, "v2": dict(squad_evaluate(questions, predictions, **options))}
    if all(case["answers"]):
        asked = [{"id": question.qas_id, "answers": question.answers} for question in questions]
        result["v1"] = squad_evaluate_v1_1.evaluate([{"paragraphs": [{"qas": asked}]}], predictions)
    return result


def main() -> None:
    """Writes all tables."""
    warnings.simplefilter("ignore")
    write(
        "classification",
        ("scikit-learn",),
        {
            "indices": [classification(case) for case in metric_cases.classification()],
            "rows": [multi_label(case) for case in metric_cases.multi_label()],
        },
    )
    write("regression", ("scipy", "scikit-learn"), {"cases": [regression(case) for case in metric_cases.regression()]})
    write(
        "entities",
        ("seqeval",),
        {
            "texts": [entities(tags) for tags in metric_cases.tagged_texts()],
            "reports": [entity_scores(case) for case in metric_cases.entity_scores()],
        },
    )
    write(
        "squad",
        ("transformers", "tf_models_official"),
        {
            "words": [[text, normalize_answer(text).split()] for text in metric_cases.ANSWERS],
            "cases": [squad(case) for case in metric_cases.squad()],
        },
    )


if __name__ == "__main__":
    main()
