"""Alerts, test messages, the mailbox and the link code: what whoever runs the machine looks at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from skill.bootstrap import House
from skill.domain.alerts import AlertKind
from skill.domain.commands import Acknowledge, RaiseAlert, Tick
from skill.domain.identity import ContactId, OperationId, PatientId, contact
from skill.service.act import act
from skill.service.linking import Linked, link
from tests.cli.terminal import Terminal


@contextmanager
def opened(terminal: Terminal) -> Iterator[House]:
    house = terminal.house()
    try:
        yield house
    finally:
        house.close()


def ada(terminal: Terminal) -> PatientId:
    return PatientId(terminal.run("patient", "show", "Ada", "--json").json["patient_id"])


def a_fall(terminal: Terminal) -> None:
    patient_id = ada(terminal)
    with opened(terminal) as house:
        act(house.app, patient_id, RaiseAlert(operation=OperationId("fall"), kind=AlertKind.FALL))


def test_where_all_is_well_no_alert_is_open(still: Terminal) -> None:
    assert still.does("alerts") == "No alert is open.\n"
    assert still.run("alerts", "--json").json == []


def test_an_open_fall_shows_since_when_and_what_comes_next(family: Terminal) -> None:
    a_fall(family)

    (alert,) = family.run("alerts", "--json").json

    assert (alert["name"], alert["kind"], alert["since"]) == ("Ada", "fall", "Tue 04 May 07:00")
    assert (alert["state"], alert["next"]) == ("nobody has answered yet", "Tue 04 May 07:10")


def test_who_has_it_and_who_was_told_is_shown(family: Terminal) -> None:
    a_fall(family)
    family.run("send-test", "Ada", "Sam")  # sends what is waiting, too
    people = {c["name"]: c["contact_id"] for c in family.run("caregiver", "list", "Ada", "--json").json}
    (alert,) = family.run("alerts", "--json").json
    sam = contact(ContactId(people["Sam"]))
    with opened(family) as house:
        act(
            house.app,
            PatientId(alert["patient_id"]),
            Acknowledge(operation=OperationId("ack"), speaker=sam, alert_id=alert["alert_id"]),
        )

    (taken,) = family.run("alerts", "Ada", "--json").json

    assert sorted(alert["told"]) == ["Ana", "Sam"]
    assert taken["state"] == "Sam has it"


def test_a_dose_without_a_word_is_listed_with_its_detail(family: Terminal) -> None:
    patient_id = ada(family)
    family.clock.wind_by(timedelta(hours=3, minutes=1))
    with opened(family) as house:
        act(house.app, patient_id, Tick(operation=OperationId("tick")))

    table = family.does("alerts")

    assert "dose, no word" in table
    assert "Tue 04 May 08:00" in table


# ---- send-test and mailbox


def test_a_test_message_is_handed_over_on_every_channel_and_lies_in_the_mailbox(family: Terminal) -> None:
    family.does("caregiver", "change", "Ada", "Sam", "--email", "sam@example.org")

    sent = family.run("send-test", "Ada", "Sam", "--json")
    mails = family.run("mailbox", "Ada", "--json").json

    assert sent.code == 0
    assert [(one["channel"], one["providers"], one["accepted"]) for one in sent.json] == [
        ("sms", ["mailbox"], True),
        ("email", ["mailbox"], True),
    ]
    assert sorted((mail["channel"], mail["to"]) for mail in mails) == [
        ("email", "Sam sam@example.org"),
        ("sms", "Sam +12025550123"),
    ]


def test_a_message_that_no_provider_takes_is_exit_1(family: Terminal) -> None:
    family.more = {
        "DOSEKEEPER_EMAIL": "smtp",
        "DOSEKEEPER_SMTP_HOST": "127.0.0.1",
        "DOSEKEEPER_SMTP_PORT": "1",  # nobody listens there
        "DOSEKEEPER_SMTP_SECURITY": "none",
        "DOSEKEEPER_SMTP_FROM": "dosekeeper@example.org",
    }

    ran = family.run("send-test", "Ada", "Ana", "--json")

    assert ran.code == 1
    assert ran.json[0]["accepted"] is False


def test_nobody_who_may_not_be_told_gets_a_test_message(family: Terminal) -> None:
    family.does("caregiver", "change", "Ada", "Sam", "--consent", "no")

    ran = family.run("send-test", "Ada", "Sam")

    assert ran.code == 2
    assert "no address that may be used" in ran.err


def test_the_mailbox_shows_the_newest_last_and_no_more_than_asked_for(family: Terminal) -> None:
    for minutes in range(3):
        family.clock.wind_by(timedelta(minutes=minutes))
        family.does("send-test", "Ada", "Sam")

    shown = family.does("mailbox", "--last", "2")
    moments = [mail["when"] for mail in family.run("mailbox", "--json").json]

    assert moments == ["Tue 04 May 07:00", "Tue 04 May 07:01", "Tue 04 May 07:03"]
    assert re.findall(r"^\w.*", shown, re.MULTILINE) == [
        "Tue 04 May 07:01  sms to Sam +12025550123",
        "Tue 04 May 07:03  sms to Sam +12025550123",
    ]


def test_an_empty_mailbox_says_so(still: Terminal) -> None:
    assert still.does("mailbox") == "Nothing has arrived.\n"


# ---- link-code


def test_the_code_is_six_digits_that_link_an_echo_once(family: Terminal) -> None:
    record = family.run("link-code", "--json").json
    with opened(family) as house:
        first = link(house.app, "amzn1.ask.account.ADA", record["code"])
        second = link(house.app, "amzn1.ask.account.EVE", record["code"])

    assert re.fullmatch("[0-9]{6}", record["code"])
    assert (first, second) == (Linked.LINKED, Linked.WRONG)


def test_it_says_what_to_say_to_the_echo_and_how_long(family: Terminal) -> None:
    said = family.does("link-code", "Ada")

    assert "Alexa, open Dose Keeper" in said
    assert "It lives 10 minutes and works once." in said
    digits = said.splitlines()[0].removeprefix("Code: ").replace(" ", "")
    assert " ".join(digits) in said


@pytest.mark.parametrize("minutes", [pytest.param(9, id="in-time"), pytest.param(11, id="too-late")])
def test_the_code_lives_ten_minutes(family: Terminal, minutes: int) -> None:
    record = family.run("link-code", "--json").json
    family.clock.wind_by(timedelta(minutes=minutes))

    with opened(family) as house:
        outcome = link(house.app, "amzn1.ask.account.ADA", record["code"])

    assert outcome is (Linked.LINKED if minutes < 10 else Linked.WRONG)
