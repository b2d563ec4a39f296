"""The grammar that sentences need: numbers, clock times, days, lists, plurals, and what an exit allows.

Pure. Words depend on the language of ``locale``; a language without rules here speaks English.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from skill.domain.timing import Period, local_day, period_at
from skill.errors import InvalidError

DEFAULT_LOCALE = "en-US"
Plural = Literal["one", "other"]


class Words(Protocol):
    """The rules of one language. Days are counted from 03:00, like everywhere in this product."""

    def number(self, number: int) -> str:
        """0 to 99 in words."""

    def plural(self, count: int) -> Plural: ...

    def clock(self, wall: time) -> str:
        """A wall time in words, without the part of the day."""

    def clock_digits(self, wall: time) -> str: ...

    def period(self, period: Period) -> str:
        """As in "your {period} medicines"."""

    def when(self, wall: time, days_off: int, day: date) -> str:
        """A part of a day, seen from another day: ``days_off`` is -1 for yesterday."""

    def clock_when(self, wall: time, days_off: int, day: date) -> str:
        """A wall time and its part of the day, as a reply says them together."""

    def weekday(self, day: date) -> str: ...

    def month_day(self, day: date) -> str: ...

    def join(self, parts: Sequence[str]) -> str: ...

    def digit(self, digit: str) -> str: ...


_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"}
_ORDINALS |= {"nine": "ninth", "twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth"}
_TODAY = {"morning": "this morning", "noon": "at noon", "afternoon": "this afternoon"}
_TODAY |= {"evening": "this evening", "night": "tonight"}
_ON_A_DATE = {"morning": "in the morning", "noon": "at noon", "afternoon": "in the afternoon"}
_ON_A_DATE |= {"evening": "in the evening", "night": "at night"}


class English:
    """American English. Nothing here is capitalised but names of days and months."""

    def number(self, number: int) -> str:
        tens, ones = divmod(number, 10)
        if number < 20:
            return _SMALL[number]
        return f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens]

    def plural(self, count: int) -> Plural:
        return "one" if count == 1 else "other"

    def clock(self, wall: time) -> str:
        if wall.minute == 0 and wall.hour % 12 == 0:
            return "noon" if wall.hour else "midnight"
        hour = self.number(wall.hour % 12 or 12)
        if wall.minute == 0:
            return f"{hour} o'clock"
        return f"{hour} {'oh ' if wall.minute < 10 else ''}{self.number(wall.minute)}"

    def clock_digits(self, wall: time) -> str:
        return f"{wall.hour % 12 or 12}:{wall.minute:02} {'AM' if wall.hour < 12 else 'PM'}"

    def period(self, period: Period) -> str:
        return period.value

    def when(self, wall: time, days_off: int, day: date) -> str:
        period = period_at(wall)
        part = "night" if period is Period.BEDTIME else period.value
        if period is Period.NOON and wall >= time(13):
            part = "afternoon"
        return self._on(part, days_off, day)

    def clock_when(self, wall: time, days_off: int, day: date) -> str:
        if wall == time(12):
            return f"noon {self._day(days_off, day)}"
        return f"{self.clock(wall)} {self._on(_part_of_day(wall), days_off, day)}"

    def weekday(self, day: date) -> str:
        return _WEEKDAYS[day.weekday()]

    def month_day(self, day: date) -> str:
        start, dash, last = self.number(day.day).rpartition("-")
        return f"{_MONTHS[day.month - 1]} {start}{dash}{_ORDINALS.get(last, f'{last}th')}"

    def join(self, parts: Sequence[str]) -> str:
        return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), parts[-1]])

    def digit(self, digit: str) -> str:
        return _SMALL[int(digit)]

    def _on(self, part: str, days_off: int, day: date) -> str:
        if days_off == 0:
            return _TODAY[part]
        if days_off == -1 and part == "night":
            return "last night"
        if abs(days_off) < 7:
            return f"{self._day(days_off, day)} {'at noon' if part == 'noon' else part}"
        return f"{self._day(days_off, day)} {_ON_A_DATE[part]}"

    def _day(self, days_off: int, day: date) -> str:
        """Within a week the weekday is enough; farther off only a date is clear."""
        near = {0: "today", -1: "yesterday", 1: "tomorrow"}.get(days_off)
        return near or f"on {self.weekday(day) if abs(days_off) < 7 else self.month_day(day)}"


def _part_of_day(wall: time) -> str:
    """What people add to a clock time so that eight in the morning is not eight in the evening."""
    if wall < time(3) or wall >= time(21):
        return "night"
    if wall < time(12):
        return "morning"
    return "afternoon" if wall < time(17) else "evening"


_ENGLISH = English()
_LANGUAGES: dict[str, Words] = {"en": _ENGLISH}


def words_of(locale: str) -> Words:
    """The rules of the language of ``locale`` (``en-US``)."""
    return _LANGUAGES.get(language_of(locale), _ENGLISH)


def language_of(locale: str) -> str:
    return locale.partition("-")[0].lower()


# ---- numbers, plurals, lists


def number_word(number: int, *, locale: str = DEFAULT_LOCALE) -> str:
    """0 to 99 in words, "forty-two"; anything else is an ``InvalidError``."""
    if not 0 <= number <= 99:
        raise InvalidError("number", "has words from 0 to 99 only")
    return words_of(locale).number(number)


def plural(count: int, *, locale: str = DEFAULT_LOCALE) -> Plural:
    """Which of the two phrases goes with ``count``: the one that ends in ``.one`` or in ``.other``."""
    return words_of(locale).plural(count)


def join(parts: Sequence[str], *, locale: str = DEFAULT_LOCALE) -> str:
    """A list as it is said: "a, b and c". At least one part."""
    if not parts:
        raise InvalidError("parts", "a list that is said has at least one part")
    return words_of(locale).join(parts)


def digits_spoken(number: str, *, locale: str = DEFAULT_LOCALE) -> str:
    """A telephone number or code digit by digit: "1-800-222" is "one, eight zero zero, two two two".

    Dashes, spaces, dots and brackets become short pauses; a leading plus is not said.
    """
    groups = re.sub(r"[-. ()]+", " ", number).removeprefix("+").split()
    if not groups or not all(re.fullmatch("[0-9]+", group) for group in groups):
        raise InvalidError("number", "must be made of digits")
    words = words_of(locale)
    return ", ".join(" ".join(words.digit(digit) for digit in group) for group in groups)


def capitalize_first(text: str) -> str:
    """The first letter large, all others as they are."""
    return text[:1].upper() + text[1:]


# ---- moments, as a clock in ``zone`` shows them


def clock_words(moment: datetime, zone: ZoneInfo, *, locale: str = DEFAULT_LOCALE) -> str:
    """The clock time without the part of the day: "eight oh four", "eight o'clock", "noon", "midnight"."""
    return words_of(locale).clock(_wall(moment, zone))


def clock_digits(moment: datetime, zone: ZoneInfo, *, locale: str = DEFAULT_LOCALE) -> str:
    """The clock time for SMS and pages: "8:04 AM"."""
    return words_of(locale).clock_digits(_wall(moment, zone))


def day_period(moment: datetime, zone: ZoneInfo) -> Period:
    """Morning from 03:00, noon from 11:00, evening from 16:00, bedtime from 21:00 (``period_at``)."""
    return period_at(_wall(moment, zone))


def period_words(period: Period, *, locale: str = DEFAULT_LOCALE) -> str:
    """The word before "medicines": "morning", "noon", "evening", "bedtime"."""
    return words_of(locale).period(period)


def when_words(moment: datetime, now: datetime, zone: ZoneInfo, *, locale: str = DEFAULT_LOCALE) -> str:
    """The part of the day of ``moment``, seen from ``now``; stands where no clock time is said.

    "this morning", "at noon" (11:00 to 12:59), "this afternoon", "this evening", "tonight",
    "yesterday evening", "last night", "tomorrow morning"; within six days "on Friday morning"; else
    "on March third in the morning". A day runs from 03:00 to 03:00.
    """
    day = local_day(moment, zone)
    return words_of(locale).when(_wall(moment, zone), (day - local_day(now, zone)).days, day)


def clock_when_words(moment: datetime, now: datetime, zone: ZoneInfo, *, locale: str = DEFAULT_LOCALE) -> str:
    """A clock time that cannot be mistaken for the other half of the day: "eight o'clock this morning".

    Also "two ten this afternoon", "noon today", "midnight tonight", "eleven fifteen last night".
    """
    day = local_day(moment, zone)
    return words_of(locale).clock_when(_wall(moment, zone), (day - local_day(now, zone)).days, day)


def weekday_words(moment: datetime, zone: ZoneInfo, *, locale: str = DEFAULT_LOCALE) -> str:
    """The weekday that people would call it: before 03:00 still the day before."""
    return words_of(locale).weekday(local_day(moment, zone))


def date_words(moment: datetime, zone: ZoneInfo, *, locale: str = DEFAULT_LOCALE) -> str:
    """Month and day, "March third", of the day that people would call it."""
    return words_of(locale).month_day(local_day(moment, zone))


def _wall(moment: datetime, zone: ZoneInfo) -> time:
    if moment.utcoffset() is None:
        raise InvalidError("moment", "must carry a zone")
    return moment.astimezone(zone).time().replace(second=0, microsecond=0)


# ---- what an exit allows

# 3GPP TS 23.038, section 6.2.1: the default alphabet, and what takes two of its places.
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWICE = frozenset("\f^{}\\[~]|€")
# XML 1.0 has no place for these, escaped or not.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def gsm7(text: str) -> bool:
    """Whether an SMS can carry ``text`` without turning to 70 characters a part."""
    return _GSM7.union(_GSM7_TWICE).issuperset(text)


def gsm7_length(text: str) -> int:
    """Places that ``text`` takes in an SMS; one part holds 160. ``InvalidError`` if ``gsm7`` is false."""
    if not gsm7(text):
        raise InvalidError("text", "has characters outside the GSM alphabet")
    return sum(2 if letter in _GSM7_TWICE else 1 for letter in text)


def escape_ssml(text: str) -> str:
    """``text`` as it may stand between SSML tags: &, < and > escaped, what XML cannot hold left out."""
    plain = _NOT_IN_XML.sub("", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
