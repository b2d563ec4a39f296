"""``dosekeeper link-code``: six digits that tie an Echo to a household."""

import argparse

from skill.cli import find, output, verbs
from skill.cli.at_home import opened
from skill.service.linking import CODE_LIVES, make_code
from skill.settings import Settings


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "link-code",
        run,
        "make the six digits that link an Echo",
        "dosekeeper link-code Ada",
        more="The code is said to the Echo, lives ten minutes and works once.",
        json=True,
    )
    verbs.household(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        household = find.household(house, args.household)
        code = make_code(house.app, house.chance, household.household_id)
        until = house.clock.now() + CODE_LIVES
        empty = not household.patients
    if args.json:
        record = {"household_id": household.household_id, "code": code, "until": until.isoformat()}
        output.as_json(record)
        return 0
    output.say(f"Code: {code[:3]} {code[3:]}")
    output.say()
    output.say("Say to the Echo: Alexa, open Dose Keeper.")
    output.say(f"Then, when it asks for the code: my code is {' '.join(code)}.")
    output.say(f"It lives {CODE_LIVES.seconds // 60} minutes and works once. Three wrong tries void it.")
    if empty:
        output.say("Nobody is in this household yet: dosekeeper patient add NAME --zone ZONE")
    return 0
