"""What the slow and the fast tokenizer class do with texts, written compactly.

What can be told from another field is left out:

- a row of the slow class: `ids` without special tokens; `unknown`, the tokens whose id is that of [UNK]; `decoded`,
  the text of the ids without special tokens, unless it is the text itself; `whole`, the text of the ids with special
  tokens, unless it is `[CLS] decoded[SEP]`; `clean`, the decoded text with spaces cleaned up, unless that changes
  nothing;
- a row of the fast class: `ids`, `unknown` and `decoded` unless they are those of the slow class; `spans`, the length
  of each token in the text in UTF-16 code units, after a colon and the distance from the end of the token before
  unless that is 0 (it is negative for an overlap); `words`, by how much the number of the word grows with each token.
"""

from typing import Any

from transformers import BatchEncoding, DebertaV2Tokenizer, DebertaV2TokenizerFast

import utf16

Row = dict[str, Any]
Tokenizer = DebertaV2Tokenizer | DebertaV2TokenizerFast


def decodings(tokenizer: Tokenizer, text: str, ids: list[int]) -> Row:
    """Returns the texts that the ids of a text decode to."""
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    whole = tokenizer.decode(tokenizer.build_inputs_with_special_tokens(ids))
    clean = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=True)
    row: Row = {}
    if decoded != text:
        row["decoded"] = decoded
    if whole != f"[CLS] {decoded}[SEP]":
        row["whole"] = whole
    if clean != decoded:
        row["clean"] = clean
    return row


def slow_row(tokenizer: DebertaV2Tokenizer, text: str) -> Row:
    """Returns what the slow class does with a text."""
    tokens = tokenizer.tokenize(text)
    ids = tokenizer.convert_tokens_to_ids(tokens)
    assert tokenizer.encode(text, add_special_tokens=False) == ids
    unknown = [token for token, id in zip(tokens, ids) if id == tokenizer.unk_token_id]
    return {"ids": ids, **({"unknown": unknown} if unknown else {}), **decodings(tokenizer, text, ids)}


def spans(text: str, offsets: list[tuple[int, int]]) -> str:
    """Writes where tokens lie in a text."""
    written, end_before = [], 0
    for start, end in ((utf16.position(text, start), utf16.position(text, end)) for start, end in offsets):
        gap = start - end_before
        written.append(f"{gap}:{end - start}" if gap else str(end - start))
        end_before = end
    return " ".join(written)


def word_steps(words: list[int]) -> str:
    """Writes by how much the number of the word grows with each token."""
    steps = [word - before for word, before in zip(words, [-1, *words])]
    assert all(0 <= step <= 9 for step in steps), steps
    return "".join(map(str, steps))


def fast_row(tokenizer: DebertaV2TokenizerFast, text: str, slow: Row) -> Row:
    """Returns what the fast class does with a text, as far as it differs from what the slow class does."""
    encoding = tokenizer._tokenizer.encode(text, add_special_tokens=False)
    ids = encoding.ids
    unknown = [token for token, id in zip(encoding.tokens, ids) if id == tokenizer.unk_token_id]
    known = [token for token, id in zip(encoding.tokens, ids) if id != tokenizer.unk_token_id]
    assert known == tokenizer.convert_ids_to_tokens([id for id in ids if id != tokenizer.unk_token_id])
    row: Row = {} if ids == slow["ids"] else {"ids": ids}
    if unknown != slow.get("unknown", []):
        row["unknown"] = unknown
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    if decoded != slow.get("decoded", text):
        row["decoded"] = decoded
    return {**row, "spans": spans(text, encoding.offsets), "words": word_steps(encoding.word_ids)}


def call(tokenizer: Tokenizer, text: Any, pair: Any, options: Row) -> BatchEncoding:
    """Calls a tokenizer; `truncation_side` among the options is set on the tokenizer."""
    arguments = dict(options)
    tokenizer.truncation_side = arguments.pop("truncation_side", "right")
    return tokenizer(text, pair, **arguments)


