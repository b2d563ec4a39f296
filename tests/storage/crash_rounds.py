"""kill -9 on the bare store, round after round.

    python -m tests.storage.crash_rounds 500

A round starts a process that writes, kills it at a random moment of steady load, and has a fresh process
check the store. Ten rounds share a store, so that what one crash left behind meets the next.
"""

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from skill.chance import SystemChance
from skill.storage.sqlite import STORE_FILE, create_store
from tests.storage.store_use import ROOT

ROUNDS_A_STORE = 10
MOST_ACKNOWLEDGED_BEFORE = 400  # the kill comes after 1 to this many acknowledged commits


class CrashError(AssertionError):
    """A round went wrong: something was lost, torn, or not tested at all."""


@dataclass
class CrashingStore:
    """A store in ``folder`` that is crashed again and again, and all that was told about it."""

    folder: Path
    facts: dict[str, list[int]] = field(default_factory=dict)
    in_flight: int = 0
    rounds: int = 0

    @property
    def acknowledged(self) -> int:
        return sum(acknowledged for _, acknowledged in self.facts.values())

    def crash_once(self) -> None:
        if not self.rounds:
            create_store(self.folder / STORE_FILE)
        self.rounds += 1
        told = _write_until_killed(self.folder, f"round{self.rounds}")
        in_flight = sum(started - acknowledged for started, acknowledged in told.values())
        if not in_flight:
            raise CrashError("nothing was in flight when the process was killed")
        self.in_flight += in_flight
        self.facts.update(told)
        _check(self.folder, self.facts)


def _write_until_killed(folder: Path, round_name: str) -> dict[str, list[int]]:
    command = [sys.executable, "-m", "tests.storage.crash_writer", str(folder), round_name]
    drawn = int.from_bytes(SystemChance().bytes(4), "big")
    enough, pause = 1 + drawn % MOST_ACKNOWLEDGED_BEFORE, (drawn >> 16) % 5000 / 1_000_000
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("acknowledged"):
                enough -= 1
                if enough == 0:
                    threading.Event().wait(pause)
                    process.kill()
    return _last_numbers(lines)


def _last_numbers(lines: list[str]) -> dict[str, list[int]]:
    """For each writer the last number started, and the last acknowledged."""
    told: dict[str, list[int]] = {}
    for line in lines:
        what, name, number = line.split()
        if what == "wrong":
            raise CrashError(f"a commit was answered wrongly: {line}")
        told.setdefault(name, [0, 0])[what == "acknowledged"] = int(number)
    if not told:
        raise CrashError("the writer ended before it wrote")
    return told


def _check(folder: Path, facts: dict[str, list[int]]) -> None:
    command = [sys.executable, "-m", "tests.storage.crash_check", str(folder)]
    outcome = subprocess.run(
        command, cwd=ROOT, input=json.dumps(facts), capture_output=True, text=True, timeout=120, check=False
    )
    if outcome.returncode:
        raise CrashError(outcome.stdout + outcome.stderr)


def main() -> int:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    done = acknowledged = in_flight = 0
    while done < wanted:
        with tempfile.TemporaryDirectory() as folder:
            store = CrashingStore(Path(folder))
            for _ in range(min(ROUNDS_A_STORE, wanted - done)):
                store.crash_once()
                done += 1
        acknowledged += store.acknowledged
        in_flight += store.in_flight
        sys.stdout.write(f"{done} of {wanted} rounds\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{done} kills -9: {acknowledged} acknowledged commits, 0 lost, 0 torn; "
        f"{in_flight} in flight at a kill, every file sound\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
