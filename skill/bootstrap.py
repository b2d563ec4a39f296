"""The one place where the parts are put together: one builder for each kind of process.

Everything is imported inside the builders, so that a process loads only what it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack
    from datetime import timedelta
    from pathlib import Path

    from flask import Flask

    from skill.aws import Aws
    from skill.chance import Chance
    from skill.clock import Clock
    from skill.domain.care_team import Channel
    from skill.phrases.catalogue import Catalogue
    from skill.service.act import App
    from skill.service.calls import Call, Later
    from skill.service.delivery import DeliveryPool
    from skill.service.ports import KeyShelf, Provider, Store
    from skill.service.sending import Delivery
    from skill.settings import AwsSettings, Settings, StoreSettings
    from skill.storage.backup_manifest import Manifest
    from skill.storage.copying import Copied
    from skill.storage.copying_items import Told
    from skill.storage.key_wrapping import Wrapper
    from skill.storage.keys import KeyRing
    from skill.storage.records import Records
    from skill.storage.serve_lock import ServeLock
    from skill.storage.sqlite import SqliteStore
    from skill.storage.sqs import SqsQueue

    Function = Callable[[Any, object], dict[str, object]]
    Closing = list[Callable[[], None]]


class Ground(Struct, frozen=True, kw_only=True):
    """What a house stands on: where it writes, where its wrapped keys lie, and what wraps them.

    ``sqlite``: the same store where it is a file of this machine.
    """

    store: Store
    shelf: KeyShelf
    wrapper: Wrapper
    sqlite: SqliteStore | None = None
    shards: int = 1


class House(Struct, frozen=True, kw_only=True):
    """The parts of one process. ``close`` gives back what they hold. ``aws`` None: nothing here needs it."""

    settings: Settings
    app: App
    clock: Clock
    chance: Chance
    ground: Ground
    aws: Aws | None
    keys: KeyRing
    records: Records
    catalogue: Catalogue
    providers: Mapping[Channel, tuple[Provider, ...]]
    pool: DeliveryPool | None = None
    closing: list[Callable[[], None]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.ground.store

    def close(self) -> None:
        """Stop what runs and close what is open, the last opened first."""
        _close(self.closing)


def create_home(settings: Settings, clock: Clock | None = None, chance: Chance | None = None) -> None:
    """Make the first keys; on one machine the data folder, the key file and both stores before.

    ``InvalidError`` when any of these is there already; nothing that was there is touched. On AWS the
    tables are there already, and what is missing in them is made.
    """
    from skill.chance import SystemChance
    from skill.clock import SystemClock
    from skill.storage.copying_keys import refuse_unfinished
    from skill.storage.keys import KeyRing

    clock, chance = clock or SystemClock(), chance or SystemChance()
    if settings.store is not None:
        _lay_out(settings.store, chance)
    closing: Closing = []
    try:
        ground = _ground(settings, _aws(settings), clock, chance, closing)
        refuse_unfinished(ground.shelf)
        KeyRing(ground.shelf, ground.wrapper, clock, chance).make_first_keys()
    finally:
        _close(closing)


def _lay_out(store: StoreSettings, chance: Chance) -> None:
    from skill.errors import InvalidError
    from skill.storage.key_file import create_key_file
    from skill.storage.sqlite import STORE_FILE, create_store
    from skill.storage.sqlite_shelf import SHELF_FILE, create_shelf

    if (store.data / STORE_FILE).exists():
        raise InvalidError("data", "holds a store already")
    store.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    store.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_key_file(store.key_file, chance)
    create_shelf(store.data / SHELF_FILE)
    create_store(store.data / STORE_FILE)


def _aws(settings: Settings) -> Aws | None:
    if not settings.needs_aws:
        return None
    from skill.aws import Aws

    own = settings.aws
    return Aws(region=own.region, endpoint=own.endpoint) if own is not None else Aws()


def _ground(settings: Settings, aws: Aws | None, clock: Clock, chance: Chance, closing: Closing) -> Ground:
    if settings.aws is not None and aws is not None:
        return _tables(settings.aws, aws, clock, chance, closing)
    return _files(settings.at_home, chance, closing)


def _files(settings: StoreSettings, chance: Chance, closing: Closing) -> Ground:
    from skill.storage.key_file import read_key_file
    from skill.storage.key_wrapping import KeyFileWrapper
    from skill.storage.sqlite import STORE_FILE, SqliteStore
    from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf

    wrapper = KeyFileWrapper(read_key_file(settings.key_file, settings.data), chance)
    shelf = SqliteKeyShelf(settings.data / SHELF_FILE)
    closing.append(shelf.close)
    store = SqliteStore(settings.data / STORE_FILE)
    closing.append(store.close)
    return Ground(store=store, shelf=shelf, wrapper=wrapper, sqlite=store)


def _tables(
    settings: AwsSettings,
    aws: Aws,
    clock: Clock,
    chance: Chance,
    closing: Closing,
    patience: timedelta | None = None,
) -> Ground:
    from datetime import timedelta

    from skill.storage.dynamo import DynamoStore
    from skill.storage.dynamo_shelf import DynamoKeyShelf
    from skill.storage.kms_wrapping import KmsWrapper

    dynamo = aws.client("dynamodb", attempts=1)  # the engines try again by themselves
    # Two seconds, and then a turn has still the time to say so (R12: within 4 s).
    patience = patience or timedelta(seconds=2)
    shelf = DynamoKeyShelf(dynamo, settings.keys_table, clock=clock, chance=chance, patience=patience)
    closing.append(shelf.close)
    store = DynamoStore(dynamo, settings.table, clock=clock, chance=chance, patience=patience)
    closing.append(store.close)
    wrapper = KmsWrapper(aws.client("kms"), settings.kms_key)
    return Ground(store=store, shelf=shelf, wrapper=wrapper, shards=settings.shards)


def _close(closing: Closing) -> None:
    while closing:
        closing.pop()()


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
    ``RefusedError``: a copy to this place was not finished.
    """
    from skill.storage.copying_keys import refuse_unfinished

    house = _house(settings, clock, chance, deliver_at_once=deliver_at_once)
    try:
        refuse_unfinished(house.ground.shelf)
        house.keys.check()
    except BaseException:
        house.close()
        raise
    return house


