"""What a new process loads before it can answer, in source form with warm byte code, beside a hello skill.

Both also make one DynamoDB client of boto3, as they would on AWS; the hello skill gets AES-GCM as well, since
what it stores would have to be sealed. Measured inside the process, so that Python's own start counts in
neither.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import by_turns, say
from tests.bench.row import Row

MOST_TIMES = 1.15  # design 9
ROUNDS = 11
ROOT = Path(__file__).parents[2]
HEAVY = ("flask", "apscheduler", "jinja2", "requests", "boto3.resources")
OURS = ("skill.voice.skill", "skill.storage.records", "skill.storage.sealing", "skill.storage.keys")
HELLO = ("tests.bench.hello_skill", "cryptography.hazmat.primitives.ciphers.aead")
PROGRAM = """
import sys, time
start = time.perf_counter()
import importlib
for name in sys.argv[1:]:
    importlib.import_module(name)
loaded = sorted(sys.modules)
import boto3
boto3.client("dynamodb", region_name="us-east-1")
spent = time.perf_counter() - start
import json
print(json.dumps([spent, loaded]))
"""


def run(rounds: int = ROUNDS) -> list[Row]:
    """Milliseconds, median over ``rounds`` new processes each; and how many heavy modules ours loads."""
    say(f"cold import: 2 x {rounds} processes")
    with tempfile.TemporaryDirectory(prefix="bench") as byte_code:
        _, loaded = _process(OURS, byte_code)  # also writes the byte code that both then find
        _process(HELLO, byte_code)
        ours, hello = by_turns(
            rounds, lambda _: _process(OURS, byte_code)[0], lambda _: _process(HELLO, byte_code)[0]
        )
    heavy = [name for name in HEAVY if name in loaded]
    return [
        Row(
            name="cold import with a DynamoDB client (hello skill + AESGCM + client)",
            ours=ours,
            baseline=hello,
            unit="ms",
            budget=f"<= {MOST_TIMES:g} x",
            met=ours <= MOST_TIMES * hello,
        ),
        Row(
            name=f"of {', '.join(HEAVY)}: loaded ({', '.join(heavy) or 'none'})",
            ours=len(heavy),
            baseline=0,
            unit="modules",
            budget="none",
            met=not heavy,
        ),
    ]


def _process(modules: tuple[str, ...], byte_code: str) -> tuple[float, list[str]]:
    """Milliseconds until everything is loaded, and what was loaded before the client was."""
    own = {
        "AWS_ACCESS_KEY_ID": "bench",  # as on Lambda: no search for them
        "AWS_SECRET_ACCESS_KEY": "bench",
        "PYTHONPYCACHEPREFIX": byte_code,
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules],
        cwd=ROOT,
        env={**os.environ, **own, "PYTHONDONTWRITEBYTECODE": ""},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    spent, loaded = json.loads(ended.stdout)
    return spent * 1000, loaded
