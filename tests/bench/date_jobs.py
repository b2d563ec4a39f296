"""The way most reminder programs go: APScheduler with its SQLAlchemy job store, one date job for each dose.

It has every advantage that costs nobody anything: WAL instead of a rollback journal, one worker, the doses
in a file of their own so that the two never wait for each other, and two columns to write, in the clear.
Both files are written with ``synchronous=FULL``, as ours is.
"""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine, event

from tests.bench.measure import Spent

PAST = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST = 60.0  # seconds


class Doses:
    """The doses; settled by whatever thread the scheduler chooses."""

    def __init__(self, path: Path, count: int, slower: float) -> None:
        self._slower = slower
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        durable(self._connection, None)
        self._connection.execute("CREATE TABLE dose (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
        self._connection.execute("BEGIN")
        rows = [(number, "due") for number in range(count)]
        self._connection.executemany("INSERT INTO dose VALUES (?, ?)", rows)
        self._connection.execute("COMMIT")
        self._left = count
        self.all_settled = Event()

    def settle(self, number: int) -> None:
        self._connection.execute("UPDATE dose SET state = 'unconfirmed' WHERE id = ?", (number,))
        _wait(self._slower)
        self._left -= 1
        if self._left == 0:
            self.all_settled.set()

    def close(self) -> None:
        self._connection.close()


_present: list[
    Doses
] = []  # a job is stored by the name of its function, so that function must find them here


def settle(number: int) -> None:
    """What each job does."""
    _present[-1].settle(number)


def durable(connection: sqlite3.Connection, _: object) -> None:
    """For every new connection; SQLAlchemy's own has the same methods."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _wait(seconds: float) -> None:
    if seconds:
        Event().wait(seconds)


def settle_by_date_jobs(folder: Path, count: int, slower: float = 0.0) -> float:
    """Seconds from the moment at which ``count`` stored jobs may run until the last dose is settled.

    ``slower``: seconds that each commit takes longer, once the jobs run.
    """
    doses = Doses(folder / "doses.db", count, slower)
    _present.append(doses)
    engine = create_engine(f"sqlite:///{folder / 'jobs.db'}")
    event.listen(engine, "connect", durable)
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        executors={"default": ThreadPoolExecutor(1)},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    for number in range(count):
        scheduler.add_job(settle, "date", run_date=PAST, args=[number], misfire_grace_time=None)
    event.listen(engine, "commit", lambda _: _wait(slower))
    with Spent() as spent:
        scheduler.resume()
        finished = doses.all_settled.wait(LONGEST)
    scheduler.shutdown()
    _present.remove(doses)
    doses.close()
    if not finished:
        raise RuntimeError("the scheduler did not settle every dose")
    return spent.wall
