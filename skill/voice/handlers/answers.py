"""Short answers. They belong to the question that the session carries, and to no other (H4)."""

from typing import TYPE_CHECKING, ClassVar

from skill.domain.alerts import AlertKind
from skill.domain.commands import Answer, Command, ConfirmDoses, Reply, SayWhichTime, Scope
from skill.domain.events import Question, QuestionKind
from skill.domain.timing import Period, period_at
from skill.voice import reply
from skill.voice.handlers.alerts import HELP_NOT_SENT, no_person_needed, raise_alarm
from skill.voice.handling import PatientHandler
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response


class _ShortAnswer(PatientHandler):
    bare: ClassVar[bool] = True
    reply: ClassVar[Reply]

    def answer(self, turn: Turn) -> "Response":
        if turn.memory.help is None:
            return super().answer(turn)
        if self.reply is Reply.NO:
            return no_person_needed(turn)
        turn.arrival.if_it_fails = HELP_NOT_SENT
        return raise_alarm(turn, AlertKind.HELP)

    def tell(self, turn: Turn) -> "Response":
        carried = turn.memory.question
        return turn.say(turn.act(Answer(question=carried, reply=self.reply, **turn.stamp)))


class Yes(_ShortAnswer):
    intents: ClassVar[tuple[str, ...]] = ("AMAZON.YesIntent",)
    reply: ClassVar[Reply] = Reply.YES


class No(_ShortAnswer):
    intents: ClassVar[tuple[str, ...]] = ("AMAZON.NoIntent",)
    reply: ClassVar[Reply] = Reply.NO


class NotSure(_ShortAnswer):
    """ "Not sure", "maybe"; to "do you need a person?" it is a yes."""

    intents: ClassVar[tuple[str, ...]] = ("NotSureIntent",)
    reply: ClassVar[Reply] = Reply.NOT_SURE


class SameOnes(PatientHandler):
    """ "The same ones." """

    bare: ClassVar[bool] = True
    intents: ClassVar[tuple[str, ...]] = ("SameOnesIntent",)

    def tell(self, turn: Turn) -> "Response":
        carried = turn.memory.question
        return turn.say(turn.act(Answer(question=carried, reply=Reply.SAME, **turn.stamp)))


class Taken(PatientHandler):
    """ "Taken", "done": a statement of its own, but to a read-back it is a yes."""

    bare: ClassVar[bool] = True
    intents: ClassVar[tuple[str, ...]] = ("TakenIntent",)

    def tell(self, turn: Turn) -> "Response":
        question = turn.open_question()
        if question is not None and question.kind in (QuestionKind.READ_BACK, QuestionKind.TIME):
            carried = turn.memory.question
            return turn.say(turn.act(Answer(question=carried, reply=Reply.YES, **turn.stamp)))
        return turn.say(turn.act(self.said(turn)))

    def said(self, turn: Turn) -> Command:
        return ConfirmDoses(**turn.stamp)


class WhichTime(PatientHandler):
    """ "The eight o'clock one", "in the evening"."""

    bare: ClassVar[bool] = True
    intents: ClassVar[tuple[str, ...]] = ("WhichTimeIntent",)

    def tell(self, turn: Turn) -> "Response":
        heard, question = turn.heard, turn.open_question()
        carried = turn.memory.question
        if question is None or (question.kind is QuestionKind.WHICH_TIME and not heard.unclear):
            chosen = SayWhichTime(question=carried, period=heard.period, wall=heard.wall, **turn.stamp)
            return turn.say(turn.act(chosen))
        if question.kind is QuestionKind.TIME and heard.wall is not None:
            scope = Scope(doses=question.doses)
            return turn.say(turn.act(ConfirmDoses(scope=scope, at=heard.wall, **turn.stamp)))
        if question.kind is QuestionKind.TIME and heard.period and heard.period is _period_of(turn, question):
            return turn.say(turn.act(Answer(question=carried, reply=Reply.YES, **turn.stamp)))
        return reply.ask_again(turn, question)


def _period_of(turn: Turn, question: Question) -> Period | None:
    """The part of the day of the moment that was read back."""
    zone = turn.chart.plan.patient.zone
    return period_at(question.at.astimezone(zone).time()) if question.at is not None else None
