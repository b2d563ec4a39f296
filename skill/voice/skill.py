"""The Alexa skill: an envelope in, an envelope out, whatever the envelope holds."""

import logging
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from ask_sdk_core.dispatch_components.exception_components import AbstractExceptionHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.response_helper import ResponseFactory
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_core.skill import CustomSkill
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model.request_envelope import RequestEnvelope
from ask_sdk_model.response import Response
from ask_sdk_model.response_envelope import ResponseEnvelope

from skill.clock import Clock
from skill.domain.alerts import AlertKind
from skill.errors import DoseKeeperError
from skill.logs import carrying, event, metric
from skill.phrases.catalogue import Catalogue
from skill.phrases.spoken import plain_speech
from skill.service.act import App
from skill.service.calls import Call
from skill.voice import envelope
from skill.voice.handlers import alerts, answers, day, doses, people, talk
from skill.voice.handling import VoiceHandler, request_of
from skill.voice.turn import Arrival, Room, operation_of

Answer = Callable[[dict[str, object]], dict[str, object]]
_log = logging.getLogger(__name__)
_serializer: Any = DefaultSerializer()

HANDLERS: tuple[type[VoiceHandler], ...] = (
    alerts.Fall,
    alerts.NeedHelp,
    alerts.Emergency,
    alerts.Suicide,
    alerts.Help,
    alerts.ImOk,
    alerts.AnyNews,
    day.Launch,
    day.WhatIsDue,
    day.DidITake,
    doses.Confirm,
    doses.ConfirmExcept,
    doses.ConfirmPartly,
    doses.TookAgain,
    doses.Skip,
    doses.NotYet,
    doses.TakingNow,
    doses.Unsure,
    doses.TakeBack,
    doses.CameUp,
    doses.OthersDose,
    doses.Advice,
    answers.Yes,
    answers.No,
    answers.NotSure,
    answers.SameOnes,
    answers.Taken,
    answers.WhichTime,
    people.WhoIsSpeaking,
    people.Link,
    talk.HowToUse,
    talk.Repeat,
    talk.Stop,
    talk.SessionEnded,
    talk.Fallback,
    talk.OtherRequest,
)


class Failure(AbstractExceptionHandler):
    """Says honestly that something failed, and never that it is written down."""

    def can_handle(self, handler_input: HandlerInput, exception: Exception) -> bool:
        del handler_input, exception
        return True

    def handle(self, handler_input: HandlerInput, exception: Exception) -> Response:
        request = request_of(handler_input)
        event(_log, "turn_failed", level=logging.ERROR, error=exception, kind=request.object_type)
        if handler_input.request_envelope.session is None or request.object_type == "SessionEndedRequest":
            return handler_input.response_builder.response
        arrival: Arrival = handler_input.context
        if arrival.if_it_fails is not None:
            _keep_call(arrival, request)
        key = arrival.if_it_fails or _words_for(exception, arrival)
        return _plain(arrival, key, handler_input.response_builder, end=arrival.if_it_fails is None)


def _words_for(exception: Exception, arrival: Arrival) -> str:
    if arrival.asks:
        return "error.not_looked_up"
    return exception.key if isinstance(exception, DoseKeeperError) else DoseKeeperError.key


def _keep_call(arrival: Arrival, request: Any) -> None:  # noqa: ANN401 - one of the SDK's request classes
    """An alarm could not be written: it goes where it still can be kept (S5; fault 8)."""
    app, account = arrival.room.app, envelope.user_id(arrival.raw)
    intent = request.intent.name if request.object_type == "IntentRequest" else ""
    if app.later is None or account is None or intent == "AMAZON.NoIntent":
        return
    kind = AlertKind.FALL if intent == "FallIntent" else AlertKind.HELP
    call = Call(kind=kind, account=account, operation=operation_of(arrival.raw), at=app.clock.now())
    try:
        app.later(call)
        event(_log, "call_kept", operation=call.operation)
    except DoseKeeperError as problem:
        event(_log, "call_not_kept", level=logging.ERROR, operation=call.operation, error=problem)


