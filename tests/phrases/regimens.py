"""Regimens of every kind, by a name that says what they are; their sentences lie in ``golden``."""

from datetime import date, time, timedelta
from decimal import Decimal

from msgspec import Struct

from skill.domain.regimen import Form
from skill.domain.timings import (
    AmountAt,
    AsNeeded,
    AtEvent,
    AtEvents,
    Cycle,
    Days,
    EveryDay,
    EveryHours,
    EveryNDays,
    FixedTimes,
    Monthly,
    OnDates,
    Phase,
    TimesADay,
    Timing,
    Weekly,
    When,
)
from skill.phrases.regimen_words import Giver, Manner, Site

FRIDAY = date(2027, 3, 5)
MONDAY_TO_SUNDAY = tuple(range(7))


class Case(Struct, frozen=True, kw_only=True):
    """``knee``: the order names the left knee."""

    phases: tuple[Phase, ...]
    form: Form | None = Form.TABLET
    manner: Manner = Manner()
    knee: bool = False


def at(*walls: str, weekend: tuple[str, ...] = ()) -> FixedTimes:
    return FixedTimes(
        wall_times=tuple(time.fromisoformat(wall) for wall in walls),
        weekend=tuple(time.fromisoformat(wall) for wall in weekend),
    )


def events(*some: When | tuple[When, int]) -> AtEvents:
    pairs = [(one, None) if isinstance(one, When) else one for one in some]
    return AtEvents(events=tuple(AtEvent(when=when, offset=offset) for when, offset in pairs))


def phase(
    timing: Timing,
    amount: str = "1",
    *,
    days: Days | None = None,
    first: date = FRIDAY,
    last: date | None = None,
    amounts: tuple[AmountAt, ...] = (),
    turns: tuple[str, ...] = (),
    count: int | None = None,
) -> Phase:
    return Phase(
        first_day=first,
        last_day=last,
        days=days if days is not None else EveryDay(),
        timing=timing,
        amount=Decimal(amount),
        amounts=amounts,
        turns=tuple(Decimal(turn) for turn in turns),
        count=count,
    )


def weekly(*weekdays: int, every: int = 1) -> Weekly:
    return Weekly(weekdays=weekdays, every=every, anchor=FRIDAY)


def monthly(*days: int, every: int = 1) -> Monthly:
    return Monthly(days=days, every=every, anchor=FRIDAY)


def but(amount: str, *, place: int | None = None, weekdays: tuple[int, ...] = ()) -> AmountAt:
    return AmountAt(amount=Decimal(amount), time_index=place, weekdays=weekdays)


def case(*phases: Phase, form: Form | None = Form.TABLET, knee: bool = False, **manner: object) -> Case:
    return Case(phases=phases, form=form, knee=knee, manner=Manner(**manner))  # type: ignore[arg-type]


def needed(hours: float | None = None, most: str | None = None) -> AsNeeded:
    return AsNeeded(
        min_gap=None if hours is None else timedelta(hours=hours),
        most_in_24h=None if most is None else Decimal(most),
    )


EIGHT, TWICE = at("08:00"), at("08:00", "20:00")
BEDTIME = events(When.HS)
JUNE_3, JUNE_4 = date(2027, 6, 3), date(2027, 6, 4)

