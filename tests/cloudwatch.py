"""What CloudWatch makes of a log and of an alarm: metric lines are data points, data points a state."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

Node = dict[str, Any]
_COMPARISONS = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
_STATISTICS = {"Sum": sum, "Maximum": max}


class Point(NamedTuple):
    """One value of a metric, as one of the sets of dimensions counts it."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    unit: str
    value: float


def points(log: str) -> list[Point]:
    """What CloudWatch reads out of the lines of ``log``; a line that breaks the format is an error.

    "Specification: Embedded metric format", docs.aws.amazon.com: dimensions and metrics are members of the
    root, the former texts, the latter numbers; the timestamp is in milliseconds.
    """
    found = []
    for line in log.splitlines():
        root = json.loads(line) if line.startswith("{") else {}
        if "_aws" not in root:
            continue
        assert root["_aws"]["Timestamp"] > 1_000_000_000_000, line
        for directive in root["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, root[name]) for name in names)
                assert all(isinstance(value, str) and value for _, value in dimensions), line
                for one in directive["Metrics"]:
                    value = root[one["Name"]]
                    assert isinstance(value, int | float), line
                    found.append(
                        Point(directive["Namespace"], one["Name"], dimensions, one["Unit"], float(value))
                    )
    return found


def seen_by(alarm: Node, log: str) -> list[float]:
    """The values in ``log`` at which this alarm looks: its namespace, its metric, exactly its dimensions."""
    wanted = frozenset((one["Name"], one["Value"]) for one in alarm.get("Dimensions", ()))
    return [
        point.value
        for point in points(log)
        if (point.namespace, point.name, point.dimensions)
        == (alarm["Namespace"], alarm["MetricName"], wanted)
    ]


def state(alarm: Node, *periods: Sequence[float], before: str = "OK") -> str:
    """The alarm after these periods, each with the values of one; an empty one is missing data.

    "Using Amazon CloudWatch alarms", docs.aws.amazon.com. Threshold and dimensions are filled in.
    """
    length = alarm["EvaluationPeriods"]
    looked_at = [_breaches(alarm, values) for values in [*[()] * length, *periods][-length:]]
    if all(breach is None for breach in looked_at):
        return before
    breaches = sum(breach is True for breach in looked_at)
    return "ALARM" if breaches >= alarm.get("DatapointsToAlarm", length) else "OK"


def _breaches(alarm: Node, values: Sequence[float]) -> bool | None:
    """None: nothing is known, and the alarm leaves that out."""
    if not values:
        return {"breaching": True, "notBreaching": False, "ignore": None}[alarm["TreatMissingData"]]
    value = _STATISTICS[alarm["Statistic"]](values)
    return bool(_COMPARISONS[alarm["ComparisonOperator"]](value, float(alarm["Threshold"])))
