"""What a caregiver's page says, in words of the locale; ``caregiver.html`` lays it out."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.alerts import Alert, AlertKind, AlertState, Detail
from skill.domain.care_team import Contact
from skill.domain.chart import Chart
from skill.domain.doses import Dose, DoseKey, DoseState, How, is_late
from skill.domain.events import Decision
from skill.domain.identity import ContactId
from skill.domain.messages import MessageKind
from skill.phrases import grammar
from skill.phrases.catalogue import Phrases
from skill.phrases.numbers import numbers_of
from skill.phrases.written import label_word
from skill.service.answers import Action

NO_TURN = "0"


class Button(Struct, frozen=True, kw_only=True):
    """One form with one button. ``due``: of which doses it speaks, as ``due_name`` writes it."""

    action: Action
    text: str
    due: str | None = None


class Way(Struct, frozen=True, kw_only=True):
    """How to get there, and whom to call: shown to whoever has taken over (S33)."""

    address: str | None
    dispatch: str | None
    dial: str | None
    emergency: str | None


class View(Struct, frozen=True, kw_only=True):
    """One page. ``turn`` names the state that it shows: a press that is repeated comes from the same turn."""

    headline: str
    note: str | None = None
    what: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    way: Way | None = None
    buttons: tuple[Button, ...] = ()
    turn: str = NO_TURN


def notice(phrases: Phrases, headline: str, more: str | None = None) -> View:
    """A page that only says something; ``headline`` and ``more`` are keys."""
    return View(headline=phrases.say(headline), lines=(phrases.say(more),) if more is not None else ())


def due_name(due: datetime) -> str:
    """A due moment as a form carries it."""
    return f"{due:%Y%m%dT%H%MZ}"


class Page(Struct, frozen=True, kw_only=True):
    """What a page about some alerts may be read from. ``kind``: of the message that led here."""

    phrases: Phrases
    chart: Chart
    alerts: tuple[Alert, ...]
    contact: Contact
    kind: MessageKind
    now: datetime

    # ---- the two pages

    def closed_door(self) -> View:
        """What anybody sees who opens the link, a scanner too: whose helper is wanted, and nothing more."""
        say = self.phrases.say
        over = all(alert.state.ended for alert in self.alerts)
        headline = say("page.alert_over" if over else "page.needs_you")
        return View(
            headline=headline,
            lines=(say("page.about", label=self._label()), self._when(self.alerts[0].about)),
            buttons=() if over else self._neutral_buttons(),
            turn=self._turn(),
        )

    def answered(self, decisions: Sequence[Decision]) -> View:
        """What was decided, how things stand now, and what can be done next."""
        notes = dict.fromkeys(self._decided(decision) for decision in decisions)
        what = [line for alert in self.alerts for line in self._about(alert)]
        lines = [self._when(self.alerts[0].about), *map(self._standing, self.alerts)]
        mine = any(self._is_mine(alert) for alert in self.alerts)
        return View(
            headline=self.phrases.say("page.about", label=self._label()),
            note=" ".join(notes) or None,
            what=tuple(dict.fromkeys(what)),
            lines=tuple(dict.fromkeys(lines)),
            way=self._way() if mine else None,
            buttons=(*self._buttons(), *self._dose_buttons()),
            turn=self._turn(),
        )

    def _turn(self) -> str:
        return str(self.chart.now.entries)

    # ---- people

    def _label(self) -> str:
        return label_word(self.phrases, self.contact)

    def _name(self, contact_id: ContactId | str | None) -> str:
        found = next((c for c in self.chart.plan.care_team if c.contact_id == contact_id), None)
        return found.name.value if found is not None else self.phrases.say("page.someone")

    def _is_mine(self, alert: Alert) -> bool:
        has_it = alert.state is AlertState.ACKNOWLEDGED
        return has_it and alert.acknowledged_by == self.contact.contact_id

    # ---- moments

    def _clock(self, moment: datetime) -> str:
        return grammar.clock_digits(moment, self.chart.plan.patient.zone, locale=self.phrases.locale)

    def _moment(self, moment: datetime, zone: ZoneInfo) -> str:
        locale = self.phrases.locale
        day = grammar.words_of(locale).weekday(moment.astimezone(zone).date())
        return self.phrases.say(
            "page.moment", day=day, time=grammar.clock_digits(moment, zone, locale=locale)
        )

    def _when(self, moment: datetime) -> str:
        """On the patient's clock, and on the reader's where that shows something else."""
        theirs = self._moment(moment, self.chart.plan.patient.zone)
        mine = self._moment(moment, self.contact.zone)
        return self.phrases.say("page.when", time=theirs, mine=mine if mine != theirs else None)

    # ---- what it is about

    def _about(self, alert: Alert) -> list[str]:
        say = self.phrases.say
        match alert.kind:
            case AlertKind.DOSE:
                return self._dose_lines(alert)
            case AlertKind.INTAKE:
                at_home = alert.detail is Detail.SOMEONE_AT_HOME
                more = [say("page.what.more_than_planned")] if at_home else []
                return [*more, say(f"page.what.{alert.detail.value}"), *self._dose_lines(alert)]
            case AlertKind.FALL | AlertKind.HELP:
                if alert.detail is Detail.ASKED_THEN_SILENT:
                    return [say("page.what.asked_then_silent")]
                at_home = alert.detail is Detail.SOMEONE_AT_HOME
                more = [say("page.what.someone_at_home")] if at_home else []
                return [say(f"page.what.{alert.kind.value}"), *more]
            case _:
                assert_never(alert.kind)

    def _dose_lines(self, alert: Alert) -> list[str]:
        """One line for each moment and state, in the words that families read (safety §3)."""
        counted = Counter((dose.due, self._state(dose)) for dose in self._doses(alert.doses))
        return [
            self._counted("page.what.dose", count, time=self._clock(due), state=state)
            for (due, state), count in sorted(counted.items())
        ]

    def _doses(self, keys: Sequence[DoseKey]) -> list[Dose]:
        doses = [dose for dose in map(self.chart.dose, keys) if dose is not None]
        return sorted(doses, key=lambda dose: (dose.due, dose.medication.medication_id))

    def _state(self, dose: Dose) -> str:
        say, outcome = self.phrases.say, dose.outcome
        if outcome is None:
            return say("page.state.partly" if dose.part is not None else "page.state.due")
        if outcome.state is DoseState.UNCONFIRMED:
            return say("page.state.no_word")
        if outcome.state is not DoseState.TAKEN:
            return say(f"page.state.{outcome.state.value}")
        at = outcome.at
        if at is None:
            return say("page.state.partly" if outcome.part < 1 else "page.state.said_taken")
        if outcome.how in (How.GIVEN, How.SEEN):
            who = self._name(outcome.contact_id)
            return say(f"page.state.{outcome.how.value}", helper=who, time=self._clock(at))
        if outcome.part < 1:
            return say("page.state.partly")
        if is_late(dose, at):
            return say("page.state.late", time=self._clock(at), due=self._clock(dose.due))
        return say("page.state.taken", time=self._clock(at))

    # ---- how it stands

    def _decided(self, decision: Decision) -> str:
        key = decision.reason.value
        fill = {"helper": self._name(str(decision.facts.get("helper", "")))}
        return self.phrases.say(key, **{blank: fill[blank] for blank in self.phrases.blanks(key)})

    def _standing(self, alert: Alert) -> str:
        say = self.phrases.say
        match alert.state:
            case AlertState.OPEN if alert.calmed_at is not None:
                return say("page.calmed", time=self._clock(alert.calmed_at))
            case AlertState.OPEN:
                return say("page.nobody")
            case AlertState.EXHAUSTED:
                again = self._clock(alert.next_at) if alert.next_at is not None else None
                return say("page.exhausted", time=again)
            case AlertState.ACKNOWLEDGED:
                since = self._clock(alert.acknowledged_at or alert.opened_at)
                if self._is_mine(alert):
                    return say("page.you", time=since)
                return say("page.has_it", helper=self._name(alert.acknowledged_by), time=since)
            case AlertState.RESOLVED:
                by = self._name(alert.closed_by) if alert.closed_by is not None else None
                return say("page.closed_by", helper=by)
            case _:
                assert_never(alert.state)

    def _way(self) -> Way:
        say, patient = self.phrases.say, self.chart.plan.patient
        numbers = numbers_of(patient.country)
        dispatch = patient.dispatch_number.value if patient.dispatch_number is not None else None
        return Way(
            address=say("page.address", address=patient.home_address.value) if patient.home_address else None,
            dispatch=say("page.dispatch", number=_grouped(dispatch)) if dispatch is not None else None,
            dial=dispatch,
            emergency=say("page.emergency", emergency=numbers.emergency, label=self._label())
            if numbers is not None
            else None,
        )

    # ---- what can be done

    def _neutral_buttons(self) -> tuple[Button, ...]:
        """Nothing of what they say depends on what has happened."""
        if any(self._is_mine(alert) for alert in self.alerts):
            details = Button(action=Action.GOT_IT, text=self.phrases.say("page.details"))
            if self.kind is MessageKind.FOLLOW_UP:
                return (self._button(Action.SPOKE), self._button(Action.NEXT), details)
            return (details, self._button(Action.SPOKE), self._button(Action.NEXT))
        return (self._button(Action.GOT_IT), self._button(Action.NEXT))

    def _buttons(self) -> tuple[Button, ...]:
        going_on = [alert for alert in self.alerts if not alert.state.ended]
        if not going_on:
            return ()
        if not any(self._is_mine(alert) for alert in going_on):
            free = any(alert.state is not AlertState.ACKNOWLEDGED for alert in going_on)
            actions = [Action.GOT_IT, Action.NEXT] if free else [Action.CLOSED]
        elif any(alert.urgent and not alert.spoken_with for alert in going_on):
            actions = [Action.SPOKE, Action.CLOSED, Action.NEXT]
        else:
            actions = [Action.CLOSED, Action.NEXT]
        return tuple(self._button(action) for action in actions)

    def _dose_buttons(self) -> tuple[Button, ...]:
        """ "I gave it", "I saw it taken": for the confirm role, and for doses that may be written (S30)."""
        if not self.contact.may_confirm:
            return ()
        dues = Counter(dose.due for dose in self._doses(self._told_of()) if self._may_be_written(dose))
        return tuple(
            self._dose_button(action, due, dues[due])
            for due in sorted(dues)
            for action in (Action.GAVE_IT, Action.SAW_IT)
        )

    def doses_of(self, due: str | None) -> tuple[DoseKey, ...]:
        """The doses of these alerts at the moment called ``due``; the chart says which may be written."""
        return tuple(key for key in self._told_of() if due_name(key.due) == due)

    def _told_of(self) -> tuple[DoseKey, ...]:
        """The doses that these alerts ask somebody to look after."""
        told = [a.doses for a in self.alerts if a.kind is AlertKind.DOSE or a.detail is Detail.UNSURE]
        return tuple(dict.fromkeys(key for doses in told for key in doses))

    def _may_be_written(self, dose: Dose) -> bool:
        return dose.due_at(self.now) or dose.may_be_reported(self.now)

    def _button(self, action: Action) -> Button:
        return Button(action=action, text=self.phrases.say(f"page.{action.value}"))

    def _dose_button(self, action: Action, due: datetime, count: int) -> Button:
        text = self._counted(f"page.{action.value}", count, time=self._clock(due))
        return Button(action=action, text=text, due=due_name(due))

    def _counted(self, key: str, count: int, **blanks: str) -> str:
        """The plural form for ``count``; not every form names the number."""
        form = self.phrases.plural_key(key, count)
        known = {**blanks, "count": str(count)}
        return self.phrases.say(form, **{blank: known[blank] for blank in self.phrases.blanks(form)})


def _grouped(number: str) -> str:
    """Ten digits as they are read in North America; every other number as it is."""
    match = re.fullmatch(r"(?:\+1)?([0-9]{3})([0-9]{3})([0-9]{4})", number)
    return "-".join(match.groups()) if match else number
