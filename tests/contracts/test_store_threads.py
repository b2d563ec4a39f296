"""What every engine behind the ``Store`` port must do for many threads at once."""

import itertools
import threading
from collections.abc import Callable

from skill.service.ports import Committed, Item, Store
from tests.contracts.store_steps import at, bodies, change, put


def test_threads_that_write_at_once_never_lose_an_update(store: Store) -> None:
    store.commit([change(put("COUNT", b"0"))])

    def count_up() -> None:
        for _ in range(25):
            while True:
                item = store.get(at("COUNT"))
                assert item is not None
                step = put("COUNT", b"%d" % (int(item.body) + 1), expect=item.version)
                if store.commit([change(step)]) == [Committed.APPLIED]:
                    break

    _in_threads(count_up, 6)

    assert store.get(at("COUNT")) == Item(place=at("COUNT"), body=b"150", version=151)


def test_only_one_of_many_gets_a_free_place(store: Store) -> None:
    answers: list[Committed] = []
    numbers = itertools.count()

    def take() -> None:
        answers.extend(store.commit([change(put("CODE", b"%d" % next(numbers)))]))

    _in_threads(take, 12)

    assert sorted(answer.name for answer in answers) == ["APPLIED", *["CONFLICT"] * 11]


def test_a_reader_never_sees_half_of_a_change(store: Store) -> None:
    store.commit([change(put("CHART#NOW", b"0"), put("CHART#PLAN", b"0"))])
    done = threading.Event()
    torn: list[dict[str, bytes]] = []

    def watch() -> None:
        while not done.is_set():
            seen = bodies(store)
            if seen["CHART#NOW"] != seen["CHART#PLAN"]:
                torn.append(seen)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for n in range(1, 151):
        body = b"%d" % n
        store.commit([change(put("CHART#NOW", body, expect=n), put("CHART#PLAN", body, expect=n))])
    done.set()
    watcher.join(timeout=30)

    assert torn == []


def _in_threads(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
