"""A decision in words: its reason chooses the phrase, its facts and the chart fill the blanks.

The words hold no medicine name unless the patient opted in or named it in this very turn.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from skill.domain.chart import Chart
from skill.domain.doses import DoseState
from skill.domain.events import Reason
from skill.domain.identity import MedicationId
from skill.domain.regimen import Form
from skill.phrases import grammar
from skill.phrases.blanks import BLANKS, NUMBERS, Context, Said, medicine
from skill.phrases.catalogue import Phrases
from skill.phrases.numbers import numbers_of

_SWALLOWED = {Form.TABLET, Form.CAPSULE, Form.LIQUID, Form.POWDER}


def speech(
    phrases: Phrases,
    said: Said,
    chart: Chart,
    now: datetime,
    *,
    named: Sequence[MedicationId] = (),
    key: str | None = None,
) -> str:
    """The words for ``said``, to stand between ``<speak>`` tags.

    ``named``: medicines that the speaker named in this turn. ``key``: another phrase for the same facts.
    """
    context = Context(phrases=phrases, said=said, chart=chart, now=now, named=named)
    chosen = key or _key(context)
    blanks = {blank: BLANKS[blank](context) for blank in phrases.blanks(chosen)}
    return grammar.capitalize_first(phrases.speech(chosen, **blanks))


def plain_speech(phrases: Phrases, key: str, *, country: str, **blanks: str) -> str:
    """A phrase that needs no chart: its blanks are telephone numbers of ``country``, or given."""
    numbers = numbers_of(country)
    known = {b: NUMBERS[b](phrases, numbers) for b in phrases.blanks(key) if b not in blanks}
    return grammar.capitalize_first(phrases.speech(key, **known, **blanks))


# ---- which phrase


def _key(c: Context) -> str:
    key = _variant(c)
    forms = (f"{key}.one", f"{key}.other")
    return c.phrases.plural_key(key, c.count) if _known(c.phrases).issuperset(forms) else key


@cache
def _known(phrases: Phrases) -> frozenset[str]:
    return frozenset(phrases.keys())


def _variant(c: Context) -> str:
    match c.said.reason:
        case Reason.DUE_NOW:
            return "ask.due_now.named" if medicine(c) else _used(c, "ask.due_now", "ask.due_now.used")
        case Reason.CLOSED_EARLIER if _not_observed(c):
            return "ask.closed_earlier.outage"
        case Reason.CLOSED_EARLIER:
            return _used(c, "ask.closed_earlier", "ask.closed_earlier.used")
        case Reason.READ_BACK if c.count == 2:
            return "ask.read_back.both"
        case Reason.STAYS_OPEN if c.count == 0:
            return "say.stays_open.none"
        case Reason.TOLD_NOTHING if c.named and medicine(c) and c.is_today("due"):
            return "say.told_nothing.named"
        case Reason.TOLD_NOTHING if not c.is_today("due"):
            return "say.told_nothing.other_day"
        case Reason.TOLD_TAKEN if c.named and medicine(c):
            return "say.told_taken.named"
        case Reason.WRITTEN if medicine(c):
            return "say.written.named"
        case Reason.WRITTEN_LATE if medicine(c):
            return "say.written_late.named"
        case reason:
            return reason.value


def _used(c: Context, taken: str, used: str) -> str:
    """Safety §4: what is not swallowed is "used", not "taken"."""
    question = c.question()
    medications = [c.chart.find_medication(key.medication_id) for key in question.doses] if question else []
    swallowed = [m is None or m.form in _SWALLOWED for m in medications]
    return used if swallowed and not any(swallowed) else taken


def _not_observed(c: Context) -> bool:
    """S39: whether the window that is asked about met an outage of ours."""
    question = c.question()
    keys = set(question.doses) if question else set()
    return any(o.key in keys and o.state is DoseState.NOT_OBSERVED for o in c.chart.now.outcomes)
