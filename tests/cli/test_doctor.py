"""``doctor`` says what is wrong and what to do, and is 1 when something is."""

import pytest

from skill.clock import is_synchronised
from skill.service.heartbeat import out_after
from skill.service.sweep import sweep
from tests.cli.terminal import Terminal


def findings(terminal: Terminal) -> dict[str, dict[str, str]]:
    return {one["check"]: one for one in terminal.run("doctor", "--json").json}


def swept(terminal: Terminal) -> Terminal:
    """As if ``serve`` were running: a sweep has just finished."""
    house = terminal.house()
    sweep(house.app, deliver=lambda _: None, out_after=out_after(house.settings.heartbeat))
    house.close()
    return terminal


def test_a_sound_home_with_a_running_serve_has_nothing_wrong_but_perhaps_its_clock(family: Terminal) -> None:
    found = findings(swept(family))

    wrong = {name for name, one in found.items() if one["state"] == "WRONG"}
    assert wrong <= ({"clock"} if is_synchronised() is False else set())
    assert found["ledgers"]["says"].startswith("1 patient, 5 entries")
    assert found["zone data"]["says"].startswith("tzdata 20")


def test_without_serve_nobody_is_asked_and_it_says_what_to_run(family: Terminal) -> None:
    ran = family.run("doctor")

    assert ran.code == 1
    assert "WRONG serve: never ran; nobody is asked or told" in ran.out
    assert "-> run: dosekeeper serve" in ran.out


def test_a_serve_that_stopped_is_noticed(family: Terminal) -> None:
    swept(family)
    family.clock.wind_to(family.clock.now().replace(hour=15))

    assert "has not looked at what is due since 2027-05-04 11:00 UTC" in findings(family)["serve"]["says"]


def test_settings_that_cannot_be_read_are_its_findings_too(family: Terminal) -> None:
    family.more = {"DOSEKEEPER_PORT": "http", "DOSEKEEPER_SMS": "carrier_pigeon"}

    ran = family.run("doctor")

    assert ran.code == 1
    assert "WRONG settings: DOSEKEEPER_PORT must be a whole number" in ran.out
    assert "WRONG settings: DOSEKEEPER_SMS names 'carrier_pigeon'" in ran.out


def test_a_provider_without_settings_is_named(family: Terminal) -> None:
    family.more = {"DOSEKEEPER_SMS": "carrier_pigeon"}

    ran = family.run("doctor")

    assert ran.code == 1
    assert "WRONG settings: DOSEKEEPER_SMS names 'carrier_pigeon'" in ran.out


def test_nothing_set_up_is_the_finding_of_an_empty_machine(empty: Terminal) -> None:
    ran = empty.run("doctor")

    assert ran.code == 1
    assert "run: dosekeeper init" in ran.out


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param("lost", "the key file is not there", id="key-file-lost"),
        pytest.param("open", "open to other users", id="key-file-open"),
        pytest.param("wrong", "not the form", id="key-file-of-another-kind"),
    ],
)
def test_a_key_file_that_is_not_safe_and_sound_is_found(family: Terminal, harm: str, says: str) -> None:
    match harm:
        case "lost":
            family.key_file.unlink()
        case "open":
            family.key_file.chmod(0o640)
        case "wrong":
            family.key_file.write_text("secret\n")

    ran = family.run("doctor")

    assert ran.code == 1
    assert says in ran.out
    assert "put the right key file back" in ran.out


def test_a_damaged_store_is_found(family: Terminal) -> None:
    (family.data / "store.db").write_bytes(b"x" * 4096)

    ran = family.run("doctor")

    assert ran.code == 1
    assert "WRONG store and keys" in ran.out


def test_a_patient_about_whom_nobody_can_be_told_is_wrong(family: Terminal) -> None:
    for name in ("Sam", "Ana"):
        family.does("caregiver", "change", "Ada", name, "--consent", "no")

    found = [one for name, one in findings(family).items() if name.startswith("patient pat_")]

    assert [(one["state"], one["says"]) for one in found] == [
        ("WRONG", "nobody can be told about: ordinary, critical, time_critical, intake, fall, help")
    ]


def test_whoever_gets_pages_with_neither_link_nor_code_is_named(family: Terminal) -> None:
    def answers() -> list[tuple[str, str]]:
        found = findings(family)
        return [(one["state"], one["says"]) for name, one in found.items() if name.startswith("answers pat_")]

    ana = family.run("caregiver", "show", "Ada", "Ana", "--json").json["contact_id"]

    assert answers() == [("note", f"messages carry neither link nor code for: {ana}")]

    family.does("caregiver", "remove", "Ada", "Sam", "--yes")

    assert answers() == [("WRONG", f"messages carry neither link nor code for: {ana}")]

    family.more = {"DOSEKEEPER_BASE_URL": "https://dk.example.org"}

    assert answers() == []


def test_roots_that_are_no_certificates_are_found(family: Terminal) -> None:
    (family.folder / "roots.pem").write_text("no certificate\n")
    family.more = {"DOSEKEEPER_TRUST_ROOTS": str(family.folder / "roots.pem")}

    ran = family.run("doctor")

    assert ran.code == 1
    assert "WRONG settings: DOSEKEEPER-TRUST-ROOTS" not in ran.out
    assert "WRONG settings: DOSEKEEPER_TRUST_ROOTS: holds no certificate in PEM form" in ran.out


def test_what_stays_on_this_machine_is_noted_and_not_wrong(family: Terminal) -> None:
    found = findings(family)

    assert {found[name]["state"] for name in ("sms", "email", "alexa", "links")} == {"note"}
    assert found["mailbox"]["state"] == "ok"


def test_looking_changes_nothing(still: Terminal) -> None:
    before = still.digest()

    still.run("doctor")

    assert still.digest() == before