def call_record(tokenizer: Tokenizer, text: Any, pair: Any, options: Row) -> Row:
    """Returns the result of calling a tokenizer, or the name of the error that it raises."""
    record = {"text": text, "text_pair": pair, "options": options}
    try:
        batch = call(tokenizer, text, pair, options)
    except BaseException as error:  # a panic of the Rust library is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        return {**record, "error": type(error).__name__}
    record["result"] = result = dict(batch)
    if not tokenizer.is_fast:
        return record
    rows = range(len(batch.encodings))
    record["rows"] = [{"words": batch.word_ids(row), "sequences": batch.sequence_ids(row)} for row in rows]
    if "offset_mapping" in result:
        mapping = [
            [utf16_span(own, span) for own, span in zip(sources(batch, row, text, pair, options), encoding.offsets)]
            for row, encoding in enumerate(batch.encodings)
        ]
        result["offset_mapping"] = mapping if isinstance(result["input_ids"][0], list) else mapping[0]
    return record


def utf16_span(text: str, span: tuple[int, int]) -> list[int]:
    """Turns a span of code points into one of UTF-16 code units."""
    return [utf16.position(text, index) for index in span]


def sources(batch: BatchEncoding, row: int, text: Any, pair: Any, options: Row) -> list[str]:
    """Returns for each token of a row the text, or word, that its offsets count in; an empty one if it is special."""
    depth = 2 if options.get("is_split_into_words") else 1
    sample = batch["overflow_to_sample_mapping"][row] if "overflow_to_sample_mapping" in batch else row
    first, second = (texts[sample] if nesting(texts) == depth else texts for texts in (text, pair))

    def source(sequence: int | None, word: int | None) -> str:
        if sequence is None:
            return ""
        found = second if sequence else first
        return found[word] if depth == 2 else found

    return [source(sequence, word) for sequence, word in zip(batch.sequence_ids(row), batch.word_ids(row))]


def nesting(texts: Any) -> int:
    """Returns how many lists are around the first string."""
    return 1 + nesting(texts[0]) if isinstance(texts, list) else 0


def position_record(tokenizer: DebertaV2TokenizerFast, text: Any, pair: Any, options: Row) -> Row:
    """Returns every position map of the encoding of a text or pair; positions count UTF-16 code units."""
    batch = tokenizer(text, pair, **options)
    encoding = batch.encodings[0]
    own = sources(batch, 0, text, pair, options)
    tokens = range(len(encoding.ids))
    sequences = [source for source in (text, pair) if source is not None]
    words = range(max((word for word in encoding.word_ids if word is not None), default=-1) + 2)

    def word_span(word: int, sequence: int) -> list[int] | None:
        span = encoding.word_to_chars(word, sequence)
        if span is None:
            return None
        source = sequences[sequence]
        return utf16_span(source[word] if isinstance(source, list) else source, span)

    def characters(sequence: int) -> list[int]:
        texts = sequences[sequence] if isinstance(sequences[sequence], list) else [sequences[sequence]]
        return utf16.code_points(max(texts, key=len))

    both = range(len(sequences))
    return {
        "text": text,
        "text_pair": pair,
        "options": options,
        "tokens": batch.tokens(0),
        "word_ids": batch.word_ids(0),
        "sequence_ids": batch.sequence_ids(0),
        "token_to_sequence": [encoding.token_to_sequence(token) for token in tokens],
        "token_to_word": [encoding.token_to_word(token) for token in tokens],
        "token_to_chars": [
            span and utf16_span(own[token], span) for token in tokens for span in [encoding.token_to_chars(token)]
        ],
        "word_to_tokens": [[encoding.word_to_tokens(word, sequence) for word in words] for sequence in both],
        "word_to_chars": [[word_span(word, sequence) for word in words] for sequence in both],
        "char_to_token": [
            [encoding.char_to_token(point, sequence) for point in characters(sequence)] for sequence in both
        ],
        "char_to_word": [
            [encoding.char_to_word(point, sequence) for point in characters(sequence)] for sequence in both
        ],
    }
