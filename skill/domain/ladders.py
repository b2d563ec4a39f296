"""Ladders: who is told, how long after, and how often it starts again."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from skill.domain.identity import ContactId
from skill.domain.regimen import Criticality
from skill.errors import InvalidError

FALL_ROUNDS = 6  # fault 53: the whole ladder again every 10 minutes up to six times
FALL_GAP = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=24)


class LadderKind(StrEnum):
    """What a ladder is for. A dose climbs the one of its medication's criticality."""

    ORDINARY = "ordinary"
    CRITICAL = "critical"
    TIME_CRITICAL = "time_critical"
    INTAKE = "intake"
    FALL = "fall"
    HELP = "help"

    @staticmethod
    def of(criticality: Criticality) -> "LadderKind":
        return LadderKind(criticality.value)

    @property
    def urgent(self) -> bool:
        """Whether its messages go before all others and are limited by nothing."""
        return self in {LadderKind.FALL, LadderKind.HELP}


class Rung(Struct, frozen=True, kw_only=True):
    """These people at once, ``wait`` after the rung before was queued (the first: after the due moment)."""

    wait: timedelta
    contacts: tuple[ContactId, ...]

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.wait <= _LONGEST_WAIT:
            raise InvalidError("wait", "must lie between 0 and 24 hours")
        if not self.contacts or len(set(self.contacts)) != len(self.contacts):
            raise InvalidError("contacts", "a rung names each of its people once, and at least one")


class Ladder(Struct, frozen=True, kw_only=True):
    """Ordered rungs. After the last, the whole starts again ``round_gap`` later, ``rounds`` times in all."""

    kind: LadderKind
    rungs: tuple[Rung, ...]
    rounds: int = 1
    round_gap: timedelta = FALL_GAP
    tells_skips: bool = False

    def __post_init__(self) -> None:
        if not self.rungs:
            raise InvalidError("rungs", "a ladder without rungs reaches nobody")
        if not 1 <= self.rounds <= 24:
            raise InvalidError("rounds", "must lie between 1 and 24")
        if not timedelta(minutes=1) <= self.round_gap <= _LONGEST_WAIT:
            raise InvalidError("round_gap", "must lie between 1 minute and 24 hours")

    @property
    def speed(self) -> timedelta:
        """The first wait: the smaller, the faster the ladder."""
        return self.rungs[0].wait

    def covers(self, other: "Ladder") -> bool:
        """Whether what would climb ``other`` is served as well by this one: as fast, by the same people."""
        first, others = set(self.rungs[0].contacts), set(other.rungs[0].contacts)
        return self.speed <= other.speed and others <= first and set(other.people()) <= set(self.people())

    def people(self) -> tuple[ContactId, ...]:
        """Everybody on it, in the order in which they are told."""
        return tuple(dict.fromkeys(person for rung in self.rungs for person in rung.contacts))


class Waits(Struct, frozen=True, kw_only=True):
    """The waits of the standard ladders (design §7: starting values, settings)."""

    first: timedelta = timedelta(minutes=120)
    first_critical: timedelta = timedelta(minutes=60)
    first_time_critical: timedelta = timedelta(minutes=30)
    between: timedelta = timedelta(minutes=30)


def standard_ladders(people: Sequence[ContactId], waits: Waits) -> tuple[Ladder, ...]:
    """The ladders that a patient has unless somebody changes them; none when there is nobody.

    Doses and intakes reach one person after the other; falls and calls for help everyone at once.
    """
    if not people:
        return ()

    def climb(kind: LadderKind, first: timedelta, between: timedelta, *, tells_skips: bool = False) -> Ladder:
        rungs = tuple(
            Rung(wait=first if index == 0 else between, contacts=(person,))
            for index, person in enumerate(people)
        )
        return Ladder(kind=kind, rungs=rungs, tells_skips=tells_skips)

    def everyone(kind: LadderKind) -> Ladder:
        return Ladder(kind=kind, rungs=(Rung(wait=timedelta(0), contacts=tuple(people)),), rounds=FALL_ROUNDS)

    half = waits.between / 2
    return (
        climb(LadderKind.ORDINARY, waits.first, waits.between),
        climb(LadderKind.CRITICAL, waits.first_critical, half, tells_skips=True),
        climb(LadderKind.TIME_CRITICAL, waits.first_time_critical, half, tells_skips=True),
        climb(LadderKind.INTAKE, timedelta(0), half),
        everyone(LadderKind.FALL),
        everyone(LadderKind.HELP),
    )
