"""Said twice, or of something that is not due: no stated intake is ever lost."""

from datetime import timedelta
from typing import Any

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.commands import (
    Answer,
    AskDue,
    ConfirmDoses,
    DontRemember,
    EndSession,
    OpenSession,
    RaiseAlert,
    Reply,
    Undo,
)
from skill.domain.doses import DoseState
from skill.domain.events import (
    QuestionKind,
    Reason,
    StatementHeard,
)
from skill.domain.identity import PATIENT, SOMEONE, DeviceId, MedicationId, Speaker
from skill.domain.regimen import Group
from skill.domain.said import Scope
from tests.builders import a_chart, a_medication, at, walls
from tests.domain.decide.mornings import ASPIRIN, INSULIN, METFORMIN, WARFARIN, a_morning, named, states, took
from tests.doubles import Play

# ---- S1: said twice


def test_the_same_words_within_half_a_minute_are_the_same_statement() -> None:
    """S1."""
    play = a_morning(ASPIRIN)
    first = took(play)
    play.wait(seconds=30)

    second = took(play)

    assert (second.reason, second.facts) == (first.reason, first.facts)
    assert [type(event) for event in second.events] == [StatementHeard]


@pytest.mark.parametrize(
    ("seconds", "session"),
    [(31, "s1"), (5, "s2")],
    ids=["later", "in another session"],
)
def test_a_second_statement_asks_the_same_or_again(seconds: int, session: str) -> None:
    """S1."""
    play = a_morning(ASPIRIN)
    took(play)
    play.wait(seconds=seconds)

    decision = took(play, session=session)

    assert (decision.reason, decision.facts["at"]) == (Reason.SAME_OR_AGAIN, at("08:04"))
    assert decision.facts["count"] == 1


def test_the_same_words_at_the_same_device_are_the_same_statement_in_a_new_conversation() -> None:
    """S1: two one-shots are two sessions."""
    play = a_morning(ASPIRIN)
    first = took(play, device=DeviceId("kitchen"))
    play.wait(seconds=10)

    second = took(play, session="s2", device=DeviceId("kitchen"))

    assert (second.reason, second.facts) == (first.reason, first.facts)
    assert [type(event) for event in second.events] == [StatementHeard]


@pytest.mark.parametrize(
    ("device", "speaker"),
    [("bedroom", SOMEONE), ("kitchen", PATIENT)],
    ids=["another device", "another speaker"],
)
def test_the_same_words_from_elsewhere_ask_the_same_or_again(device: str, speaker: Speaker) -> None:
    """S1."""
    play = a_morning(ASPIRIN)
    took(play, device=DeviceId("kitchen"))
    play.wait(seconds=10)

    decision = took(play, session="s2", device=DeviceId(device), speaker=speaker)

    assert decision.reason is Reason.SAME_OR_AGAIN


def test_what_was_asked_in_another_conversation_is_asked_in_this_one_anew() -> None:
    play = a_morning(ASPIRIN, INSULIN)
    asked = play.says(ConfirmDoses, device=DeviceId("kitchen"))
    play.wait(seconds=10)

    again = play.says(ConfirmDoses, session="s2", device=DeviceId("kitchen"))
    answered = play.says(Answer, session="s2", question=again.asks, reply=Reply.YES)

    assert asked.reason is again.reason is Reason.READ_BACK
    assert again.asks != asked.asks
    assert answered.reason is Reason.WRITTEN


def test_the_same_words_after_the_question_was_answered_are_new_words() -> None:
    play = a_morning(ASPIRIN, INSULIN)
    asked = play.says(ConfirmDoses)
    play.says(Answer, question=asked.asks, reply=Reply.NO)

    again = play.says(ConfirmDoses)

    assert asked.reason is again.reason is Reason.READ_BACK
    assert again.asks != asked.asks


def test_the_same_words_while_the_question_is_open_ask_it_once_more() -> None:
    play = a_morning(ASPIRIN, INSULIN)
    asked = play.says(ConfirmDoses)

    again = play.says(ConfirmDoses)

    assert (again.reason, again.asks) == (Reason.READ_BACK, asked.asks)


def test_the_same_words_are_known_across_a_tick_in_between() -> None:
    play = a_morning(ASPIRIN, INSULIN)
    play.sleep_until(at("10:00") - timedelta(seconds=10))
    asked = play.says(ConfirmDoses)
    play.wait(seconds=20)

    again = play.says(ConfirmDoses)

    assert (again.reason, again.asks) == (asked.reason, asked.asks)
    assert play.chart.now.operations[-1].operation != asked.operation


def test_a_repeat_that_has_left_the_memory_of_words_is_asked_about() -> None:
    play = a_morning(ASPIRIN)
    took(play)
    play.chart = play.chart.with_now(operations=())

    assert took(play).reason is Reason.SAME_OR_AGAIN


