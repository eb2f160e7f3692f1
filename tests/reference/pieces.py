"""Trains SentencePiece models with the special pieces of DeBERTa."""

import io
from pathlib import Path
from typing import Any

import sentencepiece
from sentencepiece import sentencepiece_model_pb2


def train(path: Path, lines: list[str], **options: Any) -> None:
    """Trains a Unigram model and writes it to `path`; in one thread, to be repeatable."""
    model = io.BytesIO()
    if "normalization_rule_tsv" not in options:
        options = {"normalization_rule_name": "nmt_nfkc", **options}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
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
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    proto.normalizer_spec.ClearField("normalization_rule_tsv")  # a path, which may differ from run to run
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(proto.SerializeToString())


def with_user_defined(model: bytes, texts: list[str]) -> bytes:
    """Returns a model with user-defined pieces at its end."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(model)
    kind = sentencepiece_model_pb2.ModelProto.SentencePiece.USER_DEFINED
    for text in texts:
        proto.pieces.add(piece=text, score=0.0, type=kind)
    return proto.SerializeToString()


def texts(model: bytes) -> list[str]:
    """Returns the pieces of a model by id."""
    return [piece.piece for piece in sentencepiece_model_pb2.ModelProto.FromString(model).pieces]
