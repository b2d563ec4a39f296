"""From when, for how long, until when and how many times directions say that something is taken."""

import re

from skill.intake import orders_words as words
from skill.intake.orders_reading import PERIODS, SPAN, Reading, whole

_DAYS_OF = {"d": 1, "w": 7}
_MONTHS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in words.MONTHS)
_DATE = rf"({_MONTHS}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? \d{{4}})?"
_ONCE = (
    r"(?:as )?(?:a |1 )?single dose|(?:as a )?1[- ]times?(?: dose)?(?: only)?(?=[ .,;|]*$)|1 times? only|"
    r"x ?1|immediately"
)


def read_lengths(reading: Reading) -> None:
    """Length, beginning, end and count."""
    _lengths(reading)
    _ends(reading)
    _beginnings(reading)
    _counts(reading)


def _lengths(reading: Reading) -> None:
    def lasts(match: re.Match[str]) -> bool:
        months = match[3].startswith("mo")
        factor = 1 if months else _DAYS_OF.get(match[3][0])
        span = whole(match, factor) if factor else None
        if span is None or (months and span[0] != span[1]):
            return False
        return reading.add("months", span[0]) if months else reading.add("lasts", span)

    lead = r"(?:for|x|during)(?: the| a| next| total| of| up| to| another| duration){0,6}"
    reading.take(rf"{lead} ?{SPAN} ?-?{PERIODS}", lasts)
    reading.take(rf"{SPAN}[ -]?(days?|weeks?) (?:course|supply|treatment)", lasts)


def _ends(reading: Reading) -> None:
    end = r"(?:until|till|through|to)"
    reading.take(rf"{end} {_DATE}", lambda match: reading.add("until", _month_and_day(match)))
    reading.take(
        rf"{end} \d{{4}}-(\d\d)-(\d\d)", lambda match: reading.add("until", (int(match[1]), int(match[2])))
    )


def _beginnings(reading: Reading) -> None:
    first = r"the first(?: time)?(?: at \d{1,2}(?::\d\d)? ?[ap]\.?m\.?)?,? on"
    begin = rf"(?:from|starting(?: on| from)?|beginning(?: on)?|{first})"
    reading.take(rf"{begin} {_DATE}", lambda match: reading.add("starts", _month_and_day(match)))


def _month_and_day(match: re.Match[str]) -> tuple[int, int]:
    named = (n for n, name in enumerate(words.MONTHS, start=1) if name.startswith(match[1][:3]))
    return next(named), int(match[2])


def _counts(reading: Reading) -> None:
    reading.take(
        r"(?:for |a total of )?(\d{1,4}) doses?(?: only| in total| total| in all)?",
        lambda match: reading.add("count", int(match[1])),
    )
    reading.tell(_ONCE, "count", 1)
