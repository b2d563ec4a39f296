"""Who is speaking, and which household this Echo belongs to."""

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from skill.domain.commands import MakeRemark, Remark
from skill.domain.identity import PatientId
from skill.domain.names import plain
from skill.phrases.spoken import plain_speech
from skill.service.linking import Linked, bind_person, link
from skill.service.ports import Place, Row
from skill.voice import envelope, reply
from skill.voice.handlers.alerts import cried
from skill.voice.handling import VoiceHandler
from skill.voice.turn import Turn

if TYPE_CHECKING:
    from ask_sdk_model.response import Response

_REPEATED_WITHIN = timedelta(minutes=10)  # Alexa repeats a request at once, or never
_WORDS = {
    Linked.LINKED: "say.linked",
    Linked.WRONG: "say.link_wrong",
    Linked.TOO_MANY: "say.link_too_many",
}


class WhoIsSpeaking(VoiceHandler):
    """ "This is Ada": chooses the patient, ties a recognised voice to the name, and goes on."""

    intents: ClassVar[tuple[str, ...]] = ("WhoIsSpeakingIntent",)

    def answer(self, turn: Turn) -> "Response":
        if (alarm := cried(turn, turn.heard.name)) is not None:
            return alarm
        if turn.household is None:
            return reply.not_linked(turn)
        called = _called(turn)
        if len(called) != 1:
            return _unknown(turn)
        patient_id = called[0]
        person = turn.unbound_person
        if person is not None:
            bind_person(turn.app, turn.household.household_id, person, patient_id)
        turn.become(patient_id, bound=person is not None)
        name = turn.chart.plan.patient.name.value
        country = turn.room.country
        turn.prefix = plain_speech(turn.phrases, "say.thank_you_name", country=country, name=name) + " "
        response = turn.go_on_with(turn.memory.pending)
        reply.speaker_told(turn)
        return response


def _called(turn: Turn) -> tuple[PatientId, ...]:
    """The patients of this household whom people call by the name that was said."""
    said = plain(turn.heard.name.value) if turn.heard.name is not None else ""
    patients = turn.household.patients if turn.household is not None and said else ()
    names = {p: plain(turn.app.charts.load(p).chart.plan.patient.name.value) for p in patients}
    exact = tuple(p for p, name in names.items() if name == said)
    return exact or tuple(p for p, name in names.items() if name.split()[:1] == [said])


def _unknown(turn: Turn) -> "Response":
    """A name that is not here, or that two people share. Where there is only one patient, it is a visitor."""
    if turn.household is None or len(turn.household.patients) > 1:
        return reply.ask_who(turn, again=True)
    return turn.say(turn.act(MakeRemark(remark=Remark.NAME_UNKNOWN, **turn.stamp)))


class Link(VoiceHandler):
    """ "Link code one two three four five six." Works on an Echo that nobody is linked to."""

    intents: ClassVar[tuple[str, ...]] = ("LinkIntent",)

    def answer(self, turn: Turn) -> "Response":
        if turn.heard.code is None or turn.user_id is None:
            return reply.speak(turn, "ask.link_code", again="ask.link_code", elicit=reply.CODE_SLOT)
        return turn.speak(_WORDS[_link_once(turn, turn.user_id, turn.heard.code)])


def _link_once(turn: Turn, user_id: str, code: str) -> Linked:
    """A repeated request gets the answer of the first: a code works once, and tries are counted."""
    charts = turn.app.charts
    request = envelope.request_id(turn.arrival.raw) or ""
    place = Place(pk=f"LINK#request#{charts.blind('request', request)}", sk="-")
    known = charts.read(place, Linked)
    if known is not None:
        return known[0]
    outcome = link(turn.app, user_id, code)
    charts.write([Row(place=place, value=outcome, expect=0, expiry=turn.now + _REPEATED_WITHIN)])
    return outcome
