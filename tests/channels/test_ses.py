"""Amazon SES: the same mail that ``smtp`` sends."""

import pytest

from skill.private import Private
from skill.service.outgoing import ACCEPTED, GIVE_UP
from tests.channels.amazon import an_amazon, ses
from tests.channels.posts import MAIL, SENDER, a_message


def test_a_mail_is_plain_text_under_the_one_subject() -> None:
    with an_amazon() as server:
        sent = ses(server.port).send(a_message(MAIL, text=Private("Señora: todo está bien.")))

    assert sent == ACCEPTED
    assert server.calls[0].message == {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [MAIL]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "Dose Keeper: please look", "Charset": "UTF-8"},
                "Body": {"Text": {"Data": "Señora: todo está bien.", "Charset": "UTF-8"}},
                "Headers": [
                    {"Name": "Auto-Submitted", "Value": "auto-generated"},
                    {"Name": "Importance", "Value": "high"},
                ],
            }
        },
    }


def test_what_is_not_urgent_does_not_look_so() -> None:
    with an_amazon() as server:
        ses(server.port).send(a_message(MAIL, urgent=False))

    assert b"Importance" not in server.calls[0].body


@pytest.mark.parametrize("configuration_set", [None, "receipts"], ids=["none", "one"])
def test_a_configuration_set_is_named_when_there_is_one(configuration_set: str | None) -> None:
    with an_amazon() as server:
        ses(server.port, configuration_set=configuration_set).send(a_message(MAIL))

    assert server.calls[0].message.get("ConfigurationSetName") == configuration_set


def test_an_address_that_amazon_has_not_verified_is_given_up() -> None:
    with an_amazon((400, "MailFromDomainNotVerifiedException")) as server:
        assert ses(server.port).send(a_message(MAIL)) == GIVE_UP
