"""Loads what this package writes for PyTorch into the classes of transformers, and compares their outputs.

Usage: python check_written_torch.py

For every head and configuration of the table of checkpoints it converts a checkpoint of tests/fixtures with the
command line to safetensors: in float32 whole and in shards, in float16 and bfloat16 whole. float32 must give the
outputs of tests/fixtures/models; the others those of the reference's own weights rounded to the type, computed in
float32.

Prints a line each: the largest difference, and what was missing, unexpected or of another shape. Ends with an error if
anything departs.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

import json_files
import torch_reference
from deterministic import CASES, HEADS, config_of
from written import LIMIT, convert, sources


def expected_outputs(head: str, case: str, dtype: str) -> dict[str, Any]:
    """Returns the reference's outputs: those of the fixtures, or of its own weights rounded to `dtype`."""
    if dtype == "float32":
        path = json_files.FIXTURES / "models" / f"{case}.json"
        return json.loads(path.read_text(encoding="utf-8"))[head]
    model = torch_reference.build(head, config_of(CASES[case], head)).to(getattr(torch, dtype)).float()
    return outputs_of(model, head, case)


@torch.no_grad()
def outputs_of(model: torch.nn.Module, head: str, case: str) -> dict[str, Any]:
    """Runs a model on the inputs of a case."""
    inputs, _ = CASES[case].batch.for_head(head)
    result = model(**torch_reference.tensors(inputs))
    return {key: result[key].numpy() for key in HEADS[head].outputs if key in result}


def largest_difference(value: np.ndarray, wanted: Any, head: str, case: str) -> float:
    """Returns the largest difference; that of tokens only, where there is a number for each token.

    The rows of padding differ between the PyTorch and the TensorFlow classes, see README.md.
    """
    difference = np.abs(value - np.array(wanted, np.float32))
    mask = CASES[case].batch.for_head(head)[0]["attention_mask"].astype(bool)
    return float((difference[mask] if difference.shape[: mask.ndim] == mask.shape else difference).max())


def check(folder: Path, head: str, case: str, dtype: str, how: str) -> bool:
    """Checks one folder and prints the result; returns whether all is right."""
    model_class = getattr(torch_reference.transformers, f"DebertaV2{HEADS[head].suffix}")
    model, info = model_class.from_pretrained(folder, output_loading_info=True, dtype=getattr(torch, dtype))
    stored = {parameter.dtype for parameter in model.parameters()}
    values = outputs_of(model.float().eval(), head, case)
    wanted = expected_outputs(head, case, dtype)
    difference = max(largest_difference(value, wanted[key], head, case) for key, value in values.items())
    unfit = {key: sorted(map(str, info[key])) for key in ("missing_keys", "unexpected_keys", "mismatched_keys")}
    right = not any(unfit.values()) and stored == {getattr(torch, dtype)} and difference <= LIMIT
    print(f"{case} {head} safetensors {how}: {difference:.1e}{'' if right else f' FAILS {json.dumps(unfit)}'}", flush=True)
    return right


def main() -> None:
    """Checks every source in every number type, whole and in shards."""
    results = []
    for item in sources():
        for dtype, sharded in (("float32", False), ("float32", True), ("float16", False), ("bfloat16", False)):
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary) / "written"
                convert(item, "safetensors", folder, sharded, dtype)
                how = f"{dtype} in shards" if sharded else dtype
                results.append(check(folder, item.head, item.case, dtype, how))
    if not all(results):
        sys.exit(f"{results.count(False)} of {len(results)} folders depart from the reference.")


if __name__ == "__main__":
    main()
