"""A message in words: what a caregiver reads by SMS or mail, and what a patient is asked there.

It holds no name of a patient or medicine. On ``sms`` it fits one part: 160 places of the GSM alphabet.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.alerts import FOLLOW_UP_ANSWER, Alert, AlertKind, Detail
from skill.domain.care_team import LONGEST_SPOKEN_NAME, Channel, Contact
from skill.domain.chart import Chart
from skill.domain.doses import DoseKey, DoseState, How, Outcome
from skill.domain.identity import ContactId, SpeakerKind
from skill.domain.messages import Message, MessageKind
from skill.domain.regimen import Form
from skill.errors import NotFoundError
from skill.phrases import grammar
from skill.phrases.catalogue import Catalogue, Phrases
from skill.phrases.gsm_letters import name_in_gsm7
from skill.phrases.numbers import numbers_of

ONE_PART = 160  # 3GPP TS 23.040: places of one SMS in the GSM alphabet
# What can be answered with a code or a link; the others only tell.
ANSWERABLE = frozenset({MessageKind.PAGE, MessageKind.IM_OK, MessageKind.FOLLOW_UP, MessageKind.WENT_ON})
# Of which doses a page speaks, by what is written about them; None: nothing yet. Others: of all.
_SILENT = {None, DoseState.UNCONFIRMED, DoseState.NOT_OBSERVED}
_SPOKEN_OF = {
    Detail.NO_WORD: _SILENT,
    Detail.PARTLY: _SILENT,
    Detail.SKIPPED: _SILENT | {DoseState.SKIPPED},
}
_SWALLOWED = {Form.TABLET, Form.CAPSULE, Form.LIQUID, Form.POWDER}
_MOST_COUNTED = 99


class Handle(Struct, frozen=True, kw_only=True):
    """The ways to answer that this message offers: a whole link, a code of six digits, or none."""

    link: str | None = None
    code: str | None = None


class Written(Struct, frozen=True, kw_only=True):
    """Subject (mail only; the same for every kind) and text."""

    subject: str
    text: str


def write(catalogue: Catalogue, chart: Chart, message: Message, handle: Handle) -> Written:
    """``message`` in the words of its reader, with what the chart says now.

    ``NotFoundError`` when its contact, or the alert that a page is about, is no longer there.
    """
    if message.contact_id is None:
        phrases = catalogue.load(chart.plan.patient.locale)
        return Written(subject=phrases.say("email.subject"), text=_prompt(chart, message, phrases))
    contact = chart.get_contact(message.contact_id)
    page = _Page(chart, message, handle, contact, catalogue.load(contact.locale))
    return Written(subject=page.phrases.say("email.subject"), text=page.text())


def _prompt(chart: Chart, message: Message, phrases: Phrases) -> str:
    """Text 18: a question, never an order (S16)."""
    zone, moment = chart.plan.patient.zone, message.about
    forms = {dose.medication.form for dose in chart.doses(moment, moment + timedelta(microseconds=1))}
    used = bool(forms) and not forms & _SWALLOWED
    return phrases.say(
        "sms.prompt_used" if used else "sms.prompt",
        time=grammar.clock_words(moment, zone, locale=phrases.locale),
        period=grammar.period_words(grammar.day_period(moment, zone), locale=phrases.locale),
    )


class _Page:
    """One message to one contact."""

    def __init__(
        self, chart: Chart, message: Message, handle: Handle, contact: Contact, phrases: Phrases
    ) -> None:
        self.chart = chart
        self.message = message
        self.handle = handle
        self.contact = contact
        self.phrases = phrases
        self.alerts = [a for a in map(chart.find_alert, message.alert_ids) if a is not None]

    def text(self) -> str:
        """The first of the ways to say it that fits; they go from much to little."""
        key = self._key()
        ways = [self._say(key, times) for times in self._times()]
        if self.message.channel is not Channel.SMS:
            return ways[0]
        return next((way for way in ways if grammar.gsm7_length(way) <= ONE_PART), ways[-1])

    # ---- which phrase

    def _key(self) -> str:
        match self.message.kind:
            case MessageKind.PAGE:
                return self._page_key()
            case MessageKind.CLOSED_BY_WORD:
                return f"sms.closed_by_word.{self._who_said()}"
            case (
                MessageKind.TAKEN_OVER
                | MessageKind.CLOSED
                | MessageKind.CLOSED_SKIPPED
                | MessageKind.CLOSED_BY_PLAN
                | MessageKind.IM_OK
                | MessageKind.CORRECTION
                | MessageKind.FOLLOW_UP
                | MessageKind.WENT_ON
                | MessageKind.STOP_MEANT
                | MessageKind.STOP_ASKED
                | MessageKind.TEST
                | MessageKind.PROMPT
            ):
                return f"sms.{self.message.kind.value}"
            case _:
                assert_never(self.message.kind)

    def _page_key(self) -> str:
        if not self.alerts:
            raise NotFoundError(kind="alert", id=self.message.alert_ids[0])
        alert = self.alerts[0]
        if alert.kind is AlertKind.DOSE:
            return f"sms.page.{self._silence()}"
        if alert.kind is AlertKind.INTAKE:
            known = alert.detail is not Detail.UNSURE or bool(alert.doses)
            return f"sms.page.{alert.detail.value}" if known else "sms.page.unsure_what"
        repeat = "_repeat" if self.message.repeat else ""
        match alert.detail:
            case Detail.ASKED_THEN_SILENT:
                return f"sms.page.help_silent{repeat}"
            case Detail.SOMEONE_AT_HOME:
                return f"sms.page.{alert.kind.value}_home{repeat}"
            case _:
                return f"sms.page.{alert.kind.value}{repeat}"

    def _silence(self) -> str:
        """What is told of doses that are not said to be taken; one message may be about both kinds."""
        details = {alert.detail for alert in self.alerts}
        if details == {Detail.SKIPPED}:
            return "skipped"
        if not self._silent() and self._begun():
            if Detail.SKIPPED in details:
                return "partly_or_skipped"
            return "partly_outage" if self._out_of_service() else "partly"
        if self._out_of_service():
            return "no_word_outage"
        return "mixed" if Detail.SKIPPED in details else "no_word"

    def _who_said(self) -> str:
        """Who said that they were taken: the patient, somebody at the Echo, a helper who gave or saw it."""
        outcome = self._closing()
        if outcome is None:
            return "someone"
        if outcome.by is SpeakerKind.CONTACT:
            return "given" if outcome.how is How.GIVEN else "seen"
        return "patient" if outcome.by is SpeakerKind.PATIENT else "someone"

    def _closing(self) -> Outcome | None:
        """The outcome that was written last among the doses of this message."""
        ids = set(self.message.alert_ids)
        closing = {s.statement_id for s in self.chart.now.statements if ids & set(s.closed_alerts)}
        taken = [o for o in self._outcomes() if o.state is DoseState.TAKEN]
        last = [o for o in taken if o.statement_id in closing]
        return next(iter(reversed(last or taken)), None)

    # ---- what fills its blanks

    def _say(self, key: str, times: str) -> str:
        fill: dict[str, Callable[[], str | None]] = {
            "label": self._label,
            "time": lambda: times,
            "said": lambda: self._clock(self.message.said_at or self.message.queued_at),
            "helper": self._helper,
            "outage": lambda: self.phrases.say("sms.outage") if self._out_of_service() else None,
            "emergency": self._emergency,
            "minutes": lambda: str(int(FOLLOW_UP_ANSWER.total_seconds() // 60)),
            "answer": self._answer,
            "link": lambda: self.handle.link,
        }
        return self.phrases.say(key, **{blank: fill[blank]() for blank in self.phrases.blanks(key)})

    def _label(self) -> str:
        return label_word(self.phrases, self.contact)

    def _helper(self) -> str:
        """The display name of whoever did it, in letters that an SMS has."""
        outcome = self._closing()
        by = self.message.named or (outcome.contact_id if outcome else None)
        return _name(self.chart, by) or self.phrases.say("sms.a_helper")

    def _emergency(self) -> str | None:
        numbers = numbers_of(self.chart.plan.patient.country)
        return numbers.emergency if numbers is not None else None

    def _answer(self) -> str | None:
        code, link = self.handle.code, self.handle.link
        if code is not None and link is not None:
            return self.phrases.say("sms.answer.code_or_link", code=code, link=link)
        if code is not None:
            return self.phrases.say("sms.answer.code", code=code)
        return self.phrases.say("sms.answer.link", link=link) if link is not None else None

    def _out_of_service(self) -> bool:
        """Whether the silence about any of these doses may be ours (S39)."""
        return self.message.outage or any(o.state is DoseState.NOT_OBSERVED for o in self._outcomes())

    def _outcomes(self) -> tuple[Outcome, ...]:
        keys = {key for alert in self.alerts for key in alert.doses}
        return tuple(outcome for outcome in self.chart.now.outcomes if outcome.key in keys)

    # ---- clock times

    def _times(self) -> Iterator[str]:
        """The moments that it is about: all of them, or the first and how many more."""
        clocks = list(dict.fromkeys(self._clock(moment) for moment in self._moments()))
        yield ", ".join(clocks)
        if len(clocks) > 1:
            more = str(min(len(clocks) - 1, _MOST_COUNTED))
            yield self.phrases.say("sms.times_more", time=clocks[0], count=more)

    def _moments(self) -> Sequence[datetime]:
        """Due moments where doses are missing, else the moment when something was said."""
        doses = [
            key.due
            for alert in self.alerts
            if alert.kind is AlertKind.DOSE or alert.detail is Detail.UNSURE
            for key in alert.doses
            if self._speaks_of(alert, key)
        ]
        return sorted(doses or {self.message.about, *self.message.also})

    def _speaks_of(self, alert: Alert, key: DoseKey) -> bool:
        """A page about silence names only the doses about which nobody has spoken since.

        Where there are none of these any more, it names those of which a part is taken.
        """
        if self.message.kind is not MessageKind.PAGE or alert.detail not in _SPOKEN_OF:
            return True
        if key in self._begun():
            return not self._silent()
        return self._state(key) in _SPOKEN_OF[alert.detail]

    def _state(self, key: DoseKey) -> DoseState | None:
        return next((o.state for o in self._outcomes() if o.key == key), None)

    def _begun(self) -> frozenset[DoseKey]:
        """The doses of which a part was told as taken, and not the rest (S22)."""
        closed = {o.key for o in self._outcomes() if o.state is DoseState.TAKEN and o.part < 1}
        open_parts = {part.key for part in self.chart.now.parts}
        return frozenset(key for alert in self.alerts for key in alert.doses if key in closed | open_parts)

    def _silent(self) -> bool:
        """Whether nobody has said a word about some of the doses."""
        asked = [key for a in self.alerts if a.detail is not Detail.SKIPPED for key in a.doses]
        return any(self._state(key) in _SILENT for key in asked if key not in self._begun())

    def _clock(self, moment: datetime) -> str:
        return grammar.clock_digits(moment, self._zone(), locale=self.phrases.locale)

    def _zone(self) -> ZoneInfo:
        return self.chart.plan.patient.zone


def label_word(phrases: Phrases, contact: Contact) -> str:
    """What this contact calls the patient: "Mom", never a name (S33)."""
    return phrases.say(f"sms.label.{contact.label.value}")


def _name(chart: Chart, contact_id: ContactId | None) -> str | None:
    contact = chart.find_contact(contact_id)
    return name_in_gsm7(contact.name.value, LONGEST_SPOKEN_NAME) if contact is not None else None
