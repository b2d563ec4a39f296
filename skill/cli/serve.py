"""``dosekeeper serve``: the web doors, the sweep and delivery in one process with threads."""

import argparse
import errno
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from skill import bootstrap, logs
from skill.cli.at_home import check_set_up
from skill.errors import InvalidError
from skill.settings import Settings

Fetch = Callable[[str], bytes]

_WAITING = 2048  # connections that the machine holds until a thread is free; gunicorn's own number
_log = logging.getLogger(__name__)


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
    check_set_up(settings)
    house = bootstrap.command_app(settings)  # says now, in one sentence, what would fail in the worker
    try:
        bootstrap.check_files(house)
    finally:
        house.close()
    bootstrap.check_trust_roots(settings)
    with bootstrap.serve_lock(settings):
        pass  # refuses here, before anything listens; the worker holds it from its fork on
    door = listening(settings.web.host, settings.web.port)
    _gunicorn(settings, door.detach(), fetch).run()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; ``InvalidError`` names the setting that keeps it from doing so."""
    both = ":" in host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_WAITING, dualstack_ipv6=both)
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                problem = InvalidError("DOSEKEEPER_PORT", f"something listens on port {port} already")
            case errno.EACCES:
                problem = InvalidError("DOSEKEEPER_PORT", f"this user may not listen on port {port}")
            case _:
                problem = InvalidError("DOSEKEEPER_HOST", f"{host} is no address of this machine")
        raise problem from error


def _gunicorn(settings: Settings, door: int, fetch: Fetch | None) -> Any:  # noqa: ANN401 - no types
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
            for name, value in _options(settings, door, Quiet).items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return bootstrap.served(settings, fetch=fetch)

    return Service()


def _options(settings: Settings, door: int, logger: type) -> Mapping[str, object]:
    return {
        "bind": f"fd://{door}",
        "when_ready": lambda _: logs.event(_log, "listening", host=settings.web.host, port=settings.web.port),
        "on_exit": lambda _: logs.event(_log, "stopped"),
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
