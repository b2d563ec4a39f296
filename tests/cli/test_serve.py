"""``serve`` as a process: it answers, it is the only one on its folder, and kill -9 loses nothing."""

import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from skill import bootstrap
from skill.service.heartbeat import last_beat
from tests.cli.serve_house import ROOT, AlexaClient, ServedHouse, a_served_house, fetched, posted, serving
from tests.cli.serve_rounds import CLIENTS, one_round


@pytest.fixture
def house(tmp_path: Path) -> ServedHouse:
    return a_served_house(tmp_path, CLIENTS)


def test_every_answered_confirmation_survives_three_kills_under_load(house: ServedHouse) -> None:
    answered: dict[str, list[str]] = {}

    loads = [one_round(house, f"r{number}", answered) for number in range(3)]

    assert all(load.count >= 200 for load in loads)
    assert sum(len(requests) for requests in answered.values()) == sum(load.count for load in loads)


def test_a_request_that_is_not_signed_gets_a_bare_400_and_a_signed_one_an_answer(house: ServedHouse) -> None:
    with serving(house):
        with closing(AlexaClient(house, house.patients[0])) as echo:
            genuine = echo.intent("WhatIsDueIntent", "genuine")
        status, body = posted(house.port, "/alexa", b'{"version": "1.0"}')

    assert genuine["version"] == "1.0"
    assert (status, body) == (400, b"")


def test_it_is_ready_once_a_sweep_has_finished(house: ServedHouse) -> None:
    with serving(house):
        for _ in range(100):
            _, body = fetched(house.port, "/readyz")
            if json.loads(body)["sweeping"]:
                break

    assert json.loads(body)["sweeping"] is True


def refused_serve(environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "skill.cli.main", "serve"],
        cwd=ROOT,
        env={**environ, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_that_is_taken_is_named_at_once(house: ServedHouse) -> None:
    with socket.create_server(("127.0.0.1", house.port)):
        ran = refused_serve(dict(house.environ))

    assert ran.returncode == 2
    assert ran.stderr == f"dosekeeper: DOSEKEEPER_PORT: something listens on port {house.port} already\n"


def test_an_address_of_another_machine_is_named_at_once(house: ServedHouse) -> None:
    ran = refused_serve({**house.environ, "DOSEKEEPER_HOST": "192.0.2.1"})

    assert ran.returncode == 2
    assert ran.stderr == "dosekeeper: DOSEKEEPER_HOST: 192.0.2.1 is no address of this machine\n"


def test_roots_that_are_no_certificates_are_refused_before_anything_is_looked_at(house: ServedHouse) -> None:
    (house.folder / "roots.pem").write_text("no certificate\n")

    ran = refused_serve(dict(house.environ))

    assert ran.returncode == 2
    assert ran.stderr == "dosekeeper: DOSEKEEPER_TRUST_ROOTS: holds no certificate in PEM form\n"
    opened = bootstrap.command_app(house.settings)
    assert last_beat(opened.app) is None
    opened.close()


def test_on_a_fresh_machine_it_says_what_comes_first(tmp_path: Path) -> None:
    ran = refused_serve({"HOME": str(tmp_path)})

    assert ran.returncode == 2
    assert ran.stderr.endswith("yet; run: dosekeeper init\n")


def test_it_logs_where_it_listens_and_that_it_stopped_and_no_chatter_of_libraries(house: ServedHouse) -> None:
    with (house.folder / "log").open("wb") as log, serving(house, log=log, DOSEKEEPER_LOG_LEVEL="info"):
        for _ in range(100):
            if json.loads(fetched(house.port, "/readyz")[1])["sweeping"]:
                break

    lines = [json.loads(line) for line in (house.folder / "log").read_text().splitlines()]
    told = [line for line in lines if line["log"] == "skill.cli.serve"]
    assert [line["event"] for line in told] == ["listening", "stopped"]
    assert (told[0]["host"], told[0]["port"]) == ("127.0.0.1", house.port)
    assert [line for line in lines if line["event"] == "library"] == []


def test_a_second_serve_on_the_same_folder_is_refused(house: ServedHouse) -> None:
    with serving(house):
        second = refused_serve({**house.environ, "DOSEKEEPER_PORT": "1"})

    assert second.returncode == 2
    assert "another process serves this data folder" in second.stderr
