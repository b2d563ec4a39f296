"""The one wake of a chart, and what time brings to its doses."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from skill.domain.chart import Chart
from skill.domain.doses import DoseState, How, OpenPart
from skill.domain.events import Question, QuestionKind, Reason
from skill.domain.identity import QuestionId, StatementId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Criticality
from skill.domain.timings import AsNeeded
from skill.domain.wake import Mark, dose_marks, is_urgent, next_wake
from tests.builders import (
    SAM,
    TUESDAY,
    a_chart,
    a_ladder,
    a_medication,
    a_message,
    a_patient,
    a_phase,
    a_regimen,
    a_rung,
    an_address,
    an_alert,
    an_outcome,
    at,
)

TABLET = a_medication("lisinopril", "08:00")
PROMPTED = a_patient(prompts=an_address())
DUE = (TABLET.medication_id, at("08:00"))


def marks(chart: Chart, after: str = "06:00", until: str = "23:00") -> list[tuple[str, Mark]]:
    found = dose_marks(chart, at(after), at(until))
    return [(f"{mark.at.astimezone(chart.plan.patient.zone):%H:%M}", mark.mark) for mark in found]


def test_a_dose_is_due_then_waited_for_then_over() -> None:
    chart = a_chart(TABLET, patient=PROMPTED)

    assert marks(chart) == [("08:00", Mark.DUE), ("10:00", Mark.FIRST_WAIT), ("12:00", Mark.CLOSES)]


def test_a_patient_without_prompts_is_not_asked_at_the_moment() -> None:
    assert marks(a_chart(TABLET)) == [("10:00", Mark.FIRST_WAIT), ("12:00", Mark.CLOSES)]


def test_a_medicine_that_somebody_gives_is_not_asked_of_the_patient() -> None:
    """S30."""
    chart = a_chart(a_medication(given_by=SAM), patient=PROMPTED)

    assert marks(chart) == [("10:00", Mark.FIRST_WAIT), ("12:00", Mark.CLOSES)]


def test_the_first_wait_counts_also_when_it_is_longer_than_the_window() -> None:
    slow = a_ladder(a_rung(SAM, wait=timedelta(hours=6)))
    chart = a_chart(TABLET, ladders=(slow,))

    assert marks(chart) == [("12:00", Mark.CLOSES), ("14:00", Mark.FIRST_WAIT)]


def test_the_wait_is_that_of_the_medicines_own_ladder() -> None:
    chart = a_chart(a_medication(criticality=Criticality.TIME_CRITICAL))

    assert marks(chart) == [("08:30", Mark.FIRST_WAIT), ("12:00", Mark.CLOSES)]


def test_without_a_ladder_the_window_closes_all_the_same() -> None:
    assert marks(a_chart(TABLET, ladders=())) == [("12:00", Mark.CLOSES)]


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        ("09:59", "10:00", [Mark.FIRST_WAIT]),
        ("10:00", "11:59", []),
        ("10:00", "12:00", [Mark.CLOSES]),
        ("12:00", "23:00", [Mark.CLOSES]),  # found open though it should be over: now
    ],
    ids=["up to its moment", "not again", "the end", "opened again"],
)
def test_a_mark_belongs_to_the_stretch_that_ends_with_it(
    after: str, until: str, expected: list[Mark]
) -> None:
    found = dose_marks(a_chart(TABLET), at(after), at(until))

    assert [mark.mark for mark in found] == expected
    assert all(at(after) <= mark.at <= at(until) for mark in found)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"outcomes": (an_outcome(TABLET, at("08:00")),)}, []),
        ({"outcomes": (an_outcome(TABLET, at("08:00"), DoseState.UNSURE),)}, []),
        (
            {"outcomes": (an_outcome(TABLET, at("08:00"), DoseState.UNCONFIRMED, how=How.SILENCE),)},
            [Mark.FIRST_WAIT],
        ),
        (
            {"parts": (OpenPart(*DUE, Decimal("0.5"), at("08:05"), StatementId("stm_1")),)},
            [Mark.CLOSES],
        ),
        ({"alerts": (an_alert(doses=(DUE,)),)}, [Mark.CLOSES]),
    ],
    ids=["taken", "not sure", "closed in silence", "partly taken", "asked about already"],
)
def test_what_was_said_decides_what_is_still_to_come(now: dict[str, Any], expected: list[Mark]) -> None:
    assert [mark for _, mark in marks(a_chart(TABLET, **now))] == expected


def test_marks_come_in_the_order_in_which_they_are_worked() -> None:
    """At one moment: what closes, what was waited for, what is due."""
    chart = a_chart(
        a_medication("a", "08:00"),
        a_medication("b", "10:00"),
        a_medication("c", "12:00"),
        a_medication("d", "12:00"),
        patient=PROMPTED,
    )

    found = [(m.mark, m.dose.medication.name.value) for m in dose_marks(chart, at("11:59"), at("12:00"))]

    assert found == [(Mark.CLOSES, "a"), (Mark.FIRST_WAIT, "b"), (Mark.DUE, "c"), (Mark.DUE, "d")]


# ---- the wake


def test_a_chart_wakes_at_the_first_mark() -> None:
    assert next_wake(a_chart(TABLET)) == at("10:00")


def test_what_is_settled_wakes_nobody() -> None:
    chart = a_chart(TABLET, outcomes=(an_outcome(TABLET, at("08:00")),))

    assert next_wake(chart) == at("2027-05-05 10:00")


def the_question() -> Question:
    return Question(
        question_id=QuestionId("que_1"),
        kind=QuestionKind.HELP,
        session=None,
        expires_at=at("06:02"),
        reason=Reason.HELP_ASKED,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"messages": (a_message(ready_at=at("06:01")),)}, at("06:01")),
        ({"question": the_question()}, at("06:02")),
        ({"alerts": (an_alert(next_at=at("06:03")), an_alert(next_at=None))}, at("06:03")),
    ],
    ids=["a message", "a question", "a rung"],
)
def test_whatever_is_not_settled_wakes_the_chart(now: dict[str, Any], expected: datetime) -> None:
    assert next_wake(a_chart(TABLET, **now)) == expected


def test_a_plan_that_begins_later_wakes_the_chart_within_two_days() -> None:
    later = a_medication(regimens=(a_regimen(phases=(a_phase(first_day=date(2027, 6, 1)),)),))

    assert next_wake(a_chart(later)) == TUESDAY + timedelta(days=2)


@pytest.mark.parametrize(
    "medications",
    [
        (a_medication(regimens=(a_regimen(phases=()),)),),
        (a_medication(regimens=(a_regimen(phases=(a_phase(last_day=date(2027, 5, 2)),)),)),),
        (a_medication(regimens=(a_regimen(phases=(a_phase(count=2),)),)),),
        (a_medication(regimens=(a_regimen(phases=(replace(a_phase(), timing=AsNeeded()),)),)),),
    ],
    ids=["stopped", "over", "a course that is over", "as needed"],
)
def test_a_plan_without_a_future_wakes_nobody(medications: Sequence[Any]) -> None:
    assert next_wake(a_chart(*medications)) is None


def test_who_has_left_wakes_nobody() -> None:
    assert next_wake(a_chart(TABLET).with_plan(discharged_at=TUESDAY)) is None


def test_the_wake_is_the_first_of_several_medicines() -> None:
    chart = a_chart(
        a_medication("late", "22:00"),
        a_medication("early", "07:00"),
        a_medication("noon", "12:00"),
        ladders=standard_ladders([SAM], Waits()),
    )

    assert next_wake(chart) == at("09:00")


@pytest.mark.parametrize("urgent", [True, False])
def test_a_chart_is_urgent_while_a_call_for_help_waits_to_be_sent(urgent: bool) -> None:
    chart = a_chart(messages=(a_message(urgent=urgent),))

    assert is_urgent(chart) is urgent
