"""``dosekeeper``: the command line. One file per topic; only the one that is asked for is loaded."""

import argparse
import importlib
import logging
import os
import sys
import textwrap
import traceback
from collections.abc import Sequence
from importlib import metadata
from typing import NoReturn

from skill.cli import output
from skill.cli.sentences import sentences
from skill.clock import Clock, SystemClock, use_pinned_zone_data, zone_data_version
from skill.errors import DoseKeeperError, RefusedError, SettingsError
from skill.settings import read

# The order of ``--help``. A topic is a file of this name with add_parser(commands) and run(args, settings).
TOPICS = (
    "init",
    "doctor",
    "household",
    "patient",
    "medication",
    "caregiver",
    "ladder",
    "link-code",
    "rehearse",
    "send-test",
    "alerts",
    "mailbox",
    "discharge",
    "export",
    "schedule",
    "backup",
    "restore",
    "copy",
    "demo",
    "serve",
)
DONE, WRONG, REFUSED, INTERRUPTED = 0, 1, 2, 130
_LEFT_TO_DOCTOR = "doctor"  # the one topic that is run with settings that cannot be read

_EPILOG = """\
first steps:
  dosekeeper init
  dosekeeper household add
  dosekeeper patient add Ada --zone America/New_York
  dosekeeper medication add Ada lisinopril --times 08:00
  dosekeeper caregiver add Ada Sam --phone '(202) 555-0123' --label mom
  dosekeeper link-code

exit codes:
  0    done
  1    something is wrong: the line on standard error says what; or you were asked and did not say yes
  2    refused, and nothing was changed: the line says which field and why
  130  interrupted

Settings are environment variables (DOSEKEEPER_...); README.md lists them, and doctor checks them.
"""


class Help(argparse.RawDescriptionHelpFormatter):
    """Paragraphs are wrapped; lines that are indented, such as examples, stay as they are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)

    def add_argument(self, action: argparse.Action) -> None:
        """Verbs stand two columns further in, which argparse forgets when it measures them."""
        super().add_argument(action)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - it has no public name
            self._action_max_length += 2

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = [part if "\n  " in part else textwrap.fill(part, width) for part in text.split("\n\n")]
        return textwrap.indent("\n\n".join(paragraphs), indent)


class Parser(argparse.ArgumentParser):
    """Refuses in one line, as every edge does."""

    def __init__(self, **options: object) -> None:
        options.setdefault("formatter_class", Help)
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        program, _, command = self.prog.partition(" ")
        where = f"{command}: " if command else ""
        output.problem(f"{where}{output.shown(message)} (see: {program} {command} --help)".replace("  ", " "))
        raise SystemExit(REFUSED)


def main(argv: Sequence[str] | None = None, *, clock: Clock | None = None) -> int:
    """Run one command; the exit code. ``clock``: the machine's own unless a test winds one."""
    output.set_up()
    _quiet()
    use_pinned_zone_data()
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _parser(words).parse_args(words)
        args.clock = clock or SystemClock()
        code = _run(args)
        output.flush()
    except SystemExit as asked:  # argparse: --help, or refused
        return asked.code if isinstance(asked.code, int) else WRONG
    except BrokenPipeError:  # whoever was reading has gone, as head does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG
    except KeyboardInterrupt:
        output.problem("interrupted")
        return INTERRUPTED
    except DoseKeeperError as error:
        for sentence in sentences(error):
            output.problem(sentence)
        return REFUSED if isinstance(error, RefusedError | SettingsError) else WRONG
    except Exception as error:  # noqa: BLE001 - a person at a terminal gets a line, not a traceback
        output.problem(_unexpected(error))
        return WRONG
    return code


def _quiet() -> None:
    """Log lines are for ``serve``, which sets its log up; a command says what a person needs by itself."""
    ours = logging.getLogger("skill")
    if not ours.handlers:
        ours.addHandler(logging.NullHandler())


def _run(args: argparse.Namespace) -> int:
    try:
        settings = read(os.environ)
    except SettingsError as error:
        if args.topic != _LEFT_TO_DOCTOR:
            raise
        return int(args.run(args, error))
    return int(args.run(args, settings))


def _parser(words: Sequence[str]) -> Parser:
    """The parser of the topic that ``words`` ask for; of all of them when they ask for none."""
    parser = Parser(
        prog="dosekeeper",
        description="Keeps medicine times by voice: writes down what is said, and tells the family.",
        epilog=_EPILOG,
    )
    version = f"%(prog)s {metadata.version('dosekeeper')}, zone data {zone_data_version()}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="topic", metavar="COMMAND", required=True, title="commands")
    first = words[0] if words else ""
    for topic in TOPICS:
        if first in (topic, *_ASK_FOR_NONE) or first not in TOPICS:
            importlib.import_module(f"skill.cli.{topic.replace('-', '_')}").add_parser(commands)
    return parser


_ASK_FOR_NONE = ("-h", "--help")


def _unexpected(error: Exception) -> str:
    """Class and place of an error, and nothing of what it says: that may hold what somebody typed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "skill" in f.filename]
    place = f" at {frames[-1].filename.rsplit('skill', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"unexpected error: {type(error).__name__}{place}; please report this line"


if __name__ == "__main__":
    raise SystemExit(main())
