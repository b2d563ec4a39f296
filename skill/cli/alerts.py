"""``dosekeeper alerts``: what is open, who has been told, and since when."""

import argparse
from collections.abc import Iterator
from datetime import datetime

from skill.cli import find, output, verbs
from skill.cli.at_home import opened
from skill.domain.alerts import Alert, AlertState
from skill.domain.chart import Chart
from skill.domain.identity import ContactId
from skill.settings import Settings

_STATES = {
    AlertState.OPEN: "nobody has answered yet",
    AlertState.ACKNOWLEDGED: "somebody has it",
    AlertState.EXHAUSTED: "nobody answered, nobody left to ask",
    AlertState.RESOLVED: "closed",
}


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "alerts",
        run,
        "list the alerts that are not closed, and who has been told",
        "dosekeeper alerts",
        more="Times are those of the patient. With --all, those that ended within the last day too.",
        json=True,
    )
    parser.add_argument(
        "patient", metavar="PATIENT", nargs="?", help="of one person; everybody when left out"
    )
    parser.add_argument("--all", action="store_true", help="closed ones too")


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        charts = [find.patient(house, args.patient)] if args.patient else find.charts(house)
        records = [record for _, chart in charts for record in _records(chart, closed=args.all)]
    columns = {
        "since": "since",
        "patient": "name",
        "alert": "kind",
        "about": "about",
        "state": "state",
        "told": "told",
        "next step": "next",
    }
    output.listing(records, columns, json_wanted=args.json, empty="No alert is open.")
    return 0


def _records(chart: Chart, *, closed: bool) -> Iterator[dict[str, object]]:
    for alert in sorted(chart.now.alerts, key=lambda a: (not a.urgent, a.opened_at)):
        if closed or not alert.state.ended:
            yield _record(chart, alert)


def _record(chart: Chart, alert: Alert) -> dict[str, object]:
    def clock(moment: datetime | None) -> str | None:
        return f"{moment.astimezone(chart.plan.patient.zone):%a %d %b %H:%M}" if moment else None

    def name(contact_id: ContactId | None) -> str | None:
        contact = chart.find_contact(contact_id)
        return contact.name.value if contact is not None else contact_id

    holder = alert.acknowledged_by if alert.state is AlertState.ACKNOWLEDGED else alert.closed_by
    state = _STATES[alert.state]
    if holder is not None:
        state = f"{name(holder)} {'has it' if alert.state is AlertState.ACKNOWLEDGED else 'closed it'}"
    if alert.calmed_at is not None and not alert.state.ended:
        state += ", the patient says: I'm OK"
    detail = "" if alert.detail.value == "none" else f", {alert.detail.value.replace('_', ' ')}"
    return {
        "alert_id": alert.alert_id,
        "patient_id": chart.plan.patient.patient_id,
        "name": chart.plan.patient.name.value,
        "kind": f"{alert.kind.value}{detail}",
        "about": clock(alert.about),
        "since": clock(alert.opened_at),
        "opened_at": alert.opened_at.isoformat(),
        "state": state,
        "state_code": alert.state.value,
        "told": [name(contact_id) for contact_id in alert.told],
        "next": clock(alert.next_at),
    }
