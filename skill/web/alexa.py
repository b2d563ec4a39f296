"""``POST /alexa``: a request that Amazon signed, in; what Alexa is to say, out."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from skill.clock import Clock
from skill.logs import event, metric
from skill.voice.envelope import BadEnvelopeError, read_envelope
from skill.web.alexa_forgery import ForgedRequestError
from skill.web.alexa_verifier import Verifier

Answer = Callable[[dict[str, object]], dict[str, object]]
_log = logging.getLogger(__name__)


def alexa_door(answer: Answer, verifier: Verifier, clock: Clock, skill_id: str | None) -> Blueprint:
    """The door for Alexa. Everything that is not a genuine, timely request for this skill gets a bare 400.

    The signature is checked over the raw bytes before anything in them is read. Without a skill id
    the door answers nobody.
    """
    door = Blueprint("alexa", __name__)

    @door.post("/alexa")
    def alexa() -> Response:
        if skill_id is None:
            event(_log, "alexa_refused", level=logging.WARNING, reason="no_skill_id")
            return Response(status=400)
        try:
            body = request.get_data(cache=False)
            verifier.verify(request.headers, body)
            envelope = read_envelope(body, skill_id=skill_id, now=clock.now())
        except RequestEntityTooLarge:
            event(_log, "alexa_refused", level=logging.WARNING, reason="too_large")
            metric(_log, "alexa_refused", 1)
            return Response(status=400)
        except (ForgedRequestError, BadEnvelopeError) as refusal:
            event(_log, "alexa_refused", level=logging.WARNING, reason=str(refusal.facts.get("reason", "")))
            metric(_log, "alexa_refused", 1)
            return Response(status=400)
        return jsonify(answer(envelope))

    return door
