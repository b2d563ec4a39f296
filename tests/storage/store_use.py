"""Short ways to use a store in these tests."""

from datetime import datetime
from pathlib import Path

from skill.service.ports import Change, Committed, Item, Place, Put, Store

ROOT = Path(__file__).parents[2]  # where programs that a test starts find the package
PAT = "PAT#pat_aaaaaaaaaaaaaaaa"


def put(sk: str, body: bytes = b"body", *, expect: int | None = 0, expiry: datetime | None = None) -> Put:
    return Put(item=Item(place=Place(pk=PAT, sk=sk), body=body, expiry=expiry), expect=expect)


def commit(store: Store, *steps: Put) -> list[Committed]:
    return store.commit([Change(steps=steps)])


def keys(store: Store) -> list[str]:
    return [item.place.sk for item in store.query(PAT, limit=10_000)]
