"""``dosekeeper send-test``: does a message reach this person?"""

import argparse
from collections.abc import Mapping

from skill.bootstrap import House
from skill.cli import find, output, verbs
from skill.cli.at_home import carry_out, opened
from skill.domain.commands import SendTest
from skill.domain.events import Ended, MessageEnded, MessageQueued
from skill.domain.identity import PatientId
from skill.domain.messages import Message
from skill.errors import InvalidError
from skill.service.delivery import deliver
from skill.settings import Settings

_WAITING = "waiting: a running serve sends it, or tries again"
_ENDED = {
    Ended.ACCEPTED: "handed over",
    Ended.GAVE_UP: "refused by every provider: check the address, and dosekeeper doctor",
    Ended.DROPPED: "not sent: the address may not be used",
}


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    parser = verbs.verb(
        commands,
        "send-test",
        run,
        "send a test message to a caregiver on every channel",
        "dosekeeper send-test Ada Sam",
        more="Exit code 1 when a message was not handed over. Handed over means that the provider took it: "
        "ask the person whether it arrived.",
        json=True,
    )
    verbs.patient(parser)
    parser.add_argument("caregiver", metavar="CAREGIVER", help="name or id, or its beginning")


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        contact = find.caregiver(chart, args.caregiver)
        if not contact.channels():
            raise InvalidError("caregiver", "has no address that may be used: no consent, or opted out")
        acted = carry_out(house, patient_id, SendTest, contact_id=contact.contact_id)
        queued = [e.message for e in acted.decision.events if isinstance(e, MessageQueued)]
        deliver(
            house.app,
            house.chance,
            house.providers,
            house.catalogue,
            patient_id,
            base_url=settings.web.base_url,
        )
        ended = _ended(house, patient_id, queued)
        records = [_record(house, message, ended) for message in queued]
    columns = {"channel": "channel", "providers": "providers", "outcome": "outcome"}
    output.listing(records, columns, json_wanted=args.json, empty="Nothing was queued.")
    return 0 if all(ended.get(message.key) is Ended.ACCEPTED for message in queued) else 1


def _ended(house: House, patient_id: PatientId, queued: list[Message]) -> dict[str, Ended]:
    """What became of each message, as the ledger has it."""
    keys = {message.key for message in queued}
    return {
        event.key: event.ended
        for decision in house.app.charts.ledger(patient_id)
        for event in decision.events
        if isinstance(event, MessageEnded) and event.key in keys
    }


def _record(house: House, message: Message, ended: Mapping[str, Ended]) -> dict[str, object]:
    outcome = ended.get(message.key)
    return {
        "channel": message.channel.value,
        "providers": [provider.name for provider in house.providers[message.channel]],
        "outcome": _ENDED[outcome] if outcome is not None else _WAITING,
        "accepted": outcome is Ended.ACCEPTED,
    }