def _house(
    settings: Settings,
    clock: Clock | None,
    chance: Chance | None,
    *,
    sends: bool = True,
    deliver_at_once: bool = False,
) -> House:
    """The parts, put together; nothing has been asked of a table or a key yet.

    ``sends``: whether the providers are among them.
    """
    from skill.chance import SystemChance
    from skill.clock import SystemClock, use_pinned_zone_data
    from skill.phrases.catalogue import packaged
    from skill.service.act import App
    from skill.storage.keys import KeyRing
    from skill.storage.records import Records
    from skill.storage.sealing import PatientSealer

    use_pinned_zone_data()
    clock, chance = clock or SystemClock(), chance or SystemChance()
    closing: Closing = []
    aws = _aws(settings)
    try:
        ground = _ground(settings, aws, clock, chance, closing)
        keys = KeyRing(ground.shelf, ground.wrapper, clock, chance)
        sealer = PatientSealer(keys, chance)
        records = Records(ground.store, sealer, keys, chance, shards=ground.shards)
        app = App(charts=records, clock=clock)
        catalogue = packaged()
        providers = _providers(settings, app, chance, aws) if sends else {}
        pool = None
        if deliver_at_once:
            from skill.service.delivery import DeliveryPool

            pool = DeliveryPool(app, chance, providers, catalogue, base_url=settings.web.base_url)
            closing.append(pool.close)
            app = App(charts=records, clock=clock, hint=pool.hint)
    except BaseException:
        _close(closing)
        raise
    return House(
        settings=settings,
        app=app,
        clock=clock,
        chance=chance,
        ground=ground,
        aws=aws,
        keys=keys,
        records=records,
        catalogue=catalogue,
        providers=providers,
        pool=pool,
        closing=closing,
    )


def _providers(
    settings: Settings, app: App, chance: Chance, aws: Aws | None
) -> Mapping[Channel, tuple[Provider, ...]]:
    from skill.channels import build_providers

    return build_providers(settings, app=app, chance=chance, aws=aws)


def check_files(house: House) -> None:
    """``DamagedError`` when a file that is written to is damaged; tables look after themselves."""
    if house.ground.sqlite is not None:
        house.ground.sqlite.check()


def check_trust_roots(settings: Settings) -> None:
    """``InvalidError`` names the setting when no certificate can be read from the file of roots."""
    from skill.errors import InvalidError
    from skill.web.alexa_chain import load_roots

    try:
        load_roots(settings.web.trust_roots)
    except InvalidError as error:
        raise InvalidError("DOSEKEEPER_TRUST_ROOTS", error.problem) from error


