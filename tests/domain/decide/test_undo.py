""" "That's wrong": the former state within two minutes, later unsure, and never a second dose."""

from decimal import Decimal
from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.commands import (
    Answer,
    AskWhetherHelp,
    ConfirmDoses,
    DontRemember,
    MakeRemark,
    OpenSession,
    RaiseAlert,
    RecordGiven,
    Reply,
    SayNotYet,
    SkipDoses,
    TakeAgain,
    Undo,
)
from skill.domain.doses import DoseKey, DoseState, How
from skill.domain.events import IntakeRecorded, QuestionClosed, Reason, StatementHeard, StatementUndone
from skill.domain.identity import PATIENT, SOMEONE
from skill.domain.messages import MessageKind
from skill.domain.regimen import Form
from skill.domain.said import Remark, Scope
from tests.builders import SAM, a_chart, a_medication, at, walls
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
DOSE = DoseKey(TABLET.medication_id, at("08:00"))


def at_the_time(wall: str, *medications: Any) -> Play:  # noqa: ANN401 - medications
    play = Play(a_chart(*(medications or (TABLET,))))
    play.until(wall)
    return play


def states(play: Play) -> list[DoseState]:
    return [outcome.state for outcome in play.chart.now.outcomes]


# ---- in time


def test_within_two_minutes_the_dose_is_as_it_was() -> None:
    """S23."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.wait(minutes=2)

    decision = play.says(Undo)

    assert (decision.reason, decision.facts) == (Reason.UNDONE, {"count": 1})
    assert states(play) == []
    play.until("10:00")
    assert play.alert().doses == (DOSE,)


def test_the_earlier_record_stays_in_the_ledger() -> None:
    """S23."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses)

    play.says(Undo)

    assert [type(e).__name__ for e in play.events if type(e) is not StatementHeard][-2:] == [
        "DoseSettled",
        "StatementUndone",
    ]


@pytest.mark.parametrize(
    ("first", "before"),
    [(SkipDoses, DoseState.SKIPPED), (DontRemember, DoseState.UNSURE)],
    ids=["skipped", "not sure"],
)
def test_what_was_said_before_holds_again(first: Any, before: DoseState) -> None:  # noqa: ANN401 - commands
    """S23."""
    play = at_the_time("08:04")
    play.says(first)
    play.says(ConfirmDoses, scope=Scope(medications=(TABLET.medication_id,)))

    play.says(Undo)

    assert states(play) == [before]


