"""A fall or a call for help that could not be written down: kept where it still can be, and tried again."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from skill.domain.alerts import AlertKind
from skill.domain.identity import OperationId


class Call(Struct, frozen=True, kw_only=True):
    """What must not be lost, with nothing in it that tells about a person.

    ``account``: the opaque id by which Alexa names an account to one skill. ``operation``: as the turn
    itself would have carried it out, so that a call that was written after all is not raised again.
    """

    kind: AlertKind
    account: str
    operation: OperationId
    at: datetime


class Later(Protocol):
    """Keeps a call until it is raised."""

    def __call__(self, call: Call) -> None:
        """When this returns, the call will be raised as soon as it can be; else ``StoreDownError``."""
