"""``dosekeeper serve``: the web doors, the sweep and delivery in one process with threads."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from skill import bootstrap, logs
from skill.errors import DoseKeeperError
from skill.settings import Settings

if TYPE_CHECKING:
    from skill.web.alexa_fetch import Fetch

_log = logging.getLogger(__name__)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "serve",
        help="run the service on this machine",
        description="Answers Alexa and the caregivers, looks every few seconds at what is due, and sends what "
        "has to be sent, until it is stopped (Ctrl-C). One serve per data folder. Put a web server with "
        "HTTPS in front: infra/ has examples.",
        epilog="example: DOSEKEEPER_SKILL_ID=amzn1.ask.skill.… DOSEKEEPER_BASE_URL=https://meds.example.org "
        "dosekeeper serve",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 - every topic has this shape
    """Serve until a signal; 0 afterwards."""
    serve(settings)
    return 0


def serve(settings: Settings, *, fetch: Fetch | None = None) -> None:
    """Serve until a signal. Refuses before it listens when anything is missing or unsafe.

    ``fetch`` brings Amazon's certificates; None: over the network.
    """
    from skill.storage.serve_lock import ServeLock  # noqa: PLC0415 - only this command needs it

    logs.set_up(settings.log_level)
    bootstrap.command_app(settings).close()  # says now, in one sentence, what would fail in the worker
    with ServeLock(settings.store.data):
        pass  # refuses here, before anything listens; the worker holds it from its fork on
    _gunicorn(settings, fetch).run()


def _gunicorn(settings: Settings, fetch: Fetch | None) -> Any:  # noqa: ANN401 - gunicorn has no types
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - heavy, and only serve needs it
    from gunicorn.glogging import Logger  # noqa: PLC0415

    class Quiet(Logger):  # type: ignore[misc]
        """Hands gunicorn's own lines to ours, which keep no request line: a path may hold a token."""

        def setup(self, cfg: object) -> None:
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.access_log.handlers.clear()
            self.access_log.propagate = False

    class Service(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options: Mapping[str, object] = {
                "bind": f"{settings.web.host}:{settings.web.port}",
                "workers": 1,  # faults.md, finding 12: one writer in one process
                "worker_class": "gthread",
                "threads": settings.web.threads,
                "timeout": 30,
                "graceful_timeout": 10,
                "logger_class": Quiet,
                "limit_request_line": 2048,
                "limit_request_fields": 50,
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return _worker(settings, fetch)

    return Service()


def _worker(settings: Settings, fetch: Fetch | None) -> object:
    """In the forked worker: open the stores, start the heartbeat, answer requests."""
    import atexit  # noqa: PLC0415

    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415

    from skill.storage.serve_lock import ServeLock  # noqa: PLC0415

    lock = ServeLock(settings.store.data)
    lock.take()
    house = bootstrap.command_app(settings, deliver_at_once=True)
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        _never_fails(bootstrap.sweep_app(house)),
        IntervalTrigger(seconds=int(settings.heartbeat.total_seconds()), timezone=UTC),
        next_run_time=house.clock.now(),
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
    )
    scheduler.start()
    house.closing.insert(0, lock.release)
    house.closing.append(lambda: scheduler.shutdown(wait=True))
    atexit.register(house.close)
    logs.event(_log, "serving", port=settings.web.port)
    return bootstrap.web_app(house, fetch=fetch)


def _never_fails(sweep: Any) -> Any:  # noqa: ANN401 - a job takes and gives nothing
    """The sweep as a job: what goes wrong in one pass is logged, and the next pass comes all the same."""

    def job() -> None:
        try:
            sweep()
        except DoseKeeperError as problem:
            logs.event(_log, "sweep_failed", level=logging.ERROR, error=problem)

    return job