def back_up(settings: Settings, target: Path, clock: Clock | None = None) -> Manifest:
    """Copy both stores, while they are in use, into the new folder ``target``; checked, or not at all."""
    from skill.clock import SystemClock
    from skill.storage.backup import backup
    from skill.storage.sqlite import STORE_FILE
    from skill.storage.sqlite_shelf import SHELF_FILE

    data = settings.at_home.data
    return backup(data / STORE_FILE, data / SHELF_FILE, target, clock or SystemClock())


def bring_back(settings: Settings, source: Path, clock: Clock | None = None) -> Manifest:
    """Verify the backup in ``source`` and lay it into the empty data folder."""
    from skill.clock import SystemClock
    from skill.storage.backup import restore

    return restore(source, settings.at_home.data, (clock or SystemClock()).now())


def copy(
    settings: Settings,
    target: Settings,
    told: Told,
    clock: Clock | None = None,
    chance: Chance | None = None,
) -> Copied:
    """Copy everything to where ``target`` says, under new keys; on one machine neither side may be served.

    A folder and a key file that ``target`` names are made. ``InvalidError``: somebody's record, or anything
    that is none of ours, lies there; it was not touched.
    """
    from contextlib import ExitStack

    from skill.chance import SystemChance
    from skill.clock import SystemClock
    from skill.errors import InvalidError
    from skill.storage.copying import copy
    from skill.storage.keys import KeyRing
    from skill.storage.sqlite import STORE_FILE

    clock, chance = clock or SystemClock(), chance or SystemChance()
    home, there = settings.store, target.store
    if home is not None and there is not None and home.data.resolve() == there.data.resolve():
        raise InvalidError("to", "is the place that is copied from")
    with ExitStack() as held:
        source = _held_ground(settings, clock, chance, held)
        KeyRing(source.shelf, source.wrapper, clock, chance).check()
        if there is not None and not (there.data / STORE_FILE).exists():
            if there.data.exists() and (not there.data.is_dir() or any(there.data.iterdir())):
                raise InvalidError("to", "holds something else; name a new folder to copy to")
            _lay_out(there, chance)
        return copy(source, _held_ground(target, clock, chance, held), clock, chance, told)


def _held_ground(settings: Settings, clock: Clock, chance: Chance, held: ExitStack) -> Ground:
    """What ``settings`` name, for a long work of which nobody waits for a single step; locked in a folder."""
    from datetime import timedelta

    closing: Closing = []
    if settings.store is not None:
        held.enter_context(serve_lock(settings))
    held.callback(_close, closing)
    aws = _aws(settings)
    if settings.aws is not None and aws is not None:
        return _tables(settings.aws, aws, clock, chance, closing, patience=timedelta(minutes=1))
    return _files(settings.at_home, chance, closing)


def skill_app(house: House) -> Callable[[dict[str, object]], dict[str, object]]:
    """The Alexa skill: an envelope in, an envelope out."""
    from skill.voice.skill import build_skill, timed

    skill = build_skill(house.app, house.catalogue, country=house.settings.country)
    return timed(skill, house.clock)


def web_app(house: House, *, fetch: Callable[[str], bytes] | None = None) -> Flask:
    """Everything that is reached over HTTP, on the parts of ``house``.

    ``fetch`` brings Amazon's certificates; None: over the network.
    """
    from skill.service.heartbeat import SILENT_AFTER, out_after
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
    silence = out_after(settings.heartbeat) if settings.aws is None else SILENT_AFTER
    return build_app(house.app, doors, silence)


def sweep_app(house: House) -> Callable[[], object]:
    """One pass over the charts whose wake has come; what has to be sent goes to the pool."""
    from skill.service.heartbeat import out_after
    from skill.service.sweep import sweep

    pool = house.pool
    if pool is None:
        raise ValueError("a sweep needs a house that delivers at once")
    silence = out_after(house.settings.heartbeat)
    return lambda: sweep(house.app, deliver=pool.hint, out_after=silence)


# ---- the functions on AWS: each gets an event and a context of Lambda's


