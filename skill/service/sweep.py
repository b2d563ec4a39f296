"""One pass over the charts whose wake has come: time is worked, messages are handed to delivery."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice

from msgspec import Struct

from skill.domain.commands import Outage, Tick
from skill.domain.identity import OperationId, PatientId
from skill.errors import DoseKeeperError
from skill.logs import event
from skill.service.act import App, Sequel, follow, prepare, sequel_of
from skill.service.heartbeat import beat, listen
from skill.service.ports import Change

BATCH = 64  # changes that the store commits together
MOST_A_SWEEP = 20_000
_log = logging.getLogger(__name__)


class Swept(Struct, frozen=True, kw_only=True):
    """What one pass did. ``ticked``: charts that were worked, whether or not anything came of it."""

    ticked: int
    failed: int
    to_send: tuple[PatientId, ...]


class _Worked(Struct, frozen=True, kw_only=True):
    """A chart that was ticked, and no more of it than is needed from here on.

    ``change`` None: nothing came of it. It is sealed, so that the chart itself is let go of at once:
    64 charts that are held until the commit cost more time in the garbage collector than in SQLite.
    """

    change: Change | None
    sequel: Sequel


def sweep(app: App, *, deliver: Callable[[PatientId], None], out_after: timedelta) -> Swept:
    """Work every chart whose wake has come: calls for help before each batch of the others.

    One patient's failure never stops the rest. What wakes meanwhile is left to the next pass. A finished
    pass writes a heartbeat; a gap of more than ``out_after`` since the last one counts as an outage of
    ours (S39).
    """
    heart = listen(app, out_after)
    ticked = failed = 0
    to_send: list[PatientId] = []
    for batch in _batches(app):
        worked = [one for p in batch if (one := _tick(app, p, heart.outages)) is not None]
        sequels, lost = _committed(app, worked)
        ticked += len(sequels)
        failed += len(batch) - len(worked) + lost
        ready = [sequel.patient_id for sequel in sequels if sequel.ready]
        for patient_id in ready:
            deliver(patient_id)
        to_send += ready
    beat(app, heart)
    return Swept(ticked=ticked, failed=failed, to_send=tuple(to_send))


def _batches(app: App) -> Iterator[list[PatientId]]:
    """Everybody whose wake has come, once each; before every batch, who has called for help by then."""
    seen: set[PatientId] = set()
    routine = iter(app.charts.waking(urgent=False, until=app.clock.now(), limit=MOST_A_SWEEP))
    calls = 0
    while True:
        urgent = app.charts.waking(urgent=True, until=app.clock.now(), limit=BATCH + calls)
        new = [p for p in urgent if p not in seen][:BATCH]
        calls += len(new)
        seen.update(new)
        batch = [*new, *islice((p for p in routine if p not in seen), BATCH - len(new))]
        if not batch:
            return
        yield batch


def _tick(app: App, patient_id: PatientId, outages: tuple[Outage, ...]) -> _Worked | None:
    """Tick one chart, and seal what came of it; None when it failed."""
    try:
        loaded = app.charts.load(patient_id)
        operation = OperationId(f"tick/{loaded.version}")
        change = prepare(app, loaded, Tick(operation=operation, outages=outages))
        sealed = app.charts.sealed(change) if change.decision.events else None
        return _Worked(change=sealed, sequel=sequel_of(app, change))
    except Exception as problem:  # noqa: BLE001 - one patient's failure must never stop the others
        event(_log, "tick_failed", level=logging.ERROR, patient_id=patient_id, error=problem)
        return None


def _committed(app: App, worked: Sequence[_Worked]) -> tuple[list[Sequel], int]:
    """Commit together; what follows from those that stand, and how many the store could not write.

    A conflict is neither: the next pass reads that chart again.
    """
    sequels = [one.sequel for one in worked if one.change is None]
    changed = [(one.change, one.sequel) for one in worked if one.change is not None]
    try:
        answers = app.charts.commit_sealed([change for change, _ in changed])
    except DoseKeeperError as problem:
        event(_log, "tick_commit_failed", level=logging.ERROR, count=len(changed), error=problem)
        return sequels, len(changed)
    for applied, (_, sequel) in zip(answers, changed, strict=True):
        if applied:
            follow(app, sequel)
            sequels.append(sequel)
    return sequels, 0
