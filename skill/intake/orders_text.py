"""English directions such as "take 1 tablet twice daily with food for 7 days", read as facts to compare.

Nothing is planned from words. Each word is read once, by the first pattern that knows it. A number that
none knows, and a word of condition or time, is told as such, so that a person looks.
"""

import re
from typing import Any

import msgspec

from skill.domain.directions import Stated
from skill.intake import orders_words as words
from skill.intake.orders_patterns import read_all
from skill.intake.orders_reading import Reading
from skill.intake.orders_spelling import spelled

MOST_LETTERS = 4000
# Words can say only one of each.
_SINGLE = (
    "as_needed",
    "count",
    "cycle",
    "lasts",
    "months",
    "starts",
    "until",
)  # words can say only one of each


def read(text: str) -> Stated:
    """The facts of ``text``, which has at most 4,000 letters; a longer one is told as not understood."""
    if len(text) > MOST_LETTERS:
        return Stated(unread=("a text of more than 4,000 letters",))
    reading = Reading(left=f" {spelled(text)} ")
    read_all(reading)
    _read_the_rest(reading)
    return _stated(reading)


def _read_the_rest(reading: Reading) -> None:
    for word in re.findall(r"[^\W\d_]+|\d+(?:[.:/]\d+)*", reading.left):
        if word[0].isdigit():
            reading.add("unread", word)
        elif word in words.RULES:
            reading.add("rules", word)
    rest = [word for word in re.findall(r"[^\W\d_]+", reading.left) if word not in words.SAY_NOTHING]
    if rest and not reading.facts:
        reading.add("unread", " ".join(rest[:5]))


def _stated(reading: Reading) -> Stated:
    given: dict[str, Any] = {}
    for fact, values in reading.facts.items():
        given[fact] = values[0] if fact in _SINGLE else tuple(values)
    for days in ("weekdays", "month_days"):
        given[days] = tuple(sorted(given.get(days, ())))
    clash = [f"more than one {fact}" for fact in _SINGLE if len(reading.facts.get(fact, ())) > 1]
    given["unread"] = (*given.get("unread", ()), *clash)
    return msgspec.structs.replace(Stated(), **given)
