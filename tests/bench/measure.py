"""How the benchmarks measure: what is compared runs by turns, so that both meet the same weather."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType


def say(text: str) -> None:
    """A line of progress, apart from the table."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


@dataclass(slots=True)
class Spent(AbstractContextManager["Spent"]):
    """Seconds that a block took: by the clock on the wall, and of processor time (all threads)."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> "Spent":
        self.wall, self.cpu = -time.perf_counter(), -time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def by_turns(rounds: int, *works: Callable[[int], float]) -> list[float]:
    """The median of what each of ``works`` measures, one after the other in every round.

    Each gets the number of its round. An odd number of rounds makes the median one that was seen.
    """
    seen = [[work(number) for work in works] for number in range(rounds)]
    return [statistics.median(column) for column in zip(*seen, strict=True)]


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least ``percent`` of a hundred of ``values`` do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]
