"""The chart is a fold of the ledger: what it keeps, and for how long."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from skill.domain.alerts import Alert, AlertState
from skill.domain.doses import DoseState
from skill.domain.events import (
    AlertMoved,
    Decision,
    DoseSettled,
    IntakeRecorded,
    MessageClaimed,
    MessageEnded,
    QuestionClosed,
    Reason,
    StatementUndone,
)
from skill.domain.events import Ended as How
from skill.domain.fold import fold, fold_all
from skill.domain.identity import (
    SYSTEM,
    AlertId,
    IntakeId,
    MedicationId,
    OperationId,
    QuestionId,
    StatementId,
)
from skill.domain.intakes import Intake, IntakeKind
from tests.builders import TUESDAY, a_chart, a_medication, an_alert, an_outcome, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
DAY = timedelta(days=1)


def a_decision(*events: object, when: datetime = TUESDAY) -> Decision:
    return Decision(
        operation=OperationId(f"op{when}"), speaker=SYSTEM, at=when, reason=Reason.TIME_PASSED, events=events
    )


def test_folding_the_ledger_gives_the_chart() -> None:
    play = Play(a_chart(TABLET))
    play.until("2027-05-06 20:00")

    assert fold_all(play.first, play.ledger) == play.chart
    assert play.chart.now.entries == len(play.ledger)


def test_outcomes_stay_for_a_fortnight() -> None:
    due = datetime(2027, 5, 4, 6, tzinfo=UTC)
    chart = a_chart(TABLET, outcomes=tuple(an_outcome(TABLET, due + n * DAY) for n in range(3)))

    kept = fold(chart, a_decision(when=due + 15 * DAY)).now.outcomes

    assert [outcome.due for outcome in kept] == [due + DAY, due + 2 * DAY]


def test_at_most_400_outcomes_stay() -> None:
    first = datetime(2027, 5, 4, tzinfo=UTC)
    outcomes = tuple(an_outcome(TABLET, first + timedelta(minutes=n)) for n in range(500))

    kept = fold(a_chart(TABLET, outcomes=outcomes), a_decision(when=first + DAY)).now.outcomes

    assert kept == outcomes[100:]


def test_outcomes_rise_by_due_moment_and_each_dose_has_one() -> None:
    other = a_medication("other", "08:00")
    said = [
        an_outcome(TABLET, at("20:00")),
        an_outcome(TABLET, at("08:00")),
        an_outcome(other, at("08:00"), DoseState.SKIPPED),
        an_outcome(TABLET, at("08:00"), DoseState.UNSURE),
    ]
    events = [DoseSettled(outcome=outcome, version=1) for outcome in said]

    chart = fold(a_chart(TABLET, other), a_decision(*events))

    assert [(o.due, o.medication_id, o.state) for o in chart.now.outcomes] == [
        (at("08:00"), other.medication_id, DoseState.SKIPPED),
        (at("08:00"), TABLET.medication_id, DoseState.UNSURE),
        (at("20:00"), TABLET.medication_id, DoseState.TAKEN),
    ]


def an_intake(n: int, when: datetime) -> Intake:
    return Intake(
        intake_id=IntakeId(f"int_{n}"),
        kind=IntakeKind.EXTRA,
        medication_id=MedicationId("med_tablet"),
        at=when,
        amount=Decimal(1),
        statement_id=StatementId("stm_1"),
    )


def test_intakes_stay_for_two_days_and_48_at_most() -> None:
    many = tuple(an_intake(n, TUESDAY) for n in range(60))
    event = IntakeRecorded(intake=an_intake(99, TUESDAY + 2 * DAY), how="own_words")

    soon = fold(a_chart(intakes=many), a_decision(when=TUESDAY))
    later = fold(a_chart(intakes=many), a_decision(event, when=TUESDAY + 2 * DAY))

    assert [i.intake_id for i in soon.now.intakes] == [f"int_{n}" for n in range(12, 60)]
    assert [i.intake_id for i in later.now.intakes] == ["int_99"]


RESOLVED = an_alert(state=AlertState.RESOLVED, ended_at=TUESDAY)
STANDING = an_alert(state=AlertState.ACKNOWLEDGED, acknowledged_at=TUESDAY + DAY)
CALMED = an_alert(calmed_at=TUESDAY + timedelta(hours=1))


@pytest.mark.parametrize(
    ("alert", "after", "kept"),
    [
        (RESOLVED, timedelta(hours=23), True),
        (RESOLVED, timedelta(hours=24), False),
        (STANDING, timedelta(hours=95), True),
        (STANDING, timedelta(hours=96), False),
        (CALMED, timedelta(hours=72), True),
        (CALMED, timedelta(hours=73), False),
        (an_alert(state=AlertState.EXHAUSTED), timedelta(hours=71), True),
        (an_alert(state=AlertState.EXHAUSTED), timedelta(hours=72), False),
        (an_alert(next_at=TUESDAY), timedelta(days=30), True),
    ],
    ids=[
        "ended today",
        "ended yesterday",
        "somebody has it",
        "long ago",
        "calmed",
        "calmed long ago",
        "exhausted",
        "exhausted long ago",
        "something is to come",
    ],
)
def test_an_alert_stays_at_hand_for_a_while(alert: Alert, after: timedelta, kept: bool) -> None:
    chart = fold(a_chart(alerts=(alert,)), a_decision(when=TUESDAY + after))

    assert bool(chart.now.alerts) is kept


def test_of_many_that_nothing_is_waiting_for_the_oldest_go_first() -> None:
    waiting = [an_alert(alert_id=AlertId(f"alr_w{n}"), next_at=TUESDAY) for n in range(3)]
    standing = [an_alert(alert_id=AlertId(f"alr_{n}"), state=AlertState.EXHAUSTED) for n in range(40)]

    kept = fold(a_chart(alerts=(*waiting, *standing)), a_decision()).now.alerts

    assert [a.alert_id for a in kept[:3]] == ["alr_w0", "alr_w1", "alr_w2"]
    assert [a.alert_id for a in kept[3:]] == [f"alr_{n}" for n in range(11, 40)]


def test_the_latest_moment_is_not_lowered_by_a_clock_that_is_set_back() -> None:
    chart = fold(a_chart(), a_decision(when=TUESDAY + DAY))

    chart = fold(chart, a_decision(when=TUESDAY))

    assert (chart.now.last_at, chart.now.entries) == (TUESDAY + DAY, 2)


@pytest.mark.parametrize(
    "event",
    [
        StatementUndone(statement_id=StatementId("stm_gone"), restored=True),
        QuestionClosed(question_id=QuestionId("que_gone"), answer="no"),
        MessageClaimed(key="gone", lease_until=TUESDAY, repeat=False),
        MessageEnded(key="gone", ended=How.ACCEPTED),
        AlertMoved(alert_id=AlertId("alr_gone"), state=AlertState.RESOLVED),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_the_ledger_says_of_something_that_is_gone_changes_nothing_else(event: object) -> None:
    """Folding never refuses: what the ledger holds has happened."""
    before = a_chart(TABLET)

    chart = fold(before, a_decision(event))

    assert chart.plan == before.plan
    assert (chart.now.alerts, chart.now.messages, chart.now.outcomes) == ((), (), ())
