"""``POST /hooks/sms``: what people reply by SMS, as the gateway hands it over.

The contract stands at the top of ``skill/channels/sms_gateway.py``. Answered with 2xx only once what
the reply meant is durable; a repeated id has its effect once.
"""

import logging
import re
from datetime import datetime, timedelta
from typing import Protocol

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from skill.errors import DoseKeeperError
from skill.logs import event
from skill.outbound import BadSignatureError, verify
from skill.private import Private
from skill.service.act import App
from skill.service.ports import Place, Row
from skill.service.replies import hear
from skill.voice.envelope_errors import BadEnvelopeError
from skill.voice.strict_json import read_json

MOST_BYTES = 8 * 1024
MOST_TEXT = 2000  # characters; ten parts of an SMS are 1530
IDS_KEPT = timedelta(minutes=10)  # twice as long as a signature is good for
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_log = logging.getLogger(__name__)


class Gateway(Protocol):
    @property
    def secret(self) -> Private[bytes]: ...


class HookSettings(Protocol):
    """What the hooks need of the settings."""

    @property
    def sms_gateway(self) -> Gateway | None: ...


class MalformedError(DoseKeeperError):
    """A signed request that does not hold a reply."""


def hooks(settings: HookSettings, app: App) -> Blueprint:
    """The door for the SMS gateway; closed (404) as long as there is none."""
    door = Blueprint("hooks", __name__)

    @door.post("/hooks/sms")
    def sms() -> Response:
        if settings.sms_gateway is None:
            return Response(status=404)
        request.max_content_length = MOST_BYTES
        try:
            body = request.get_data(cache=False)
            reply_id = _verified(settings.sms_gateway, body, app)
            phone, text = read_reply(body)
        except RequestEntityTooLarge:
            return _refused(413)
        except BadSignatureError:
            return _refused(401)
        except MalformedError:
            return _refused(400)
        try:
            _hear_once(app, reply_id, phone, text)
        except DoseKeeperError as problem:
            event(_log, "reply_failed", level=logging.ERROR, error=problem)
            return Response(status=503)
        return Response(status=204)

    return door


def _verified(gateway: Gateway, body: bytes, app: App) -> str:
    return verify([gateway.secret.value], dict(request.headers), body, now=app.clock.now())


def _refused(status: int) -> Response:
    event(_log, "reply_refused", level=logging.WARNING, status=status)
    return Response(status=status)


def read_reply(body: bytes) -> tuple[str, str]:
    """Telephone and text of a reply; ``MalformedError`` for whatever is not one."""
    try:
        reply = read_json(body)
    except BadEnvelopeError as problem:
        raise MalformedError from problem
    if not isinstance(reply, dict):
        raise MalformedError
    phone, text = reply.get("from"), reply.get("text")
    if not isinstance(phone, str) or not _E164.fullmatch(phone):
        raise MalformedError
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise MalformedError
    return phone, text


def _hear_once(app: App, reply_id: str, phone: str, text: str) -> None:
    """The id is kept after the effect: a crash between the two leads to the same commands once more."""
    digest = app.charts.blind("hook", reply_id)
    place = Place(pk=f"LINK#hook#{digest}", sk="-")
    now = app.clock.now()
    kept = app.charts.read(place, datetime)
    if kept is not None and now < kept[0]:
        event(_log, "reply_repeated")
        return
    heard = hear(app, phone, text, f"sms/{digest[:32]}")
    event(_log, "reply_heard", outcome=heard)
    until = now + IDS_KEPT
    app.charts.write([Row(place=place, value=until, expiry=until)])
