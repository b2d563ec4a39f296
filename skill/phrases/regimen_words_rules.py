"""How two languages put the numbers, days and clock times of a regimen, in speech and in writing.

In speech everything is a word. In writing counts are digits, without trailing zeros and with a leading one;
parts of a tablet are words there too, because "0.5" has been read as 5 (ISMP, error-prone dose designations).
"""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple, Protocol

HALF, QUARTER = Decimal("0.5"), Decimal("0.25")


class Noun(NamedTuple):
    """What is counted. ``measured``: on a scale, so that its parts are decimals and not quarters."""

    one: str
    other: str
    feminine: bool
    measured: bool


class Rules(Protocol):
    """One language in one of its two modes. Numbers are 0 to 9,999."""

    def number(self, number: int, *, feminine: bool = False) -> str:
        """A number that stands alone; ``feminine``: for something feminine."""

    def amount(self, amount: Decimal, noun: Noun) -> str:
        """So much of ``noun``; above 0."""

    def weekdays(self, weekdays: Sequence[int]) -> str:
        """Weekdays as a list, 0 for Monday."""

    def month_days(self, days: Sequence[int]) -> str: ...

    def day(self, day: date, *, year: bool) -> str:
        """``year`` asks for it in speech; in writing it always stands there."""

    def dates(self, days: Sequence[date], *, year: bool) -> str: ...

    def clock(self, wall: time) -> str:
        """As it stands in a table."""

    def at(self, walls: Sequence[time]) -> str: ...

    def join(self, parts: Sequence[str]) -> str: ...


def digits(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"


def parts(amount: Decimal) -> tuple[int, Decimal]:
    whole = int(amount)
    return whole, amount - whole


def in_words(amount: Decimal, noun: Noun, *, spoken: bool) -> bool:
    """Whether the part of a whole is said as a half or a quarter."""
    rest = parts(amount)[1]
    if noun.measured:
        return spoken and rest == HALF
    return rest != 0 and rest % QUARTER == 0
