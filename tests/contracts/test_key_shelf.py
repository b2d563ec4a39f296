"""What every engine behind the ``KeyShelf`` port must do."""

import threading

from skill.service.ports import KeyShelf


def test_a_key_that_was_never_put_is_not_found(shelf: KeyShelf) -> None:
    assert shelf.find("patient/pat_aaaaaaaaaaaaaaaa") is None
    assert list(shelf.ids()) == []


def test_a_key_is_found_as_it_was_put(shelf: KeyShelf) -> None:
    assert shelf.put_if_absent("patient/a", bytes(range(256))) == bytes(range(256))

    assert shelf.find("patient/a") == bytes(range(256))


def test_a_key_is_never_overwritten(shelf: KeyShelf) -> None:
    shelf.put_if_absent("patient/a", b"first")

    assert shelf.put_if_absent("patient/a", b"second") == b"first"
    assert shelf.find("patient/a") == b"first"


def test_a_destroyed_key_is_gone_and_the_others_stay(shelf: KeyShelf) -> None:
    shelf.put_if_absent("patient/a", b"a")
    shelf.put_if_absent("patient/b", b"b")

    shelf.destroy("patient/a")
    shelf.destroy("patient/a")

    assert shelf.find("patient/a") is None
    assert shelf.find("patient/b") == b"b"
    assert list(shelf.ids()) == ["patient/b"]


def test_all_ids_are_told(shelf: KeyShelf) -> None:
    for key_id in ("deployment/-", "branch/ORG#home", "patient/a"):
        shelf.put_if_absent(key_id, b"wrapped")

    assert sorted(shelf.ids()) == ["branch/ORG#home", "deployment/-", "patient/a"]


def test_threads_that_put_at_once_agree_on_one_key(shelf: KeyShelf) -> None:
    answers: list[bytes] = []
    start = threading.Barrier(8)

    def put(wrapped: bytes) -> None:
        start.wait()
        answers.append(shelf.put_if_absent("patient/a", wrapped))

    threads = [threading.Thread(target=put, args=(b"key %d" % n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(answers) == 8
    assert set(answers) == {shelf.find("patient/a")}
