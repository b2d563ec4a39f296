"""The README is true: its settings, its commands, its files and its targets are those that there are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from skill.cli.main import TOPICS
from skill.settings import settings_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(start: str, end: str) -> str:
    return README.split(start, 1)[1].split(end, 1)[0].strip()


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 300


def test_the_table_of_settings_is_the_one_that_the_settings_make() -> None:
    table = between("<!-- settings -->", "<!-- /settings -->")

    assert table == settings_table().strip()


def test_every_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"dosekeeper ([a-z][a-z-]+)", README))

    assert named
    assert named <= set(TOPICS)


def test_every_target_in_the_readme_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", README)) - {"a"}

    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:infra|tests|skill|interaction_models)/[\w./-]+)`", README)))
)
def test_every_file_in_the_readme_is_there(path: str) -> None:
    found = (ROOT / path).exists()

    assert found


def test_the_table_of_rooms_names_every_room() -> None:
    rooms = {f"skill/{path.name}" for path in (ROOT / "skill").iterdir() if (path / "__init__.py").exists()}
    named = set(re.findall(r"^\| `(skill/\w+)`", README, re.MULTILINE))

    assert rooms - {"skill/settings"} <= named


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (tests\.[\w.]+)", README))))
def test_every_program_of_the_tests_in_the_readme_can_be_imported(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, check=False, timeout=60)

    assert done.returncode == 0
