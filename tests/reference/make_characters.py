"""Makes tests/fixtures/tokenizer/characters.json: what SentencePiece does with every character there is."""

import hashlib

import sentencepiece

import json_files

FOLDER = json_files.FIXTURES / "tokenizer"
MODEL = "byte_fallback"
BLOCK = 0x1000
SURROGATES = range(0xD800, 0xE000)


def texts(code: int) -> list[str]:
    """Returns a character between letters, and before an accent, a space and itself."""
    character = chr(code)
    return [f"a{character}b", f"{character}\u0301 {character}{character}"]


def digest(processor: sentencepiece.SentencePieceProcessor, start: int) -> str:
    """Returns a digest of the ids of all texts of the block of characters that begins at `start`."""
    codes = [code for code in range(start, start + BLOCK) if code not in SURROGATES]
    rows = processor.encode([text for code in codes for text in texts(code)]) if codes else []
    lines = "".join(" ".join(map(str, row)) + "\n" for row in rows)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def main() -> None:
    """Writes the digests."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(FOLDER / MODEL / "spm.model"))
    table = {
        "reference": f"sentencepiece {sentencepiece.__version__}",
        "model": MODEL,
        "block": BLOCK,
        "digests": [digest(processor, start) for start in range(0, 0x110000, BLOCK)],
    }
    json_files.write(FOLDER / "characters.json", table, spread=1)


if __name__ == "__main__":
    main()
