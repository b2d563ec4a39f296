"""Launch, "what is due?" and "did I take them?"."""

from decimal import Decimal
from typing import Any

import pytest

from skill.domain.commands import (
    AskDue,
    AskTaken,
    ConfirmDoses,
    DontRemember,
    OpenSession,
    RecordGiven,
    SayNotYet,
    SkipDoses,
    Undo,
)
from skill.domain.doses import DoseKey, How
from skill.domain.events import QuestionKind, Reason
from skill.domain.said import Scope
from tests.builders import SAM, a_chart, a_medication, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
OTHER = a_medication("other", "08:00")
UNRESOLVED = Scope(unresolved=True)


def named(*medications: Any) -> Scope:  # noqa: ANN401 - medications
    return Scope(medications=tuple(m.medication_id for m in medications))


def at_the_time(wall: str, *medications: Any) -> Play:  # noqa: ANN401 - medications
    play = Play(a_chart(*(medications or (TABLET,))))
    play.until(wall)
    return play


@pytest.mark.parametrize("command", [OpenSession, AskDue])
def test_what_is_due_is_asked_about(command: Any) -> None:  # noqa: ANN401 - two commands
    play = at_the_time("08:04", TABLET, OTHER)

    decision = play.says(command)

    assert decision.reason is Reason.DUE_NOW
    assert decision.facts == {"count": 2, "due": at("08:00"), "period": "morning"}
    assert play.chart.now.question is not None
    assert play.chart.now.question.kind is QuestionKind.DUE


def test_what_has_closed_is_asked_about_apart_and_never_counted() -> None:
    """S18."""
    early = a_medication("early", "07:00")
    play = at_the_time("11:30", early, TABLET)

    due = play.says(OpenSession)
    play.says(ConfirmDoses)
    closed = play.says(OpenSession)

    assert (due.reason, due.facts["count"], due.facts["due"]) == (Reason.DUE_NOW, 1, at("08:00"))
    assert (closed.reason, closed.facts["count"], closed.facts["due"]) == (
        Reason.CLOSED_EARLIER,
        1,
        at("07:00"),
    )


def test_what_is_not_due_yet_is_not_offered() -> None:
    """S18."""
    play = at_the_time("07:30")

    assert play.says(OpenSession).reason is Reason.NOTHING_DUE


def test_doses_of_different_times_of_day_have_no_common_one() -> None:
    play = at_the_time("11:30", TABLET, a_medication("noon", "11:15"))

    decision = play.says(AskDue)

    assert decision.facts == {"count": 2, "due": at("08:00")}


def test_the_next_prompt_says_which_helper_wrote_it_down() -> None:
    """S30."""
    play = at_the_time("08:10")
    play.helper(SAM, RecordGiven, doses=(DoseKey(TABLET.medication_id, at("08:00")),), how=How.GIVEN)

    decision = play.says(OpenSession)

    assert decision.reason is Reason.TOLD_GIVEN
    assert decision.facts == {
        "count": 1,
        "due": at("08:00"),
        "period": "morning",
        "at": at("08:10"),
        "by": SAM,
    }


def test_after_the_window_the_helper_is_mentioned_once_and_then_no_more() -> None:
    """S30."""
    play = at_the_time("08:10")
    play.helper(SAM, RecordGiven, doses=(DoseKey(TABLET.medication_id, at("08:00")),), how=How.SEEN)
    play.until("12:00")

    first = play.says(OpenSession)
    second = play.says(OpenSession)

    assert (first.reason, second.reason) == (Reason.TOLD_GIVEN, Reason.NOTHING_DUE)


def test_whatever_is_asked_next_says_first_what_a_helper_wrote() -> None:
    """S30: with something due, and with something that closed in silence."""
    late = a_medication("late", "11:00")
    play = at_the_time("08:10", TABLET, OTHER, late)
    play.helper(SAM, RecordGiven, doses=(DoseKey(TABLET.medication_id, at("08:00")),), how=How.GIVEN)

    due = play.says(OpenSession)
    again = play.says(OpenSession)
    play.helper(SAM, RecordGiven, doses=(DoseKey(OTHER.medication_id, at("08:00")),), how=How.GIVEN)
    play.until("16:00")
    closed = play.says(OpenSession)

    assert (due.reason, len(due.facts["given"]), "given" in again.facts) == (Reason.DUE_NOW, 1, False)
    assert (closed.reason, len(closed.facts["given"])) == (Reason.CLOSED_EARLIER, 1)


