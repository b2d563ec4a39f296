"""What is stored: shapes that come back as they went in, also from the release before and the one after."""

import json
import zlib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from skill.domain.care_team import Address, Channel, Patient
from skill.domain.chart import Now, Plan
from skill.domain.commands import Outage
from skill.domain.doses import DoseState, How, Outcome
from skill.domain.events import Decision, Reason, Told
from skill.domain.identity import SOMEONE, MedicationId, OperationId, PatientId, SpeakerKind, StatementId
from skill.domain.regimen import FixedTimes, Form, Medication, Phase, Regimen
from skill.errors import DamagedError
from skill.private import Private
from skill.service.heartbeat import Heart
from skill.storage.codec import COMPRESSED_FROM, SHAPE, is_newer, keep_unknown, pack, unpack

GOLDEN = json.loads((Path(__file__).parent / "golden" / "shape_1.json").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize("value", [PLAN, NOW, DECISION], ids=["plan", "now", "decision"])
def test_what_is_packed_comes_back_as_it_was(value: object) -> None:
    packed = pack(value)

    assert unpack(packed, type(value)) == value


@pytest.mark.parametrize(
    ("name", "value"), [("plan", PLAN), ("now", NOW), ("decision", DECISION)], ids=["plan", "now", "decision"]
)
def test_what_shape_one_wrote_is_read_for_ever(name: str, value: object) -> None:
    """Golden records: made once, never edited."""
    stored = bytes.fromhex(GOLDEN[name])

    assert unpack(stored, type(value)) == value


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
