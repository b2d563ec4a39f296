""" "I took …": which doses that means, and which of two."""

from decimal import Decimal

from skill.domain.commands import Answer, SayWhichTime, SkipDoses
from skill.domain.doses import DoseState
from skill.domain.events import (
    DosePartlyTaken,
    Reason,
)
from skill.domain.regimen import Criticality
from skill.domain.said import Reply, Scope
from skill.domain.timing import Period
from tests.builders import a_medication, at, walls
from tests.domain.decide.mornings import ASPIRIN, METFORMIN, a_morning, named, states, took

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


def test_what_is_due_is_in_doubt_while_the_one_before_closed_in_silence() -> None:
    """S20: asks which, and changes neither."""
    play = a_morning(METFORMIN, until="20:05")

    decision = took(play)

    assert (decision.reason, decision.facts["first"], decision.facts["second"]) == (
        Reason.WHICH_TIME,
        at("08:00"),
        at("20:00"),
    )
    assert states(play) == {("metformin", "08:00"): DoseState.UNCONFIRMED}


def test_what_is_due_beside_a_doubtful_one_goes_with_the_present_time() -> None:
    """S20, S21: "this evening" is the whole packet; with a critical one it is read back first."""
    evening = a_medication("evening", "20:00", criticality=Criticality.CRITICAL)
    play = a_morning(METFORMIN, evening, until="20:05")
    asked = took(play)

    chosen = play.says(SayWhichTime, question=asked.asks, period=Period.EVENING)
    play.says(Answer, question=chosen.asks, reply=Reply.YES)

    assert (asked.reason, chosen.reason) == (Reason.WHICH_TIME, Reason.READ_BACK)
    assert states(play) == {
        ("metformin", "08:00"): DoseState.UNCONFIRMED,
        ("metformin", "20:00"): DoseState.TAKEN,
        ("evening", "20:00"): DoseState.TAKEN,
    }


def test_what_was_skipped_before_leaves_no_doubt_about_what_is_due() -> None:
    play = a_morning(METFORMIN)
    play.says(SkipDoses)
    play.until("20:05")

    assert took(play).reason is Reason.WRITTEN


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
