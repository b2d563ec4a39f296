"""Patients: added, changed, shown, and parted with."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.domain.alerts import AlertKind
from skill.domain.commands import RaiseAlert
from skill.domain.identity import OperationId, PatientId
from skill.service.act import act
from tests.cli.terminal import Terminal


def test_a_new_patient_has_what_was_said(home: Terminal) -> None:
    home.does("household", "add")
    home.does(
        "patient", "add", "Zoë", "--zone", "Europe/Berlin", "--country", "DE", "--speak-medicines", "yes",
        "--address", "Ulmenweg 12", "--dispatch", "030 555 01430", "--prompt-sms", "0170 1234567",
    )  # fmt: skip

    (shown,) = home.run("patient", "list", "--json").json

    assert {name: shown[name] for name in ("name", "zone", "country", "speak_medicines", "address")} == {
        "name": "Zoë",
        "zone": "Europe/Berlin",
        "country": "DE",
        "speak_medicines": True,
        "address": "Ulmenweg 12",
    }
    assert (shown["dispatch"], shown["prompts"]) == ("03055501430", "sms +491701234567")


def test_without_a_household_there_is_nobody_to_add_to(home: Terminal) -> None:
    ran = home.run("patient", "add", "Ada", "--zone", "Etc/UTC")

    assert ran.code == 2
    assert "dosekeeper household add" in ran.err


def test_a_change_leaves_the_rest_as_it_was(family: Terminal) -> None:
    before = family.run("patient", "show", "Ada", "--json").json

    after = family.run("patient", "change", "Ada", "--speak-medicines", "yes", "--json").json

    assert after == before | {"speak_medicines": True}


def test_the_word_none_takes_a_value_away(family: Terminal) -> None:
    family.does("patient", "change", "Ada", "--address", "12 Elm Street", "--prompt-mailbox", "kitchen")

    after = family.run(
        "patient", "change", "Ada", "--address", "none", "--prompt-mailbox", "none", "--json"
    ).json

    assert (after["address"], after["prompts"]) == (None, None)


@pytest.mark.parametrize("word", ["ada", "AD", "Ada"])
def test_a_patient_is_found_by_a_name_or_its_beginning(still: Terminal, word: str) -> None:
    assert still.run("patient", "show", word, "--json").json["name"] == "Ada"


def test_a_patient_is_found_by_the_beginning_of_the_id(still: Terminal) -> None:
    patient_id = still.run("patient", "show", "Ada", "--json").json["patient_id"]

    assert still.run("patient", "show", patient_id[:8], "--json").json["patient_id"] == patient_id
    assert still.run("patient", "show", patient_id[4:10], "--json").json["patient_id"] == patient_id


def test_who_is_removed_is_discharged_and_in_no_household_and_stays_in_the_record(family: Terminal) -> None:
    said = family.does("patient", "remove", "Ada", typed="y\n")

    (listed,) = family.run("patient", "list", "--json").json
    assert (listed["household_id"], listed["state"]) == (None, "left 2027-05-04")
    assert "dosekeeper export Ada" in said
    assert family.does("export", "Ada").startswith("patient_id,")


def test_no_answer_is_a_no(family: Terminal) -> None:
    before = family.digest()

    ran = family.run("patient", "remove", "Ada", typed="")

    assert (ran.code, ran.out) == (1, "Nothing was changed.\n")
    assert family.digest() == before


@pytest.mark.parametrize("words", [("discharge", "Ada"), ("patient", "remove", "Ada")])
def test_nobody_leaves_while_a_fall_is_open(family: Terminal, words: tuple[str, ...]) -> None:
    patient_id = PatientId(family.run("patient", "show", "Ada", "--json").json["patient_id"])
    house = family.house()
    act(house.app, patient_id, RaiseAlert(operation=OperationId("fall"), kind=AlertKind.FALL))
    house.close()

    ran = family.run(*words, "--yes")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "dosekeeper: alert: a fall or a call for help is open; somebody has to answer it first\n"
    )


def test_who_is_discharged_has_no_doses_any_more(family: Terminal) -> None:
    family.does("discharge", "Ada", "--yes")

    again = family.does("discharge", "Ada", "--yes")
    refused = family.run("medication", "add", "Ada", "aspirin", "--times", "08:00")

    assert again == "Ada is discharged already. Nothing was changed.\n"
    assert refused.code == 2
    assert "Nothing: no dose is planned" in family.does("rehearse", "Ada")


_NAMES = st.text(st.characters(categories=("L", "M", "N", "S")), min_size=1, max_size=80)


@given(name=_NAMES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_a_name_of_any_script_is_kept_and_found_again(home: Terminal, name: str) -> None:
    household_id = home.run("household", "add", "--json").json["household_id"]

    added = home.run("patient", "add", "--zone", "Etc/UTC", "--household", household_id, "--json", "--", name)

    shown = home.run("patient", "show", added.json["patient_id"], "--json").json
    assert shown["name"] == name
