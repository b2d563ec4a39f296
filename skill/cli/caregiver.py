"""``dosekeeper caregiver``: the people who are told, and what they may do."""

import argparse

from skill.chance import new_id
from skill.cli import find, output, verbs
from skill.cli.at_home import opened, operation, waits
from skill.domain.care_team import Contact
from skill.domain.chart import Chart
from skill.domain.identity import ContactId
from skill.errors import InvalidError
from skill.intake import people
from skill.intake.household import MOST_CAREGIVERS
from skill.intake.reading import Reading
from skill.service import setup
from skill.settings import Settings

_ADDRESSES = {
    "phone": ("PHONE", "for SMS: +12025550123, or without + a number of the patient's country"),
    "email": ("E-MAIL", "for e-mail"),
    "mailbox": ("NAME", "for the mailbox on this machine, which dosekeeper mailbox shows"),
}
_ABOUT = {
    "label": (
        "LABEL",
        "what they call the patient in messages: mom, dad, grandma, wife ... or person-a to person-d",
    ),
    "role": ("ROLE", "view (the default), confirm: may write I gave it, or edit"),
    "zone": ("ZONE", "their own clock; the patient's when left out"),
    "locale": ("LOCALE", "their language, such as en-US"),
    "speak_name": ("yes|no", "whether the Echo may say their name; no unless you say yes"),
    "consent": ("yes|no", "whether the patient agrees that they are told; no silences them at once"),
}
_ORDER = "Addresses are tried in the order in which you name them."


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    own = verbs.topic(commands, "caregiver", "the people who are told, and what they may do")
    add = verbs.verb(
        own,
        "add",
        _add,
        "put somebody on the care team",
        "dosekeeper caregiver add Ada Sam --phone '(202) 555-0123' --email sam@example.org --label mom",
        more=f"{_ORDER} They come last on the standard ladders; ladders that you changed stay as they are.",
        json=True,
    )
    verbs.patient(add)
    add.add_argument("name", metavar="NAME", help="at most 12 letters: it is read aloud to other helpers")
    verbs.options(add, _ADDRESSES | _ABOUT)
    change = verbs.verb(
        own,
        "change",
        _change,
        "change what is given, leave the rest",
        "dosekeeper caregiver change Ada Sam --phone +12025550144 --email none",
        more=f"The word none takes an address away. {_ORDER} An address that was switched off by an opt-out "
        "word comes back when you give it again, if the person wants that.",
        json=True,
    )
    _which(change)
    verbs.options(change, {"name": ("NAME", "a new name")} | _ADDRESSES | _ABOUT)
    listed = verbs.verb(own, "list", _list, "list the care team", "dosekeeper caregiver list Ada", json=True)
    verbs.patient(listed)
    show = verbs.verb(own, "show", _show, "show one of them", "dosekeeper caregiver show Ada Sam", json=True)
    _which(show)
    remove = verbs.verb(
        own,
        "remove",
        _remove,
        "take somebody off the care team and off every ladder",
        "dosekeeper caregiver remove Ada Sam",
        more="They are told nothing more from this moment, not even about an alert that is open.",
    )
    _which(remove)
    verbs.yes(remove)


def _which(parser: argparse.ArgumentParser) -> None:
    verbs.patient(parser)
    parser.add_argument("caregiver", metavar="CAREGIVER", help="name or id, or its beginning")


