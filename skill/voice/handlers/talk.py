"""The conversation itself: how to use it, once more, not understood, and the end."""

import logging
from typing import TYPE_CHECKING, ClassVar

from ask_sdk_core.handler_input import HandlerInput
from msgspec.structs import replace

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import Answer, EndSession, Reply
from skill.domain.events import QuestionKind
from skill.errors import DoseKeeperError
from skill.logs import event
from skill.voice import reply
from skill.voice.handlers.alerts import HELP_NOT_SENT, ask_for_help, raise_alarm
from skill.voice.handling import PatientHandler, VoiceHandler, request_of
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response

_log = logging.getLogger(__name__)


class HowToUse(VoiceHandler):
    """The manual."""

    intents: ClassVar[tuple[str, ...]] = ("HowToUseIntent",)

    def answer(self, turn: Turn) -> "Response":
        return reply.not_linked(turn) if turn.household is None else turn.speak("say.how_to_use")


class Fallback(VoiceHandler):
    """What was not understood: to "do you need a person?" it is a call, to anything else no answer.

    Registered after all others: an intent that this release does not know is not understood either.
    """

    intents: ClassVar[tuple[str, ...]] = ("AMAZON.FallbackIntent",)

    def can_handle(self, handler_input: HandlerInput) -> bool:
        return bool(request_of(handler_input).object_type == "IntentRequest")

    def answer(self, turn: Turn) -> "Response":
        if turn.memory.help is not None:
            turn.arrival.if_it_fails = HELP_NOT_SENT
            return raise_alarm(turn, AlertKind.HELP, Detail.ASKED_THEN_SILENT)
        if turn.household is None:
            return reply.not_linked(turn)
        if turn.patient_id is None:
            return reply.ask_who(turn, bare=True, again=turn.memory.pending is not None)
        question = turn.open_question()
        if question is None:
            return turn.speak("say.not_understood")
        if question.kind is QuestionKind.SKIP_REASON:
            carried = turn.memory.question
            return turn.say(turn.act(Answer(question=carried, reply=Reply.NOT_SURE, **turn.stamp)))
        return reply.ask_again(turn, question)


class Repeat(PatientHandler):
    """ "Say that again." The same decision in the same words, and nothing happens anew."""

    intents: ClassVar[tuple[str, ...]] = ("AMAZON.RepeatIntent",)

    def answer(self, turn: Turn) -> "Response":
        last, memory = turn.memory.last, turn.memory
        known = turn.household.patients if turn.household is not None else ()
        if last is None or last.patient_id not in known:
            return self._once_more(turn)
        turn.about(turn.app.charts.load(last.patient_id).chart)
        done = turn.chart.operation(last.operation)
        if done is None:
            return self._once_more(turn)
        turn.next = replace(turn.next, help=memory.help)
        return turn.say(done, key=last.key)

    def _once_more(self, turn: Turn) -> "Response":
        """What left no trace in the chart is answered anew; it changed nothing the first time either."""
        if turn.memory.pending is not None:
            return reply.ask_who(turn, bare=True)
        if turn.memory.help is not None:
            return ask_for_help(turn)
        return turn.go_on_with(turn.memory.heard)

    def tell(self, turn: Turn) -> "Response":
        return self._once_more(turn)


class Stop(VoiceHandler):
    """ "Stop", "cancel", "go home": the end, which is no silence."""

    intents: ClassVar[tuple[str, ...]] = (
        "AMAZON.StopIntent",
        "AMAZON.CancelIntent",
        "AMAZON.NavigateHomeIntent",
    )

    def answer(self, turn: Turn) -> "Response":
        _end(turn, silent=False)
        return turn.speak("say.goodbye", keep=False)


class SessionEnded(VoiceHandler):
    """Alexa ended the session: nobody hears words any more, but silence may have a meaning."""

    requests: ClassVar[tuple[str, ...]] = ("SessionEndedRequest",)

    def handle(self, handler_input: HandlerInput) -> "Response":
        turn = Turn.of(handler_input)
        reason = request_of(handler_input).reason
        _end(turn, silent=reason is None or reason.value != "USER_INITIATED")
        return reply.silent(turn)

    def answer(self, turn: Turn) -> "Response":
        return reply.silent(turn)


def _end(turn: Turn, *, silent: bool) -> None:
    """Close the open questions. What cannot be closed now expires, and its silence is decided then."""
    asked = [patient_id for patient_id, _ in turn.came.help or ()]
    known = turn.household.patients if turn.household is not None else ()
    people = dict.fromkeys([*asked, turn.came.patient_id, turn.patient_id])
    for patient_id in (p for p in people if p is not None and p in known):
        try:
            turn.act_for(patient_id, EndSession(silent=silent, **turn.stamp_for(patient_id)))
        except DoseKeeperError as problem:
            event(_log, "session_end_failed", level=logging.ERROR, error=problem, patient_id=patient_id)


class OtherRequest(VoiceHandler):
    """A request of a kind that this release does not answer: events, other interfaces."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        del handler_input
        return True

    def answer(self, turn: Turn) -> "Response":
        return reply.silent(turn) if turn.attributes is None else turn.speak("say.not_understood")
