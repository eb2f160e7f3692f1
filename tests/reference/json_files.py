"""Compact JSON: one line for each key, numbers rounded to seven decimals."""

import json
from pathlib import Path
from typing import Any

import numpy as np

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def plain(value: Any) -> Any:
    """Turns arrays and scalars into rounded Python numbers, also inside lists and dictionaries."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    return round(value, 7) + 0.0 if isinstance(value, float) else value


def dump(value: Any, indent: int, spread: int) -> str:
    """Writes the `spread` outer levels of objects and lists over several lines, everything below on one line."""
    inner = " " * (indent + 1)
    if spread and isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(key)}: {dump(item, indent + 1, spread - 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if spread and isinstance(value, list) and value:
        return (
            "[\n" + ",\n".join(inner + dump(item, indent + 1, spread - 1) for item in value) + "\n" + " " * indent + "]"
        )
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def write(path: Path, value: Any, spread: int = 2) -> None:
    """Writes `value` as JSON, with a line for each key of the `spread` outer levels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(plain(value), 0, spread) + "\n", encoding="utf-8")
