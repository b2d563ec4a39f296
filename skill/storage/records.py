"""Charts, ledgers and records in a ``Store``, sealed on the way in and verified on the way out."""

import hashlib
import heapq
import hmac
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, TypeVar

from msgspec import Struct

from skill.chance import Chance
from skill.domain.chart import Chart, Now, Plan
from skill.domain.events import Decision
from skill.domain.identity import OrgId, PatientId
from skill.domain.wake import is_urgent, next_wake
from skill.errors import DamagedError, NotFoundError
from skill.service.ports import (
    Change,
    ChartChange,
    Committed,
    Item,
    Loaded,
    Place,
    Put,
    Remove,
    Row,
    Sealer,
    Store,
)
from skill.storage.codec import is_newer, keep_unknown, pack, unpack
from skill.storage.keys import KeyRing

SOON = timedelta(minutes=15)  # the longest delay of SQS
_PLAN, _NOW = "CHART#PLAN", "CHART#NOW"
_EVENT = "EVENT#"
_FIRST_LINK = bytes(32)
_PAGE = 100
_MAC_KEY_BYTES = 16

_TRIES = 3

T = TypeVar("T")


class _TornError(Exception):
    """Plan and present state that do not belong together."""


class StoredNow(Struct, frozen=True, kw_only=True):
    """The body of ``CHART#NOW``: the present state, and the end of the ledger that it is a fold of."""

    org: OrgId
    plan_version: int
    head: bytes
    now: Now


class StoredEntry(NamedTuple):
    """The body of a ledger entry: the decision in bytes, and the key under which its digest was made."""

    mac_key: bytes
    decision: bytes


def patient_pk(patient_id: PatientId) -> str:
    return f"PAT#{patient_id}"


def org_pk(org: OrgId) -> str:
    return f"ORG#{org}"


def moment_key(moment: datetime) -> str:
    """A moment as a sort key: fixed width, so that text order is time order."""
    written = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return written.replace("-", "").replace(":", "") + "Z"  # strftime takes three times as long


