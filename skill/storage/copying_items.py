"""The items of a copy: read, sealed anew, written, and compared with what was sent."""

import hashlib
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec
from msgspec.structs import replace

from skill.domain.identity import PatientId
from skill.errors import DamagedError, NotFoundError
from skill.service.ports import (
    MOST_BYTES_IN_A_CHANGE,
    MOST_STEPS_IN_A_CHANGE,
    Change,
    Committed,
    Item,
    KeyShelf,
    Place,
    Put,
    Sealer,
    Store,
)
from skill.storage.codec import unpack
from skill.storage.key_wrapping import Wrapper
from skill.storage.records import Records, StoredNow

_PATIENT = "PAT#"
_NOW = "CHART#NOW"
_LONGEST_COPY = timedelta(days=1)  # what expires within it may be gone before it is compared


class Side(Protocol):
    """What is copied from or to: a store, its shelf of wrapped keys, and what wraps them."""

    @property
    def store(self) -> Store: ...
    @property
    def shelf(self) -> KeyShelf: ...
    @property
    def wrapper(self) -> Wrapper: ...
    @property
    def shards(self) -> int: ...


class Step(StrEnum):
    COPIED = "copied"
    CHECKED = "checked"


Told = Callable[[Step, int], None]


class Problem(StrEnum):
    """Why a copy may not be used."""

    SOURCE_WRITTEN = "something was written meanwhile to what is copied from; stop whatever runs there"
    TARGET_WRITTEN = "something else wrote to where it is copied to; stop whatever runs there"
    DIFFERENT = "what arrived is not what was sent"
    LEDGER = "a ledger does not verify, or does not end as it did"


class UnusableError(Exception):
    """The copy that is under way may not be used; ``patient_id``: whom it was found at."""

    def __init__(self, problem: Problem, patient_id: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.patient_id = patient_id


@dataclass(slots=True)
class Sum:
    """Of many items, in whatever order: equal when these are. Tells mistakes, not forgeries."""

    total: int = 0

    def add(self, item: Item, body: bytes) -> None:
        """``body``: opened or sealed. The shard does not count, and of an expiry its second, rounded up."""
        expiry = None if item.expiry is None else math.ceil(item.expiry.timestamp())
        what = (item.place.pk, item.place.sk, item.version, item.wake, item.digest, expiry, body)
        digest = hashlib.sha256(msgspec.msgpack.encode(what)).digest()
        self.total = (self.total + int.from_bytes(digest, "big")) % (1 << 256)


@dataclass(slots=True, kw_only=True)
class Carrying:
    """One copy under way: ``carry``, then ``compare``; both raise ``UnusableError``.

    ``readable``: the patients who have a key. Counted are the items carried, those left out because they
    had ``expired``, those ``closed`` to everybody, ledger ``entries``, and ledgers that end ``alike``.
    """

    source: Side
    target: Side
    opening: Sealer
    sealing: Sealer
    readable: frozenset[str]
    now: datetime
    told: Told
    before: Sum = field(default_factory=Sum)
    sent: Sum = field(default_factory=Sum)
    heads: dict[str, bytes] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    items: int = 0
    expired: int = 0
    closed: int = 0
    entries: int = 0
    alike: int = 0

    def carry(self) -> None:
        """Every item that has not expired, sealed anew, a transaction of them after the other."""
        steps: list[Put] = []
        size = 0
        for item in self.source.store.walk():
            if item.expiry is None:
                self.before.add(item, item.body)
            elif item.expiry <= self.now:
                self.expired += 1
                continue
            put = Put(item=self._resealed(item), expect=0, as_is=True)
            if len(steps) == MOST_STEPS_IN_A_CHANGE or size + len(put.item.body) > MOST_BYTES_IN_A_CHANGE:
                self._write(steps)
                steps, size = [], 0
            steps.append(put)
            size += len(put.item.body)
        if steps:
            self._write(steps)

    def compare(self, records: Records) -> None:
        """All that lies in the target opens and is what was sent; every ledger; the source stood still."""
        arrived = Sum()
        for checked, item in enumerate(self.target.store.walk(), start=1):
            body = self.sealing.open(item.body, item.place) if self._opens(item.place) else item.body
            self._count(arrived, item, body)
            if checked % MOST_STEPS_IN_A_CHANGE == 0:
                self.told(Step.CHECKED, checked)
        if arrived != self.sent:
            raise UnusableError(Problem.DIFFERENT)
        for patient_id in (*self.heads, *self.unreadable):
            self._check_ledger(records, PatientId(patient_id))
        after = Sum()
        for item in self.source.store.walk():
            # What expires may go at any time, and is never all that is written about a patient.
            if item.expiry is None:
                after.add(item, item.body)
        if after != self.before:
            raise UnusableError(Problem.SOURCE_WRITTEN)

    def _resealed(self, item: Item) -> Item:
        self.items += 1
        shard = None
        if item.shard is not None:  # the letter says how urgent; the number is the part of the wake index
            shard = f"{item.shard[0]}{zlib.crc32(item.place.pk.encode()) % self.target.shards}"
        if not self._opens(item.place):
            self.closed += 1
            self.unreadable.add(item.place.pk.removeprefix(_PATIENT))
            self._count(self.sent, item, item.body)
            return replace(item, shard=shard)
        body = self.opening.open(item.body, item.place)
        self._count(self.sent, item, body)
        if item.place.pk.startswith(_PATIENT) and item.place.sk == _NOW:
            self.heads[item.place.pk.removeprefix(_PATIENT)] = unpack(body, StoredNow).head
        return replace(item, shard=shard, body=self.sealing.seal(body, item.place))

    def _opens(self, place: Place) -> bool:
        return not place.pk.startswith(_PATIENT) or place.pk.removeprefix(_PATIENT) in self.readable

    def _count(self, total: Sum, item: Item, body: bytes) -> None:
        if item.expiry is None or item.expiry > self.now + _LONGEST_COPY:
            total.add(item, body)

    def _write(self, steps: list[Put]) -> None:
        if self.target.store.commit([Change(steps=tuple(steps))]) != [Committed.APPLIED]:
            raise UnusableError(Problem.TARGET_WRITTEN)
        self.told(Step.COPIED, self.items)

    def _check_ledger(self, records: Records, patient_id: PatientId) -> None:
        try:
            self.entries += records.verify_chain(patient_id)
            if patient_id in self.unreadable:
                return
            for _ in records.ledger(patient_id):
                pass
            head = records.load(patient_id).head
        except (DamagedError, NotFoundError) as error:
            raise UnusableError(Problem.LEDGER, patient_id) from error
        if head != self.heads[patient_id]:
            raise UnusableError(Problem.LEDGER, patient_id)
        self.alike += 1
