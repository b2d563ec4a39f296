"""Reading an intent's slots, and turning what was heard into the scope of a statement."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.chart import Chart
from skill.domain.commands import Scope
from skill.domain.decide.find import find
from skill.domain.doses import DoseKey, SkipReason
from skill.domain.identity import MedicationId, PatientId
from skill.domain.names import called, plain
from skill.domain.regimen import Group, closes
from skill.domain.timing import LATE_REPORT_LIMIT, Period, amount_at, local_day
from skill.private import Private
from skill.voice.heard import Heard, Part, Sign, clock_or_period, day_and_period, member

if TYPE_CHECKING:
    from skill.voice.turn import Turn

UNRESOLVED: Final = Scope(unresolved=True)
_MATCHED = "ER_SUCCESS_MATCH"
_CODE = re.compile(r"[0-9]{1,6}")
_FRACTIONS = {Part.HALF: Decimal("0.5"), Part.QUARTER: Decimal("0.25"), Part.ONE_OF_TWO: Decimal("0.5")}
# S6: what must not vanish in a slot that takes any text. A negation makes it a question, not an alarm.
_CRIES = {"help", "hurt", "emergency", "ambulance", "bleeding", "breathe", "dying", "fell", "fallen"}
_NEGATIONS = {"not", "no", "never", "didn't", "haven't", "don't", "almost", "nearly", "afraid"}


# ---- the slots of a request


def heard_in(request: Any) -> Heard:  # noqa: ANN401 -- one of the SDK's request classes
    """What an SDK request holds. Slots that are missing, empty or odd never raise."""
    intent = getattr(request, "intent", None)
    if intent is None:
        return Heard(intent=str(request.object_type))
    slots = _Slots(intent.slots if isinstance(intent.slots, dict) else {})
    heard = Heard(
        intent=intent.name,
        except_group=member(Group, slots.id_of("ExceptGroup")),
        part=member(Part, slots.id_of("Part")),
        reason=_reason(slots),
        sign=_sign(slots),
        code=_code(slots),
        name=_private(slots.text("Name")),
        free_text=_private(None if slots.matches("Reason") else slots.text("Reason")),
        unclear=slots.unclear("ExceptGroup", "Part"),
    )
    return _with_times(_with_medicines(heard, slots), slots)


class _Slots(Struct, frozen=True):
    slots: dict[str, Any]

    def text(self, name: str) -> str | None:
        """What was said for a slot; ``?`` where Alexa heard something that it could not write."""
        slot = self.slots.get(name)
        if slot is None:
            return None
        if slot.value:
            return str(slot.value)
        return "?" if getattr(slot.slot_value, "object_type", None) == "List" else None

    def matches(self, name: str) -> tuple[tuple[str | None, str | None], ...]:
        """(id, name) of every catalogue entry that fits what was said."""
        slot = self.slots.get(name)
        authorities = getattr(getattr(slot, "resolutions", None), "resolutions_per_authority", None) or ()
        return tuple(
            (wrapper.value.id, wrapper.value.name)
            for authority in authorities
            if authority.status is not None and authority.status.code is not None
            if authority.status.code.value == _MATCHED
            for wrapper in authority.values or ()
            if wrapper.value is not None
        )

    def id_of(self, name: str) -> str | None:
        """The id of the first match; without one, the words themselves, which may be an id."""
        return next((one for one, _ in self.matches(name) if one), self.text(name))

    def unclear(self, *names: str) -> bool:
        """Whether one of these closed slots was filled with something that is not on its list."""
        kinds = {"ExceptGroup": Group, "Part": Part, "Packet": Period}
        return any(
            self.text(name) is not None and member(kinds[name], self.id_of(name)) is None for name in names
        )


def _private(text: str | None) -> Private[str] | None:
    return Private(text) if text is not None else None


def _reason(slots: _Slots) -> SkipReason | None:
    """The coded reason; ``other`` for one that is on no list, none where there is none."""
    text = slots.text("Reason")
    if text is None or plain(text) in {"no", "nope", "no thanks", "no thank you"}:
        return None
    return member(SkipReason, slots.id_of("Reason")) or SkipReason.OTHER


def _sign(slots: _Slots) -> Sign | None:
    if slots.text("Overdose") is not None:
        return Sign.OVERDOSE
    return (member(Sign, slots.id_of("Sign")) or Sign.OTHER) if slots.text("Sign") is not None else None


def _code(slots: _Slots) -> str | None:
    """Six digits; Alexa leaves zeros at the start out, as in any number."""
    text = slots.text("Code") or ""
    return text.zfill(6) if _CODE.fullmatch(text) else None


def _with_medicines(heard: Heard, slots: _Slots) -> Heard:
    """A group that is none may be a medicine, and a medicine that is none may be a group."""
    for name in ("Group", "Medicine"):
        text = slots.text(name)
        if text is None:
            continue
        group = member(Group, slots.id_of(name))
        if group is not None:
            heard = replace(heard, group=group)
            continue
        names = dict.fromkeys([text, *(one for _, one in slots.matches(name) if one)])
        heard = replace(heard, texts=(*heard.texts, *(Private(one) for one in names)))
    return heard


def _with_times(heard: Heard, slots: _Slots) -> Heard:
    """``Time`` names a packet, but in "I took them at eight" it is when; ``At`` is always when."""
    heard = replace(heard, unclear=heard.unclear or slots.unclear("Packet"))
    heard = _with_period(heard, member(Period, slots.id_of("Packet")))
    day = slots.text("Day")
    if day is not None:
        found = day_and_period(day)
        heard = replace(heard, day=found[0]) if found else replace(heard, unclear=True)
        heard = _with_period(heard, found[1] if found else None)
    when = "Time" if heard.intent == "ConfirmIntent" else "At"
    for name in ("Time", "At"):
        text = slots.text(name)
        if text is None:
            continue
        match clock_or_period(text):
            case time() as clock if name == when:
                heard = replace(heard, at=clock)
            case time() as clock:
                heard = replace(heard, wall=clock)
            case Period() as period:
                heard = _with_period(heard, period)
            case _:
                heard = replace(heard, unclear=True)
    return heard


def _with_period(heard: Heard, period: Period | None) -> Heard:
    if period is None or heard.period is period:
        return heard
    return replace(heard, unclear=True) if heard.period else replace(heard, period=period)


# ---- free text


def cry_for_help(text: Private[str] | None) -> bool | None:
    """Whether a free text calls for help: True for yes, False for perhaps, None for not at all."""
    words = set(re.findall(r"[a-z']+", text.value.casefold())) if text is not None else set()
    if not words & _CRIES:
        return None
    return not words & _NEGATIONS


# ---- scopes


def scope(turn: "Turn") -> Scope:
    """Which doses the statement of this turn speaks of; unresolved when any part of it is unclear."""
    heard = turn.heard
    if heard.unclear:
        return UNRESOLVED
    medications = _medications(turn)
    if medications is None:
        return UNRESOLVED
    turn.named = medications if heard.texts else ()
    found = Scope(group=heard.group, period=heard.period, wall=heard.wall, medications=medications)
    return _on_its_day(found, turn)


def all_except(turn: "Turn") -> Scope:
    """Everything that is due but one medicine or one kind; unresolved when nothing fits the exception."""
    heard = turn.heard
    named = _medications(turn)
    if heard.unclear or named is None:
        return UNRESOLVED
    kind = heard.except_group
    of_kind = [m.medication_id for m in turn.chart.active() if kind and closes(kind, m.form)]
    excepted = (*named, *of_kind)
    return Scope(group=heard.group, excepted=excepted) if excepted else UNRESOLVED


def moment(turn: "Turn") -> time | None:
    """The stated clock time, as the patient's clock shows it."""
    return turn.heard.at


