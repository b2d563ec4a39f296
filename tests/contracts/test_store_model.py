"""What every engine behind the ``Store`` port must do, whatever the sequence of changes."""

import itertools
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.service.ports import Change, Committed, Item, Put, Remove, Store
from tests.contracts.store_steps import NOW, at


class Model:
    """The contract as a dictionary: what each engine is compared with."""

    def __init__(self) -> None:
        self.items: dict[str, tuple[int, bytes, datetime | None]] = {}

    def commit(self, steps: tuple[Put | Remove, ...]) -> Committed:
        after = dict(self.items)
        for step in steps:
            sk = step.item.place.sk if isinstance(step, Put) else step.place.sk
            version = after[sk][0] if sk in after else 0
            if step.expect is not None and step.expect != version:
                return Committed.CONFLICT
            if isinstance(step, Put):
                after[sk] = (version + 1, step.item.body, step.item.wake)
            else:
                after.pop(sk, None)
        self.items = after
        return Committed.APPLIED


SKS = ("A", "A#1", "A#2", "B", "b")
NUMBERS = itertools.count()


@st.composite
def sequences(draw: st.DrawFn) -> list[list[Change]]:
    """Calls of ``commit`` on a partition of their own, on few places, with likely expectations."""
    pk = f"PAT#model_{next(NUMBERS)}"
    wakes = st.none() | st.integers(0, 3).map(lambda hours: NOW + timedelta(hours=hours))

    def a_change() -> Change:
        steps: list[Put | Remove] = []
        for sk in draw(st.lists(st.sampled_from(SKS), min_size=1, max_size=4, unique=True)):
            place, expect = at(sk, pk), draw(st.none() | st.integers(0, 3))
            if draw(st.booleans()) or draw(st.booleans()):
                wake = draw(wakes)
                shard = None if wake is None else pk
                item = Item(place=place, body=draw(st.binary(max_size=4)), shard=shard, wake=wake)
                steps.append(Put(item=item, expect=expect))
            else:
                steps.append(Remove(place=place, expect=expect))
        return Change(steps=tuple(steps))

    calls = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    return [[a_change() for _ in range(size)] for size in calls]


@given(
    calls=sequences(), after=st.sampled_from(("", *SKS, "A#")), prefix=st.sampled_from(("", "A", "A#", "C"))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example has its own partition
def test_any_sequence_of_changes_does_what_a_dictionary_would_do(
    store: Store, calls: list[list[Change]], after: str, prefix: str
) -> None:
    model = Model()
    first = calls[0][0].steps[0]
    pk = first.item.place.pk if isinstance(first, Put) else first.place.pk

    for changes in calls:
        assert store.commit(changes) == [model.commit(change.steps) for change in changes]

    found = {item.place.sk: (item.version, item.body, item.wake) for item in store.query(pk)}
    assert found == model.items
    wakes = sorted(wake for _, _, wake in model.items.values() if wake is not None)
    assert [hit.wake for hit in store.waking(pk, until=NOW + timedelta(hours=9), limit=100)] == wakes
    forwards = sorted(sk for sk in model.items if sk.startswith(prefix) and sk > after)
    backwards = sorted((sk for sk in model.items if sk.startswith(prefix) and sk < after), reverse=True)
    assert [item.place.sk for item in store.query(pk, prefix=prefix, after=after)] == forwards
    if after:
        found_back = store.query(pk, prefix=prefix, after=after, newest_first=True)
        assert [item.place.sk for item in found_back] == backwards
