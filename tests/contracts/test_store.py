"""What every engine behind the ``Store`` port must do when it is written to."""

from datetime import UTC, datetime

import pytest

from skill.errors import StoreDownError
from skill.service.ports import Committed, Item, Put, Remove, Store
from tests.contracts.store_steps import NOW, OTHER_PAT, PAT, at, bodies, change, put


def test_an_item_comes_back_as_it_was_put(store: Store) -> None:
    item = Item(
        place=at("CHART#NOW"),
        body=bytes(range(256)),
        shard="U3",
        wake=datetime(2027, 5, 4, 6, 0, 0, 123456, tzinfo=UTC),
        digest=b"\x00\xff" * 16,
        expiry=datetime(2027, 6, 4, tzinfo=UTC),
    )

    store.commit([change(Put(item=item, expect=0))])

    assert store.get(item.place) == item


def test_nothing_is_found_where_nothing_lies(store: Store) -> None:
    store.commit([change(put("CHART#NOW"))])

    assert store.get(at("CHART#PLAN")) is None
    assert store.get(at("CHART#NOW", OTHER_PAT)) is None
    assert store.query(OTHER_PAT) == ()


def test_no_changes_are_no_work(store: Store) -> None:
    assert store.commit([]) == []


def test_every_write_of_an_item_counts_its_version_up(store: Store) -> None:
    versions = []
    for expect in (0, 1, None, 3):
        store.commit([change(put("CHART#NOW", expect=expect))])
        versions.append(store.get(at("CHART#NOW")).version)  # type: ignore[union-attr]

    assert versions == [1, 2, 3, 4]


def test_the_engine_counts_whatever_version_a_put_carries(store: Store) -> None:
    wrong = Item(place=at("CHART#NOW"), body=b"", version=7)

    store.commit([change(Put(item=wrong, expect=0))])

    assert store.get(at("CHART#NOW")) == Item(place=at("CHART#NOW"), body=b"", version=1)


def test_a_write_on_an_old_version_changes_nothing(store: Store) -> None:
    store.commit([change(put("CHART#NOW", b"first"))])
    store.commit([change(put("CHART#NOW", b"second", expect=1))])

    assert store.commit([change(put("CHART#NOW", b"late", expect=1))]) == [Committed.CONFLICT]
    assert store.get(at("CHART#NOW")) == Item(place=at("CHART#NOW"), body=b"second", version=2)


def test_a_new_item_is_not_put_over_another(store: Store) -> None:
    store.commit([change(put("CHART#NOW", b"first"))])

    assert store.commit([change(put("CHART#NOW", b"second", expect=0))]) == [Committed.CONFLICT]
    assert bodies(store) == {"CHART#NOW": b"first"}


def test_a_version_of_what_is_not_there_is_a_conflict(store: Store) -> None:
    gone = at("CHART#NOW")

    answers = store.commit([change(put("CHART#NOW", expect=1)), change(Remove(place=gone, expect=1))])

    assert answers == [Committed.CONFLICT, Committed.CONFLICT]
    assert bodies(store) == {}


def test_a_put_without_expectation_takes_whatever_lies_there(store: Store) -> None:
    for body in (b"first", b"second"):
        assert store.commit([change(put("CHART#PLAN", body, expect=None))]) == [Committed.APPLIED]

    assert bodies(store) == {"CHART#PLAN": b"second"}


def test_a_put_replaces_the_whole_item(store: Store) -> None:
    full = Item(place=at("CHART#NOW"), body=b"full", shard="R0", wake=NOW, digest=b"d", expiry=NOW)
    store.commit([change(Put(item=full, expect=0))])

    store.commit([change(put("CHART#NOW", b"bare", expect=1))])

    assert store.get(at("CHART#NOW")) == Item(place=at("CHART#NOW"), body=b"bare", version=2)


@pytest.mark.parametrize("expect", (None, 1), ids=("whatever version", "the right version"))
def test_a_removed_item_is_gone_and_its_place_is_free(store: Store, expect: int | None) -> None:
    store.commit([change(put("LINK", b"first"))])

    assert store.commit([change(Remove(place=at("LINK"), expect=expect))]) == [Committed.APPLIED]

    assert store.get(at("LINK")) is None
    assert store.commit([change(put("LINK", b"second", expect=0))]) == [Committed.APPLIED]


def test_removing_an_old_version_changes_nothing(store: Store) -> None:
    store.commit([change(put("LINK"))])

    assert store.commit([change(Remove(place=at("LINK"), expect=2))]) == [Committed.CONFLICT]
    assert bodies(store) == {"LINK": b"body"}


def test_removing_what_is_not_there_is_no_conflict(store: Store) -> None:
    assert store.commit([change(Remove(place=at("LINK")))]) == [Committed.APPLIED]