def share(turn: "Turn", scope_said: Scope) -> Decimal | None:
    """How much of the one dose that is meant was taken (0 to 1); None when that cannot be told.

    "One" is a share only of a dose of several pieces, and "half" means one dose, never one of many.
    """
    amount = _amount_of_the_one(turn, scope_said)
    part = turn.heard.part
    if amount is None or part is None:
        return None
    if part is Part.ONE:
        return Decimal(1) / amount if amount > 1 else None
    return _FRACTIONS.get(part)


def _medications(turn: "Turn") -> tuple[MedicationId, ...] | None:
    """The one medicine that was named, none when none was; None when the name fits none or several."""
    heard = turn.heard
    if heard.texts:
        found = named_by([text.value for text in heard.texts], turn.chart)
        return found if len(found) == 1 else None
    if heard.known:
        found = heard.known.get(turn.patient_id or PatientId(""), ())
        return found if len(found) == 1 else None
    return ()


def named_by(texts: Iterable[str], chart: Chart) -> tuple[MedicationId, ...]:
    """Every medicine on this patient's list that one of ``texts`` may mean."""
    listed = chart.active()
    return tuple(dict.fromkeys(m.medication_id for text in texts for m in called(listed, text)))


def _on_its_day(said: Scope, turn: "Turn") -> Scope:
    """A statement about an earlier day speaks of that day's doses and of no other's."""
    day = turn.heard.day
    zone = turn.chart.plan.patient.zone if day else None
    if day is None or zone is None or day == local_day(turn.now, zone):
        return said
    keys = _doses_of(day, said, turn.chart, turn.now)
    return replace(said, doses=keys) if keys else UNRESOLVED


def _doses_of(day: date, said: Scope, chart: Chart, now: datetime) -> tuple[DoseKey, ...]:
    zone = chart.plan.patient.zone
    return tuple(
        dose.key
        for dose in chart.doses(now - LATE_REPORT_LIMIT, now + timedelta(microseconds=1))
        if local_day(dose.due, zone) == day and (said.named or dose.medication.given_by is None)
    )


def _amount_of_the_one(turn: "Turn", said: Scope) -> Decimal | None:
    found = find(turn.chart, said, turn.now, turn.now)
    doses: Sequence[Any] = found.due or found.early or found.closed[-1:] or found.taken[-1:]
    question = turn.open_question()
    if question is not None and said.generic and question.doses:
        asked = find(turn.chart, replace(said, doses=question.doses), turn.now, turn.now)
        doses = (*asked.open, *asked.closed) or doses
    if len({dose.key for dose in doses}) != 1:
        return None
    return amount_at(doses[0].regimen, doses[0].due)
