"""A value about a person that must not reach a log, a traceback or an error text."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Private(Generic[T]):
    """Holds one value; ``repr`` and ``str`` show nothing of it. Read it with ``.value``."""

    value: T

    def __repr__(self) -> str:
        return "Private(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)
