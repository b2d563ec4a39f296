"""Answers to the question just asked, and to no other."""

from typing import Any

import pytest

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import (
    Answer,
    ConfirmDoses,
    GiveSkipReason,
    OpenSession,
    Reply,
    SayWhichTime,
    SkipDoses,
    TakeAgain,
)
from skill.domain.doses import DoseState, How, SkipReason
from skill.domain.events import QuestionClosed, Reason, SkipReasonGiven, StatementHeard
from skill.domain.regimen import Form
from skill.domain.said import Scope
from skill.domain.timing import Period
from tests.builders import SAM, a_chart, a_medication, at, walls
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
TWICE = a_medication("twice", "08:00", "20:00")
INSULIN = a_medication("insulin", "08:00", form=Form.INSULIN)


def named(*medications: Any) -> Scope:  # noqa: ANN401 - medications
    return Scope(medications=tuple(m.medication_id for m in medications))


def at_the_time(wall: str, *medications: Any) -> Play:  # noqa: ANN401 - medications
    play = Play(a_chart(*(medications or (TABLET,))))
    play.until(wall)
    return play


def reply(play: Play, asked: Any, said: Reply, **fields: Any) -> Any:  # noqa: ANN401 - decisions
    return play.says(Answer, question=asked.asks, reply=said, **fields)


def states(play: Play) -> list[DoseState]:
    return [outcome.state for outcome in play.chart.now.outcomes]


def closed(decision: Any) -> list[str]:  # noqa: ANN401 - a decision
    return [event.answer for event in decision.events if isinstance(event, QuestionClosed)]


# ---- yes and no


@pytest.mark.parametrize("said", list(Reply))
def test_an_answer_to_nothing_writes_nothing(said: Reply) -> None:
    """H4: yes belongs to the last question only."""
    play = at_the_time("08:04")

    decision = play.says(Answer, question=None, reply=said)

    assert decision.reason is Reason.YES_TO_NOTHING
    assert [type(e) for e in decision.events] == [StatementHeard]


@pytest.mark.parametrize("session", ["s2"])
def test_an_answer_from_another_session_is_no_answer(session: str) -> None:
    play = at_the_time("08:04")
    asked = play.says(OpenSession)

    decision = reply(play, asked, Reply.YES, session=session)

    assert (decision.reason, states(play)) == (Reason.YES_TO_NOTHING, [])


def test_an_answer_to_an_older_question_is_no_answer() -> None:
    play = at_the_time("08:04")
    first = play.says(OpenSession)
    play.says(OpenSession)

    decision = reply(play, first, Reply.YES)

    assert (decision.reason, states(play)) == (Reason.YES_TO_NOTHING, [])


def test_a_yes_to_what_is_due_writes_it_as_a_yes() -> None:
    play = at_the_time("08:04")
    asked = play.says(OpenSession)

    decision = reply(play, asked, Reply.YES)

    assert decision.reason is Reason.WRITTEN
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.how, outcome.at) == (DoseState.TAKEN, How.YES, at("08:04"))


def test_a_yes_for_several_forms_is_read_back_first() -> None:
    """S21."""
    play = at_the_time("08:04", TABLET, INSULIN)
    asked = play.says(OpenSession)

    read_back = reply(play, asked, Reply.YES)
    written = reply(play, read_back, Reply.YES)

    assert (read_back.reason, written.reason) == (Reason.READ_BACK, Reason.WRITTEN)
    assert {o.how for o in play.chart.now.outcomes} == {How.YES}


def test_a_yes_to_a_read_back_keeps_the_kind_of_the_statement() -> None:
    play = at_the_time("08:04", TABLET, INSULIN)
    asked = play.says(ConfirmDoses)

    reply(play, asked, Reply.YES)

    assert {o.how for o in play.chart.now.outcomes} == {How.OWN_WORDS}


@pytest.mark.parametrize("said", [Reply.YES, Reply.NOT_SURE], ids=str)
def test_an_answer_about_doses_that_are_settled_meanwhile_changes_nothing(said: Reply) -> None:
    play = at_the_time("08:04")
    asked = play.says(OpenSession)
    question = play.chart.now.question
    play.says(ConfirmDoses, session="s2")
    play.chart = play.chart.with_now(question=question)

    decision = reply(play, asked, said)

    assert (decision.reason, states(play)) == (Reason.NOTHING_CHANGED, [DoseState.TAKEN])


