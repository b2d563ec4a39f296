"""``dosekeeper rehearse``: what would happen if nobody said a word."""

import argparse
from datetime import datetime, timedelta

from skill.cli import find, output, verbs
from skill.cli.at_home import opened
from skill.domain.chart import Chart
from skill.service import rehearsal
from skill.service.rehearsal import Step, What
from skill.settings import Settings

_MINUTE = timedelta(minutes=1)


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "rehearse",
        run,
        "show who would be told, and when, if nobody said a word",
        "dosekeeper rehearse Ada",
        more="Decided by the same code that pages, on a copy and with a wound clock: nothing is sent or "
        "written. Shows 24 hours from the next dose, until nobody is left to be told. Every message counts "
        "as delivered.",
        json=True,
    )
    verbs.patient(parser)
    parser.add_argument("--fall", action="store_true", help="a fall, now, that nobody answers")


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
        now = house.clock.now()
    play = rehearsal.fall if args.fall else rehearsal.silence
    steps = play(chart, now)
    start = now if args.fall or not steps else steps[0].at
    records = [_record(chart, step, start) for step in steps]
    if args.json:
        output.as_json(records)
        return 0
    what = "falls, now" if args.fall else "says nothing, from the next dose on"
    output.say(f"{output.shown(chart.plan.patient.name.value)} {what}, and nobody answers:")
    output.say()
    columns = {"when": "when", "after": "after", "what happens": "says"}
    output.listing(
        records, columns, json_wanted=False, empty="Nothing: no dose is planned within eight days."
    )
    _say_who_is_not_told(chart, steps)
    return 0


def _record(chart: Chart, step: Step, start: datetime) -> dict[str, object]:
    contact = chart.find_contact(step.contact_id)
    return {
        "at": step.at.isoformat(),
        "when": _clock(chart, step.at),
        "after": _span(step.at - start),
        "what": step.what.value,
        "who": contact.name.value if contact is not None else None,
        "contact_id": step.contact_id,
        "channel": step.channel.value if step.channel is not None else None,
        "about": [moment.isoformat() for moment in step.about],
        "says": _says(chart, step),
    }


def _says(chart: Chart, step: Step) -> str:
    contact = chart.find_contact(step.contact_id)
    about = " and ".join(_clock(chart, moment)[4:] for moment in step.about)
    doses = output.counted(step.count, "dose")
    match step.what:
        case What.DUE:
            return f"{doses} due"
        case What.PROMPT:
            return f"the patient is asked, by {step.channel}"
        case What.PAGE:
            name = contact.name.value if contact is not None else step.contact_id
            return f"{name} is told by {step.channel}" + (
                "" if not about or not step.about else f", about {about}"
            )
        case What.NO_WORD:
            return f"window over, {doses} of {about} written down as: no word"
        case What.EXHAUSTED:
            return "nobody is left to be told" + (f" about {about}" if about else "")


def _clock(chart: Chart, moment: datetime) -> str:
    return f"{moment.astimezone(chart.plan.patient.zone):%a %H:%M}"


def _span(span: timedelta) -> str:
    minutes = span // _MINUTE
    return f"{minutes // 60}:{minutes % 60:02d}"


def _say_who_is_not_told(chart: Chart, steps: tuple[Step, ...]) -> None:
    """People of the care team who are told nothing in this rehearsal, and why, as far as it is plain."""
    told = {step.contact_id for step in steps}
    left_out = [contact for contact in chart.plan.care_team if contact.contact_id not in told]
    if not chart.plan.care_team:
        output.say()
        output.say("Nobody is on the care team, so nobody is told.")
    for contact in left_out if steps else ():
        why = "the patient does not agree" if not contact.consented else "no address that may be used"
        if contact.channels():
            why = "on none of these ladders"
        output.say(f"Not told: {output.shown(contact.name.value)} ({why})")
