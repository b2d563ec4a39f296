""" "I took them": what is written, and what is read back first."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from skill.domain.commands import (
    Answer,
    Reply,
    SkipDoses,
)
from skill.domain.doses import DoseState, How
from skill.domain.events import (
    DoseSettled,
    IntakeRecorded,
    Reason,
    StatementHeard,
)
from skill.domain.regimen import Group, Medication
from skill.domain.said import Scope
from skill.domain.timing import Period
from tests.builders import a_medication, at, walls
from tests.domain.decide.mornings import (
    ASPIRIN,
    DROPS,
    EVERYTHING,
    INSULIN,
    METFORMIN,
    PILLS,
    WARFARIN,
    a_morning,
    named,
    states,
    took,
)

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


@pytest.mark.parametrize(
    ("medication", "reason"),
    [(INSULIN, Reason.READ_BACK), (WARFARIN, Reason.READ_BACK), (ASPIRIN, Reason.WRITTEN)],
    ids=["an injection", "a critical one", "a pill"],
)
@pytest.mark.parametrize("group", [Group.MEDICINES, Group.EVERYTHING])
def test_my_medicines_with_one_due_is_read_back_unless_it_is_an_ordinary_pill(
    group: Group, medication: Medication, reason: Reason
) -> None:
    """S21, text 2a."""
    play = a_morning(medication)

    assert took(play, Scope(group=group)).reason is reason


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
