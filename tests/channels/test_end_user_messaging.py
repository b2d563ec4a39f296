"""AWS End User Messaging: SMS and calls out, receipts and replies in."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from skill.aws import Aws
from skill.channels.aws_line import TIMEOUT, AwsLine
from skill.channels.end_user_messaging import (
    SERVICE,
    EndUserMessagingCall,
    EndUserMessagingSms,
    parse_receipt,
    parse_reply,
    ssml_of,
)
from skill.channels.incoming import Arrival, Receipt
from skill.domain.alerts import AlertState
from skill.errors import InvalidError
from skill.private import Private
from skill.service.outgoing import ACCEPTED, GIVE_UP, TRY_AGAIN, Channel, Sent
from skill.service.replies import Heard, hear
from tests.channels.amazon import NUMBER, an_aws, eum_settings
from tests.channels.posts import PHONE, TEXT, a_message
from tests.service.family import ANA, ANAS_PHONE, TEN, a_family, code_in

CONTEXT = {"patient": "pat_ada", "key": "alr_1/page/0.0/con_ana/sms", "attempt": "1"}


def stubbed(aws: Aws) -> Stubber:
    return Stubber(aws.client(SERVICE, read_timeout=TIMEOUT, attempts=1))


def sms(aws: Aws, configuration_set: str | None = None) -> EndUserMessagingSms:
    return EndUserMessagingSms(
        channel=Channel.SMS, settings=eum_settings(configuration_set), line=AwsLine(aws, SERVICE)
    )


def call(aws: Aws) -> EndUserMessagingCall:
    return EndUserMessagingCall(channel=Channel.SMS, settings=eum_settings(), line=AwsLine(aws, SERVICE))


def a_record(message: object) -> dict[str, object]:
    """One record of an SNS event, as Lambda brings it."""
    text = message if isinstance(message, str) else json.dumps(message)
    return {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:us-east-1:111122223333:receipts:2bcfbf39",
        "Sns": {
            "Type": "Notification",
            "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
            "TopicArn": "arn:aws:sns:us-east-1:111122223333:receipts",
            "Timestamp": "2027-05-04T14:00:09.000Z",
            "Message": text,
        },
    }


def an_event(kind: str, **facts: object) -> dict[str, object]:
    usual = {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": 1809439207500,
        "isFinal": True,
        "originationPhoneNumber": NUMBER,
        "destinationPhoneNumber": PHONE,
        "isoCountryCode": "US",
        "messageId": "862a8790-60c5-4eb5-9b75-5f3b0a4f8ab7",
        "messageType": "TRANSACTIONAL",
        "context": CONTEXT,
        "totalMessagePrice": 0.00581,
    }
    return a_record(usual | facts)


def a_reply(**facts: object) -> dict[str, object]:
    usual = {
        "originationNumber": PHONE,
        "destinationNumber": NUMBER,
        "messageKeyword": "KEYWORD_111122223333",
        "messageBody": "482913",
        "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
        "previousPublishedMessageId": "862a8790-60c5-4eb5-9b75-5f3b0a4f8ab7",
    }
    return a_record(usual | facts)


# ---- out


def test_an_sms_is_transactional_and_bears_our_ids() -> None:
    aws = an_aws()
    asked = {
        "DestinationPhoneNumber": PHONE,
        "OriginationIdentity": NUMBER,
        "MessageBody": TEXT,
        "MessageType": "TRANSACTIONAL",
        "Context": CONTEXT,
        "ConfigurationSetName": "receipts",
    }

    with stubbed(aws) as amazon:
        amazon.add_response("send_text_message", {"MessageId": "862a8790"}, asked)
        sent = sms(aws, "receipts").send(a_message())
        amazon.assert_no_pending_responses()

    assert sent == ACCEPTED


def test_a_call_says_its_text_twice_and_codes_digit_by_digit() -> None:
    aws = an_aws()
    said = 'Mom &amp; Co: reply <say-as interpret-as="digits">482913</say-as>, 8:00 AM'
    asked = {
        "DestinationPhoneNumber": PHONE,
        "OriginationIdentity": NUMBER,
        "MessageBody": f'<speak>{said}<break time="1s"/>{said}</speak>',
        "MessageBodyTextType": "SSML",
        "Context": CONTEXT,
    }

    with stubbed(aws) as amazon:
        amazon.add_response("send_voice_message", {"MessageId": "862a8790"}, asked)
        sent = call(aws).send(a_message(text=Private("Mom & Co: reply 482913, 8:00 AM")))
        amazon.assert_no_pending_responses()

    assert sent == ACCEPTED


@given(text=st.text(max_size=200))
def test_whatever_is_said_on_the_telephone_stays_text(text: str) -> None:
    speech = ET.fromstring(ssml_of(text))  # noqa: S314 - our own

    allowed = "".join(c for c in text if c in "\t\n\r" or 32 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE)
    astral = {c for c in text if ord(c) > 0xFFFF}
    assert {element.tag for element in speech.iter()} <= {"speak", "say-as", "break"}
    if not astral:
        spoken = "".join(speech.itertext())
        assert spoken == (allowed * 2).replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("provider", [sms, call], ids=["sms", "call"])
@pytest.mark.parametrize(
    ("code", "status", "sent"),
    [
        ("ThrottlingException", 400, TRY_AGAIN),
        ("ConflictException", 400, GIVE_UP),
        ("ValidationException", 400, GIVE_UP),
        ("ServiceQuotaExceededException", 402, GIVE_UP),
        ("AccessDeniedException", 403, GIVE_UP),
    ],
    ids=["too fast", "opted out or not verified", "invalid", "money spent", "account closed"],
)
def test_a_refusal_has_its_outcome(
    provider: Callable[[Aws], EndUserMessagingSms | EndUserMessagingCall], code: str, status: int, sent: Sent
) -> None:
    aws = an_aws()
    operation = "send_text_message" if provider is sms else "send_voice_message"

    with stubbed(aws) as amazon:
        amazon.add_client_error(operation, code, f"{PHONE} is not wanted", status)

        assert provider(aws).send(a_message()) == sent


# ---- receipts


@pytest.mark.parametrize(
    ("kind", "arrival"),
    [
        ("TEXT_QUEUED", Arrival.ON_ITS_WAY),
        ("TEXT_SUCCESSFUL", Arrival.ON_ITS_WAY),
        ("TEXT_DELIVERED", Arrival.ARRIVED),
        ("TEXT_UNREACHABLE", Arrival.FAILED),
        ("TEXT_CARRIER_BLOCKED", Arrival.FAILED),
        ("TEXT_TTL_EXPIRED", Arrival.FAILED),
        ("VOICE_ANSWERED", Arrival.ON_ITS_WAY),
        ("VOICE_COMPLETED", Arrival.ON_ITS_WAY),
        ("VOICE_NO_ANSWER", Arrival.FAILED),
    ],
)
def test_a_receipt_tells_what_became_of_which_attempt(kind: str, arrival: Arrival) -> None:
    assert parse_receipt(an_event(kind)) == Receipt(
        patient_id="pat_ada", key="alr_1/page/0.0/con_ana/sms", attempt=1, arrival=arrival
    )


def test_a_call_that_was_answered_is_never_called_arrived() -> None:
    kinds = ["VOICE_INITIATED", "VOICE_RINGING", "VOICE_ANSWERED", "VOICE_COMPLETED", "VOICE_BUSY"]

    receipts = [parse_receipt(an_event(kind)) for kind in kinds]

    assert Arrival.ARRIVED not in {receipt.arrival for receipt in receipts if receipt is not None}


@pytest.mark.parametrize(
    "record",
    [an_event("MEDIA_DELIVERED"), an_event("TEXT_DELIVERED", context={}), a_reply(), a_record({})],
    ids=["of another kind", "of a message that is not ours", "a reply", "nothing"],
)
def test_what_is_no_receipt_of_ours_is_none(record: object) -> None:
    assert parse_receipt(record) is None


@pytest.mark.parametrize(
    "context",
    [
        {"key": "k", "attempt": "1"},
        CONTEXT | {"attempt": "0"},
        CONTEXT | {"attempt": "x"},
        {"key": 7},
        [],
        "x",
    ],
    ids=["no patient", "no attempt", "no number", "not a text", "a list", "a text"],
)
def test_a_receipt_whose_context_was_changed_is_refused(context: object) -> None:
    with pytest.raises(InvalidError):
        parse_receipt(an_event("TEXT_DELIVERED", context=context))


# ---- replies


def test_a_reply_is_read_as_the_service_hears_it() -> None:
    reply = parse_reply(a_reply())

    assert reply is not None
    assert (reply.phone.value, reply.text.value) == (PHONE, "482913")
    assert reply.operation == "sms/cae173d2-66b9-564c-8309-21f858e9fb84"
    assert PHONE not in repr(reply)
    assert "482913" not in repr(reply)


def test_a_reply_brought_twice_is_the_same_operation() -> None:
    assert parse_reply(a_reply()) == parse_reply(a_reply())


def test_a_receipt_is_no_reply() -> None:
    assert parse_reply(an_event("TEXT_DELIVERED")) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"originationNumber": None},
        {"originationNumber": "12025550111"},
        {"originationNumber": "+1202555x"},
        {"messageBody": None},
        {"messageBody": "x" * 2001},
        {"messageBody": 482913},
        {"inboundMessageId": ""},
        {"inboundMessageId": "a/b"},
        {"inboundMessageId": ["a"]},
    ],
    ids=["nobody", "no plus", "no number", "no text", "too long", "a number", "no id", "odd id", "a list"],
)
def test_a_malformed_reply_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        parse_reply(a_reply(**facts))


def test_a_reply_from_a_topic_takes_over_and_however_often_it_is_brought_it_does_so_once(
    tmp_path: Path,
) -> None:
    with a_family(tmp_path) as family:
        family.wind_to(TEN)
        code = code_in(family.sms.texts(ANAS_PHONE)[-1])
        record = a_reply(originationNumber=ANAS_PHONE, messageBody=code)
        heard = []
        for _ in range(2):
            reply = parse_reply(record)
            assert reply is not None
            heard.append(hear(family.app, reply.phone.value, reply.text.value, reply.operation))
        alert = family.chart.now.alerts[-1]

    assert heard == [Heard.ANSWERED, Heard.ANSWERED]
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, ANA)


# ---- anything at all


@pytest.mark.parametrize("parse", [parse_receipt, parse_reply], ids=["receipt", "reply"])
@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "text",
        {},
        {"Sns": None},
        {"Sns": {"Message": 7}},
        a_record("no json"),
        a_record("[]"),
        a_record('"\\ud800"'),
        a_record("\ud800"),
        a_record("[" * 100_000),
        a_record('{"x":' * 100_000),
        a_record("x" * 300_000),
    ],
    ids=[
        *("none", "a list", "a text", "empty", "no notification", "no message", "not JSON", "not an object"),
        *("half a letter", "half a letter itself", "deep", "deep in an unknown field", "large"),
    ],
)
def test_a_malformed_record_is_refused(parse: Callable[[object], object], record: object) -> None:
    with pytest.raises(InvalidError):
        parse(record)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
names = ("eventType", "context", "inboundMessageId", "originationNumber", "messageBody")


@given(fields=st.dictionaries(st.sampled_from(names), junk))
def test_any_fields_make_a_value_nothing_or_a_refusal(fields: dict[str, object]) -> None:
    for parse in (parse_receipt, parse_reply):
        try:
            parse(a_record(fields))
        except InvalidError as error:
            assert error.field
