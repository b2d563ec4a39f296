"""``dosekeeper serve``: the web doors, the sweep and delivery in one process with threads."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from skill import bootstrap, logs
from skill.settings import Settings

Fetch = Callable[[str], bytes]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "serve",
        help="run the service on this machine",
        description="Answers Alexa and the caregivers, looks every few seconds at what is due, and sends\n"
        "what has to be sent, until it is stopped (Ctrl-C). One serve for a data folder. Put a web\n"
        "server with HTTPS in front of it: infra/ has examples.",
        epilog="example: DOSEKEEPER_BASE_URL=https://meds.example.org dosekeeper serve",
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
    logs.set_up(settings.log_level)
    house = bootstrap.command_app(settings)  # says now, in one sentence, what would fail in the worker
    try:
        bootstrap.check_files(house)
    finally:
        house.close()
    with bootstrap.serve_lock(settings):
        pass  # refuses here, before anything listens; the worker holds it from its fork on
    _gunicorn(settings, fetch).run()


def _gunicorn(settings: Settings, fetch: Fetch | None) -> Any:  # noqa: ANN401 - gunicorn has no types
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - heavy, and only serve needs it
    from gunicorn.glogging import Logger  # noqa: PLC0415

    class Quiet(Logger):  # type: ignore[misc]
        """Hands gunicorn's own lines to ours, which keep no request line: a path may hold a token."""

        def setup(self, cfg: object) -> None:  # noqa: ARG002 - gunicorn's signature
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.access_log.handlers.clear()
            self.access_log.propagate = False

    class Service(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _options(settings, Quiet).items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return bootstrap.served(settings, fetch=fetch)

    return Service()


def _options(settings: Settings, logger: type) -> Mapping[str, object]:
    host = f"[{settings.web.host}]" if ":" in settings.web.host else settings.web.host
    return {
        "bind": f"{host}:{settings.web.port}",
        "workers": 1,  # faults.md, finding 12: one writer in one process
        "control_socket_disable": True,  # it could raise the number of workers
        "worker_class": "gthread",
        "threads": settings.web.threads,
        "timeout": 30,
        "graceful_timeout": 10,
        "logger_class": logger,
        "limit_request_line": 2048,
        "limit_request_fields": 50,
    }