def test_a_part_that_was_told_before_is_open_again() -> None:
    """S22, S23."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses, part=Decimal("0.5"))
    play.says(ConfirmDoses)

    play.says(Undo)

    assert [part.part for part in play.chart.now.parts] == [Decimal("0.5")]
    assert states(play) == []


def test_a_part_itself_is_taken_back() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses, part=Decimal("0.5"))

    play.says(Undo)

    assert (play.chart.now.parts, states(play)) == ((), [])


def test_a_no_after_the_window_is_taken_back_too() -> None:
    play = at_the_time("14:00")
    play.says(OpenSession)
    play.says(SayNotYet)

    decision = play.says(Undo)

    assert (decision.reason, states(play)) == (Reason.UNDONE, [DoseState.UNCONFIRMED])


def test_an_extra_one_is_taken_back_and_a_helper_looks_all_the_same() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.says(TakeAgain)

    play.says(Undo)

    assert play.chart.now.intakes == ()
    assert [e for e in play.events if isinstance(e, IntakeRecorded)] != []
    assert play.alert().state is AlertState.OPEN


def test_whoever_got_the_all_clear_hears_that_it_was_taken_back() -> None:
    """Design §3: past its first wait a new alert opens."""
    play = at_the_time("10:10")
    play.says(ConfirmDoses)
    play.wait(minutes=1)

    play.says(Undo)
    play.deliver()

    assert play.told(SAM) == [
        MessageKind.PAGE,
        MessageKind.CLOSED_BY_WORD,
        MessageKind.CORRECTION,
        MessageKind.PAGE,
    ]
    assert [a.state for a in play.chart.now.alerts] == [AlertState.RESOLVED, AlertState.OPEN]


def test_a_dose_whose_window_is_over_has_an_alert_again_too() -> None:
    play = at_the_time("14:00")
    play.says(ConfirmDoses, scope=Scope(medications=(TABLET.medication_id,)))

    play.says(Undo)

    assert states(play) == [DoseState.UNCONFIRMED]
    assert [a.state for a in play.chart.now.alerts][-1] is AlertState.OPEN
    assert play.chart.now.alerts[-1].doses == (DOSE,)


def test_a_window_that_ends_meanwhile_ends_after_the_undo() -> None:
    play = at_the_time("11:59")
    play.says(ConfirmDoses)
    play.wait(minutes=1, seconds=30)

    play.says(Undo)
    play.wait(seconds=5)

    assert states(play) == [DoseState.UNCONFIRMED]


# ---- later


@pytest.mark.parametrize(
    ("minutes", "session"), [(3, "s1"), (1, "s2")], ids=["after two minutes", "another session"]
)
def test_later_the_dose_is_unsure_and_never_prompted(minutes: int, session: str) -> None:
    """S23."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.wait(minutes=minutes)

    decision = play.says(Undo, session=session)
    play.until("2027-05-05 06:00")

    assert (decision.reason, decision.facts) == (Reason.UNDONE_UNSURE, {"count": 1, "helper": SAM})
    assert states(play) == [DoseState.UNSURE]
    assert [a.detail for a in play.chart.now.alerts] == [Detail.UNSURE]


def test_whoever_got_an_all_clear_long_ago_is_not_written_to_again() -> None:
    """The alert is a day gone; the helper who is asked to check hears of it."""
    play = at_the_time("10:10")
    play.says(ConfirmDoses)
    play.until("2027-05-05 12:00")

    decision = play.says(Undo)
    play.deliver()

    assert decision.reason is Reason.UNDONE_UNSURE
    assert MessageKind.CORRECTION not in play.told(SAM)


def test_after_a_day_and_a_half_nothing_is_taken_back() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.until("2027-05-05 20:10")

    assert play.says(Undo).reason is Reason.NOTHING_TO_UNDO


def test_there_may_be_nothing_to_take_back() -> None:
    play = at_the_time("08:04")
    play.says(MakeRemark, remark=Remark.TAKING_NOW)

    decision = play.says(Undo)

    assert (decision.reason, [type(e) for e in decision.events]) == (Reason.NOTHING_TO_UNDO, [StatementHeard])


def test_a_statement_is_taken_back_once() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.says(Undo)

    assert play.says(Undo).reason is Reason.NOTHING_TO_UNDO


# ---- whose statement


def test_a_helper_takes_back_her_own_statement_only() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)

    assert play.helper(SAM, Undo).reason is Reason.NOTHING_TO_UNDO


def test_a_helper_takes_back_what_she_wrote() -> None:
    """S30."""
    play = at_the_time("08:04")
    play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN)

    decision = play.helper(SAM, Undo)

    assert (decision.reason, states(play)) == (Reason.UNDONE, [])


def test_another_voice_of_the_same_session_may_take_it_back() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses, speaker=PATIENT)

    assert play.says(Undo, speaker=SOMEONE).reason is Reason.UNDONE


def test_another_voice_of_another_session_may_not() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses, speaker=PATIENT)

    assert play.says(Undo, session="s2", speaker=SOMEONE).reason is Reason.NOTHING_TO_UNDO


def test_what_a_helper_wrote_since_is_not_taken_back_with_it() -> None:
    """S30: a skip is taken back after the helper gave the dose."""
    play = at_the_time("08:04")
    play.says(SkipDoses)
    play.says(Answer, question=play.ledger[-1].asks, reply=Reply.NO)
    play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN)
    play.wait(minutes=1)

    decision = play.says(Undo)

    assert decision.reason is Reason.NOTHING_TO_UNDO
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.how) == (DoseState.TAKEN, How.GIVEN)


