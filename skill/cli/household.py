"""``dosekeeper household``: an Alexa account and the people who use it."""

import argparse
from pathlib import Path

from skill.bootstrap import House
from skill.cli import find, output, verbs
from skill.cli.at_home import opened, waits
from skill.domain.identity import HouseholdId, OperationId, derived_id
from skill.errors import InvalidError, StoreDownError
from skill.intake import household as household_file
from skill.intake.household import FileKind, Frame
from skill.intake.household_example import EXAMPLES
from skill.intake.problems import FileRefusedError, Problem
from skill.service import newcomers, setup
from skill.service.linking import Household, add_household, households
from skill.settings import Settings

MOST_BYTES = 4_000_000


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    own = verbs.topic(commands, "household", "an Alexa account and the people who use it")
    verbs.verb(own, "add", _add, "make an empty household", "dosekeeper household add", json=True)
    verbs.verb(own, "list", _list, "list the households", "dosekeeper household list", json=True)
    show = verbs.verb(own, "show", _show, "show who is in it", "dosekeeper household show Ada", json=True)
    verbs.household(show)
    remove = verbs.verb(
        own,
        "remove",
        _remove,
        "take an empty household away",
        "dosekeeper household remove house_k3xq",
        more="Its patients have to be removed first. The Echo that was linked to it knows nobody then.",
    )
    verbs.household(remove)
    verbs.yes(remove)
    bring = verbs.verb(
        own,
        "import",
        _import,
        "bring in patients, caregivers and medicines from a file",
        "dosekeeper household import --example > home.json && dosekeeper household import home.json",
        more="The file is taken whole, or refused with all that is wrong in it; then nothing is changed.",
        json=True,
    )
    bring.add_argument("file", metavar="FILE", nargs="?", help="a file that ends in .json or .csv")
    bring.add_argument("--format", choices=list(FileKind), help="when the name of the file does not say it")
    bring.add_argument(
        "--household", metavar="HOUSEHOLD", help="bring them into this one, not into a new one"
    )
    bring.add_argument("--example", action="store_true", help="print an example file and do nothing else")
    bring.add_argument("--check", action="store_true", help="say what would be imported and do nothing else")


def _add(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        household_id = add_household(house.app, house.chance)
    if args.json:
        output.as_json({"household_id": household_id})
        return 0
    output.say(f"Household {household_id} is there, with nobody in it yet.")
    output.say("Next: dosekeeper patient add NAME --zone ZONE")
    return 0


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        records = [_record(house, one) for one in households(house.app)]
    output.listing(
        records,
        {"household": "household_id", "patients": "names", "known voices": "voices"},
        json_wanted=args.json,
        empty="There is no household yet. Make one: dosekeeper household add",
    )
    return 0


def _record(house: House, one: Household) -> dict[str, object]:
    return {
        "household_id": one.household_id,
        "patients": list(one.patients),
        "names": find.names_in(house, one),
        "voices": len(one.people),
    }


def _show(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        one = find.household(house, args.household)
        record = _record(house, one)
        charts = [house.app.charts.load(patient_id).chart for patient_id in one.patients]
    record["people"] = [
        {
            "patient_id": chart.plan.patient.patient_id,
            "name": chart.plan.patient.name.value,
            "medicines": sum(not m.stopped for m in chart.active()),
            "caregivers": [c.name.value for c in chart.plan.care_team],
        }
        for chart in charts
    ]
    if args.json:
        output.as_json(record)
        return 0
    output.say(f"Household {one.household_id}, {output.counted(len(one.people), 'known voice')}")
    output.say()
    people: list[list[output.Cell]] = [
        [c.plan.patient.name.value, c.plan.patient.patient_id, sum(not m.stopped for m in c.active())]
        for c in charts
    ]
    output.table(("patient", "id", "medicines"), people, empty="Nobody is in it yet.")
    return 0


def _remove(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        one = find.household(house, args.household)
        setup.check_empty(one)
        if not output.agreed(f"Remove household {one.household_id}?", yes=args.yes):
            output.say("Nothing was changed.")
            return 1
        setup.remove_household(house.app, one.household_id)
    output.say(f"Household {one.household_id} is removed.")
    return 0


# ---- import


def _import(args: argparse.Namespace, settings: Settings) -> int:
    if args.example:
        output.chunk(EXAMPLES[FileKind(args.format or FileKind.JSON)])
        return 0
    if args.file is None:
        raise InvalidError("file", "name the file, or see one with --example")
    kind = _kind(args.file, args.format)
    text = _text(Path(args.file))
    with opened(args, settings) as house:
        trial = _frame(house, lambda prefix, part: derived_id(prefix, OperationId("trial"), part))
        found = household_file.read(text, kind, trial)
        into = find.household(house, args.household).household_id if args.household else None
        _check_new(house, found, into)
        if not args.check:
            into = _write(house, text, kind, into)
    return _told(args, found, into)


def _kind(file: str, said: str | None) -> FileKind:
    if said is not None:
        return FileKind(said)
    suffix = Path(file).suffix.lower().removeprefix(".")
    if suffix not in set(FileKind):
        raise InvalidError("file", "must end in .json or .csv, or --format must say which it is")
    return FileKind(suffix)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise InvalidError("file", "is not there, or is not a plain file")
        if path.stat().st_size > MOST_BYTES:
            raise InvalidError("file", "is larger than 4 MB")
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidError("file", "cannot be read by this user") from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileRefusedError(
            (Problem(where=f"line {line}", field="", says="is not UTF-8 text"),)
        ) from error


def _frame(house: House, ids: "household_file.Ids") -> Frame:
    return Frame(now=house.clock.now(), country=house.settings.country, waits=waits(house.settings), ids=ids)


def _check_new(house: House, found: tuple[newcomers.Newcomer, ...], into: HouseholdId | None) -> None:
    if into is None:
        return
    there = setup.names_in(house.app, into)
    problems = [
        Problem(where="household", field="name", says="somebody in this household has this name already")
        for new in found
        if new.patient.name.value.casefold() in there
    ]
    if problems:
        raise FileRefusedError(tuple(problems))


def _write(house: House, text: str, kind: FileKind, into: HouseholdId | None) -> HouseholdId:
    note = newcomers.begin(house.app, house.chance, text, into)
    real = household_file.read(text, kind, _frame(house, newcomers.ids(note)))
    try:
        newcomers.finish(house.app, text, note, real)
    except StoreDownError:
        output.hint("Part of the file is written. Run the same command again: it goes on where it stopped.")
        raise
    return note.household_id


def _told(args: argparse.Namespace, found: tuple[newcomers.Newcomer, ...], into: HouseholdId | None) -> int:
    records: list[dict[str, object]] = [
        {
            "name": new.patient.name.value,
            "medicines": len(new.medications),
            "caregivers": len(new.contacts),
        }
        for new in found
    ]
    if args.json:
        output.as_json({"household_id": into, "imported": not args.check, "patients": records})
        return 0
    output.say(f"The file is sound{'' if args.check else f', and everything in it is in household {into}'}.")
    output.say()
    columns = {"patient": "name", "medicines": "medicines", "caregivers": "caregivers"}
    output.listing(records, columns, json_wanted=False, empty="Nobody.")
    if not args.check:
        output.say()
        output.say("Next: dosekeeper rehearse PATIENT, and dosekeeper link-code")
    return 0
