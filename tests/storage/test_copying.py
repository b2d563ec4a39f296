"""A deployment copied to another place: all of it, under other keys, and not to be opened before its end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from skill.domain.identity import HOME_ORG
from skill.errors import DamagedError, InvalidError, KeyUnavailableError, RefusedError, StoreDownError
from skill.service.linking import find_household
from skill.service.ports import Change, Item, Place, Put, Remove
from skill.storage.copying_items import Problem, Step, Sum
from skill.storage.copying_keys import is_unfinished, refuse_unfinished
from tests.storage.deployments import (
    ACCOUNT,
    ADA,
    BEN,
    FILES,
    SIX,
    TABLES,
    CutOff,
    Deployment,
    a_place,
    copied,
    cut_off,
    lived_in,
    more_of,
)

ADAS_CHART = Place(pk=f"PAT#{ADA}", sk="CHART#NOW")
EXTRA = Place(pk="SESSION#extra", sk="-")


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Deployment]:
    with a_place(FILES, tmp_path / "source") as place:
        yield lived_in(place)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Deployment]:
    with a_place(FILES, tmp_path / "target", shards=4) as place:
        yield place


def put_into(place: Deployment, item: Item) -> None:
    place.store.commit([Change(steps=(Put(item=item, expect=None),))])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(FILES, TABLES, id="files-to-tables"),
        pytest.param(TABLES, FILES, id="tables-to-files"),
        pytest.param(TABLES, TABLES, id="tables-to-other-tables"),
    ],
)
def test_every_item_is_there_again_and_every_ledger_ends_as_it_did(
    tmp_path: Path, start: object, end: object
) -> None:
    with a_place(start, tmp_path / "start") as source, a_place(end, tmp_path / "end") as target:
        lived_in(source)

        found = copied(source, target)

        assert found.problem is None
        assert (found.patients, found.items, found.closed) == (2, len(source.items()), 0)
        assert set(target.items()) == set(source.items())
        for patient_id in (ADA, BEN):
            before, after = source.records.load(patient_id), target.records.load(patient_id)
            assert (after.chart, after.head, after.version) == (before.chart, before.head, before.version)
            assert list(target.records.ledger(patient_id)) == list(source.records.ledger(patient_id))
            assert target.records.verify_chain(patient_id) == source.records.verify_chain(patient_id)


def test_every_key_is_new_but_the_one_that_finds_links(source: Deployment, target: Deployment) -> None:
    copied(source, target)

    moved = target.store.get(ADAS_CHART)
    with pytest.raises(DamagedError):
        source.sealer.open(moved.body, ADAS_CHART)
    ids = set(source.shelf.ids())
    assert set(target.shelf.ids()) == ids
    assert not {source.shelf.find(key_id) for key_id in ids} & {target.shelf.find(key_id) for key_id in ids}
    assert target.records.blind("alexa", ACCOUNT) == source.records.blind("alexa", ACCOUNT)
    assert find_household(target.app, ACCOUNT) == find_household(source.app, ACCOUNT)


def test_whoever_was_to_be_woken_is_found_in_the_parts_of_the_other_index(
    source: Deployment, target: Deployment
) -> None:
    copied(source, target)

    tomorrow = SIX + timedelta(days=1)
    urgent = target.records.waking(urgent=True, until=tomorrow, limit=9)
    others = target.records.waking(urgent=False, until=tomorrow, limit=9)
    assert (urgent, others) == ((ADA,), (BEN,))
    assert {item.wake for item in target.items().values()} == {item.wake for item in source.items().values()}


def test_what_has_expired_stays_behind(source: Deployment, target: Deployment) -> None:
    body = source.sealer.seal(b"x", EXTRA)
    put_into(source, Item(place=EXTRA, body=body, expiry=SIX + timedelta(minutes=2)))

    found = copied(source, target)

    assert (found.problem, found.expired) == (None, 1)
    assert target.store.get(EXTRA) is None


def test_somebody_erased_stays_closed_and_the_chain_still_verifies(
    source: Deployment, target: Deployment
) -> None:
    entries = source.records.verify_chain(BEN)
    source.keys.destroy_patient_key(BEN)

    found = copied(source, target)

    assert (found.problem, found.patients, found.closed) == (None, 1, entries + 2)
    assert target.records.verify_chain(BEN) == entries
    with pytest.raises(KeyUnavailableError):
        target.records.load(BEN)


# ---- not half of it


def test_nobody_opens_anything_of_a_copy_that_was_cut_off(source: Deployment, target: Deployment) -> None:
    more_of(source, 300)

    with pytest.raises(StoreDownError):
        copied(source, cut_off(target, after=2))

    assert len(target.items()) == 200
    with pytest.raises(RefusedError, match="not finished"):
        refuse_unfinished(target.shelf)
    with pytest.raises(KeyUnavailableError):
        target.keys.check()
    with pytest.raises(KeyUnavailableError):
        target.records.load(ADA)


@pytest.mark.parametrize("after", [0, 1, 3], ids=["nothing", "a-part", "nearly-all"])
def test_a_copy_that_was_cut_off_is_begun_anew(source: Deployment, target: Deployment, after: int) -> None:
    more_of(source, 300)
    with pytest.raises(StoreDownError):
        copied(source, cut_off(target, after=after))

    found = copied(source, target)

    assert found.problem is None
    assert set(target.items()) == set(source.items())
    assert not is_unfinished(target.shelf)
    assert len(list(target.records.ledger(ADA))) == found.entries - target.records.verify_chain(BEN)


def test_a_copy_is_taken_away_in_parts_when_that_is_cut_off_too(
    source: Deployment, target: Deployment
) -> None:
    more_of(source, 300)
    for after in (3, 1, 2):
        with pytest.raises(StoreDownError):
            copied(source, cut_off(target, after=after))

    found = copied(source, target)

    assert found.problem is None
    assert set(target.items()) == set(source.items())


# ---- only into an empty place


def test_nothing_is_copied_over_another_deployment(source: Deployment, target: Deployment) -> None:
    lived_in(target)
    before, keys = target.items(), {key_id: target.shelf.find(key_id) for key_id in target.shelf.ids()}

    with pytest.raises(InvalidError, match="is not empty"):
        copied(source, target)

    assert target.items() == before
    assert {key_id: target.shelf.find(key_id) for key_id in target.shelf.ids()} == keys


def test_keys_of_patients_of_another_store_are_not_touched(source: Deployment, target: Deployment) -> None:
    target.keys.make_first_keys()
    target.keys.make_patient_key("pat_other")

    with pytest.raises(InvalidError, match="has keys of patients"):
        copied(source, target)

    assert target.keys.patient_key("pat_other").id == "patient/pat_other"


def test_a_place_that_was_set_up_and_never_used_is_empty(source: Deployment, target: Deployment) -> None:
    target.keys.make_first_keys()
    heart = Place(pk="COUNT#sweep", sk="-")
    put_into(target, Item(place=heart, body=target.sealer.seal(b"beat", heart)))

    found = copied(source, target)

    assert found.problem is None
    assert set(target.items()) == set(source.items())


def test_a_place_is_not_copied_to_itself(source: Deployment) -> None:
    before = source.items()

    with pytest.raises(InvalidError):
        copied(source, source)

    assert source.items() == before


# ---- with nobody else at it


def test_a_word_written_down_meanwhile_is_noticed(source: Deployment, target: Deployment) -> None:
    def told(step: Step, _: int) -> None:
        if step is Step.COPIED:
            source.falls(BEN)

    found = copied(source, target, told)

    assert found.problem is Problem.SOURCE_WRITTEN
    assert is_unfinished(target.shelf)
    with pytest.raises(KeyUnavailableError):
        target.keys.check()


def test_a_stranger_in_the_target_is_noticed_where_an_item_comes_to_lie(
    source: Deployment, target: Deployment
) -> None:
    more_of(source, 200)
    last = Place(pk="SESSION#many", sk="000199")

    def told(_: Step, items: int) -> None:
        if items < 110:
            put_into(target, Item(place=last, body=b"strange"))

    found = copied(source, target, told)

    assert found.problem is Problem.TARGET_WRITTEN
    assert is_unfinished(target.shelf)


def test_an_item_lost_on_the_way_is_noticed(source: Deployment, target: Deployment) -> None:
    def told(step: Step, _: int) -> None:
        if step is Step.COPIED:
            target.store.commit([Change(steps=(Remove(place=Place(pk="ORG#home", sk=f"PAT#{BEN}")),))])

    found = copied(source, target, told)

    assert found.problem is Problem.DIFFERENT
    assert is_unfinished(target.shelf)


def test_keys_made_there_meanwhile_are_noticed_and_stay(source: Deployment, target: Deployment) -> None:
    found = copied(source, target, lambda *_: target.keys.make_first_keys())

    assert found.problem is Problem.TARGET_WRITTEN
    with pytest.raises(DamagedError):
        next(target.records.patients(HOME_ORG))


def test_a_second_copy_to_the_same_place_stops_the_first(source: Deployment, target: Deployment) -> None:
    def told(step: Step, _: int) -> None:
        if step is Step.COPIED and len(target.items()) < 101:
            with pytest.raises(StoreDownError):
                copied(source, replace(target, store=CutOff(target.store, 1)))

    found = copied(source, target, told)

    assert found.problem in {Problem.TARGET_WRITTEN, Problem.DIFFERENT}
    assert is_unfinished(target.shelf)


# ---- a source that is not what it should be


def test_a_ledger_that_was_tampered_with_is_not_passed_on(source: Deployment, target: Deployment) -> None:
    entry = source.store.query(f"PAT#{BEN}", prefix="EVENT#")[1]
    put_into(source, changed(entry, digest=bytes(64)))

    found = copied(source, target)

    assert (found.problem, found.patient_id) == (Problem.LEDGER, BEN)
    assert is_unfinished(target.shelf)


def test_a_body_that_was_tampered_with_ends_the_copy(source: Deployment, target: Deployment) -> None:
    item = source.store.get(ADAS_CHART)
    put_into(source, changed(item, body=item.body[:-1] + bytes((item.body[-1] ^ 1,))))

    with pytest.raises(DamagedError):
        copied(source, target)

    assert is_unfinished(target.shelf)


@pytest.mark.parametrize(
    "other",
    [
        {"place": Place(pk="PAT#b", sk="CHART#NOW")},
        {"version": 8},
        {"digest": b"d"},
        {"shard": "R0", "wake": SIX + timedelta(microseconds=1)},
        {"expiry": SIX + timedelta(seconds=1)},
    ],
    ids=["place", "version", "digest", "wake", "expiry"],
)
def test_two_items_that_differ_in_anything_have_another_sum(other: dict[str, object]) -> None:
    item = Item(place=Place(pk="PAT#a", sk="CHART#NOW"), body=b"", version=7, expiry=SIX)
    one, two, three = Sum(), Sum(), Sum()

    one.add(item, b"body")
    two.add(changed(item, **other), b"body")
    three.add(item, b"another")

    assert len({one.total, two.total, three.total}) == 3


def test_the_sum_does_not_depend_on_the_order_nor_on_a_part_of_a_second() -> None:
    a, b = (Item(place=Place(pk=pk, sk="-"), body=b"", expiry=SIX) for pk in ("a", "b"))
    exact = changed(a, expiry=SIX - timedelta(milliseconds=1))
    one, two = Sum(), Sum()

    one.add(a, b"1")
    one.add(b, b"2")
    two.add(b, b"2")
    two.add(exact, b"1")

    assert one == two
