"""The calls of tokenizers, and the lists of ids, that the tokenizer tables are made of."""

from typing import Any

SHORT, MEDIUM = "the white whale", "Call me Ishmael, said the old man of the sea."
LONG = "There is nothing like the perils of whaling to breed this free and easy sort of genial, desperado philosophy."
BATCH = [SHORT, LONG, "", MEDIUM]

# (text, text_pair, options) as in tokenizer(text, text_pair, **options)
CALLS = [
    (SHORT, None, {}),
    ("", None, {}),
    (SHORT, MEDIUM, {}),
    (SHORT, "", {}),
    (SHORT, None, {"add_special_tokens": False}),
    (SHORT, MEDIUM, {"add_special_tokens": False}),
    (SHORT, None, {"return_special_tokens_mask": True}),
    (SHORT, MEDIUM, {"return_special_tokens_mask": True}),
    ("a [MASK] b [SEP] c", None, {"return_special_tokens_mask": True}),
    (SHORT, None, {"return_token_type_ids": False}),
    (SHORT, None, {"return_attention_mask": False}),
    (SHORT, None, {"return_length": True}),
    (BATCH, None, {}),
    (BATCH, None, {"padding": True}),
    (BATCH, None, {"padding": "longest", "return_special_tokens_mask": True}),
    (BATCH, None, {"padding": "longest", "padding_side": "left", "return_special_tokens_mask": True}),
    (BATCH, None, {"padding": True, "pad_to_multiple_of": 8}),
    (BATCH, None, {"padding": "max_length", "max_length": 40}),
    (BATCH, None, {"padding": "max_length", "max_length": 10}),
    (BATCH, None, {"padding": "max_length", "max_length": 10, "truncation": True}),
    (BATCH, None, {"padding": "max_length", "max_length": 10, "truncation": True, "padding_side": "left"}),
    (BATCH, None, {"padding": True, "max_length": 10, "truncation": True, "return_length": True}),
    (BATCH, None, {"padding": True, "truncation": "only_first", "max_length": 16, "pad_to_multiple_of": 8}),
    (BATCH, [MEDIUM, SHORT, LONG, ""], {"padding": True, "return_special_tokens_mask": True}),
    (BATCH, [MEDIUM, SHORT, LONG, ""], {"padding": True, "truncation": True, "max_length": 17}),
    (SHORT, None, {"padding": "max_length", "max_length": 9, "padding_side": "left"}),
    (SHORT, MEDIUM, {"padding": "max_length", "max_length": 40, "padding_side": "left"}),
    *((LONG, None, {"truncation": True, "max_length": length}) for length in (1, 2, 3, 4, 9, 100)),
    *((LONG, MEDIUM, {"truncation": True, "max_length": length}) for length in (3, 4, 9, 12, 21, 30, 39)),
    *((MEDIUM, LONG, {"truncation": "longest_first", "max_length": length}) for length in (3, 9, 12, 21, 30, 39)),
    *((MEDIUM, MEDIUM, {"truncation": "longest_first", "max_length": length}) for length in (10, 11, 12, 13)),
    *((LONG, MEDIUM, {"truncation": "only_first", "max_length": length}) for length in (10, 20, 30)),
    *((LONG, MEDIUM, {"truncation": "only_second", "max_length": length}) for length in (10, 43, 44, 48)),
    (MEDIUM, LONG, {"truncation": "do_not_truncate", "max_length": 9}),
    (LONG, None, {"truncation": True, "max_length": 10, "truncation_side": "left"}),
    (LONG, None, {"truncation": True, "max_length": 10, "return_overflowing_tokens": True}),
    (LONG, None, {"truncation": True, "max_length": 10, "stride": 3, "return_overflowing_tokens": True}),
    (SHORT, None, {"truncation": True, "max_length": 100, "return_overflowing_tokens": True}),
    (
        SHORT,
        LONG,
        {"truncation": "only_second", "max_length": 14, "stride": 2, "return_overflowing_tokens": True},
    ),
    (LONG, SHORT, {"truncation": "only_first", "max_length": 14, "return_overflowing_tokens": True}),
    (LONG, MEDIUM, {"truncation": "longest_first", "max_length": 14, "return_overflowing_tokens": True}),
    (SHORT.split(), None, {"is_split_into_words": True}),
    ([SHORT.split(), MEDIUM.split()], None, {"is_split_into_words": True, "padding": True}),
    (["don't", "", "  blank  ", "stop.[MASK]"], None, {"is_split_into_words": True}),
]

