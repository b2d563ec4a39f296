"""One environment variable, as the fields of the settings name it."""

from collections.abc import Callable

from msgspec import Struct

PREFIX = "DOSEKEEPER_"


class Variable(Struct, frozen=True):
    """One environment variable and what it means.

    ``parse`` raises ``ValueError`` with the rest of the sentence that begins with the name.
    ``default``: the text that is parsed when it is not set. ``shown``: the default in words, where it
    is not a constant. ``needed``: as soon as any variable of its record is set.
    """

    name: str
    says: str
    parse: Callable[[str], object]
    default: str | None = None
    shown: str = ""
    secret: bool = False
    needed: bool = False
