"""Positions in UTF-16 code units, as JavaScript counts them."""


def length(text: str) -> int:
    """Returns how many UTF-16 code units a text has."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def position(text: str, index: int) -> int:
    """Turns an index of code points into one of UTF-16 code units."""
    return length(text[:index])


def code_points(text: str) -> list[int]:
    """Returns for each UTF-16 code unit the index of the code point that it belongs to."""
    return [index for index, character in enumerate(text) for _ in range(length(character))]