def test_one_name_does_not_carry_off_another_that_was_taken_twice() -> None:
    """S1: metformin is due, aspirin was written down before."""
    play = a_morning(METFORMIN, ASPIRIN)
    took(play, named(ASPIRIN))
    play.wait(minutes=10)

    decision = took(play, named(METFORMIN, ASPIRIN))

    assert (decision.reason, decision.facts["count"]) == (Reason.SAME_OR_AGAIN, 1)
    assert states(play)["metformin", "08:00"] is DoseState.TAKEN


def test_a_second_statement_in_the_morning_is_not_last_evenings_dose() -> None:
    """S1: the dose that is nearest was told; one that closed before it is not meant."""
    play = a_morning(METFORMIN, until="2027-05-05 08:04")
    took(play, named(METFORMIN), session="s0")
    assert states(play)["metformin", "20:00"] is DoseState.UNCONFIRMED
    question = play.chart.now.question
    assert question is None or question.kind is not QuestionKind.WHICH_TIME
    play.wait(hours=2)

    decision = took(play, named(METFORMIN))

    assert decision.reason is Reason.SAME_OR_AGAIN
    assert states(play)["metformin", "20:00"] is DoseState.UNCONFIRMED


def test_without_a_clear_time_only_the_second_one_is_asked_about() -> None:
    """S1 before S20: what is due stays due, and nothing is written at a time that was not read back."""
    play = a_morning(METFORMIN, ASPIRIN)
    took(play, named(ASPIRIN))
    play.wait(minutes=10)

    decision = took(play, named(METFORMIN, ASPIRIN), at=walls("08:10")[0])

    assert decision.reason is Reason.SAME_OR_AGAIN
    assert ("metformin", "08:00") not in states(play)


def test_what_is_not_planned_comes_before_a_time_to_be_read_back() -> None:
    """S10 before S20."""
    other = a_medication("other", "22:00")
    play = a_morning(METFORMIN, other)

    decision = took(play, named(METFORMIN, other), at=walls("08:02")[0])

    assert decision.reason is Reason.UNSCHEDULED
    assert states(play) == {}


def test_a_whole_packet_is_asked_about_when_it_is_told_twice() -> None:
    """S1: both moments of the morning, not the last one alone."""
    play = a_morning(a_medication("a", "08:00"), a_medication("b", "08:30"), until="08:40")
    took(play)
    play.wait(minutes=10)

    decision = took(play)

    assert (decision.reason, decision.facts["count"]) == (Reason.SAME_OR_AGAIN, 2)


# ---- S10: nothing is due


def test_what_is_not_due_is_recorded_as_an_intake() -> None:
    """S10."""
    play = Play(a_chart(ASPIRIN), at("04:30"))

    decision = took(play, named(ASPIRIN))

    assert decision.reason is Reason.UNSCHEDULED
    [intake] = play.chart.now.intakes
    assert (intake.medication_id, intake.at) == (ASPIRIN.medication_id, at("04:30"))


def test_a_critical_one_gets_the_overdose_words() -> None:
    """S10."""
    play = Play(a_chart(WARFARIN), at("04:30"))

    decision = took(play, named(WARFARIN))

    assert (decision.reason, decision.facts) == (Reason.OVERDOSE, {"helper": "con_sam"})
    assert play.alert().detail.value == "unscheduled"


def test_an_intake_of_nothing_that_was_named_may_be_any_of_them() -> None:
    """S10."""
    play = Play(a_chart(ASPIRIN, WARFARIN), at("04:30"))

    decision = took(play)

    assert decision.reason is Reason.OVERDOSE
    assert [intake.medication_id for intake in play.chart.now.intakes] == [None]


def test_what_is_not_planned_is_recorded_beside_what_is_due() -> None:
    """S10: one name is due, the other stands on no plan today, the third was told before."""
    other = a_medication("other", "22:00")
    play = a_morning(METFORMIN, ASPIRIN, other)
    took(play, named(ASPIRIN))
    play.wait(minutes=5)

    decision = took(play, named(METFORMIN, other, ASPIRIN))

    assert decision.reason is Reason.UNSCHEDULED
    assert [intake.medication_id for intake in play.chart.now.intakes] == [other.medication_id]
    assert states(play)["metformin", "08:00"] is DoseState.TAKEN
    assert sorted(a.detail.value for a in play.chart.now.alerts) == ["unscheduled", "unsure"]


def test_a_name_said_twice_is_one_intake() -> None:
    play = Play(a_chart(ASPIRIN), at("04:30"))

    took(play, named(ASPIRIN, ASPIRIN))

    assert len(play.chart.now.intakes) == 1