@pytest.mark.parametrize(
    ("until", "command", "reason", "state"),
    [
        ("08:04", OpenSession, Reason.STAYS_OPEN, None),
        ("14:00", OpenSession, Reason.NOT_TAKEN, DoseState.NOT_TAKEN),
        ("14:00", ConfirmDoses, Reason.UNSCHEDULED, DoseState.UNCONFIRMED),
    ],
    ids=["what is due", "what has closed", "earlier ones"],
)
def test_a_no(until: str, command: Any, reason: Reason, state: DoseState | None) -> None:  # noqa: ANN401
    """S37 and S10: a no inside the window changes nothing; "not those" is another intake."""
    play = at_the_time(until)
    asked = play.says(command)

    decision = reply(play, asked, Reply.NO)

    assert decision.reason is reason
    assert states(play) == ([state] if state else [])
    assert play.chart.now.question is None


@pytest.mark.parametrize("at_time", [None, walls("08:02")[0]], ids=["read back", "time"])
def test_a_no_to_a_read_back_writes_nothing(at_time: Any) -> None:  # noqa: ANN401 - a clock time
    play = at_the_time("08:04", TABLET, INSULIN)
    asked = play.says(ConfirmDoses, at=at_time)

    decision = reply(play, asked, Reply.NO)

    assert (decision.reason, states(play)) == (Reason.NOT_WRITTEN, [])


def test_a_no_inside_the_window_does_not_shorten_the_wait() -> None:
    """S37."""
    play = at_the_time("08:04")
    asked = play.says(OpenSession)

    reply(play, asked, Reply.NO)
    play.until("10:00")

    assert play.alert().opened_at == at("10:00")


# ---- the same, or again


def double(play: Play) -> Any:  # noqa: ANN401 - a decision
    play.says(ConfirmDoses)
    play.wait(minutes=10)
    return play.says(ConfirmDoses)


def test_the_same_ones_change_nothing() -> None:
    """S1."""
    play = at_the_time("08:04")

    decision = reply(play, double(play), Reply.SAME)

    assert decision.reason is Reason.NOTHING_CHANGED
    play.wait(minutes=5)
    assert (play.chart.now.alerts, play.chart.now.intakes) == ((), ())


@pytest.mark.parametrize("said", [Reply.YES, Reply.NO], ids=str)
def test_neither_yes_nor_no_answers_the_same_or_again(said: Reply) -> None:
    """S1: asked once more, in the same words."""
    play = at_the_time("08:04")
    asked = double(play)

    decision = reply(play, asked, said)

    assert (decision.reason, decision.asks, decision.facts) == (asked.reason, asked.asks, asked.facts)


def test_not_sure_whether_again_asks_a_helper_to_check() -> None:
    """S1."""
    play = at_the_time("08:04")

    decision = reply(play, double(play), Reply.NOT_SURE)

    assert (decision.reason, decision.facts) == (Reason.ASKED_TO_CHECK, {"helper": SAM})
    assert (play.alert().detail, states(play)) == (Detail.UNSURE, [DoseState.TAKEN])


def test_no_answer_to_the_same_or_again_asks_a_helper_to_check() -> None:
    """S1: silence never hides a possible second dose."""
    play = at_the_time("08:04")
    double(play)

    play.wait(minutes=2)

    assert (play.alert().kind, play.alert().detail) == (AlertKind.INTAKE, Detail.UNSURE)


def test_once_again_is_told_no_silence_follows() -> None:
    """S1: one alert, not a second one two minutes later."""
    play = at_the_time("08:04")
    double(play)

    play.says(TakeAgain)
    play.wait(minutes=5)

    assert [a.detail for a in play.chart.now.alerts] == [Detail.EXTRA]


def test_the_same_ones_answer_no_other_question() -> None:
    play = at_the_time("08:04")
    asked = play.says(OpenSession)

    decision = reply(play, asked, Reply.SAME)

    assert (decision.reason, decision.asks) == (Reason.DUE_NOW, asked.asks)


# ---- not sure


@pytest.mark.parametrize("until", ["08:04", "14:00"], ids=["due", "closed"])
def test_not_sure_about_doses_makes_them_unsure(until: str) -> None:
    """S22."""
    play = at_the_time(until)
    asked = play.says(OpenSession)

    decision = reply(play, asked, Reply.NOT_SURE)

    assert (decision.reason, states(play)) == (Reason.UNSURE, [DoseState.UNSURE])


# ---- which of the two


