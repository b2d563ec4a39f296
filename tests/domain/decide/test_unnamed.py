"""Said among several by a voice that nobody knows: kept, weighed, and moved once the name is told (S1)."""

from typing import Any

import pytest

from skill.domain.alerts import Detail
from skill.domain.commands import Command, ConfirmDoses, DontRemember, SayNotYet, TakeAgain, Undo
from skill.domain.decide import decide
from skill.domain.decide.unnamed import concern_of
from skill.domain.events import Reason, StatementHeard, StatementKind
from skill.domain.identity import SOMEONE, OperationId, StatementId, derived_id
from skill.domain.said import Remark, Scope
from skill.domain.unnamed import Concern, KeepUnnamed, TellSpeaker
from skill.domain.wake import next_wake
from tests.builders import a_chart, a_medication, at, walls
from tests.domain.decide.mornings import ASPIRIN, WARFARIN, a_morning, named, took
from tests.doubles import Play

OPERATION = OperationId("alexa/1/unnamed")
KEPT = StatementId(derived_id("stm", OPERATION))


def would(play: Play, kind: type[Command], **fields: Any) -> Any:  # noqa: ANN401 - a decision
    return decide(play.chart, play.new(kind, **fields), play.now)


def keep(play: Play, concern: Concern, **fields: Any) -> Any:  # noqa: ANN401 - a decision
    known = {"kind": StatementKind.CONFIRM, "words": "all due", "operation": OPERATION}
    return play.says(KeepUnnamed, concern=concern, **known | fields)


# ---- how grave it is


def test_what_fits_the_plan_of_one_of_them_is_taken_for_theirs() -> None:
    due, empty = a_morning(ASPIRIN), a_morning(ASPIRIN, until="04:30")

    assert concern_of([would(due, ConfirmDoses), would(empty, ConfirmDoses)]) is Concern.NONE
    assert concern_of([would(due, SayNotYet)]) is Concern.NONE


def test_again_is_a_second_one_whosever_it_was() -> None:
    due = a_morning(ASPIRIN)

    assert concern_of([would(due, TakeAgain), would(due, ConfirmDoses)]) is Concern.OVERDOSE


@pytest.mark.parametrize(
    ("medication", "concern"),
    [(ASPIRIN, Concern.UNSCHEDULED), (WARFARIN, Concern.OVERDOSE)],
    ids=["ordinary", "critical"],
)
def test_what_is_planned_for_nobody_now_is_too_much_for_whoever_took_it(
    medication: Any,  # noqa: ANN401 - a medication
    concern: Concern,
) -> None:
    """S10."""
    play, other = Play(a_chart(medication), at("04:30")), a_morning(a_medication("other", "08:00"))
    theirs = would(play, ConfirmDoses, scope=named(medication))
    not_theirs = would(other, ConfirmDoses, scope=Scope(unresolved=True))

    assert concern_of([theirs, not_theirs]) is concern


def test_a_name_that_is_on_no_list_is_kept_and_no_more() -> None:
    play = a_morning(ASPIRIN)

    assert concern_of([would(play, ConfirmDoses, scope=Scope(unresolved=True))]) is Concern.NONE


def test_a_doubt_is_checked() -> None:
    taken, unsure, early = a_morning(ASPIRIN), a_morning(ASPIRIN), Play(a_chart(ASPIRIN), at("04:30"))
    took(taken)
    taken.wait(minutes=1)

    assert concern_of([would(taken, ConfirmDoses)]) is Concern.CHECK
    assert concern_of([would(taken, Undo, speaker=SOMEONE)]) is Concern.CHECK
    assert concern_of([would(unsure, DontRemember)]) is Concern.CHECK
    assert concern_of([would(early, ConfirmDoses, at=walls("04:00")[0])]) is Concern.CHECK


# ---- what becomes of it


def test_it_waits_two_minutes_for_the_name_and_then_stays_as_said_by_somebody() -> None:
    """S1: nothing is dropped, and nothing is taken."""
    play = a_morning(ASPIRIN)

    decision = keep(play, Concern.NONE)
    wake = next_wake(play.chart)
    play.until("08:05")
    before = play.chart.now.unnamed
    play.until("08:06")

    assert (decision.reason, wake) == (Reason.SPEAKER_ASKED, at("08:06"))
    assert [one.statement_id for one in before] == [KEPT]
    [heard] = [event for event in play.events if isinstance(event, StatementHeard)]
    assert (heard.statement_id, heard.kind, heard.remark) == (
        KEPT,
        StatementKind.REMARK,
        Remark.NAME_UNKNOWN,
    )
    assert heard.words == "confirm all due, said 2027-05-04T06:04Z, not known by whom"
    assert (play.chart.now.unnamed, play.chart.now.outcomes, play.chart.now.alerts) == ((), (), ())


def test_a_doubt_that_stays_without_a_name_is_told_to_a_helper() -> None:
    play = a_morning(ASPIRIN)

    keep(play, Concern.CHECK)
    before = play.chart.now.alerts
    play.until("08:06")

    assert before == ()
    assert play.alert().detail is Detail.UNSURE


@pytest.mark.parametrize(
    ("concern", "reason"),
    [(Concern.OVERDOSE, Reason.OVERDOSE), (Concern.UNSCHEDULED, Reason.UNSCHEDULED)],
    ids=["overdose", "unscheduled"],
)
def test_what_may_be_too_much_is_told_before_the_name(concern: Concern, reason: Reason) -> None:
    """S1, S10."""
    play = a_morning(ASPIRIN)

    decision = keep(play, concern)

    assert decision.reason is reason
    assert play.alert().detail is Detail.SOMEONE_AT_HOME


def test_the_name_in_time_leaves_no_statement_behind() -> None:
    play = a_morning(ASPIRIN)
    keep(play, Concern.CHECK)

    play.says(TellSpeaker, statement_id=KEPT)
    again = play.says(TellSpeaker, statement_id=KEPT)
    play.until("08:10")

    assert again.events == ()
    assert (play.chart.now.unnamed, play.chart.now.statements, play.chart.now.alerts) == ((), (), ())


def test_the_name_of_one_statement_leaves_the_others_waiting() -> None:
    play = a_morning(ASPIRIN)
    keep(play, Concern.NONE)
    keep(play, Concern.NONE, operation=OperationId("alexa/2/unnamed"))

    play.says(TellSpeaker, statement_id=KEPT)

    assert len(play.chart.now.unnamed) == 1


def test_the_same_words_delivered_again_when_nobody_remembers_them_are_kept_once() -> None:
    """A repeat that has left the ring is harmless."""
    play = Play(a_chart(ASPIRIN))
    keep(play, Concern.NONE)
    play.chart = play.chart.with_now(operations=())

    again = keep(play, Concern.NONE)

    assert (again.reason, again.events) == (Reason.NOTHING_CHANGED, ())
