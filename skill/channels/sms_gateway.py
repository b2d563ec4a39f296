"""SMS through any service that takes one signed HTTP request a message. The contract:

**Out.** We send ``POST`` to the address of the gateway, with a JSON object in UTF-8::

    {"id": "alr_4k…/page/0:0/con_x…/sms/1",   the same for the same attempt, different for every other
     "to": "+12025550123",                    E.164
     "from": "DoseKeeper",                    as set up
     "text": "FALL: Mom, …",                  at most 160 characters of the GSM-7 alphabet: one part
     "urgent": true}                          a fall or a call for help: send it before all others

Signed after Standard Webhooks 1.0: ``webhook-id`` (equal to ``id``), ``webhook-timestamp`` (seconds),
``webhook-signature`` (``v1,`` and base64 of HMAC-SHA256 over ``id.timestamp.body`` under the shared
secret). ``Idempotency-Key`` repeats the id: a request whose id was taken before is answered the same
way and sends nothing. The gateway answers within 5 seconds; only the status counts:

- ``2xx``: taken over; from now on it is the gateway's to deliver.
- ``408``, ``425``, ``429``, ``503``, or a redirect: not taken; we try again after 2, 5 and 15 seconds.
- another ``5xx``, an answer cut short or none at all: we cannot know, so we try again, with a new id.
- another ``4xx``: it will never be taken; we go on to the next provider, channel or person at once.

**In.** What somebody answers comes to ``POST /hooks/sms`` of this service, a JSON object, signed the
same way under the same secret, with an id of the gateway's own::

    {"from": "+12025550123", "text": "482913"}

The moment of the signature must lie within 300 seconds of ours. The answer is ``204`` once what it
meant is written down (also for a repeated id, and for a text that means nothing to us), ``400`` or
``401`` for what is malformed or not signed, ``503`` when it should be sent once more. Opt-out words
(STOP and its kin) are to be passed on as well, even if the gateway acts on them by itself.
"""

import json
import ssl
from typing import ClassVar

from msgspec import Struct

from skill.errors import InvalidError
from skill.outbound import UnknownOutcomeError, UnreachableError, post, sign
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Channel, Outgoing, Sent
from skill.settings import SmsGatewaySettings

TIMEOUT = 5.0  # seconds; design §3
_MOST_ANSWER = 64 * 1024  # bytes; we read it only to see that it is whole
_LATER = frozenset({408, 425, 429, 503})


class SmsGateway(Struct, frozen=True, kw_only=True):
    """One gateway. ``trust``: roots for its certificate; None: those of certifi."""

    name: ClassVar[str] = "sms_gateway"
    channel: ClassVar[Channel] = Channel.SMS
    settings: SmsGatewaySettings
    trust: ssl.SSLContext | None = None
    timeout: float = TIMEOUT

    def send(self, outgoing: Outgoing) -> Sent:
        message_id = attempt_id(outgoing)
        body = self._body(outgoing, message_id)
        signature = sign(self.settings.secret.value, message_id, outgoing.at, body)
        headers = {"Content-Type": "application/json", "Idempotency-Key": message_id, **signature}
        try:
            answer = post(
                self.settings.url,
                body=body,
                headers=headers,
                timeout=self.timeout,
                most_bytes=_MOST_ANSWER,
                trust=self.trust,
            )
        except UnreachableError:
            return TRY_AGAIN
        except UnknownOutcomeError:
            return PERHAPS
        except InvalidError:
            return GIVE_UP
        return outcome_of(answer.status)

    def _body(self, outgoing: Outgoing, message_id: str) -> bytes:
        message = {
            "id": message_id,
            "to": outgoing.to.value,
            "from": self.settings.sender,
            "text": outgoing.text.value,
            "urgent": outgoing.urgent,
        }
        return json.dumps(message, ensure_ascii=False).encode()


def attempt_id(outgoing: Outgoing) -> str:
    """Names this attempt; without the full stop that parts what is signed."""
    return f"{outgoing.key}/{outgoing.attempt}".replace(".", ":")


def outcome_of(status: int) -> Sent:
    """What a status means, as the contract has it."""
    if 200 <= status < 300:
        return ACCEPTED
    if status in _LATER or status < 400:
        return TRY_AGAIN
    return GIVE_UP if status < 500 else PERHAPS
