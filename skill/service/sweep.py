"""One pass over the charts whose wake has come: time is worked, messages are handed to delivery."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from skill.domain.commands import Outage, Tick
from skill.domain.identity import OperationId, PatientId
from skill.errors import ConflictError, DoseKeeperError
from skill.logs import event
from skill.service.act import App, committed, prepare
from skill.service.ports import ChartChange, Place, Row

BATCH = 64  # changes that the store commits together
MOST_A_SWEEP = 20_000
OUTAGES_KEPT_FOR = timedelta(hours=48)
_HEART = Place(pk="COUNT#sweep", sk="-")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """When a sweep last finished, and the stretches without one in the last two days."""

    beat: datetime
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one pass did."""

    ticked: int
    failed: int
    to_send: tuple[PatientId, ...]


def sweep(app: App, *, deliver: Callable[[PatientId], None], out_after: timedelta) -> Swept:
    """Work every chart whose wake has come: calls for help before each batch of the others.

    One patient's failure never stops the rest. A finished pass writes a heartbeat; a gap of more than
    ``out_after`` since the last one counts as an outage of ours (S39).
    """
    heart = _heart(app, out_after)
    seen: set[PatientId] = set()
    ticked = failed = 0
    to_send: list[PatientId] = []
    while len(seen) < MOST_A_SWEEP:
        batch = [p for p in _candidates(app, len(seen)) if p not in seen]
        if not batch:
            break
        seen.update(batch)
        done, broken = _tick(app, batch, heart.outages)
        ticked += len(done)
        failed += broken
        for patient_id in done:
            deliver(patient_id)
            to_send.append(patient_id)
    _beat(app, heart)
    return Swept(ticked=ticked, failed=failed, to_send=tuple(to_send))


def out_after(heartbeat: timedelta) -> timedelta:
    """How long without a finished pass means that we were out of service: a minute, or twelve heartbeats."""
    return max(timedelta(minutes=1), 12 * heartbeat)


def _candidates(app: App, seen: int) -> list[PatientId]:
    now = app.clock.now()
    urgent = app.charts.waking(urgent=True, until=now, limit=BATCH)
    rest = app.charts.waking(urgent=False, until=now, limit=BATCH + seen)
    return [*dict.fromkeys((*urgent, *rest))][: 2 * BATCH + seen]


def _tick(
    app: App, patients: Sequence[PatientId], outages: tuple[Outage, ...]
) -> tuple[list[PatientId], int]:
    """Tick these charts, commit them together; those with something to send, and how many failed."""
    changes: list[ChartChange] = []
    to_send: list[PatientId] = []
    failed = 0
    for patient_id in patients:
        try:
            loaded = app.charts.load(patient_id)
            operation = OperationId(f"tick/{loaded.version}")
            change = prepare(app, loaded, Tick(operation=operation, outages=outages))
        except Exception as problem:  # noqa: BLE001 - one patient's failure must never stop the others
            failed += 1
            event(_log, "tick_failed", level=logging.ERROR, patient_id=patient_id, error=problem)
            continue
        if change.decision.events:
            changes.append(change)
        elif _has_ready(app, change):
            to_send.append(patient_id)
    failed += _commit(app, changes, to_send)
    return to_send, failed


def _commit(app: App, changes: list[ChartChange], to_send: list[PatientId]) -> int:
    """Commit in batches; a conflict is left to the next pass, which reads again."""
    failed = 0
    for start in range(0, len(changes), BATCH):
        some = changes[start : start + BATCH]
        try:
            answers = app.charts.commit(some)
        except DoseKeeperError as problem:
            failed += len(some)
            event(_log, "tick_commit_failed", level=logging.ERROR, count=len(some), error=problem)
            continue
        for change, applied in zip(some, answers, strict=True):
            if not applied:
                continue
            committed(app, change)
            if _has_ready(app, change):
                to_send.append(change.before.patient_id)
    return failed


def _has_ready(app: App, change: ChartChange) -> bool:
    now = app.clock.now()
    return any(message.ready(now) for message in change.chart.now.messages)


# ---- the heartbeat


def last_beat(app: App) -> datetime | None:
    """When a sweep last finished; None when none ever has."""
    found = app.charts.read(_HEART, Heart)
    return found[0].beat if found is not None else None


def _heart(app: App, out_after: timedelta) -> Heart:
    now = app.clock.now()
    found = app.charts.read(_HEART, Heart)
    if found is None:
        return Heart(beat=now)
    heart = found[0]
    kept = tuple(outage for outage in heart.outages if outage.end > now - OUTAGES_KEPT_FOR)
    if now - heart.beat > out_after:
        event(_log, "sweep_was_silent", level=logging.ERROR, seconds=(now - heart.beat).total_seconds())
        kept = (*kept, Outage(start=heart.beat, end=now))
    return Heart(beat=heart.beat, outages=kept)


def _beat(app: App, heart: Heart) -> None:
    """Written whatever lies there: two sweeps at once both mean that somebody sweeps."""
    finished = Heart(beat=app.clock.now(), outages=heart.outages)
    if not app.charts.write([Row(place=_HEART, value=finished)]):
        raise ConflictError(place="heartbeat")
