"""Charts and ledgers in a sealed store: what was written comes back, and nothing changes unseen."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from skill.domain.alerts import AlertKind
from skill.domain.chart import empty_chart
from skill.domain.commands import ConfirmDoses, RaiseAlert, SayNotYet
from skill.domain.fold import fold_all
from skill.domain.identity import SOMEONE, OperationId, PatientId
from skill.errors import DamagedError, NotFoundError
from skill.service.act import act
from skill.service.ports import Change, Item, Put, Remove
from tests.small_house import START, SmallHouse, a_household_of, a_small_house

ADA = PatientId("pat_ada")
PK = "PAT#pat_ada"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        a_household_of(made, "ada", "bob")
        made.clock.wind_by(timedelta(hours=2, minutes=4))
        act(made.app, ADA, ConfirmDoses(operation=OperationId("took"), speaker=SOMEONE))
        act(made.app, ADA, SayNotYet(operation=OperationId("not yet"), speaker=SOMEONE))
        yield made


def entries(house: SmallHouse) -> tuple[Item, ...]:
    return house.store.query(PK, prefix="EVENT#")


def test_the_chart_is_the_fold_of_its_ledger(house: SmallHouse) -> None:
    chart = house.records.load(ADA).chart
    begun = empty_chart(chart.plan.patient, START)

    folded = fold_all(begun, house.records.ledger(ADA))

    assert folded == chart


def test_the_ledger_has_every_decision_in_order(house: SmallHouse) -> None:
    operations = [decision.operation for decision in house.records.ledger(ADA)]

    assert operations == ["enrol", "team", "add", "took", "not yet"]
    assert house.records.verify_chain(ADA) == 5


def _edit(house: SmallHouse, items: tuple[Item, ...]) -> None:
    body = bytearray(items[1].body)
    body[-1] ^= 1
    house.store.commit([Change(steps=(Put(item=replace(items[1], body=bytes(body)), expect=None),))])


def _swap(house: SmallHouse, items: tuple[Item, ...]) -> None:
    first = replace(items[1], body=items[2].body, digest=items[2].digest)
    house.store.commit([Change(steps=(Put(item=first, expect=None),))])


def _forge_digest(house: SmallHouse, items: tuple[Item, ...]) -> None:
    digest = bytearray(items[3].digest or b"")
    digest[0] ^= 1
    house.store.commit([Change(steps=(Put(item=replace(items[3], digest=bytes(digest)), expect=None),))])


def _delete(house: SmallHouse, items: tuple[Item, ...]) -> None:
    house.store.commit([Change(steps=(Remove(place=items[2].place),))])


def _cut_the_end(house: SmallHouse, items: tuple[Item, ...]) -> None:
    house.store.commit([Change(steps=(Remove(place=items[-1].place),))])


@pytest.mark.parametrize(
    "tamper",
    (
        pytest.param(_edit, id="one bit of an entry"),
        pytest.param(_swap, id="an entry in the place of another"),
        pytest.param(_forge_digest, id="one bit of a digest"),
        pytest.param(_delete, id="an entry taken out"),
        pytest.param(_cut_the_end, id="the end cut off"),
    ),
)
def test_a_ledger_that_was_tampered_with_is_recognised(
    house: SmallHouse, tamper: Callable[[SmallHouse, tuple[Item, ...]], None]
) -> None:
    tamper(house, entries(house))

    with pytest.raises(DamagedError):
        list(house.records.ledger(ADA))


def test_the_chain_verifies_without_any_key(house: SmallHouse) -> None:
    _forge_digest(house, entries(house))

    with pytest.raises(DamagedError):
        house.records.verify_chain(ADA)


def test_a_chart_does_not_open_at_the_place_of_another(house: SmallHouse) -> None:
    ada = house.store.query(PK, prefix="CHART#NOW")[0]
    bob = house.store.query("PAT#pat_bob", prefix="CHART#NOW")[0]
    house.store.commit([Change(steps=(Put(item=replace(bob, body=ada.body), expect=None),))])

    with pytest.raises(DamagedError):
        house.records.load(PatientId("pat_bob"))


def test_a_chart_with_a_call_for_help_waits_among_the_urgent_ones(house: SmallHouse) -> None:
    now = house.clock.now()

    act(house.app, ADA, RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL))

    assert house.records.waking(urgent=True, until=now, limit=10) == (ADA,)


def test_somebody_who_was_never_enrolled_is_not_found(house: SmallHouse) -> None:
    with pytest.raises(NotFoundError):
        house.records.load(PatientId("pat_nobody"))
