"""Makes tests/fixtures/tokenizer/ties.json: how SentencePiece settles ties after texts of many lengths.

Scores are summed in single precision from the beginning of the text, so which of two equally good segmentations wins
depends on what stands before them. Beyond a sum of 100,000 SentencePiece 0.2.3 begins to sum anew.
"""

import hashlib

import sentencepiece

import json_files

FOLDER = json_files.FIXTURES / "tokenizer"
MODEL = "byte_fallback"
BEFORE = "the whale and the sea "
WORDS = ("~~~", "yyyy", "a~~~b```")
REPEATS = [*range(24), 50, 100, 200, 400, 800, 1600, 3200, 6400]


def record(processor: sentencepiece.SentencePieceProcessor, word: str, repeats: int) -> dict[str, object]:
    """Returns the last pieces and a digest of all ids of a word with text before it."""
    ids = processor.encode(BEFORE * repeats + word)
    digest = hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()[:16]
    last = processor.encode(BEFORE * repeats + word, out_type=str)[-len(word) - 1 :]
    start = max(index for index, piece in enumerate(last) if piece.startswith("▁"))
    return {"word": word, "repeats": repeats, "pieces": last[start:], "digest": digest}


def main() -> None:
    """Writes the table."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(FOLDER / MODEL / "spm.model"))
    table = {
        "reference": f"sentencepiece {sentencepiece.__version__}",
        "model": MODEL,
        "before": BEFORE,
        "records": [record(processor, word, repeats) for word in WORDS for repeats in REPEATS],
    }
    json_files.write(FOLDER / "ties.json", table, spread=2)


if __name__ == "__main__":
    main()