REGIMENS = {
    # clock times
    "once a day": case(phase(EIGHT)),
    "twice a day, then half": case(phase(TWICE, last=JUNE_3), phase(TWICE, "0.5", first=JUNE_4)),
    "noon and midnight": case(phase(at("00:00", "12:00"), "2"), form=Form.CAPSULE),
    "odd minutes": case(phase(at("07:05", "13:30", "21:45"), "1.5")),
    "weekend later": case(phase(at("07:00", weekend=("09:00",)))),
    "three quarters": case(phase(EIGHT, "0.75")),
    "one and a quarter": case(phase(EIGHT, "1.25")),
    "a third, as a decimal": case(phase(EIGHT, "0.33")),
    "trailing zeros in the order": case(phase(EIGHT, "2.50")),
    "no form": case(phase(TWICE, "500"), form=None),
    "no phases": case(),
    # the patient's own times, events of the day
    "three times a day": case(phase(TimesADay(n=3))),
    "own time, once": case(phase(TimesADay(n=1), "21")),
    "breakfast and bedtime": case(phase(events(When.CM, When.HS))),
    "before each meal": case(phase(events((When.AC, 30)), "2.5"), form=Form.LIQUID),
    "with each meal, more at dinner": case(phase(events(When.C), amounts=(but("2", place=2),))),
    "right after lunch": case(phase(events((When.PCD, 0)))),
    "waking plus an hour": case(phase(events((When.WAKE, 60)))),
    "an hour and a half before bed": case(phase(events((When.HS, 90)))),
    "morning with breakfast is one dose": case(phase(events(When.MORN, When.CM))),
    "parts of the day": case(phase(events(When.MORN_EARLY, When.AFT_LATE, When.NIGHT))),
    # intervals
    "every six hours": case(phase(EveryHours(hours=6)), form=Form.CAPSULE),
    "every hour": case(phase(EveryHours(hours=1)), form=Form.DROPS, site=Site.EACH_EYE),
    "every five hours": case(phase(EveryHours(hours=5, first=time(6, 30)), last=date(2027, 3, 9))),
    "every twenty-four hours": case(phase(EveryHours(hours=24))),
    # days
    "once a week": case(phase(EIGHT, "6", days=weekly(4))),
    "once a week, split over the day": case(phase(at("08:00", "14:00", "20:00"), "2", days=weekly(4))),
    "every seven days is once a week": case(phase(EIGHT, "6", days=EveryNDays(n=7, anchor=FRIDAY))),
    "every 168 hours is once a week": case(phase(EveryHours(hours=168)), form=Form.PATCH),
    "weekly, at the own time": case(phase(TimesADay(n=1), days=weekly(0))),
    "three weekdays": case(phase(TWICE, days=weekly(0, 2, 4))),
    "all seven weekdays": case(phase(EIGHT, days=weekly(*MONDAY_TO_SUNDAY))),
    "every two weeks": case(phase(EIGHT, days=weekly(4, every=2)), form=Form.INJECTION),
    "every three weeks on two days": case(phase(EIGHT, days=weekly(0, 3, every=3))),
    "every other day": case(phase(EIGHT, days=EveryNDays(n=2, anchor=FRIDAY))),
    "every ten days": case(phase(EIGHT, days=EveryNDays(n=10, anchor=date(2027, 3, 1)))),
    "monthly": case(phase(EIGHT, days=monthly(1))),
    "twice a month, clamped": case(phase(EIGHT, days=monthly(15, 31))),
    "every three months": case(phase(EIGHT, days=monthly(5, every=3)), form=Form.INJECTION),
    "three weeks on, one off": case(
        phase(EIGHT, "2", days=Cycle(on=21, off=7, anchor=FRIDAY), last=date(2027, 8, 19))
    ),
    "single dose": case(phase(EIGHT, "2", days=OnDates(dates=(FRIDAY,)))),
    "two dates": case(phase(EIGHT, days=OnDates(dates=(FRIDAY, date(2028, 3, 9))))),
    "loading dose": case(phase(EIGHT, "2", last=FRIDAY), phase(EIGHT, first=date(2027, 3, 6))),
    # amounts
    "more in the morning": case(phase(TWICE, "2", amounts=(but("1", place=1),))),
    "same, same, less": case(phase(at("08:00", "12:00", "18:00"), "2", amounts=(but("1.5", place=2),))),
    "by weekday": case(
        phase(at("18:00"), amounts=(but("0.5", weekdays=(1, 3, 5, 6)),)), set_on=date(2027, 3, 3)
    ),
    "by turns": case(phase(EIGHT, turns=("1", "0.5"))),
    "by turns, every other day": case(
        phase(EIGHT, days=EveryNDays(n=2, anchor=FRIDAY), turns=("1", "1", "2"))
    ),
    "interval with an exception": case(
        phase(EveryHours(hours=10), amounts=(but("2", weekdays=(1,)), but("3", place=0)))
    ),
    # ends and sequences
    "ten doses": case(phase(TWICE, count=10)),
    "one dose": case(phase(EIGHT, count=1)),
    "ten doses at most": case(phase(TWICE, count=10, last=JUNE_3)),
    "taper": case(
        phase(EIGHT, "2", last=date(2027, 3, 11)),
        phase(EIGHT, "1.5", first=date(2027, 3, 12), last=date(2027, 3, 18)),
        phase(EIGHT, first=date(2027, 3, 19), last=date(2027, 3, 25)),
    ),
    "other times later": case(phase(TWICE, last=JUNE_3), phase(EIGHT, "2", first=JUNE_4)),
    "a break between": case(phase(EIGHT, last=JUNE_3), phase(EIGHT, first=date(2027, 6, 11))),
    "after a count": case(phase(EIGHT, count=5), phase(EIGHT, "2", first=JUNE_4)),
    "daily and as needed": case(phase(EIGHT), phase(needed(6, "4"))),
    "ends in another year": case(phase(EIGHT, last=date(2028, 1, 1))),
    # as needed
    "as needed": case(phase(needed(6, "4"))),
    "as needed, no limits": case(phase(needed())),
    "as needed, minutes": case(phase(needed(1.5, "1.5"), "0.5")),
    "as needed on Sundays": case(phase(needed(4), days=weekly(6))),
    # forms
    "liquid": case(phase(TWICE, "5"), form=Form.LIQUID),
    "half a milliliter": case(phase(TWICE, ".50"), form=Form.LIQUID),
    "a quarter of a milliliter": case(phase(EIGHT, "1.25"), form=Form.LIQUID),
    "powder": case(phase(EIGHT), form=Form.POWDER),
    "everyday inhaler": case(phase(TWICE, "2"), form=Form.INHALER),
    "rescue inhaler": case(phase(needed(4, "8"), "2"), form=Form.INHALER, rescue=True),
    "rescue under the tongue": case(phase(needed(1 / 12, "3")), rescue=True, site=Site.UNDER_TONGUE),
    "nebulizer": case(phase(TWICE), form=Form.NEBULIZER),
    "nasal spray": case(phase(EIGHT), form=Form.NASAL_SPRAY),
    "drop in the right eye": case(phase(BEDTIME), form=Form.DROPS, site=Site.RIGHT_EYE),
    "drops in each ear": case(phase(TWICE, "4"), form=Form.DROPS, site=Site.EACH_EAR),
    "daily patch": case(phase(EIGHT), form=Form.PATCH),
    "two daily patches": case(phase(EIGHT, "2"), form=Form.PATCH),
    "patch for three days": case(phase(EveryHours(hours=72)), form=Form.PATCH),
    "patch on two weekdays": case(phase(EIGHT, days=weekly(0, 3)), form=Form.PATCH),
    "patch with hours off": case(phase(EIGHT), form=Form.PATCH, patch_off=When.HS),
    "cream on the knee": case(phase(TWICE, "3"), form=Form.CREAM, knee=True),
    "cream": case(phase(needed(6, "4")), form=Form.CREAM),
    "fixed insulin": case(phase(at("22:00"), "10"), form=Form.INSULIN),
    "half units": case(phase(at("22:00"), "10.5"), form=Form.INSULIN),
    "mealtime insulin": case(phase(events(When.AC), "6"), form=Form.INSULIN),
    "insulin three times a day": case(phase(TimesADay(n=3), "4"), form=Form.INSULIN),
    "sliding scale": case(phase(needed(4, "12"), "2"), form=Form.INSULIN),
    "sliding scale at bedtime": case(phase(at("22:00"), "2"), form=Form.INSULIN, by_meals=True),
    "weekly injection by a nurse": case(
        phase(EIGHT, days=weekly(3)), form=Form.INJECTION, given_by=Giver.NURSE
    ),
    "tablet from a helper": case(phase(EIGHT), given_by=Giver.HELPER),
    "unnamed at bedtime": case(phase(at("22:00")), form=Form.SUPPOSITORY),
    "unnamed twice": case(phase(TWICE, "2"), form=Form.SUPPOSITORY),
    "named suppository": case(phase(at("22:00")), form=Form.SUPPOSITORY, form_spoken=True),
}
