"""The one place where the parts are put together: one builder for each kind of process.

Everything is imported inside the builders, so that a process loads only what it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

    from skill.chance import Chance
    from skill.clock import Clock
    from skill.domain.care_team import Channel
    from skill.phrases.catalogue import Catalogue
    from skill.service.act import App
    from skill.service.delivery import DeliveryPool
    from skill.service.ports import Provider
    from skill.settings import Settings
    from skill.storage.keys import KeyRing
    from skill.storage.records import Records
    from skill.storage.sqlite import SqliteStore
    from skill.web.alexa_fetch import Fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts of one process on one machine. ``close`` gives back what they hold."""

    settings: Settings
    app: App
    clock: Clock
    chance: Chance
    store: SqliteStore
    keys: KeyRing
    records: Records
    catalogue: Catalogue
    providers: Mapping[Channel, tuple[Provider, ...]]
    pool: DeliveryPool | None = None
    closing: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        """Stop what runs and close what is open, the last opened first."""
        while self.closing:
            self.closing.pop()()


def create_home(settings: Settings, clock: Clock | None = None, chance: Chance | None = None) -> None:
    """Make the data folder, the key file, both stores and the first keys.

    ``InvalidError`` when any of them is there already; nothing that was there is touched.
    """
    from skill.chance import SystemChance
    from skill.clock import SystemClock
    from skill.errors import InvalidError
    from skill.storage.key_file import create_key_file, read_key_file
    from skill.storage.key_wrapping import KeyFileWrapper
    from skill.storage.keys import KeyRing
    from skill.storage.sqlite import STORE_FILE, create_store
    from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf

    chance = chance or SystemChance()
    data, key_file = settings.store.data, settings.store.key_file
    if (data / STORE_FILE).exists():
        raise InvalidError("data", "holds a store already")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_key_file(key_file, chance)
    create_shelf(data / SHELF_FILE)
    shelf = SqliteKeyShelf(data / SHELF_FILE)
    try:
        root = read_key_file(key_file, data)
        KeyRing(shelf, KeyFileWrapper(root, chance), clock or SystemClock(), chance).make_first_keys()
    finally:
        shelf.close()
    create_store(data / STORE_FILE)


def command_app(
    settings: Settings,
    clock: Clock | None = None,
    chance: Chance | None = None,
    *,
    deliver_at_once: bool = False,
) -> House:
    """The parts for one command beside, or without, a running ``serve``.

    ``deliver_at_once``: a commit that leaves a message to be sent hints a small pool of threads.
    ``KeyUnavailableError`` and ``NotFoundError`` say what is missing or unsafe; nothing is made.
    """
    from skill.chance import SystemChance
    from skill.channels import build_providers
    from skill.clock import SystemClock, use_pinned_zone_data
    from skill.phrases.catalogue import packaged
    from skill.service.act import App
    from skill.service.delivery import DeliveryPool
    from skill.storage.key_file import read_key_file
    from skill.storage.key_wrapping import KeyFileWrapper
    from skill.storage.keys import KeyRing
    from skill.storage.records import Records
    from skill.storage.sealing import PatientSealer
    from skill.storage.sqlite import STORE_FILE, SqliteStore
    from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf

    use_pinned_zone_data()
    clock, chance = clock or SystemClock(), chance or SystemChance()
    root = read_key_file(settings.store.key_file, settings.store.data)
    shelf = SqliteKeyShelf(settings.store.data / SHELF_FILE)
    closing: list[Callable[[], None]] = [shelf.close]
    keys = KeyRing(shelf, KeyFileWrapper(root, chance), clock, chance)
    keys.check()
    store = SqliteStore(settings.store.data / STORE_FILE)
    closing.append(store.close)
    records = Records(store, PatientSealer(keys, chance), keys, chance)
    app = App(charts=records, clock=clock)
    catalogue = packaged()
    providers = build_providers(settings, app=app, chance=chance)
    pool = None
    if deliver_at_once:
        pool = DeliveryPool(app, chance, providers, catalogue, base_url=settings.web.base_url)
        closing.append(pool.close)
        app = App(charts=records, clock=clock, hint=pool.hint)
    return House(
        settings=settings,
        app=app,
        clock=clock,
        chance=chance,
        store=store,
        keys=keys,
        records=records,
        catalogue=catalogue,
        providers=providers,
        pool=pool,
        closing=closing,
    )


def skill_app(house: House) -> Callable[[dict[str, object]], dict[str, object]]:
    """The Alexa skill: an envelope in, an envelope out."""
    from skill.voice.skill import build_skill

    return build_skill(house.app, house.chance, house.catalogue)


def web_app(house: House, *, fetch: Fetch | None = None) -> Flask:
    """Everything that is reached over HTTP, on the parts of ``house``."""
    from skill.web.app import build_app

    return build_app(house.settings, house.app, house.chance, house.catalogue, skill_app(house), fetch=fetch)


def sweep_app(house: House) -> Callable[[], object]:
    """One pass over the charts whose wake has come; what has to be sent goes to the pool."""
    from skill.service.sweep import out_after, sweep

    pool = house.pool
    if pool is None:
        raise ValueError("a sweep needs a house that delivers at once")
    silence = out_after(house.settings.heartbeat)
    return lambda: sweep(house.app, deliver=pool.hint, out_after=silence)
