"""The world of the scenarios."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.world import World, a_world, person


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ada, who lives alone; her daughter Ana is told first, then her son Sam. The Echo is linked."""
    with a_world(tmp_path) as made:
        made.patient("Ada", person("Ana"), person("Sam"))
        made.link()
        yield made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[World]:
    """A house without patients; the Echo is not linked."""
    with a_world(tmp_path) as made:
        yield made
