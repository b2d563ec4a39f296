"""What fills the blanks of a spoken phrase: each blank is read from the facts, the chart, or the country."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.chart import Chart
from skill.domain.events import Facts, Question, Reason
from skill.domain.identity import ContactId, MedicationId, OperationId, QuestionId, derived_id
from skill.domain.ladders import LadderKind
from skill.domain.regimen import Form, Medication
from skill.domain.timing import Period, local_day
from skill.phrases import grammar
from skill.phrases.catalogue import Phrases
from skill.phrases.numbers import Numbers, numbers_of

MOST_NAMES = 6  # more medicines than this are counted, not named: nobody follows a longer list by ear
_FORM_WORDS = {
    Form.TABLET: "say.form.pills",
    Form.CAPSULE: "say.form.pills",
    Form.LIQUID: "say.form.liquid",
    Form.POWDER: "say.form.powder",
    Form.INHALER: "say.form.inhaler",
    Form.NEBULIZER: "say.form.nebulizer",
    Form.NASAL_SPRAY: "say.form.nasal_spray",
    Form.DROPS: "say.form.drops",
    Form.PATCH: "say.form.patch",
    Form.CREAM: "say.form.cream",
    Form.INSULIN: "say.form.injection",
    Form.INJECTION: "say.form.injection",
    Form.SUPPOSITORY: "say.form.some_other",
}


class Said(Protocol):
    """What is put into words: a decision, or what the chart remembers of one."""

    @property
    def operation(self) -> OperationId: ...
    @property
    def reason(self) -> Reason: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def asks(self) -> QuestionId | None: ...


class Context(Struct, frozen=True, kw_only=True):
    """Everything that a blank may be read from. ``named``: the medicines named in this turn."""

    phrases: Phrases
    said: Said
    chart: Chart
    now: datetime
    named: Sequence[MedicationId]

    @property
    def zone(self) -> ZoneInfo:
        return self.chart.plan.patient.zone

    @property
    def locale(self) -> str:
        return self.phrases.locale

    @property
    def count(self) -> int:
        count = self.said.facts.get("count")
        return count if isinstance(count, int) else 0

    def moment(self, fact: str) -> datetime | None:
        value = self.said.facts.get(fact)
        return value if isinstance(value, datetime) else None

    def is_today(self, fact: str) -> bool:
        moment = self.moment(fact)
        return moment is None or local_day(moment, self.zone) == local_day(self.now, self.zone)

    def question(self) -> Question | None:
        """The question that these words ask, if it is still the open one."""
        question = self.chart.now.question
        return question if question is not None and question.question_id == self.said.asks else None


# ---- what fills a blank


def medicine(c: Context) -> str | None:
    """The names that may be said here; None when one of them may not, or when there are too many."""
    ids = _meant(c)
    medications = [c.chart.find_medication(medication_id) for medication_id in ids]
    allowed = c.chart.plan.patient.medicine_names_spoken or set(ids) <= set(c.named)
    if not ids or not allowed or len(ids) > MOST_NAMES or None in medications:
        return None
    return grammar.join([_spoken_name(m) for m in medications if m is not None], locale=c.locale)


def _spoken_name(medication: Medication) -> str:
    """The nickname where there is one: it tells a visitor less."""
    return (medication.nickname or medication.name).value


def _meant(c: Context) -> tuple[MedicationId, ...]:
    """The medicines that the words are about: asked about, written by this statement, or just named."""
    question = c.question()
    if question is not None:
        return tuple(dict.fromkeys(key.medication_id for key in question.doses))
    statement = derived_id("stm", c.said.operation)
    now = c.chart.now
    written = [o.medication_id for o in now.outcomes if o.statement_id == statement]
    written += [p.medication_id for p in now.parts if p.statement_id == statement]
    return tuple(dict.fromkeys(written or c.named))


def _helper(fact: str) -> Callable[[Context], str | None]:
    def name(c: Context) -> str | None:
        contact_id = c.said.facts.get(fact)
        if contact_id is None and fact == "helper" and c.said.reason is Reason.PAGED:
            contact_id = _first_paged(c.chart)
        if not isinstance(contact_id, str) or not contact_id:
            return None
        contact = c.chart.find_contact(ContactId(contact_id))
        if contact is not None and contact.name_may_be_spoken:
            return contact.name.value
        return c.phrases.say("say.your_helper")

    return name


def _first_paged(chart: Chart) -> ContactId | None:
    """Who stands first on the ladder of a call for help, and can be reached."""
    ladder = chart.find_ladder(LadderKind.HELP)
    contacts = [chart.find_contact(person) for person in (ladder.people() if ladder else ())]
    return next((c.contact_id for c in contacts if c is not None and c.channels()), None)


Words = Callable[[datetime, datetime, ZoneInfo, str], str]


def _moment(fact: str, words: Words) -> Callable[[Context], str | None]:
    def said(c: Context) -> str | None:
        moment = c.moment(fact)
        return None if moment is None else words(moment, c.now, c.zone, c.locale)

    return said


def _clock(moment: datetime, _: datetime, zone: ZoneInfo, locale: str) -> str:
    return grammar.clock_words(moment, zone, locale=locale)


def _clock_when(moment: datetime, now: datetime, zone: ZoneInfo, locale: str) -> str:
    return grammar.clock_when_words(moment, now, zone, locale=locale)


def _when(moment: datetime, now: datetime, zone: ZoneInfo, locale: str) -> str:
    return grammar.when_words(moment, now, zone, locale=locale)


def _clear_clock(moment: datetime, now: datetime, zone: ZoneInfo, locale: str) -> str:
    """The bare clock time for today, with its day for any other."""
    if local_day(moment, zone) == local_day(now, zone):
        return _clock(moment, now, zone, locale)
    return _clock_when(moment, now, zone, locale)


def _other_day(moment: datetime, now: datetime, zone: ZoneInfo, locale: str) -> str | None:
    return None if local_day(moment, zone) == local_day(now, zone) else _when(moment, now, zone, locale)


def _due_on_another_day(c: Context) -> str | None:
    moment = c.moment("due")
    return None if moment is None else _other_day(moment, c.now, c.zone, c.locale)


def _count(c: Context) -> str:
    return grammar.number_word(min(c.count, 99), locale=c.locale)


def _period(c: Context) -> str | None:
    period = c.said.facts.get("period")
    return grammar.period_words(Period(period), locale=c.locale) if isinstance(period, str) else None


def _form(c: Context) -> str | None:
    form = c.said.facts.get("form")
    return c.phrases.say(_FORM_WORDS[Form(form)]) if isinstance(form, str) else None


def _forms(c: Context) -> str | None:
    forms = c.said.facts.get("forms")
    if not isinstance(forms, tuple) or not forms:
        return None
    words = dict.fromkeys(c.phrases.say(_FORM_WORDS[Form(form)]) for form in forms)
    return grammar.join(list(words), locale=c.locale)


def _untold(c: Context) -> str | None:
    """That of some more of the same packet nobody has said a word."""
    rest = c.said.facts.get("rest")
    if not isinstance(rest, int) or rest < 1:
        return None
    key = c.phrases.plural_key("say.rest_untold", rest)
    words = {blank: grammar.number_word(min(rest, 99), locale=c.locale) for blank in c.phrases.blanks(key)}
    return c.phrases.say(key, **words)


# ---- telephone numbers: digit by digit, and twice where the phrase gives one only once


def _emergency(phrases: Phrases, numbers: Numbers | None) -> str:
    if numbers is None:
        return phrases.say("say.number_unknown")
    return grammar.digits_spoken(numbers.emergency, locale=phrases.locale)


def _emergency_twice(phrases: Phrases, numbers: Numbers | None) -> str:
    once = _emergency(phrases, numbers)
    return once if numbers is None else f"{once}, {once}"


def _poison(phrases: Phrases, numbers: Numbers | None) -> str | None:
    if numbers is None:
        return None
    number = grammar.digits_spoken(numbers.poison, locale=phrases.locale)
    return phrases.say("say.number_twice", number=number)


def _crisis(phrases: Phrases, numbers: Numbers | None) -> str | None:
    if numbers is None:
        return None
    number = grammar.digits_spoken(numbers.crisis, locale=phrases.locale)
    return f"{number}, {number}"


NUMBERS: Mapping[str, Callable[[Phrases, Numbers | None], str | None]] = {
    "emergency": _emergency,
    "emergency_twice": _emergency_twice,
    "poison": _poison,
    "crisis": _crisis,
}


def _number(blank: str) -> Callable[[Context], str | None]:
    return lambda c: NUMBERS[blank](c.phrases, numbers_of(c.chart.plan.patient.country))


BLANKS: Mapping[str, Callable[[Context], str | None]] = {
    "at": _moment("at", _clear_clock),
    "at_when": _moment("at", _clock_when),
    "part_at": _moment("part_at", _clear_clock),
    "by": _helper("by"),
    "count": _count,
    "due": _moment("due", _clear_clock),
    "due_clock": _moment("due", _clock),
    "due_when": _moment("due", _clock_when),
    "first": _moment("first", _clock_when),
    "form": _form,
    "forms": _forms,
    "helper": _helper("helper"),
    "medicine": medicine,
    "other_day": _due_on_another_day,
    "period": _period,
    "second": _moment("second", _clock_when),
    "untold": _untold,
    "when": _moment("due", _when),
    **{blank: _number(blank) for blank in NUMBERS},
}
