"""One pass works every chart whose wake has come, whatever becomes of the others, and leaves a heartbeat."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.commands import ClaimMessages, RaiseAlert
from skill.domain.doses import DoseState
from skill.domain.identity import SOMEONE, OperationId, PatientId
from skill.service.act import act
from skill.service.heartbeat import last_beat, out_after
from skill.service.ports import Change, Item, Place, Put
from skill.service.sweep import Swept, sweep
from tests.small_house import SAM, SmallHouse, a_household_of, a_small_house

ADA, BOB = PatientId("pat_ada"), PatientId("pat_bob")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


def swept(house: SmallHouse) -> Swept:
    return sweep(house.app, deliver=lambda _: None, out_after=MINUTE)


def swept_every_minute_until(house: SmallHouse, moment: datetime) -> None:
    while house.clock.now() < moment:
        house.clock.wind_by(MINUTE)
        swept(house)


def states(house: SmallHouse, patient_id: PatientId) -> list[DoseState]:
    return [outcome.state for outcome in house.records.load(patient_id).chart.now.outcomes]


def test_nothing_happens_before_a_wake_has_come(house: SmallHouse) -> None:
    a_household_of(house, "ada")
    swept(house)

    again = swept(house)

    assert again == Swept(ticked=0, failed=0, to_send=())


def test_a_dose_without_a_word_pages_the_first_person_when_the_first_wait_is_over(house: SmallHouse) -> None:
    a_household_of(house, "ada")

    swept_every_minute_until(house, datetime(2027, 5, 4, 8, 0, tzinfo=UTC))

    waiting = house.records.load(ADA).chart.now.messages
    assert [message.contact_id for message in waiting] == [SAM]


def test_whoever_has_something_to_be_sent_is_handed_to_delivery(house: SmallHouse) -> None:
    a_household_of(house, "ada", "bob")
    swept(house)
    act(
        house.app,
        BOB,
        RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL),
    )
    handed: list[PatientId] = []

    sweep(house.app, deliver=handed.append, out_after=MINUTE)

    assert handed == [BOB]


def test_a_chart_that_cannot_be_read_does_not_stop_the_others(house: SmallHouse) -> None:
    a_household_of(house, "ada", "bob")
    place = Place(pk="PAT#pat_ada", sk="CHART#NOW")
    torn = Item(place=place, body=b"torn", shard="R0", wake=house.clock.now())
    house.store.commit([Change(steps=(Put(item=torn, expect=None),))])
    house.clock.wind_to(datetime(2027, 5, 4, 10, 1, tzinfo=UTC))

    outcome = swept(house)

    assert outcome.failed == 1
    assert states(house, BOB) == [DoseState.UNCONFIRMED]


def test_a_finished_pass_leaves_a_heartbeat(house: SmallHouse) -> None:
    before = last_beat(house.app)

    swept(house)

    assert before is None
    assert last_beat(house.app) == datetime(2027, 5, 4, 4, tzinfo=UTC)


def test_a_window_that_met_a_stretch_without_sweeps_is_not_held_against_the_patient(
    house: SmallHouse,
) -> None:
    """S39: our outage never looks like their miss."""
    a_household_of(house, "ada", "bob")
    swept_every_minute_until(house, datetime(2027, 5, 4, 6, 30, tzinfo=UTC))
    house.clock.wind_to(datetime(2027, 5, 4, 7, 30, tzinfo=UTC))

    swept_every_minute_until(house, datetime(2027, 5, 4, 10, 1, tzinfo=UTC))

    assert states(house, ADA) == [DoseState.NOT_OBSERVED]


def test_a_window_without_an_outage_that_closed_in_silence_is_unconfirmed(house: SmallHouse) -> None:
    a_household_of(house, "ada")

    swept_every_minute_until(house, datetime(2027, 5, 4, 10, 1, tzinfo=UTC))

    assert states(house, ADA) == [DoseState.UNCONFIRMED]


def test_a_message_that_somebody_is_sending_is_handed_over_again_when_the_lease_is_over(
    house: SmallHouse,
) -> None:
    a_household_of(house, "ada")
    act(
        house.app,
        ADA,
        RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL),
    )
    act(house.app, ADA, ClaimMessages(operation=OperationId("claim")))
    during = swept(house).to_send
    house.clock.wind_by(timedelta(seconds=31))

    after = swept(house).to_send

    assert during == ()
    assert after == (ADA,)


def test_ninety_six_charts_that_wake_at_once_are_all_worked(house: SmallHouse) -> None:
    names = [f"p{number}" for number in range(96)]
    for start in range(0, 96, 16):
        a_household_of(house, *names[start : start + 16])
    swept(house)
    house.clock.wind_to(datetime(2027, 5, 4, 10, 1, tzinfo=UTC))

    swept(house)

    assert {tuple(states(house, PatientId(f"pat_{name}"))) for name in names} == {(DoseState.NOT_OBSERVED,)}


@pytest.mark.parametrize(
    ("heartbeat", "silence"),
    (
        pytest.param(timedelta(seconds=5), timedelta(minutes=1), id="a minute at least"),
        pytest.param(timedelta(seconds=60), timedelta(minutes=12), id="twelve heartbeats"),
    ),
)
def test_how_long_without_a_sweep_is_an_outage_follows_the_heartbeat(
    heartbeat: timedelta, silence: timedelta
) -> None:
    allowed = out_after(heartbeat)

    assert allowed == silence
