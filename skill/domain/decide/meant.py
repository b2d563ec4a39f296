"""What "I took …" says of each dose. Only what is clear is written; the rest is asked or recorded."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.decide.find import Found, last_packet, latest, twice
from skill.domain.doses import Dose
from skill.domain.identity import MedicationId
from skill.domain.said import Scope
from skill.domain.timing import local_day


class Meant(Struct, frozen=True, kw_only=True):
    """``write``: taken. ``which``: it fits two doses of one medication (S20). ``again``: written down already
    (S1). ``beside``: due at the present one of those two times. ``earlier``: nothing is open, these may
    be meant. ``unplanned``: named, and not planned now (S10). All empty: something was taken, and
    nothing on the plan fits it.
    """

    write: tuple[Dose, ...] = ()
    which: tuple[Dose, ...] = ()
    beside: tuple[Dose, ...] = ()
    again: tuple[Dose, ...] = ()
    earlier: tuple[Dose, ...] = ()
    unplanned: tuple[MedicationId, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.write or self.which or self.again or self.earlier or self.unplanned)


def meant(scope: Scope, found: Found, now: datetime, zone: ZoneInfo, *, timed: bool = False) -> Meant:
    """What a statement about ``scope`` means, given the doses that it may speak of.

    ``timed``: it says when it was taken, and ``found`` is how the doses stood then.
    """
    in_doubt = not (timed and scope.broad and found.due)
    which = _fits_twice(scope, found, now, zone) if in_doubt else ()
    if scope.named:
        return _by_name(scope, found, which)
    if which:
        return Meant(which=which, beside=tuple(d for d in found.due if d not in which))
    write = (found.due or found.early) if scope.broad else _of_packet(scope, found)
    return Meant(write=write) if write else _nothing_open(found, zone)


def _fits_twice(scope: Scope, found: Found, now: datetime, zone: ZoneInfo) -> tuple[Dose, ...]:
    """S20: the present dose, and one of today that has closed.

    Where nothing is named and something is due, only one that closed in silence can be meant too.
    """
    today = local_day(now, zone)
    generally = scope.broad and bool(found.due)
    closed = [d for d in (found.silent if generally else found.closed) if local_day(d.due, zone) == today]
    present = found.due if generally else found.early if scope.broad else found.open
    return twice(present, tuple(closed))


def _by_name(scope: Scope, found: Found, which: tuple[Dose, ...]) -> Meant:
    """Each name by itself: one that is due must not carry off another that was taken a second time."""
    write: list[Dose] = []
    again: list[Dose] = []
    unplanned: list[MedicationId] = []
    unclear = {d.medication.medication_id for d in which}
    for name in dict.fromkeys(scope.medications):
        mine = [
            [d for d in doses if d.medication.medication_id == name]
            for doses in (found.open, found.closed, found.taken)
        ]
        present, closed, taken = mine
        if name in unclear:
            continue
        if present:
            write += present
        elif closed and not (taken and taken[-1].due > closed[-1].due):
            write.append(closed[-1])
        elif taken:
            again.append(taken[-1])
        else:
            unplanned.append(name)
    return Meant(write=tuple(write), which=which, again=tuple(again), unplanned=tuple(unplanned))


def _of_packet(scope: Scope, found: Found) -> tuple[Dose, ...]:
    """The packet that was named: what is open of it, and what closed in silence.

    What the patient has spoken of (skipped, not sure) stays, unless nothing else can be meant.
    """
    present, silent = found.open, found.silent
    if scope.wall is not None and (present or silent):
        at = (present or silent)[-1].due  # "my eight o'clock pills" are those of one moment
        present = tuple(d for d in present if d.due == at)
        silent = tuple(d for d in silent if d.due == at)
    there = {d.medication.medication_id for d in present}
    write = present + tuple(d for d in latest(silent) if d.medication.medication_id not in there)
    return write or (() if found.taken else latest(found.closed))


def _nothing_open(found: Found, zone: ZoneInfo) -> Meant:
    """Earlier ones, or those that are written down already: whichever were due last."""
    taken, closed = found.taken, found.closed
    if closed and not (taken and taken[-1].due >= closed[-1].due):
        return Meant(earlier=tuple(d for d in closed if d.due == closed[-1].due))
    return Meant(again=last_packet(taken, zone))
