"""A repeat changes nothing: while it is remembered, and after it has been forgotten."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from skill.domain import commands as cmd
from skill.domain import events as ev
from skill.domain.alerts import AlertState
from skill.domain.decide import decide
from skill.domain.identity import OperationId, SpeakerKind
from tests.simulation.lives import BEGINNING, Happening, Life, Step, lived, steps

_ONWARD = {AlertState.OPEN: 0, AlertState.EXHAUSTED: 0, AlertState.ACKNOWLEDGED: 1, AlertState.RESOLVED: 2}
A_DAY = timedelta(days=1)  # so long at least a chart keeps an alert; nobody sends anything again after it
LATER = st.sampled_from([timedelta(seconds=1), timedelta(minutes=10), timedelta(hours=7), timedelta(days=2)])


@given(start=BEGINNING, some=steps(), later=LATER)
def test_a_repeat_that_is_remembered_gets_the_same_words_and_changes_nothing(
    start: int, some: list[Step], later: timedelta
) -> None:
    life = lived(start, some)
    remembered = {done.operation for done in life.chart.now.operations}

    for one in life.happenings:
        if one.command.operation in remembered and one.decision.events:
            again = decide(life.chart, one.command, life.now + later)
            assert again.events == ()
            assert (again.reason, again.facts) == (one.decision.reason, one.decision.facts)
            assert again.asks == one.decision.asks


@given(start=BEGINNING, some=steps())
def test_what_was_said_or_called_is_remembered_for_64_operations(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    spoken = [one for one in life.happenings if one.decision.events and _by_a_person(one)]
    for one in spoken[-40:]:
        assert life.chart.operation(one.command.operation) is not None


def _by_a_person(one: Happening) -> bool:
    return one.command.speaker.kind is not SpeakerKind.SYSTEM


@given(start=BEGINNING, some=steps(), which=st.lists(st.integers(0, 200), min_size=5, max_size=10))
def test_a_repeat_that_is_forgotten_settles_no_dose_twice_and_opens_no_alert_twice(
    start: int, some: list[Step], which: list[int]
) -> None:
    life = lived(start, some)
    spoken = [one for one in life.happenings if one.decision.events and _by_a_person(one)]
    recent = [one for one in spoken if life.now - one.now < A_DAY] or spoken[:1]

    for number in which:
        again(life, recent[number % len(recent)])

    settled = Counter(
        (e.outcome.key, e.outcome.statement_id)
        for d in life.ledger
        for e in d.events
        if isinstance(e, ev.DoseSettled)
        and e.outcome.statement_id is not None
        and d.reason != "ledger.plan_set"
    )
    opened = Counter(e.alert.alert_id for d in life.ledger for e in d.events if isinstance(e, ev.AlertOpened))
    assert [key for key, times in settled.items() if times > 1] == []
    assert [key for key, times in opened.items() if times > 1] == []


@given(start=BEGINNING, some=steps(), which=st.lists(st.integers(0, 200), min_size=5, max_size=10))
def test_a_repeat_that_is_forgotten_moves_no_alert_backwards(
    start: int, some: list[Step], which: list[int]
) -> None:
    life = lived(start, some)
    life.carry_out(cmd.Tick(operation=OperationId("up to now")))
    spoken = [one for one in life.happenings if one.decision.events and _by_a_person(one)]

    for number in which:
        one = spoken[number % len(spoken)]
        if isinstance(one.command, cmd.SetCareTeam):
            continue  # a former care team may free an alert: its holder is gone
        before = {a.alert_id: a.state for a in life.chart.now.alerts}
        again(life, one)
        after = {a.alert_id: a.state for a in life.chart.now.alerts if a.alert_id in before}
        back = [one.command for key, state in after.items() if _ONWARD[state] < _ONWARD[before[key]]]
        assert back == []


def again(life: Life, one: Happening) -> None:
    """The same command once more, when its operation has left the ring."""
    life.chart = life.chart.with_now(operations=())
    life.carry_out(one.command)
