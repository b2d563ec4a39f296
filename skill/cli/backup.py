"""``dosekeeper backup``: a copy of the running store, checked."""

import argparse
from pathlib import Path

from skill import bootstrap
from skill.cli import output, verbs
from skill.cli.at_home import check_set_up
from skill.settings import Settings

NOT_IN_IT = (
    "The key file is not in it, on purpose: the backup alone tells nobody anything.",
    "Without the key file nobody can read it either, not even you. Keep a copy of that one line elsewhere:",
)


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "backup",
        run,
        "copy everything, while it is in use, into a new folder",
        "dosekeeper backup /mnt/disk/dosekeeper-2027-05-04",
        more="Checked and whole, or not there at all. Delete a backup after 30 days: it still holds the keys "
        "of people who were erased since.",
        json=True,
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a new folder outside the data folder")


def run(args: argparse.Namespace, settings: Settings) -> int:
    check_set_up(settings)
    made = bootstrap.back_up(settings, args.folder, clock=args.clock)
    if args.json:
        record = {"folder": str(args.folder), "created": made.created.isoformat(), "patients": made.patients}
        output.as_json(record)
        return 0
    who = output.counted(made.patients, "patient")
    output.say(f"Backed up and checked: {who}, {made.items} records, in {args.folder}")
    output.say()
    for line in NOT_IN_IT:
        output.say(line)
    output.say(f"  {settings.at_home.key_file}")
    return 0
