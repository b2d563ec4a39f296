"""Amazon SNS: one transactional SMS to one telephone."""

from urllib.parse import parse_qs

import pytest

from skill.service.outgoing import ACCEPTED
from tests.channels.amazon import Call, an_amazon, sns
from tests.channels.posts import PHONE, TEXT, a_message


def attributes(call: Call) -> dict[str, str]:
    """Name and value of each message attribute, as the query protocol numbers them."""
    fields = {name: value for name, (value, *_) in parse_qs(call.body.decode()).items()}
    start = "MessageAttributes.entry."
    return {
        value: fields[f"{name.removesuffix('.Name')}.Value.StringValue"]
        for name, value in fields.items()
        if name.startswith(start) and name.endswith(".Name")
    }


def test_a_message_goes_to_a_telephone_and_to_no_topic() -> None:
    with an_amazon() as server:
        sent = sns(server.port).send(a_message())
        taken = server.sms()

    fields = parse_qs(server.calls[0].body.decode())
    assert sent == ACCEPTED
    assert taken == [(PHONE, TEXT)]
    assert fields["Action"] == ["Publish"]
    assert "TopicArn" not in fields
    assert "Subject" not in fields


@pytest.mark.parametrize(
    ("sender", "said"),
    [
        (None, {}),
        ("DoseKeeper", {"AWS.SNS.SMS.SenderID": "DoseKeeper"}),
        ("+15550100", {"AWS.MM.SMS.OriginationNumber": "+15550100"}),
        ("12345", {"AWS.MM.SMS.OriginationNumber": "12345"}),
    ],
    ids=["Amazon's choice", "a name", "a number", "a short code"],
)
def test_it_is_sent_as_transactional_from_whom_settings_name(
    sender: str | None, said: dict[str, str]
) -> None:
    with an_amazon() as server:
        sns(server.port, sender=sender).send(a_message())

    assert attributes(server.calls[0]) == {"AWS.SNS.SMS.SMSType": "Transactional"} | said
