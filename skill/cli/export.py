"""``dosekeeper export``: the record for a clinician, with a row for each dose, intake and lone statement."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from skill.bootstrap import House
from skill.cli import find, output, verbs
from skill.cli.at_home import opened
from skill.domain.identity import HOME_ORG, PatientId
from skill.errors import InvalidError, StoreDownError
from skill.exports import BYTE_ORDER_MARK, EXPORTS
from skill.intake import values
from skill.service.report_rows import Days, Reported
from skill.service.reports import report
from skill.settings import Settings


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    formats = "; ".join(f"{export.name}: {export.says}" for export in EXPORTS.values())
    parser = verbs.verb(
        commands,
        "export",
        run,
        "write the record for a clinician",
        "dosekeeper export Ada --from 2027-05-01 --to 2027-05-31 -o ada-may.csv",
        more='One row for each dose and each intake, and one of kind "statement" for whatever was said '
        'that is in neither, such as "not yet": leave those out when you count doses. '
        "What people said is called self-report, and nothing is called an administration unless a named "
        "person gave it or saw it. The file names medicines and no people but helpers who gave or saw one.",
    )
    parser.add_argument("patient", metavar="PATIENT", nargs="?", help="name or id, or the beginning of one")
    parser.add_argument("--all", action="store_true", help="everybody, one after the other")
    parser.add_argument(
        "--from", dest="first", metavar="DATE", help="first day, such as 2027-05-01, in their zone"
    )
    parser.add_argument("--to", dest="last", metavar="DATE", help="last day")
    parser.add_argument("--format", choices=list(EXPORTS), default="csv", help=formats)
    parser.add_argument("--summary", action="store_true", help="the same as --format numbers")
    parser.add_argument(
        "--bom", action="store_true", help="begin with a byte order mark, for some spreadsheets"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="a new file; standard output when left out")


def run(args: argparse.Namespace, settings: Settings) -> int:
    days = _days(args)
    if args.all == bool(args.patient):
        raise InvalidError("patient", "name one patient, or say --all")
    export = EXPORTS["numbers" if args.summary else args.format]
    with opened(args, settings) as house:
        patients = list(_patients(args, house))
        pieces = _with_mark(export.write(_reported(house, patients, days)), wanted=args.bom)
        if args.output is None:
            for piece in pieces:
                output.chunk(piece)
            return 0
        _write(Path(args.output), pieces)
    output.hint(f"Written: {args.output}")
    return 0


def _days(args: argparse.Namespace) -> Days:
    first = values.day("from", args.first) if args.first else None
    last = values.day("to", args.last) if args.last else None
    if first is not None and last is not None and last < first:
        raise InvalidError("to", "lies before --from")
    return Days(first=first, last=last)


def _patients(args: argparse.Namespace, house: House) -> Iterator[PatientId]:
    if args.all:
        yield from house.app.charts.patients(HOME_ORG)
    else:
        yield find.patient(house, args.patient)[0]


def _reported(house: House, patients: list[PatientId], days: Days) -> Iterator[Reported]:
    for patient_id in patients:
        yield from report(house.app, patient_id, days)


def _with_mark(pieces: Iterator[str], *, wanted: bool) -> Iterator[str]:
    if wanted:
        yield BYTE_ORDER_MARK
    yield from pieces


def _write(path: Path, pieces: Iterator[str]) -> None:
    """The whole file or none, readable by its owner alone."""
    if path.exists() or path.is_symlink():
        raise InvalidError("output", "is there already; name a new file")
    try:
        handle, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InvalidError("output", "cannot be made: its folder is missing or read-only") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        os.link(unfinished, path)  # unlike a rename it never takes the place of a file made meanwhile
    except FileExistsError as error:
        raise InvalidError("output", "is there already; name a new file") from error
    except OSError as error:
        raise StoreDownError(reason="the file cannot be written: disk full or failing") from error
    finally:
        Path(unfinished).unlink(missing_ok=True)
