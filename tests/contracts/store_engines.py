"""Every engine behind the ``Store`` and ``KeyShelf`` ports; a new one is one function and one entry."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from skill.chance import SystemChance
from skill.clock import SystemClock
from skill.service.ports import KeyShelf, Store
from skill.storage.dynamo import DynamoStore
from skill.storage.dynamo_shelf import DynamoKeyShelf
from skill.storage.sqlite import STORE_FILE, SqliteStore, create_store
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf
from tests.ministack import aws, fresh_tables


@contextmanager
def sqlite(folder: Path) -> Iterator[Store]:
    """An empty store in ``folder``."""
    create_store(folder / STORE_FILE)
    with closing(SqliteStore(folder / STORE_FILE)) as store:
        yield store


@contextmanager
def dynamo(_folder: Path) -> Iterator[Store]:
    """An empty store in a table of its own."""
    client = aws().client("dynamodb")
    with (
        fresh_tables(client) as (table, _),
        closing(DynamoStore(client, table, clock=SystemClock(), chance=SystemChance())) as store,
    ):
        yield store


@contextmanager
def sqlite_shelf(folder: Path) -> Iterator[KeyShelf]:
    """An empty key shelf in ``folder``."""
    create_shelf(folder / SHELF_FILE)
    with closing(SqliteKeyShelf(folder / SHELF_FILE)) as shelf:
        yield shelf


@contextmanager
def dynamo_shelf(_folder: Path) -> Iterator[KeyShelf]:
    """An empty key shelf in a table of its own."""
    client = aws().client("dynamodb")
    with (
        fresh_tables(client) as (_, table),
        closing(DynamoKeyShelf(client, table, clock=SystemClock(), chance=SystemChance())) as shelf,
    ):
        yield shelf


STORES: tuple[Callable[[Path], AbstractContextManager[Store]], ...] = (sqlite, dynamo)
SHELVES: tuple[Callable[[Path], AbstractContextManager[KeyShelf]], ...] = (sqlite_shelf, dynamo_shelf)
