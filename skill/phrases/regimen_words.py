"""A regimen as one sentence, heard or read: "one tablet at eight in the morning, until June third".

These are the words of a plan, for clinicians, caregivers and "how do I take it"; amounts are said in full,
but never of insulin that goes by meals or by a scale (S15). Small at the front and without a full stop, so
that the sentence can stand in another one.
"""

import re
from datetime import date, time, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from skill.domain.day_times import most_a_day
from skill.domain.regimen import Form
from skill.domain.timings import AsNeeded, AtEvent, EveryDay, OnDates, Phase, Routine, When
from skill.phrases import regimen_words_days as days_said
from skill.phrases import regimen_words_times as times_said
from skill.phrases.regimen_words_amounts import Amounts, Giver, Manner, Site
from skill.phrases.regimen_words_days import Chosen
from skill.phrases.regimen_words_doses import Doses
from skill.phrases.regimen_words_tongue import Tongue

__all__ = ["Giver", "Manner", "Site", "spoken", "written"]

_A_DAY = timedelta(days=1)
_PLAIN = Manner()
# Put on, in or under, and not handed over: Spanish has another verb for it.
_PUT = {Form.INJECTION, Form.INSULIN, Form.PATCH, Form.DROPS, Form.CREAM, Form.SUPPOSITORY}
_BY_MEALS_FROM = 3  # times a day: insulin that comes so often goes by meals, whatever its order calls it


def spoken(
    phases: tuple[Phase, ...], routine: Routine, form: Form | None, locale: str, manner: Manner = _PLAIN
) -> str:
    """One sentence for the ear: every number a word, no digit. ``form`` None where it is not known.

    A year is said only with a date 300 days or more from the beginning. A language without words for
    regimens speaks English.
    """
    return _sentence(phases, routine, form, manner, tongue=_tongue(phases, locale, spoken=True))


def written(
    phases: tuple[Phase, ...], routine: Routine, form: Form | None, locale: str, manner: Manner = _PLAIN
) -> str:
    """One sentence for the eye: every clock time and date that the regimen has, with its first day."""
    return _sentence(phases, routine, form, manner, tongue=_tongue(phases, locale, spoken=False))


def _tongue(phases: tuple[Phase, ...], locale: str, *, spoken: bool) -> Tongue:
    return Tongue(locale, spoken=spoken, first_day=phases[0].first_day if phases else date.max)


def _sentence(
    phases: tuple[Phase, ...], routine: Routine, form: Form | None, manner: Manner, *, tongue: Tongue
) -> str:
    if not phases:
        return tongue.say("regimen.none")
    if form is Form.INSULIN and any(_by_meals(phase, routine) for phase in phases):
        manner = replace(manner, by_meals=True)
    amounts = Amounts(tongue, form, manner)
    said: list[str] = []
    before: _Said | None = None
    for phase in phases:
        on = days_said.days_of(phase)
        here = _Said(phase, routine, on, Doses(tongue, phase, routine, amounts, on))
        said.append(_linked(tongue, manner, before, here))
        before = here
    return ", ".join(["; ".join(said), *_about_all(tongue, manner, form)])


def _by_meals(phase: Phase, routine: Routine) -> bool:
    often = most_a_day(phase, routine) >= _BY_MEALS_FROM
    return often or isinstance(phase.timing, AsNeeded) or times_said.about_meals(phase)


class _Said(NamedTuple):
    """A phase, and what of it is put into words."""

    phase: Phase
    routine: Routine
    on: Chosen
    doses: Doses

    @property
    def end(self) -> date | None:
        """Its last day; None where there is none or a count decides it."""
        last = self.phase.last_day
        if isinstance(self.on.days, OnDates):
            return self.on.days.dates[-1]
        return last


# ---- one phase after the other


def _linked(tongue: Tongue, manner: Manner, before: _Said | None, here: _Said) -> str:
    if before is None:
        return _phase(tongue, manner, here, start=not tongue.spoken)
    link, short = _link(before, here)
    if short and manner.patch_off is None:
        return tongue.say("regimen.then", phase=", ".join([here.doses.amount(), *_bounds(tongue, here)]))
    words = _phase(tongue, manner, here, start=False)
    if link in {"then", "also"}:
        return tongue.say(f"regimen.{link}", phase=words)
    return tongue.say(f"regimen.{link}", phase=words, date=tongue.day(here.phase.first_day))


def _link(before: _Said, here: _Said) -> tuple[str, bool]:
    """How a phase follows the one before it; True where only the amount changes."""
    end, first = before.end, here.phase.first_day
    dated = isinstance(here.on.days, OnDates)
    endless = end is None and before.phase.count is None
    if endless or (end is not None and first <= end):
        together = first == before.phase.first_day or dated
        return ("also" if together else "also_from"), False
    if dated:
        return "then", False
    if end is None or isinstance(before.on.days, OnDates):
        follows = end is not None and first == end + _A_DAY
        return ("then" if follows else "then_from"), False
    if first == end + _A_DAY:
        return "then", _only_the_amount(before, here)
    return "then_none", False


def _only_the_amount(before: _Said, here: _Said) -> bool:
    same = before.phase.timing == here.phase.timing and before.phase.count is None is here.phase.count
    daily = all(isinstance(on.days, EveryDay) and not on.empty for on in (before.on, here.on))
    return same and daily and before.doses.plain and here.doses.plain


# ---- one phase


def _phase(tongue: Tongue, manner: Manner, here: _Said, *, start: bool) -> str:
    if here.on.empty:
        return ", ".join([tongue.say("regimen.no_day"), *_bounds(tongue, here, start=start)])
    clause = days_said.words(tongue, here.on, times_a_day=here.doses.times_a_day)
    parts = here.doses.words(clause)
    if manner.patch_off is not None:
        parts.append(tongue.say("regimen.take_off", when=_off(tongue, here.routine, manner.patch_off)))
    begun = re.search(rf"(?<!\d){re.escape(tongue.day(here.phase.first_day))}", ", ".join(parts))
    return ", ".join([*parts, *_bounds(tongue, here, start=start and begun is None)])


def _off(tongue: Tongue, routine: Routine, off: time | When) -> str:
    if isinstance(off, When):
        return times_said.event_at(tongue, AtEvent(when=off), routine)
    return tongue.rules.at((off,))


def _bounds(tongue: Tongue, here: _Said, *, start: bool = False) -> list[str]:
    """From when, until when, how often in all; dates that are listed need no others. ``start``: say it."""
    say, phase, said = tongue.say, here.phase, []
    if not isinstance(here.on.days, OnDates):
        first, last = tongue.day(phase.first_day), phase.last_day and tongue.day(phase.last_day)
        if start and last:
            said.append(say("regimen.from_until", date=first, date_last=last))
        elif start:
            said.append(say("regimen.from", date=first))
        elif last:
            said.append(say("regimen.until", date=last))
    if phase.count == 1:
        said.append(say("regimen.count_one"))
    elif phase.count is not None:
        key = "regimen.count" if phase.last_day is None else "regimen.count_at_most"
        said.append(say(key, doses=tongue.count("dose", phase.count)))
    return said


def _about_all(tongue: Tongue, manner: Manner, form: Form | None) -> list[str]:
    """What holds for all phases."""
    said = []
    if manner.set_on is not None:
        said.append(tongue.say("regimen.set_on", date=tongue.day(manner.set_on)))
    if manner.given_by is not None:
        how = "puts" if form in _PUT else "gives"
        said.append(tongue.say(f"regimen.given_by.{manner.given_by.value}.{how}"))
    return said
