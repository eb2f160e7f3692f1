"""The texts and settings that the tokenizer tables are made of."""

import random

SENTENCES = [
    "Call me Ishmael.",
    "The quick brown fox jumps over the lazy dog.",
    "It was the whiteness of the whale that above all things appalled me.",
    "don't go, he'll be there at 5 o'clock!",
    "a (b) c [d] {e} <f> a,b;c:d",
    "HELLO World, MiXeD CaSe and ALLCAPS",
    "Internationalization antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "https://example.com/path/to?query=1&other=two#fragment and mail@example.org",
    "3.14159 1,000,000 50% $99.99 +49-30-123456 2024-02-29T12:34:56Z",
    "C:\\Users\\name\\file.txt /usr/local/bin ~/.bashrc",
    'if (x != y && z <= 3) { return foo(bar[0], "baz"); } // done',
    "....!!!???---___***~~~```",
    "“Curly quotes” — em-dash – en-dash … ellipsis ‘single’",
    "b```` b```` the b````",
    "yyyyyy yyy|yyy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]

WHITE_SPACE = [
    "",
    " ",
    "   ",
    "\n",
    "\t\r\n \f\v",
    "  leading and trailing  ",
    "many     spaces   between",
    "tabs\tand\nnew\r\nlines\u2028line\u2029paragraph",
    "no-break\u00a0space, thin\u2009space, ideographic\u3000space",
    "zero\u200bwidth\u200cspaces\u200dand\ufeffmarks\u2060here",
    "\u2581 \u2581already\u2581marked \u2581\u2581",
]

UNICODE = [
    "Café naïve résumé Übermaß",
    "Cafe\u0301 nai\u0308ve re\u0301sume\u0301 U\u0308berma\u00df",
    "a\u0300\u0301\u0302\u0303 e\u0323\u0307 \u0301alone",
    "ｆｕｌｌ　ｗｉｄｔｈ　１２３！？",
    "ﬁne ﬂow ½ ² ³ ① Ⅷ ℃ ㎏ №",
    "日本語の文章です。カタカナ ｶﾀｶﾅ と漢字",
    "中文句子，没有空格。",
    "한국어 문장 \u1112\u1161\u11ab",
    "Привет, мир! ЁЖИК",
    "Γειά σου Κόσμε ΣΊΣΥΦΟΣ",
    "שלום עולם مرحبا بالعالم",
    "हिन्दी में वाक्य ไทย ภาษาไทย",
    "İstanbul ıslak DIYARBAKIR ẞ ŉ",
    "emoji 😀 👍🏽 👩‍👩‍👧‍👦 🇩🇪 ❤️ end",
    "😀",
    "𝒜𝓫𝕔 𐍈 𠮷野家",
    "soft\u00adhyphen co\u00adoperate",
    "control \x01\x02\x1b[31m chars \x7f \x85 \x9f end",
    "bidi \u202eoverride\u202c and \u2066isolate\u2069",
    "replacement \ufffd and private \ue000 use",
    "\u00df \u1e9e \u0130 \u0149 \ufb03",
    "∑ ∫ √ ∞ ≠ ≤ → ⇒ ■ ● ☃ ♥",
    "‖ ⁂ ¡Hola! ¿Qué tal? «guillemets» ‹single› 「角」『括』【弧】",
    "₿ € £ ¥ © ® ™ § ¶ † ‡",
]

SPECIAL = [
    "[MASK]",
    "The capital of [MASK] is [MASK].",
    "x[MASK]y",
    "before [SEP] after",
    "[CLS] already there [SEP]",
    "[CLS][SEP][PAD][UNK][MASK]",
    "  [MASK]  spaces  [MASK]  ",
    "[mask] [Mask] [unk] [cls] [SEP",
    "Paris is the [MASK] of France.[SEP]Second part[MASK]!",
    "[UNK] word[UNK]word",
    "<0x41> <0xE2> <s> </s> <unk> <pad>",
    "[[MASK]] ([CLS]) -[SEP]-",
]

ALPHABET = (
    "aAbB  \t'\".,!?-_()[]<>\u2581\u00e9e\u0301\u0308\u00df\u0130\u4e2d\u65e5\u3000\uff41\u2460\u00ad\u200b\u200d\u0627"
    "\U0001f600\U0001f3fd\u2019\u2026\u0e01\u0939\u093f\u1112\u1161\u11ab\x01\x7f\x85\ufb01~`yz0"
)


def random_texts(count: int) -> list[str]:
    """Returns strings of up to 24 characters drawn from the characters that tokenizers disagree about."""
    generator = random.Random(1234)
    return ["".join(generator.choices(ALPHABET, k=generator.randint(1, 24))) for _ in range(count)]


SETTINGS = [
    {},
    {"do_lower_case": True},
    {"split_by_punct": True},
    {"do_lower_case": True, "split_by_punct": True},
]
