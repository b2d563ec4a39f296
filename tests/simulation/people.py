"""Who lives in the simulation, what they take, and what they may be asked to do at any moment.

Everything is entered by commands, so that the ledger begins with the first of them.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from skill.domain.care_team import Channel, Contact, Role
from skill.domain.identity import ContactId, MedicationId
from skill.domain.ladders import Ladder, LadderKind, Waits, standard_ladders
from skill.domain.regimen import Criticality, FixedTimes, Form, Medication, Phase
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


def phases(times: int, days: int = 0, *, after: date = date(2027, 1, 1)) -> tuple[Phase, ...]:
    """One phase of the ``times``-th timing; with ``days`` it ends after so many, and a daily one follows."""
    timing = FixedTimes(wall_times=TIMES[times % len(TIMES)])
    if not days:
        return (Phase(first_day=after, timing=timing),)
    last = after + timedelta(days=days)
    nightly = FixedTimes(wall_times=walls("21:00"))
    return (
        Phase(first_day=after, last_day=last, timing=timing),
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
