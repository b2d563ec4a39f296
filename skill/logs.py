"""Logging as constant event names with allow-listed fields: ids, names of things and numbers only.

No sentence, no message of an exception and no local variable reaches a log line. A metric is a line as
well, in CloudWatch's embedded metric format: where nobody reads it as one, it is a line like any other.
"""

import json
import logging
import math
import re
import sys
import threading
import traceback
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from pathlib import PurePath
from types import MappingProxyType, TracebackType
from typing import NamedTuple, TextIO

from skill.errors import InvalidError

Loggable = str | int | float | bool | Enum | None

# Nothing on this list may ever hold a name, a medicine, an address, a text or a token.
FIELDS = frozenset(
    {
        "alert_id",
        "attempt",
        "channel",
        "contact_id",
        "count",
        "device_id",
        "dose_id",
        "host",  # an address of this machine, which the settings name
        "household_id",
        "intent",
        "kind",
        "message_id",  # of a queue, or the number of a record in a stream
        "method",
        "operation",
        "outcome",
        "patient_id",
        "port",
        "provider",
        "reason",
        "request",
        "route",  # as declared, with its blanks; never a path, which may hold a token
        "seconds",
        "status",
        "version",
    }
)


class Measure(NamedTuple):
    """How CloudWatch counts a metric: its unit, and by what. ``()`` among the latter: altogether."""

    unit: str
    counted_by: tuple[tuple[str, ...], ...] = (("function",),)


METRICS: Mapping[str, Measure] = MappingProxyType(
    {
        "alert_exhausted": Measure("Count", ((), ("function",))),
        "alexa_refused": Measure("Count", ((), ("function",))),
        "ladder_outcome": Measure("Count", (("function", "outcome"),)),
        "sweep_lag": Measure("Seconds"),
        "swept": Measure("Count"),
        "turn_latency": Measure("Milliseconds"),
        "unsettled_messages": Measure("Count"),
    }
)
NAMESPACE = "DoseKeeper"
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
MOST_CHARACTERS = 200  # of one field
_MOST_FRAMES = 30
_MOST_CAUSES = 5
_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_-]{40,}")  # a 256-bit token has 43 letters; no id of ours has 40
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format (bidi), surrogates, line ends
_carried: ContextVar[Mapping[str, Loggable]] = ContextVar("carried", default=MappingProxyType({}))


def event(
    log: logging.Logger,
    name: str,
    *,
    level: int = logging.INFO,
    error: BaseException | str | None = None,
    **fields: Loggable,
) -> None:
    """Log that ``name`` happened. ``name`` is a constant in snake case.

    ``TypeError`` for a field that is not in ``FIELDS`` or whose value is an object. Of ``error``
    only the class and the places it passed are written, never its message; a text names a class.
    """
    _check(fields)
    if not log.isEnabledFor(level):
        return
    facts: dict[str, Loggable] = dict(fields)
    if isinstance(error, str):
        facts["error"] = error
    raised = error if isinstance(error, BaseException) else None
    log.log(level, "event", extra={"happened": name, "facts": facts}, exc_info=raised, stacklevel=2)


def metric(log: logging.Logger, name: str, value: float, **dimensions: Enum) -> None:
    """Tell one value of the metric ``name``, whatever the level is: alarms must not depend on it.

    ``dimensions``: what ``METRICS`` counts it by besides the function; members of closed sets, never ids.
    ``TypeError`` for a metric that is not on the list, other dimensions, or a value that is no number.
    """
    wanted = {one for by in METRICS[name].counted_by for one in by} if name in METRICS else None
    if wanted is None or wanted != {"function", *dimensions}:
        raise TypeError(f"not on the list of metrics: {name} by {', '.join(sorted(dimensions))}")
    if isinstance(value, bool) or not math.isfinite(value):
        raise TypeError(f"metric {name} takes a number")
    extra = {"happened": "metric", "facts": {**dimensions, name: value}, "measured": name}
    log.handle(log.makeRecord(log.name, logging.INFO, "", 0, "metric", (), None, extra=extra))


