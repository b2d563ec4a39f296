"""Directions while they are read: what is left of the words, and the facts that were found."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_GONE = " | "
NUMBER = r"(\d+(?:\.\d+)?)"
SPAN = rf"{NUMBER}(?:(?: ?- ?| to | or ){NUMBER})?"
PERIODS = r"(hours?|hrs?|hr|h|minutes?|mins?|days?|d|weeks?|wks?|wk|w|months?|mo|years?)\b"


@dataclass(slots=True, kw_only=True)
class Reading:
    """``left``: what no pattern has read yet. ``facts``: the fields of ``Stated``, each with its values."""

    left: str
    facts: dict[str, list[Any]] = field(default_factory=dict)

    def take(self, pattern: str, use: "Callable[[re.Match[str]], bool]") -> None:
        """Read every match of ``pattern`` and take it out, unless ``use`` can make nothing of it."""

        def taken(match: re.Match[str]) -> str:
            return _GONE if use(match) else match[0]

        self.left = re.sub(rf"(?<![\w.])(?:{pattern})(?!\w)", taken, self.left)

    def drop(self, pattern: str) -> None:
        """Read every match of ``pattern``; it says nothing."""
        self.take(pattern, lambda _: True)

    def tell(self, pattern: str, fact: str, *values: object) -> None:
        """Read every match of ``pattern``; it says ``values``."""
        self.take(pattern, lambda _: self.add(fact, *values))

    def add(self, fact: str, *values: object) -> bool:
        """Note ``values``, none twice; True."""
        kept = self.facts.setdefault(fact, [])
        kept += [value for value in values if value not in kept]
        return True


def span(match: re.Match[str], first: int = 1) -> tuple[Decimal, Decimal]:
    """Low and high of a ``SPAN`` that begins with group ``first``."""
    low = Decimal(match[first])
    return low, Decimal(match[first + 1]) if match[first + 1] else low


def whole(match: re.Match[str], factor: int = 1) -> tuple[int, int] | None:
    """The same times ``factor``; None unless both are whole, rising and above 0."""
    low, high = span(match)
    if low % 1 or high % 1 or not 0 < low <= high < 10_000:
        return None
    return int(low) * factor, int(high) * factor