def _add(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        reading = Reading(where="", given={"name": args.name, **verbs.given(args)})
        contact_id = ContactId(new_id(house.chance, "con"))
        contact = people.caregiver(reading, contact_id, chart.plan.patient)
        reading.refuse_if_any()
        if contact is None:
            raise InvalidError("caregiver", "cannot be made of this")

        def with_them(chart: Chart) -> setup.Team:
            _check(chart, contact)
            team = (*chart.plan.care_team, contact)
            return team, setup.ladders_for(chart, team, waits(settings))

        after = setup.change_team(house.app, patient_id, operation(house), with_them)
    if args.json:
        output.as_json(_record(after, contact))
        return 0
    output.say(f"{output.shown(contact.name.value)} is on the care team: {contact_id}.")
    if "consent" not in reading.given:
        output.say("It is assumed that the patient agrees that they are told. If that is not so:")
        whose, called = find.word(after), output.word(contact.name.value)
        output.say(f"dosekeeper caregiver change {whose} {called} --consent no")
    _say_ladders(after, contact)
    return 0


def _check(chart: Chart, contact: Contact) -> None:
    others = [c for c in chart.plan.care_team if c.contact_id != contact.contact_id]
    if contact.name.value.casefold() in {other.name.value.casefold() for other in others}:
        raise InvalidError("name", "somebody on this care team is called so already")
    if len(others) >= MOST_CAREGIVERS:
        raise InvalidError("caregiver", f"there may be at most {MOST_CAREGIVERS}")


def _say_ladders(chart: Chart, contact: Contact) -> None:
    whose = find.word(chart)
    on = [ladder.kind.value for ladder in chart.plan.ladders if contact.contact_id in ladder.people()]
    if on:
        output.say(f"On the ladders: {', '.join(on)}.")
        output.say(f"See who is told when: dosekeeper rehearse {whose}")
        return
    output.say("On no ladder: these ladders were changed by hand or made under other settings, and stay.")
    output.say(f"Put them on one: dosekeeper ladder change {whose} KIND --rungs ...")
    output.say(f"Or go back to the standard: dosekeeper ladder change {whose} all --standard")


def _change(args: argparse.Namespace, settings: Settings) -> int:
    given = verbs.given(args)
    if not given:
        raise InvalidError("caregiver", "nothing to change: name at least one option")
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        contact_id = find.caregiver(chart, args.caregiver).contact_id

        def changed(chart: Chart) -> setup.Team:
            reading = Reading(where="", given=given)
            after = people.changed_caregiver(reading, chart.get_contact(contact_id), chart.plan.patient)
            reading.refuse_if_any()
            _check(chart, after)
            team = tuple(after if c.contact_id == contact_id else c for c in chart.plan.care_team)
            return team, chart.plan.ladders

        chart = setup.change_team(house.app, patient_id, operation(house), changed)
    output.facts(_record(chart, chart.get_contact(contact_id)), json_wanted=args.json)
    return 0


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
    records = [_record(chart, contact) for contact in chart.plan.care_team]
    columns = {
        "caregiver": "name",
        "id": "contact_id",
        "calls them": "label",
        "role": "role",
        "reached by": "reached_by",
        "ladders": "ladders",
    }
    empty = f"Nobody is told yet: dosekeeper caregiver add {find.word(chart)} NAME --phone PHONE"
    output.listing(records, columns, json_wanted=args.json, empty=empty)
    return 0


def _show(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
        contact = find.caregiver(chart, args.caregiver)
    output.facts(_record(chart, contact), json_wanted=args.json)
    return 0


def _record(chart: Chart, contact: Contact) -> dict[str, object]:
    return {
        "name": contact.name.value,
        "contact_id": contact.contact_id,
        "label": contact.label.value,
        "role": contact.role.value,
        "zone": contact.zone.key,
        "locale": contact.locale,
        "speak_name": contact.name_may_be_spoken,
        "consent": contact.consented,
        "addresses": {
            address.channel.value: address.value.value + (" (opted out)" if address.opted_out else "")
            for address in contact.addresses
        },
        "reached_by": [channel.value for channel in contact.channels()],
        "ladders": [
            ladder.kind.value for ladder in chart.plan.ladders if contact.contact_id in ladder.people()
        ],
    }


def _remove(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        contact = find.caregiver(chart, args.caregiver)
        name = output.shown(contact.name.value)

        def without_them(chart: Chart) -> setup.Team:
            team = tuple(c for c in chart.plan.care_team if c.contact_id != contact.contact_id)
            return team, setup.ladders_for(chart, team, waits(settings))

        _, ladders = without_them(chart)
        alone = [kind.value for kind in setup.uncovered(ladders) if chart.find_ladder(kind) is not None]
        if alone:
            output.hint(f"Nobody else is on these ladders, so they end: {', '.join(alone)}.")
        if not output.agreed(f"Take {name} off the care team?", yes=args.yes):
            output.say("Nothing was changed.")
            return 1
        setup.change_team(house.app, patient_id, operation(house), without_them)
    output.say(f"{name} is off the care team and is told nothing more.")
    return 0
