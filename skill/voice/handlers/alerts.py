"""Falls, calls for help, and what belongs to them. Nothing stands in front of an alarm (S2, S5)."""

import logging
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import (
    Answer,
    AskNews,
    AskWhetherHelp,
    MakeRemark,
    RaiseAlert,
    Remark,
    Reply,
    SayImOk,
)
from skill.domain.events import Decision, Reason
from skill.domain.identity import PatientId
from skill.errors import DoseKeeperError
from skill.logs import event
from skill.private import Private
from skill.service.act import Acted
from skill.service.unnamed import keep_unnamed
from skill.voice import reply
from skill.voice.handling import PatientHandler, VoiceHandler
from skill.voice.heard import Sign
from skill.voice.slots import cry_for_help
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response

_log = logging.getLogger(__name__)
HELP_NOT_SENT = "error.help_not_sent"
# Details of an alarm that an unknown voice raised, and that an unknown voice may therefore calm.
_RAISED_BY_ANYBODY = {Detail.SOMEONE_AT_HOME, Detail.ASKED_THEN_SILENT}


def raise_alarm(turn: Turn, kind: AlertKind, detail: Detail = Detail.NONE) -> "Response":
    """Page for everybody whom it may be about, and say so."""
    if turn.household is None:
        return turn.speak("say.nobody_linked")
    return turn.say(page(turn, kind, detail))


def page(turn: Turn, kind: AlertKind, detail: Detail = Detail.NONE) -> Decision:
    """Open the alert of each patient concerned; one that fails does not stop the others.

    With several and no recognised voice: "someone at home". Raises what failed when nothing was paged.
    """
    several = len(turn.concerned) > 1
    what = Detail.SOMEONE_AT_HOME if several and detail is not Detail.ASKED_THEN_SILENT else detail
    done: list[Acted] = []
    failed: DoseKeeperError | None = None
    for patient_id in turn.concerned:
        stamp = turn.stamp_for(patient_id)
        try:
            done.append(turn.act_for(patient_id, RaiseAlert(kind=kind, detail=what, **stamp)))
        except DoseKeeperError as problem:
            failed = problem
            event(_log, "alarm_failed", level=logging.ERROR, error=problem, patient_id=patient_id)
    paged = [acted for acted in done if acted.decision.reason is Reason.PAGED]
    if failed is not None and not paged:
        raise failed
    best = (paged or done)[0]
    turn.about(best.chart)
    return best.decision


def ask_for_help(turn: Turn) -> "Response":
    """ "Do you need a person now?", asked for everybody whom it may be about; silence pages."""
    people = turn.concerned
    if not people:
        turn.next = replace(turn.next, help=())
        return reply.speak(turn, "ask.help", again="say.nobody_linked")
    acted = [turn.act_for(p, AskWhetherHelp(**turn.stamp_for(p))) for p in people]
    asked = [(p, a.decision.asks) for p, a in zip(people, acted, strict=True) if a.decision.asks is not None]
    turn.next = replace(turn.next, help=tuple((p, question) for p, question in asked))
    turn.about(acted[0].chart)
    return turn.say(acted[0].decision)


def no_person_needed(turn: Turn) -> "Response":
    """ "No" to "do you need a person now?"."""
    if not turn.memory.help:
        return reply.not_linked(turn)
    acted = [
        turn.act_for(p, Answer(question=question, reply=Reply.NO, **turn.stamp_for(p)))
        for p, question in turn.memory.help
    ]
    turn.about(acted[0].chart)
    return turn.say(acted[0].decision)


def cried(turn: Turn, text: Private[str] | None) -> "Response | None":
    """The alarm in a slot that takes any text, if there is one (S6)."""
    cry = cry_for_help(text)
    if cry is None:
        return None
    turn.arrival.if_it_fails = HELP_NOT_SENT
    return raise_alarm(turn, AlertKind.HELP) if cry else ask_for_help(turn)


def keep_overdose(turn: Turn) -> None:
    """The statement behind an overdose page stays as a fact too (S1); the page has gone out in any case.

    Of several and a voice that nobody knows it is no intake of anybody's: it waits for the name (S26).
    """
    several = len(turn.concerned) > 1
    for patient_id in turn.concerned:
        said = MakeRemark(remark=Remark.OVERDOSE, **turn.stamp_for(patient_id, "/said"))
        try:
            if several:
                keep_unnamed(turn.app, {patient_id: said})
            else:
                turn.act_for(patient_id, said)
        except DoseKeeperError as problem:
            event(_log, "statement_failed", level=logging.ERROR, error=problem, patient_id=patient_id)


