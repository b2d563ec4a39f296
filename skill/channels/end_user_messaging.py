"""SMS and calls through AWS End User Messaging (``pinpoint-sms-voice-v2``), its receipts, and replies.

Every message carries three ids of ours as its context; the events about it bring them back. A call
says its text and hangs up: it takes no key, so that nothing it does may count as an answer (S7).
Accepted means handed over, and no more than that.
"""

import re
from typing import ClassVar
from xml.sax.saxutils import escape

from msgspec import Struct

from skill.channels.aws_line import AwsLine
from skill.channels.incoming import Arrival, Receipt, Reply, notified, read_as
from skill.errors import InvalidError
from skill.private import Private
from skill.service.outgoing import Channel, Outgoing, Sent
from skill.settings import EndUserMessagingSettings

SERVICE = "pinpoint-sms-voice-v2"
MOST_TEXT = 2000  # characters of a reply; ten parts of an SMS are 1530
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
_ATTEMPT = re.compile(r"[1-9][0-9]{0,8}")
_DIGITS = re.compile(r"[0-9]{3,}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ARRIVED = frozenset({"TEXT_DELIVERED"})
_ON_ITS_WAY = frozenset(
    {
        *("TEXT_PENDING", "TEXT_QUEUED", "TEXT_SENT", "TEXT_SUCCESSFUL"),  # the last: the carrier has it
        *("VOICE_INITIATED", "VOICE_RINGING", "VOICE_ANSWERED", "VOICE_COMPLETED"),
    }
)
_FAILED = frozenset(
    {
        *("TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_UNREACHABLE", "TEXT_CARRIER_UNREACHABLE"),
        *("TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED", "TEXT_PROTECT_BLOCKED", "TEXT_SPAM"),
        *("TEXT_UNKNOWN", "TEXT_TTL_EXPIRED"),
        *("VOICE_BUSY", "VOICE_NO_ANSWER", "VOICE_FAILED", "VOICE_TTL_EXPIRED"),
    }
)


class EndUserMessagingSms(Struct, frozen=True, kw_only=True):
    name: ClassVar[str] = "end_user_messaging"
    channel: Channel
    settings: EndUserMessagingSettings
    line: AwsLine

    def send(self, outgoing: Outgoing) -> Sent:
        text = {"MessageBody": outgoing.text.value, "MessageType": "TRANSACTIONAL"}
        return self.line.call("send_text_message", _addressed(self.settings, outgoing) | text)


class EndUserMessagingCall(Struct, frozen=True, kw_only=True):
    name: ClassVar[str] = "end_user_messaging"
    channel: Channel
    settings: EndUserMessagingSettings
    line: AwsLine

    def send(self, outgoing: Outgoing) -> Sent:
        speech = {"MessageBody": ssml_of(outgoing.text.value), "MessageBodyTextType": "SSML"}
        return self.line.call("send_voice_message", _addressed(self.settings, outgoing) | speech)


def _addressed(settings: EndUserMessagingSettings, outgoing: Outgoing) -> dict[str, object]:
    parameters: dict[str, object] = {
        "DestinationPhoneNumber": outgoing.to.value,
        "OriginationIdentity": settings.sender,
        "Context": {
            "patient": outgoing.patient_id,
            "key": outgoing.key,
            "attempt": str(outgoing.attempt),
        },
    }
    if settings.configuration_set is not None:
        parameters["ConfigurationSetName"] = settings.configuration_set
    return parameters


def ssml_of(text: str) -> str:
    """``text`` to be said twice, codes and telephone numbers digit by digit; whatever is in it stays text."""
    plain = escape(_NOT_XML.sub("", text))
    said = _DIGITS.sub(r'<say-as interpret-as="digits">\g<0></say-as>', plain)
    return f'<speak>{said}<break time="1s"/>{said}</speak>'


# ---- what comes back


class _Told(Struct, rename="camel"):
    """An event or a reply: which of the two it is, and what we need of it."""

    event_type: str | None = None
    context: dict[str, str] | None = None
    inbound_message_id: str | None = None
    origination_number: str | None = None
    message_body: str | None = None


def parse_receipt(record: object) -> Receipt | None:
    """The receipt in one record of an SNS event; None when it brings something else, or of others.

    ``InvalidError`` when it is malformed.
    """
    told = read_as(_Told, notified(record))
    arrival = _arrival(told.event_type)
    if arrival is None or not told.context or "key" not in told.context:
        return None
    patient_id, attempt = told.context.get("patient", ""), told.context.get("attempt", "")
    if not patient_id or not _ATTEMPT.fullmatch(attempt):
        raise InvalidError("context", "is not as we sent it")
    return Receipt(patient_id=patient_id, key=told.context["key"], attempt=int(attempt), arrival=arrival)


def _arrival(event_type: str | None) -> Arrival | None:
    for arrival, types in (
        (Arrival.ARRIVED, _ARRIVED),
        (Arrival.ON_ITS_WAY, _ON_ITS_WAY),
        (Arrival.FAILED, _FAILED),
    ):
        if event_type in types:
            return arrival
    return None


def parse_reply(record: object) -> Reply | None:
    """The reply in one record of an SNS event; None when it brings something else.

    ``InvalidError`` when it is malformed.
    """
    told = read_as(_Told, notified(record))
    if told.inbound_message_id is None:
        return None
    phone, text = told.origination_number or "", told.message_body
    if not _MESSAGE_ID.fullmatch(told.inbound_message_id):
        raise InvalidError("inboundMessageId", "is not an id")
    if not _E164.fullmatch(phone):
        raise InvalidError("originationNumber", "is not an international number")
    if text is None or len(text) > MOST_TEXT:
        raise InvalidError("messageBody", "is a text of at most 2000 characters")
    return Reply(phone=Private(phone), text=Private(text), operation=f"sms/{told.inbound_message_id}")
