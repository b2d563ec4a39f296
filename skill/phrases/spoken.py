"""A decision in words: its reason chooses the phrase, its facts and the chart fill the blanks.

The words hold no medicine name unless the patient opted in or named it in this very turn.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from msgspec.structs import replace

from skill.domain.chart import Chart
from skill.domain.doses import DoseState
from skill.domain.events import Done, Reason, Told
from skill.domain.identity import MedicationId
from skill.domain.regimen import Form
from skill.domain.timing import period_at
from skill.phrases import grammar
from skill.phrases.blanks import BLANKS, NUMBERS, Context, Said, medicine
from skill.phrases.catalogue import Phrases
from skill.phrases.numbers import numbers_of

_NAMED = {
    Reason.WRITTEN: "say.written.named",
    Reason.WRITTEN_LATE: "say.written_late.named",
    Reason.WRITTEN_EARLIER: "say.written_earlier.named",
}
_UNTIMED = {  # S45: where nobody said when
    Reason.TOLD_TAKEN: "say.told_taken.untimed",
    Reason.SAME_OR_AGAIN: "ask.same_or_again.untimed",
}
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
    first = [] if key else [*_news(context), *_begun(context)]
    return " ".join([*first, _sentence(context, key or _key(context))])


def plain_speech(phrases: Phrases, key: str, *, country: str, **blanks: str) -> str:
    """A phrase that needs no chart: its blanks are telephone numbers of ``country``, or given."""
    numbers = numbers_of(country)
    known = {b: NUMBERS[b](phrases, numbers) for b in phrases.blanks(key) if b not in blanks}
    return grammar.capitalize_first(phrases.speech(key, **known, **blanks))


def _sentence(c: Context, key: str) -> str:
    blanks = {blank: BLANKS[blank](c) for blank in c.phrases.blanks(key)}
    return grammar.capitalize_first(c.phrases.speech(key, **blanks))


# ---- what is said first


def _news(c: Context) -> Iterator[str]:
    """Which helper wrote something down since the patient last heard (S30), one sentence for each time."""
    given = c.said.facts.get("given")
    for statement in given if isinstance(given, tuple) else ():
        written = [o for o in c.chart.now.outcomes if o.statement_id == statement]
        if not written:
            continue
        periods = {period_at(o.due.astimezone(c.zone).time()).value for o in written}
        facts = Told(count=len(written), at=written[-1].at or c.now, by=written[-1].contact_id or "")
        facts |= {"period": periods.pop()} if len(periods) == 1 else {}
        said = Done(operation=c.said.operation, reason=Reason.TOLD_GIVEN, facts=facts, asks=None)
        told = replace(c, said=said, named=())
        yield _sentence(told, _key(told))


def _begun(c: Context) -> Iterator[str]:
    """That a part of what is asked about is written down already (S22)."""
    parts = c.said.facts.get("parts")
    if not isinstance(parts, int):
        return
    share = "half" if c.said.facts.get("half") else "part"
    if parts > 1:
        yield _sentence(c, "say.begun.some")
    else:
        yield _sentence(c, f"say.begun.{share}" if c.count == 1 else f"say.begun.{share}_of_one")


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
        case reason if reason in _UNTIMED and c.moment("at") is None:
            return _UNTIMED[reason]
        case Reason.TOLD_TAKEN if c.named and medicine(c):
            return "say.told_taken.named"
        case reason if reason in _NAMED and medicine(c):
            return _NAMED[reason]
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