def test_what_a_helper_wrote_at_two_times_is_said_with_both() -> None:
    """S30."""
    play = at_the_time("08:10", TABLET, OTHER)
    for minute, medication in (("08:10", TABLET), ("08:20", OTHER)):
        play.until(minute)
        play.helper(SAM, RecordGiven, doses=(DoseKey(medication.medication_id, at("08:00")),), how=How.GIVEN)

    decision = play.says(OpenSession)

    assert decision.reason is Reason.TOLD_GIVEN
    assert (decision.facts["count"], len(decision.facts["given"])) == (1, 1)
    assert play.chart.now.unsaid == ()


def test_what_was_written_otherwise_since_is_no_news_of_a_helper() -> None:
    play = at_the_time("08:10")
    play.helper(SAM, RecordGiven, doses=(DoseKey(TABLET.medication_id, at("08:00")),), how=How.GIVEN)
    play.helper(SAM, Undo)

    assert play.says(OpenSession).reason is not Reason.TOLD_GIVEN


# ---- did I take them?


def test_with_nothing_written_down_nobody_has_told() -> None:
    """S17."""
    play = at_the_time("08:30")

    decision = play.says(AskTaken)

    assert (decision.reason, decision.facts["count"]) == (Reason.TOLD_NOTHING, 1)
    assert decision.events == ()


@pytest.mark.parametrize("wall", ["04:30", "14:00"], ids=["nothing yet", "closed in silence"])
def test_it_is_never_a_no(wall: str) -> None:
    """S17."""
    play = Play(a_chart(TABLET), at("04:30"))
    play.until(wall)

    assert play.says(AskTaken).reason is Reason.TOLD_NOTHING


def test_what_was_told_is_told_with_its_time() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.until("08:30")

    decision = play.says(AskTaken)

    assert (decision.reason, decision.facts["at"], decision.facts["rest"]) == (
        Reason.TOLD_TAKEN,
        at("08:04"),
        0,
    )


def test_of_a_packet_only_what_was_told_is_said_to_be_taken() -> None:
    play = at_the_time("08:04", TABLET, OTHER)
    play.says(ConfirmDoses, scope=named(TABLET))
    play.until("08:30")

    decision = play.says(AskTaken)

    assert (decision.reason, decision.facts["count"], decision.facts["rest"]) == (Reason.TOLD_TAKEN, 1, 1)


def test_what_a_helper_wrote_is_said_to_be_hers() -> None:
    play = at_the_time("08:10")
    play.helper(SAM, RecordGiven, doses=(DoseKey(TABLET.medication_id, at("08:00")),), how=How.GIVEN)

    decision = play.says(AskTaken)

    assert (decision.reason, decision.facts["by"]) == (Reason.TOLD_GIVEN, SAM)


def test_a_part_is_a_part() -> None:
    """S22."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses, part=Decimal("0.5"))

    decision = play.says(AskTaken)

    assert (decision.reason, decision.facts["at"]) == (Reason.TOLD_PARTLY, at("08:04"))


def test_what_was_skipped_was_skipped() -> None:
    play = at_the_time("08:30")
    play.says(SkipDoses)

    assert play.says(AskTaken).reason is Reason.TOLD_SKIPPED


def test_what_was_said_to_be_unsure_is_told_as_unsure() -> None:
    """S17, S22."""
    play = at_the_time("08:30")
    play.says(DontRemember)

    assert play.says(AskTaken).reason is Reason.TOLD_UNSURE


def test_what_was_said_not_to_be_taken_is_told_as_it_was_said() -> None:
    """S17."""
    play = at_the_time("13:00")
    play.says(OpenSession)
    play.says(SayNotYet)

    assert play.says(AskTaken).reason is Reason.TOLD_NOT_TAKEN


def test_a_name_that_is_unknown_is_asked_for() -> None:
    play = at_the_time("08:30")

    assert play.says(AskTaken, scope=UNRESOLVED).reason is Reason.WHICH_MEDICINE


def test_the_question_is_about_the_one_that_was_named() -> None:
    play = at_the_time("08:04", TABLET, OTHER)
    play.says(ConfirmDoses, scope=named(TABLET))

    assert play.says(AskTaken, scope=named(OTHER)).reason is Reason.TOLD_NOTHING
    assert play.says(AskTaken, scope=named(TABLET)).reason is Reason.TOLD_TAKEN
