"""For every test: pinned zone data, a bounded hypothesis, and no way out of this machine."""

import os
import sys
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from skill.clock import use_pinned_zone_data

# No deadline per example: the machine is shared, and a slow moment is not a wrong answer.
# "short" asks the same questions at every run, so that a red run means a change; "long" looks for new ones.
settings.register_profile(
    "short",
    deadline=None,
    max_examples=50,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

use_pinned_zone_data()


class OutsideError(RuntimeError):
    """A test tried to leave this machine."""


def is_on_this_machine(host: str | bytes | None) -> bool:
    """True for ``localhost``, a loopback address, or no host at all."""
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text == "localhost":
        return True
    try:
        return ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_the_outside(name: str, facts: tuple[Any, ...]) -> None:
    """An audit hook: it hears of every socket and look-up of this process, and patches nothing."""
    match name, facts:
        case (("socket.connect" | "socket.bind" | "socket.sendto"), (_, (host, *_))):
            pass  # an address that is a text is a unix socket, which goes nowhere
        case "socket.getaddrinfo", (host, *_):
            pass
        case _:
            return
    if not is_on_this_machine(host):
        raise OutsideError(f"{name}: tests use loopback addresses only, not {host!r}")


@pytest.fixture(scope="session", autouse=True)
def no_way_out() -> None:
    sys.addaudithook(refuse_the_outside)