class Records:
    """``Charts`` over one ``Store``.

    ``shards``: parts of the wake index, so that no one of them has to take every write. One is enough for one
    machine. May be raised at any time, and lowered once nothing lies in the shards that go.
    """

    def __init__(
        self, store: Store, sealer: Sealer, keys: KeyRing, chance: Chance, *, shards: int = 1
    ) -> None:
        self._store = store
        self._shards = shards
        self._sealer = sealer
        self._keys = keys
        self._chance = chance

    # ---- charts

    def load(self, patient_id: PatientId) -> Loaded:
        """As the port says. A commit in between may show in one of the two items only: then once more."""
        for _ in range(_TRIES):
            try:
                return self._load(patient_id)
            except _TornError:
                continue
        raise DamagedError(what="chart", id=patient_id)

    def _load(self, patient_id: PatientId) -> Loaded:
        items = {i.place.sk: i for i in self._store.query(patient_pk(patient_id), prefix="CHART#", limit=2)}
        if _NOW not in items or _PLAN not in items:
            raise NotFoundError(kind="patient", id=patient_id)
        bodies = {sk: self._sealer.open(item.body, item.place) for sk, item in items.items()}
        stored = unpack(bodies[_NOW], StoredNow)
        plan = unpack(bodies[_PLAN], Plan)
        if items[_PLAN].version != stored.plan_version:
            raise _TornError
        return Loaded(
            patient_id=patient_id,
            org=stored.org,
            chart=Chart(plan=plan, now=stored.now),
            version=items[_NOW].version,
            plan_version=stored.plan_version,
            head=stored.head,
            newer={sk: body for sk, body in bodies.items() if is_newer(body)},
        )

    def commit(self, changes: Sequence[ChartChange]) -> list[bool]:
        return self.commit_sealed([self.sealed(change) for change in changes])

    def commit_sealed(self, changes: Sequence[Change]) -> list[bool]:
        return [answer is Committed.APPLIED for answer in self._store.commit(changes)]

    def enrol(self, org: OrgId, chart: Chart, decision: Decision, rows: tuple[Row, ...]) -> bool:
        patient_id = chart.plan.patient.patient_id
        self._keys.make_patient_key(patient_id, org_pk(org))
        before = Loaded(
            patient_id=patient_id, org=org, chart=chart, version=0, plan_version=0, head=_FIRST_LINK
        )
        member = Row(place=Place(pk=org_pk(org), sk=patient_pk(patient_id)), value=patient_id, expect=0)
        change = ChartChange(before=before, chart=chart, decision=decision, rows=(*rows, member))
        return self.commit([change])[0]

    def sealed(self, change: ChartChange) -> Change:
        before, chart = change.before, change.chart
        pk = patient_pk(before.patient_id)
        entry, head = self._ledger_entry(pk, before, change.decision, chart.now)
        plan_changed = before.version == 0 or chart.plan is not before.chart.plan
        plan_version = before.plan_version + plan_changed
        now = StoredNow(org=before.org, plan_version=plan_version, head=head, now=chart.now)
        wake = next_wake(chart)
        shard = f"{'U' if is_urgent(chart) else 'R'}{self._shard(pk)}" if wake is not None else None
        place = Place(pk=pk, sk=_NOW)
        body = self._seal(now, place, before.newer.get(_NOW))
        at = chart.now.last_at or change.decision.at
        item = Item(
            place=place,
            body=body,
            version=before.version + 1,
            shard=shard,
            wake=wake,
            soon=wake is not None and wake - at <= SOON,
        )
        steps: list[Put | Remove] = [Put(item=item, expect=before.version), entry]
        if plan_changed:
            place = Place(pk=pk, sk=_PLAN)
            body = self._seal(chart.plan, place, before.newer.get(_PLAN))
            plan = Item(place=place, body=body, version=plan_version)
            steps.append(Put(item=plan, expect=before.plan_version))
        steps += [self._step(row) for row in change.rows]
        return Change(steps=tuple(steps))

    # ---- the ledger

    def _ledger_entry(self, pk: str, before: Loaded, decision: Decision, now: Now) -> tuple[Put, bytes]:
        at = now.last_at or decision.at  # never before the entry before: the order of keys is the chain
        place = Place(pk=pk, sk=f"{_EVENT}{moment_key(at)}#{now.entries:010d}")
        stored = StoredEntry(self._chance.bytes(_MAC_KEY_BYTES), pack(decision))
        mac = hmac.digest(stored.mac_key, stored.decision, "sha256")
        head = _link(before.head, mac, place)
        item = Item(place=place, body=self._seal(stored, place), digest=mac + head)
        return Put(item=item, expect=0), head

    def ledger(self, patient_id: PatientId) -> Iterator[Decision]:
        last = self.load(patient_id).head  # read first: what is written meanwhile lies beyond it
        head, met = _FIRST_LINK, False
        for item in self._ledger_items(patient_id):
            stored = self._open(item, StoredEntry)
            mac = hmac.digest(stored.mac_key, stored.decision, "sha256")
            head = _link(head, mac, item.place)
            if item.digest is None or not hmac.compare_digest(item.digest, mac + head):
                raise DamagedError(what="ledger", id=patient_id)
            met = met or head == last
            yield unpack(stored.decision, Decision)
        if not met:
            raise DamagedError(what="ledger end", id=patient_id)

    def verify_chain(self, patient_id: PatientId) -> int:
        """Entries of the ledger whose digests form one chain; needs no key, so it works after erasure."""
        head, count = _FIRST_LINK, 0
        for item in self._ledger_items(patient_id):
            count += 1
            digest = item.digest or b""
            head = _link(head, digest[:32], item.place)
            if digest[32:] != head:
                raise DamagedError(what="ledger", id=patient_id)
        return count

    def _ledger_items(self, patient_id: PatientId) -> Iterator[Item]:
        after = ""
        while True:
            page = self._store.query(patient_pk(patient_id), prefix=_EVENT, after=after, limit=_PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].place.sk

    # ---- who is to be looked at

    def _shard(self, pk: str) -> int:
        return zlib.crc32(pk.encode()) % self._shards  # the same in every process

    def waking(self, *, urgent: bool, until: datetime, limit: int) -> tuple[PatientId, ...]:
        letter = "U" if urgent else "R"
        shards = (self._store.waking(f"{letter}{n}", until=until, limit=limit) for n in range(self._shards))
        woken = heapq.merge(*shards, key=attrgetter("wake"))
        return tuple(PatientId(w.pk.removeprefix("PAT#")) for w in woken)

    def patients(self, org: OrgId) -> Iterator[PatientId]:
        for place, patient_id in self.scan(org_pk(org), str):
            if place.sk.startswith("PAT#"):
                yield PatientId(patient_id)

    # ---- records beside the charts

    def read(self, place: Place, shape: type[T]) -> tuple[T, int] | None:
        item = self._store.get(place)
        return (self._open(item, shape), item.version) if item is not None else None

    def write(self, rows: Sequence[Row]) -> bool:
        change = Change(steps=tuple(self._step(row) for row in rows))
        return self._store.commit([change])[0] is Committed.APPLIED

    def scan(self, pk: str, shape: type[T]) -> Iterator[tuple[Place, T]]:
        after = ""
        while True:
            page = self._store.query(pk, after=after, limit=_PAGE)
            for item in page:
                yield item.place, self._open(item, shape)
            if len(page) < _PAGE:
                return
            after = page[-1].place.sk

    def blind(self, kind: str, value: str) -> str:
        return self._keys.blind(kind, value)

    def _step(self, row: Row) -> Put | Remove:
        if row.value is None:
            return Remove(place=row.place, expect=row.expect)
        item = Item(
            place=row.place,
            body=self._seal(row.value, row.place),
            version=(row.expect or 0) + 1,
            expiry=row.expiry,
        )
        return Put(item=item, expect=row.expect)

    def _seal(self, value: object, place: Place, newer: bytes | None = None) -> bytes:
        return self._sealer.seal(pack(value) if newer is None else keep_unknown(value, newer), place)

    def _open(self, item: Item, shape: type[T]) -> T:
        return unpack(self._sealer.open(item.body, item.place), shape)


def _link(head: bytes, mac: bytes, place: Place) -> bytes:
    """The next link: the one before, this entry's own digest, and where it lies."""
    return hashlib.sha256(b"\x00".join([head, mac, place.pk.encode(), place.sk.encode()])).digest()
