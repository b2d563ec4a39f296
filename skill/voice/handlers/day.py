"""What is open, and what was told: questions about the day."""

from typing import TYPE_CHECKING, ClassVar

from skill.domain.commands import AskDue, AskTaken, OpenSession
from skill.voice import slots
from skill.voice.handling import PatientHandler
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response


class Launch(PatientHandler):
    """ "Alexa, open Dose Keeper." """

    requests: ClassVar[tuple[str, ...]] = ("LaunchRequest",)
    asks: ClassVar[bool] = True

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(OpenSession(**turn.stamp)))


class WhatIsDue(PatientHandler):
    """ "What's due?" """

    intents: ClassVar[tuple[str, ...]] = ("WhatIsDueIntent",)
    asks: ClassVar[bool] = True

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(AskDue(**turn.stamp)))


class DidITake(PatientHandler):
    """ "Did I take them?" """

    intents: ClassVar[tuple[str, ...]] = ("DidITakeIntent",)
    asks: ClassVar[bool] = True

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(AskTaken(scope=slots.scope(turn), **turn.stamp)))
