"""Households taken down, and ladders that follow the care team as long as nobody has changed them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from skill.domain.alerts import AlertKind
from skill.domain.care_team import Channel
from skill.domain.chart import Chart
from skill.domain.commands import OptOut, RaiseAlert
from skill.domain.decide.plan import FallOpenError
from skill.domain.identity import ContactId, OperationId, PatientId
from skill.domain.ladders import Ladder, LadderKind, Rung, Waits, standard_ladders
from skill.errors import InvalidError
from skill.private import Private
from skill.service import setup
from skill.service.act import act
from skill.service.linking import get_household, households
from tests.service.lives import a_contact, a_life
from tests.small_house import SmallHouse, a_household_of, a_small_house

SAM, ANA, EVE = ContactId("con_sam"), ContactId("con_ana"), ContactId("con_eve")
MINUTE = timedelta(minutes=1)
ADA = PatientId("pat_ada")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


def a_chart(*ladders: Ladder) -> Chart:
    """Sam and Ana on the team, with ``ladders``; the standard ones when none is given."""
    life = a_life()
    life.has_helpers(a_contact(SAM, "Sam"), a_contact(ANA, "Ana"))
    plan = life.chart.plan
    return replace(life.chart, plan=replace(plan, ladders=ladders or plan.ladders))


def test_somebody_new_comes_last_on_the_standard_ladders() -> None:
    chart = a_chart()
    team = (*chart.plan.care_team, a_contact(EVE, "Eve"))

    ladders = setup.ladders_for(chart, team, Waits())

    assert ladders == standard_ladders([SAM, ANA, EVE], Waits())


def test_ladders_that_somebody_changed_stay_as_they_are() -> None:
    own = Ladder(kind=LadderKind.ORDINARY, rungs=(Rung(wait=45 * MINUTE, contacts=(ANA,)),))
    chart = a_chart(own)
    team = (*chart.plan.care_team, a_contact(EVE, "Eve"))

    assert setup.ladders_for(chart, team, Waits()) == (own,)


def test_who_leaves_the_team_leaves_every_ladder_and_those_below_move_up() -> None:
    rungs = (
        Rung(wait=120 * MINUTE, contacts=(SAM,)),
        Rung(wait=30 * MINUTE, contacts=(SAM, ANA)),
        Rung(wait=10 * MINUTE, contacts=(ANA,)),
    )
    chart = a_chart(Ladder(kind=LadderKind.ORDINARY, rungs=rungs))
    team = tuple(c for c in chart.plan.care_team if c.contact_id == ANA)

    (ladder,) = setup.ladders_for(chart, team, Waits())

    assert ladder.rungs == (
        Rung(wait=120 * MINUTE, contacts=(ANA,)),
        Rung(wait=30 * MINUTE, contacts=(ANA,)),
    )


def test_a_ladder_on_which_nobody_is_left_ends() -> None:
    own = Ladder(kind=LadderKind.FALL, rungs=(Rung(wait=0 * MINUTE, contacts=(SAM,)),))
    chart = a_chart(own)
    team = tuple(c for c in chart.plan.care_team if c.contact_id == ANA)

    ladders = setup.ladders_for(chart, team, Waits())

    assert ladders == ()
    assert set(setup.uncovered(ladders)) == set(LadderKind)


def test_other_waits_in_the_settings_do_not_undo_what_somebody_chose() -> None:
    chart = a_chart()

    assert setup.are_standard(chart, Waits())
    assert not setup.are_standard(chart, Waits(first=90 * MINUTE))


def test_a_household_with_patients_is_not_taken_away(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")

    with pytest.raises(InvalidError, match="still has patients"):
        setup.remove_household(house.app, household_id)

    assert [one.household_id for one in households(house.app)] == [household_id]


def test_who_is_parted_with_is_discharged_and_in_no_household_and_then_it_can_go(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")

    setup.part_with(house.app, ADA, OperationId("leave"))
    setup.part_with(house.app, ADA, OperationId("leave again"))
    setup.remove_household(house.app, household_id)

    assert house.records.load(ADA).chart.plan.discharged_at is not None
    assert setup.household_of(house.app, ADA) is None
    assert list(households(house.app)) == []


def test_nobody_is_parted_with_while_a_fall_is_open(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")
    act(house.app, ADA, RaiseAlert(operation=OperationId("fall"), kind=AlertKind.FALL))

    with pytest.raises(FallOpenError):
        setup.part_with(house.app, ADA, OperationId("leave"))

    assert get_household(house.app, household_id).patients == (ADA,)


def test_whose_household_it_is_and_what_they_are_called(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada", "bob")

    assert setup.household_of(house.app, PatientId("pat_bob")) == household_id
    assert setup.names_in(house.app, household_id) == {"pat_ada", "pat_bob"}


def test_an_opt_out_that_comes_while_the_team_is_changed_is_not_lost(house: SmallHouse) -> None:
    a_household_of(house, "ada")
    stop = OptOut(operation=OperationId("stop"), contact_id=SAM, channel=Channel.SMS)
    asked: list[bool] = []

    def renamed(chart: Chart) -> setup.Team:
        if not asked:
            act(house.app, ADA, stop)  # the reply comes just now
        asked.append(True)
        team = tuple(
            replace(c, name=Private("Sammy")) if c.contact_id == SAM else c for c in chart.plan.care_team
        )
        return team, chart.plan.ladders

    chart = setup.change_team(house.app, ADA, OperationId("rename"), renamed)

    sam = chart.get_contact(SAM)
    assert (sam.name.value, sam.channels(), len(asked)) == ("Sammy", (), 2)