def test_a_change_may_depend_on_a_free_place_without_taking_it(store: Store) -> None:
    free = Remove(place=at("LINK"), expect=0)

    assert store.commit([change(free, put("EVENT#1"))]) == [Committed.APPLIED]
    store.commit([change(put("LINK"))])
    assert store.commit([change(free, put("EVENT#2"))]) == [Committed.CONFLICT]

    assert bodies(store) == {"EVENT#1": b"body", "LINK": b"body"}


@pytest.mark.parametrize("failing", (0, 1, 2), ids=("first step", "middle step", "last step"))
def test_one_failing_step_undoes_its_whole_change(store: Store, failing: int) -> None:
    store.commit([change(put("CHART#NOW", b"old"), put("DOOMED", b"old"))])
    steps: list[Put | Remove] = [
        put("CHART#NOW", b"new", expect=1),
        Remove(place=at("DOOMED"), expect=1),
        put("EVENT#1", b"new"),
    ]
    steps.insert(failing, put("ELSEWHERE", expect=9))

    assert store.commit([change(*steps)]) == [Committed.CONFLICT]

    assert bodies(store) == {"CHART#NOW": b"old", "DOOMED": b"old"}
    assert store.get(at("CHART#NOW")).version == 1  # type: ignore[union-attr]


def test_a_conflict_leaves_the_other_changes_standing(store: Store) -> None:
    answers = store.commit([change(put("A")), change(put("B"), put("C", expect=5)), change(put("D"))])

    assert answers == [Committed.APPLIED, Committed.CONFLICT, Committed.APPLIED]
    assert bodies(store) == {"A": b"body", "D": b"body"}


def test_two_changes_to_one_place_are_decided_in_their_order(store: Store) -> None:
    answers = store.commit(
        [
            change(put("CHART#NOW", b"one", expect=0)),
            change(put("CHART#NOW", b"two", expect=1)),
            change(put("CHART#NOW", b"late", expect=1)),
            change(put("CHART#NOW", b"three", expect=2)),
        ]
    )

    assert answers == [Committed.APPLIED, Committed.APPLIED, Committed.CONFLICT, Committed.APPLIED]
    assert store.get(at("CHART#NOW")) == Item(place=at("CHART#NOW"), body=b"three", version=3)


def test_a_change_may_span_partitions(store: Store) -> None:
    house, org = "HOUSE#hou_aaaaaaaaaaaaaaaa", "ORG#home"

    store.commit([change(put("CHART#NOW"), put("-", pk=house), put(PAT, pk=org))])

    assert bodies(store, house) == {"-": b"body"}
    assert bodies(store, org) == {PAT: b"body"}


def test_a_change_of_one_hundred_steps_with_full_bodies_is_carried_out(store: Store) -> None:
    full = b"\xa5" * (64 * 1024)
    steps = [put(f"EVENT#{n:03d}", full if n < 40 else b"small") for n in range(100)]

    assert store.commit([change(*steps)]) == [Committed.APPLIED]

    found = store.query(PAT, limit=1000)
    assert len(found) == 100
    assert [item.place.sk for item in found if item.body == full] == [f"EVENT#{n:03d}" for n in range(40)]


def test_more_changes_than_fit_one_transaction_are_all_answered_in_order(store: Store) -> None:
    changes = [change(put(f"E#{n // 2:03d}", b"%d" % n)) for n in range(200)]

    answers = store.commit(changes)

    assert answers == [Committed.APPLIED, Committed.CONFLICT] * 100
    assert bodies(store) == {f"E#{n:03d}": b"%d" % (2 * n) for n in range(100)}


def test_an_expiry_is_kept_to_the_second_and_never_early(store: Store) -> None:
    expiry = datetime(2027, 6, 4, 12, 0, 0, 300_000, tzinfo=UTC)
    store.commit([change(Put(item=Item(place=at("LINK"), body=b"", expiry=expiry), expect=0))])

    found = store.get(at("LINK")).expiry  # type: ignore[union-attr]

    assert found in {expiry, datetime(2027, 6, 4, 12, 0, 1, tzinfo=UTC)}


def test_what_follows_the_writes_is_told_soon_and_a_reader_is_not(store: Store) -> None:
    near = Item(place=at("CHART#NOW"), body=b"", shard="R0", wake=NOW, soon=True)

    store.commit([change(Put(item=near, expect=0))])

    assert store.get(at("CHART#NOW")) == Item(place=at("CHART#NOW"), body=b"", shard="R0", wake=NOW)


def test_a_closed_store_is_down(store: Store) -> None:
    store.commit([change(put("CHART#NOW"))])

    store.close()

    with pytest.raises(StoreDownError):
        store.get(at("CHART#NOW"))
    with pytest.raises(StoreDownError):
        store.commit([change(put("CHART#PLAN"))])


def test_closing_twice_does_nothing(store: Store) -> None:
    store.close()
    store.close()
