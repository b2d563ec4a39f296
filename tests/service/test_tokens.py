"""Links and codes: what is stored tells nothing, what is shown opens only what it was made for."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from skill.domain.commands import Acknowledge, Resolve
from skill.domain.identity import contact
from skill.domain.messages import MessageKind
from skill.service.delivery import deliver
from skill.service.tokens import LINK_PATH, find_by_code, find_by_token, still_open
from skill.settings import LINK_PATH as SETTINGS_LINK_PATH
from tests.service.family import (
    ADA,
    ANA,
    ANAS_PHONE,
    SAM,
    SAMS_PHONE,
    TEN,
    Family,
    a_contact,
    a_family,
    ana,
    code_in,
    link_in,
    sam,
)


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    with a_family(tmp_path, ana(email="ana@example.org"), sam()) as made:
        yield made


def token_in(text: str) -> str:
    return link_in(text).removeprefix(LINK_PATH)


def test_the_settings_leave_room_for_the_path_that_links_have() -> None:
    assert SETTINGS_LINK_PATH == LINK_PATH == "/a/"


def test_a_link_opens_the_alert_for_the_person_who_got_it(family: Family) -> None:
    family.falls()
    family.deliver()

    shown = find_by_token(family.app, token_in(family.sms.texts(ANAS_PHONE)[0]))

    alert = family.chart.now.alerts[0]
    assert shown is not None
    assert shown.ticket.contact_id == ANA
    assert shown.ticket.alert_ids == (alert.alert_id,)
    assert still_open(shown.ticket, family.chart, family.house.clock.now()) == (alert,)


def test_a_link_has_43_letters_and_no_two_are_the_same(family: Family) -> None:
    for _ in range(3):
        family.falls()
        family.deliver()
        family.house.clock.wind_by(timedelta(minutes=1))

    texts = family.sms.texts() + family.email.texts()
    tokens = {token_in(text) for text in texts}

    assert len(tokens) == len(texts) >= 6
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_a_code_opens_only_from_the_telephone_that_it_was_sent_to(family: Family) -> None:
    family.falls()
    family.deliver()
    code = code_in(family.sms.texts(ANAS_PHONE)[0])

    hers = find_by_code(family.app, ANAS_PHONE, code)
    another = find_by_code(family.app, "+12025550199", code)

    assert hers is not None
    assert hers.ticket.contact_id == ANA
    assert another is None


def test_a_mail_has_no_code_because_no_reply_to_it_comes_back(family: Family) -> None:
    family.falls()
    family.deliver()

    (mail,) = family.email.texts()

    assert "reply" not in mail
    assert find_by_token(family.app, token_in(mail)) is not None


def test_neither_links_nor_codes_are_stored(family: Family) -> None:
    family.falls()
    family.deliver()
    text = family.sms.texts(ANAS_PHONE)[0]

    everything = b"".join(path.read_bytes() for path in family.folder.iterdir() if path.is_file())
    codes = re.findall(rb"LINK#code#([0-9a-f]+)", everything)

    assert b"LINK#token#" in everything
    assert token_in(text).encode() not in everything
    assert codes
    assert all(len(code) == 64 for code in codes)


@pytest.mark.parametrize(
    "token",
    ["", "x", "A" * 42, "A" * 44, "A" * 43, "A" * 42 + "é", "A" * 42 + "\n", "../" * 15, "A" * 5000],
    ids=["none", "one", "short", "long", "unknown", "no ASCII", "line end", "path", "very long"],
)
def test_a_link_that_is_malformed_or_unknown_opens_nothing(family: Family, token: str) -> None:
    assert find_by_token(family.app, token) is None


@pytest.mark.parametrize("code", ["", "1", "000000", "abcdef", "1234567"])
def test_a_code_that_was_never_sent_opens_nothing(family: Family, code: str) -> None:
    assert find_by_code(family.app, ANAS_PHONE, code) is None


def test_a_link_opens_its_alert_until_24_hours_after_its_end(family: Family) -> None:
    family.falls()
    family.deliver()
    alert = family.chart.now.alerts[0]
    shown = find_by_token(family.app, token_in(family.sms.texts(ANAS_PHONE)[0]))
    assert shown is not None
    family.do(Resolve, speaker=contact(ANA), alert_id=alert.alert_id)
    ended = family.house.clock.now()

    just_before = still_open(shown.ticket, family.chart, ended + timedelta(hours=23, minutes=59))
    just_after = still_open(shown.ticket, family.chart, ended + timedelta(hours=24))

    assert len(just_before) == 1
    assert just_after == ()


def test_the_record_of_a_link_is_gone_after_30_days(family: Family) -> None:
    family.falls()
    family.deliver()
    text = family.sms.texts(ANAS_PHONE)[0]

    family.house.clock.wind_by(timedelta(days=30))

    assert find_by_token(family.app, token_in(text)) is None
    assert find_by_code(family.app, ANAS_PHONE, code_in(text)) is None


def test_links_and_codes_are_written_with_the_claim_or_not_at_all(family: Family) -> None:
    """A crash right after the claim: nobody holds the link, and the next claim makes another one."""
    family.falls()

    def crash(_: object) -> None:
        raise KeyboardInterrupt

    family.sms.before = crash
    with pytest.raises(KeyboardInterrupt):
        family.deliver()
    family.sms.before = lambda _: None
    family.house.clock.wind_by(timedelta(seconds=31))
    family.deliver()

    for phone in (ANAS_PHONE, SAMS_PHONE):
        text = family.sms.texts(phone)[-1]
        assert find_by_token(family.app, token_in(text)) is not None
        assert find_by_code(family.app, phone, code_in(text)) is not None


def test_without_a_public_address_there_is_a_code_and_no_link(family: Family) -> None:
    family.falls()
    parts = (family.app, family.house.chance, family.providers, family.catalogue)

    deliver(*parts, ADA, base_url=None)

    for text in family.sms.texts():
        assert "https://" not in text
        assert text.endswith(f"I've got it: reply {code_in(text)}")


def test_a_message_that_only_tells_opens_nothing(family: Family) -> None:
    family.falls()
    family.deliver()
    alert = family.chart.now.alerts[0]
    family.do(Acknowledge, speaker=contact(SAM), alert_id=alert.alert_id)
    family.deliver()

    told = family.sms.texts(ANAS_PHONE)[-1]

    assert told == "Mom, 7:00 AM: Sam has it. Nothing for you to do now."


def test_the_follow_up_has_a_code_of_its_own_that_knows_its_question(family: Family) -> None:
    family.falls()
    family.deliver()
    alert = family.chart.now.alerts[0]
    family.do(Acknowledge, speaker=contact(ANA), alert_id=alert.alert_id)
    family.wind_to(family.house.clock.now() + timedelta(minutes=10))

    question = family.sms.texts(ANAS_PHONE)[-1]
    shown = find_by_code(family.app, ANAS_PHONE, re.findall(r"[0-9]{6}", question)[0])

    assert "did you reach them?" in question
    assert shown is not None
    assert shown.ticket.kind is MessageKind.FOLLOW_UP


def test_somebody_without_sms_gets_no_code(family: Family) -> None:
    family.team(a_contact(ANA, "Ana", email="ana@example.org"))
    family.wind_to(TEN)

    (mail,) = family.email.texts()

    assert family.sms.sent == []
    assert mail.startswith("Mom: no word on 8:00 AM medicines, taken or not. I'll check: https://")
