"""``dosekeeper init``: make the data folder, the key file and the first keys."""

import argparse

from skill import bootstrap
from skill.cli import output
from skill.settings import Settings

KEY_FILE_MEANS = (
    "The key file opens everything that is written down. Without it nothing can ever be read again,",
    "by nobody, not even from a backup. Copy its one line to paper now, and keep the paper elsewhere.",
)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "init",
        help="make the data folder, the key file and the first keys",
        description="Makes an empty store, and the key that everything in it is sealed with. Nothing that is "
        "there already is touched. DOSEKEEPER_DATA and DOSEKEEPER_KEY_FILE say where. On AWS it makes "
        "the first keys in tables that are there; make deploy does that by itself.",
        epilog="example: dosekeeper init",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    bootstrap.create_home(settings, clock=args.clock)
    if settings.store is None:
        output.say("The first keys lie in the table of keys, wrapped by KMS. What was there is unchanged.")
        output.say()
        output.say("Next: dosekeeper household add")
        return 0
    key_file = settings.at_home.key_file
    output.say(f"Data folder: {settings.at_home.data}")
    output.say(f"Key file:    {key_file}")
    output.say()
    for line in KEY_FILE_MEANS:
        output.say(line)
    output.say(f"To see the line: cat {key_file}")
    output.say()
    output.say("Next: dosekeeper household add")
    return 0