def build_skill(app: App, catalogue: Catalogue, *, country: str, skill_id: str | None = None) -> Answer:
    """The skill as one function. It never raises.

    ``country``: whose telephone numbers are given where no patient is known.

    ``skill_id``: refuse what was made for another skill, or at another time, with an answer without
    words; None where the door in front has seen to that. Nothing is drawn here: what a turn creates is
    derived from its request, so that a repeated request creates nothing new.
    """
    handlers = [handler() for handler in HANDLERS]
    by_name = {name: handler for handler in handlers for name in (*handler.intents, *handler.requests)}
    room = Room(app=app, catalogue=catalogue, country=country, handlers=by_name)
    skill = _sdk_skill(handlers)

    def answer(raw: dict[str, object]) -> dict[str, object]:
        if not _is_ours(raw, skill_id, app):
            return _written(ResponseEnvelope(response=ResponseFactory().response, version="1.0"))
        request, seen = _readable(raw)
        arrival = Arrival(room=room, raw=seen)
        if isinstance(request, envelope.UnknownRequest):
            return _written(ResponseEnvelope(response=_unknown(arrival), version="1.0"))
        return _written(skill.invoke(request, context=arrival))

    return answer


def timed(answer: Answer, clock: Clock) -> Answer:
    """``answer``, with the operation of each turn on every line, and how long the turn took as a metric."""

    def turn(raw: dict[str, object]) -> dict[str, object]:
        began = clock.monotonic()
        with carrying(operation=operation_of(raw)):
            answered = answer(raw)
            metric(_log, "turn_latency", round((clock.monotonic() - began) * 1000, 3))
        return answered

    return turn


def _sdk_skill(handlers: list[VoiceHandler]) -> CustomSkill:
    builder = SkillBuilder()
    for handler in handlers:
        builder.add_request_handler(handler)
    builder.add_exception_handler(Failure())
    return CustomSkill(skill_configuration=builder.skill_configuration)


def _is_ours(raw: dict[str, object], skill_id: str | None, app: App) -> bool:
    if envelope.request_id(raw) is None:
        return False
    if skill_id is None:
        return True
    try:
        envelope.check_envelope(raw, skill_id=skill_id, now=app.clock.now())
    except envelope.BadEnvelopeError as refusal:
        event(_log, "envelope_refused", level=logging.WARNING, reason=refusal.reason.value)
        metric(_log, "alexa_refused", 1)
        return False
    return True


def _readable(
    raw: dict[str, object],
) -> tuple[RequestEnvelope | envelope.UnknownRequest, dict[str, object]]:
    """The envelope as the SDK's object; an intent without a name is one that was not understood."""
    request = envelope.to_request_envelope(raw)
    if not isinstance(request, envelope.UnknownRequest) or request.type != "IntentRequest":
        return request, raw
    mended = deepcopy(raw)
    part = mended["request"]
    if isinstance(part, dict):
        part["intent"] = {"name": "AMAZON.FallbackIntent", "confirmationStatus": "NONE", "slots": {}}
    return envelope.to_request_envelope(mended), mended


def _unknown(arrival: Arrival) -> Response:
    """Silence to an event; to a person in a session, that it was not understood."""
    if not isinstance(arrival.raw.get("session"), dict):
        return ResponseFactory().response
    return _plain(arrival, "say.not_understood", ResponseFactory(), end=False)


def _plain(arrival: Arrival, key: str, builder: ResponseFactory, *, end: bool) -> Response:
    words = plain_speech(arrival.phrases, key, country=arrival.room.country)
    return builder.speak(words).set_should_end_session(end).response


def _written(response: ResponseEnvelope) -> dict[str, object]:
    written: dict[str, object] = dict(_serializer.serialize(response))
    return written
