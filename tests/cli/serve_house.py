"""A house that ``serve`` can be started on: stores in a folder, linked Echos, and Amazon's part played."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from skill import bootstrap
from skill.clock import SystemClock
from skill.domain.care_team import Address, Channel, Contact, Patient
from skill.domain.commands import AddMedication, SetCareTeam
from skill.domain.identity import ContactId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Medication
from skill.domain.timings import FixedTimes, Phase
from skill.private import Private
from skill.service.act import act
from skill.service.linking import add_household, add_patient, link, make_code
from skill.settings import Settings, read
from tests.web.alexa_pki import CHAIN_URL, Authority, Pki, a_key, an_authority, pem

ROOT = Path(__file__).parents[2]
SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
STARTS_WITHIN = 30.0  # seconds


@dataclass(frozen=True, kw_only=True)
class ServedHouse:
    """The folder, the environment of its processes, and the key that signs as Alexa does."""

    folder: Path
    environ: Mapping[str, str]
    pki: Pki
    port: int
    patients: tuple[PatientId, ...]

    @property
    def settings(self) -> Settings:
        return read(self.environ)


def user_of(patient_id: PatientId) -> str:
    return f"amzn1.ask.account.{patient_id}"


def a_served_house(folder: Path, echos: int) -> ServedHouse:
    """Make the stores, and ``echos`` households of one patient with two medicines, each linked."""
    now = SystemClock().now()
    span = {"not_before": now - timedelta(days=1), "not_after": now + timedelta(days=1)}
    root = an_authority("Test Root", by=None, **span)
    middle: Authority = an_authority("Test Middle", by=root, **span)
    pki = Pki(root=root, middle=middle, key=a_key())
    (folder / "roots.pem").write_bytes(pem(root.certificate))
    (folder / "chain.pem").write_bytes(pem(pki.leaf(**span), middle.certificate))
    port = _a_free_port()
    environ = {
        "DOSEKEEPER_DATA": str(folder / "data"),
        "DOSEKEEPER_KEY_FILE": str(folder / "key"),
        "DOSEKEEPER_SKILL_ID": SKILL_ID,
        "DOSEKEEPER_PORT": str(port),
        "DOSEKEEPER_TRUST_ROOTS": str(folder / "roots.pem"),
        "DOSEKEEPER_HEARTBEAT_SECONDS": "1",
        "DOSEKEEPER_LOG_LEVEL": "warning",
    }
    settings = read(environ)
    bootstrap.create_home(settings)
    house = bootstrap.command_app(settings)
    try:
        patients = tuple(_enrolled(house, number) for number in range(echos))
    finally:
        house.close()
    return ServedHouse(folder=folder, environ=environ, pki=pki, port=port, patients=patients)


def _enrolled(house: bootstrap.House, number: int) -> PatientId:
    patient_id = PatientId(f"pat_served{number}")
    household_id = add_household(house.app, house.chance)
    patient = Patient(patient_id=patient_id, name=Private(f"Ada {number}"), zone=ZoneInfo("America/New_York"))
    add_patient(house.app, household_id, patient, OperationId(f"enrol/{number}"))
    for index in range(2):
        medicine = Medication(medication_id=MedicationId(f"med_{index}"), name=Private(f"medicine {index}"))
        timing = FixedTimes(wall_times=tuple(time(hour) for hour in range(0, 24, 4)))
        phase = Phase(first_day=date(2026, 1, 1), timing=timing)
        command = AddMedication(operation=OperationId(f"add/{index}"), medication=medicine, phases=(phase,))
        act(house.app, patient_id, command)
    sam = Contact(
        contact_id=ContactId("con_sam"),
        name=Private("Sam"),
        zone=ZoneInfo("America/New_York"),
        addresses=(Address(channel=Channel.SMS, value=Private("+12025550111")),),
    )
    ladders = standard_ladders([sam.contact_id], Waits())
    team = SetCareTeam(operation=OperationId("team"), contacts=(sam,), ladders=ladders)
    act(house.app, patient_id, team)
    link(house.app, user_of(patient_id), make_code(house.app, house.chance, household_id))
    return patient_id


def _a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def serving(
    house: ServedHouse, *, log: BinaryIO | None = None, **more: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """``serve`` as a process group of its own; ended at the end, if it still lives.

    ``log``: where its lines go instead of to this process's; ``more``: settings beside those of ``house``.
    """
    environ = {**os.environ, **house.environ, **more}
    command = [sys.executable, "-m", "tests.cli.serve_launcher", str(house.folder / "chain.pem")]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=log, start_new_session=True) as process:
        try:
            _wait_until_it_answers(house, process)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9 for ``serve`` and its worker."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def _wait_until_it_answers(house: ServedHouse, process: "subprocess.Popen[bytes]") -> None:
    pause = threading.Event()
    for _ in range(int(STARTS_WITHIN * 20)):
        if process.poll() is not None:
            raise AssertionError(f"serve ended with {process.returncode} before it answered")
        try:
            if fetched(house.port, "/healthz")[0] == 200:
                return
        except OSError:
            pause.wait(0.05)
    raise AssertionError("serve did not answer in time")


def fetched(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of a GET."""
    return _asked(port, "GET", path, None)


def posted(port: int, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of a POST without any signature."""
    return _asked(port, "POST", path, body)


def _asked(port: int, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request(method, path, body)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


class AlexaClient:
    """One Echo that speaks to a running ``serve`` over one connection, with Amazon's signature."""

    def __init__(self, house: ServedHouse, patient_id: PatientId) -> None:
        self._house = house
        self._user = user_of(patient_id)
        self._line = HTTPConnection("127.0.0.1", house.port, timeout=20)

    def intent(self, name: str, request_id: str) -> dict[str, object]:
        """The answer to an intent; ``OSError`` or ``http.client.HTTPException`` when the line breaks."""
        body = json.dumps(self._envelope(name, request_id)).encode()
        signature = base64.b64encode(self._house.pki.signature(body)).decode()
        headers = {
            "Content-Type": "application/json",
            "Signature-256": signature,
            "SignatureCertChainUrl": CHAIN_URL,
        }
        self._line.request("POST", "/alexa", body, headers)
        answer = self._line.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise AssertionError(f"a genuine request got {answer.status}")
        parsed: dict[str, object] = json.loads(text)
        return parsed

    def close(self) -> None:
        self._line.close()

    def _envelope(self, name: str, request_id: str) -> dict[str, object]:
        application = {"applicationId": SKILL_ID}
        user = {"userId": self._user}
        return {
            "version": "1.0",
            "session": {
                "new": True,
                "sessionId": f"session-{request_id}",
                "application": application,
                "attributes": {},
                "user": user,
            },
            "context": {"System": {"application": application, "user": user, "device": {"deviceId": "echo"}}},
            "request": {
                "type": "IntentRequest",
                "requestId": request_id,
                "timestamp": f"{SystemClock().now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "locale": "en-US",
                "intent": {"name": name, "confirmationStatus": "NONE", "slots": {}},
            },
        }
