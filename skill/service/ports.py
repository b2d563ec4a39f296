"""What the service needs from the world: small protocols, each with its contract in words.

``Store`` is what a storage engine implements; it sees sealed bodies and open ids only.
``Charts`` is the same store seen through sealing and the shapes of the domain.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Protocol, TypeVar

from msgspec import Struct, field

from skill.domain.chart import Chart
from skill.domain.events import Decision
from skill.domain.identity import OrgId, PatientId
from skill.errors import InvalidError
from skill.service.outgoing import Channel, Outgoing, Sent

MOST_STEPS_IN_A_CHANGE = 100  # DynamoDB: items in one transaction
MOST_BYTES_IN_A_BODY = 64 * 1024  # design: a larger one is refused
MOST_BYTES_IN_A_CHANGE = 3 * 1024 * 1024  # DynamoDB: 4 MB in one transaction, names and keys included
MOST_LETTERS_IN_A_KEY = 1024  # DynamoDB: bytes of a sort key


class Place(Struct, frozen=True, kw_only=True):
    """Where an item lies: partition key and sort key. Ids and moments only, never a name.

    Each 1 to 1024 printable ASCII letters, so that their order as bytes is plain to see.
    """

    pk: str
    sk: str

    def __post_init__(self) -> None:
        for part, key in (("pk", self.pk), ("sk", self.sk)):
            if not (0 < len(key) <= MOST_LETTERS_IN_A_KEY and key.isascii() and key.isprintable()):
                raise InvalidError(part, "is 1 to 1024 printable ASCII letters")


class Item(Struct, frozen=True, kw_only=True):
    """One stored item. ``body`` is sealed; everything else lies open and holds ids and moments only.

    ``version``: counts the writes of this item, from 1; the engine counts, and does not look at
    what a ``Put`` carries. ``shard`` and ``wake`` (both or neither) put the item into the wake
    index. ``soon``: the wake is so near that a minute's schedule would come too late for it; told
    to whoever follows the writes of an engine, and not read back.
    ``digest``: link of a chain. ``expiry``: from then on the item may vanish at any time; a
    reader must treat it as gone.
    """

    place: Place
    body: bytes
    version: int = 1
    shard: str | None = None
    wake: datetime | None = None
    soon: bool = False
    digest: bytes | None = None
    expiry: datetime | None = None

    def __post_init__(self) -> None:
        if len(self.body) > MOST_BYTES_IN_A_BODY:
            raise InvalidError("body", "is larger than 64 KB")
        if (self.shard is None) != (self.wake is None):
            raise InvalidError("wake", "goes with a shard, and a shard with a wake")
        for moment in (self.wake, self.expiry):
            if moment is not None and moment.utcoffset() is None:
                raise InvalidError("moment", "must carry a zone")


class Put(Struct, frozen=True, kw_only=True):
    """Write ``item`` if what lies there now has version ``expect``.

    ``expect=0``: only if nothing lies there. ``expect=None``: whatever lies there. ``as_is``, with
    ``expect=0`` alone: the item keeps the version that it carries; for what comes out of another store.
    """

    item: Item
    expect: int | None
    as_is: bool = False

    def __post_init__(self) -> None:
        if self.as_is and (self.expect != 0 or self.item.version < 1):
            raise InvalidError("as_is", "goes with a free place and a version of 1 or more")


class Remove(Struct, frozen=True, kw_only=True):
    """Take away what lies at ``place`` if it has version ``expect`` (``None``: whatever it has).

    Removing what is not there is no conflict when ``expect`` is ``None``. ``expect=0``: nothing
    may lie there, so that the change depends on a free place without taking it.
    """

    place: Place
    expect: int | None = None


class Change(Struct, frozen=True, kw_only=True):
    """Steps that happen together or not at all; 1 to 100, no place twice, bodies of 3 MB in all."""

    steps: tuple[Put | Remove, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS_IN_A_CHANGE:
            raise InvalidError("steps", "a change has 1 to 100 steps")
        places = [step.item.place if isinstance(step, Put) else step.place for step in self.steps]
        if len(set(places)) != len(places):
            raise InvalidError("steps", "a change touches a place once")
        if sum(len(step.item.body) for step in self.steps if isinstance(step, Put)) > MOST_BYTES_IN_A_CHANGE:
            raise InvalidError("steps", "the bodies of a change are at most 3 MB")


class Committed(Enum):
    """The answer to one change."""

    APPLIED = "applied"
    CONFLICT = "conflict"


class Woken(Struct, frozen=True, kw_only=True):
    """A hit in the wake index: a candidate, to be read again before anything is decided."""

    pk: str
    wake: datetime


class Store(Protocol):
    """A table of items. Written with DynamoDB's limits; every engine passes ``contracts/test_store``.

    Every method raises ``StoreDownError`` when the engine cannot answer, and has then changed
    nothing that it will not tell on the next read.
    """

    def get(self, place: Place) -> Item | None:
        """The item at ``place`` as last committed (a strong read); None when nothing lies there."""

    def query(
        self, pk: str, *, prefix: str = "", after: str = "", limit: int = 100, newest_first: bool = False
    ) -> tuple[Item, ...]:
        """Items of one partition whose ``sk`` starts with ``prefix``, in the order of ``sk`` as bytes.

        At most ``limit`` (1 or more), and only those beyond ``after`` in the direction of travel
        (``""``: from the start). A strong read, of one moment.
        """

    def commit(self, changes: Sequence[Change]) -> list[Committed]:
        """Carry out each change by itself, in order; answers in the same order.

        A change whose expectation fails is a ``CONFLICT`` and changes nothing; the others stand.
        When this returns, what was applied survives a crash at any later instant.
        """

    def waking(self, shard: str, *, until: datetime, limit: int) -> tuple[Woken, ...]:
        """Items of ``shard`` whose wake has come, earliest first. May lag behind commits."""

    def walk(self) -> Iterator[Item]:
        """Every item of every partition, each once, in any order; for a copy, never for a decision.

        Each is read strongly, but not all of one moment: what is committed meanwhile may show or not.
        """

    def close(self) -> None:
        """Give back files and threads. A second call does nothing."""


class KeyShelf(Protocol):
    """Wrapped keys, in a place of their own with its own backups. Never sees a key in the clear."""

    def find(self, key_id: str) -> bytes | None:
        """The wrapped key, or None when it was never made or has been destroyed."""

    def put_if_absent(self, key_id: str, wrapped: bytes) -> bytes:
        """Store ``wrapped`` durably unless a key lies there; answers what lies there afterwards."""

    def destroy(self, key_id: str) -> None:
        """Take the wrapped key away for good. A second call does nothing."""

    def ids(self) -> Iterator[str]:
        """All key ids on the shelf, in any order."""


class Sealer(Protocol):
    """Seals bodies so that each opens at its own logical place only."""

    def seal(self, body: bytes, place: Place) -> bytes: ...

    def open(self, sealed: bytes, place: Place) -> bytes:
        """The body; ``DamagedError`` when it was changed, moved or sealed under another key."""


# ---- the store as the service sees it: charts and records of the domain


class Loaded(Struct, frozen=True, kw_only=True):
    """A chart as last committed, with what is needed to commit the next one on top of it.

    ``newer``: bodies that a newer release wrote, by sort key; what this one does not know of them is
    written back.
    """

    patient_id: PatientId
    org: OrgId
    chart: Chart
    version: int
    plan_version: int
    head: bytes
    newer: Mapping[str, bytes] = field(default_factory=dict)


class Row(Struct, frozen=True, kw_only=True):
    """A record beside the charts: links, households, limits.

    ``value``: any shape that ``storage.records`` knows. ``expect`` as in ``Put``; ``value`` None removes.
    """

    place: Place
    value: object | None
    expect: int | None = None
    expiry: datetime | None = None


class ChartChange(Struct, frozen=True, kw_only=True):
    """One decision on top of ``before``; ``chart`` is the fold of both.

    ``rows`` are written with it or not at all.
    """

    before: Loaded
    chart: Chart
    decision: Decision
    rows: tuple[Row, ...] = ()


T = TypeVar("T")


class Charts(Protocol):
    """Charts, their ledgers, and the records beside them, sealed and opened on the way."""

    def load(self, patient_id: PatientId) -> Loaded:
        """The chart as last committed; ``NotFoundError`` when there is no such patient."""

    def commit(self, changes: Sequence[ChartChange]) -> list[bool]:
        """Chart, ledger entry and rows of a change in one transaction; False where others were faster."""

    def sealed(self, change: ChartChange) -> Change:
        """``change`` as the store takes it; nothing is written. The charts in it can then be let go of."""

    def commit_sealed(self, changes: Sequence[Change]) -> list[bool]:
        """``commit``, for changes that are sealed already."""

    def enrol(self, org: OrgId, chart: Chart, decision: Decision, rows: tuple[Row, ...]) -> bool:
        """The first commit of a new patient, with a key of its own; False when that one is already here."""

    def ledger(self, patient_id: PatientId) -> Iterator[Decision]:
        """Every decision from the first, verified against its chain; ``DamagedError`` where it breaks."""

    def waking(self, *, urgent: bool, until: datetime, limit: int) -> tuple[PatientId, ...]:
        """Patients whose wake has come, earliest first: candidates only. ``limit``: from each shard."""

    def patients(self, org: OrgId) -> Iterator[PatientId]:
        """Everybody who belongs to ``org``."""

    def read(self, place: Place, shape: type[T]) -> tuple[T, int] | None:
        """A record and its version; None when there is none. That it has expired is the caller's to see."""

    def write(self, rows: Sequence[Row]) -> bool:
        """All of ``rows`` in one transaction; False, and nothing written, when an expectation fails."""

    def scan(self, pk: str, shape: type[T]) -> Iterator[tuple[Place, T]]:
        """All records of one partition."""

    def blind(self, kind: str, value: str) -> str:
        """A keyed digest of ``value``: finds it again without storing it."""


# ---- what carries messages out


class Provider(Protocol):
    """Carries messages of one channel. One object serves many threads at once."""

    @property
    def name(self) -> str:
        """As settings name it."""

    @property
    def channel(self) -> Channel: ...

    def send(self, outgoing: Outgoing) -> Sent:
        """Hand over one message, within five seconds.

        Raises nothing for whatever the other side does. ``TRY_AGAIN`` only if it certainly did not
        arrive, ``PERHAPS`` if nobody can tell, ``GIVE_UP`` if another attempt here would fail as well.
        Logs nothing: neither its secrets nor an address or a text leave it by another way.
        """
