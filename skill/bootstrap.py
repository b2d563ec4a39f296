"""The one place where the parts are put together: one builder for each kind of process.

Everything is imported inside the builders, so that a process loads only what it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flask import Flask

    from skill.chance import Chance
    from skill.clock import Clock
    from skill.domain.care_team import Channel
    from skill.phrases.catalogue import Catalogue
    from skill.service.act import App
    from skill.service.delivery import DeliveryPool
    from skill.service.ports import Provider
    from skill.settings import Settings
    from skill.storage.backup_manifest import Manifest
    from skill.storage.keys import KeyRing
    from skill.storage.records import Records
    from skill.storage.serve_lock import ServeLock
    from skill.storage.sqlite import SqliteStore


class House(Struct, frozen=True, kw_only=True):
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


def back_up(settings: Settings, target: Path, clock: Clock | None = None) -> Manifest:
    """Copy both stores, while they are in use, into the new folder ``target``; checked, or not at all."""
    from skill.clock import SystemClock
    from skill.storage.backup import backup
    from skill.storage.sqlite import STORE_FILE
    from skill.storage.sqlite_shelf import SHELF_FILE

    data = settings.store.data
    return backup(data / STORE_FILE, data / SHELF_FILE, target, clock or SystemClock())


def bring_back(settings: Settings, source: Path, clock: Clock | None = None) -> Manifest:
    """Verify the backup in ``source`` and lay it into the empty data folder."""
    from skill.clock import SystemClock
    from skill.storage.backup import restore

    return restore(source, settings.store.data, (clock or SystemClock()).now())


def skill_app(house: House) -> Callable[[dict[str, object]], dict[str, object]]:
    """The Alexa skill: an envelope in, an envelope out."""
    from skill.voice.skill import build_skill

    return build_skill(house.app, house.catalogue)


def web_app(house: House, *, fetch: Callable[[str], bytes] | None = None) -> Flask:
    """Everything that is reached over HTTP, on the parts of ``house``.

    ``fetch`` brings Amazon's certificates; None: over the network.
    """
    from skill.service.sweep import out_after
    from skill.web.alexa import alexa_door
    from skill.web.alexa_chain import load_roots
    from skill.web.alexa_fetch import HttpsFetch
    from skill.web.alexa_verifier import Verifier
    from skill.web.app import build_app
    from skill.web.caregiver import caregiver_pages
    from skill.web.hooks import hooks

    settings = house.settings
    roots = settings.web.trust_roots
    verifier = Verifier(load_roots(roots), fetch or HttpsFetch(roots), house.clock)
    doors = (
        alexa_door(skill_app(house), verifier, house.clock, settings.alexa.skill_id),
        caregiver_pages(house.app, house.catalogue),
        hooks(settings, house.app),
    )
    return build_app(house.app, doors, out_after(settings.heartbeat))


def sweep_app(house: House) -> Callable[[], object]:
    """One pass over the charts whose wake has come; what has to be sent goes to the pool."""
    from skill.service.sweep import out_after, sweep

    pool = house.pool
    if pool is None:
        raise ValueError("a sweep needs a house that delivers at once")
    silence = out_after(house.settings.heartbeat)
    return lambda: sweep(house.app, deliver=pool.hint, out_after=silence)


def serve_lock(settings: Settings) -> ServeLock:
    """Held by the one process that serves a data folder; ``RefusedError`` when another one does."""
    from skill.storage.serve_lock import ServeLock

    return ServeLock(settings.store.data)


def served(settings: Settings, *, fetch: Callable[[str], bytes] | None = None) -> Flask:
    """Everything that ``serve`` runs, in the process that calls this: doors, heartbeat, delivery.

    Call it after a fork. It ends with the process: then the heartbeat stops and the files are closed.
    """
    import atexit
    from datetime import UTC, timedelta

    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    lock = serve_lock(settings)
    lock.take()
    house = command_app(settings, deliver_at_once=True)
    house.closing.insert(0, lock.release)
    jobs = (
        (sweep_app(house), settings.heartbeat),
        (lambda: house.store.sweep_expired(house.clock.now()), timedelta(minutes=10)),
    )
    scheduler = BackgroundScheduler(timezone=UTC)
    for job, pause in jobs:
        scheduler.add_job(
            _never_fails(job),
            IntervalTrigger(seconds=int(pause.total_seconds()), timezone=UTC),
            next_run_time=house.clock.now(),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
    scheduler.start()
    house.closing.append(scheduler.shutdown)
    atexit.register(house.close)
    return web_app(house, fetch=fetch)


def _never_fails(job: Callable[[], object]) -> Callable[[], None]:
    """A job that logs what goes wrong in one run, so that the next one comes all the same."""
    import logging

    from skill.errors import DoseKeeperError
    from skill.logs import event

    log = logging.getLogger(__name__)

    def run() -> None:
        try:
            job()
        except DoseKeeperError as problem:
            event(log, "job_failed", level=logging.ERROR, error=problem)

    return run
