"""``dosekeeper mailbox``: what the mailbox channel received."""

import argparse

from skill.cli import find, output, verbs
from skill.cli.at_home import opened
from skill.domain.chart import Chart
from skill.intake import values
from skill.service.mailbox import KEPT_FOR, Mail, mails
from skill.settings import Settings

_SHOWN = 20


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "mailbox",
        run,
        "show what the mailbox received, newest last",
        "dosekeeper mailbox Ada --last 5",
        more=f"As long as no provider is set up, every SMS and e-mail ends here. They are kept "
        f"{KEPT_FOR.days} days. They hold links that act: show them to nobody else.",
        json=True,
    )
    parser.add_argument(
        "patient", metavar="PATIENT", nargs="?", help="about one person; everybody when left out"
    )
    parser.add_argument(
        "--last", metavar="NUMBER", default=str(_SHOWN), help=f"how many, {_SHOWN} when left out"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    last = values.whole("last", args.last, 1, 1000)
    with opened(args, settings) as house:
        charts = [find.patient(house, args.patient)] if args.patient else find.charts(house)
        found: list[tuple[Mail, Chart]] = []
        for patient_id, chart in charts:
            newest = mails(house.app, house.store, patient_id, newest_first=True)
            found += [(mail, chart) for mail, _ in zip(newest, range(last), strict=False)]
    found.sort(key=lambda pair: (pair[0].at, pair[0].key))
    records = [_record(mail, chart) for mail, chart in found[-last:]]
    if args.json:
        output.as_json(records)
        return 0
    if not records:
        output.say("Nothing has arrived.")
    for record in records:
        output.say(output.shown(f"{record['when']}  {record['channel']} to {record['to']}"))
        if record["subject"]:
            output.say(f"  {output.shown(str(record['subject']))}")
        for line in str(record["text"]).splitlines():
            output.say(f"  {output.shown(line)}")
        output.say()
    return 0


def _record(mail: Mail, chart: Chart) -> dict[str, object]:
    contact = chart.find_contact(mail.contact_id)
    whose = contact.name.value if contact is not None else "the patient" if mail.contact_id is None else ""
    return {
        "at": mail.at.isoformat(),
        "when": f"{mail.at.astimezone(chart.plan.patient.zone):%a %d %b %H:%M}",
        "patient_id": chart.plan.patient.patient_id,
        "channel": mail.channel.value,
        "to": " ".join(part for part in (whose, mail.to.value) if part),
        "attempt": mail.attempt,
        "subject": mail.subject,
        "text": mail.text.value,
    }
