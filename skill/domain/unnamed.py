"""What was said among several by a voice that nobody knows, until the name is told."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from skill.domain.commands import Command
from skill.domain.identity import SessionId, StatementId
from skill.domain.said import StatementKind


class Unnamed(Struct, frozen=True, kw_only=True):
    """It may be this patient's. ``kind`` and ``words``: the statement, as it would stand here.

    Without a name until ``expires_at`` it stays as said by somebody; ``check``: a helper is asked then.
    """

    statement_id: StatementId
    kind: StatementKind
    words: str
    session: SessionId | None
    at: datetime
    expires_at: datetime
    check: bool = False


class Concern(StrEnum):
    """How grave it is, whosever it was."""

    NONE = "none"
    CHECK = "check"  # a helper is asked, unless the name is told
    UNSCHEDULED = "unscheduled"
    OVERDOSE = "overdose"


class KeepUnnamed(Command, frozen=True, kw_only=True):
    """It may be this patient's. ``kind`` and ``words``: as it would stand in this chart.

    ``too_much``: somebody took too many of nobody knows what, so no open dose is asked for any more (S22).
    """

    kind: StatementKind
    words: str
    concern: Concern
    too_much: bool = False


class TellSpeaker(Command, frozen=True, kw_only=True):
    """The name was told, and the statement is carried out in the chart of whoever said it."""

    statement_id: StatementId


class SomebodySaid(Struct, frozen=True, kw_only=True):
    """It waits for the name, in each chart that it may belong to."""

    unnamed: Unnamed


class SpeakerTold(Struct, frozen=True, kw_only=True):
    """The name was told: the statement stands in that chart, and waits here no more."""

    statement_id: StatementId
