"""The command as a whole: its help, its exit codes, and what it says when something is wrong."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.cli.main import TOPICS, Parser, _parser
from tests.cli.terminal import Terminal

ROOT = Path(__file__).parents[2]
READ = "import sys; sys.stdin.buffer.readline()"


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command and every verb with its parser."""
    found = _commands(_parser(["--help"]))
    for topic, parser in found.items():
        verbs = _commands(parser)
        yield topic, parser
        yield from ((f"{topic} {verb}", of_verb) for verb, of_verb in verbs.items())


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


LEAVES = [pytest.param(p, id=name.replace(" ", "-")) for name, p in parsers() if not _commands(p)]


@pytest.mark.parametrize("parser", LEAVES)
def test_the_help_of_every_command_has_an_example(parser: argparse.ArgumentParser) -> None:
    text = parser.format_help()

    assert "example:" in text
    assert "dosekeeper" in text.split("example:")[1]


@pytest.mark.parametrize("parser", LEAVES)
def test_the_help_of_every_command_fits_a_terminal_and_is_plain(parser: argparse.ArgumentParser) -> None:
    lines = parser.format_help().splitlines()

    assert all(line == line.rstrip() or not line.strip() for line in lines)
    assert max(len(line) for line in lines) <= 130


def test_every_topic_of_the_issue_is_there() -> None:
    wanted = {"household", "patient", "medication", "caregiver", "ladder", "init", "discharge", "link-code"}
    wanted |= {"mailbox", "alerts", "rehearse", "send-test", "export", "backup", "restore", "doctor"}

    assert wanted | {"copy", "demo", "schedule", "serve"} == set(TOPICS)


def test_help_names_every_command_and_the_exit_codes(empty: Terminal) -> None:
    text = empty.does("--help")

    assert all(f"\n    {topic} " in text for topic in TOPICS)
    assert "  2    refused, and nothing was changed" in text


def test_the_version_names_the_zone_data(empty: Terminal) -> None:
    assert empty.does("--version").startswith("dosekeeper 0.1.0, zone data 20")


def test_only_the_topic_that_is_asked_for_is_loaded() -> None:
    code = (
        "import sys; from skill.cli.main import main; main(['alerts', '--help']); "
        "print([m for m in sys.modules if m in ('skill.cli.patient', 'flask', 'boto3', 'phonenumbers')])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True, timeout=60)

    assert ran.stdout.decode().splitlines()[-1] == "[]"


def test_a_command_in_a_process_of_its_own_tells_its_refusal_and_its_code(still: Terminal) -> None:
    ran = still.process("patient", "show", "Bob")

    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr == b"dosekeeper: patient: 'Bob' is not here; dosekeeper patient list shows what is\n"


def test_bytes_that_are_no_text_are_refused_and_not_repeated(still: Terminal) -> None:
    ran = still.process("patient", "show", os.fsdecode(b"A\xff\xfe"))

    assert ran.returncode == 2
    assert ran.stderr.isascii()


def test_a_reader_who_goes_away_ends_the_command_quietly(still: Terminal) -> None:
    command = [sys.executable, "-m", "skill.cli.main", "patient", "list"]
    environ = os.environ | still.environ
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        problems = ran.stderr.read()

    assert problems == b""


def test_a_lost_key_file_is_one_line_and_exit_1(family: Terminal) -> None:
    family.key_file.unlink()

    ran = family.run("patient", "list")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("dosekeeper: key: the key file is not there; put your copy of it back")


def test_a_key_file_that_others_may_read_is_refused(family: Terminal) -> None:
    family.key_file.chmod(0o644)

    ran = family.run("patient", "list")

    assert ran.code == 1
    assert "chmod 600" in ran.err


def test_a_damaged_store_is_one_line_and_exit_1(family: Terminal) -> None:
    (family.data / "store.db").write_bytes(b"not a database")

    ran = family.run("patient", "list")

    assert ran.code == 1
    assert ran.err.startswith("dosekeeper: store: ")
    assert len(ran.err.splitlines()) == 1


def test_names_of_any_script_are_shown_and_columns_stay_aligned(home: Terminal) -> None:
    home.does("household", "add")
    for name in ("Ada", "Зоя", "李小龍", "नेहा"):
        home.does("patient", "add", name, "--zone", "Etc/UTC")

    lines = home.does("patient", "list").splitlines()

    assert lines[0].startswith("patient  id")
    assert any(line.startswith("李小龍   pat_") for line in lines)  # three letters of two columns each
    assert any(line.startswith("Зоя      pat_") for line in lines)


def test_a_terminal_that_knows_only_ascii_gets_every_line(home: Terminal) -> None:
    home.does("household", "add")
    home.does("patient", "add", "Зоя", "--zone", "Etc/UTC")
    ascii_only = Terminal(folder=home.folder, more={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})

    ran = ascii_only.process("patient", "list")

    assert ran.returncode == 0
    assert b"\\u0417\\u043e\\u044f" in ran.stdout


def test_an_error_that_nobody_foresaw_is_one_line_without_what_was_typed(family: Terminal) -> None:
    folder = family.folder / "secret-name"
    folder.mkdir()

    ran = family.run("export", "Ada", "-o", str(folder / ("x" * 300)))

    assert ran.code in (1, 2)
    assert len(ran.err.splitlines()) == 1


def test_a_refusal_names_the_command_that_was_typed(empty: Terminal) -> None:
    ran = empty.run("medication", "add", "Ada")

    assert ran.err.startswith("dosekeeper: medication add: ")
    assert "(see: dosekeeper medication add --help)" in ran.err


def test_a_parser_takes_no_shortened_option() -> None:
    with pytest.raises(SystemExit):
        Parser(prog="dosekeeper").parse_args(["--hel"])