def test_of_two_doses_only_the_one_that_is_still_as_said() -> None:
    other = a_medication("other", "08:00")
    play = at_the_time("08:04", TABLET, other)
    play.says(SkipDoses)
    play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN)
    play.wait(minutes=5)

    decision = play.says(Undo)

    [undone] = [e for e in decision.events if isinstance(e, StatementUndone)]
    assert undone.doses == (DoseKey(other.medication_id, at("08:00")),)
    assert {o.medication_id: o.state for o in play.chart.now.outcomes} == {
        TABLET.medication_id: DoseState.TAKEN,
        other.medication_id: DoseState.UNSURE,
    }


# ---- said of a question


@pytest.mark.parametrize(
    ("until", "command", "fields"),
    [
        ("08:04", OpenSession, {}),
        ("14:00", OpenSession, {}),
        ("08:04", ConfirmDoses, {}),
        ("08:04", ConfirmDoses, {"at": walls("08:02")[0]}),
    ],
    ids=["what is due", "what has closed", "a read-back", "a time"],
)
def test_what_was_about_to_be_written_is_not(until: str, command: Any, fields: dict[str, Any]) -> None:  # noqa: ANN401
    """S23: and what was written this morning stays."""
    insulin = a_medication("insulin", "08:00", form=Form.INSULIN)
    play = at_the_time("07:05", a_medication("early", "07:00"), TABLET, insulin)
    play.says(ConfirmDoses)
    play.until(until)
    play.says(command, **fields)

    decision = play.says(Undo)

    assert decision.reason is Reason.NOT_WRITTEN
    assert play.chart.now.outcomes[0].state is DoseState.TAKEN
    assert play.chart.now.question is None


def test_an_intake_that_was_told_stays_told() -> None:
    """S10: "I took my pills" (the earlier ones?) "that's wrong"."""
    play = at_the_time("14:00")
    play.says(ConfirmDoses)

    decision = play.says(Undo)

    assert decision.reason is Reason.UNSCHEDULED
    assert len(play.chart.now.intakes) == 1


def test_a_doubt_about_a_second_one_stays_a_doubt() -> None:
    """S1."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.wait(minutes=1)
    play.says(ConfirmDoses)

    decision = play.says(Undo)

    assert (decision.reason, states(play)) == (Reason.UNDONE, [])
    assert play.alert().detail is Detail.UNSURE


def test_after_what_was_written_the_question_about_the_rest_ends_too() -> None:
    insulin = a_medication("insulin", "08:00", form=Form.INSULIN)
    play = at_the_time("08:04", TABLET, insulin)
    play.says(ConfirmDoses, scope=Scope(medications=(TABLET.medication_id,)))
    play.says(OpenSession)
    play.says(SkipDoses)

    decision = play.says(Undo)

    assert decision.reason is Reason.UNDONE
    assert [e.answer for e in decision.events if isinstance(e, QuestionClosed)] == ["undo"]
    assert play.chart.now.question is None


@pytest.mark.parametrize("kind", [AlertKind.FALL, AlertKind.HELP])
def test_falls_and_calls_for_help_are_never_touched(kind: AlertKind) -> None:
    play = at_the_time("08:04")
    play.says(RaiseAlert, kind=kind)

    decision = play.says(Undo)

    assert decision.reason is Reason.NOTHING_TO_UNDO
    assert play.alert().state is AlertState.OPEN


def test_nor_is_the_question_whether_a_person_is_needed() -> None:
    """S2."""
    play = at_the_time("08:04")
    asked = play.says(AskWhetherHelp)

    play.says(Undo)

    assert play.chart.now.question is not None
    assert play.chart.now.question.question_id == asked.asks
