"""Whole deployments on any engine, to be copied from and to."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from skill.chance import Chance, SystemChance
from skill.clock import WoundClock
from skill.domain.alerts import AlertKind
from skill.domain.commands import RaiseAlert
from skill.domain.identity import OperationId, PatientId
from skill.errors import StoreDownError
from skill.service.act import App, act
from skill.service.linking import link, make_code
from skill.service.ports import Change, Committed, Item, KeyShelf, Place, Put, Store
from skill.storage.copying import Copied, copy
from skill.storage.copying_items import Side, Step
from skill.storage.key_wrapping import KeyFileWrapper, Wrapper
from skill.storage.keys import KeyRing
from skill.storage.records import Records
from skill.storage.sealing import PatientSealer
from tests.contracts.store_engines import dynamo, dynamo_shelf, sqlite, sqlite_shelf
from tests.small_house import a_household_of

SIX = datetime(2027, 5, 4, 4, tzinfo=UTC)  # 06:00 in Berlin
ADA, BEN = PatientId("pat_ada"), PatientId("pat_ben")
ACCOUNT = "amzn1.ask.account.ADA"
Engine = Callable[[Path], AbstractContextManager[Store]]
Shelf = Callable[[Path], AbstractContextManager[KeyShelf]]
FILES: tuple[Engine, Shelf] = (sqlite, sqlite_shelf)
TABLES: tuple[Engine, Shelf] = (dynamo, dynamo_shelf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A store, a shelf and a wrapper, and what they make together."""

    store: Store
    shelf: KeyShelf
    wrapper: Wrapper
    shards: int
    clock: WoundClock
    chance: Chance

    @property
    def keys(self) -> KeyRing:
        """Without anything in its cache, as in a new process."""
        return KeyRing(self.shelf, self.wrapper, self.clock, self.chance)

    @property
    def sealer(self) -> PatientSealer:
        return PatientSealer(self.keys, self.chance)

    @property
    def records(self) -> Records:
        keys = self.keys
        return Records(self.store, PatientSealer(keys, self.chance), keys, self.chance, shards=self.shards)

    @property
    def app(self) -> App:
        return App(charts=self.records, clock=self.clock)

    def items(self) -> dict[tuple[str, str], Item]:
        return {(item.place.pk, item.place.sk): item for item in self.store.walk()}

    def falls(self, patient_id: PatientId) -> None:
        act(self.app, patient_id, RaiseAlert(operation=OperationId("fall"), kind=AlertKind.FALL))


@contextmanager
def a_place(engines: tuple[Engine, Shelf], folder: Path, *, shards: int = 1) -> Iterator[Deployment]:
    """Nothing but an empty store and an empty shelf."""
    folder.mkdir()
    chance = SystemChance()
    with ExitStack() as opened:
        yield Deployment(
            store=opened.enter_context(engines[0](folder)),
            shelf=opened.enter_context(engines[1](folder)),
            wrapper=KeyFileWrapper(chance.bytes(32), chance),
            shards=shards,
            clock=WoundClock(SIX),
            chance=chance,
        )


def lived_in(place: Deployment) -> Deployment:
    """Ada and Ben, their Echo linked, and a fall of Ada's whose pages wait to be sent."""
    place.keys.make_first_keys()
    household_id = a_household_of(place, "ada", "ben")
    link(place.app, ACCOUNT, make_code(place.app, place.chance, household_id))
    place.clock.wind_by(timedelta(minutes=1))
    place.falls(ADA)
    return place


def copied(source: Side, target: Side, told: Callable[[Step, int], None] = lambda *_: None) -> Copied:
    return copy(source, target, WoundClock(SIX + timedelta(minutes=2)), SystemChance(), told)


@dataclass(slots=True)
class CutOff:
    """A store that stops answering after so many commits: what a power cut does to a copy."""

    store: Store
    commits: int

    def walk(self) -> Iterator[Item]:
        return self.store.walk()

    def commit(self, changes: list[Change]) -> list[Committed]:
        if self.commits == 0:
            raise StoreDownError(reason="the power is gone")
        self.commits -= 1
        return self.store.commit(changes)


def cut_off(place: Deployment, *, after: int) -> Deployment:
    return replace(place, store=CutOff(place.store, after))


def more_of(place: Deployment, count: int) -> None:
    """So many sealed items beside the charts."""
    sealer = place.sealer
    places = [Place(pk="SESSION#many", sk=f"{number:06d}") for number in range(count)]
    items = [Item(place=place_, body=sealer.seal(b"x", place_)) for place_ in places]
    for start in range(0, count, 100):
        steps = tuple(Put(item=item, expect=0) for item in items[start : start + 100])
        place.store.commit([Change(steps=steps)])
