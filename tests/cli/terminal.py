"""A person at a terminal: the real ``main`` in this process, on real files in a folder of its own."""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from skill.bootstrap import House, command_app
from skill.cli.main import main
from skill.clock import WoundClock
from skill.settings import Settings, read

SEVEN = datetime(2027, 5, 4, 11, tzinfo=UTC)  # Tuesday, 07:00 in New York


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command tells
        return json.loads(self.out)


@dataclass(slots=True, kw_only=True)
class Terminal:
    """``folder`` is the person's home. ``clock`` stands at 07:00 until it is wound."""

    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)
    clock: WoundClock = field(default_factory=lambda: WoundClock(SEVEN))

    @property
    def environ(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "DOSEKEEPER_DATA": str(self.data),
            "DOSEKEEPER_KEY_FILE": str(self.key_file),
            **self.more,
        }

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def key_file(self) -> Path:
        return self.folder / "keys" / "key"

    @property
    def settings(self) -> Settings:
        return read(self.environ)

    def run(self, *words: str, typed: str = "") -> Ran:
        """Run one command; ``typed``: what the person answers."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name.startswith("DOSEKEEPER_")]:
                patch.delenv(name)
            for name, value in self.environ.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(typed))
            code = main(words, clock=self.clock)
        return Ran(code=code, out=out.getvalue(), err=err.getvalue())

    def does(self, *words: str, typed: str = "") -> str:
        """Run a command that has to succeed; its output."""
        ran = self.run(*words, typed=typed)
        assert ran.code == 0, ran.err
        return ran.out

    def process(self, *words: str, typed: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """The command in a process of its own, with the machine's clock."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DOSEKEEPER_")}
        return subprocess.run(
            [sys.executable, "-m", "skill.cli.main", *words],
            env=environ | self.environ,
            input=typed,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            timeout=60,
            check=False,
        )

    def house(self) -> House:
        """The stored house, for a look or for what only a voice does; to be closed."""
        return command_app(self.settings, clock=self.clock)

    def digest(self) -> str:
        """Of everything that is stored: equal when nothing was changed."""
        found = hashlib.sha256()
        for name, rows in (
            ("store.db", "SELECT * FROM item ORDER BY 1, 2"),
            ("keys.db", "SELECT * FROM key ORDER BY 1"),
        ):
            with closing(sqlite3.connect(self.data / name)) as connection:
                for row in connection.execute(rows):
                    found.update(repr(row).encode())
        return found.hexdigest()


def a_home(folder: Path, **more: str) -> Terminal:
    """A folder in which ``init`` has run."""
    terminal = Terminal(folder=folder, more=more)
    terminal.does("init")
    return terminal


def a_family_home(folder: Path, **more: str) -> Terminal:
    """Ada in New York with two medicines, and Sam and Ana, who are told."""
    terminal = a_home(folder, **more)
    terminal.does("household", "add")
    terminal.does("patient", "add", "Ada", "--zone", "America/New_York")
    terminal.does("caregiver", "add", "Ada", "Sam", "--phone", "(202) 555-0123", "--label", "mom")
    terminal.does("caregiver", "add", "Ada", "Ana", "--email", "ana@example.org", "--role", "confirm")
    terminal.does("medication", "add", "Ada", "lisinopril", "--times", "08:00", "--strength", "10 mg")
    terminal.does("medication", "add", "Ada", "metformin", "--times", "08:00", "20:00", "--amount", "2")
    return terminal
