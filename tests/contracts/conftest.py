"""One fixture a port: each test that asks for it runs once for every engine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from skill.service.ports import KeyShelf, Store
from tests.contracts.store_engines import SHELVES, STORES


@pytest.fixture(params=STORES, ids=lambda engine: str(engine.__name__))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    engine: Callable[[Path], AbstractContextManager[Store]] = request.param
    with engine(tmp_path) as opened:
        yield opened


@pytest.fixture(params=SHELVES, ids=lambda engine: str(engine.__name__))
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyShelf]:
    engine: Callable[[Path], AbstractContextManager[KeyShelf]] = request.param
    with engine(tmp_path) as opened:
        yield opened
