"""The one tree of errors. An error carries a phrase key and facts, never a sentence about a person.

``voice`` turns keys into speech, ``web`` into a status, ``cli`` into exit 2.
"""

from typing import ClassVar

Fact = str | int


class DoseKeeperError(Exception):
    """Root of the tree.

    ``facts`` are ids, numbers and names of fields; never a name, a medicine or an address.
    """

    key: ClassVar[str] = "error.unexpected"

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        super().__init__(" ".join([self.key, *(f"{name}={value}" for name, value in facts.items())]))


class RefusedError(DoseKeeperError):
    """Somebody asked for what cannot be done; nothing was changed."""

    key = "error.refused"


class InvalidError(RefusedError, ValueError):
    """A value does not fit its field. ``field`` names it; ``problem`` is for whoever typed it in."""

    key = "error.invalid"

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(field=field, problem=problem)


class NotFoundError(RefusedError):
    """There is no such thing. ``kind`` and ``id`` say what was looked for."""

    key = "error.not_found"


class ConflictError(DoseKeeperError):
    """Somebody else kept changing the same chart; the operation was not carried out."""

    key = "error.conflict"


class StoreDownError(DoseKeeperError):
    """The store cannot be read or written now. Nothing may be called written down."""

    key = "error.store_down"


class DamagedError(DoseKeeperError):
    """Stored bytes do not open, do not verify, or are of a layout that this release cannot read."""

    key = "error.damaged"


class KeyUnavailableError(DoseKeeperError):
    """A key is missing, wrong, destroyed or readable by others."""

    key = "error.key_unavailable"


class SettingsError(DoseKeeperError):
    """The environment does not make valid settings. ``problems`` names them all at once."""

    key = "error.settings"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))

    def __str__(self) -> str:
        """The problems themselves: they repeat no values, and whoever runs it must read them."""
        return "; ".join(self.problems)
