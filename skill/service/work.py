"""Sweeping with many machines: one hands out whose wake has come, the others tick and deliver.

Nothing here relies on being done once: a queue repeats and re-orders, two sweeps may run side by side, and
a patient may be handed out again before the first time was worked. A chart that was ticked has nothing left
to do.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from skill.domain.alerts import Detail
from skill.domain.commands import Outage, RaiseAlert, Tick
from skill.domain.identity import OperationId, PatientId
from skill.domain.wake import next_wake
from skill.errors import ConflictError, DoseKeeperError, InvalidError, NotFoundError
from skill.logs import carrying, event, metric
from skill.service.act import TRIES, App, act, attempt
from skill.service.calls import Call
from skill.service.delivery import run
from skill.service.heartbeat import beat, listen
from skill.service.linking import find_household
from skill.service.ports import Store
from skill.service.sending import Delivery

TOGETHER = 20  # patients in one piece of work
MOST_FROM_A_SHARD = 20_000
MOST_HANDED_OUT = 500_000  # of one kind in one pass, 38 s; who is left over is handed out by the next
MOST_WAITING = 5_000  # pieces of work; while more wait, handing out more would only make the queue longer
CALLED_FOR = timedelta(hours=24)  # fault 51: older alerts are never paged
_AGAIN_AFTER = timedelta(seconds=5)
_log = logging.getLogger(__name__)


class Work(Struct, frozen=True, kw_only=True):
    """Patients whose time is to be worked, or a call for help that has still to be raised.

    ``outages``: stretches in which nobody worked.
    """

    patients: tuple[PatientId, ...] = ()
    outages: tuple[Outage, ...] = ()
    call: Call | None = None

    def __post_init__(self) -> None:
        least = 1 if self.call is None else 0
        if not least <= len(self.patients) <= TOGETHER:
            raise InvalidError("patients", f"are 1 to {TOGETHER}")


class Arrived(Struct, frozen=True, kw_only=True):
    """Work as it came in, under the name by which it is reported. ``work`` None: nobody can read it.

    ``not_before``: a wake that is still to come.
    """

    name: str
    work: Work | None
    not_before: datetime | None = None


class WorkQueue(Protocol):
    """Carries work to whoever is free; perhaps twice, in any order, never lost once ``put`` has returned."""

    def put(self, pieces: Sequence[Work], *, delay: timedelta = timedelta()) -> None:
        """Queue ``pieces``, to be seen after ``delay`` (15 minutes at most); ``StoreDownError``."""

    def waiting(self) -> int:
        """About how many pieces wait to be seen."""


def hand_out(app: App, queue: WorkQueue, *, out_after: timedelta) -> int:
    """One pass: queue everybody whose wake has come, calls for help first; how many they were.

    While too much work waits already, calls for help alone are handed out. A finished pass writes the
    heartbeat, as a sweep does.
    """
    heart = listen(app, out_after)
    handed = _queue_all(app, queue, heart.outages, urgent=True)
    if queue.waiting() < MOST_WAITING:
        handed += _queue_all(app, queue, heart.outages, urgent=False)
    else:
        event(_log, "sweep_held_back", level=logging.ERROR)
    beat(app, heart)
    return handed


def lag(store: Store, shards: int, now: datetime) -> timedelta:
    """How long ago the oldest wake came that nobody has worked yet; zero when there is none.

    A wake stays in the index until its chart is worked, so that this tells of slow workers too.
    """
    names = [f"{letter}{n}" for letter in "UR" for n in range(shards)]  # as Records names them
    wakes = [hit.wake for name in names for hit in store.waking(name, until=now, limit=1)]
    return now - min(wakes, default=now)


def _queue_all(app: App, queue: WorkQueue, outages: tuple[Outage, ...], *, urgent: bool) -> int:
    patients = app.charts.waking(urgent=urgent, until=app.clock.now(), limit=MOST_FROM_A_SHARD)
    patients = patients[:MOST_HANDED_OUT]
    starts = range(0, len(patients), TOGETHER)
    queue.put([Work(patients=patients[n : n + TOGETHER], outages=outages) for n in starts])
    return len(patients)


def work_off(delivery: Delivery, queue: WorkQueue, arrived: Sequence[Arrived]) -> tuple[str, ...]:
    """Do what came in; the names of the pieces that have to come again.

    A patient who fails is queued alone, so that the others of the piece are not worked over and over,
    and no failure ever stops the rest. A wake that is still to come is put back until then.
    """
    failed: list[str] = []
    for one in arrived:
        with carrying(message_id=one.name):
            try:
                if one.work is None:
                    failed.append(one.name)
                elif one.not_before is not None and one.not_before > delivery.app.clock.now():
                    queue.put([one.work], delay=one.not_before - delivery.app.clock.now())
                else:
                    _do(delivery, queue, one.work)
            except Exception as problem:  # noqa: BLE001 - one piece's failure must never stop the others
                event(_log, "work_failed", level=logging.ERROR, error=problem)
                failed.append(one.name)
    return tuple(failed)


def _do(delivery: Delivery, queue: WorkQueue, work: Work) -> None:
    if work.call is not None:
        _call_again(delivery, queue, work.call)
    alone = len(work.patients) == 1
    for patient_id in work.patients:
        try:
            if _tick(delivery.app, patient_id, work.outages):
                _deliver(delivery, patient_id)
        except Exception as problem:
            if alone:
                raise
            event(_log, "tick_failed", level=logging.ERROR, patient_id=patient_id, error=problem)
            queue.put([Work(patients=(patient_id,), outages=work.outages)], delay=_AGAIN_AFTER)


def _deliver(delivery: Delivery, patient_id: PatientId) -> None:
    """Send what is ready; where something was sent, tell how many messages wait all the same."""
    if run(delivery, patient_id):
        left = delivery.app.charts.load(patient_id).chart.now.messages
        metric(_log, "unsettled_messages", len(left))


def _call_again(delivery: Delivery, queue: WorkQueue, call: Call) -> None:
    """Raise it now; where that fails still, once more in a few seconds, for a day."""
    if delivery.app.clock.now() - call.at > CALLED_FOR:
        event(_log, "call_given_up", level=logging.ERROR, operation=call.operation)
        return
    try:
        for patient_id in raise_call(delivery.app, call):
            _deliver(delivery, patient_id)
    except DoseKeeperError as problem:
        event(_log, "call_failed", level=logging.ERROR, operation=call.operation, error=problem)
        queue.put([Work(call=call)], delay=_AGAIN_AFTER)


def raise_call(app: App, call: Call) -> tuple[PatientId, ...]:
    """Open the alert of everybody in the household, as an unrecognised voice would have (S5)."""
    household = find_household(app, call.account)
    patients = household.patients if household is not None else ()
    detail = Detail.SOMEONE_AT_HOME if len(patients) > 1 else Detail.NONE
    for patient_id in patients:
        act(app, patient_id, RaiseAlert(operation=call.operation, kind=call.kind, detail=detail))
    event(_log, "call_raised", operation=call.operation, count=len(patients))
    return patients


def _tick(app: App, patient_id: PatientId, outages: tuple[Outage, ...]) -> bool:
    """Work the time of one chart, if its wake has come; False: the patient is gone."""
    for _ in range(TRIES):
        try:
            loaded = app.charts.load(patient_id)
        except NotFoundError:
            event(_log, "patient_gone", patient_id=patient_id)
            return False
        wake, now = next_wake(loaded.chart), app.clock.now()
        if wake is None or wake > now:
            return True
        event(
            _log,
            "ticked",
            patient_id=patient_id,
            seconds=(now - wake).total_seconds(),
            operation=loaded.chart.now.operations[-1].operation if loaded.chart.now.operations else None,
        )
        operation = OperationId(f"tick/{loaded.version}")
        if attempt(app, loaded, Tick(operation=operation, outages=outages)) is not None:
            return True
    raise ConflictError(patient=patient_id)
