"""The doses of one phase in words: how much, how often, at what times, and where these differ."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from skill.domain.timings import AsNeeded, EveryDay, Phase, Routine, TimesADay, Weekly
from skill.phrases import regimen_words_times as times_said
from skill.phrases.regimen_words_amounts import Amounts
from skill.phrases.regimen_words_days import Chosen, weekdays_met
from skill.phrases.regimen_words_times import Slot, by_amount, walls
from skill.phrases.regimen_words_tongue import Tongue

Turns = tuple[tuple[Slot, ...], ...]  # of one weekday: the doses of each turn


class Doses:
    """The doses of ``phase`` on the days ``on``."""

    def __init__(self, tongue: Tongue, phase: Phase, routine: Routine, amounts: Amounts, on: Chosen) -> None:
        self._tongue = tongue
        self._phase = phase
        self._amounts = amounts
        self._on = on
        self._as_needed = isinstance(phase.timing, AsNeeded)
        self._elapses = times_said.elapses(phase)
        self._groups = _grouped(phase, routine, on, alike=not amounts.counts)

    @property
    def times_a_day(self) -> int:
        """How often on a day with doses; 0 as needed, 1 where an interval is longer than a day."""
        if self._as_needed:
            return 0
        return max(1, *(len(walls(turns[0])) for turns in self._groups)) if self._groups else 1

    @property
    def plain(self) -> bool:
        """Whether it is one amount at times that stay the same."""
        if self._as_needed or self._elapses or len(self._groups) > 1:
            return False
        return all(len(turns) == 1 and len(by_amount(turns[0])) == 1 for turns in self._groups)

    def amount(self) -> str:
        """The one amount of what is ``plain``; of an interval or of what is taken as needed, its own."""
        if self._as_needed:
            return self._amount(self._phase.amount, ())
        if self._elapses:
            return self._amount(self._usual[0], ())
        doses = next(iter(self._groups))[0]
        return self._amount(doses[0].amount, doses)

    def words(self, clause: str | None) -> list[str]:
        """The parts of the sentence, ``clause`` (the days) among them."""
        if self._as_needed:
            return [*self._whenever(), *_there(clause)]
        if self._elapses:
            return [*self._timed(self.amount(), clause, ()), *self._exceptions()]
        if len(self._groups) > 1:
            return [*_there(clause), *self._how_often(clause), self._by_weekdays()]
        turns = next(iter(self._groups))
        if len(turns) > 1:
            return self._by_turns(turns, clause)
        if self.plain:
            return self._timed(self.amount(), clause, turns[0])
        return [*_there(clause), *self._how_often(clause), self._pieces(turns[0])]

    def _amount(self, amount: Decimal, doses: Sequence[Slot]) -> str:
        daily = isinstance(self._on.days, EveryDay) and self.times_a_day == 1 and not self._elapses
        return self._amounts.words(amount, walls(doses), new_each_day=daily and not self._as_needed)

    # ---- one amount

    def _timed(self, amount: str, clause: str | None, doses: Sequence[Slot]) -> list[str]:
        often, when = self._how_often(clause), times_said.times(self._tongue, self._phase, doses)
        if clause is None and not often and when is not None:
            return [times_said.together(amount, when, doses)]
        if clause and self.times_a_day > 1 and self._amounts.counts:
            amount = self._tongue.say("regimen.dose.each_time", amount=amount)
        return [amount, *_there(clause), *often, *_there(when)]

    def _how_often(self, clause: str | None) -> list[str]:
        """ "twice a day", unless the days say it already."""
        days = self._on.days
        said = isinstance(days, Weekly) and len(days.weekdays) == 1 and days.every == 1
        if isinstance(self._phase.timing, TimesADay) and clause and (said or self.times_a_day == 1):
            return []
        return _there(times_said.frequency(self._tongue, self._phase))

    def _whenever(self) -> list[str]:
        """As needed, with what limits it. A gap is rounded up to whole minutes."""
        tongue, timing = self._tongue, self._phase.timing
        said = [tongue.say("regimen.as_needed", amount=self.amount())]
        if isinstance(timing, AsNeeded) and timing.min_gap is not None:
            said.append(tongue.say("regimen.gap", gap=tongue.duration(timing.min_gap)))
        if isinstance(timing, AsNeeded) and timing.most_in_24h is not None:
            most = self._amounts.limit(timing.most_in_24h)
            hours = tongue.count("hour", 24)
            said += _there(most and tongue.say("regimen.limit", amount=most, hours=hours))
        return said

    def _exceptions(self) -> list[str]:
        """What differs in an interval that has no clock times."""
        if not self._amounts.counts:
            return []
        tongue = self._tongue
        said: list[str] = []
        for other in self._phase.amounts[: self._usual[1]]:
            weekdays = tongue.rules.weekdays(other.weekdays) if other.weekdays else None
            if other.time_index is None:
                when = tongue.say("regimen.on_weekdays", weekdays=weekdays)
            else:
                number = tongue.rules.number(other.time_index + 1)
                on = weekdays and tongue.say("regimen.on_weekdays", weekdays=weekdays)
                when = tongue.say("regimen.nth_dose", number=number, weekdays=on)
            key = "regimen.otherwise" if said else "regimen.but"
            said.append(tongue.say(key, amount=self._amount(other.amount, ()), when=when))
        return said

    @property
    def _usual(self) -> tuple[Decimal, int]:
        """The amount of an interval, and how many exceptions come before one that fits every dose."""
        for place, other in enumerate(self._phase.amounts):
            if other.time_index is None and not other.weekdays:
                return other.amount, place
        return self._phase.amount, len(self._phase.amounts)

    # ---- several amounts

    def _pieces(self, doses: Sequence[Slot]) -> str:
        """ "two tablets at eight in the morning and one tablet at noon"."""
        tongue, groups = self._tongue, by_amount(doses)
        said = [
            times_said.together(
                self._amount(amount, some), times_said.times(tongue, self._phase, some) or "", some
            )
            for amount, some in groups
        ]
        if all(len(walls(some)) == 1 for _, some in groups):
            return tongue.rules.join(said)
        return self._joined(said)

    def _joined(self, parts: Sequence[str]) -> str:
        """Parts that hold a list themselves, kept apart by more than an "and"."""
        return reduce(lambda a, b: self._tongue.say("regimen.and", first=a, second=b), parts)

    def _by_weekdays(self) -> str:
        tongue = self._tongue
        return self._joined(
            [
                tongue.say(
                    "regimen.on_weekdays_say",
                    weekdays=tongue.rules.weekdays(weekdays),
                    amount=self._of_turns(turns),
                )
                for turns, weekdays in self._groups.items()
            ]
        )

    def _of_turns(self, turns: Turns) -> str:
        if len(turns) > 1:
            return self._in_turn([self._pieces(doses) for doses in turns])
        return self._pieces(turns[0])

    def _by_turns(self, turns: Turns, clause: str | None) -> list[str]:
        """The amounts that take turns, and the times once where they are always the same."""
        if any(len(by_amount(doses)) > 1 for doses in turns):
            return [self._of_turns(turns), *_there(clause), *self._how_often(clause)]
        said = self._in_turn([self._amount(doses[0].amount, doses) for doses in turns])
        when = times_said.times(self._tongue, self._phase, turns[0])
        return [said, *_there(clause), *self._how_often(clause), *_there(when)]

    def _in_turn(self, amounts: Sequence[str]) -> str:
        tongue = self._tongue
        unit = "day" if isinstance(self._on.days, EveryDay) else "time"
        first = tongue.say(f"regimen.one_{unit}", amount=amounts[0])
        others = [tongue.say(f"regimen.next_{unit}", amount=amount) for amount in amounts[1:]]
        date = tongue.day(self._on.first)
        return tongue.say("regimen.by_turns", turns=", ".join([first, *others]), date=date)


def _there(part: str | None) -> list[str]:
    return [part] if part else []


def _grouped(phase: Phase, routine: Routine, on: Chosen, *, alike: bool) -> dict[Turns, tuple[int, ...]]:
    """Weekdays whose doses are the same, together; the group of the earliest weekday first."""
    if isinstance(phase.timing, AsNeeded) or times_said.elapses(phase):
        return {}
    found: dict[Turns, tuple[int, ...]] = {}
    turns = (None,) if alike or not phase.turns else phase.turns
    for weekday in weekdays_met(phase, on):
        each = tuple(times_said.slots(phase, routine, weekday, turn, alike=alike) for turn in turns)
        plan = each if len(set(each)) > 1 else each[:1]
        found[plan] = (*found.get(plan, ()), weekday)
    return found
