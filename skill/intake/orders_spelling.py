"""One way to write each thing: the first step of reading directions."""

import re
from decimal import Decimal

from skill.intake import orders_words as words

_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667"}
_GLUED = "mg|mcg|ug|g|ml|tabs?|caps?|puffs?|units?|iu|hrs?|h|d|days?|x"


def spelled(text: str) -> str:
    """Small letters, digits for number words, English for Latin, no brackets, single blanks."""
    plain = text.lower().replace("’", "'").replace("—", " - ").replace("–", "-").replace("\n", ". ")
    plain = re.sub(r"(?:(\d+) ?)?([½¼¾⅓⅔])", lambda m: _sum(m[1] or "0", _FRACTIONS[m[2]]), plain)
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"[()\[\]*\"“”]", " ", plain)
    plain = re.sub(rf"\b({'|'.join(words.NUMBER_WORDS)})\b", lambda m: words.NUMBER_WORDS[m[1]], plain)
    plain = re.sub(r"\b(\d+) +\1\b(?! *mg)", r"\1", plain)  # 2 (two)
    plain = re.sub(r"\b(\d+) (?:(?:and )?(?:a |1[- ])?half|1/2)\b", lambda m: _sum(m[1], "0.5"), plain)
    plain = re.sub(r"\b(?:(?:1|a)[- ])?half(?: of)?(?: an?\b| 1\b)?|\b1/2\b", "0.5", plain)
    plain = re.sub(r"\b(?:1|a)[- ]quarter(?: of)?(?: an?\b| 1\b)?|\b1/4\b", "0.25", plain)
    plain = re.sub(rf"(?<=\d)(?=(?:{_GLUED})\b)", " ", plain)
    plain = re.sub(r"\bq ?(?=\d)", "every ", plain)
    for short, long in words.SHORT_FORMS:
        plain = re.sub(rf"(?<![\w.])(?:{short})(?!\w)", long, plain)
    plain = re.sub(r"(\d) ?x ?(?=daily|a day|per day|/day)", r"\1 times ", plain)
    plain = re.sub(rf"\b({_GLUED}|tablets?|capsules?) total\b", r"\1", plain)
    return re.sub(r"\s+", " ", plain)


def _sum(whole: str, part: str) -> str:
    return str(Decimal(whole) + Decimal(part))
