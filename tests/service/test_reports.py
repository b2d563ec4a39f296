"""The rows of a report: each dose, intake and statement once, in its final state (S45)."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.commands import (
    AskDue,
    ChangePlan,
    ConfirmDoses,
    Discharge,
    DontRemember,
    GiveSkipReason,
    MakeRemark,
    RecordGiven,
    Remark,
    SayNotYet,
    Scope,
    SkipDoses,
    Start,
    TakeAgain,
    Tick,
    Undo,
)
from skill.domain.doses import DoseKey, DoseState, How, SkipReason
from skill.domain.identity import OPERATOR, PATIENT, SOMEONE, MedicationId, Speaker, SpeakerKind, contact
from skill.domain.regimen import Form
from skill.domain.timings import FixedTimes, Phase
from skill.service.report_rows import Code, Days, Kind, Row
from skill.service.reports import rows
from tests.service.lives import ASPIRIN, BERLIN, SAM, Life, a_life

EIGHT = datetime(2027, 5, 4, 6, tzinfo=UTC)  # 08:00 in Berlin


def the_rows(life: Life) -> list[Row]:
    return list(rows(life.ledger, life.now))


def the_dose(life: Life) -> Row:
    """The one dose row of this life."""
    (row,) = [row for row in the_rows(life) if row.kind is Kind.DOSE]
    return row


def a_morning() -> Life:
    """One aspirin at eight, a helper, and nothing said yet; it is 08:04 on 4 May."""
    life = a_life()
    life.has_helpers()
    life.takes()
    life.until("2027-05-04 08:04")
    return life


def test_a_dose_said_to_be_taken_shows_who_said_it_and_when() -> None:
    life = a_morning()
    life.says(ConfirmDoses, speaker=PATIENT)

    row = the_dose(life)

    assert (row.code, row.due, row.stated_at) == (Code.TAKEN, EIGHT, EIGHT + timedelta(minutes=4))
    assert row.recorded_at == EIGHT + timedelta(minutes=4)
    assert (row.by, row.how, row.plan_version) == (SpeakerKind.PATIENT, How.OWN_WORDS, 1)
    assert (row.part, row.amount, row.corrected) == (Decimal(1), Decimal(1), 0)
    assert (row.back_dated, row.flagged, row.outage, row.voided) == (False, False, False, False)


def test_a_dose_without_a_word_is_unconfirmed_and_nobody_said_it() -> None:
    life = a_morning()
    life.until("2027-05-04 13:00")

    row = the_dose(life)

    assert (row.code, row.by, row.how) == (Code.UNCONFIRMED, SpeakerKind.SYSTEM, How.SILENCE)
    assert (row.stated_at, row.part, row.bulk) == (None, None, 0)


def test_a_dose_whose_window_is_open_is_due() -> None:
    life = a_morning()

    row = the_dose(life)

    assert (row.code, row.by, row.recorded_at) == (Code.DUE, None, None)


def test_a_dose_that_nobody_looked_at_is_our_outage() -> None:
    life = a_morning()
    life.until("2027-05-04 18:00", ticks=False)

    row = the_dose(life)

    assert (row.code, row.outage) == (Code.NOT_OBSERVED, True)


def test_a_window_that_met_an_outage_says_so() -> None:
    life = a_morning()
    life.until("2027-05-04 18:00", ticks=False)
    life.do(Tick)

    row = the_dose(life)

    assert (row.code, row.outage) == (Code.NOT_OBSERVED, True)


def test_a_dose_given_by_a_helper_names_the_helper() -> None:
    life = a_morning()
    life.do(RecordGiven, speaker=contact(SAM), doses=(DoseKey(ASPIRIN, EIGHT),), how=How.GIVEN)

    row = the_dose(life)

    assert (row.code, row.how, row.by, row.helper) == (Code.TAKEN, How.GIVEN, SpeakerKind.CONTACT, "Sam")


def test_a_stated_time_makes_the_record_back_dated() -> None:
    life = a_morning()
    life.until("2027-05-04 15:30")
    life.says(ConfirmDoses, scope=Scope(medications=(ASPIRIN,)), at=time(13, 5))

    row = the_dose(life)

    assert (row.code, row.back_dated) == (Code.TAKEN, True)
    assert row.stated_at == EIGHT + timedelta(hours=5, minutes=5)
    assert row.late == timedelta(hours=5, minutes=5)
    assert row.corrected == 1  # the window had closed in silence before


def test_a_skip_keeps_the_reason_that_is_given_later() -> None:
    life = a_morning()
    asked = life.says(SkipDoses)
    life.says(GiveSkipReason, question=asked.asks, reason=SkipReason.COST)

    row = the_dose(life)

    assert (row.code, row.skip_reason, row.corrected) == (Code.SKIPPED, "cost", 0)


def test_half_a_dose_and_then_the_rest_is_one_whole_dose() -> None:
    life = a_morning()
    life.says(ConfirmDoses, part=Decimal("0.5"))
    life.until("2027-05-04 09:00")
    life.says(ConfirmDoses, session="s2")

    row = the_dose(life)

    assert (row.code, row.part, row.corrected) == (Code.TAKEN, Decimal(1), 0)


def test_half_a_dose_whose_window_closes_stays_a_part_in_the_words_of_who_said_it() -> None:
    life = a_morning()
    life.says(ConfirmDoses, speaker=PATIENT, part=Decimal("0.5"))
    life.until("2027-05-04 18:00")

    row = the_dose(life)

    assert (row.code, row.part, row.by) == (Code.PARTLY, Decimal("0.5"), SpeakerKind.PATIENT)
    assert row.recorded_at == EIGHT + timedelta(minutes=4)


def test_a_word_taken_back_at_once_leaves_the_dose_open_and_is_counted() -> None:
    life = a_morning()
    life.says(ConfirmDoses)
    life.says(Undo)

    row = the_dose(life)

    assert (row.code, row.corrected) == (Code.DUE, 1)


def test_a_word_taken_back_later_leaves_the_dose_unsure() -> None:
    life = a_morning()
    life.says(ConfirmDoses)
    life.until("2027-05-04 09:00")
    life.says(Undo)

    row = the_dose(life)

    assert (row.code, row.corrected, row.recorded_at) == (Code.UNSURE, 1, EIGHT + timedelta(hours=1))


def test_a_second_one_is_a_row_of_its_own() -> None:
    life = a_morning()
    life.says(ConfirmDoses)
    life.until("2027-05-04 08:30")
    life.says(TakeAgain, session="s2", scope=Scope(medications=(ASPIRIN,)))

    dose, intake = the_rows(life)

    assert (dose.kind, dose.code) == (Kind.DOSE, Code.TAKEN)
    assert (intake.kind, intake.code, intake.due) == (Kind.INTAKE, Code.EXTRA, EIGHT)
    assert (intake.amount, intake.voided) == (Decimal(1), False)


def test_a_second_one_taken_back_at_once_stays_in_the_report_as_voided() -> None:
    life = a_morning()
    life.says(ConfirmDoses)
    life.until("2027-05-04 08:30")
    life.says(TakeAgain, session="s2", scope=Scope(medications=(ASPIRIN,)))
    life.says(Undo, session="s2")

    (intake,) = [row for row in the_rows(life) if row.kind is Kind.INTAKE]

    assert intake.voided


def test_something_taken_when_nothing_was_due_is_unscheduled() -> None:
    life = a_morning()
    life.says(SkipDoses)
    life.until("2027-05-06 02:00")
    life.says(ConfirmDoses, session="s9", scope=Scope(medications=(MedicationId("med_aspirin"),)))

    kinds = {row.code for row in the_rows(life) if row.kind is not Kind.DOSE}

    assert kinds <= {Code.UNSCHEDULED, Code.SAID}


@pytest.mark.parametrize(
    ("command", "facts", "words"),
    [
        pytest.param(SayNotYet, {}, "not_yet: all due", id="not-yet"),
        pytest.param(
            MakeRemark, {"remark": Remark.OTHERS_DOSE}, "remark: others_dose", id="of-another-person"
        ),
        pytest.param(
            ConfirmDoses, {"scope": Scope(unresolved=True)}, "confirm: name unknown", id="unknown-name"
        ),
    ],
)
def test_a_statement_that_wrote_nothing_has_a_row(command: type, facts: dict[str, Any], words: str) -> None:
    life = a_morning()
    life.says(command, **facts)

    (said,) = [row for row in the_rows(life) if row.kind is Kind.STATEMENT]

    assert (said.code, said.words, said.recorded_at) == (Code.SAID, words, life.now)


def test_a_statement_that_was_taken_back_has_a_row_that_says_so() -> None:
    life = a_morning()
    life.says(ConfirmDoses)
    life.says(Undo)

    said = [(row.words, row.voided) for row in the_rows(life) if row.kind is Kind.STATEMENT]

    assert said == [("confirm: all due", True), ("undo: all due", False)]


def test_a_statement_that_wrote_a_dose_has_no_row_of_its_own() -> None:
    life = a_morning()
    life.says(ConfirmDoses)

    assert [row.kind for row in the_rows(life)] == [Kind.DOSE]


def test_one_statement_about_three_moments_is_flagged() -> None:
    life = a_life()
    life.has_helpers()
    life.takes(times=(time(8), time(12), time(16)))
    life.until("2027-05-04 20:30")
    dues = tuple(DoseKey(ASPIRIN, EIGHT + timedelta(hours=h)) for h in (0, 4, 8))
    life.do(RecordGiven, speaker=contact(SAM), doses=dues, how=How.SEEN)

    found = [(row.bulk, row.flagged) for row in the_rows(life)]

    assert found == [(3, True)] * 3


def test_a_record_more_than_a_day_late_is_flagged() -> None:
    life = a_morning()
    life.until("2027-05-05 12:00")
    life.do(RecordGiven, speaker=contact(SAM), doses=(DoseKey(ASPIRIN, EIGHT),), how=How.GIVEN)

    first = next(row for row in the_rows(life) if row.due == EIGHT)

    assert (first.code, first.flagged) == (Code.TAKEN, True)


def test_each_dose_shows_the_version_of_the_plan_that_asked_for_it() -> None:
    life = a_morning()
    life.says(ConfirmDoses)
    phase = Phase(first_day=date(2027, 5, 4), timing=FixedTimes(wall_times=(time(9),)), amount=Decimal(2))
    life.do(ChangePlan, speaker=OPERATOR, medication_id=ASPIRIN, phases=(phase,), start=Start.NEXT_DAY)
    life.until("2027-05-05 09:10")
    life.says(ConfirmDoses, session="s2")

    found = [(row.plan_version, row.amount) for row in the_rows(life)]

    assert found == [(1, Decimal(1)), (2, Decimal(2))]


def test_a_dose_that_a_changed_plan_ends_is_superseded() -> None:
    life = a_morning()
    life.do(ChangePlan, speaker=OPERATOR, medication_id=ASPIRIN, phases=(), start=Start.NOW)
    life.until("2027-05-06 12:00")

    row = the_dose(life)

    assert (row.code, row.by, row.how) == (Code.SUPERSEDED, SpeakerKind.OPERATOR, How.PLAN)


def test_nothing_is_due_after_the_discharge_and_what_was_open_is_excused() -> None:
    life = a_morning()
    life.do(Discharge, speaker=OPERATOR)
    life.until("2027-05-09 12:00")

    row = the_dose(life)

    assert row.code is Code.EXCUSED


def test_a_dose_is_a_dose_though_the_clocks_change_under_it() -> None:
    life = a_life("2027-03-27 21:00")
    life.takes(times=(time(2, 30),), first_day=date(2027, 3, 27))
    life.until("2027-03-29 02:00")

    found = [row.due for row in the_rows(life)]

    assert found == [datetime(2027, 3, 28, 1, 30, tzinfo=UTC)]  # 02:30 does not exist: 03:30 in Berlin


def test_days_choose_rows_by_the_calendar_of_the_patient() -> None:
    life = a_life()
    life.takes(times=(time(0, 30), time(23, 30)))
    life.until("2027-05-07 12:00")

    days = Days(first=date(2027, 5, 5), last=date(2027, 5, 5))
    found = [row.due.astimezone(BERLIN).time() for row in the_rows(life) if row.due and days.hold(row)]

    assert found == [time(0, 30), time(23, 30)]


def test_a_year_keeps_one_row_for_each_dose_in_order() -> None:
    life = a_life()
    life.takes(times=(time(8), time(20)))
    for _ in range(60):
        life.until(f"{life.now.astimezone(BERLIN) + timedelta(hours=23):%Y-%m-%d} 08:30")
        life.says(ConfirmDoses, session=f"s{life.now:%j}")

    dues = [row.due for row in the_rows(life) if row.kind is Kind.DOSE]

    assert len(dues) == len(set(dues)) == 119
    assert dues == sorted(d for d in dues if d)


_SAYINGS = st.sampled_from(
    [
        (ConfirmDoses, {}),
        (ConfirmDoses, {"scope": Scope(medications=(ASPIRIN,))}),
        (ConfirmDoses, {"part": Decimal("0.5")}),
        (TakeAgain, {}),
        (SayNotYet, {}),
        (SkipDoses, {}),
        (DontRemember, {}),
        (Undo, {}),
        (AskDue, {}),
        (Tick, {}),
        (RecordGiven, {"how": How.SEEN}),
    ]
)
_MINUTES = st.one_of(st.integers(min_value=0, max_value=3), st.integers(min_value=0, max_value=900))
A_DOSE_LATER = datetime(2027, 5, 4, 8, 1, tzinfo=BERLIN)
_SPEAKERS = st.sampled_from([PATIENT, SOMEONE])


@given(st.lists(st.tuples(_SAYINGS, _MINUTES, _SPEAKERS), max_size=25))
def test_the_rows_agree_with_the_chart_whatever_was_said(said: list[tuple[Any, int, Speaker]]) -> None:
    life = a_life()
    life.has_helpers()
    life.takes(times=(time(8), time(14)))
    life.takes(MedicationId("med_drops"), "drops", form=Form.DROPS)
    for (command, facts), minutes, speaker in said:
        wall = life.now.astimezone(BERLIN) + timedelta(minutes=minutes)
        life.until(f"{wall:%Y-%m-%d %H:%M}")
        if command is RecordGiven:
            life.until(f"{max(life.now.astimezone(BERLIN), A_DOSE_LATER):%Y-%m-%d %H:%M}")
            doses = tuple(dose.key for dose in life.chart.doses(life.now - timedelta(hours=24), life.now))
            life.do(command, speaker=contact(SAM), doses=doses, **facts)
        else:
            life.says(command, session=f"s{life.now:%j}", speaker=speaker, **facts)

    found = the_rows(life)

    doses_found = {(row.medication_id, row.due): row for row in found if row.kind is Kind.DOSE}
    assert len(doses_found) == sum(row.kind is Kind.DOSE for row in found)
    assert found == sorted(found, key=lambda row: row.moment)
    for outcome in life.chart.now.outcomes:
        code = doses_found[outcome.key].code.value
        assert code == outcome.state.value or (code, outcome.state) == ("partly", DoseState.TAKEN)
    for part in life.chart.now.parts:
        assert doses_found[part.key].code is Code.PARTLY
    kept = {outcome.key for outcome in life.chart.now.outcomes} | {part.key for part in life.chart.now.parts}
    unwritten = {row.code for key, row in doses_found.items() if key not in kept and not older(life, row)}
    assert unwritten <= {Code.DUE, Code.NOT_OBSERVED}
    intakes = {intake.intake_id for intake in life.chart.now.intakes}
    assert len(intakes) <= sum(row.kind is Kind.INTAKE and not row.voided for row in found)
    assert statements_in(found) == {
        e.statement_id for d in life.ledger for e in d.events if hasattr(e, "words")
    }


def older(life: Life, row: Row) -> bool:
    """Whether the chart may have forgotten it."""
    return row.moment < life.now - timedelta(days=13)


def statements_in(found: list[Row]) -> set[str]:
    return {row.statement_id for row in found if row.statement_id is not None}
