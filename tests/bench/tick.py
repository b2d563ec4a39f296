"""Time passing over thousands of charts: the real sweep on a real, sealed SQLite file.

Half of the charts whose wake has come open an alert and queue its page, the other half close three windows
in silence. No key is unwrapped at the start, as after a night.

The baselines: bare SQLite that writes the very same bytes in the same groups, nothing else; and APScheduler
with its SQLAlchemy job store (``tests.bench.date_jobs``).
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from pathlib import Path
from threading import Event

from skill.service.ports import Change, Committed, Put, Remove, Store
from skill.service.sweep import sweep
from skill.storage.sqlite import STORE_FILE, STORE_LAYOUT
from skill.storage.sqlite_file import connect
from tests.bench.charts import Kind, copy_of, fill, moment, opened
from tests.bench.date_jobs import settle_by_date_jobs
from tests.bench.measure import Spent, by_turns, say
from tests.bench.row import Row

LEAST = 3000.0  # charts a second of one core; design 9
LEAST_SLOW = 1000.0
LEAST_TIMES = 5.0
LEAST_SHARE = 0.85  # of the speed with nobody else enrolled; the rest is weather
SLOWER = 0.002  # seconds, for every fsync
ROUNDS = 5


def nothing(_: object) -> None:
    """For whoever has nobody to tell."""


def run(charts: int = 1024, doses: int = 600, enrolled: int = 20_000, rounds: int = ROUNDS) -> list[Row]:
    """``charts``: due at once; ``doses``: that APScheduler settles; ``enrolled``: for the last row."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return [
            *_speed(Path(folder), charts, rounds),
            *_beside_date_jobs(Path(folder), charts, doses, rounds),
            _among_others(Path(folder), charts, enrolled, rounds),
        ]


# ---- how fast, and how fast on a slow disk


