"""The one function: an operation has its effect once, however often it comes."""

from typing import get_args

import pytest

from skill.domain import commands as cmd
from skill.domain import unnamed
from skill.domain.alerts import AlertKind
from skill.domain.commands import (
    AddMedication,
    AskTaken,
    ConfirmDoses,
    MakeRemark,
    RaiseAlert,
    TakeAgain,
    Tick,
)
from skill.domain.decide import decide
from skill.domain.events import Event, Reason
from skill.domain.fold import fold
from skill.domain.fold_alerts import HANDLERS as ALERT_HANDLERS
from skill.domain.fold_doses import HANDLERS as DOSE_HANDLERS
from skill.domain.identity import SOMEONE, OperationId, SessionId
from skill.domain.said import Remark
from skill.errors import InvalidError
from tests.builders import a_chart, a_medication, a_phase
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
ONCE = {"operation": OperationId("once"), "speaker": SOMEONE, "session": SessionId("s1")}


def test_a_repeated_operation_has_the_same_words_and_no_effect() -> None:
    """S1, fault 21."""
    play = Play(a_chart(TABLET))
    play.until("08:04")
    first = play.carry_out(ConfirmDoses(**ONCE))
    play.wait(minutes=1)

    again = play.carry_out(ConfirmDoses(**ONCE))

    assert (again.reason, again.facts, again.asks) == (first.reason, first.facts, first.asks)
    assert again.events == ()


@pytest.mark.parametrize(
    "command",
    [ConfirmDoses(**ONCE), TakeAgain(**ONCE), RaiseAlert(kind=AlertKind.FALL, **ONCE)],
    ids=["taken", "again", "a fall"],
)
def test_an_operation_that_left_the_memory_is_known_by_its_traces(command: cmd.Command) -> None:
    """Design §3: a repeat that has left the ring is harmless because state guards it."""
    play = Play(a_chart(TABLET))
    play.until("08:04")
    play.carry_out(command)
    play.chart = play.chart.with_now(operations=(), statements=())
    before = play.chart
    play.until("09:04")

    decision = play.carry_out(command)

    assert (decision.reason, decision.events) == (Reason.NOTHING_CHANGED, ())
    assert play.chart.now.outcomes == before.now.outcomes
    assert [a.kind for a in play.chart.now.alerts] == [a.kind for a in before.now.alerts]


def test_what_people_said_is_not_crowded_out_by_what_time_does() -> None:
    """Fault 62: hundreds of ticks, claims and settlings between a request and its repetition."""
    play = Play(a_chart(TABLET))
    play.until("08:04")
    play.carry_out(ConfirmDoses(**ONCE))
    for day in range(5, 15):
        play.until(f"2027-05-{day:02d} 06:00")

    assert play.chart.operation(OperationId("once")) is not None
    assert len(play.chart.now.operations) <= 64


def test_the_memory_has_64_places() -> None:
    play = Play(a_chart(TABLET))
    for _ in range(70):
        play.says(MakeRemark, remark=Remark.TAKING_NOW)

    assert len(play.chart.now.operations) == 64
    assert play.chart.operation(OperationId("MakeRemark6")) is None
    assert play.chart.operation(OperationId("MakeRemark7")) is not None


def test_a_refused_command_changes_nothing() -> None:
    play = Play(a_chart(TABLET))
    before = play.chart

    with pytest.raises(InvalidError):
        play.do(AddMedication, medication=TABLET, phases=(a_phase(),))

    assert (play.chart, play.ledger) == (before, [])


def test_a_question_about_the_day_changes_nothing() -> None:
    play = Play(a_chart(TABLET))
    before = play.chart

    play.says(AskTaken)

    assert play.chart == before


def test_the_same_decision_on_the_same_chart_is_the_same() -> None:
    play = Play(a_chart(TABLET))
    play.sleep_until("12:00")

    first, second = (decide(play.chart, Tick(operation=OperationId("t")), play.now) for _ in range(2))

    assert first == second
    assert fold(play.chart, first) == fold(play.chart, second)


def test_every_command_is_decided_and_every_event_folded() -> None:
    """A new command or event that nobody handles is found here."""
    from skill.domain import decide as room
    from skill.domain.fold import _HANDLERS

    known = [*vars(cmd).values(), *vars(unnamed).values()]
    commands = {c for c in known if isinstance(c, type) and issubclass(c, cmd.Command)} - {cmd.Command}

    assert set(room._BY_COMMAND) == commands  # noqa: SLF001 - the register itself is the subject
    assert set(_HANDLERS) == set(get_args(Event))
    assert set(ALERT_HANDLERS) & set(DOSE_HANDLERS) == set()
