"""What the handlers have in common: when they are meant, and what must be known before they answer."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from ask_sdk_core.dispatch_components.request_components import AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput

from skill.domain.commands import Command, OpenSession
from skill.voice import reply
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response


def request_of(handler_input: HandlerInput) -> Any:  # noqa: ANN401 -- one of the SDK's request classes
    """The request itself; an intent request has an intent with a name (``to_request_envelope``)."""
    return handler_input.request_envelope.request


class VoiceHandler(AbstractRequestHandler):
    """Answers the intents and the other kinds of request that it declares.

    ``if_it_fails``: the phrase for a failure of ours, where "only my note failed" would not do.
    ``asks``: it is a question, so that a failure leaves nothing unwritten.
    """

    intents: ClassVar[tuple[str, ...]] = ()
    requests: ClassVar[tuple[str, ...]] = ()
    if_it_fails: ClassVar[str | None] = None
    asks: ClassVar[bool] = False

    def can_handle(self, handler_input: HandlerInput) -> bool:
        request = request_of(handler_input)
        if request.object_type == "IntentRequest":
            return request.intent.name in self.intents
        return request.object_type in self.requests

    def handle(self, handler_input: HandlerInput) -> "Response":
        handler_input.context.if_it_fails = self.if_it_fails
        handler_input.context.asks = self.asks
        return self.answer(Turn.of(handler_input))

    @abstractmethod
    def answer(self, turn: Turn) -> "Response":
        """Understand, send one command, say the decision."""


class PatientHandler(VoiceHandler):
    """Answers when it is known about whom; else asks for the link, or for the name.

    ``bare``: its words mean something only as the answer to a question.
    """

    bare: ClassVar[bool] = False

    def answer(self, turn: Turn) -> "Response":
        if turn.household is None:
            return reply.not_linked(turn)
        if turn.patient_id is None:
            return reply.ask_who(turn, bare=self.bare, said=self.said)
        if self.bare and turn.started_over:
            return turn.say(turn.act(OpenSession(**turn.stamp)))
        return self.tell(turn)

    @abstractmethod
    def tell(self, turn: Turn) -> "Response":
        """Answer about ``turn.patient_id``."""

    def said(self, turn: Turn) -> Command | None:
        """What this turn states about an intake, as said by ``turn.patient_id``; None when it states nothing.

        Nothing is written by it.
        """
        del turn
        return None
