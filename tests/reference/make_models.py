"""Makes tests/fixtures/models: `make_models.py tensorflow`, and in another process `make_models.py pytorch`."""

import importlib
import sys
from typing import Any

import numpy as np

import json_files
from deterministic import CASES, Case, config_of
from known_values import KNOWN, VALID_SUM

REFERENCES = {"tensorflow": "tf_reference", "pytorch": "torch_reference"}


def record(name: str, case: Case, reference: Any) -> dict[str, Any]:
    """Runs every head of a case."""
    inputs, _ = case.batch.for_head("model")
    result = {
        "case": name,
        "about": case.about,
        "reference": reference.NAME,
        "config": case.full_config,
        "inputs": inputs,
    }
    for head in case.heads:
        head_inputs, labels = case.batch.for_head(head)
        own_inputs = {"inputs": head_inputs} if head == "multiple_choice" else {}
        outputs = reference.run(head, config_of(case, head), head_inputs, labels)
        result[head] = {**own_inputs, **labels, **outputs}
    return result


def check(name: str, result: dict[str, Any]) -> None:
    """Compares a record with values known from other implementations."""
    for path, where, expected in KNOWN.get(name, []):
        value = result
        for key in path:
            value = value[key]
        np.testing.assert_allclose(np.array(value)[where], expected, atol=1e-5, err_msg=f"{name} {path}")
    if name in VALID_SUM:
        valid = np.array(result["inputs"]["attention_mask"], bool)
        total = np.abs(result["model"]["last_hidden_state"][valid]).sum()
        np.testing.assert_allclose(total, VALID_SUM[name], atol=1e-4, err_msg=name)


def main(framework: str) -> None:
    """Writes the cases that `framework` is the reference of."""
    reference = importlib.import_module(REFERENCES[framework])
    for name, case in CASES.items():
        if case.framework == framework:
            result = record(name, case, reference)
            check(name, result)
            json_files.write(json_files.FIXTURES / "models" / f"{name}.json", result)


if __name__ == "__main__":
    main(sys.argv[1])
