"""Who lives in the simulation, what they take, and what they may be asked to do at any moment.

Everything is entered by commands, so that the ledger begins with the first of them.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from skill.domain.care_team import Channel, Contact, Role
from skill.domain.identity import ContactId, MedicationId
from skill.domain.ladders import Ladder, LadderKind, Waits, standard_ladders
from skill.domain.regimen import Criticality, Form, Medication
from skill.domain.timings import (
    AsNeeded,
    AtEvent,
    AtEvents,
    Cycle,
    EveryHours,
    EveryNDays,
    FixedTimes,
    Monthly,
    OnDates,
    Phase,
    TimesADay,
    Weekly,
    When,
)
from skill.private import Private
from tests.builders import ANA, SAM, a_contact, a_rung, an_address, walls

KIM = ContactId("con_kim")  # a nurse who only looks, until somebody changes that
HELPERS = (SAM, ANA, KIM)
# Two hours before the clocks of Berlin go back, and an ordinary day in May.
BEGINNINGS = (
    datetime(2027, 5, 4, 4, tzinfo=UTC),
    datetime(2027, 3, 27, 17, tzinfo=UTC),
    datetime(2027, 10, 30, 16, tzinfo=UTC),
)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")

TIMES = (
    walls("08:00"),
    walls("20:00"),
    walls("02:30"),
    walls("08:00", "20:00"),
    walls("02:30", "03:00", "14:00"),
    walls("06:00", "12:00", "18:00", "23:30"),
)


NEW_YEAR, A_MONDAY = date(2027, 1, 1), date(2027, 5, 3)
AT_EIGHT = FixedTimes(wall_times=walls("08:00"))
# The clock times above on every day, and every other way to take a medicine.
WAYS: tuple[dict[str, Any], ...] = (
    *({"timing": FixedTimes(wall_times=times)} for times in TIMES),
    {"timing": FixedTimes(wall_times=walls("07:00", "19:00"), weekend=walls("09:30", "22:30"))},
    {"timing": TimesADay(n=3)},
    {"timing": AtEvents(events=(AtEvent(when=When.AC), AtEvent(when=When.HS, offset=30)))},
    {"timing": AtEvents(events=(AtEvent(when=When.PCV, offset=720), AtEvent(when=When.WAKE)))},
    {"timing": EveryHours(hours=6, first=time(2, 30))},
    {"timing": EveryHours(hours=5)},
    {"timing": EveryHours(hours=36)},
    {"timing": AsNeeded()},
    {"timing": AT_EIGHT, "days": EveryNDays(n=2, anchor=A_MONDAY)},
    {"timing": AT_EIGHT, "days": EveryNDays(n=2, anchor=date(2027, 5, 4))},
    {"timing": AT_EIGHT, "days": Weekly(weekdays=(1, 6), anchor=A_MONDAY)},
    {"timing": AT_EIGHT, "days": Weekly(weekdays=(2,), every=2, anchor=A_MONDAY)},
    {"timing": AT_EIGHT, "days": Monthly(days=(1, 5, 31), anchor=A_MONDAY)},
    {"timing": AT_EIGHT, "days": OnDates(dates=(date(2027, 3, 28), date(2027, 5, 5), date(2027, 10, 31)))},
    {"timing": FixedTimes(wall_times=walls("08:00", "20:00")), "days": Cycle(on=2, off=1, anchor=A_MONDAY)},
    {"timing": AT_EIGHT, "turns": (Decimal(1), Decimal("0.5"))},
    {"timing": AT_EIGHT, "count": 125},
)


def phases(way: int, days: int = 0, *, after: date = NEW_YEAR) -> tuple[Phase, ...]:
    """One phase of the ``way``-th kind; with ``days`` it ends after so many, and a daily one follows."""
    fields = WAYS[way % len(WAYS)]
    if not days:
        return (Phase(first_day=after, **fields),)
    last = after + timedelta(days=days)
    nightly = FixedTimes(wall_times=walls("21:00"))
    return (
        Phase(first_day=after, last_day=last, **fields),
        Phase(first_day=last + timedelta(days=1), timing=nightly, amount=Decimal(2)),
    )


def medicine(
    name: str,
    form: Form = Form.TABLET,
    criticality: Criticality = Criticality.ORDINARY,
    given_by: ContactId | None = None,
) -> Medication:
    """Without regimens, as a command brings it."""
    return Medication(
        medication_id=MedicationId(f"med_{name}"),
        name=Private(name),
        form=form,
        criticality=criticality,
        given_by=given_by,
    )


LIST = (
    (medicine("lisinopril"), 3),
    (medicine("warfarin", criticality=Criticality.CRITICAL), 1),
    (medicine("insulin", Form.INSULIN, Criticality.TIME_CRITICAL), 3),
    (medicine("patch", Form.PATCH, given_by=SAM), 0),
)
MEDICINES = tuple(medication.medication_id for medication, _ in LIST)


def team(*, nurse: Role = Role.VIEW, without: ContactId | None = None) -> tuple[Contact, ...]:
    """Sam on two channels, Ana on one, a nurse; ``without``: who has revoked the consent."""
    both = (an_address(Channel.SMS), an_address(Channel.EMAIL))
    return (
        a_contact(SAM, addresses=both, consented=without != SAM),
        a_contact(ANA, consented=without != ANA),
        a_contact(KIM, role=nurse, channels=(Channel.MAILBOX,), consented=without != KIM),
    )


def ladders(pace: int) -> tuple[Ladder, ...]:
    """The standard ones, swifter ones, and some on which a call for help climbs too."""
    swift = Waits(first=timedelta(minutes=20), first_critical=timedelta(minutes=5))
    standard = standard_ladders(HELPERS, Waits() if pace % 3 else swift)
    if pace % 2 == 0:
        return standard
    fall = Ladder(
        kind=LadderKind.FALL,
        rungs=(a_rung(SAM, wait=timedelta(0)), a_rung(ANA, KIM, wait=timedelta(minutes=2))),
        rounds=3,
    )
    return tuple(fall if ladder.kind is LadderKind.FALL else ladder for ladder in standard)
