"""What is stored: shapes that come back as they went in, also from the release before and the one after."""

import json
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from skill.domain.care_team import Address, Channel, Patient
from skill.domain.chart import Now, Plan
from skill.domain.commands import Outage
from skill.domain.doses import DoseState, How, Outcome
from skill.domain.events import Decision, MedicationSet, Reason, Told
from skill.domain.identity import SOMEONE, MedicationId, OperationId, PatientId, SpeakerKind, StatementId
from skill.domain.regimen import Form, Medication, Regimen
from skill.domain.timings import (
    AmountAt,
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
    Routine,
    TimesADay,
    Weekly,
    When,
)
from skill.errors import DamagedError
from skill.private import Private
from skill.service.heartbeat import Heart
from skill.storage.codec import COMPRESSED_FROM, SHAPE, is_newer, keep_unknown, pack, unpack

FOLDER = Path(__file__).parent / "golden"
NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

PLAN = Plan(
    patient=Patient(
        patient_id=PatientId("pat_1"),
        name=Private("Ada"),
        zone=BERLIN,
        prompts=Address(channel=Channel.SMS, value=Private("+12025550123")),
    ),
    medications=(
        Medication(
            medication_id=MedicationId("med_1"),
            name=Private("lisinopril"),
            form=Form.TABLET,
            regimens=(
                Regimen(
                    version=1,
                    since=NOON,
                    not_before=NOON,
                    zone=BERLIN,
                    phases=(
                        Phase(
                            first_day=date(2027, 5, 4),
                            timing=FixedTimes(wall_times=(time(8), time(20))),
                            amount=Decimal("0.5"),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
NOW = Now(
    outcomes=(
        Outcome(
            medication_id=MedicationId("med_1"),
            due=NOON,
            state=DoseState.TAKEN,
            at=NOON,
            by=SpeakerKind.SOMEONE,
            contact_id=None,
            how=How.OWN_WORDS,
            part=Decimal(1),
            statement_id=StatementId("stm_1"),
        ),
    ),
    worked_to=NOON,
)
DECISION = Decision(
    operation=OperationId("alexa/1"),
    speaker=SOMEONE,
    at=NOON,
    reason=Reason.WRITTEN,
    facts=Told({"count": 2, "at": NOON, "late": False, "forms": ("insulin", "patch")}),
)


PLAN_SET = Decision(
    operation=OperationId("cli/1"),
    speaker=SOMEONE,
    at=NOON,
    reason=Reason.PLAN_SET,
    facts=Told({"version": 1}),
    events=(MedicationSet(medication=PLAN.medications[0]),),
)
MONDAY = date(2027, 5, 3)
PHASES = (
    Phase(
        first_day=MONDAY,
        last_day=date(2027, 5, 9),
        days=EveryNDays(n=2, anchor=MONDAY),
        timing=TimesADay(n=2),
        amounts=(
            AmountAt(amount=Decimal(2), time_index=0),
            AmountAt(amount=Decimal("0.5"), weekdays=(5, 6)),
        ),
    ),
    Phase(
        first_day=date(2027, 5, 10),
        last_day=date(2027, 5, 16),
        days=Weekly(weekdays=(0, 3), every=2, anchor=MONDAY),
        timing=AtEvents(events=(AtEvent(when=When.ACM, offset=15), AtEvent(when=When.HS))),
        turns=(Decimal(1), Decimal("1.5")),
    ),
    Phase(
        first_day=date(2027, 5, 17),
        last_day=date(2027, 5, 31),
        timing=EveryHours(hours=8, first=time(6)),
        count=10,
    ),
    Phase(
        first_day=date(2027, 6, 1),
        last_day=date(2027, 6, 30),
        days=Monthly(days=(1, 15), anchor=MONDAY),
        timing=FixedTimes(wall_times=(time(8),), weekend=(time(10),)),
    ),
    Phase(
        first_day=date(2027, 7, 1),
        last_day=date(2027, 7, 31),
        days=OnDates(dates=(date(2027, 7, 4),)),
        timing=FixedTimes(wall_times=(time(8),)),
    ),
    Phase(
        first_day=date(2027, 8, 1),
        last_day=date(2027, 8, 31),
        days=Cycle(on=21, off=7, anchor=MONDAY),
        timing=FixedTimes(wall_times=(time(8),)),
    ),
    Phase(
        first_day=date(2027, 9, 1),
        timing=AsNeeded(min_gap=timedelta(hours=6), most_in_24h=Decimal(4)),
    ),
)
EVERY_KIND = Medication(
    medication_id=MedicationId("med_2"),
    name=Private("everything"),
    regimens=(
        Regimen(
            version=1,
            since=NOON,
            not_before=NOON,
            zone=BERLIN,
            phases=PHASES,
            routine=Routine(meal_offset=45),
        ),
    ),
)


@pytest.mark.parametrize(
    "value", [PLAN, NOW, DECISION, EVERY_KIND], ids=["plan", "now", "decision", "every kind of timing"]
)
def test_what_is_packed_comes_back_as_it_was(value: object) -> None:
    packed = pack(value)

    assert unpack(packed, type(value)) == value


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        pytest.param("shape_1", "plan", PLAN, id="plan of shape one"),
        pytest.param("shape_1", "now", NOW, id="now of shape one"),
        pytest.param("shape_1", "decision", DECISION, id="decision of shape one"),
        pytest.param("shape_1_plan_set", "plan_set", PLAN_SET, id="plan that was set in shape one"),
        pytest.param("shape_2", "plan", PLAN, id="plan of shape two"),
        pytest.param("shape_2", "now", NOW, id="now of shape two"),
        pytest.param("shape_2", "decision", DECISION, id="decision of shape two"),
        pytest.param("shape_2", "plan_set", PLAN_SET, id="plan that was set in shape two"),
        pytest.param("shape_2", "every_kind", EVERY_KIND, id="every kind of timing in shape two"),
    ],
)
def test_what_an_older_release_wrote_is_read_for_ever(file: str, name: str, value: object) -> None:
    """Golden records: made once, never edited."""
    golden = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))

    assert unpack(bytes.fromhex(golden[name]), type(value)) == value


def test_a_plan_that_says_nothing_new_is_stored_in_no_more_words_than_its_kinds() -> None:
    [_, then] = (len(json.loads((FOLDER / f"shape_{n}.json").read_text())["plan"]) // 2 for n in (2, 1))

    assert len(pack(PLAN)) <= then + len("type") + len("fixed_times") + 2


def test_a_long_body_is_stored_shorter_than_it_is() -> None:
    outages = tuple(Outage(start=NOON, end=NOON) for _ in range(200))

    packed = pack(Heart(beat=NOON, outages=outages))

    assert len(packed) < COMPRESSED_FROM
    assert unpack(packed, Heart) == Heart(beat=NOON, outages=outages)


def _of_the_next_release(value: object, **more: object) -> bytes:
    fields = msgspec.msgpack.decode(pack(value)[2:])
    return bytes((SHAPE + 1, 0)) + msgspec.msgpack.encode({**fields, **more})


def test_a_body_of_the_next_release_is_read_as_far_as_it_is_known() -> None:
    later = _of_the_next_release(NOW, moods=["fine"])

    read = unpack(later, Now)

    assert is_newer(later)
    assert read == NOW


def test_what_this_release_does_not_know_is_written_back() -> None:
    later = _of_the_next_release(NOW, moods=["fine"])
    changed = Now(outcomes=NOW.outcomes, worked_to=NOON, entries=7)

    kept = keep_unknown(changed, later)

    assert kept[0] == SHAPE + 1
    assert msgspec.msgpack.decode(kept[2:])["moods"] == ["fine"]
    assert unpack(kept, Now) == changed


def test_a_field_at_its_default_does_not_come_back_from_a_later_release() -> None:
    """What is at its default is not written; a later release may write it all the same."""
    ended = replace(PLAN.medications[0].regimens[0].phases[0], last_day=date(2027, 6, 3))
    later = _of_the_next_release(PLAN.medications[0].regimens[0].phases[0], last_day=None)

    kept = keep_unknown(ended, later)

    assert unpack(kept, Phase) == ended


@pytest.mark.parametrize(
    "body",
    (
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="a version alone"),
        pytest.param(b"\x00\x00\x80", id="shape nought"),
        pytest.param(b"\x09\x00\x80", id="a shape of a far release"),
        pytest.param(b"\x01\x00\xc1", id="no msgpack"),
        pytest.param(b"\x01\x01not deflated", id="not deflated"),
        pytest.param(b"\x01\x01" + zlib.compress(b"\xc1", wbits=-14), id="deflated, but no msgpack"),
        pytest.param(b"\x01\x00" + msgspec.msgpack.encode({"worked_to": "tomorrow"}), id="no moment"),
    ),
)
def test_what_is_no_body_of_ours_is_damage_and_never_another_error(body: bytes) -> None:
    with pytest.raises(DamagedError):
        unpack(body, Now)
