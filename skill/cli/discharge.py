"""``dosekeeper discharge``: the patient leaves, and stays in the household's list."""

import argparse

from skill.cli import find, output, verbs
from skill.cli.at_home import carry_out, opened
from skill.domain.commands import Discharge
from skill.settings import Settings


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "discharge",
        run,
        "end prompts, questions and alerts of somebody for good",
        "dosekeeper discharge Ada",
        more="Refused while a fall or a call for help is open. The record stays and can still be exported; "
        "patient remove also takes them out of the household.",
    )
    verbs.patient(parser)
    verbs.yes(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        name = output.shown(chart.plan.patient.name.value)
        if chart.plan.discharged_at is not None:
            output.say(f"{name} is discharged already. Nothing was changed.")
            return 0
        if not output.agreed(f"Discharge {name}? Nobody will be asked or told any more.", yes=args.yes):
            output.say("Nothing was changed.")
            return 1
        carry_out(house, patient_id, Discharge)
    output.say(f"{name} is discharged. The record stays: dosekeeper export {find.word(chart)}")
    return 0
