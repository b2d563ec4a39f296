"""The one writer of the command line: lines, tables and JSON out, problems to standard error, a question in.

Tables are plain ASCII around whatever the cells hold; a cell never breaks its line or steers a terminal.
"""

import json
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

Cell = str | int | None
_GAP = "  "
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINING = {"\u200c", "\u200d"}  # unseen as well, but names are spelt with them, and they steer nothing


def set_up() -> None:
    """Let no character that a terminal cannot show end a command with an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """One line, or several, to standard output."""
    sys.stdout.write(text + "\n")


def chunk(text: str) -> None:
    """``text`` as it is, without a line end of its own: for files written to standard output."""
    sys.stdout.write(text)


def flush() -> None:
    """Hand everything over to whoever reads; a closed pipe shows here and not at the end of the process."""
    sys.stdout.flush()


def problem(text: str) -> None:
    """One line to standard error."""
    sys.stderr.write(f"dosekeeper: {text}\n")


def hint(text: str) -> None:
    """One line to standard error, for people: a script that reads standard output never meets it."""
    sys.stderr.write(text + "\n")


def as_json(value: object) -> None:
    """``value`` as JSON, with names as they are written."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def table(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str, write: Callable[[str], None] = say
) -> None:
    """An aligned table with a line under its head; the sentence ``empty`` when there are no rows."""
    lines = [tuple(shown("-" if cell is None or cell == "" else str(cell)) for cell in row) for row in rows]
    if not lines:
        write(empty)
        return
    widths = [max(_width(line[column]) for line in (tuple(head), *lines)) for column in range(len(head))]
    for line in (tuple(head), tuple("-" * width for width in widths), *lines):
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        write(_GAP.join(padded).rstrip())


def listing(
    records: Sequence[Mapping[str, object]], columns: Mapping[str, str], *, json_wanted: bool, empty: str
) -> None:
    """The same records for people (``columns``: title -> field) or, with ``json_wanted``, for scripts."""
    if json_wanted:
        as_json(list(records))
        return
    rows = [[_cell(record[field]) for field in columns.values()] for record in records]
    table(list(columns), rows, empty=empty)


def facts(record: Mapping[str, object], *, json_wanted: bool) -> None:
    """One record: a line for each field, or JSON."""
    if json_wanted:
        as_json(record)
        return
    width = max(len(name) for name in record)
    for name, value in record.items():
        say(f"{name.replace('_', ' ').ljust(width)}{_GAP}{shown(_cell(value) or '-')}")


def agreed(question: str, *, yes: bool, asked: TextIO | None = None) -> bool:
    """Whether the person says y to ``question``; ``yes``: already said so. No answer is a no."""
    if yes:
        return True
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    answer = (asked or sys.stdin).readline()
    if not answer.endswith("\n"):
        sys.stderr.write("\n")
    return answer.strip().lower() in {"y", "yes"}


def shown(text: str) -> str:
    """``text`` with everything that cannot be seen written out, so that it cannot steer a terminal."""
    return "".join(
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in _UNSEEN and letter not in _JOINING
        else letter
        for letter in text
    )


def counted(count: int, one: str, several: str = "") -> str:
    """``1 patient``, ``2 patients``: a number and what is counted."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def word(text: str) -> str:
    """``text`` as one word of a command that a person may copy."""
    return shlex.quote(shown(text))


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_cell(part) for part in value)
        case dict():
            return ", ".join(f"{name} {_cell(part)}" for name, part in value.items())
        case _:
            return str(value)


def _width(text: str) -> int:
    """Columns that a terminal needs for ``text``."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or letter in _JOINING:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
