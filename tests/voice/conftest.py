from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.voice.house import House, a_house, an_empty_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path) as one:
        yield one


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    with an_empty_house(tmp_path) as one:
        yield one