def _speed(folder: Path, charts: int, rounds: int) -> list[Row]:
    say(f"charts a second: {rounds} rounds of {charts}, on this disk and on a slower one")
    ward = _filled(folder / "mixed", {Kind.SILENT: charts // 2, Kind.ASKED: charts - charts // 2})
    groups: list[Sequence[Change]] = []
    _sweep(_copy(ward, "rehearsal"), charts, groups.append)

    def ours(number: int) -> float:
        return charts / _sweep(_copy(ward, f"ours-{number}"), charts).cpu

    def bare(number: int) -> float:
        return charts / _write(_copy(ward, f"bare-{number}"), groups).cpu

    def ours_slow(number: int) -> float:
        copy = _copy(ward, f"ours-slow-{number}")
        return charts / _sweep(copy, charts, SlowDisk(copy).wait).wall

    def bare_slow(number: int) -> float:
        copy = _copy(ward, f"bare-slow-{number}")
        return charts / _write(copy, groups, SlowDisk(copy).wait).wall

    quick, quick_bare, slow, slow_bare = by_turns(rounds, ours, bare, ours_slow, bare_slow)
    return [
        Row(
            name="tick, on one core (bare SQLite writing the same bytes)",
            ours=quick,
            baseline=quick_bare,
            unit="charts/CPU s",
            budget=f">= {LEAST:,.0f}",
            met=quick >= LEAST,
        ),
        Row(
            name="tick, + 2 ms for every fsync as reckoned (bare SQLite, likewise)",
            ours=slow,
            baseline=slow_bare,
            unit="charts/s",
            budget=f">= {LEAST_SLOW:,.0f}",
            met=slow >= LEAST_SLOW,
        ),
    ]


class SlowDisk:
    """Reckons the fsyncs of a store, and waits 2 ms for each.

    One for the log with every group, since a group is one transaction; whoever commits waits for it in any
    case. Three more when the log starts anew, which its head counts: SQLite has then carried it over into
    the file (log, file, new head).
    """

    def __init__(self, folder: Path) -> None:
        self._log = folder / (STORE_FILE + "-wal")
        self._starts = self._count()
        self._never = Event()

    def wait(self, _: Sequence[Change]) -> None:
        starts = self._count()
        self._never.wait(SLOWER * (1 + 3 * (starts - self._starts)))
        self._starts = starts

    def _count(self) -> int:
        """The checkpoint sequence number in the head of the log (SQLite file format, section 4.1)."""
        try:
            with self._log.open("rb") as log:
                head = log.read(16)
        except FileNotFoundError:
            head = b""
        return int.from_bytes(head[12:])


class Watched:
    """A store that tells after each commit what was written."""

    def __init__(self, store: Store, tell: Callable[[Sequence[Change]], None]) -> None:
        self._store = store
        self._tell = tell
        self.get, self.query, self.waking, self.close = store.get, store.query, store.waking, store.close

    def commit(self, changes: Sequence[Change]) -> list[Committed]:
        answers = self._store.commit(changes)
        self._tell(changes)
        return answers


def _sweep(folder: Path, due: int, tell: Callable[[Sequence[Change]], None] = nothing) -> Spent:
    """One sweep, in which so many charts are due; the folder is used up."""
    with opened(folder, lambda store: store if tell is nothing else Watched(store, tell)) as ward:
        ward.clock.wind_to(moment(time(10)))
        with Spent() as spent:
            swept = sweep(ward.app, deliver=nothing, out_after=timedelta(days=1))
    if (swept.ticked, swept.failed) != (due, 0):
        raise RuntimeError(f"{swept.ticked} of {due} charts were worked, {swept.failed} failed")
    shutil.rmtree(folder)
    return spent


def _write(
    folder: Path, groups: Sequence[Sequence[Change]], tell: Callable[[Sequence[Change]], None] = nothing
) -> Spent:
    """The same rows, in the same transactions, by SQLite alone; the folder is used up."""
    statements = [[_statement(step) for change in group for step in change.steps] for group in groups]
    connection = connect(folder / STORE_FILE, STORE_LAYOUT)
    with Spent() as spent:
        for group, rows in zip(groups, statements, strict=True):
            connection.execute("BEGIN IMMEDIATE")
            for sql, values in rows:
                connection.execute(sql, values)
            connection.execute("COMMIT")
            tell(group)
    connection.close()
    shutil.rmtree(folder)
    return spent


def _statement(step: Put | Remove) -> tuple[str, tuple[object, ...]]:
    if isinstance(step, Remove):
        return "DELETE FROM item WHERE pk = ? AND sk = ?", (step.place.pk, step.place.sk)
    item = step.item
    wake = None if item.wake is None else int(item.wake.timestamp() * 1_000_000)
    values = (item.shard, wake, item.digest, item.body, item.place.pk, item.place.sk)
    if step.expect:
        sql = "UPDATE item SET shard = ?, wake = ?, digest = ?, body = ?, version = version + 1"
        return f"{sql} WHERE pk = ? AND sk = ?", values
    sql = "INSERT INTO item (shard, wake, digest, body, pk, sk, version) VALUES (?, ?, ?, ?, ?, ?, 1)"
    return f"{sql} ON CONFLICT DO NOTHING", values


# ---- beside one job for each dose


def _beside_date_jobs(folder: Path, charts: int, doses: int, rounds: int) -> list[Row]:
    """On this disk, whose fsync may cost next to nothing, and on one where each takes 2 ms more."""
    say(f"doses settled: {rounds} rounds of {3 * charts}; by date jobs {doses}")
    ward = _filled(folder / "asked", {Kind.ASKED: charts})

    def ours(number: int) -> float:
        return 3 * charts / _sweep(_copy(ward, f"settled-{number}"), charts).wall

    def theirs(number: int) -> float:
        return doses / settle_by_date_jobs(_made(folder / f"jobs-{number}"), doses)

    def ours_slow(number: int) -> float:
        copy = _copy(ward, f"settled-slow-{number}")
        return 3 * charts / _sweep(copy, charts, SlowDisk(copy).wait).wall

    def theirs_slow(number: int) -> float:
        return doses / settle_by_date_jobs(_made(folder / f"jobs-slow-{number}"), doses, SLOWER)

    results = by_turns(rounds, ours, theirs, ours_slow, theirs_slow)
    return [
        Row(
            name=f"doses settled{where} (APScheduler + SQLAlchemy, a date job for each)",
            ours=settled,
            baseline=by_jobs,
            unit="doses/s",
            budget=f">= {LEAST_TIMES:g} x",
            met=settled >= LEAST_TIMES * by_jobs,
        )
        for where, settled, by_jobs in (("", *results[:2]), (", + 2 ms for every fsync", *results[2:]))
    ]


# ---- among patients with nothing due


def _among_others(folder: Path, charts: int, enrolled: int, rounds: int) -> Row:
    say(f"{charts} due among {charts} and among {enrolled}: enrolling")
    few = _filled(folder / "few", {Kind.SILENT: charts})
    many = _filled(folder / "many", {Kind.SILENT: charts, Kind.ANSWERED: enrolled - charts})

    def alone(number: int) -> float:
        return charts / _sweep(_copy(few, f"few-{number}"), charts).cpu

    def among(number: int) -> float:
        return charts / _sweep(_copy(many, f"many-{number}"), charts).cpu

    share, whole = by_turns(rounds, among, alone)
    return Row(
        name=f"tick, {charts:,} due among {enrolled:,} ({charts:,} among {charts:,})",
        ours=share,
        baseline=whole,
        unit="charts/CPU s",
        budget=f">= {LEAST_SHARE:g} x",
        met=share >= LEAST_SHARE * whole,
    )


# ---- folders


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _filled(folder: Path, patients: Mapping[Kind, int]) -> Path:
    fill(_made(folder), patients)
    return folder


def _copy(ward: Path, name: str) -> Path:
    return copy_of(ward, ward.parent / name)
