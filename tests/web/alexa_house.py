"""The whole web app of a house in a folder, with Amazon's part played by the tests' own authority."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from skill import bootstrap
from skill.clock import WoundClock
from skill.settings import read
from tests.voice.alexa_envelopes import NOON, SKILL_ID
from tests.web.alexa_pki import CHAIN_URL, Bucket, Pki, pem


@contextmanager
def an_alexa_house(folder: Path, pki: Pki) -> Iterator[tuple[bootstrap.House, FlaskClient]]:
    """A house at noon on 4 May 2027 and a client of its web app; closed at the end."""
    roots = folder / "roots.pem"
    roots.write_bytes(pem(pki.root.certificate))
    environ = {
        "DOSEKEEPER_DATA": str(folder / "data"),
        "DOSEKEEPER_KEY_FILE": str(folder / "key"),
        "DOSEKEEPER_SKILL_ID": SKILL_ID,
        "DOSEKEEPER_BASE_URL": "https://dk.example.org",
        "DOSEKEEPER_TRUST_ROOTS": str(roots),
    }
    settings = read(environ)
    clock = WoundClock(NOON)
    bootstrap.create_home(settings, clock)
    house = bootstrap.command_app(settings, clock)
    try:
        web = bootstrap.web_app(house, fetch=Bucket(files={CHAIN_URL: pki.chain()}))
        with web.test_client() as client:
            yield house, client
    finally:
        house.close()
