"""``dosekeeper ladder``: who is told, how long after, and how often it starts again."""

import argparse
from collections.abc import Callable
from datetime import timedelta

from skill.cli import find, output, verbs
from skill.cli.at_home import opened, operation, waits
from skill.domain.chart import Chart
from skill.domain.identity import ContactId
from skill.domain.ladders import Ladder, LadderKind, standard_ladders
from skill.errors import InvalidError
from skill.intake import ladder_texts
from skill.intake.reading import Reading
from skill.service import setup
from skill.settings import Settings

ALL = "all"
_MINUTE = timedelta(minutes=1)
Ladders = tuple[Ladder, ...]
_KINDS = ", ".join(LadderKind)
_RUNGS = (
    "each as minutes and names: '120 Sam' '30 Ana,Bob' is Sam 120 minutes after the due moment, "
    "and Ana and Bob together 30 minutes after Sam"
)
_MORE = {
    "rounds": ("NUMBER", "how often the whole ladder is climbed, 1 to 24"),
    "gap": ("MINUTES", "from the last rung to the first of the next round"),
    "tells_skips": ("yes|no", "whether a dose that the patient chose not to take is told as well"),
}


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    own = verbs.topic(commands, "ladder", "who is told, how long after, and how often it starts again")
    listed = verbs.verb(
        own, "list", _list, "list somebody's ladders", "dosekeeper ladder list Ada", json=True
    )
    verbs.patient(listed)
    show = verbs.verb(own, "show", _show, "show one ladder", "dosekeeper ladder show Ada critical", json=True)
    _which(show)
    add = verbs.verb(
        own,
        "add",
        _add,
        "add a ladder of a kind that has none",
        "dosekeeper ladder add Ada critical --rungs '60 Sam' '15 Ana'",
        json=True,
    )
    _which(add)
    _fields(add, needed=True)
    change = verbs.verb(
        own,
        "change",
        _change,
        "change a ladder",
        "dosekeeper ladder change Ada ordinary --rungs '90 Sam' '30 Ana'",
        more="An alert that is open keeps the ladder with which it began.",
        json=True,
    )
    _which(change, f"one of {_KINDS}; with --standard also {ALL}")
    _fields(change, needed=False)
    change.add_argument(
        "--standard",
        action="store_true",
        help="back to the ladder that settings and care team make by themselves",
    )
    remove = verbs.verb(
        own,
        "remove",
        _remove,
        "remove a ladder: then nobody is told about its kind",
        "dosekeeper ladder remove Ada time-critical",
    )
    _which(remove)
    verbs.yes(remove)


def _which(parser: argparse.ArgumentParser, says: str = f"one of {_KINDS}") -> None:
    verbs.patient(parser)
    parser.add_argument("kind", metavar="KIND", help=says)


