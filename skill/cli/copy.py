"""``dosekeeper copy``: everything to another place, a folder or AWS, sealed anew and compared."""

import argparse
from pathlib import Path

from skill import bootstrap
from skill.cli import output, verbs
from skill.cli.at_home import check_set_up
from skill.clock import Clock
from skill.errors import InvalidError, SettingsError
from skill.settings import Settings, read
from skill.settings.variable import PREFIX

_MOST_BYTES = 64 * 1024
_BETWEEN_LINES = 1.0  # seconds

_STOP_FIRST = (
    "Stop what runs at both ends first, and start only one of them afterwards: pages that are waiting go "
    "along, and each place would send them. For a folder this is checked. On AWS stop the skill, sweep, web "
    "and receipts functions (reserved concurrency 0), let the queue run empty, then stop the worker; start "
    "the functions of a new stack no sooner than five minutes after they were stopped. Something that is "
    "written meanwhile is noticed, and the copy is then not used."
)
_THE_FILE = (
    "FILE holds the settings of the other place, a line each, like DOSEKEEPER_DATA=/srv/dosekeeper, or those "
    "that make deploy printed. What it does not name is as if it were not set. A folder and its key file are "
    "made; the tables on AWS are there and hold nobody's record yet. Credentials of AWS come from the "
    "environment, for both places."
)
_CUT_OFF = (
    "Nothing that was copied opens before all of it was compared, so nobody can serve from half of it. A "
    "copy that was cut off is begun anew by the same command. What is copied from is never changed."
)


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "copy",
        run,
        "copy everything to another place: a folder or AWS",
        "dosekeeper copy --to aws.env",
        more=f"{_STOP_FIRST}\n\n{_THE_FILE}\n\n{_CUT_OFF}",
        json=True,
    )
    parser.add_argument("--to", metavar="FILE", type=Path, required=True, help="settings of the other place")


def run(args: argparse.Namespace, settings: Settings) -> int:
    target = settings_in(args.to)
    check_set_up(settings)
    copied = bootstrap.copy(settings, target, Lines(args.clock).told, clock=args.clock)
    if args.json:
        output.as_json(
            {
                "patients": copied.patients,
                "records": copied.items,
                "entries": copied.entries,
                "left_out": copied.expired,
                "closed": copied.closed,
                "usable": copied.problem is None,
                "problem": copied.problem,
                "patient_id": copied.patient_id,
            }
        )
    if copied.problem is not None:
        at = f" (patient {copied.patient_id})" if copied.patient_id is not None else ""
        output.problem(f"copy: {copied.problem}{at}")
        output.problem("nothing that was copied opens; see to this and run the same copy again")
        return 1
    if not args.json:
        who = output.counted(copied.patients, "patient")
        many = output.counted(copied.items, "record")
        output.say(f"Copied and compared: {who}, {many}; every ledger verifies and ends as it did.")
        _also(copied.expired, copied.closed)
        output.say("Pages that are waiting are sent from there. Start only one of the two places.")
        _keep_the_key(target)
    return 0


def _also(expired: int, closed: int) -> None:
    if expired:
        output.say(f"Left out because its time was over: {output.counted(expired, 'record')}.")
    if closed:
        many = output.counted(closed, "record")
        output.say(f"Carried as it lies, because its key was destroyed: {many}.")


def _keep_the_key(target: Settings) -> None:
    if target.store is not None:
        output.say("It opens with a key file of its own; keep a copy of that one line in another place:")
        output.say(f"  {target.store.key_file}")


def settings_in(path: Path) -> Settings:
    """The settings that a file of lines ``NAME=value`` makes, and nothing else; ``#`` begins a remark.

    ``export`` may stand in front, as ``make deploy`` prints them. Every problem names the file; none
    repeats a value.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        lines = text.decode("utf-8").splitlines()
    except OSError as error:
        raise InvalidError("to", "cannot be read: name a file of settings") from error
    except UnicodeDecodeError as error:
        raise InvalidError("to", "is not a text") from error
    if len(text) > _MOST_BYTES:
        raise InvalidError("to", "is too long for a file of settings")
    environ: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        name, equals, value = (part.strip() for part in line.strip().removeprefix("export ").partition("="))
        if not name or name.startswith("#"):
            continue
        if not equals or not name.startswith(PREFIX):
            raise InvalidError("to", f"line {number} is not like {PREFIX}DATA=/srv/dosekeeper")
        if name in environ:
            raise InvalidError("to", f"line {number} names what a line before has named")
        environ[name] = value
    try:
        return read(environ)
    except SettingsError as error:
        raise SettingsError(tuple(f"{path.name}: {problem}" for problem in error.problems)) from error


class Lines:
    """A line of progress to standard error, at most one a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic()

    def told(self, step: str, items: int) -> None:
        now = self._clock.monotonic()
        if now - self._last >= _BETWEEN_LINES:
            self._last = now
            output.hint(f"{step} {output.counted(items, 'record')} ...")
