"""What a log line holds, and what can never get into one."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from enum import Enum
from typing import Any

import pytest

from skill.errors import InvalidError
from skill.logs import FIELDS, METRICS, carrying, event, metric, set_up
from skill.private import Private

FAILS_IN_A_THREAD = """
import threading

def fail():
    raise ValueError("Metformin")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
"""


class Outcome(Enum):
    TRY_AGAIN = "try again"


class Lines:
    """A log of its own that writes the lines of ``set_up`` into memory."""

    def __init__(self) -> None:
        self.written = io.StringIO()
        self.log = logging.getLogger("dosekeeper.test")

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]

    def only(self) -> dict[str, Any]:
        (line,) = self.all()
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before = (tuple(root.handlers), root.level, sys.excepthook)
    lines = Lines()
    set_up("info", lines.written)
    yield lines
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    sys.excepthook = before[2]


def test_an_event_is_one_json_line_with_its_name_and_facts(lines: Lines) -> None:
    event(lines.log, "reminder_sent", dose_id="dose_abc", channel="sms", attempt=2, seconds=0.25)

    line = lines.only()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "log": "dosekeeper.test",
        "event": "reminder_sent",
        "dose_id": "dose_abc",
        "channel": "sms",
        "attempt": 2,
        "seconds": 0.25,
    }


def test_the_moment_of_a_line_is_the_record_s_own_in_utc(lines: Lines) -> None:
    record = logging.makeLogRecord({"name": "x", "levelno": 30, "created": 1_798_790_400.25})

    lines.log.handle(record)

    assert lines.only()["time"] == "2027-01-01T08:00:00.250Z"


def test_an_enum_is_written_by_its_name(lines: Lines) -> None:
    event(lines.log, "settled", outcome=Outcome.TRY_AGAIN)

    assert lines.only()["outcome"] == "try_again"


@pytest.mark.parametrize("field", ["name", "medicine", "phone", "text", "token", "url"])
def test_a_field_that_is_not_on_the_list_is_a_mistake_in_the_code(lines: Lines, field: str) -> None:
    with pytest.raises(TypeError, match=field):
        event(lines.log, "something", **{field: "x"})  # type: ignore[arg-type]

    assert lines.all() == []


@pytest.mark.parametrize(
    "held",
    [Private("Metformin"), ["a"], {"a": 1}, b"raw", object()],
    ids=["private", "list", "dict", "bytes", "object"],
)
def test_a_value_that_is_an_object_is_a_mistake_in_the_code(lines: Lines, held: object) -> None:
    with pytest.raises(TypeError, match="patient_id"):
        event(lines.log, "something", patient_id=held)  # type: ignore[arg-type]

    assert lines.all() == []


def test_no_listed_field_could_hold_a_name_or_an_address() -> None:
    forbidden = {
        "name",
        "label",
        "medicine",
        "medication",
        "phone",
        "email",
        "address",
        "text",
        "url",
        "path",
    }

    assert FIELDS & forbidden == set()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("two\nlines\r", "twolines"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        ("right\u202eleft\u2028next", "rightleftnext"),
        ("x" * 39, "x" * 39),
        ("ü" * 300, "ü" * 200),
    ],
    ids=["line ends", "control characters", "direction marks", "short enough", "too long"],
)
def test_a_text_cannot_break_out_of_its_line(lines: Lines, given: str, written: str) -> None:
    event(lines.log, "something", reason=given)

    assert lines.only()["reason"] == written
    assert lines.written.getvalue().count("\n") == 1


def test_what_looks_like_a_token_is_masked(lines: Lines) -> None:
    token = "kR3vYx1-qWJ0aZ_6tB8mN2cD4eF5gH7iK9lP0oQrStU"

    event(lines.log, "acknowledged", operation=f"{token}/got_it", request="amzn1.echo-api.request.0b1c-42")

    assert lines.only()["operation"] == "…/got_it"
    assert lines.only()["request"] == "amzn1.echo-api.request.0b1c-42"


def test_a_number_that_json_cannot_say_is_null(lines: Lines) -> None:
    event(lines.log, "measured", seconds=float("inf"))

    assert lines.only()["seconds"] is None


def _refuse(medicine: str) -> None:
    raise KeyError(medicine)


def test_of_an_error_only_classes_and_places_are_written(lines: Lines) -> None:
    try:
        try:
            _refuse("Metformin")
        except KeyError as cause:
            raise InvalidError("medicine", "Metformin is not on the list") from cause
    except InvalidError as error:
        event(lines.log, "turn_failed", level=logging.ERROR, error=error)

    outer, inner = lines.only()["error"]
    assert "Metformin" not in lines.written.getvalue()
    assert outer["class"] == "skill.errors.InvalidError"
    assert inner["class"] == "builtins.KeyError"
    assert inner["frames"][-1].startswith("tests/test_logs.py:") or "/test_logs.py:" in inner["frames"][-1]
    assert inner["frames"][-1].endswith(" _refuse")


def test_an_error_may_be_given_as_the_name_of_its_class(lines: Lines) -> None:
    event(lines.log, "send_failed", error="UnreachableError")

    assert lines.only()["error"] == "UnreachableError"


def test_the_text_of_a_library_s_record_is_left_out(lines: Lines) -> None:
    logging.getLogger("flask.app").error("Exception on /a/secret-token for %s", "Ada Lovelace")

    line = lines.only()
    assert line["event"] == "library"
    assert line["log"] == "flask.app"
    assert line["at"].startswith("test_logs.py:")
    assert "secret-token" not in lines.written.getvalue()
    assert "Ada" not in lines.written.getvalue()


def test_a_record_that_cannot_be_written_does_not_spill_its_text(lines: Lines) -> None:
    record = logging.makeLogRecord({"name": "x", "levelno": 30, "created": "not a time", "msg": "Ada"})

    lines.log.handle(record)

    assert lines.only()["event"] == "log_failed"
    assert "Ada" not in lines.written.getvalue()


def test_what_a_library_tells_below_a_warning_is_not_written(lines: Lines) -> None:
    logging.getLogger("apscheduler.scheduler").info("Running job")
    logging.getLogger("apscheduler.scheduler").warning("Run time of job was missed")

    assert lines.only()["level"] == "warning"


def test_what_lies_below_the_level_is_not_written(lines: Lines) -> None:
    event(lines.log, "looked", level=logging.DEBUG)

    assert lines.all() == []


def test_setting_up_twice_writes_each_line_once(lines: Lines) -> None:
    again = io.StringIO()
    set_up("info", again)

    event(lines.log, "started")

    assert lines.all() == []
    assert again.getvalue().count("\n") == 1


def test_a_level_that_does_not_exist_is_refused(lines: Lines) -> None:
    with pytest.raises(InvalidError, match="level"):
        set_up("loud", lines.written)


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("raise ValueError('Metformin')", "uncaught"),
        (FAILS_IN_A_THREAD, "uncaught_in_thread"),
    ],
    ids=["process", "thread"],
)
def test_an_uncaught_error_tells_its_place_and_not_its_message(program: str, name: str) -> None:
    start = "from skill.logs import set_up\nset_up('info')\n"

    ended = subprocess.run(
        [sys.executable, "-c", start + program], check=False, capture_output=True, text=True, timeout=60
    )

    line = json.loads(ended.stderr)
    assert line["event"] == name
    assert line["error"][0]["class"] == "builtins.ValueError"
    assert "Metformin" not in ended.stderr + ended.stdout


# ---- metrics


def test_a_metric_is_a_line_in_cloudwatch_s_embedded_format(lines: Lines) -> None:
    set_up("info", lines.written, function="sweep")

    metric(lines.log, "sweep_lag", 42.5)

    line = lines.only()
    moment = line["_aws"].pop("Timestamp")
    assert 1_700_000_000_000 < moment < 4_000_000_000_000
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "log": "dosekeeper.test",
        "event": "metric",
        "sweep_lag": 42.5,
        "function": "sweep",
        "_aws": {
            "CloudWatchMetrics": [
                {
                    "Namespace": "DoseKeeper",
                    "Dimensions": [["function"]],
                    "Metrics": [{"Name": "sweep_lag", "Unit": "Seconds"}],
                }
            ]
        },
    }


def test_a_metric_of_a_ladder_says_how_it_ended(lines: Lines) -> None:
    metric(lines.log, "ladder_outcome", 1, outcome=Outcome.TRY_AGAIN)

    line = lines.only()
    assert (line["function"], line["outcome"], line["ladder_outcome"]) == ("serve", "try_again", 1)
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["function", "outcome"]]


def test_what_an_alarm_counts_altogether_is_counted_by_nothing_as_well(lines: Lines) -> None:
    metric(lines.log, "alert_exhausted", 1)

    assert lines.only()["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[], ["function"]]


def test_a_metric_is_told_at_every_level_since_alarms_depend_on_it(lines: Lines) -> None:
    set_up("error", lines.written)

    metric(lines.log, "swept", 1)

    assert lines.only()["swept"] == 1


@pytest.mark.parametrize(
    ("name", "value", "dimensions"),
    [
        ("doses", 1, {}),
        ("swept", 1, {"outcome": Outcome.TRY_AGAIN}),
        ("ladder_outcome", 1, {}),
        ("swept", float("nan"), {}),
        ("swept", float("inf"), {}),
        ("swept", True, {}),
    ],
    ids=["unknown", "a dimension too many", "a dimension too few", "no number", "endless", "a truth"],
)
def test_another_metric_is_a_mistake_in_the_code(
    lines: Lines, name: str, value: float, dimensions: dict[str, Enum]
) -> None:
    with pytest.raises(TypeError, match="metric"):
        metric(lines.log, name, value, **dimensions)

    assert lines.all() == []


def test_no_metric_is_counted_by_an_id_or_called_like_a_field() -> None:
    counted_by = {one for measure in METRICS.values() for by in measure.counted_by for one in by}

    assert counted_by == {"function", "outcome"}
    assert METRICS.keys() & (FIELDS | {"time", "level", "log", "event", "at", "error", "_aws"}) == set()


# ---- what lines carry


def test_every_line_written_inside_carries_what_belongs_together(lines: Lines) -> None:
    with carrying(request="r-1", message_id=None):
        event(lines.log, "first")
        with carrying(message_id="m-1"):
            event(lines.log, "second")
            metric(lines.log, "swept", 1)
            logging.getLogger("botocore").warning("a library")
    event(lines.log, "after")

    carried = [(line.get("request"), line.get("message_id")) for line in lines.all()]
    assert carried == [("r-1", None), ("r-1", "m-1"), ("r-1", "m-1"), ("r-1", "m-1"), (None, None)]
    assert "message_id" not in lines.all()[0]


def test_what_a_line_says_itself_holds(lines: Lines) -> None:
    with carrying(operation="alexa/1"):
        event(lines.log, "ticked", operation="tick/7")

    assert lines.only()["operation"] == "tick/7"


def test_what_is_carried_is_cleaned_like_any_field(lines: Lines) -> None:
    with carrying(request="two\nlines " + "x" * 40):
        event(lines.log, "first")

    assert lines.only()["request"] == "twolines …"


def test_a_thread_in_a_copy_of_the_context_carries_the_same(lines: Lines) -> None:
    with ThreadPoolExecutor(1) as threads, carrying(request="r-1"):
        threads.submit(copy_context().run, event, lines.log, "with").result()
        threads.submit(event, lines.log, "without").result()

    assert [line.get("request") for line in lines.all()] == ["r-1", None]


def test_only_listed_fields_are_carried(lines: Lines) -> None:
    with pytest.raises(TypeError, match="medicine"), carrying(medicine="Metformin"):
        event(lines.log, "never")

    assert lines.all() == []
