"""The mailbox: what arrives is kept sealed for 30 days, in the order in which it came."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from skill.channels.mailbox import Mailbox
from skill.private import Private
from skill.service.mailbox import KEPT_FOR, mails
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, Channel
from tests.channels.posts import PHONE, TEXT, a_message
from tests.service.family import ADA, Family, a_family


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    with a_family(tmp_path) as made:
        yield made


def box(family: Family) -> Mailbox:
    return Mailbox(channel=Channel.SMS, app=family.app)


def texts(family: Family, *, newest_first: bool = False) -> list[str]:
    found = mails(family.app, family.house.store, ADA, newest_first=newest_first)
    return [mail.text.value for mail in found]


def put(family: Family, text: str, seconds: int = 0) -> None:
    at = family.house.clock.now() + timedelta(seconds=seconds)
    box(family).send(a_message(text=Private(text), at=at))


def test_a_message_lies_in_the_mailbox_as_it_was_sent(family: Family) -> None:
    sent = box(family).send(a_message())

    (mail,) = mails(family.app, family.house.store, ADA)
    assert sent == ACCEPTED
    assert (mail.to.value, mail.text.value, mail.channel) == (PHONE, TEXT, Channel.SMS)
    assert (mail.key, mail.attempt, mail.contact_id) == ("alr_1/page/0.0/con_ana/sms", 1, "con_ana")


def test_messages_lie_in_the_order_in_which_they_came(family: Family) -> None:
    put(family, "second", seconds=1)
    put(family, "first")
    put(family, "third", seconds=1)

    assert texts(family) == ["first", "second", "third"]
    assert texts(family, newest_first=True) == ["third", "second", "first"]


def test_more_messages_than_one_look_into_the_store_brings_are_all_there(family: Family) -> None:
    for number in range(105):
        put(family, str(number), seconds=number)

    assert texts(family) == [str(number) for number in range(105)]
    assert texts(family, newest_first=True) == [str(number) for number in reversed(range(105))]


def test_after_30_days_a_message_is_gone(family: Family) -> None:
    put(family, "old")
    family.house.clock.wind_by(KEPT_FOR - timedelta(seconds=1))
    before = texts(family)
    family.house.clock.wind_by(timedelta(seconds=1))

    assert before == ["old"]
    assert texts(family) == []
    assert family.house.store.sweep_expired(family.house.clock.now()) >= 1


def test_nothing_of_a_message_can_be_read_in_the_file(family: Family) -> None:
    box(family).send(a_message())

    stored = b"".join(path.read_bytes() for path in family.folder.iterdir() if path.is_file())
    assert b"MAIL#20270504T140007.000000Z#000000" in stored
    assert b"FALL" not in stored
    assert PHONE.encode() not in stored


def test_a_store_that_does_not_answer_is_an_outcome_that_nobody_knows(family: Family) -> None:
    family.house.store.close()

    assert box(family).send(a_message()) == PERHAPS


def test_a_patient_without_a_key_has_no_mailbox(family: Family) -> None:
    assert box(family).send(a_message(patient_id="pat_gone")) == GIVE_UP
