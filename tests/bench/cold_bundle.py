"""A cold start as on Lambda: the unpacked bundle under the official runtime client, beside a hello skill.

Both zips are made by the same script, for this interpreter, with byte code. Both functions work on the table
of one server on this machine. The hello skill makes a DynamoDB client of boto3 while it starts, and reads one
item in each turn. Ours is ``lambda/skill_handler.py`` as it is deployed: it opens its keys and its lines
while it starts, by a turn that nobody said, and looks in each turn whether the Echo is linked. The start is
counted from the start of the process until the client asks for the first event, so the interpreter and the
client count in both; the launch is the first event that the process ever sees.
"""

import statistics
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.bundle.build import ROOT, Built, build
from infra.bundle.contents import NOT_ON_LAMBDA, Recipe, dose_keeper
from infra.bundle.pack import moment_of_commit
from infra.bundle.target import this_machine
from skill.clock import SystemClock
from skill.standin.envelopes import Echo
from tests.bench.measure import say
from tests.bench.row import Row
from tests.lambda_ground import Ground, a_ground
from tests.lambda_runtime import client_folder, running

MOST_TIMES, MOST_TIMES_MEMORY, MOST_ZIP_MB = 1.15, 1.3, 35.0  # issue 3, "Shown by"
MEASURED = (
    ("cold start", "ms", MOST_TIMES),
    ("first launch", "ms", MOST_TIMES),
    ("peak memory", "MB", MOST_TIMES_MEMORY),
)
ROUNDS = 11
BENCH = ROOT / "tests" / "bench"
SKILL_ID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contestant:
    """An unpacked bundle, what starts in it, and what it needs in the environment."""

    task: Path
    handler: str
    environ: Mapping[str, str]
    built: Built


def run(rounds: int = ROUNDS) -> list[Row]:
    """Milliseconds and MB, each the median over ``rounds`` new processes; MB are millions of bytes."""
    with tempfile.TemporaryDirectory(prefix="bench") as made, a_ground() as ground:
        folder = Path(made)
        say("cold bundle: two bundles for this interpreter")
        ours, hello = _ours(folder, ground), _hello(folder, ground)
        client = client_folder(folder)
        say(f"cold bundle: 2 x {rounds} processes")
        for one in (ours, hello):
            _measured(one, client)  # the files are then in the machine's memory
        seen: dict[str, list[tuple[float, ...]]] = {ours.handler: [], hello.handler: []}
        for _ in range(rounds):
            for one in (ours, hello):
                seen[one.handler].append(_measured(one, client))
    columns = list(zip(*(_medians(seen[one.handler]) for one in (ours, hello)), strict=True))
    return _rows(columns, ours.built, hello.built)


def _medians(seen: Sequence[tuple[float, ...]]) -> list[float]:
    return [statistics.median(column) for column in zip(*seen, strict=True)]


def _rows(columns: Sequence[tuple[float, float]], ours: Built, hello: Built) -> list[Row]:
    rows = [
        Row(
            name=f"Lambda: {name} (hello skill + DynamoDB client + AESGCM)",
            ours=mine,
            baseline=theirs,
            unit=unit,
            budget=f"<= {most:g} x",
            met=mine <= most * theirs,
        )
        for (name, unit, most), (mine, theirs) in zip(MEASURED, columns, strict=True)
    ]
    size = ours.zip_bytes / 1e6
    zipped = Row(
        name="Lambda: zip (the hello skill's)",
        ours=size,
        baseline=hello.zip_bytes / 1e6,
        unit="MB",
        budget=f"<= {MOST_ZIP_MB:g} MB",
        met=size <= MOST_ZIP_MB,
    )
    return [*rows, zipped]


def _measured(one: _Contestant, client: Path) -> tuple[float, ...]:
    """Start and first launch in milliseconds, peak memory in MB, of one new process."""
    echo = Echo(skill_id=SKILL_ID)
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        running(one.task, one.handler, one.environ, Path(folder), client=client) as function,
    ):
        answer = function.invoke(echo.launch(SystemClock().now()))
        if answer.failed or not echo.hear(answer.body):
            raise RuntimeError(f"a launch got no words:\n{function.written()}")
        return function.init_seconds * 1000, answer.seconds * 1000, function.peak_kib() * 1024 / 1e6


def _ours(folder: Path, ground: Ground) -> _Contestant:
    environ = ground.environ(SKILL_ID=SKILL_ID, AWS_QUEUE=ground.queue)
    return _unpacked(dose_keeper(ROOT), folder / "ours", "skill_handler.handler", environ)


def _hello(folder: Path, ground: Ground) -> _Contestant:
    own = {f"tests/bench/{name}.py": BENCH / f"{name}.py" for name in ("hello_function", "hello_skill")}
    recipe = Recipe(
        roots=frozenset({"ask-sdk-core", "boto3", "cryptography"}),
        without=NOT_ON_LAMBDA - {"boto3"},
        own=own,
    )
    environ = {"AWS_ENDPOINT_URL_DYNAMODB": ground.server.endpoint, "TABLE": ground.table}
    return _unpacked(recipe, folder / "hello", "tests.bench.hello_function.handler", environ)


def _unpacked(recipe: Recipe, folder: Path, handler: str, environ: Mapping[str, str]) -> _Contestant:
    packed = folder.with_suffix(".zip")
    built = build(recipe, this_machine(), packed, moment_of_commit(ROOT))
    with zipfile.ZipFile(packed) as opened:
        opened.extractall(folder)
    return _Contestant(task=folder, handler=handler, environ=environ, built=built)
