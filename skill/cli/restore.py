"""``dosekeeper restore``: a backup becomes the store, and no old page is sent again."""

import argparse
import shutil
import tempfile
from pathlib import Path

from msgspec.structs import replace

from skill import bootstrap
from skill.cli import output, verbs
from skill.cli.at_home import opened
from skill.domain.commands import Restored
from skill.domain.identity import HOME_ORG, OPERATOR, OperationId
from skill.errors import InvalidError, StoreDownError
from skill.service.act import act
from skill.settings import Settings


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "restore",
        run,
        "bring a backup into an empty data folder",
        "dosekeeper restore /mnt/disk/dosekeeper-2027-05-04",
        more="Needs the key file that belonged to it, where DOSEKEEPER_KEY_FILE says: without that file "
        "nothing in a backup can ever be read. Pages that were waiting when the backup was made are not sent "
        "again. What was said after the backup is not in it.",
        json=True,
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder that backup made")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Everything is done in a folder beside the data folder, which takes its place at the very end."""
    data = settings.at_home.data
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise InvalidError("data", f"{data} is not empty; nothing is ever restored over it")
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f"{data.name}.restoring-", dir=data.parent))
    except OSError as error:
        raise InvalidError("data", "cannot be made: the folder above it is read-only") from error
    try:
        there = replace(settings, store=replace(settings.at_home, data=beside))
        brought = bootstrap.bring_back(there, args.folder, clock=args.clock)
        with opened(args, there) as house:
            for patient_id in house.app.charts.patients(HOME_ORG):
                operation = OperationId(f"restored/{brought.created.isoformat()}")
                act(
                    house.app,
                    patient_id,
                    Restored(operation=operation, speaker=OPERATOR, made_at=brought.created),
                )
        beside.rename(data)
    except OSError as error:
        raise StoreDownError(reason="the data folder cannot be written: disk full or failing") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    if args.json:
        record = {"data": str(data), "created": brought.created.isoformat(), "patients": brought.patients}
        output.as_json(record)
        return 0
    who = output.counted(brought.patients, "patient")
    output.say(f"Restored and checked: {who}, as of {brought.created:%Y-%m-%d %H:%M} UTC.")
    output.say("Pages that were waiting then are not sent again. What was said since is not in it: ask.")
    output.say(
        f"It opens with the key file {settings.at_home.key_file}; without that file nobody can ever read it."
    )
    return 0
