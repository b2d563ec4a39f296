"""Ladders: who is told, how long after, and which of two serves as well."""

from datetime import timedelta

import pytest

from skill.domain.ladders import Ladder, LadderKind, Rung, Waits, standard_ladders
from skill.domain.regimen import Criticality
from skill.errors import InvalidError
from tests.builders import ANA, SAM, a_ladder, a_rung

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wait", "people", "field"),
    [
        (-MINUTE, (SAM,), "wait"),
        (25 * HOUR, (SAM,), "wait"),
        (HOUR, (), "contacts"),
        (HOUR, (SAM, SAM), "contacts"),
    ],
    ids=["negative", "over a day", "nobody", "twice"],
)
def test_a_rung_is_checked(wait: timedelta, people: tuple[str, ...], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        Rung(wait=wait, contacts=people)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rungs": ()}, "rungs"),
        ({"rungs": (a_rung(),), "rounds": 0}, "rounds"),
        ({"rungs": (a_rung(),), "rounds": 25}, "rounds"),
        ({"rungs": (a_rung(),), "round_gap": timedelta(seconds=59)}, "round_gap"),
        ({"rungs": (a_rung(),), "round_gap": 25 * HOUR}, "round_gap"),
    ],
    ids=["empty", "no round", "too many rounds", "too close", "too far"],
)
def test_a_ladder_is_checked(changes: dict[str, object], field: str) -> None:
    """An empty ladder reaches nobody (fault 54)."""
    with pytest.raises(InvalidError) as refused:
        Ladder(kind=LadderKind.FALL, **changes)

    assert refused.value.field == field


def test_the_standard_ladders_are_as_the_design_says() -> None:
    ladders = {ladder.kind: ladder for ladder in standard_ladders([SAM, ANA], Waits())}

    assert set(ladders) == set(LadderKind)
    assert [rung.wait for rung in ladders[LadderKind.ORDINARY].rungs] == [120 * MINUTE, 30 * MINUTE]
    assert [rung.wait for rung in ladders[LadderKind.CRITICAL].rungs] == [60 * MINUTE, 15 * MINUTE]
    assert [rung.wait for rung in ladders[LadderKind.TIME_CRITICAL].rungs] == [30 * MINUTE, 15 * MINUTE]
    assert [rung.wait for rung in ladders[LadderKind.INTAKE].rungs] == [0 * MINUTE, 15 * MINUTE]
    assert [kind for kind, ladder in ladders.items() if ladder.tells_skips] == [
        LadderKind.CRITICAL,
        LadderKind.TIME_CRITICAL,
    ]


@pytest.mark.parametrize("kind", [LadderKind.FALL, LadderKind.HELP])
def test_a_call_for_help_goes_to_everybody_at_once_and_six_times(kind: LadderKind) -> None:
    ladder = next(one for one in standard_ladders([SAM, ANA], Waits()) if one.kind is kind)

    assert ladder.rungs == (Rung(wait=timedelta(0), contacts=(SAM, ANA)),)
    assert (ladder.rounds, ladder.round_gap, kind.urgent) == (6, 10 * MINUTE, True)


def test_with_nobody_there_are_no_ladders() -> None:
    assert standard_ladders([], Waits()) == ()


def test_a_dose_climbs_the_ladder_of_its_medication() -> None:
    assert [LadderKind.of(criticality) for criticality in Criticality] == [
        LadderKind.ORDINARY,
        LadderKind.CRITICAL,
        LadderKind.TIME_CRITICAL,
    ]


def test_everybody_on_a_ladder_stands_there_once() -> None:
    ladder = a_ladder(a_rung(SAM), a_rung(ANA, SAM))

    assert ladder.people() == (SAM, ANA)


RUNNING = a_ladder(a_rung(SAM, wait=HOUR), a_rung(ANA))


@pytest.mark.parametrize(
    ("other", "covers"),
    [
        (a_ladder(a_rung(SAM, wait=HOUR), a_rung(ANA)), True),
        (a_ladder(a_rung(SAM, wait=2 * HOUR)), True),
        (a_ladder(a_rung(SAM, wait=30 * MINUTE)), False),
        (a_ladder(a_rung(ANA, wait=HOUR), a_rung(SAM)), False),
        (a_ladder(a_rung(SAM, wait=HOUR), a_rung("con_eve")), False),
    ],
    ids=["the same", "slower", "faster", "begins with somebody else", "reaches one more"],
)
def test_a_running_ladder_covers_what_is_no_faster_and_asks_the_same_people(
    other: Ladder, covers: bool
) -> None:
    assert RUNNING.covers(other) is covers
