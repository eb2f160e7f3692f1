"""Trains SentencePiece models with the special pieces of DeBERTa."""

import io
from pathlib import Path
from typing import Any

import sentencepiece


def train(path: Path, lines: list[str], **options: Any) -> None:
    """Trains a Unigram model and writes it to `path`; in one thread, to be repeatable."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        normalization_rule_name="nmt_nfkc",
        pad_id=0,
        pad_piece="[PAD]",
        bos_id=1,
        bos_piece="[CLS]",
        eos_id=2,
        eos_piece="[SEP]",
        unk_id=3,
        unk_piece="[UNK]",
        num_threads=1,
        minloglevel=2,
        **options,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.getvalue())