def test_earlier_ones_are_asked_about_before_anything_is_written() -> None:
    play = a_morning(ASPIRIN, until="14:00")

    decision = took(play)

    assert (decision.reason, decision.facts["due"]) == (Reason.EARLIER_ONES, at("08:00"))
    assert states(play) == {("aspirin", "08:00"): DoseState.UNCONFIRMED}


def test_the_statement_itself_answers_which_earlier_ones() -> None:
    play = a_morning(ASPIRIN, until="14:00")
    took(play)
    play.wait(seconds=40)

    decision = took(play)

    assert decision.reason is Reason.WRITTEN_EARLIER
    play.wait(minutes=5)
    assert play.chart.now.intakes == ()
    assert play.chart.now.question is None


def test_a_statement_after_a_question_speaks_of_what_was_asked() -> None:
    play = a_morning(ASPIRIN, INSULIN)
    play.says(OpenSession)

    decision = took(play)

    assert decision.reason is Reason.REST_ASKED
    assert states(play) == {("aspirin", "08:00"): DoseState.TAKEN}


def test_what_was_told_may_be_a_medicine_of_the_list_only() -> None:
    play = a_morning(ASPIRIN)

    decision = took(play, Scope(medications=(MedicationId("med_gone"),)))

    assert decision.reason is Reason.UNSCHEDULED
    assert [intake.amount for intake in play.chart.now.intakes] == [None]


# ---- an intake that was told and fits no dose


@pytest.mark.parametrize("reply", [Reply.YES, Reply.NO, Reply.NOT_SURE], ids=str)
def test_its_time_is_read_back_and_every_answer_records_it(reply: Reply) -> None:
    """S10, S20."""
    play = Play(a_chart(ASPIRIN), at("04:30"))
    asked = took(play, named(ASPIRIN), at=walls("04:00")[0])

    decision = play.says(Answer, question=asked.asks, reply=reply)

    assert (asked.reason, decision.reason) == (Reason.TIME_READ_BACK, Reason.UNSCHEDULED)
    [intake] = play.chart.now.intakes
    assert intake.medication_id == ASPIRIN.medication_id
    assert intake.at == at("04:30" if reply is Reply.NO else "04:00")


@pytest.mark.parametrize("command", [Undo, DontRemember, AskDue, EndSession, RaiseAlert])
def test_whatever_comes_next_it_is_recorded(command: Any) -> None:  # noqa: ANN401 - commands
    """S10: "that's wrong", "I don't remember", another question, silence, a fall."""
    fields = {EndSession: {"silent": False}, RaiseAlert: {"kind": AlertKind.FALL}}.get(command, {})
    play = Play(a_chart(ASPIRIN), at("04:30"))
    took(play, named(ASPIRIN), at=walls("04:00")[0])

    play.says(command, **fields)
    play.wait(minutes=3)

    assert [(i.medication_id, i.at) for i in play.chart.now.intakes] == [(ASPIRIN.medication_id, at("04:00"))]


@pytest.mark.parametrize(
    ("scope", "intakes"),
    [(Scope(), 1), (named(ASPIRIN), 1), (named(METFORMIN), 2)],
    ids=["said again", "named again", "another one"],
)
def test_what_is_said_again_is_one_intake_and_another_one_is_another(scope: Scope, intakes: int) -> None:
    """S10."""
    play = Play(a_chart(ASPIRIN, METFORMIN), at("04:30"))
    took(play, named(ASPIRIN), at=walls("04:00")[0])

    took(play, scope)
    play.wait(minutes=3)

    assert len(play.chart.now.intakes) == intakes
    assert ASPIRIN.medication_id in {intake.medication_id for intake in play.chart.now.intakes}


def test_an_intake_at_noon_is_not_lost_over_another_dose() -> None:
    """S1, S10: "I took them at twelve" (is that right?) "I took my pills" is about the evening."""
    play = Play(a_chart(a_medication("evening", "18:00")), at("17:00"))
    took(play, Scope())
    play.wait(minutes=1)
    took(play, Scope(), at=walls("12:00")[0])

    decision = took(play, Scope())
    play.wait(minutes=3)

    assert decision.reason is Reason.SAME_OR_AGAIN
    assert [intake.at for intake in play.chart.now.intakes] == [at("12:00")]


@pytest.mark.parametrize(
    ("scope", "intakes"),
    [(Scope(), 0), (named(INSULIN), 0), (named(METFORMIN), 1)],
    ids=["those", "one of those", "another one"],
)
def test_which_earlier_ones_is_answered_only_by_what_speaks_of_them(scope: Scope, intakes: int) -> None:
    """S10: "I took my shot" (the one of eight?) "I took my metformin" leaves the shot to be found out."""
    play = a_morning(METFORMIN, INSULIN, until="20:05")
    asked = took(play, Scope(group=Group.SHOT))

    took(play, scope)
    play.wait(minutes=3)

    assert asked.reason is Reason.EARLIER_ONES
    assert len(play.chart.now.intakes) == intakes
