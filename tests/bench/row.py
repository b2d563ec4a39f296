"""One line of a benchmark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured, beside its baseline of the same run, both in ``unit``."""

    name: str
    ours: float
    baseline: float
    unit: str
    budget: str
    met: bool