# Ids without special tokens, for the four methods about special tokens.
SEQUENCES = [([], None), ([10, 20, 30], None), ([10, 20, 30], [40, 50]), ([], []), ([10], [40, 50, 60])]
ALREADY_SPECIAL = [[1, 10, 20, 2], [1, 10, 2, 20, 2, 0, 0], [3, 10, 3], []]

Call = tuple[Any, Any, dict[str, Any]]

EMOJI = "a \U0001f600\U0001f600 b\U00020bb7 caf\u00e9 [MASK]\U0001f44d\U0001f3fd!"
WORDS = ["Call", "me", "Ishmael,", "said", "", " old  ", "man."]
OVERFLOW = {"return_overflowing_tokens": True, "truncation": True}
OFFSETS = {"return_offsets_mapping": True}
FIRST, SECOND = {"truncation": "only_first"}, {"truncation": "only_second"}
PAIRS = [MEDIUM, SHORT, LONG, ""]


def fast_calls() -> list[Call]:
    """Returns what the fast class is called with: all that the slow class is, and what only the fast one can do."""
    offsets: list[Call] = [
        (SHORT, None, OFFSETS),
        ("", None, OFFSETS),
        ("  two  spaces  ", None, OFFSETS),
        (EMOJI, None, OFFSETS),
        (EMOJI, MEDIUM, OFFSETS),
        (MEDIUM, EMOJI, {**OFFSETS, "add_special_tokens": False}),
        (BATCH, None, {**OFFSETS, "padding": True}),
        (BATCH, None, {**OFFSETS, "padding": True, "padding_side": "left", "return_special_tokens_mask": True}),
        (BATCH, PAIRS, {**OFFSETS, "padding": True, "truncation": True, "max_length": 15}),
        (LONG, None, {**OFFSETS, "truncation": True, "max_length": 8, "truncation_side": "left"}),
        (WORDS, None, {**OFFSETS, "is_split_into_words": True}),
        ([WORDS, ["one", "two"]], None, {**OFFSETS, "is_split_into_words": True, "padding": True}),
        (WORDS, ["a", "pair."], {**OFFSETS, "is_split_into_words": True}),
        ([WORDS, WORDS], [["a"], ["pair."]], {**OFFSETS, "is_split_into_words": True}),
        (WORDS, None, {**OFFSETS, **OVERFLOW, "is_split_into_words": True, "max_length": 6, "stride": 1}),
    ]
    overflow: list[Call] = [
        *((LONG, None, {**OVERFLOW, **OFFSETS, "max_length": 10, "stride": stride}) for stride in (0, 1, 4, 7)),
        (LONG, None, {**OVERFLOW, "max_length": 10, "stride": 8}),
        (LONG, None, {**OVERFLOW, "max_length": 10, "stride": 20}),
        (SHORT, None, {**OVERFLOW, "max_length": 5, "stride": 4}),
        (LONG, None, {**OVERFLOW, "max_length": 10, "stride": 3, "truncation_side": "left"}),
        (LONG, None, {**OVERFLOW, "max_length": 10, "stride": 3, "padding": "max_length"}),
        (LONG, None, {**OVERFLOW, "max_length": 10, "padding": True, "padding_side": "left"}),
        (LONG, None, {**OVERFLOW, "max_length": 9, "return_special_tokens_mask": True, "return_length": True}),
        (LONG, None, {**OVERFLOW, "max_length": 9, "add_special_tokens": False, "stride": 2}),
        (LONG, None, {**OVERFLOW, "max_length": 16, "padding": True, "pad_to_multiple_of": 8}),
        (BATCH, None, {**OVERFLOW, **OFFSETS, "max_length": 8, "stride": 2}),
        (BATCH, None, {**OVERFLOW, "max_length": 8, "padding": True}),
        (BATCH, PAIRS, {**OVERFLOW, **SECOND, "max_length": 40, "stride": 3, "padding": True}),
        (MEDIUM, LONG, {**OVERFLOW, **SECOND, **OFFSETS, "max_length": 22, "stride": 3}),
        (MEDIUM, LONG, {**OVERFLOW, **SECOND, "max_length": 22, "truncation_side": "left"}),
        (LONG, SHORT, {**OVERFLOW, **FIRST, **OFFSETS, "max_length": 14, "stride": 2}),
        (LONG, MEDIUM, {**OVERFLOW, "max_length": 20}),
        (LONG, MEDIUM, {**OVERFLOW, **OFFSETS, "max_length": 20, "stride": 2}),
        (MEDIUM, LONG, {**OVERFLOW, "max_length": 12, "stride": 1, "truncation_side": "left"}),
        (LONG, LONG, {**OVERFLOW, "max_length": 17}),
        (SHORT, None, {"return_overflowing_tokens": True}),
        ([SHORT, MEDIUM], None, {"return_overflowing_tokens": True, "return_special_tokens_mask": True}),
    ]
    sizes: list[Call] = [
        *((MEDIUM, MEDIUM, {"truncation": True, "max_length": length}) for length in range(3, 24)),
        *((MEDIUM, SHORT, {"truncation": True, "max_length": length}) for length in range(3, 16)),
        *((SHORT, MEDIUM, {"truncation": True, "max_length": length}) for length in range(3, 16)),
        *((LONG, SHORT, {**FIRST, "max_length": length}) for length in (3, 5, 6, 7, 8)),
        *((SHORT, LONG, {**SECOND, "max_length": length}) for length in (3, 5, 6, 7, 8)),
        (LONG, None, {**SECOND, "max_length": 9}),
        (SHORT, None, {**SECOND, "max_length": 9}),
        (SHORT, None, {"truncation": True, "max_length": 0}),
        (SHORT, None, {"truncation": True, "max_length": 2, "add_special_tokens": False}),
        (SHORT, MEDIUM, {"truncation": True, "max_length": 0}),
        (SHORT, MEDIUM, {"truncation": True, "max_length": 1}),
        (SHORT, MEDIUM, {"truncation": True, "max_length": 2}),
        (SHORT, MEDIUM, {"truncation": True, "max_length": 5, "add_special_tokens": False}),
        (LONG, None, {"truncation": True, "max_length": 12, "padding": True, "pad_to_multiple_of": 8}),
        (LONG, None, {"truncation": True, "max_length": 12, "padding": "max_length", "pad_to_multiple_of": 8}),
        (SHORT, None, {"padding": "max_length", "max_length": 12, "pad_to_multiple_of": 8}),
        (LONG, None, {"max_length": 9}),
        (BATCH, None, {"padding": "longest", "max_length": 9}),
        (BATCH, None, {"padding": "do_not_pad", "truncation": "do_not_truncate"}),
    ]
    refused: list[Call] = [
        (5, None, {}),
        (None, None, {}),
        ([], None, {}),
        (["a", 5], None, {}),
        (["a", "b"], "c", {}),
        (["a", "b"], ["c"], {}),
        (SHORT, None, {"padding": "widest"}),
        (SHORT, None, {"truncation": "middle"}),
        (SHORT, None, {"truncation": True, "max_length": 9, "stride": -1}),
    ]
    return [*CALLS, *offsets, *overflow, *sizes, *refused]


# Texts, pairs and options of which all position maps are recorded.
POSITIONS: list[Call] = [
    (MEDIUM, None, {}),
    ("  the   white [MASK]whale.\n", None, {}),
    (EMOJI, None, {}),
    (EMOJI, MEDIUM, {}),
    (MEDIUM, EMOJI, {"padding": "max_length", "max_length": 48, "padding_side": "left"}),
    (MEDIUM, None, {"add_special_tokens": False}),
    (LONG, MEDIUM, {"truncation": True, "max_length": 19}),
    ("", None, {}),
    (WORDS, None, {"is_split_into_words": True}),
    (WORDS, ["a", "pair."], {"is_split_into_words": True}),
    ("e\u0301\u0323 \ufb01ne \uff34\uff48\uff45 \u3000 \ufdfa x", None, {}),
]
