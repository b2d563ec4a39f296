"""``dosekeeper doctor``: what is wrong, and what to do about it."""

import argparse
from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct

from skill import bootstrap
from skill.bootstrap import House
from skill.cli import find, output, verbs
from skill.cli.at_home import check_set_up
from skill.cli.sentences import sentences
from skill.clock import is_synchronised, zone_data_version
from skill.domain.care_team import Channel
from skill.errors import DoseKeeperError, InvalidError, SettingsError
from skill.service import setup
from skill.service.heartbeat import last_beat, out_after
from skill.settings import Settings


class State(StrEnum):
    OK = "ok"
    NOTE = "note"  # works, but somebody should know
    WRONG = "WRONG"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at. ``do``: what to do about it, if anything."""

    what: str
    state: State
    says: str
    do: str = ""


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    verbs.verb(
        commands,
        "doctor",
        run,
        "check settings, keys, store, clock, zones and providers",
        "dosekeeper doctor",
        more="Says what is wrong and what to do. Exit code 1 when something is wrong. Changes nothing.",
        json=True,
    )


def run(args: argparse.Namespace, settings: Settings | SettingsError) -> int:
    findings = list(_findings(args, settings))
    records = [
        {"check": f.what, "state": f.state.value, "says": f.says, "do": f.do or None} for f in findings
    ]
    if args.json:
        output.as_json(records)
    else:
        for finding in findings:
            output.say(output.shown(f"{finding.state.value:<6}{finding.what}: {finding.says}"))
            if finding.do:
                output.say(output.shown(f"      -> {finding.do}"))
    wrong = sum(finding.state is State.WRONG for finding in findings)
    if not args.json:
        output.say()
        output.say("Nothing is wrong." if not wrong else f"Wrong: {wrong} of {len(findings)} checks.")
    return 1 if wrong else 0


def _findings(args: argparse.Namespace, settings: Settings | SettingsError) -> Iterator[Finding]:
    if isinstance(settings, SettingsError):
        yield from _bad_settings(settings)
        return
    yield Finding(what="settings", state=State.OK, says=f"data in {_where(settings)}")
    yield from _machine()
    yield from _trust_roots(settings)
    try:
        check_set_up(settings)
        house = bootstrap.command_app(settings, clock=args.clock)
    except SettingsError as error:  # of the providers, which know what they need
        yield from _bad_settings(error)
        return
    except DoseKeeperError as error:
        yield Finding(
            what="store and keys", state=State.WRONG, says=sentences(error)[0], do=_what_to_do(error)
        )
        return
    try:
        for look in (_store, _ledgers, _sweep, _providers, _doors, _people):
            yield from _looked(look, house)
    finally:
        house.close()


def _where(settings: Settings) -> str:
    return str(settings.store.data) if settings.store is not None else "a table of DynamoDB"


def _key(settings: Settings) -> str:
    return str(settings.store.key_file) if settings.store is not None else "KMS"


def _bad_settings(error: SettingsError) -> Iterator[Finding]:
    for problem in error.problems:
        do = "set it as README.md says, or leave it out"
        yield Finding(what="settings", state=State.WRONG, says=problem, do=do)


def _what_to_do(error: DoseKeeperError) -> str:
    match error.key:
        case "error.key_unavailable":
            return "put the right key file back, readable by you alone (chmod 600); nothing opens without it"
        case "error.damaged":
            return "stop serve, move the data folder away, and run: dosekeeper restore FOLDER"
        case "error.store_down":
            return "look whether the disk is full, and whether the data folder belongs to this user"
        case _:
            return ""


def _looked(look: Callable[[House], Iterator[Finding]], house: House) -> Iterator[Finding]:
    """The findings of ``look``; an error of its own is one of them."""
    try:
        yield from look(house)
    except DoseKeeperError as error:
        name = look.__name__.strip("_")
        yield Finding(what=name, state=State.WRONG, says=sentences(error)[0], do=_what_to_do(error))


def _machine() -> Iterator[Finding]:
    match is_synchronised():
        case True:
            yield Finding(what="clock", state=State.OK, says="is synchronised")
        case False:
            do = "switch time synchronisation on: timedatectl set-ntp true"
            says = "the machine's clock is not synchronised; doses would be asked about at the wrong time"
            yield Finding(what="clock", state=State.WRONG, says=says, do=do)
        case None:
            says = "this machine does not tell whether its clock is synchronised"
            yield Finding(what="clock", state=State.NOTE, says=says, do="compare it with another clock")
    yield Finding(
        what="zone data", state=State.OK, says=f"tzdata {zone_data_version()}, from the package alone"
    )


def _trust_roots(settings: Settings) -> Iterator[Finding]:
    try:
        bootstrap.check_trust_roots(settings)
    except InvalidError as error:
        do = "name a PEM file of certificates, or leave the setting out"
        yield Finding(what="settings", state=State.WRONG, says=sentences(error)[0], do=do)


def _store(house: House) -> Iterator[Finding]:
    bootstrap.check_files(house)
    yield Finding(
        what="store", state=State.OK, says="its pages are whole" if house.ground.sqlite else "answers"
    )
    house.keys.check()
    yield Finding(what="keys", state=State.OK, says=f"open with {_key(house.settings)}")


def _ledgers(house: House) -> Iterator[Finding]:
    entries = [house.records.verify_chain(patient_id) for patient_id, _ in find.charts(house)]
    patients = output.counted(len(entries), "patient")
    says = f"{patients}, {output.counted(sum(entries), 'entry', 'entries')}, every chain is whole"
    yield Finding(what="ledgers", state=State.OK, says=says)


def _sweep(house: House) -> Iterator[Finding]:
    beat = last_beat(house.app)
    silence = out_after(house.settings.heartbeat)
    if beat is not None and house.clock.now() - beat <= silence:
        yield Finding(what="serve", state=State.OK, says="is running; it looked a moment ago at what is due")
        return
    says = "never ran" if beat is None else f"has not looked at what is due since {beat:%Y-%m-%d %H:%M} UTC"
    yield Finding(
        what="serve", state=State.WRONG, says=f"{says}; nobody is asked or told", do="run: dosekeeper serve"
    )


def _providers(house: House) -> Iterator[Finding]:
    for channel, providers in house.providers.items():
        names = [provider.name for provider in providers]
        if channel.value == "mailbox" or any(name != "mailbox" for name in names):
            says = f"by {', then '.join(names)}"
            yield Finding(what=channel.value, state=State.OK, says=says)
            continue
        yield Finding(
            what=channel.value,
            state=State.NOTE,
            says="stays in the mailbox on this machine; it reaches nobody's telephone",
            do=f"set DOSEKEEPER_{channel.value.upper()} and its provider, then: dosekeeper send-test",
        )


def _doors(house: House) -> Iterator[Finding]:
    skill_id, base_url = house.settings.alexa.skill_id, house.settings.web.base_url
    if skill_id is None:
        do = "set DOSEKEEPER_SKILL_ID to the id that the Alexa console shows"
        yield Finding(what="alexa", state=State.NOTE, says="no skill id: it answers nobody", do=do)
    else:
        yield Finding(what="alexa", state=State.OK, says="answers one skill")
    if base_url is None:
        do = "set DOSEKEEPER_BASE_URL to where caregivers reach this machine"
        yield Finding(what="links", state=State.NOTE, says="messages carry no link to answer with", do=do)
        yield from _without_an_answer(house, do)
    else:
        yield Finding(what="links", state=State.OK, says=f"begin with {base_url}")


def _without_an_answer(house: House, do: str) -> Iterator[Finding]:
    """Without links only an SMS can be answered, by its code: wrong where nobody at all gets one."""
    for patient_id, chart in find.charts(house):
        told = [c for c in chart.plan.care_team if c.channels()]
        mute = [c.contact_id for c in told if Channel.SMS not in c.channels()]
        if mute and chart.plan.discharged_at is None:
            yield Finding(
                what=f"answers {patient_id}",
                state=State.WRONG if len(mute) == len(told) else State.NOTE,
                says=f"messages carry neither link nor code for: {', '.join(mute)}",
                do=f"{do}, or give them a phone: dosekeeper caregiver list {patient_id}",
            )


def _people(house: House) -> Iterator[Finding]:
    for patient_id, chart in find.charts(house):
        if chart.plan.discharged_at is not None:
            continue
        reached = {c.contact_id for c in chart.plan.care_team if c.channels()}
        silent = [ladder.kind for ladder in chart.plan.ladders if not reached & set(ladder.people())]
        missing = [kind.value for kind in (*setup.uncovered(chart.plan.ladders), *silent)]
        if missing:
            yield Finding(
                what=f"patient {patient_id}",
                state=State.WRONG,
                says=f"nobody can be told about: {', '.join(missing)}",
                do=f"dosekeeper caregiver list {patient_id}, dosekeeper ladder list {patient_id}",
            )
