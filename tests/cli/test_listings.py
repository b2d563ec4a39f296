"""Every listing comes as a table for people and as JSON for scripts, and looking changes nothing."""

import pytest

from tests.cli.terminal import Terminal

LISTINGS = {
    "households": (("household", "list"), "household"),
    "a-household": (("household", "show"), "Household house_"),
    "patients": (("patient", "list"), "patient"),
    "a-patient": (("patient", "show", "Ada"), "name"),
    "medicines": (("medication", "list", "Ada"), "medicine"),
    "a-medicine": (("medication", "show", "Ada", "metformin"), "medication id"),
    "caregivers": (("caregiver", "list", "Ada"), "caregiver"),
    "a-caregiver": (("caregiver", "show", "Ada", "Sam"), "name"),
    "ladders": (("ladder", "list", "Ada"), "ladder"),
    "a-ladder": (("ladder", "show", "Ada", "fall"), "kind"),
    "alerts": (("alerts",), "No alert is open."),
    "mailbox": (("mailbox",), "Nothing has arrived."),
    "rehearsal": (("rehearse", "Ada"), "Ada says nothing"),
}


@pytest.mark.parametrize(("words", "begins"), LISTINGS.values(), ids=list(LISTINGS))
def test_a_listing_is_plain_text_for_people(still: Terminal, words: tuple[str, ...], begins: str) -> None:
    before = still.digest()

    said = still.does(*words)

    assert said.startswith(begins)
    assert said.isascii()
    assert all(line == line.rstrip() for line in said.splitlines())
    assert still.digest() == before


@pytest.mark.parametrize("words", [words for words, _ in LISTINGS.values()], ids=list(LISTINGS))
def test_a_listing_is_json_for_scripts(still: Terminal, words: tuple[str, ...]) -> None:
    ran = still.run(*words, "--json")

    assert ran.code == 0
    assert isinstance(ran.json, list | dict)


def test_where_nothing_is_there_yet_a_listing_says_what_to_do(home: Terminal) -> None:
    nobody = home.does("patient", "list")
    home.does("household", "add")
    home.does("patient", "add", "Ada", "--zone", "Etc/UTC")

    assert "dosekeeper patient add NAME --zone ZONE" in nobody
    assert "dosekeeper medication add Ada NAME --times 08:00" in home.does("medication", "list", "Ada")
    assert "dosekeeper caregiver add Ada NAME --phone PHONE" in home.does("caregiver", "list", "Ada")
    assert "Add a caregiver first" in home.does("ladder", "list", "Ada")