def _fields(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    parser.add_argument(
        "--rungs", metavar="RUNG", nargs="+", help=_RUNGS, action=verbs.Given, required=needed
    )
    verbs.options(parser, _MORE)


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
    standard = setup.are_standard(chart, waits(settings))
    records = [_record(chart, ladder) for ladder in chart.plan.ladders]
    columns = {
        "ladder": "kind",
        "minutes and people": "rungs",
        "rounds": "rounds",
        "gap": "gap",
        "tells skips": "tells_skips",
    }
    empty = "There is no ladder: nobody is told anything. Add a caregiver first."
    output.listing(records, columns, json_wanted=args.json, empty=empty)
    if records and not args.json:
        output.say()
        output.say(
            "These are the standard ladders."
            if standard
            else "These are not the standard ladders: chosen by hand, or made under other settings."
        )
        _say_uncovered(chart.plan.ladders)
    return 0


def _show(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
    output.facts(_record(chart, _there(chart, _kind(args))), json_wanted=args.json)
    return 0


def _kind(args: argparse.Namespace) -> LadderKind:
    return ladder_texts.kind("kind", args.kind)


def _there(chart: Chart, kind: LadderKind) -> Ladder:
    found = chart.find_ladder(kind)
    if found is None:
        raise InvalidError("kind", f"there is no {kind.value} ladder; dosekeeper ladder add makes one")
    return found


def _add(args: argparse.Namespace, settings: Settings) -> int:
    kind = _kind(args)

    def with_it(chart: Chart) -> Ladders:
        if chart.find_ladder(kind) is not None:
            raise InvalidError("kind", f"there is a {kind.value} ladder already; dosekeeper ladder change")
        return (*chart.plan.ladders, _made(args, chart, kind, None))

    return _saved(args, settings, with_it, kind)


def _change(args: argparse.Namespace, settings: Settings) -> int:
    if args.standard:
        return _back_to_standard(args, settings)
    if not verbs.given(args):
        raise InvalidError("kind", "nothing to change: name --rungs, --rounds, --gap or --tells-skips")
    kind = _kind(args)

    def changed(chart: Chart) -> Ladders:
        made = _made(args, chart, kind, _there(chart, kind))
        return tuple(made if ladder.kind is kind else ladder for ladder in chart.plan.ladders)

    return _saved(args, settings, changed, kind)


def _back_to_standard(args: argparse.Namespace, settings: Settings) -> int:
    if verbs.given(args):
        raise InvalidError("standard", "goes with no other option")
    kind = _kind(args) if args.kind != ALL else None

    def standard(chart: Chart) -> Ladders:
        people = [contact.contact_id for contact in chart.plan.care_team]
        if not people:
            raise InvalidError("standard", "needs somebody on the care team; dosekeeper caregiver add")
        wanted = [one for one in standard_ladders(people, waits(settings)) if kind in (None, one.kind)]
        kept = [one for one in chart.plan.ladders if kind not in (None, one.kind)]
        return tuple(sorted([*kept, *wanted], key=lambda one: list(LadderKind).index(one.kind)))

    return _saved(args, settings, standard, kind)


def _made(args: argparse.Namespace, chart: Chart, kind: LadderKind, before: Ladder | None) -> Ladder:
    def caregiver(_: str, said: str) -> ContactId:
        return find.caregiver(chart, said).contact_id

    reading = Reading(where="", given=verbs.given(args))
    made = ladder_texts.ladder(reading, kind, caregiver, before)
    reading.refuse_if_any()
    if made is None:
        raise InvalidError("rungs", "make no ladder")
    return made


def _saved(
    args: argparse.Namespace,
    settings: Settings,
    change: Callable[[Chart], Ladders],
    kind: LadderKind | None,
) -> int:
    """Save what ``change`` makes of the ladders, and show the one of ``kind``; None: all of them."""
    with opened(args, settings) as house:
        patient_id, _ = find.patient(house, args.patient)
        after = setup.change_team(
            house.app, patient_id, operation(house), lambda chart: (chart.plan.care_team, change(chart))
        )
    records = [_record(after, one) for one in after.plan.ladders if kind in (None, one.kind)]
    if args.json:
        output.as_json(records[0] if kind is not None else records)
        return 0
    for record in records:
        output.say(f"{record['kind']}: {output.shown('; '.join(_texts(record)))}")
    output.say(f"See who is told when: dosekeeper rehearse {find.word(after)}")
    return 0


def _texts(record: dict[str, object]) -> list[str]:
    rungs = record["rungs"]
    return [str(rung) for rung in rungs] if isinstance(rungs, list) else []


def _record(chart: Chart, ladder: Ladder) -> dict[str, object]:
    names = {contact.contact_id: contact.name.value for contact in chart.plan.care_team}
    return {
        "kind": ladder.kind.value,
        "rungs": ladder_texts.as_texts(ladder, names),
        "rounds": ladder.rounds,
        "gap": ladder.round_gap // _MINUTE if ladder.rounds > 1 else None,
        "tells_skips": ladder.tells_skips,
    }


def _remove(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        gone = _there(chart, _kind(args))
        kind = gone.kind.value
        if not output.agreed(f"Remove the {kind} ladder? Nobody is told about it then.", yes=args.yes):
            output.say("Nothing was changed.")
            return 1

        def without_it(chart: Chart) -> setup.Team:
            return chart.plan.care_team, tuple(one for one in chart.plan.ladders if one.kind is not gone.kind)

        after = setup.change_team(house.app, patient_id, operation(house), without_it)
    output.say(f"The {kind} ladder is removed.")
    _say_uncovered(after.plan.ladders)
    return 0


def _say_uncovered(ladders: tuple[Ladder, ...]) -> None:
    missing = [kind.value for kind in setup.uncovered(ladders)]
    if missing:
        output.say(f"Nobody is told about: {', '.join(missing)}.")
