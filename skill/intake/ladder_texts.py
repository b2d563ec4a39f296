"""Ladders from the texts that somebody wrote: ``120 Sam`` is Sam, 120 minutes after the rung before."""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from skill.domain.identity import ContactId
from skill.domain.ladders import FALL_ROUNDS, Ladder, LadderKind, Rung
from skill.errors import InvalidError
from skill.intake import values
from skill.intake.reading import Reading

LADDER_FIELDS = ("kind", "rungs", "rounds", "gap", "tells_skips")
_MINUTE = timedelta(minutes=1)
Caregivers = Callable[[str, str], ContactId]


def kind(field: str, text: str) -> LadderKind:
    return values.choice(field, text, LadderKind)


def ladder(
    reading: Reading, of: LadderKind, caregiver: Caregivers, before: Ladder | None = None
) -> Ladder | None:
    """The ladder ``of`` a kind: the given fields in place of those of ``before``; None when one is wrong."""
    if before is None and not reading.given.get("rungs"):
        reading.add("rungs", "is needed, such as '120 Sam' '30 Ana'")
    rungs = reading.several("rungs", lambda f, t: _rungs(f, t, caregiver), before.rungs if before else ())
    if not rungs:
        return None
    base = before or Ladder(kind=of, rungs=rungs, rounds=FALL_ROUNDS if of.urgent else 1)
    made = reading.tried(
        "rungs",
        lambda: replace(
            base,
            rungs=rungs,
            rounds=reading.one("rounds", lambda f, t: values.whole(f, t, 1, 24), base.rounds),
            round_gap=reading.one("gap", lambda f, t: values.minutes(f, t, 1), base.round_gap),
            tells_skips=reading.one("tells_skips", values.yes_no, base.tells_skips),
        ),
        None,
    )
    return None if reading.problems else made


def _rungs(field: str, texts: list[str], caregiver: Caregivers) -> tuple[Rung, ...]:
    return tuple(_rung(field, text, caregiver) for text in texts)


def _rung(field: str, text: str, caregiver: Caregivers) -> Rung:
    wait, _, people = text.partition(" ")
    names = [name.strip() for name in people.split(",")]
    if not all(names):
        raise InvalidError(field, f"must be like '120 Sam' or '0 Sam,Ana'; not {values.quoted(text)}")
    try:
        return Rung(
            wait=values.minutes(field, wait), contacts=tuple(caregiver(field, name) for name in names)
        )
    except InvalidError as error:
        raise InvalidError(field, error.problem) from error


def as_texts(one: Ladder, names: dict[ContactId, str]) -> list[str]:
    """The rungs of a ladder as they would be typed in."""
    return [
        f"{rung.wait // _MINUTE} {','.join(names.get(person, person) for person in rung.contacts)}"
        for rung in one.rungs
    ]
