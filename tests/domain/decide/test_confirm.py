""" "I took them": what is written, what is read back, and what is asked."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
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
    SkipDoses,
    Undo,
)
from skill.domain.doses import DoseState, How
from skill.domain.events import (
    DosePartlyTaken,
    DoseSettled,
    IntakeRecorded,
    QuestionKind,
    Reason,
    StatementHeard,
)
from skill.domain.identity import MedicationId
from skill.domain.regimen import Criticality, Form, Group
from skill.domain.said import Scope
from skill.domain.timing import Period
from tests.builders import a_chart, a_medication, at, walls
from tests.doubles import Play

METFORMIN = a_medication("metformin", "08:00", "20:00")
ASPIRIN = a_medication("aspirin", "08:00")
INSULIN = a_medication("insulin", "08:00", form=Form.INSULIN)
DROPS = a_medication("drops", "08:00", form=Form.DROPS)
WARFARIN = a_medication("warfarin", "08:00", criticality=Criticality.CRITICAL)
PILLS, EVERYTHING = Scope(group=Group.PILLS), Scope(group=Group.EVERYTHING)


def named(*medications: Any) -> Scope:  # noqa: ANN401 - medications
    return Scope(medications=tuple(m.medication_id for m in medications))


def a_morning(*medications: Any, until: str = "08:04") -> Play:  # noqa: ANN401 - medications
    play = Play(a_chart(*medications))
    play.until(until)
    return play


def states(play: Play) -> dict[tuple[str, str], DoseState]:
    zone = play.chart.plan.patient.zone
    return {
        (o.medication_id.removeprefix("med_"), f"{o.due.astimezone(zone):%H:%M}"): o.state
        for o in play.chart.now.outcomes
    }


def took(play: Play, scope: Scope = PILLS, **fields: Any) -> Any:  # noqa: ANN401 - fields and a decision
    return play.says(ConfirmDoses, scope=scope, **fields)


# ---- what is due


def test_what_is_due_is_written_once() -> None:
    play = a_morning(METFORMIN, ASPIRIN)

    decision = took(play)

    assert (decision.reason, decision.facts["count"], decision.asks) == (Reason.WRITTEN, 2, None)
    assert states(play) == {
        ("metformin", "08:00"): DoseState.TAKEN,
        ("aspirin", "08:00"): DoseState.TAKEN,
    }
    assert {o.how for o in play.chart.now.outcomes} == {How.OWN_WORDS}


def test_before_its_moment_the_open_dose_is_meant() -> None:
    play = a_morning(METFORMIN, until="07:10")

    decision = took(play)

    assert decision.reason is Reason.WRITTEN
    assert states(play) == {("metformin", "08:00"): DoseState.TAKEN}


def test_later_than_planned_is_said_and_written() -> None:
    play = a_morning(METFORMIN, until="09:40")

    decision = took(play)

    assert (decision.reason, decision.facts["late"]) == (Reason.WRITTEN_LATE, True)
    [settled] = [e for e in decision.events if isinstance(e, DoseSettled)]
    assert (settled.late, settled.time_stated, settled.outcome.at) == (True, False, at("09:40"))


def test_doses_of_two_moments_in_one_statement_are_flagged() -> None:
    """S45."""
    play = a_morning(a_medication("a", "08:00"), a_medication("b", "08:30"), until="08:40")

    decision = took(play)

    assert [e.bulk for e in decision.events if isinstance(e, DoseSettled)] == [2, 2]


def test_a_medicine_that_somebody_gives_is_not_meant_by_all() -> None:
    """S30."""
    play = a_morning(METFORMIN, a_medication("given", "08:00", given_by="con_ana"))

    took(play, EVERYTHING)

    assert states(play) == {("metformin", "08:00"): DoseState.TAKEN}


# ---- S21: groups, read-back, exceptions


@pytest.mark.parametrize(
    ("group", "closed"),
    [(Group.PILLS, "aspirin"), (Group.SHOT, "insulin"), (Group.DROPS, "drops")],
    ids=str,
)
def test_a_word_closes_its_own_form_and_asks_for_the_next(group: Group, closed: str) -> None:
    """S21."""
    play = a_morning(ASPIRIN, INSULIN, DROPS)

    decision = took(play, Scope(group=group))

    assert states(play) == {(closed, "08:00"): DoseState.TAKEN}
    assert (decision.reason, decision.facts["rest"]) == (Reason.REST_ASKED, 1)


def test_the_other_forms_are_asked_for_one_after_the_other() -> None:
    """S21."""
    play = a_morning(ASPIRIN, INSULIN, DROPS)

    first = took(play)
    second = play.says(Answer, question=first.asks, reply=Reply.YES)
    third = play.says(Answer, question=second.asks, reply=Reply.YES)

    assert [first.facts["form"], second.facts["form"]] == ["drops", "insulin"]
    assert third.reason is Reason.WRITTEN
    assert {how for _, how in sorted((o.medication_id, o.how) for o in play.chart.now.outcomes)} == {
        How.OWN_WORDS,
        How.YES,
    }
    assert len(states(play)) == 3


def test_after_a_read_back_the_other_forms_are_asked_for_too() -> None:
    """S21: one of the pills is critical, and there is an injection."""
    play = a_morning(ASPIRIN, WARFARIN, INSULIN)

    asked = took(play)
    decision = play.says(Answer, question=asked.asks, reply=Reply.YES)

    assert asked.reason is Reason.READ_BACK
    assert (decision.reason, decision.facts["form"]) == (Reason.REST_ASKED, "insulin")


@pytest.mark.parametrize(
    ("medications", "scope", "forms"),
    [
        ((ASPIRIN, INSULIN), Scope(), ("insulin",)),
        ((ASPIRIN, WARFARIN), PILLS, None),
        ((ASPIRIN, METFORMIN), EVERYTHING, None),
        ((ASPIRIN, METFORMIN, WARFARIN), Scope(excepted=(WARFARIN.medication_id,)), None),
    ],
    ids=["forms differ", "one is critical", "everything", "all except"],
)
def test_what_is_not_plain_is_read_back_before_it_is_written(
    medications: Sequence[Any], scope: Scope, forms: tuple[str, ...] | None
) -> None:
    """S21."""
    play = a_morning(*medications)

    decision = took(play, scope)

    assert (decision.reason, decision.facts["count"], decision.facts.get("forms")) == (
        Reason.READ_BACK,
        2,
        forms,
    )
    assert states(play) == {}


@pytest.mark.parametrize(
    "scope",
    [named(WARFARIN), named(ASPIRIN, WARFARIN, INSULIN), PILLS],
    ids=["one named", "three named", "a single pill"],
)
def test_what_was_named_or_is_alone_is_written_at_once(scope: Scope) -> None:
    play = a_morning(WARFARIN) if scope == PILLS else a_morning(ASPIRIN, WARFARIN, INSULIN)

    took(play, scope)

    assert set(states(play).values()) == {DoseState.TAKEN}
    assert len(states(play)) == max(1, len(scope.medications))


@pytest.mark.parametrize(
    "scope",
    [Scope(unresolved=True), Scope(medications=(ASPIRIN.medication_id,), unresolved=True)],
    ids=["a name", "a name beside one that is known"],
)
def test_a_name_that_is_not_resolved_records_nothing_at_all(scope: Scope) -> None:
    """S21."""
    play = a_morning(ASPIRIN)

    decision = took(play, scope)

    assert decision.reason is Reason.WHICH_MEDICINE
    assert [type(event) for event in decision.events] == [StatementHeard]


@pytest.mark.parametrize("scope", [PILLS, Scope(period=Period.MORNING)], ids=["pills", "morning pills"])
def test_what_is_left_of_a_packet_is_read_back(scope: Scope) -> None:
    """Nobody names it, and the rest of the packet is written down already."""
    play = a_morning(ASPIRIN, METFORMIN)
    took(play, named(ASPIRIN))
    play.wait(minutes=5)

    decision = took(play, scope)

    assert (decision.reason, decision.facts["count"]) == (Reason.READ_BACK, 1)


# ---- packets


def test_the_packet_that_is_named_is_closed_as_a_whole() -> None:
    """What closed in silence too: one window may be shorter than the other."""
    short = a_medication("short", "08:00", "12:00")
    play = a_morning(short, ASPIRIN, until="11:30")

    decision = took(play, Scope(period=Period.MORNING))

    assert decision.reason is Reason.WRITTEN_LATE
    assert states(play) == {("short", "08:00"): DoseState.TAKEN, ("aspirin", "08:00"): DoseState.TAKEN}


def test_what_was_skipped_is_no_part_of_a_packet_that_is_told_later() -> None:
    play = a_morning(METFORMIN, ASPIRIN)
    play.says(SkipDoses, scope=named(ASPIRIN))

    took(play, Scope(period=Period.MORNING))

    assert states(play) == {
        ("metformin", "08:00"): DoseState.TAKEN,
        ("aspirin", "08:00"): DoseState.SKIPPED,
    }


def test_a_packet_that_was_skipped_as_a_whole_may_be_taken_after_all() -> None:
    play = a_morning(ASPIRIN)
    play.says(SkipDoses)

    took(play, Scope(period=Period.MORNING))

    assert states(play) == {("aspirin", "08:00"): DoseState.TAKEN}


def test_eight_in_the_evening_is_not_eight_in_the_morning() -> None:
    """S20: the packet of one moment."""
    play = a_morning(a_medication("early", "08:00"), a_medication("late", "20:00"), until="20:05")

    took(play, Scope(wall=walls("08:00")[0]))

    assert states(play)["late", "20:00"] is DoseState.TAKEN
    assert states(play)["early", "08:00"] is DoseState.UNCONFIRMED


# ---- S20: which of two


def test_a_statement_that_fits_two_doses_of_one_medicine_asks_which() -> None:
    """S20."""
    play = a_morning(METFORMIN, until="20:05")

    decision = took(play, named(METFORMIN))

    assert decision.reason is Reason.WHICH_TIME
    assert (decision.facts["first"], decision.facts["second"]) == (at("08:00"), at("20:00"))
    assert states(play) == {("metformin", "08:00"): DoseState.UNCONFIRMED}


def test_a_packet_of_both_times_of_one_medicine_asks_which() -> None:
    """S20: "my eight o'clock pills"."""
    play = a_morning(METFORMIN, until="20:05")

    decision = took(play, Scope(wall=walls("08:00")[0]))

    assert decision.reason is Reason.WHICH_TIME


def test_what_is_simply_due_is_not_in_doubt() -> None:
    play = a_morning(METFORMIN, until="20:05")

    decision = took(play)

    assert decision.reason is Reason.WRITTEN
    assert states(play)["metformin", "20:00"] is DoseState.TAKEN


def test_what_is_clear_is_written_and_the_other_asked_about() -> None:
    """Two names, and one of them fits two doses."""
    evening = a_medication("evening", "20:00")
    play = a_morning(METFORMIN, evening, until="20:05")

    decision = took(play, named(METFORMIN, evening))

    assert decision.reason is Reason.WHICH_TIME
    assert states(play)["evening", "20:00"] is DoseState.TAKEN
    assert states(play)["metformin", "08:00"] is DoseState.UNCONFIRMED


def test_the_packet_answers_which_of_the_two_and_keeps_what_was_told_before() -> None:
    play = a_morning(METFORMIN, until="20:05")
    took(play, named(METFORMIN), part=Decimal("0.5"))

    decision = took(play, Scope(period=Period.EVENING))

    assert decision.reason is Reason.WRITTEN_PARTLY
    assert [e.part for e in decision.events if isinstance(e, DosePartlyTaken)] == [Decimal("0.5")]


# ---- stated times


def test_a_bare_eight_is_read_back_before_it_is_written() -> None:
    """S20."""
    play = a_morning(ASPIRIN, until="08:30")

    asked = took(play, at=walls("08:10")[0])
    decision = play.says(Answer, question=asked.asks, reply=Reply.YES)

    assert (asked.reason, asked.facts["at"]) == (Reason.TIME_READ_BACK, at("08:10"))
    assert decision.reason is Reason.WRITTEN
    [outcome] = play.chart.now.outcomes
    assert outcome.at == at("08:10")
    [settled] = [e for e in decision.events if isinstance(e, DoseSettled)]
    assert settled.time_stated is True


def test_a_time_that_can_be_only_one_is_written_at_once() -> None:
    play = a_morning(METFORMIN, until="20:30")

    decision = took(play, at=walls("20:10")[0])

    assert (decision.reason, decision.facts["at"]) == (Reason.WRITTEN, at("20:10"))


def test_a_time_to_come_means_yesterday_and_is_read_back() -> None:
    """S20."""
    play = a_morning(METFORMIN, until="2027-05-05 08:30")

    decision = took(play, at=walls("20:10")[0])

    assert decision.reason is Reason.EARLIER_ONES  # nothing was open then that is still open now
    assert play.chart.now.question is not None
    assert play.chart.now.question.at == at("20:10")


def test_a_time_said_of_earlier_ones_is_read_back_too_and_kept() -> None:
    """S20, S45: "I took them at nine", said at two."""
    play = a_morning(ASPIRIN, until="14:00")

    earlier = took(play, at=walls("09:00")[0])
    read_back = play.says(Answer, question=earlier.asks, reply=Reply.YES)
    written = play.says(Answer, question=read_back.asks, reply=Reply.YES)

    assert [d.reason for d in (earlier, read_back, written)] == [
        Reason.EARLIER_ONES,
        Reason.TIME_READ_BACK,
        Reason.WRITTEN,
    ]
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.at) == (DoseState.TAKEN, at("09:00"))


def test_a_time_said_of_several_forms_is_read_back_and_then_the_forms() -> None:
    """S20 and S21."""
    play = a_morning(ASPIRIN, INSULIN, until="08:30")

    time_asked = took(play, EVERYTHING, at=walls("08:10")[0])
    forms_asked = play.says(Answer, question=time_asked.asks, reply=Reply.YES)
    written = play.says(Answer, question=forms_asked.asks, reply=Reply.YES)

    assert [d.reason for d in (time_asked, forms_asked, written)] == [
        Reason.TIME_READ_BACK,
        Reason.READ_BACK,
        Reason.WRITTEN,
    ]
    assert {o.at for o in play.chart.now.outcomes} == {at("08:10")}


# ---- S22: parts


def test_a_part_leaves_the_rest_open_and_both_make_one_dose() -> None:
    """S22."""
    play = a_morning(ASPIRIN)

    half = took(play, part=Decimal("0.5"))
    rest = took(play)

    assert (half.reason, rest.reason) == (Reason.WRITTEN_PARTLY, Reason.WRITTEN)
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.part) == (DoseState.TAKEN, 1)
    assert [e for e in play.events if isinstance(e, IntakeRecorded)] == []


def test_two_halves_make_a_whole() -> None:
    """S22."""
    play = a_morning(ASPIRIN)
    took(play, part=Decimal("0.5"))
    play.wait(minutes=1)

    decision = took(play, part=Decimal("0.5"))

    assert decision.reason is Reason.WRITTEN
    assert play.chart.now.outcomes[0].part == 1


def test_half_of_which_one() -> None:
    """S22: nothing is written that is not clear."""
    play = a_morning(ASPIRIN, METFORMIN)

    decision = took(play, part=Decimal("0.5"))

    assert decision.reason is Reason.WHICH_MEDICINE
    assert (play.chart.now.parts, play.chart.now.outcomes) == ((), ())


def test_half_and_then_all_of_it_within_half_a_minute_are_not_the_same_words() -> None:
    play = a_morning(ASPIRIN)
    took(play, part=Decimal("0.5"))

    took(play)

    assert play.chart.now.outcomes[0].part == 1


def test_half_of_what_was_skipped_is_not_lost() -> None:
    """Nothing said is dropped: the skip gives way to what was taken after all."""
    play = a_morning(ASPIRIN)
    play.says(SkipDoses)

    decision = took(play, named(ASPIRIN), part=Decimal("0.5"))

    assert decision.reason is Reason.WRITTEN_PARTLY
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.part) == (DoseState.TAKEN, Decimal("0.5"))


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

    assert decision.reason is Reason.WRITTEN_LATE
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
