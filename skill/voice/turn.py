"""One turn of a conversation: who speaks, about which patient, what was understood, and the answer."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypedDict

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.chart import Chart
from skill.domain.commands import Command
from skill.domain.events import Decision, Question
from skill.domain.identity import (
    PATIENT,
    SOMEONE,
    DeviceId,
    MedicationId,
    OperationId,
    PatientId,
    SessionId,
    Speaker,
)
from skill.phrases.blanks import Said
from skill.phrases.catalogue import Catalogue, Phrases
from skill.phrases.grammar import DEFAULT_LOCALE
from skill.service.act import Acted, App, act
from skill.service.linking import Household, find_household, patient_of_voice
from skill.voice import envelope, reply
from skill.voice.heard import LAUNCH, Heard
from skill.voice.memory import Asked, Memory, from_attributes
from skill.voice.slots import heard_in

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model.response import Response

_LONGEST_ID = 100  # letters; Amazon's are about 60, and the chart keeps 64 of them


class Answers(Protocol):
    """What answers one intent."""

    def answer(self, turn: "Turn") -> "Response": ...


class Room(Struct, frozen=True, kw_only=True):
    """What every turn needs. ``handlers``: who answers which intent.

    ``country``: whose telephone numbers are given where no patient is known.
    """

    app: App
    catalogue: Catalogue
    country: str
    handlers: Mapping[str, Answers]


class Arrival(Struct, kw_only=True):
    """One request on its way through the SDK, as its context.

    ``if_it_fails``: the phrase said then. ``asks``: it is a question, so that nothing is left unwritten.
    """

    room: Room
    raw: dict[str, object]
    if_it_fails: str | None = None
    asks: bool = False

    @property
    def locale(self) -> str:
        return envelope.locale(self.raw) or DEFAULT_LOCALE

    @property
    def phrases(self) -> Phrases:
        return self.room.catalogue.load(self.locale)


class Stamp(TypedDict):
    """What every command of a voice carries."""

    operation: OperationId
    speaker: Speaker
    session: SessionId | None
    device: DeviceId | None


def operation_of(raw: dict[str, object]) -> OperationId:
    """The operation that this request is, whatever becomes of it."""
    request = envelope.request_id(raw) or ""
    if len(request) > _LONGEST_ID:
        request = hashlib.sha256(request.encode()).hexdigest()
    return OperationId(f"alexa/{request}")


class Turn:
    """Made once for a request. ``came`` is the session as it came, ``next`` as it will leave.

    ``memory``: what of ``came`` holds for the voice that speaks now.

    ``patient_id``: None when nobody is linked, or when one of several may be speaking.
    ``started_over``: the voice is another one than in the turn before, so nothing of that holds.
    """

    def __init__(self, handler_input: "HandlerInput", heard: Heard) -> None:
        self.arrival: Arrival = handler_input.context
        self.builder = handler_input.response_builder
        self.attributes = handler_input.attributes_manager if envelope_has_session(handler_input) else None
        self.phrases: Phrases = self.arrival.phrases
        self.heard = heard
        self.named: tuple[MedicationId, ...] = ()
        self.prefix = ""
        self.now: datetime = self.app.clock.now()
        self._chart: Chart | None = None
        self._person = envelope.person_id(self.arrival.raw)
        self.household = self._household()
        self._bound = self._voice_bound()
        came = from_attributes(self.attributes.session_attributes if self.attributes else None)
        self.came = replace(came, help=_only(came.help, self.household.patients if self.household else ()))
        self.memory, self.started_over = self._of_this_voice(self.came)
        self.patient_id = self._patient()
        self.next = Memory(voice=self.memory.voice, patient_id=self.patient_id)

    @staticmethod
    def of(handler_input: "HandlerInput") -> "Turn":
        return Turn(handler_input, heard_in(handler_input.request_envelope.request))

    # ---- where it comes from

    @property
    def room(self) -> Room:
        return self.arrival.room

    @property
    def app(self) -> App:
        return self.room.app

    @property
    def operation(self) -> OperationId:
        """The operation that this request is: the same request again changes nothing."""
        return operation_of(self.arrival.raw)

    @property
    def session(self) -> SessionId | None:
        session = envelope.session_id(self.arrival.raw)
        return SessionId(self.app.charts.blind("session", session)[:32]) if session else None

    @property
    def device(self) -> DeviceId | None:
        device = envelope.device_id(self.arrival.raw)
        return DeviceId(self.app.charts.blind("device", device)[:32]) if device else None

    @property
    def user_id(self) -> str | None:
        return envelope.user_id(self.arrival.raw)

    @property
    def unbound_person(self) -> str | None:
        """A recognised voice of which nobody has told us whose it is."""
        return self._person if self._bound is None else None

    def _household(self) -> Household | None:
        """The household of this account; one without patients is as good as none."""
        household = find_household(self.app, self.user_id) if self.user_id else None
        return household if household is not None and household.patients else None

    def _voice_bound(self) -> PatientId | None:
        if self.household is None or self._person is None:
            return None
        return patient_of_voice(self.app, self.household, self._person)

    def _voice(self) -> str:
        return self.app.charts.blind("person", self._person) if self._person else ""

    def _of_this_voice(self, came: Memory) -> tuple[Memory, bool]:
        """What the session may remember for this voice; a call for help in it is anybody's.

        Among several patients a voice that is not recognised is another one than any that was.
        """
        present = self._voice()
        other = came.voice is not None and came.voice != present
        if other and (self._several or (came.voice and present)):
            return Memory(voice=present, help=came.help), True
        return replace(came, voice=present if self._several else present or came.voice or ""), False

    @property
    def _several(self) -> bool:
        return self.household is not None and len(self.household.patients) > 1

    def _patient(self) -> PatientId | None:
        if self.household is None:
            return None
        known = self.household.patients
        if self.memory.patient_id in known:
            return self.memory.patient_id
        if self._bound in known:
            return self._bound
        return known[0] if len(known) == 1 else None

    @property
    def concerned(self) -> tuple[PatientId, ...]:
        """Whom an alarm may be about: the recognised patient, else everybody in the household (S5)."""
        if self.household is None:
            return ()
        if self._bound is not None and self._bound == self.patient_id:
            return (self._bound,)
        return self.household.patients

    # ---- what it does

    @property
    def stamp(self) -> Stamp:
        """For a command to this turn's patient."""
        return self.stamp_for(self.patient_id or PatientId(""))

    def stamp_for(self, patient_id: PatientId, step: str = "") -> Stamp:
        """For a command to ``patient_id``; ``step`` tells a second command of one turn from the first."""
        speaker = PATIENT if self._bound is not None and self._bound == patient_id else SOMEONE
        operation = OperationId(f"{self.operation}{step}")
        return Stamp(operation=operation, speaker=speaker, session=self.session, device=self.device)

    def act(self, command: Command) -> Decision:
        """Carry out ``command`` on this turn's patient."""
        acted = self.act_for(self.patient_id or PatientId(""), command)
        self.about(acted.chart)
        return acted.decision

    def act_for(self, patient_id: PatientId, command: Command) -> Acted:
        return act(self.app, patient_id, command)

    def about(self, chart: Chart) -> None:
        """From now on the words of this turn are about this chart."""
        self._chart = chart

    def as_if(self, patient_id: PatientId, said: "Callable[[Turn], Command | None]") -> Command | None:
        """What ``said`` makes of this turn if ``patient_id`` were speaking."""
        self.patient_id, self._chart = patient_id, None
        try:
            return said(self)
        finally:
            self.patient_id, self._chart, self.named = None, None, ()

    def become(self, patient_id: PatientId, *, bound: bool) -> None:
        """The speaker has told who it is; ``bound``: and Alexa will recognise the voice from now on."""
        self.patient_id, self._chart = patient_id, None
        self._bound = patient_id if bound else self._bound
        self.next = replace(self.next, patient_id=patient_id)

    def go_on_with(self, heard: Heard | None) -> "Response":
        """Answer what was heard before; without anything that we know, as if the skill had been opened."""
        known = heard is not None and heard.intent in self.room.handlers
        self.heard = heard if heard is not None and known else Heard(intent=LAUNCH)
        return self.room.handlers[self.heard.intent].answer(self)

    @property
    def chart(self) -> Chart:
        """The chart of this turn's patient, as far as this turn knows."""
        if self._chart is None:
            self._chart = self.app.charts.load(self.patient_id or PatientId("")).chart
        return self._chart

    def open_question(self) -> Question | None:
        """The question that the session carries, if it is still open."""
        question = self.chart.now.question if self.memory.question and self.patient_id else None
        return question if question is not None and question.question_id == self.memory.question else None

    # ---- what it says

    def say(self, decision: Said, *, key: str | None = None) -> "Response":
        """The words of a decision about this turn's chart; a question keeps the session open."""
        return reply.say(self, decision, key=key)

    def speak(self, key: str, *, keep: bool = True) -> "Response":
        """A phrase that needs no chart; ``keep``: listen on after it."""
        return reply.speak(self, key, keep=keep)


def envelope_has_session(handler_input: "HandlerInput") -> bool:
    return handler_input.request_envelope.session is not None


def _only(pairs: tuple[Asked, ...] | None, known: tuple[PatientId, ...]) -> tuple[Asked, ...] | None:
    return pairs if pairs is None else tuple(pair for pair in pairs if pair[0] in known)
