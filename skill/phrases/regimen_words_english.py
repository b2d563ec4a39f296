"""A regimen's numbers, days and clock times in American English."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

from skill.phrases import grammar
from skill.phrases.regimen_words_rules import HALF, QUARTER, Noun, digits, in_words, parts

_PARTS = {QUARTER: "a quarter", HALF: "a half", 3 * QUARTER: "three-quarter"}
_O_CLOCK = " o'clock"
_DAYS_OF_A_WEEK = tuple(date(2024, 1, day) for day in range(1, 8))  # a Monday and what follows


class English:
    """American English."""

    def __init__(self, *, spoken: bool) -> None:
        self._spoken = spoken
        self._words = grammar.words_of("en")

    def number(self, number: int, *, feminine: bool = False) -> str:  # noqa: ARG002 (English does not ask)
        return self._counted(number) if self._spoken else f"{number:,}"

    def _counted(self, number: int) -> str:
        if number < 100:
            return self._words.number(number)
        hundreds, rest = divmod(number, 100)
        if number >= 1000:
            hundreds, rest = divmod(number, 1000)
        scale = f"{self._counted(hundreds)} {'thousand' if number >= 1000 else 'hundred'}"
        return f"{scale} {self._counted(rest)}" if rest else scale

    def amount(self, amount: Decimal, noun: Noun) -> str:
        whole, rest = parts(amount)
        if in_words(amount, noun, spoken=self._spoken):
            return self._with_part(whole, rest, noun)
        name = noun.one if amount == 1 else noun.other
        if not self._spoken:
            return f"{digits(amount)} {name}"
        if not rest:
            return f"{self._counted(whole)} {name}"
        point = " ".join(self._words.digit(digit) for digit in digits(rest)[2:])
        return f"{self._counted(whole)} point {point} {name}"

    def _with_part(self, whole: int, rest: Decimal, noun: Noun) -> str:
        if whole:
            return f"{self._counted(whole)} and {_PARTS[rest]} {noun.other}"
        article = "an" if noun.one[0] in "aeio" else "a"
        if rest == HALF:
            return f"half {article} {noun.one}"
        return f"{'a quarter' if rest == QUARTER else 'three quarters'} of {article} {noun.one}"

    def weekdays(self, weekdays: Sequence[int]) -> str:
        return self.join([self._words.weekday(_DAYS_OF_A_WEEK[day]) for day in weekdays])

    def month_days(self, days: Sequence[int]) -> str:
        if self._spoken:
            return self.join([self._ordinal(day) for day in days])
        ends = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
        return self.join([f"{day}{ends.get(day, 'th')}" for day in days])

    def _ordinal(self, day: int) -> str:
        return self._words.month_day(date(2024, 1, day)).partition(" ")[2]

    def day(self, day: date, *, year: bool) -> str:
        month_day = self._words.month_day(day)
        if not self._spoken:
            return f"{month_day.partition(' ')[0]} {day.day}, {day.year}"
        return f"{month_day}, {self._year(day.year)}" if year else month_day

    def _year(self, year: int) -> str:
        century, rest = divmod(year, 100)
        if century % 10 == 0 and rest < 10:
            return self._counted(year)
        if not rest:
            return f"{self._counted(century)} hundred"
        return f"{self._counted(century)} {'oh ' if rest < 10 else ''}{self._counted(rest)}"

    def dates(self, days: Sequence[date], *, year: bool) -> str:
        return self.join([self.day(day, year=year) for day in days])

    def clock(self, wall: time) -> str:
        if wall.minute == 0 and wall.hour % 12 == 0:
            name = "noon" if wall.hour else "midnight"
            return name if self._spoken else f"12:00 {name}"
        if not self._spoken:
            return self._words.clock_digits(wall)
        part = "at night" if wall < time(3) or wall >= time(21) else "in the morning"
        if time(12) <= wall < time(21):
            part = "in the afternoon" if wall < time(17) else "in the evening"
        return f"{self._words.clock(wall).removesuffix(_O_CLOCK)} {part}"

    def at(self, walls: Sequence[time]) -> str:
        return f"at {self.join([self.clock(wall) for wall in walls])}"

    def join(self, parts: Sequence[str]) -> str:
        return self._words.join(parts)
