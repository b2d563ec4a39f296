"""The patterns in which directions write each fact, tried one after the other; each word is read once."""

import re
from datetime import time
from decimal import Decimal

from skill.domain.directions import Measure, Pace, PaceUnit
from skill.domain.units import UNIT_OF, measure
from skill.intake import orders_words as words
from skill.intake.orders_lengths import read_lengths
from skill.intake.orders_reading import NUMBER, PERIODS, SPAN, Reading, span, whole

_A_DAY = r"(?:24 ?(?:hours?|hrs?|h)|1 days?|day|d)\b"
_ORDINALS = {"other": 2, "second": 2, "2nd": 2, "alternate": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_NO_WORDS = {"1", "u", "each", "dose", "doses", "unity"}  # as in "1 dose": a count, and not an amount
_UNITS = "|".join(sorted(set(UNIT_OF) - _NO_WORDS, key=len, reverse=True))
_MOST = (
    r"(?:max(?:imum|\.)?(?: daily)?(?: dose)?(?: of| is|:)?|"
    r"(?:do not|don't|not)(?: to)? (?:take|use|exceed|have)?(?: more than)?|"
    r"not more than|no more than|up to a maximum of|up to)"
)
_IN_A = r"(?:in any|in|per|a|within|every|each|/|over)? ?(?:a |any |each |1 )?"


def read_all(reading: Reading) -> None:
    """Every pattern, in its order: what is longer or more telling comes first."""
    for step in _STEPS:
        step(reading)


def _harmless(reading: Reading) -> None:
    for pattern in words.HARMLESS:
        reading.drop(pattern)


def _limits(reading: Reading) -> None:
    def limit(match: re.Match[str]) -> bool:
        _, high = span(match)
        return reading.add("limits", measure(high, high, match[3] or ""))

    reading.take(rf"max(?:imum|\.)? daily (?:dose|amount)(?: of| is|:)? {SPAN} ?({_UNITS})", limit)
    reading.take(rf"{_MOST} {SPAN} ?({_UNITS}|doses?|times)? ?{_IN_A}(?:{_A_DAY}(?: period)?|daily)", limit)


def _strengths(reading: Reading) -> None:
    reading.drop(
        rf"{NUMBER} ?(?:{words.MASSES}) ?(?:/|per|in) ?{NUMBER}? ?(?:ml|actuation|puff|spray|hour|hr|h)"
    )
    kilo = r"(?:\d+(?:\.\d+)? )?(?:mg|mcg|ug|g|units?|ml) ?(?:/|per) ?kg[a-z/ ]*"
    reading.tell(kilo, "rules", "per kg")
    form = rf"(?<![\w.]){NUMBER} ?(?:{words.MASSES})(?= (?:oral |film-coated )?(?:{words.FORMS})\b)"
    reading.left = re.sub(r" +", " ", re.sub(form, "", reading.left))


def _cycles(reading: Reading) -> None:
    rest = r" ?,? ?(?:and |then |followed by )?(?:stop for |rest for |off for )?"
    reading.take(
        rf"(?:for )?(\d{{1,3}}) days?(?: on)?{rest}(\d{{1,3}}) days? (?:off|rest|break|free|without)",
        lambda match: reading.add("cycle", (int(match[1]), int(match[2]))),
    )


def _needed(reading: Reading) -> None:
    reading.tell(
        r"(?:only )?(?:as|when|if|where) (?:needed|required|necessary|symptoms occur)", "as_needed", True
    )


def _intervals(reading: Reading) -> None:
    def every(match: re.Match[str]) -> bool:
        return _pace(reading, (1, 1), whole(match), match[3])

    def ordinal(match: re.Match[str]) -> bool:
        n = _ORDINALS[match[1]]
        return _pace(reading, (1, 1), (n, n), match[2])

    reading.take(rf"(?:1 times )?(?:every|each) {SPAN}[ -]?{PERIODS}", every)
    reading.take(rf"(?:1 times )?{SPAN}[ -](hour)ly", every)
    reading.take(rf"(?:1 times )?{SPAN} every (hour)", every)
    reading.take(
        rf"(?:1 times )?(?:every |each |on |on every )?({'|'.join(_ORDINALS)}) (days?|weeks?|months?)",
        ordinal,
    )
    reading.take(r"(?:1 times )?every hour", lambda _: _pace(reading, (1, 1), (1, 1), "h"))


def _frequencies(reading: Reading) -> None:
    def times(match: re.Match[str]) -> bool:
        return _pace(reading, whole(match), (1, 1), match[3] or match[4])

    per = r"(?:(?:a|per|each|every|in a|in 1|in|/|an) ?|)"
    reading.take(
        rf"(?:up to )?{SPAN} times? ?(?:{per}(day|week|month|24 ?h(?:ours?|rs?)?)|(daily|weekly|monthly))",
        times,
    )
    reading.take(
        r"(\d)() days (?:a|per|each) (week)", lambda match: _pace(reading, whole(match), (1, 1), match[3])
    )
    reading.drop(r"1 times")
    reading.take(
        r"(?:every|each|per|a|/ ?)(?: 1)? ?(day|week|month)",
        lambda match: _pace(reading, (1, 1), (1, 1), match[1]),
    )
    reading.take(
        r"(?:every)?(daily|weekly|monthly|day)", lambda match: _pace(reading, (1, 1), (1, 1), match[1])
    )


def _pace(reading: Reading, times: tuple[int, int] | None, every: tuple[int, int] | None, unit: str) -> bool:
    """``unit``: a word or a short form of it; minutes and years are not understood."""
    if times is None or every is None or unit.startswith(("mi", "y")):
        return False
    kinds = {
        "h": PaceUnit.HOUR,
        "d": PaceUnit.DAY,
        "2": PaceUnit.DAY,
        "w": PaceUnit.WEEK,
        "m": PaceUnit.MONTH,
    }
    return reading.add("paces", Pace(times=times, every=every, unit=kinds[unit[0]]))


def _weekdays(reading: Reading) -> None:
    names = "|".join(f"(?:{name})s?" for name in words.WEEKDAYS)
    lead = r"(?:(?:on|every|each|and|only|a) ){0,4}"

    def span(match: re.Match[str]) -> bool:
        first, last = _weekday(match[1]), _weekday(match[2])
        return reading.add("weekdays", *((first + n) % 7 for n in range((last - first) % 7 + 1)))

    reading.take(rf"({names}) ?(?:-|to|through|until) ?({names})", span)
    reading.take(rf"{lead}({names})(?: only)?\.?", lambda match: reading.add("weekdays", _weekday(match[1])))
    reading.tell(rf"{lead}weekdays", "weekdays", 0, 1, 2, 3, 4)
    reading.tell(rf"{lead}weekends?", "weekdays", 5, 6)


def _month_days(reading: Reading) -> None:
    lead = r"on (?:the )?|and (?:the )?"
    reading.take(
        rf"(?:{lead})(\d{{1,2}})(?:st|nd|rd|th)(?: day)?(?: of (?:each|every|the) month)?(?: only)?",
        lambda match: 1 <= int(match[1]) <= 31 and reading.add("month_days", int(match[1])),
    )


def _weekday(name: str) -> int:
    return next(n for n, pattern in enumerate(words.WEEKDAYS) if re.fullmatch(f"(?:{pattern})s?", name))


def _clock_times(reading: Reading) -> None:
    def of_twelve(match: re.Match[str]) -> bool:
        hour, minute = int(match[1]), int(match[2] or 0)
        if not 1 <= hour <= 12 or minute > 59:
            return False
        return reading.add("walls", time(hour % 12 + (12 if match[3] == "p" else 0), minute))

    reading.tell(r"(?:at )?12:00 noon", "walls", time(12))
    reading.tell(r"(?:at )?(?:12:00 )?midnight", "walls", time(0))
    reading.take(r"(?:at )?(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\b\.?", of_twelve)
    reading.take(
        r"(?:at )?([01]?\d|2[0-3]):([0-5]\d)(?: ?h| hours)?",
        lambda match: reading.add("walls", time(int(match[1]), int(match[2]))),
    )


def _meals(reading: Reading) -> None:
    def offset(match: re.Match[str]) -> bool:
        minutes = Decimal(match[1] or 1) * (60 if match[2] == "h" else 1)
        return not minutes % 1 and reading.add("offsets", int(minutes))

    lead = rf"(?:at least )?(?:{NUMBER}|an?) ?(m|h)(?:inutes?|ins?|ours?|rs?)"
    reading.take(rf"{lead}(?= (?:before|after|prior))", offset)
    for pattern, meals, parts in words.MEALS:
        reading.tell(pattern, "meals", *meals) if not parts else _named_meal(reading, pattern, meals, parts)
    if reading.facts.get("meals"):
        for part, names in words.NAMED_MEALS:
            reading.tell(rf"(?:and )?(?:{names})", "parts", part)


def _named_meal(reading: Reading, pattern: str, meals: tuple[object, ...], parts: tuple[object, ...]) -> None:
    reading.take(pattern, lambda _: reading.add("meals", *meals) and reading.add("parts", *parts))


def _parts(reading: Reading) -> None:
    for pattern, part in words.PARTS:
        reading.tell(pattern, "parts", part)


def _doses(reading: Reading) -> None:
    def dose(match: re.Match[str]) -> bool:
        low, high = span(match) if match[1] else (Decimal(1), Decimal(1))
        return reading.add("doses", measure(low, high, match[3]))

    def bare(match: re.Match[str]) -> bool:
        low, high = span(match)
        return reading.add("doses", Measure(low=low, high=high))

    reading.take(rf"(?:{SPAN}|(?:an?|the) ?) ?(?:new )?({_UNITS})(?:\(s\)| s)?", dose)
    verbs = r"(?:take|give|use|apply|inhale|instil|instill|inject|insert|chew|swallow)"
    reading.take(rf"{verbs} {SPAN}", bare)


_STEPS = (
    _harmless,
    _limits,
    _strengths,
    _cycles,
    _needed,
    read_lengths,
    _intervals,
    _frequencies,
    _weekdays,
    _month_days,
    _clock_times,
    _meals,
    _parts,
    _doses,
)
