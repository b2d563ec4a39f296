"""What is said about taking: each statement becomes one command."""

from typing import TYPE_CHECKING, ClassVar

from skill.domain.commands import (
    Answer,
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


class Confirm(PatientHandler):
    """ "I took my pills", "I took my morning pills at eight", "I took my lisinopril"."""

    intents: ClassVar[tuple[str, ...]] = ("ConfirmIntent", "ConfirmPacketIntent", "ConfirmNamedIntent")

    def tell(self, turn: Turn) -> "Response":
        scope = slots.scope(turn)
        return turn.say(turn.act(ConfirmDoses(scope=scope, at=slots.moment(turn), **turn.stamp)))


class ConfirmExcept(PatientHandler):
    """ "Everything except my injection." """

    intents: ClassVar[tuple[str, ...]] = ("ConfirmExceptIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(ConfirmDoses(scope=slots.all_except(turn), **turn.stamp)))


class ConfirmPartly(PatientHandler):
    """ "I took half of it." How much is asked for when it cannot be told; nothing is guessed."""

    intents: ClassVar[tuple[str, ...]] = ("ConfirmPartlyIntent",)

    def tell(self, turn: Turn) -> "Response":
        scope = slots.scope(turn)
        share = None if scope.unresolved else slots.share(turn, scope)
        if share is not None:
            return turn.say(turn.act(ConfirmDoses(scope=scope, part=share, **turn.stamp)))
        unclear = turn.act(ConfirmDoses(scope=slots.UNRESOLVED, **turn.stamp))
        return turn.say(unclear, key=None if scope.unresolved else "say.how_much")


class TookAgain(PatientHandler):
    """ "I took them again." """

    intents: ClassVar[tuple[str, ...]] = ("TookAgainIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(TakeAgain(scope=slots.scope(turn), **turn.stamp)))


class Skip(PatientHandler):
    """ "I'm not taking it", and the reason once it was asked for."""

    intents: ClassVar[tuple[str, ...]] = ("SkipIntent",)

    def answer(self, turn: Turn) -> "Response":
        return cried(turn, turn.heard.free_text) or super().answer(turn)

    def tell(self, turn: Turn) -> "Response":
        heard, question = turn.heard, turn.open_question()
        asked = question is not None and question.kind is QuestionKind.SKIP_REASON
        if not asked or heard.group or heard.names_a_medicine:
            return turn.say(turn.act(SkipDoses(scope=slots.scope(turn), reason=heard.reason, **turn.stamp)))
        carried = turn.memory.question
        if heard.reason is None:
            return turn.say(turn.act(Answer(question=carried, reply=Reply.NO, **turn.stamp)))
        return turn.say(turn.act(GiveSkipReason(question=carried, reason=heard.reason, **turn.stamp)))


class NotYet(PatientHandler):
    """ "Not yet", "I haven't taken them"."""

    intents: ClassVar[tuple[str, ...]] = ("NotYetIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(SayNotYet(scope=slots.scope(turn), **turn.stamp)))


class TakingNow(PatientHandler):
    """ "I'm taking them now", "I will take them": a wish is no fact (S24)."""

    intents: ClassVar[tuple[str, ...]] = ("TakingNowIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(MakeRemark(remark=Remark.TAKING_NOW, **turn.stamp)))


class Unsure(PatientHandler):
    """ "I don't remember": about the doses, or as the answer to a question that is not about them."""

    intents: ClassVar[tuple[str, ...]] = ("DontRememberIntent",)

    def tell(self, turn: Turn) -> "Response":
        question, scope = turn.open_question(), slots.scope(turn)
        if question is not None and scope.generic and question.kind in _ABOUT_OTHER_THINGS:
            carried = turn.memory.question
            return turn.say(turn.act(Answer(question=carried, reply=Reply.NOT_SURE, **turn.stamp)))
        return turn.say(turn.act(DontRemember(scope=scope, **turn.stamp)))


_ABOUT_OTHER_THINGS = (QuestionKind.DOUBLE, QuestionKind.SKIP_REASON)


class TakeBack(PatientHandler):
    """ "That's wrong." """

    intents: ClassVar[tuple[str, ...]] = ("UndoIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(Undo(**turn.stamp)))


class OthersDose(PatientHandler):
    """ "We took ours", "she took hers": closes no dose of the speaker (S26)."""

    intents: ClassVar[tuple[str, ...]] = ("OthersDoseIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(MakeRemark(remark=Remark.OTHERS_DOSE, **turn.stamp)))


class Advice(PatientHandler):
    """ "Can I take another one?" """

    intents: ClassVar[tuple[str, ...]] = ("AskAdviceIntent",)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(MakeRemark(remark=Remark.ADVICE_ASKED, **turn.stamp)))
