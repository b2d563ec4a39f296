"""The systemd unit: it starts the right command, comes back always, and may do little else."""

from collections import defaultdict
from pathlib import Path

import pytest

from skill.settings import read

UNIT = Path(__file__).parents[2] / "infra" / "dosekeeper.service"
Sections = dict[str, dict[str, list[str]]]


def sections(text: str) -> Sections:
    """Section, name, all values in order: systemd lets a name stand several times."""
    found: Sections = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            name, equals, value = line.partition("=")
            assert equals, f"neither a setting nor a comment: {line}"
            found[section][name].append(value)
    return found


@pytest.fixture
def unit() -> Sections:
    return sections(UNIT.read_text(encoding="utf-8"))


def test_it_starts_the_command_that_setup_makes(unit: Sections) -> None:
    assert unit["Service"]["ExecStart"] == ["/opt/dosekeeper/.venv/bin/dosekeeper serve"]
    assert unit["Install"]["WantedBy"] == ["multi-user.target"]


def test_it_comes_back_whatever_happens_and_never_gives_up(unit: Sections) -> None:
    assert unit["Service"]["Restart"] == ["always"]
    assert unit["Unit"]["StartLimitIntervalSec"] == ["0"]


def test_it_waits_for_a_clock_that_is_right(unit: Sections) -> None:
    assert "time-sync.target" in unit["Unit"]["After"][0].split()
    assert "time-sync.target" in unit["Unit"]["Wants"][0].split()


def test_its_settings_are_settings_and_the_key_lies_apart_from_the_data(unit: Sections) -> None:
    environment = dict(line.split("=", 1) for line in unit["Service"]["Environment"])

    store = read(environment).store

    assert store.data == Path("/var/lib/dosekeeper")
    assert store.key_file == Path("/etc/dosekeeper/key")
    assert unit["Service"]["StateDirectory"] == [store.data.name]
    assert unit["Service"]["ReadOnlyPaths"] == [str(store.key_file.parent)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "dosekeeper"),
        ("StateDirectoryMode", "0700"),
        ("UMask", "0077"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("LimitCORE", "0"),
    ],
)
def test_it_may_do_no_more_than_it_needs(unit: Sections, name: str, value: str) -> None:
    assert unit["Service"][name] == [value]


def test_it_may_ask_whether_the_clock_is_right(unit: Sections) -> None:
    allowed = " ".join(unit["Service"]["SystemCallFilter"]).split()

    assert {"adjtimex", "clock_adjtime"} <= set(allowed)
    assert "ProtectClock" not in unit["Service"]
