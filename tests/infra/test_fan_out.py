"""Hundreds due at once, handed out twice, worked by several: each dose is settled once, each page sent once.

A thousand take forty seconds on two idle cores: ``python -m tests.infra.scale_run 1000``.
"""

from collections import Counter

from tests.bench.charts import Kind
from tests.infra.scale_run import run


def test_everybody_is_worked_once_whatever_is_repeated_and_re_ordered() -> None:
    patients = 300

    told = run(patients)

    assert told.patients == {Kind.SILENT: 150, Kind.ASKED: 150}
    assert told.handed_out == 600  # by two sweeps at once
    assert told.given >= 60  # pieces of twenty, each to two workers
    assert told.left == 0
    assert (len(told.settled), set(told.settled.values())) == (
        450,
        {1},
    )  # three doses of those whom Ana asked
    assert (len(told.queued), set(told.queued.values())) == (150, {1})  # one page about each silent one
    assert told.sent == told.queued
    assert told.ended == told.queued
    assert Counter(patient for patient, _ in told.sent).most_common(1)[0][1] == 1
