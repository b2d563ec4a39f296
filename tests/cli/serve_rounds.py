"""kill -9 of ``serve`` under load, round after round; a fresh process looks for every answered confirmation.

    python -m tests.cli.serve_rounds 50

Each round: four Echos confirm doses over HTTP with Amazon's signature; after at least 200 answers, at a
random moment of steady load, the whole process group is killed. A round with nothing in flight fails.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from skill.chance import SystemChance
from skill.domain.identity import PatientId
from tests.cli.serve_house import ROOT, AlexaClient, ServedHouse, a_served_house, kill, serving

CLIENTS = 4
ANSWERS_A_ROUND = 200
_ANSWERS_ARRIVE_WITHIN = 0.3  # seconds in which a client takes an answer that had been sent
_MOST_DRAWN = 100
_INTENTS = ("ConfirmIntent", "NotYetIntent", "TakenIntent", "TookAgainIntent", "DontRememberIntent")


class LostError(AssertionError):
    """An answered confirmation is not in the ledger, or a round proved nothing."""


@dataclass
class Load:
    """What the clients of one round sent and what was answered to them."""

    answered: dict[str, list[str]] = field(default_factory=dict)
    in_flight: dict[str, None] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)
    killed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    may_ask: threading.Event = field(default_factory=threading.Event)
    wanted: int = ANSWERS_A_ROUND

    @property
    def count(self) -> int:
        return sum(len(answers) for answers in self.answered.values())


def _speak(house: ServedHouse, patient_id: PatientId, round_name: str, load: Load) -> None:
    """Confirm one dose after the other until ``serve`` is killed; a line that breaks before is made anew."""
    number = 0
    while not load.killed.is_set():
        with closing(AlexaClient(house, patient_id)) as client, suppress(OSError, HTTPException):
            while not load.killed.is_set():
                number += 1
                _say_one(client, patient_id, f"{round_name}-{patient_id}-{number}", number, load)


def _say_one(client: AlexaClient, patient_id: PatientId, request_id: str, number: int, load: Load) -> None:
    load.may_ask.wait()
    if load.killed.is_set():
        return
    with load.lock:
        load.in_flight[request_id] = None
    try:
        answer = client.intent(_INTENTS[number % len(_INTENTS)], request_id)
    except AssertionError as problem:
        load.failed.append(str(problem))
        load.enough.set()
        return
    with load.lock:
        del load.in_flight[request_id]
        if "only my note failed" not in json.dumps(answer).lower():
            load.answered.setdefault(patient_id, []).append(request_id)
        if load.count >= load.wanted:
            load.enough.set()


def one_round(house: ServedHouse, round_name: str, answered_before: dict[str, list[str]]) -> Load:
    """Serve, load, kill, check; everything ever answered, this round's too, is in the store."""
    drawn = int.from_bytes(SystemChance().bytes(4), "big")
    load = Load(wanted=ANSWERS_A_ROUND + drawn % 100)
    with serving(house) as process:
        threads = [
            threading.Thread(target=_speak, args=(house, patient_id, round_name, load))
            for patient_id in house.patients
        ]
        load.may_ask.set()
        for thread in threads:
            thread.start()
        if not load.enough.wait(120):
            load.failed.append("the load was not answered in time")
        _kill_in_flight(process, load)
        for thread in threads:
            thread.join()
    if load.failed:
        raise LostError(load.failed[0])
    if not load.in_flight:
        raise LostError("nothing was in flight when serve was killed")
    for patient_id, requests in load.answered.items():
        answered_before.setdefault(patient_id, []).extend(requests)
    _check(house, answered_before)
    return load


def _kill_in_flight(process: "subprocess.Popen[bytes]", load: Load) -> None:
    """kill -9 at a random moment at which requests are in flight; where they are not, another is drawn.

    ``serve`` is stopped dead at that moment and goes on only if every request had been answered: nothing
    is answered, and nobody asks anew, between the look and the kill.
    """
    for _ in range(_MOST_DRAWN):
        drawn = int.from_bytes(SystemChance().bytes(2), "big")
        threading.Event().wait(drawn % 20_000 / 1_000_000)
        load.may_ask.clear()
        os.killpg(process.pid, signal.SIGSTOP)
        threading.Event().wait(_ANSWERS_ARRIVE_WITHIN)
        with load.lock:
            flying = bool(load.in_flight)
        if flying:
            break
        os.killpg(process.pid, signal.SIGCONT)
        load.may_ask.set()
    load.killed.set()
    load.may_ask.set()
    kill(process)


def _check(house: ServedHouse, answered: dict[str, list[str]]) -> None:
    environ = dict(house.environ)
    command = [sys.executable, "-m", "tests.cli.serve_check"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        input=json.dumps(answered).encode(),
        env=environ,
        capture_output=True,
        check=False,
        timeout=300,
    )
    if done.returncode != 0:
        raise LostError(done.stdout.decode() + done.stderr.decode()[-2000:])


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    answered: dict[str, list[str]] = {}
    in_flight = 0
    with tempfile.TemporaryDirectory() as folder:
        house = a_served_house(Path(folder), CLIENTS)
        for number in range(1, rounds + 1):
            load = one_round(house, f"r{number}", answered)
            in_flight += len(load.in_flight)
            sys.stdout.write(
                f"round {number}: {load.count} answered, {len(load.in_flight)} in flight, none lost\n"
            )
            sys.stdout.flush()
    total = sum(len(requests) for requests in answered.values())
    sys.stdout.write(f"{rounds} rounds: {total} answered confirmations, {in_flight} in flight, 0 lost\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
