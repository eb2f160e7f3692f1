"""Trains SentencePiece models on texts and converts them to tokenizer.json with Hugging Face transformers.

Usage: train_vocabularies.py TEXT_FOLDER OUTPUT_FOLDER SIZE...
"""

import os
import sys
from pathlib import Path

os.environ.update(USE_TORCH="0", USE_TF="0")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "reference"))

from transformers import DebertaV2TokenizerFast
from transformers.utils import logging

import pieces


def main() -> None:
    """Writes `SIZE/spm.model` and `SIZE/tokenizer.json` for every size."""
    logging.set_verbosity(logging.CRITICAL)
    texts, output, *sizes = sys.argv[1:]
    files = sorted(Path(texts).glob("*.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").split("\n")]
    for size in sizes:
        model = Path(output) / size / "spm.model"
        pieces.train(model, lines, vocab_size=int(size), byte_fallback=True, character_coverage=1.0)
        tokenizer = DebertaV2TokenizerFast(str(model))
        # Written last: its presence says that the vocabulary is complete.
        tokenizer.backend_tokenizer.save(str(model.with_name("tokenizer.json")))


if __name__ == "__main__":
    main()