class _Alarm(VoiceHandler):
    if_it_fails: ClassVar[str | None] = HELP_NOT_SENT


class Fall(_Alarm):
    """ "I fell." """

    intents: ClassVar[tuple[str, ...]] = ("FallIntent",)

    def answer(self, turn: Turn) -> "Response":
        return raise_alarm(turn, AlertKind.FALL)


class NeedHelp(_Alarm):
    """ "Help now", "I need somebody"."""

    intents: ClassVar[tuple[str, ...]] = ("NeedHelpIntent",)

    def answer(self, turn: Turn) -> "Response":
        return raise_alarm(turn, AlertKind.HELP)


class Emergency(_Alarm):
    """Emergency words: the number first, then what was sent."""

    intents: ClassVar[tuple[str, ...]] = ("EmergencyIntent",)

    def answer(self, turn: Turn) -> "Response":
        if turn.heard.sign is Sign.SUICIDE:
            return _suicide(turn)
        overdose = turn.heard.sign is Sign.OVERDOSE
        if overdose:
            turn.arrival.if_it_fails = "say.overdose_not_sent"
        if turn.household is None:
            return turn.speak("say.overdose_not_sent" if overdose else "say.emergency_alone")
        decision = page(turn, AlertKind.HELP, Detail.EMERGENCY)
        if overdose:
            keep_overdose(turn)
            return turn.say(decision, key="say.overdose")
        paged = decision.reason is Reason.PAGED
        return turn.say(decision, key="say.emergency" if paged else "say.emergency_alone")


class Suicide(_Alarm):
    """Words of suicide: the crisis line, and a call for help."""

    intents: ClassVar[tuple[str, ...]] = ("SuicideIntent",)
    if_it_fails: ClassVar[str | None] = "say.suicide"

    def answer(self, turn: Turn) -> "Response":
        return _suicide(turn)


def _suicide(turn: Turn) -> "Response":
    turn.arrival.if_it_fails = "say.suicide"
    if turn.household is None:
        return turn.speak("say.suicide")
    return turn.say(page(turn, AlertKind.HELP, Detail.EMERGENCY), key="say.suicide")


class Help(_Alarm):
    """The bare "help", and a fall that was none: asks whether a person is needed (S2)."""

    intents: ClassVar[tuple[str, ...]] = ("AMAZON.HelpIntent", "NearFallIntent")

    def answer(self, turn: Turn) -> "Response":
        return ask_for_help(turn)


class ImOk(PatientHandler):
    """ "I'm OK." An unknown voice among several calms only what an unknown voice has raised."""

    intents: ClassVar[tuple[str, ...]] = ("ImOkIntent",)

    def answer(self, turn: Turn) -> "Response":
        people = turn.concerned
        if len(people) < 2 or not _raised_by_anybody(turn, people):
            return super().answer(turn)
        acted = [turn.act_for(p, SayImOk(**turn.stamp_for(p))) for p in people]
        best = next((a for a in acted if a.decision.reason is Reason.CALMED), acted[0])
        turn.about(best.chart)
        return turn.say(best.decision)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(SayImOk(**turn.stamp)))


def _raised_by_anybody(turn: Turn, people: tuple[PatientId, ...]) -> bool:
    charts = [turn.app.charts.load(person).chart for person in people]
    alarms = [a for chart in charts for a in chart.now.alerts if a.urgent and not a.state.ended]
    return all(alarm.detail in _RAISED_BY_ANYBODY for alarm in alarms)


class AnyNews(PatientHandler):
    """ "Any news?", about everybody for whom help may have been called."""

    intents: ClassVar[tuple[str, ...]] = ("AnyNewsIntent",)
    asks: ClassVar[bool] = True

    def answer(self, turn: Turn) -> "Response":
        if len(turn.concerned) < 2:
            return super().answer(turn)
        acted = [turn.act_for(p, AskNews(**turn.stamp_for(p))) for p in turn.concerned]
        order = (Reason.NEWS_ANSWERED, Reason.NEWS_NONE, Reason.NEWS_NOBODY, Reason.NO_ALERT)
        best = min(acted, key=lambda a: order.index(a.decision.reason))
        turn.about(best.chart)
        return turn.say(best.decision)

    def tell(self, turn: Turn) -> "Response":
        return turn.say(turn.act(AskNews(**turn.stamp)))