@contextmanager
def carrying(**fields: Loggable) -> Iterator[None]:
    """Every line written inside has these fields as well, unless it names them itself; None is left out.

    Holds for this thread. One that is started inside carries them if it runs in a copy of the context.
    """
    _check(fields)
    more = {field: value for field, value in fields.items() if value is not None}
    before = _carried.set({**_carried.get(), **more})
    try:
        yield
    finally:
        _carried.reset(before)


def _check(fields: Mapping[str, Loggable]) -> None:
    unknown = sorted(fields.keys() - FIELDS)
    if unknown:
        raise TypeError(f"not on the list of log fields: {', '.join(unknown)}")
    for field, value in fields.items():
        if not isinstance(value, str | int | float | bool | Enum | None):
            raise TypeError(f"log field {field} takes an id or a number, not a {type(value).__name__}")


def set_up(level: str, stream: TextIO | None = None, *, function: str = "serve") -> None:
    """Write JSON lines to ``stream`` (standard error) and nothing else, from ``level`` up.

    ``function``: whose metrics these are.
    Takes the place of every handler that was there, because those write out messages. Uncaught
    errors of the process and of its threads are logged the same way. A second call replaces the first.
    """
    if level not in LEVELS:
        raise InvalidError("level", f"is one of {', '.join(LEVELS)}")
    handler = _LinesHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(JsonLines(function))
    handler.addFilter(_worth_a_line)
    root = logging.getLogger()
    for former in tuple(root.handlers):
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(LEVELS[level])
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


class JsonLines(logging.Formatter):
    """One JSON object a line. Of a library's own record only its place is kept, not its text."""

    def __init__(self, function: str = "serve") -> None:
        super().__init__()
        self._function = function

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "log": record.name,
        }
        line["event"] = happened = getattr(record, "happened", "library")
        facts = {**_carried.get(), **getattr(record, "facts", {})}
        line |= {field: _plain(value) for field, value in facts.items()}
        if happened == "library":
            line["at"] = f"{PurePath(record.pathname).name}:{record.lineno}"
        elif happened == "metric":
            line |= {"function": self._function, "_aws": _embedded(record)}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = [_told(error) for error in _with_causes(record.exc_info[1])]
        return json.dumps(line, separators=(",", ":"))


class _LinesHandler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is the base class's
        """A record that cannot be written is named by its place; the base class would print its text."""
        self.stream.write(
            f'{{"event":"log_failed","at":"{PurePath(record.pathname).name}:{record.lineno}"}}\n'
        )


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Ours, or a library's warning: what libraries tell below that comes with every look at what is due."""
    return hasattr(record, "happened") or record.levelno >= logging.WARNING


def _embedded(record: logging.LogRecord) -> dict[str, object]:
    """What makes a line a metric: "Specification: Embedded metric format", docs.aws.amazon.com."""
    name = record.__dict__["measured"]
    measure = METRICS[name]
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": measure.counted_by,
        "Metrics": [{"Name": name, "Unit": measure.unit}],
    }
    return {"Timestamp": int(record.created * 1000), "CloudWatchMetrics": [directive]}


def _plain(value: Loggable) -> str | int | float | bool | None:
    match value:
        case Enum():
            return value.name.lower()
        case str():
            shown = "".join(c for c in value if unicodedata.category(c) not in _UNSEEN)
            return _TOKEN_LIKE.sub("…", shown)[:MOST_CHARACTERS]
        case float() if not math.isfinite(value):
            return None  # JSON has no word for it
        case _:
            return value


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _told(error: BaseException) -> dict[str, object]:
    kind = type(error)
    return {"class": f"{kind.__module__}.{kind.__qualname__}", "frames": _frames(error.__traceback__)}


def _frames(trace: TracebackType | None) -> list[str]:
    """``file:line function`` from the outermost to where it was raised; the innermost thirty."""
    told = []
    for frame, line in traceback.walk_tb(trace):
        path = PurePath(frame.f_code.co_filename)
        told.append(f"{'/'.join(path.parts[-3:])}:{line} {frame.f_code.co_qualname}")
    return told[-_MOST_FRAMES:]


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    event(logging.getLogger("dosekeeper"), "uncaught", level=logging.ERROR, error=error.with_traceback(trace))


def _log_uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and told.exc_type is not SystemExit:
        event(
            logging.getLogger("dosekeeper"), "uncaught_in_thread", level=logging.ERROR, error=told.exc_value
        )
