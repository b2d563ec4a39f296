"""The bundle that the tests look into and run, and the deployment that its functions work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lambda_bundle import Bundle, the_bundle
from tests.lambda_ground import Ground, a_ground
from tests.lambda_runtime import client_folder


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return the_bundle(tmp_path_factory)


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Lambda's own client."""
    return client_folder(tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Shared by the tests of a file: each enrols somebody of its own."""
    with a_ground() as made:
        yield made
