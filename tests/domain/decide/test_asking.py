"""What the silence to a question means, and what is asked when another comes."""

from datetime import timedelta
from typing import Any

import pytest

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import (
    Answer,
    AskDue,
    AskWhetherHelp,
    ConfirmDoses,
    EndSession,
    MakeRemark,
    OpenSession,
    Reply,
)
from skill.domain.doses import DoseState
from skill.domain.events import QuestionClosed, QuestionKind, Reason
from skill.domain.intakes import IntakeKind
from skill.domain.ladders import LadderKind
from skill.domain.messages import MessageKind
from skill.domain.regimen import Form
from skill.domain.said import Remark, Scope
from tests.builders import ANA, SAM, a_chart, a_contact, a_medication, at, walls
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


# ---- help


@pytest.mark.parametrize("said", [Reply.YES, Reply.SAME, Reply.NOT_SURE], ids=str)
def test_whatever_is_no_no_calls_for_help(said: Reply) -> None:
    """S2."""
    play = at_the_time("08:04")
    asked = play.says(AskWhetherHelp)

    decision = reply(play, asked, said)

    assert (asked.reason, decision.reason) == (Reason.HELP_ASKED, Reason.PAGED)
    assert (play.alert().kind, play.alert().detail) == (AlertKind.HELP, Detail.NONE)


def test_a_no_calls_nobody() -> None:
    """S2."""
    play = at_the_time("08:04")
    asked = play.says(AskWhetherHelp)

    decision = reply(play, asked, Reply.NO)
    play.wait(minutes=5)

    assert (decision.reason, play.chart.now.alerts) == (Reason.NO_HELP_NEEDED, ())


def test_a_yes_when_there_is_nobody_says_so() -> None:
    """S5."""
    play = Play(a_chart(contacts=()))
    asked = play.says(AskWhetherHelp)

    assert reply(play, asked, Reply.YES).reason is Reason.NOBODY_TO_PAGE


@pytest.mark.parametrize("how", ["time", "session"])
def test_silence_calls_for_help_and_says_that_it_was_silence(how: str) -> None:
    """S2."""
    play = at_the_time("08:04")
    play.says(AskWhetherHelp)

    if how == "time":
        play.wait(minutes=2)
    else:
        play.says(EndSession, silent=True)
    play.deliver()

    assert (play.alert().detail, play.alert().about) == (Detail.ASKED_THEN_SILENT, at("08:04"))
    assert play.told(SAM) == [MessageKind.PAGE]


def test_silence_tells_the_first_contact_and_three_minutes_later_everybody() -> None:
    """S2, S7."""
    play = at_the_time("08:04")
    play.says(AskWhetherHelp)
    play.says(EndSession, silent=True)

    first = play.alert().ladder

    assert first is not None
    assert [(rung.wait, rung.contacts) for rung in first.rungs] == [
        (timedelta(0), (SAM,)),
        (timedelta(minutes=3), (SAM, ANA)),
    ]


def test_silence_climbs_a_ladder_that_begins_with_one_person_as_it_is() -> None:
    """S2."""
    play = Play(a_chart(contacts=(a_contact(SAM),)))
    play.says(AskWhetherHelp)
    play.says(EndSession, silent=True)

    assert play.alert().ladder == play.chart.find_ladder(LadderKind.HELP)


def test_a_session_that_was_ended_on_purpose_is_a_no() -> None:
    play = at_the_time("08:04")
    play.says(AskWhetherHelp)

    decision = play.says(EndSession, silent=False)

    assert (decision.reason, closed(decision), play.chart.now.alerts) == (Reason.SESSION_OVER, ["no"], ())


def test_help_said_twice_asks_again_and_pages_nobody_yet() -> None:
    """S2."""
    play = at_the_time("08:04")
    first = play.says(AskWhetherHelp)

    second = play.says(AskWhetherHelp)

    assert second.reason is Reason.HELP_ASKED
    assert second.asks not in {None, first.asks}
    assert play.chart.now.alerts == ()


def test_going_on_with_something_else_is_no_silence() -> None:
    """S2: what was understood is a reply."""
    play = at_the_time("08:04")
    play.says(AskWhetherHelp)

    decision = play.says(AskDue)

    assert (closed(decision), play.chart.now.alerts) == (["went on"], ())


def test_another_session_does_not_end_the_question_whether_help_is_needed() -> None:
    """S2: somebody asked for help and never answered."""
    play = at_the_time("08:04")
    play.says(AskWhetherHelp)

    play.says(OpenSession, session="s2")

    assert play.alert().detail is Detail.ASKED_THEN_SILENT


# ---- what gives way


def test_what_is_asked_next_does_not_swallow_an_intake() -> None:
    """S1, S10: "I took my pills" (earlier ones?) "what is due?"."""
    play = at_the_time("20:10", TWICE)
    play.says(ConfirmDoses)
    play.until("2027-05-05 14:00")
    asked = play.says(ConfirmDoses)

    decision = play.says(AskDue)

    assert asked.reason is Reason.EARLIER_ONES
    assert closed(decision) == ["silence"]
    assert [i.kind for i in play.chart.now.intakes] == [IntakeKind.UNSCHEDULED]


def test_a_call_for_help_does_not_swallow_a_possible_second_dose() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.wait(minutes=10)
    play.says(ConfirmDoses)

    play.says(AskWhetherHelp)

    assert play.alert().detail is Detail.UNSURE
    assert play.chart.now.question is not None
    assert play.chart.now.question.kind is QuestionKind.HELP


def test_silence_to_any_other_question_writes_nothing() -> None:
    play = at_the_time("08:04")
    play.says(OpenSession)

    play.wait(minutes=2)

    assert (states(play), play.chart.now.question) == ([], None)


@pytest.mark.parametrize(
    ("until", "details"), [("14:00", [Detail.UNSURE]), ("08:04", [])], ids=["what is over", "what is open"]
)
def test_silence_to_a_read_back_leaves_nothing_in_the_air(until: str, details: list[Detail]) -> None:
    """S1: what is open stays due and its ladder asks; about what is over nobody else would."""
    play = at_the_time(until)
    play.chart = play.chart.with_now(alerts=())
    asked = play.says(ConfirmDoses, scope=named(TABLET), at=walls("08:02")[0])

    play.wait(minutes=2)

    assert asked.reason is Reason.TIME_READ_BACK
    assert [a.detail for a in play.chart.now.alerts] == details


def test_a_session_that_ends_gives_its_question_the_meaning_of_silence() -> None:
    play = at_the_time("14:00")
    play.says(ConfirmDoses)

    play.says(EndSession, silent=False)

    assert [i.kind for i in play.chart.now.intakes] == [IntakeKind.UNSCHEDULED]


def test_a_session_without_a_question_just_ends() -> None:
    play = at_the_time("08:04")
    play.says(MakeRemark, remark=Remark.TAKING_NOW)

    decision = play.says(EndSession, silent=True)

    assert (decision.reason, decision.events) == (Reason.SESSION_OVER, ())


def test_the_doubt_stays_while_another_medicine_is_told() -> None:
    """S1: the second statement about the first one still waits for its answer."""
    other = a_medication("other", "08:30")
    play = at_the_time("08:10", TABLET, other)
    play.says(ConfirmDoses)
    play.until("08:35")
    play.says(ConfirmDoses, scope=named(TABLET))

    play.says(ConfirmDoses, scope=named(other))
    play.wait(minutes=3)

    assert play.alert().detail is Detail.UNSURE
    assert len(play.chart.now.outcomes) == 2
