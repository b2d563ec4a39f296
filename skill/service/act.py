"""The one way in which anything happens to a patient: load, decide, commit, tell."""

import logging
from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct

from skill.clock import Clock
from skill.domain.alerts import AlertState
from skill.domain.chart import Chart
from skill.domain.commands import Command, RaiseAlert
from skill.domain.decide import step
from skill.domain.events import AlertMoved, Decision
from skill.domain.identity import AlertId, PatientId
from skill.errors import ConflictError
from skill.logs import event as log_event
from skill.logs import metric
from skill.service.calls import Later
from skill.service.ports import ChartChange, Charts, Loaded, Row

TRIES = 3
URGENT_TRIES = 50  # falls and help: until the door's deadline; each try is a fresh read
_log = logging.getLogger(__name__)


class Acted(Struct, frozen=True, kw_only=True):
    """What was decided, and the chart as it then stands."""

    decision: Decision
    chart: Chart


class App(Struct, frozen=True, kw_only=True):
    """What every door needs. ``hint`` is called after a commit that left a message to be sent.

    ``later``: keeps a call for help that cannot be written down now; None where there is no second place.
    """

    charts: Charts
    clock: Clock
    hint: Callable[[PatientId], None] = lambda _: None
    later: Later | None = None


RowsFor = Callable[[Decision, Chart], tuple[Row, ...]]


def _no_rows(_: Decision, __: Chart) -> tuple[Row, ...]:
    return ()


def act(app: App, patient_id: PatientId, command: Command, *, rows_for: RowsFor = _no_rows) -> Acted:
    """Carry out ``command`` on one patient's chart, once however often it is repeated.

    ``rows_for`` names records that must be written in the same transaction. When this returns, the
    decision is durable. ``ConflictError`` when others were faster every time; ``StoreDownError`` when
    the store cannot answer: then nothing may be called written down.
    """
    started = app.clock.monotonic()
    tries = URGENT_TRIES if isinstance(command, RaiseAlert) else TRIES
    for _ in range(tries):
        acted = attempt(app, app.charts.load(patient_id), command, rows_for)
        if acted is not None:
            return acted
        if app.clock.monotonic() - started > _DEADLINE.total_seconds():
            break
    raise ConflictError(patient=patient_id)


_DEADLINE = timedelta(seconds=6)  # Alexa gives a turn 8 seconds in all


def attempt(app: App, loaded: Loaded, command: Command, rows_for: RowsFor = _no_rows) -> Acted | None:
    """One try on a chart already loaded; None when somebody else committed in between."""
    change = prepare(app, loaded, command, rows_for)
    if not change.decision.events:
        return Acted(decision=change.decision, chart=loaded.chart)
    if not app.charts.commit([change])[0]:
        return None
    follow(app, sequel_of(app, change))
    return Acted(decision=change.decision, chart=change.chart)


def prepare(app: App, loaded: Loaded, command: Command, rows_for: RowsFor = _no_rows) -> ChartChange:
    """Decide, and fold what was decided; nothing is written."""
    decision, chart = step(loaded.chart, command, app.clock.now())
    rows = rows_for(decision, chart) if decision.events else ()
    return ChartChange(before=loaded, chart=chart, decision=decision, rows=rows)


class Sequel(Struct, frozen=True, kw_only=True):
    """What has to follow once a change is committed.

    ``ready``: something waits to be sent. ``moved``: alerts that somebody took, that ended, or that came
    to the end of their ladder.
    """

    patient_id: PatientId
    ready: bool
    moved: tuple[tuple[AlertId, AlertState], ...]


def sequel_of(app: App, change: ChartChange) -> Sequel:
    now = app.clock.now()
    return Sequel(
        patient_id=change.before.patient_id,
        ready=any(message.ready(now) for message in change.chart.now.messages),
        moved=tuple(
            (happened.alert_id, happened.state)
            for happened in change.decision.events
            if isinstance(happened, AlertMoved) and happened.state is not AlertState.OPEN
        ),
    )


def follow(app: App, sequel: Sequel) -> None:
    """After the commit: a hint that something waits to be sent, and the operator's alarm."""
    if sequel.ready:
        app.hint(sequel.patient_id)
    for alert_id, state in sequel.moved:
        metric(_log, "ladder_outcome", 1, outcome=state)
        if state is AlertState.EXHAUSTED:
            patient_id = sequel.patient_id
            log_event(_log, "alert_exhausted", level=logging.ERROR, patient_id=patient_id, alert_id=alert_id)
            metric(_log, "alert_exhausted", 1)
