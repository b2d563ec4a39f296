"""Homes to run commands in: one of one's own, or one that many tests share because none changes it."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, a_family_home, a_home


@pytest.fixture
def empty(tmp_path: Path) -> Terminal:
    """A home in which nothing was ever set up."""
    return Terminal(folder=tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Terminal:
    """A home in which ``init`` has run."""
    return a_home(tmp_path)


@pytest.fixture
def family(tmp_path: Path) -> Terminal:
    """A home with Ada, her medicines and her helpers."""
    return a_family_home(tmp_path)


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The same, for tests that change nothing; whoever uses it shows that it did not."""
    return a_family_home(tmp_path_factory.mktemp("still"))
