"""``serve`` as a process: it answers, it is the only one on its folder, and kill -9 loses nothing."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

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


def test_a_second_serve_on_the_same_folder_is_refused(house: ServedHouse) -> None:
    with serving(house):
        second = subprocess.run(
            [sys.executable, "-m", "skill.cli.main", "serve"],
            cwd=ROOT,
            env={**house.environ, "DOSEKEEPER_PORT": "1", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert second.returncode == 2
    assert "another process serves this data folder" in second.stderr
