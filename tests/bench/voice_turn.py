"""A spoken confirmation in a process that is warm: envelope in, envelope out, three doses on the disk.

The baseline is what no skill on this SDK and this disk can do without: a hello skill's answer, and one bare
SQLite commit of three rows with ``synchronous=FULL``. Every turn is that of another patient, whose key
and chart this process has not seen yet.
"""

import sqlite3
import tempfile
import time as clock
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import time
from pathlib import Path

from skill.domain.doses import DoseState
from skill.domain.identity import HouseholdId, PatientId
from skill.phrases.catalogue import packaged
from skill.service.linking import Household
from skill.service.ports import Place, Row
from skill.standin.envelopes import Echo
from skill.voice.skill import build_skill
from tests.bench.charts import Kind, Ward, fill, moment, opened
from tests.bench.hello_skill import hello
from tests.bench.measure import percentile, say
from tests.bench.row import Row as Line

BUDGETS = ((50, 1.5), (99, 8.0))  # percentile, milliseconds above the baseline; design 9
SKILL_ID = "amzn1.ask.skill.bench"
WARM_UP = 50
ROW = bytes(1024)


def run(turns: int = 1000) -> list[Line]:
    """Milliseconds of one turn; ours and the baseline by turns."""
    say(f"voice turns: {turns}, a hello and a bare commit after each")
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        ours, bare = _measured(Path(folder), turns)
    return [
        Line(
            name=f"voice turn, p{percent} (hello skill + a bare commit of 3 rows)",
            ours=percentile(ours, percent),
            baseline=percentile(bare, percent),
            unit="ms",
            budget=f"<= + {most:g} ms",
            met=percentile(ours, percent) <= percentile(bare, percent) + most,
        )
        for percent, most in BUDGETS
    ]


def _measured(folder: Path, turns: int) -> tuple[list[float], list[float]]:
    everybody = WARM_UP + turns
    fill(folder, {Kind.SILENT: everybody})
    ours: list[float] = []
    bare: list[float] = []
    with opened(folder) as ward, _bare_commit(folder / "bare.db") as commit:
        _link(ward, everybody)
        skill = build_skill(ward.app, packaged(), country="US")
        ward.clock.wind_to(moment(time(8, 35)))
        for number in range(everybody):
            echo = Echo(skill_id=SKILL_ID, user_id=_account(number))
            took = echo.intent("ConfirmIntent", ward.clock.now())
            ours.append(_milliseconds(lambda took=took: skill(took)))
            bare.append(_milliseconds(lambda took=took, number=number: (hello(took, None), commit(number))))
        _check(ward, everybody)
    return ours[WARM_UP:], bare[WARM_UP:]


def _milliseconds(work: Callable[[], object]) -> float:
    started = clock.perf_counter()
    work()
    return (clock.perf_counter() - started) * 1000


@contextmanager
def _bare_commit(path: Path) -> Iterator[Callable[[int], None]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE item (pk TEXT, sk TEXT, body BLOB, PRIMARY KEY (pk, sk))")

        def commit(number: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            for row in "abc":
                connection.execute("INSERT INTO item VALUES (?, ?, ?)", (str(number), row, ROW))
            connection.execute("COMMIT")

        yield commit


def _account(number: int) -> str:
    return f"amzn1.ask.account.{number:040d}"


def _patient(number: int) -> PatientId:
    return PatientId(f"pat_{Kind.SILENT.value}{number:08d}")


def _link(ward: Ward, count: int) -> None:
    """A household and an Alexa account for each patient, as ``skill.service.linking`` leaves them behind."""
    for number in range(count):
        household = Household(household_id=HouseholdId(f"house_{number:016d}"), patients=(_patient(number),))
        house = Place(pk=f"HOUSE#{household.household_id}", sk="-")
        account = Place(pk=f"LINK#alexa#{ward.app.charts.blind('alexa', _account(number))}", sk="-")
        rows = [
            Row(place=house, value=household, expect=0),
            Row(place=account, value=household.household_id, expect=0),
        ]
        if not ward.app.charts.write(rows):
            raise RuntimeError("a household is there already")


def _check(ward: Ward, count: int) -> None:
    """What was measured is a confirmation and nothing less: all three doses are taken."""
    for number in range(count):
        outcomes = ward.app.charts.load(_patient(number)).chart.now.outcomes
        today = [outcome.state for outcome in outcomes if outcome.due == moment(time(8))]
        if today != [DoseState.TAKEN] * 3:
            raise RuntimeError(f"the doses of patient {number} are {today}")
