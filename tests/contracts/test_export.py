"""Every format in the registry: the same life gives the bytes that lie in ``golden/``, whole and neutral.

The life holds each kind of record of S45. A change of a golden file is a change for every clinician
who reads one: make it on purpose.
"""

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from skill.domain.commands import (
    Answer,
    ChangePlan,
    ConfirmDoses,
    Discharge,
    DontRemember,
    GiveSkipReason,
    MakeRemark,
    OpenSession,
    RecordGiven,
    Remark,
    Reply,
    Scope,
    SkipDoses,
    Start,
    TakeAgain,
    Tick,
    Undo,
)
from skill.domain.doses import DoseKey, How, SkipReason
from skill.domain.identity import OPERATOR, PATIENT, MedicationId, contact
from skill.domain.regimen import Form
from skill.domain.timings import FixedTimes, Phase
from skill.exports import EXPORTS, Export
from skill.service.report_rows import Reported
from skill.service.reports import rows
from tests.service.lives import ADA, SAM, Life, a_life

GOLDEN = Path(__file__).parent / "golden"
ONCE = Phase(first_day=date(2027, 5, 7), timing=FixedTimes(wall_times=(time(9),)))
MORNING, SYRUP, INSULIN = MedicationId("med_morning"), MedicationId("med_syrup"), MedicationId("med_insulin")


@cache
def a_full_life() -> tuple[Reported, ...]:
    """Eleven days of Ada's: every state that a row can have."""
    life = a_life("2027-05-03 21:00")
    life.has_helpers()
    life.takes(MORNING, "=cmd|' /C calc'!A0", times=(time(8), time(20)), amount="2")
    life.takes(SYRUP, "syrup, red", times=(time(12),), amount="7.5", form=Form.LIQUID)
    life.takes(INSULIN, "insulin", times=(time(22),), amount="10", form=Form.INSULIN, given_by=SAM)
    _what_she_says(life)
    _what_others_do(life)
    return tuple(Reported(patient_id=ADA, row=row) for row in rows(life.ledger, life.now))


def _what_she_says(life: Life) -> None:
    life.until("2027-05-04 08:04")
    life.says(ConfirmDoses, speaker=PATIENT)
    life.says(TakeAgain, session="s2")
    life.until("2027-05-04 14:30")
    life.says(ConfirmDoses, session="s3", scope=Scope(medications=(SYRUP,)), at=time(13, 5))
    life.until("2027-05-04 20:02")
    life.says(ConfirmDoses, session="s4", part=Decimal("0.5"))
    life.until("2027-05-05 08:05")
    asked = life.says(SkipDoses, session="s5", speaker=PATIENT)
    life.says(GiveSkipReason, session="s5", speaker=PATIENT, question=asked.asks, reason=SkipReason.COST)
    life.until("2027-05-05 12:10")
    life.says(DontRemember, session="s6")
    life.until("2027-05-05 20:30")
    life.says(ConfirmDoses, session="s7")
    life.until("2027-05-05 21:30")
    life.says(Undo, session="s7")
    life.says(MakeRemark, session="s7", remark=Remark.OTHERS_DOSE)
    life.until("2027-05-06 08:10")
    life.says(ConfirmDoses, session="s8", speaker=PATIENT)
    life.says(Undo, session="s8", speaker=PATIENT)
    life.until("2027-05-06 13:00")
    asked = life.says(OpenSession, session="s9")
    life.says(Answer, session="s9", question=asked.asks, reply=Reply.YES)


def _what_others_do(life: Life) -> None:
    late = (
        DoseKey(MORNING, datetime(2027, 5, 6, 18, tzinfo=UTC)),
        DoseKey(INSULIN, datetime(2027, 5, 6, 20, tzinfo=UTC)),
        DoseKey(MORNING, datetime(2027, 5, 7, 6, tzinfo=UTC)),
    )
    life.until("2027-05-07 08:40")
    life.do(RecordGiven, speaker=contact(SAM), doses=late[1:2], how=How.GIVEN)
    life.do(RecordGiven, speaker=contact(SAM), doses=late, how=How.SEEN)
    life.until("2027-05-07 20:40")
    life.do(ChangePlan, speaker=OPERATOR, medication_id=MORNING, phases=(ONCE,), start=Start.NOW)
    life.until("2027-05-08 02:30", ticks=False)  # we are out of service
    life.do(Tick)
    life.until("2027-05-08 23:00")
    again = (DoseKey(SYRUP, datetime(2027, 5, 7, 10, tzinfo=UTC)),)
    life.do(RecordGiven, speaker=contact(SAM), doses=again, how=How.SEEN)
    life.do(ChangePlan, speaker=OPERATOR, medication_id=SYRUP, phases=())
    life.until("2027-05-10 23:00")
    life.says(ConfirmDoses, session="s10", speaker=PATIENT, scope=Scope(medications=(SYRUP,)))
    life.do(Discharge, speaker=OPERATOR)
    life.until("2027-05-14 12:00")


@pytest.fixture(params=EXPORTS.values(), ids=list(EXPORTS))
def export(request: pytest.FixtureRequest) -> Export:
    return request.param


def test_the_same_life_gives_the_same_bytes(export: Export) -> None:
    golden = GOLDEN / f"export_{export.name}{export.suffix}"

    made = "".join(export.write(a_full_life()))

    assert made == golden.read_bytes().decode()


def test_no_cell_can_be_run_by_a_spreadsheet(export: Export) -> None:
    made = "".join(export.write(a_full_life()))

    cells = [cell for row in csv.reader(io.StringIO(made, newline="")) for cell in row]

    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any("calc" in cell for cell in cells)


def test_every_line_has_as_many_cells_as_the_head(export: Export) -> None:
    made = "".join(export.write(a_full_life()))

    widths = {len(row) for row in csv.reader(io.StringIO(made, newline=""), strict=True)}

    assert len(widths) == 1


def test_a_patient_without_a_record_has_the_head_alone(export: Export) -> None:
    made = "".join(export.write(()))

    assert made.count("\r\n") == 1


def test_nothing_but_helpers_is_named(export: Export) -> None:
    made = "".join(export.write(a_full_life()))

    assert "Ada" not in made
    assert "+1202" not in made
