"""Short ways to say what is written to a store."""

from datetime import UTC, datetime

from skill.service.ports import Change, Item, Place, Put, Remove, Store

PAT = "PAT#pat_aaaaaaaaaaaaaaaa"
OTHER_PAT = "PAT#pat_bbbbbbbbbbbbbbbb"
NOW = datetime(2027, 5, 4, 6, 0, tzinfo=UTC)


def at(sk: str, pk: str = PAT) -> Place:
    return Place(pk=pk, sk=sk)


def put(sk: str, body: bytes = b"body", *, expect: int | None = 0, pk: str = PAT) -> Put:
    return Put(item=Item(place=at(sk, pk), body=body), expect=expect)


def waking_put(pk: str, *, wake: datetime, shard: str = "R0", expect: int | None = None) -> Put:
    return Put(item=Item(place=at("CHART#NOW", pk), body=b"", shard=shard, wake=wake), expect=expect)


def change(*steps: Put | Remove) -> Change:
    return Change(steps=steps)


def bodies(store: Store, pk: str = PAT) -> dict[str, bytes]:
    return {item.place.sk: item.body for item in store.query(pk, limit=1000)}
