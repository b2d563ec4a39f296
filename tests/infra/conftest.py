"""The bundle that the tests look into and run."""

import pytest

from tests.lambda_bundle import Bundle, the_bundle


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return the_bundle(tmp_path_factory)
