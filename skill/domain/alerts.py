"""Alerts: what a person has to be told about until somebody answers."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from skill.domain.doses import DoseKey
from skill.domain.identity import AlertId, ContactId
from skill.domain.ladders import Ladder, LadderKind

KEPT_AFTER_END = timedelta(hours=24)  # design §6: a token opens its alert until 24 h after its end
NEVER_SENT_AFTER = timedelta(hours=24)  # fault 51: nothing older is paged
JOINS_FOR = timedelta(hours=12)  # later events open an alert of their own, so that a whole climb lies ahead
FOLLOW_UP_AFTER = timedelta(minutes=10)  # S7
FOLLOW_UP_ANSWER = timedelta(minutes=3)  # S7


class AlertKind(StrEnum):
    DOSE = "dose"
    INTAKE = "intake"
    FALL = "fall"
    HELP = "help"

    @property
    def urgent(self) -> bool:
        return self in {AlertKind.FALL, AlertKind.HELP}


class Detail(StrEnum):
    """What more the page says about an alert."""

    NONE = "none"
    NO_WORD = "no_word"
    SKIPPED = "skipped"
    PARTLY = "partly"
    EXTRA = "extra"
    UNSCHEDULED = "unscheduled"
    UNSURE = "unsure"
    ASKED_THEN_SILENT = "asked_then_silent"
    SOMEONE_AT_HOME = "someone_at_home"
    EMERGENCY = "emergency"


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXHAUSTED = "exhausted"

    @property
    def ended(self) -> bool:
        return self is AlertState.RESOLVED


class Alert(Struct, frozen=True, kw_only=True):
    """One alert with its own copy of the ladder that it climbs.

    ``round`` and ``rung`` name what was queued last (rung -1: nothing yet). ``next_at``: when the
    next rung is due, or the follow-up question on an acknowledged fall; None when it stands still.
    ``last_round``: the last round it may climb. ``heard``: a provider took a page of the present rung;
    ``reached``: of any rung. ``told``: everybody to whom something about it may have gone out.
    ``passed_by``: who asked for the next person in this round. ``outage``: a window of its doses met an
    outage of ours. ``calmed_at``: the patient said "I'm OK"; the climb stands still, but a helper closes
    the alert. An exhausted alert with ``next_at`` starts again then: no provider has taken any page yet.
    """

    alert_id: AlertId
    kind: AlertKind
    detail: Detail
    state: AlertState = AlertState.OPEN
    opened_at: datetime
    about: datetime
    doses: tuple[DoseKey, ...] = ()
    ladder_kind: LadderKind
    ladder: Ladder | None
    round: int = 0
    rung: int = -1
    last_round: int
    paged_at: datetime | None = None
    heard: bool = False
    reached: bool = False
    outage: bool = False
    next_at: datetime | None
    told: tuple[ContactId, ...] = ()
    joined: int = 0
    calmed_at: datetime | None = None
    acknowledged_by: ContactId | None = None
    acknowledged_at: datetime | None = None
    follow_up_asked: bool = False
    spoken_with: bool = False
    passed_by: tuple[ContactId, ...] = ()
    closed_by: ContactId | None = None
    ended_at: datetime | None = None

    @property
    def urgent(self) -> bool:
        return self.kind.urgent

    @property
    def wants_pages(self) -> bool:
        """Whether a page about it should still go out."""
        return self.state in {AlertState.OPEN, AlertState.EXHAUSTED}

    def may_take_in(self, kind: AlertKind, detail: Detail, ladder: Ladder | None, now: datetime) -> bool:
        """Whether an event of ``kind`` that would climb ``ladder`` joins this alert at ``now`` (design §3).

        Same kind, nobody has acknowledged it, and the running ladder is at least as fast, for everybody
        and beginning with the same people. Doses and intakes join only what the page already says:
        "not sure" must not hide an extra intake.
        """
        if self.kind is not kind or self.state is not AlertState.OPEN or self.calmed_at is not None:
            return False
        if now - self.opened_at > JOINS_FOR or (not self.urgent and self.detail is not detail):
            return False
        return ladder is None if self.ladder is None else ladder is not None and self.ladder.covers(ladder)

    def wants_rung(self) -> tuple[int, int] | None:
        """(round, rung) that comes next, or None after the last rung of the last round."""
        if self.ladder is None:
            return None
        if self.rung + 1 < len(self.ladder.rungs):
            return self.round, self.rung + 1
        if self.round < self.last_round:
            return self.round + 1, 0
        return None
