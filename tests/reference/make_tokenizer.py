"""Makes tests/fixtures/tokenizer: SentencePiece models and what Hugging Face's tokenizer classes do with them."""

import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.update(USE_TORCH="0", USE_TF="0", TOKENIZERS_PARALLELISM="false", RUST_BACKTRACE="0")

import sentencepiece
import tokenizers
import transformers
from transformers import DebertaV2Tokenizer, DebertaV2TokenizerFast
from transformers.utils import logging

import json_files
import pieces
import tokenizer_lines
from tokenizer_calls import ALREADY_SPECIAL, CALLS, POSITIONS, SEQUENCES, fast_calls
from tokenizer_hard_texts import HARD, mixed_texts
from tokenizer_records import call_record, fast_row, position_record, slow_row
from tokenizer_texts import SENTENCES, SETTINGS, SPECIAL, UNICODE, WHITE_SPACE, random_texts

FOLDER = json_files.FIXTURES / "tokenizer"
REFERENCE = (
    f"transformers {transformers.__version__}, sentencepiece {sentencepiece.__version__}, "
    f"tokenizers {tokenizers.__version__}"
)
SMALL, LARGE = 2000, 4000
# Half of the Unicode texts help to train, so that both known and unknown characters occur in the tables.
TRAINED_TEXTS = SENTENCES + UNICODE[::2]
REPEATS = 20
LANGUAGES = (
    "eng fra deu_1996 spa por_PT ita pol rus ukr ell_monotonic heb arb pes_1 hin ben tam tha kat hye amh kor jpn "
    "cmn_hans vie tur"
).split()

# Texts of all tables; those of the first kind are run with every setting of a model, the others with its first alone.
SHARED_TEXTS = SENTENCES + WHITE_SPACE + UNICODE + SPECIAL + HARD
LOWER_CASED = {"do_lower_case": True, "split_by_punct": True}
MODEL_SETTINGS = {
    "plain": SETTINGS,
    "byte_fallback": [{}, LOWER_CASED],
    "multilingual": [{}],
    "lower_cased": [LOWER_CASED, {"do_lower_case": True}, {"split_by_punct": True}],
}

# Models that only SentencePiece itself reads: what DeBERTa's models never have, and SentencePiece can.
RAW_MODELS = ["symbols", "suffix", "bare"]
TINY = {"vocab_size": 600, "character_coverage": 0.999}
SYMBOLS = ["<ent>", "<e", "New York", "whale", "\U0001f600", "a\u0301", "\ufb01", "\u2581the\u2581", " x ", "[x]", "--"]
RULES = [
    ("A", "a"),
    ("AB", "c d"),
    ("ABC", "\u00df"),
    ("a\u0301", "\u00e1"),
    ("\u00e1\u0323", "\u1ea1\u0301"),
    ("\u3000", " "),
    ("\u200d", ""),
    ("\ufb01", "fi"),
    ("\U0001f600", ":)"),
    ("\U0001f600\U0001f600", ":))"),
    ("\t", "  "),
    ("Z", "\u2581"),
]
SYMBOL_TEXTS = [
    "<ent> <entity> <e <ent<ent>>",
    "New York New  York NewYork in New York.",
    "whale whales awhale WHALE the whale",
    "\U0001f600 \U0001f600\U0001f600 \U0001f600\U0001f600\U0001f600a",
    "a\u0301 Aa\u0301 a\u0301\u0323 \u00e1\u0323",
    "\ufb01sh \ufb01 fish",
    "the the  the\u2581the \u2581the\u2581 \u2581the\u2581x",
    " x  x x x  xx",
    "[x] [[x]] -- --- ----",
    "AB ABC ABCD AABBCC A B C Z ZZ aZb",
    "\u3000A\u3000 \t tab\tA",
    "a\u200d \u200d \u200db",
    "Z",
    " ",
    "",
]


def facts(tokenizer: DebertaV2Tokenizer) -> dict[str, Any]:
    """Returns the sizes and special ids of a tokenizer."""
    names = ("pad", "cls", "sep", "unk", "mask", "bos", "eos")
    return {
        "vocab_size": tokenizer.vocab_size,
        "length": len(tokenizer),
        "special_ids": {name: getattr(tokenizer, f"{name}_token_id") for name in names},
        "all_special_ids": tokenizer.all_special_ids,
    }


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


def rule_line(rule: tuple[str, str]) -> str:
    """Writes one rule of a character map as SentencePiece's trainer reads it."""
    return "\t".join(" ".join(f"{ord(character):X}" for character in text) for text in rule) + "\n"