def which(play: Play) -> Any:  # noqa: ANN401 - a decision
    return play.says(ConfirmDoses, scope=named(TWICE))


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"period": Period.MORNING}, "08:00"),
        ({"period": Period.EVENING}, "20:00"),
        ({"wall": walls("20:00")[0]}, "20:00"),
    ],
    ids=["the morning one", "the evening one", "by its time"],
)
def test_the_choice_is_written(choice: dict[str, Any], expected: str) -> None:
    """S20."""
    play = at_the_time("20:05", TWICE)
    asked = which(play)

    decision = play.says(SayWhichTime, question=asked.asks, **choice)

    assert decision.reason in {Reason.WRITTEN, Reason.WRITTEN_LATE}
    taken = [o.due for o in play.chart.now.outcomes if o.state is DoseState.TAKEN]
    assert taken == [at(expected)]


@pytest.mark.parametrize(
    "choice",
    [{"wall": walls("08:00")[0]}, {"period": Period.NOON}, {}],
    ids=["a bare eight fits both", "neither", "no choice"],
)
def test_what_does_not_choose_is_asked_again(choice: dict[str, Any]) -> None:
    """S20."""
    play = at_the_time("20:05", TWICE)
    asked = which(play)

    decision = play.says(SayWhichTime, question=asked.asks, **choice)

    assert (decision.reason, decision.asks) == (Reason.WHICH_TIME, asked.asks)


def test_one_choice_for_two_medicines_closes_one_dose_of_each() -> None:
    other = a_medication("other", "08:00", "20:00")
    play = at_the_time("20:05", TWICE, other)
    asked = play.says(ConfirmDoses, scope=named(TWICE, other))

    decision = play.says(SayWhichTime, question=asked.asks, period=Period.MORNING)

    assert decision.reason is Reason.WRITTEN_LATE
    assert [(o.medication_id, o.due) for o in play.chart.now.outcomes if o.state is DoseState.TAKEN] == [
        ("med_other", at("08:00")),
        ("med_twice", at("08:00")),
    ]


def test_a_time_that_was_said_before_the_choice_is_read_back() -> None:
    """S20: "at seven" was said of one of two; which one is known now, and the time is still not."""
    play = at_the_time("20:05", TWICE)
    asked = play.says(ConfirmDoses, scope=named(TWICE), at=walls("08:02")[0])

    decision = play.says(SayWhichTime, question=asked.asks, period=Period.EVENING)

    assert (asked.reason, decision.reason) == (Reason.WHICH_TIME, Reason.TIME_READ_BACK)
    assert decision.facts["at"] == at("20:02")


def test_a_choice_without_a_question_writes_nothing() -> None:
    play = at_the_time("08:04", TWICE)
    asked = play.says(OpenSession)

    assert play.says(SayWhichTime, question=asked.asks, period=Period.MORNING).reason is Reason.YES_TO_NOTHING
    assert play.says(SayWhichTime, question=None, period=Period.MORNING).reason is Reason.YES_TO_NOTHING
    assert states(play) == []


@pytest.mark.parametrize("said", [Reply.YES, Reply.NO], ids=str)
def test_neither_yes_nor_no_chooses(said: Reply) -> None:
    play = at_the_time("20:05", TWICE)
    asked = which(play)

    assert reply(play, asked, said).asks == asked.asks


# ---- why not


@pytest.mark.parametrize("said", [Reply.YES, Reply.NO, Reply.NOT_SURE], ids=str)
def test_the_reason_may_be_left_out(said: Reply) -> None:
    """S37."""
    play = at_the_time("08:30")
    asked = play.says(SkipDoses)

    decision = reply(play, asked, said)

    assert (decision.reason, states(play)) == (Reason.SKIPPED_NOTED, [DoseState.SKIPPED])


def test_the_reason_is_kept_when_it_is_given() -> None:
    """S37."""
    play = at_the_time("08:30")
    asked = play.says(SkipDoses)

    decision = play.says(GiveSkipReason, question=asked.asks, reason=SkipReason.SIDE_EFFECTS)

    assert decision.reason is Reason.REASON_NOTED
    assert [e.reason for e in decision.events if isinstance(e, SkipReasonGiven)] == ["side_effects"]
    assert closed(decision) == ["side_effects"]


def test_a_reason_for_nothing_is_heard_and_changes_nothing() -> None:
    play = at_the_time("08:30")
    asked = play.says(OpenSession)

    decisions = [
        play.says(GiveSkipReason, question=question, reason=SkipReason.COST)
        for question in (None, asked.asks)
    ]

    assert [d.reason for d in decisions] == [Reason.YES_TO_NOTHING] * 2
    assert states(play) == []
