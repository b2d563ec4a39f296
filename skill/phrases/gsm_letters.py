"""Names in the letters that an SMS has room for."""

import unicodedata

from skill.phrases.grammar import gsm7, gsm7_length

# What Unicode does not take apart, and people write this way where their letters are missing.
_WRITTEN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "œ": "oe",
        "Œ": "OE",
        "ı": "i",
        "İ": "I",
        "ħ": "h",
        "Ħ": "H",
        "ŋ": "n",
        "Ŋ": "N",
        "ẞ": "SS",
        "\u00a0": " ",
        "…": "...",
    }
)


def in_gsm7(text: str) -> str:
    """``text`` with letters outside the GSM alphabet replaced by their nearest in it, or dropped."""
    composed = unicodedata.normalize("NFC", text).translate(_WRITTEN)
    return "".join(letter if gsm7(letter) else _bare(letter) for letter in composed)


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if gsm7(part))


def name_in_gsm7(name: str, most: int) -> str | None:
    """A name of at most ``most`` places in an SMS; None when no letter or digit of it is left."""
    plain = " ".join(in_gsm7(name).split())
    while plain and gsm7_length(plain) > most:
        plain = plain[:-1]
    plain = plain.strip()
    return plain if any(letter.isalnum() for letter in plain) else None