def train_models(novel: list[str]) -> None:
    """Trains all models."""
    lines = novel + TRAINED_TEXTS * REPEATS
    path = {name: FOLDER / name / "spm.model" for name in [*MODEL_SETTINGS, *RAW_MODELS]}
    pieces.train(path["plain"], lines, vocab_size=SMALL, character_coverage=1.0)
    pieces.train(path["byte_fallback"], lines, vocab_size=SMALL, character_coverage=0.9995, byte_fallback=True)
    declared = tokenizer_lines.declared(LANGUAGES)
    pieces.train(path["multilingual"], declared, vocab_size=LARGE, character_coverage=0.9995)
    lower_cased = [line.lower() for line in lines]
    pieces.train(path["lower_cased"], lower_cased, vocab_size=SMALL, character_coverage=0.9995)
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.tsv"
        rules.write_text("".join(map(rule_line, RULES)))
        ruled = {**TINY, "normalization_rule_tsv": str(rules)}
        pieces.train(path["symbols"], lines, **ruled, user_defined_symbols=SYMBOLS)
        pieces.train(path["suffix"], lines, **ruled, treat_whitespace_as_suffix=True)
    pieces.train(
        path["bare"],
        lines,
        **TINY,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        byte_fallback=True,
    )


def raw_rows(model: bytes, texts: list[str]) -> list[dict[str, Any]]:
    """Returns what SentencePiece itself makes of texts: rows as those of the slow class, with `normalized`.

    The normalized text is left out where it is the text with a space in front and `\u2581` for each space.
    """
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    rows = []
    for text in texts:
        ids, tokens = processor.encode(text), processor.encode(text, out_type=str)
        unknown = [token for token, id in zip(tokens, ids) if id == processor.unk_id()]
        normalized = processor.normalize(text)
        row = {"ids": ids, **({"unknown": unknown} if unknown else {})}
        rows.append(row if normalized == f" {text}".replace(" ", "\u2581") else {**row, "normalized": normalized})
    return rows


def write_tables(name: str, texts: list[str]) -> dict[str, Any]:
    """Writes what both classes do with a model; returns the digests of what they make of the real lines."""
    path = str(FOLDER / name / "spm.model")
    tables = []
    for settings in MODEL_SETTINGS[name]:
        slow, fast = DebertaV2Tokenizer(path, **settings), DebertaV2TokenizerFast(path, **settings)
        own_texts = texts if settings == MODEL_SETTINGS[name][0] else SHARED_TEXTS
        slow_rows = [slow_row(slow, text) for text in own_texts]
        fast_rows = [fast_row(fast, text, row) for text, row in zip(own_texts, slow_rows)]
        tables.append({"settings": settings, "slow": slow_rows, "fast": fast_rows})
    slow, fast = DebertaV2Tokenizer(path), DebertaV2TokenizerFast(path)
    content = {"reference": REFERENCE, **facts(slow), "tables": tables}
    if name in ("plain", "byte_fallback"):
        content["methods"] = method_records(slow)
        content["calls"] = [call_record(slow, *arguments) for arguments in CALLS]
    if name == "plain":
        content["fast_calls"] = [call_record(fast, *arguments) for arguments in fast_calls()]
        content["positions"] = [position_record(fast, *arguments) for arguments in POSITIONS]
    json_files.write(FOLDER / name / "tables.json", content, spread=4)
    return line_digests(path, MODEL_SETTINGS[name][0])


def line_digests(path: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Returns the digests of what both classes make of the real lines."""
    lines = tokenizer_lines.real_lines()
    ids = [
        [tokenizer.encode(line, add_special_tokens=False) for line in lines]
        for tokenizer in (DebertaV2Tokenizer(path, **settings), DebertaV2TokenizerFast(path, **settings))
    ]
    slow, fast = map(tokenizer_lines.digests, ids)
    differing = [index for index, (one, other) in enumerate(zip(*ids)) if one != other]
    return {"settings": settings, "tokens": sum(map(len, ids[0])), "slow": slow, "fast": fast, "differing": differing}


def main() -> None:
    """Trains the models and writes the tables."""
    logging.set_verbosity(logging.CRITICAL)
    novel = tokenizer_lines.novel_lines()
    train_models(novel)
    passages = [" ".join(novel[i : i + 4]) for i in range(400, 4400, 100)]
    texts = [*SHARED_TEXTS, *random_texts(200), *passages, *mixed_texts(100)]
    json_files.write(FOLDER / "texts.json", {"shared": SHARED_TEXTS, "more": texts[len(SHARED_TEXTS) :]})
    lines = {name: write_tables(name, texts) for name in MODEL_SETTINGS}
    json_files.write(FOLDER / "lines.json", {"reference": REFERENCE, **lines}, spread=2)
    plain = (FOLDER / "plain" / "spm.model").read_bytes()
    added = [text for text in SYMBOLS if text not in pieces.texts(plain)]
    models = {name: (FOLDER / name / "spm.model").read_bytes() for name in RAW_MODELS}
    models["plain_with_added"] = pieces.with_user_defined(plain, added)
    rows = {name: raw_rows(model, SHARED_TEXTS + SYMBOL_TEXTS) for name, model in models.items()}
    rows["plain"] = raw_rows(plain, texts)
    content = {"reference": REFERENCE, "added": added, "texts": SYMBOL_TEXTS, "models": rows}
    json_files.write(FOLDER / "sentencepiece.json", content, spread=4)


if __name__ == "__main__":
    main()