def skill_function(settings: Settings) -> Function:
    """One request of Alexa's in, one answer out, whatever comes in."""
    from msgspec.structs import replace

    from skill.errors import SettingsError
    from skill.voice.skill import build_skill, timed
    from skill.voice.warm import warm_up

    skill_id = settings.alexa.skill_id
    if skill_id is None:  # no door in front of this one has looked whose request it is
        raise SettingsError(("DOSEKEEPER_SKILL_ID is needed",))
    house = _function_house(settings, "skill")
    app = replace(house.app, later=_later(house))
    country = house.settings.country
    answer = build_skill(app, house.catalogue, country=country, skill_id=skill_id)
    warm_up(answer, skill_id, house.clock.now())
    turn = timed(answer, house.clock)
    return _traced(lambda happened, _: turn(happened if isinstance(happened, dict) else {}))


def sweep_function(settings: Settings) -> Function:
    """Hand out everybody whose wake has come; the answer says how many."""
    import logging

    from skill.logs import metric
    from skill.service.heartbeat import SILENT_AFTER
    from skill.service.work import hand_out, lag

    house, log = _function_house(settings, "sweep"), logging.getLogger(__name__)
    queue = _work_queue(house)

    def sweep(_: object, __: object) -> dict[str, object]:
        late = lag(house.store, house.ground.shards, house.clock.now())
        metric(log, "sweep_lag", late.total_seconds())
        handed_out = hand_out(house.app, queue, out_after=SILENT_AFTER)
        metric(log, "swept", 1)  # a finished one; the dead man's switch waits for it
        return {"handed_out": handed_out}

    return _traced(sweep)


def worker_function(settings: Settings) -> Function:
    """Work off a batch from the queue or from the table's stream; names what has to come again."""
    from skill.service.work import work_off
    from skill.storage.sqs import arrived_in, reported

    house = _function_house(settings, "worker", sends=True)
    queue, delivery = _work_queue(house), _delivery(house)
    return _traced(lambda happened, _: reported(work_off(delivery, queue, arrived_in(happened))))


def web_function(settings: Settings) -> Function:
    """Everything that is reached over HTTP, behind an HTTP API."""
    from apig_wsgi import make_lambda_handler

    handle: Function = make_lambda_handler(web_app(_function_house(settings, "web")))
    return _traced(handle)


def receipts_function(settings: Settings) -> Function:
    """What people reply by SMS, and what became of messages, as SNS brings it."""
    from skill.channels.notifications import receive

    house = _function_house(settings, "receipts")
    return _traced(lambda happened, _: receive(house.app, happened))


def _function_house(settings: Settings, name: str, *, sends: bool = False) -> House:
    from skill.logs import set_up

    set_up(settings.log_level, function=name)
    return _house(settings, None, None, sends=sends)


def _traced(function: Function) -> Function:
    """``function``, with the id of the invocation on every line that is written in it."""
    from skill.logs import carrying

    def traced(happened: Any, context: object) -> dict[str, object]:  # noqa: ANN401 - whatever comes
        with carrying(request=getattr(context, "aws_request_id", None)):
            return function(happened, context)

    return traced


def _later(house: House) -> Later | None:
    """The queue as the second place for a call for help; nothing is made before the first."""
    if house.settings.aws is None or house.settings.aws.queue is None:
        return None

    def keep(call: Call) -> None:
        from skill.service.work import Work

        _work_queue(house).put([Work(call=call)])

    return keep


def _work_queue(house: House) -> SqsQueue:
    from skill.errors import SettingsError
    from skill.storage.sqs import SqsQueue

    own = house.settings.aws
    if own is None or own.queue is None or house.aws is None:
        raise SettingsError(("DOSEKEEPER_AWS_QUEUE is needed",))
    return SqsQueue(house.aws.client("sqs"), own.queue)


def _delivery(house: House) -> Delivery:
    from skill.service.delivery import AT_ONCE
    from skill.service.sending import Delivery

    return Delivery(
        app=house.app,
        chance=house.chance,
        providers=house.providers,
        catalogue=house.catalogue,
        base_url=house.settings.web.base_url,
        at_once=AT_ONCE,
    )


# ---- the service on one machine


def serve_lock(settings: Settings) -> ServeLock:
    """Held by the one process that serves a data folder; ``RefusedError`` when another one does."""
    from skill.storage.serve_lock import ServeLock

    return ServeLock(settings.at_home.data)


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
    jobs: list[tuple[Callable[[], object], timedelta]] = [(sweep_app(house), settings.heartbeat)]
    if (store := house.ground.sqlite) is not None:
        jobs.append((lambda: store.sweep_expired(house.clock.now()), timedelta(minutes=10)))
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
