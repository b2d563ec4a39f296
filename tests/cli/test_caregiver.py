"""Caregivers: put on the team, changed, taken off; ladders that follow."""

import pytest

from skill.domain.care_team import Channel
from skill.domain.commands import OptOut
from skill.domain.identity import SYSTEM, ContactId, OperationId, PatientId
from skill.service.act import act
from tests.cli.terminal import Terminal


def person(terminal: Terminal, name: str) -> dict[str, object]:
    shown: dict[str, object] = terminal.run("caregiver", "show", "Ada", name, "--json").json
    return shown


def rungs(terminal: Terminal, kind: str) -> list[str]:
    shown: list[str] = terminal.run("ladder", "show", "Ada", kind, "--json").json["rungs"]
    return shown


def test_a_new_caregiver_has_what_was_said(family: Terminal) -> None:
    family.does(
        "caregiver", "add", "Ada", "Eve", "--email", "eve@example.org", "--phone", "(202) 555-0144",
        "--label", "person-b", "--role", "confirm", "--zone", "Europe/Madrid", "--speak-name", "yes",
    )  # fmt: skip

    shown = person(family, "Eve")

    assert list(shown["addresses"].items()) == [("email", "eve@example.org"), ("sms", "+12025550144")]
    assert (shown["label"], shown["role"], shown["zone"], shown["speak_name"]) == (
        "person_b",
        "confirm",
        "Europe/Madrid",
        True,
    )


def test_a_new_caregiver_comes_last_on_the_standard_ladders(family: Terminal) -> None:
    family.does("caregiver", "add", "Ada", "Eve", "--mailbox", "eve")

    assert rungs(family, "ordinary") == ["120 Sam", "30 Ana", "30 Eve"]
    assert rungs(family, "fall") == ["0 Sam,Ana,Eve"]


def test_the_settings_choose_the_waits(family: Terminal) -> None:
    family.more = {"DOSEKEEPER_FIRST_RUNG_MINUTES": "90", "DOSEKEEPER_BETWEEN_RUNGS_MINUTES": "10"}
    family.does("ladder", "change", "Ada", "all", "--standard")

    family.does("caregiver", "add", "Ada", "Eve", "--mailbox", "eve")

    assert rungs(family, "ordinary") == ["90 Sam", "10 Ana", "10 Eve"]


def test_ladders_changed_by_hand_stay_and_it_says_so(family: Terminal) -> None:
    family.does("ladder", "change", "Ada", "ordinary", "--rungs", "45 Ana")

    said = family.does("caregiver", "add", "Ada", "Eve", "--mailbox", "eve")

    assert "On no ladder" in said
    assert "dosekeeper ladder change Ada all --standard" in said
    assert (rungs(family, "ordinary"), rungs(family, "fall")) == (["45 Ana"], ["0 Sam,Ana"])


def test_a_change_leaves_the_rest_as_it_was(family: Terminal) -> None:
    before = person(family, "Sam")

    after = family.run("caregiver", "change", "Ada", "Sam", "--role", "edit", "--json").json

    assert after == before | {"role": "edit"}


def test_an_address_is_added_behind_those_that_are_there_and_can_go_again(family: Terminal) -> None:
    family.does("caregiver", "change", "Ada", "Sam", "--email", "sam@example.org")
    both = person(family, "Sam")["reached_by"]
    family.does("caregiver", "change", "Ada", "Sam", "--phone", "none")

    assert (both, person(family, "Sam")["reached_by"]) == (["sms", "email"], ["email"])


def test_without_consent_nobody_is_reached(family: Terminal) -> None:
    family.does("caregiver", "change", "Ada", "Sam", "--consent", "no")

    assert person(family, "Sam")["reached_by"] == []
    assert "Not told: Sam (the patient does not agree)" in family.does("rehearse", "Ada")


def test_an_address_that_opted_out_is_shown_so_and_comes_back_when_it_is_given_again(
    family: Terminal,
) -> None:
    sam = ContactId(str(person(family, "Sam")["contact_id"]))
    ada = PatientId(family.run("patient", "show", "Ada", "--json").json["patient_id"])
    house = family.house()
    stop = OptOut(operation=OperationId("stop"), speaker=SYSTEM, contact_id=sam, channel=Channel.SMS)
    act(house.app, ada, stop)
    house.close()
    silent = person(family, "Sam")

    family.does("caregiver", "change", "Ada", "Sam", "--phone", "+12025550123")

    assert (silent["addresses"], silent["reached_by"]) == ({"sms": "+12025550123 (opted out)"}, [])
    assert person(family, "Sam")["reached_by"] == ["sms"]


def test_who_is_taken_off_the_team_is_on_no_ladder(family: Terminal) -> None:
    family.does("caregiver", "remove", "Ada", "Sam", "--yes")

    assert [one["name"] for one in family.run("caregiver", "list", "Ada", "--json").json] == ["Ana"]
    assert (rungs(family, "ordinary"), rungs(family, "fall")) == (["120 Ana"], ["0 Ana"])


def test_before_the_last_one_goes_it_says_what_nobody_is_told_about_then(family: Terminal) -> None:
    family.does("caregiver", "remove", "Ada", "Sam", "--yes")

    ran = family.run("caregiver", "remove", "Ada", "Ana", typed="y\n")

    assert ran.code == 0
    assert "so they end: ordinary, critical, time_critical, intake, fall, help" in ran.err
    assert "There is no ladder" in family.does("ladder", "list", "Ada")


def test_who_gives_a_medicine_cannot_be_taken_off(family: Terminal) -> None:
    family.does("medication", "add", "Ada", "insulin", "--times", "22:00", "--given-by", "Ana")

    ran = family.run("caregiver", "remove", "Ada", "Ana", "--yes")

    assert ran.code == 2
    assert "somebody who gives a medicine cannot be removed" in ran.err


def test_that_consent_is_assumed_is_said_with_how_to_change_it(family: Terminal) -> None:
    assumed = family.does("caregiver", "add", "Ada", "Eve", "--mailbox", "eve")
    said = family.does("caregiver", "add", "Ada", "Tom", "--mailbox", "tom", "--consent", "yes")

    assert "It is assumed that the patient agrees that they are told. If that is not so:" in assumed
    assert "dosekeeper caregiver change Ada Eve --consent no" in assumed
    assert "assumed" not in said


@pytest.mark.parametrize(
    "words",
    [
        ("caregiver", "remove", "Ada", "Sam"),
        ("ladder", "remove", "Ada", "fall"),
        ("medication", "remove", "Ada", "metformin"),
        ("discharge", "Ada"),
    ],
    ids=["caregiver", "ladder", "medication", "discharge"],
)
@pytest.mark.parametrize("typed", ["n\n", ""], ids=["no", "end of input"])
def test_whatever_was_not_agreed_to_is_not_done_and_is_no_success(
    family: Terminal, words: tuple[str, ...], typed: str
) -> None:
    before = family.digest()

    ran = family.run(*words, typed=typed)

    assert ran.code == 1
    assert family.digest() == before
