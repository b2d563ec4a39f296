"""What is said about taking: each statement becomes one command."""

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from skill.domain.commands import (
    Answer,
    Command,
    ConfirmDoses,
    DontRemember,
    GiveSkipReason,
    MakeRemark,
    Remark,
    Reply,
    SayNotYet,
    SkipDoses,
    TakeAgain,
    Undo,
)
from skill.domain.events import QuestionKind
from skill.voice import slots
from skill.voice.handlers.alerts import cried
from skill.voice.handling import PatientHandler
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response


class _Statement(PatientHandler):
    """One command, and its decision in words."""

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(self.said(turn)))

    @abstractmethod
    def said(self, turn: Turn) -> Command:
        """The command."""


class Confirm(_Statement):
    """ "I took my pills", "I took my morning pills at eight", "I took my lisinopril"."""

    intents: ClassVar[tuple[str, ...]] = ("ConfirmIntent", "ConfirmPacketIntent", "ConfirmNamedIntent")

    def said(self, turn: Turn) -> Command:
        scope = slots.scope(turn)
        at, day = slots.moment(turn), turn.heard.day
        return ConfirmDoses(scope=scope, at=at, day=day, **turn.stamp)


class ConfirmExcept(_Statement):
    """ "Everything except my injection." """

    intents: ClassVar[tuple[str, ...]] = ("ConfirmExceptIntent",)

    def said(self, turn: Turn) -> Command:
        return ConfirmDoses(scope=slots.all_except(turn), **turn.stamp)


class ConfirmPartly(_Statement):
    """ "I took half of it." How much is asked for when it cannot be told; nothing is guessed."""

    intents: ClassVar[tuple[str, ...]] = ("ConfirmPartlyIntent",)

    def tell(self, turn: Turn) -> "Response":
        scope = slots.scope(turn)
        command = self.said(turn)
        unclear = command.part is None and not scope.unresolved
        return turn.say(turn.act(command), key="say.how_much" if unclear else None)

    def said(self, turn: Turn) -> ConfirmDoses:
        scope = slots.scope(turn)
        share = None if scope.unresolved else slots.share(turn, scope)
        if share is None:
            return ConfirmDoses(scope=slots.UNRESOLVED, **turn.stamp)
        return ConfirmDoses(scope=scope, part=share, **turn.stamp)


class TookAgain(_Statement):
    """ "I took them again." """

    intents: ClassVar[tuple[str, ...]] = ("TookAgainIntent",)

    def said(self, turn: Turn) -> Command:
        return TakeAgain(scope=slots.scope(turn), **turn.stamp)


class Skip(_Statement):
    """ "I'm not taking it", and the reason once it was asked for."""

    intents: ClassVar[tuple[str, ...]] = ("SkipIntent",)

    def answer(self, turn: Turn) -> "Response":
        return cried(turn, turn.heard.free_text) or super().answer(turn)

    def tell(self, turn: Turn) -> "Response":
        heard, question = turn.heard, turn.open_question()
        asked = question is not None and question.kind is QuestionKind.SKIP_REASON
        if not asked or heard.group or heard.names_a_medicine:
            return super().tell(turn)
        carried = turn.memory.question
        if heard.reason is None:
            return turn.say(turn.act(Answer(question=carried, reply=Reply.NO, **turn.stamp)))
        return turn.say(turn.act(GiveSkipReason(question=carried, reason=heard.reason, **turn.stamp)))

    def said(self, turn: Turn) -> Command:
        return SkipDoses(scope=slots.scope(turn), reason=turn.heard.reason, **turn.stamp)


class NotYet(_Statement):
    """ "Not yet", "I haven't taken them"."""

    intents: ClassVar[tuple[str, ...]] = ("NotYetIntent",)

    def said(self, turn: Turn) -> Command:
        return SayNotYet(scope=slots.scope(turn), **turn.stamp)


class TakingNow(_Statement):
    """ "I'm taking them now", "I will take them": a wish is no fact (S24)."""

    intents: ClassVar[tuple[str, ...]] = ("TakingNowIntent",)

    def said(self, turn: Turn) -> Command:
        return MakeRemark(remark=Remark.TAKING_NOW, **turn.stamp)


class Unsure(_Statement):
    """ "I don't remember": about the doses, or as the answer to a question that is not about them."""

    intents: ClassVar[tuple[str, ...]] = ("DontRememberIntent",)

    def tell(self, turn: Turn) -> "Response":
        question, scope = turn.open_question(), slots.scope(turn)
        if question is not None and scope.generic and question.kind in _ABOUT_OTHER_THINGS:
            carried = turn.memory.question
            return turn.say(turn.act(Answer(question=carried, reply=Reply.NOT_SURE, **turn.stamp)))
        return super().tell(turn)

    def said(self, turn: Turn) -> Command:
        return DontRemember(scope=slots.scope(turn), **turn.stamp)


_ABOUT_OTHER_THINGS = (QuestionKind.DOUBLE, QuestionKind.REMAINDER, QuestionKind.SKIP_REASON)


class TakeBack(_Statement):
    """ "That's wrong." """

    intents: ClassVar[tuple[str, ...]] = ("UndoIntent",)

    def said(self, turn: Turn) -> Command:
        return Undo(**turn.stamp)


class CameUp(_Statement):
    """ "I threw up my pills": what that means is no question for us."""

    intents: ClassVar[tuple[str, ...]] = ("CameUpIntent",)

    def said(self, turn: Turn) -> Command:
        return MakeRemark(remark=Remark.CAME_UP, scope=slots.scope(turn), **turn.stamp)


class OthersDose(_Statement):
    """ "We took ours", "she took hers": closes no dose of the speaker (S26)."""

    intents: ClassVar[tuple[str, ...]] = ("OthersDoseIntent",)

    def said(self, turn: Turn) -> Command:
        return MakeRemark(remark=Remark.OTHERS_DOSE, **turn.stamp)


class Advice(_Statement):
    """ "Can I take another one?" """

    intents: ClassVar[tuple[str, ...]] = ("AskAdviceIntent",)

    def said(self, turn: Turn) -> Command:
        return MakeRemark(remark=Remark.ADVICE_ASKED, **turn.stamp)
