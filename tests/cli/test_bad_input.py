"""Every edge refuses with one clear sentence and the field's name, and changes nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.terminal import Terminal

PATIENT = ("patient", "add", "Eve", "--zone", "America/New_York")
MEDICATION = ("medication", "add", "Ada", "aspirin", "--times", "08:00")
CAREGIVER = ("caregiver", "add", "Ada", "Eve", "--mailbox", "eve")

CASES: dict[str, tuple[tuple[str, ...], str]] = {
    # names
    "patient-name-empty": (("patient", "add", "", "--zone", "Etc/UTC"), "name"),
    "patient-name-of-blanks": (("patient", "add", "   ", "--zone", "Etc/UTC"), "name"),
    "patient-name-too-long": (("patient", "add", "x" * 81, "--zone", "Etc/UTC"), "name"),
    "patient-name-with-a-line-end": (("patient", "add", "A\nda", "--zone", "Etc/UTC"), "name"),
    "patient-name-turned-around": (("patient", "add", "Ada\u202e", "--zone", "Etc/UTC"), "name"),
    "patient-name-that-colours-the-terminal": (("patient", "add", "\x1b[31mA", "--zone", "Etc/UTC"), "name"),
    "patient-name-not-utf-8": (("patient", "add", "A\udcff", "--zone", "Etc/UTC"), "name"),
    "patient-name-with-a-mark-of-direction": (("patient", "add", "Ada\u061c", "--zone", "Etc/UTC"), "name"),
    "patient-in-no-country": ((*PATIENT, "--country", "ZZ"), "country"),
    "patient-name-taken": (("patient", "add", "ada", "--zone", "Etc/UTC"), "name"),
    "caregiver-name-too-long-to-say": (
        ("caregiver", "add", "Ada", "Maximiliane-S", "--mailbox", "m"),
        "name",
    ),
    "caregiver-name-taken": (("caregiver", "add", "Ada", "sam", "--mailbox", "m"), "name"),
    "medication-name-with-a-tab": (("medication", "add", "Ada", "a\tb", "--times", "08:00"), "name"),
    "nickname-too-long": ((*MEDICATION, "--nickname", "x" * 81), "nickname"),
    "strength-with-a-nul": ((*MEDICATION, "--strength", "10\0mg"), "strength"),
    # times, days, zones
    "time-of-one-digit": (("medication", "add", "Ada", "a", "--times", "8:00"), "times"),
    "time-twenty-four": (("medication", "add", "Ada", "a", "--times", "24:00"), "times"),
    "time-twelve-hours": (("medication", "add", "Ada", "a", "--times", "8pm"), "times"),
    "time-twice": (("medication", "add", "Ada", "a", "--times", "08:00", "08:00"), "times"),
    "time-with-seconds": (("medication", "add", "Ada", "a", "--times", "08:00:30"), "times"),
    "time-nothing-between-commas": (("medication", "add", "Ada", "a", "--times", "08:00,,20:00"), "times"),
    "times-missing": (("medication", "add", "Ada", "a"), "times"),
    "last-day-no-such-day": ((*MEDICATION, "--last-day", "2027-02-30"), "last-day"),
    "last-day-in-slashes": ((*MEDICATION, "--last-day", "06/30/2027"), "last-day"),
    "last-day-over": ((*MEDICATION, "--last-day", "2027-05-03"), "last-day"),
    "first-day-after-the-last": (
        (*MEDICATION, "--first-day", "2027-07-01", "--last-day", "2027-06-01"),
        "last-day",
    ),
    "first-day-in-words": ((*MEDICATION, "--first-day", "tomorrow"), "first-day"),
    "zone-misspelt": (("patient", "add", "Eve", "--zone", "America/NewYork"), "zone"),
    "zone-an-offset": (("patient", "add", "Eve", "--zone", "-05:00"), "--zone"),
    "zone-a-path": (("patient", "add", "Eve", "--zone", "../../etc/localtime"), "zone"),
    "zone-missing": (("patient", "add", "Eve"), "--zone"),
    "zone-changed": (("patient", "change", "Ada", "--zone", "Europe/Berlin"), "--zone"),
    # numbers
    "amount-nought": ((*MEDICATION, "--amount", "0"), "amount"),
    "amount-with-a-comma": ((*MEDICATION, "--amount", "0,5"), "amount"),
    "amount-in-words": ((*MEDICATION, "--amount", "one"), "amount"),
    "amount-with-an-exponent": ((*MEDICATION, "--amount", "1e2"), "amount"),
    "amount-too-much": ((*MEDICATION, "--amount", "1001"), "amount"),
    "rounds-nought": (("ladder", "change", "Ada", "fall", "--rounds", "0"), "rounds"),
    "rounds-too-many": (("ladder", "change", "Ada", "fall", "--rounds", "25"), "rounds"),
    "gap-nought": (("ladder", "change", "Ada", "fall", "--gap", "0"), "gap"),
    "gap-over-a-day": (("ladder", "change", "Ada", "fall", "--gap", "1441"), "gap"),
    "mailbox-last-in-words": (("mailbox", "--last", "ten"), "last"),
    "mailbox-last-nought": (("mailbox", "--last", "0"), "last"),
    # telephones, mail
    "phone-emergency": ((*CAREGIVER, "--phone", "911"), "phone"),
    "phone-letters": ((*CAREGIVER, "--phone", "1-800-FLOWERS"), "phone"),
    "phone-of-no-area": ((*CAREGIVER, "--phone", "+10005550123"), "phone"),
    "phone-too-long": ((*CAREGIVER, "--phone", "+120255501234567"), "phone"),
    "phone-with-an-extension": ((*CAREGIVER, "--phone", "202-555-0123 ext 4"), "phone"),
    "email-without-at": ((*CAREGIVER, "--email", "eve.example.org"), "email"),
    "email-with-a-second-line": ((*CAREGIVER, "--email", "eve@example.org\nBcc: x@example.org"), "email"),
    "caregiver-who-cannot-be-reached": (("caregiver", "add", "Ada", "Eve"), "phone"),
    "caregiver-whose-last-address-goes": (
        ("caregiver", "change", "Ada", "Sam", "--phone", "none"),
        "addresses",
    ),
    "prompts-to-two-places": (
        (*PATIENT, "--prompt-sms", "+12025550123", "--prompt-mailbox", "m"),
        "prompt-mailbox",
    ),
    "dispatch-911": ((*PATIENT, "--dispatch", "911"), "dispatch"),
    "address-of-two-lines": ((*PATIENT, "--address", "12 Elm\nAlbany"), "address"),
    # closed lists
    "form-not-known": ((*MEDICATION, "--form", "pill"), "form"),
    "criticality-not-known": ((*MEDICATION, "--criticality", "very"), "criticality"),
    "label-not-known": ((*CAREGIVER, "--label", "mother"), "label"),
    "role-not-known": ((*CAREGIVER, "--role", "admin"), "role"),
    "locale-as-a-word": ((*PATIENT, "--locale", "english"), "locale"),
    "country-in-small-letters": ((*PATIENT, "--country", "us"), "country"),
    "speak-in-another-word": ((*PATIENT, "--speak-medicines", "true"), "speak-medicines"),
    "from-not-known": (
        ("medication", "change", "Ada", "metf", "--times", "09:00", "--from", "later"),
        "from",
    ),
    "ladder-kind-not-known": (("ladder", "show", "Ada", "dose"), "kind"),
    "ladder-there-already": (("ladder", "add", "Ada", "fall", "--rungs", "0 Sam"), "kind"),
    "ladder-with-a-stranger": (("ladder", "change", "Ada", "fall", "--rungs", "0 Bob"), "caregiver"),
    "ladder-without-minutes": (("ladder", "change", "Ada", "fall", "--rungs", "Sam"), "rungs"),
    "ladder-with-somebody-twice": (("ladder", "change", "Ada", "fall", "--rungs", "0 Sam,Sam"), "rungs"),
    "ladder-standard-and-more": (
        ("ladder", "change", "Ada", "all", "--standard", "--rounds", "2"),
        "standard",
    ),
    "ladder-all-without-standard": (("ladder", "change", "Ada", "all", "--rounds", "2"), "kind"),
    "given-by-a-stranger": ((*MEDICATION, "--given-by", "Bob"), "caregiver"),
    # who and what
    "patient-not-here": (("patient", "show", "Bob"), "patient"),
    "patient-id-not-here": (("patient", "show", "pat_aaaaaaaaaaaaaaaa"), "patient"),
    "patient-not-ascii": (("patient", "show", "Ädä"), "patient"),
    "medication-not-here": (("medication", "show", "Ada", "aspirin"), "medication"),
    "caregiver-not-here": (("caregiver", "show", "Ada", "Bob"), "caregiver"),
    "household-not-here": (("household", "show", "house_aaaa"), "household"),
    "household-with-patients": (("household", "remove", "--yes"), "household"),
    "nothing-to-change-in-a-patient": (("patient", "change", "Ada"), "patient"),
    "nothing-to-change-in-a-caregiver": (("caregiver", "change", "Ada", "Sam"), "caregiver"),
    "nothing-to-change-in-a-medication": (
        ("medication", "change", "Ada", "metf", "--from", "now"),
        "medication",
    ),
    "nothing-to-change-in-a-ladder": (("ladder", "change", "Ada", "fall"), "kind"),
    # export and files
    "export-nobody": (("export",), "patient"),
    "export-somebody-and-all": (("export", "Ada", "--all"), "patient"),
    "export-from-no-such-day": (("export", "Ada", "--from", "2027-13-01"), "from"),
    "export-to-before-from": (("export", "Ada", "--from", "2027-05-02", "--to", "2027-05-01"), "to"),
    "export-in-no-format": (("export", "Ada", "--format", "xlsx"), "--format"),
    "export-into-no-folder": (("export", "Ada", "-o", "/no/such/folder/ada.csv"), "output"),
    "import-no-file": (("household", "import"), "file"),
    "import-of-another-kind": (("household", "import", "home.txt"), "file"),
    "import-not-there": (("household", "import", "/no/such/home.json"), "file"),
    "restore-over-what-is-there": (("restore", "/no/such/backup"), "data"),
    "init-over-what-is-there": (("init",), "data"),
    # the words themselves
    "no-command": ((), "COMMAND"),
    "no-such-command": (("patients",), "COMMAND"),
    "no-such-verb": (("patient", "delete", "Ada"), "VERB"),
    "no-such-option": (("patient", "list", "--verbose"), "--verbose"),
    "option-twice": ((*MEDICATION, "--amount", "1", "--amount", "2"), "--amount"),
    "option-without-a-value": ((*MEDICATION, "--amount"), "--amount"),
    "option-empty": ((*MEDICATION, "--amount", ""), "--amount"),
    "option-shortened": ((*MEDICATION, "--amo", "2"), "--amo"),
    "word-too-many": (("patient", "show", "Ada", "Bob"), "Bob"),
}


@pytest.mark.parametrize(("words", "field"), CASES.values(), ids=list(CASES))
def test_bad_input_is_refused_in_one_sentence_and_changes_nothing(
    still: Terminal, words: tuple[str, ...], field: str
) -> None:
    before = still.digest()

    ran = still.run(*words)

    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith("dosekeeper: ")
    assert field in line
    assert line.isprintable()
    assert still.digest() == before


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 60


_WORDS = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=90).filter(
    lambda text: not text.startswith("-")
)


@given(_WORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_no_text_for_a_medicine_ends_in_an_unexpected_error(still: Terminal, text: str) -> None:
    before = still.digest()

    for words in (
        ("medication", "add", "Ada", "aspirin", "--times", text),
        ("medication", "show", "Ada", text + "?"),
        ("patient", "add", "Eve", "--zone", text),
        ("caregiver", "add", "Ada", "Eve", "--phone", text),
    ):
        ran = still.run(*words)
        assert ran.code == 2
        assert all(line.isprintable() for line in _without_joiners(ran.err).splitlines())

    assert still.digest() == before


def _without_joiners(text: str) -> str:
    """They cannot be seen and steer nothing; names are spelt with them."""
    return text.replace("\u200c", "").replace("\u200d", "")


def test_a_persian_name_is_taken_and_shown_as_it_is_written(home: Terminal) -> None:
    home.does("household", "add")

    home.does("patient", "add", "مه\u200cلقا", "--zone", "Asia/Tehran")

    assert "مه\u200cلقا" in home.does("patient", "list")


def test_a_name_that_fits_several_is_listed_with_its_ids(family: Terminal) -> None:
    family.does("household", "add")
    second = family.run("household", "list", "--json").json[-1]["household_id"]
    ids = {one["household_id"] for one in family.run("household", "list", "--json").json}
    other = next(one for one in ids if family.run("household", "show", one, "--json").json["patients"] == [])
    family.does("patient", "add", "Ada", "--zone", "Etc/UTC", "--household", other)

    ran = family.run("patient", "show", "Ada")

    assert second in ids
    assert ran.code == 2
    first, *choices = ran.err.splitlines()
    assert first == "dosekeeper: patient: fits more than one; say which, by its id:"
    assert sorted(line.split()[-1] for line in choices) == ["Ada", "Ada"]


def test_settings_that_cannot_be_read_are_all_named_at_once(still: Terminal) -> None:
    wrong = Terminal(folder=still.folder, more={"DOSEKEEPER_PORT": "http", "DOSEKEEPER_SKILLID": "x"})

    ran = wrong.run("patient", "list")

    assert ran.code == 2
    assert sorted(line.split()[1] for line in ran.err.splitlines()) == ["settings:", "settings:"]
    assert "DOSEKEEPER_PORT" in ran.err
    assert "DOSEKEEPER_SKILL_ID" in ran.err


def test_before_init_every_command_says_what_comes_first(empty: Terminal) -> None:
    ran = empty.run("patient", "list")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"dosekeeper: data: nothing is set up in {empty.data} yet; run: dosekeeper init\n"
    assert not empty.data.exists()
