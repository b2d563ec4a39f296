"""The heartbeat that every finished sweep writes, and the outages that a silent one means."""

import logging
from datetime import datetime, timedelta

from msgspec import Struct

from skill.domain.commands import Outage
from skill.errors import ConflictError
from skill.logs import event
from skill.service.act import App
from skill.service.ports import Place, Row

SILENT_AFTER = timedelta(minutes=3)  # on AWS, where passes are a minute apart
OUTAGES_KEPT_FOR = timedelta(hours=48)
_HEART = Place(pk="COUNT#sweep", sk="-")
_log = logging.getLogger(__name__)


class Heart(Struct, frozen=True, kw_only=True):
    """When a sweep last finished, and the stretches without one in the last two days."""

    beat: datetime
    outages: tuple[Outage, ...] = ()


def out_after(heartbeat: timedelta) -> timedelta:
    """How long without a finished pass means that we were out of service: a minute, or twelve heartbeats."""
    return max(timedelta(minutes=1), 12 * heartbeat)


def last_beat(app: App) -> datetime | None:
    """When a sweep last finished; None when none ever has."""
    found = app.charts.read(_HEART, Heart)
    return found[0].beat if found is not None else None


def listen(app: App, out_after: timedelta) -> Heart:
    """The last beat; a silence of more than ``out_after`` since then counts as an outage of ours (S39)."""
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


def beat(app: App, heart: Heart) -> None:
    """Written whatever lies there: two sweeps at once both mean that somebody sweeps."""
    finished = Heart(beat=app.clock.now(), outages=heart.outages)
    if not app.charts.write([Row(place=_HEART, value=finished)]):
        raise ConflictError(place="heartbeat")
