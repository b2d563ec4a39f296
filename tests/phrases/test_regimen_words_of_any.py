import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from skill.clock import use_pinned_zone_data
from skill.domain.expansion import Occurrence, expand
from skill.domain.regimen import Form
from skill.domain.timings import (
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
    Routine,
    TimesADay,
    Timing,
    Weekly,
    When,
)
from skill.errors import InvalidError
from skill.phrases.regimen_words import Manner, Site, spoken, written
from skill.phrases.regimen_words_tongue import LOCALES
from tests.phrases.dangerous import forbidden
from tests.phrases.regimens import (
    EIGHT,
    FRIDAY,
    but,
    phase,
)
from tests.strategies import ALL_ZONES

use_pinned_zone_data()

UTC_ZONE = next(zone for zone in ALL_ZONES if zone.key == "UTC")

NEAR = st.integers(-200, 200).map(lambda days: FRIDAY + timedelta(days=days))
WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0, tzinfo=None))
AMOUNTS = st.one_of(
    st.integers(1, 1000).map(Decimal),
    st.integers(1, 40).map(lambda quarters: Decimal(quarters) / 4),
    st.integers(1, 9999).map(lambda hundredths: Decimal(hundredths) / 100),
)
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


def some_walls(most: int) -> st.SearchStrategy[tuple[time, ...]]:
    return st.sets(WALLS, min_size=1, max_size=most).map(lambda walls: tuple(sorted(walls)))


@st.composite
def fixed_times(draw: st.DrawFn) -> FixedTimes:
    walls = draw(some_walls(5))
    weekend = draw(st.one_of(st.just(()), some_walls(5).filter(lambda some: len(some) == len(walls))))
    return FixedTimes(wall_times=walls, weekend=weekend)


@st.composite
def at_events(draw: st.DrawFn) -> AtEvents:
    whens = draw(st.sets(st.sampled_from(When), min_size=1, max_size=5))
    meals = {When.C, When.CM, When.CD, When.CV}
    offsets = st.one_of(st.none(), st.sampled_from([0, 1, 30, 45, 60, 90, 120]))
    return AtEvents(
        events=tuple(
            AtEvent(when=when, offset=None if when in meals else draw(offsets)) for when in sorted(whens)
        )
    )


DAYS: st.SearchStrategy[Days] = st.one_of(
    st.just(EveryDay()),
    st.builds(EveryNDays, n=st.integers(2, 60), anchor=NEAR),
    st.builds(Weekly, weekdays=WEEKDAYS, every=st.integers(1, 6), anchor=NEAR),
    st.builds(
        Monthly,
        days=st.sets(st.integers(1, 31), min_size=1, max_size=4).map(lambda days: tuple(sorted(days))),
        every=st.integers(1, 4),
        anchor=NEAR,
    ),
    st.builds(
        OnDates,
        dates=st.sets(NEAR.filter(lambda day: day >= FRIDAY), min_size=1, max_size=12).map(
            lambda days: tuple(sorted(days))
        ),
    ),
    st.builds(Cycle, on=st.integers(1, 30), off=st.integers(1, 30), anchor=NEAR),
)
AS_NEEDED = st.builds(
    AsNeeded,
    min_gap=st.one_of(st.none(), st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes))),
    most_in_24h=st.one_of(st.none(), AMOUNTS),
)
TIMINGS: st.SearchStrategy[Timing] = st.one_of(
    fixed_times(),
    st.builds(TimesADay, n=st.integers(1, 5)),
    at_events(),
    st.builds(EveryHours, hours=st.integers(1, 336), first=WALLS),
    AS_NEEDED,
)


@st.composite
def any_phase(draw: st.DrawFn, first: date = FRIDAY) -> Phase:
    timing = draw(TIMINGS)
    hours = isinstance(timing, EveryHours)
    turns = () if hours else tuple(draw(st.lists(AMOUNTS, max_size=3)))
    last = draw(st.one_of(st.none(), st.integers(0, 200).map(lambda days: first + timedelta(days=days))))
    others = st.builds(
        but,
        AMOUNTS.map(str),
        place=st.one_of(st.none(), st.integers(0, 3)),
        weekdays=st.one_of(st.just(()), WEEKDAYS),
    )
    return Phase(
        first_day=first,
        last_day=last,
        days=EveryDay() if hours else draw(DAYS),
        timing=timing,
        amount=draw(AMOUNTS),
        amounts=tuple(draw(st.lists(others, max_size=2))),
        turns=turns,
        count=draw(st.one_of(st.none(), st.integers(1, 50))),
    )


@st.composite
def any_regimen(draw: st.DrawFn) -> tuple[Phase, ...]:
    found = [draw(any_phase())]
    while found[-1].last_day is not None and len(found) < 4 and draw(st.booleans()):
        gap = draw(st.sampled_from([1, 1, 5]))
        found.append(draw(any_phase(first=found[-1].last_day + timedelta(days=gap))))
    return tuple(found)


MANNERS = st.builds(
    Manner,
    site=st.one_of(st.none(), st.sampled_from(Site)),
    rescue=st.booleans(),
    by_meals=st.booleans(),
    form_spoken=st.booleans(),
)
FORMS = st.one_of(st.none(), st.sampled_from(Form))


@given(any_regimen(), FORMS, MANNERS, st.sampled_from(LOCALES))
def test_any_regimen_is_one_clean_sentence_in_speech_and_in_writing(
    phases: tuple[Phase, ...], form: Form | None, manner: Manner, locale: str
) -> None:
    said = spoken(phases, Routine(), form, locale, manner)
    shown = written(phases, Routine(), form, locale, manner)

    assert re.findall(r"\d", said) == []
    for sentence in (said, shown):
        assert sentence.strip() == sentence != ""
        assert re.findall(r"[{}⟦⟧\n]|  | ,|,,|None|Decimal", sentence) == []
        assert forbidden(sentence) == []


def occurrences(phases: tuple[Phase, ...], routine: Routine, days: int) -> list[Occurrence]:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    return list(expand(phases, routine, UTC_ZONE, start, start + timedelta(days=days)))


def clock_shown(wall: time, locale: str) -> str:
    digits = f"{wall.hour % 12 or 12}:{wall.minute:02}"
    if locale == "es-US":
        return f"{digits} de"
    if wall.minute == 0 and wall.hour % 12 == 0:
        return f"{digits} {'noon' if wall.hour else 'midnight'}"
    return f"{digits} {'AM' if wall.hour < 12 else 'PM'}"


@given(any_regimen(), FORMS, st.sampled_from(LOCALES))
def test_writing_names_every_clock_time_that_the_regimen_has(
    phases: tuple[Phase, ...], form: Form | None, locale: str
) -> None:
    elapsed = [one for one in phases if isinstance(one.timing, EveryHours) and 24 % one.timing.hours != 0]
    assume(not elapsed)

    shown = written(phases, Routine(), form, locale)

    walls = {moment.time() for moment, _ in occurrences(phases, Routine(), 90)}
    assert [wall for wall in walls if clock_shown(wall, locale) not in shown] == []


@st.composite
def a_changed_phase(draw: st.DrawFn) -> tuple[Phase, Phase]:
    """A phase, and the same with one thing changed."""
    one, other = draw(any_phase()), draw(any_phase())
    field = draw(st.sampled_from(["last_day", "days", "timing", "amount", "amounts", "turns", "count"]))
    try:
        return one, replace(one, **{field: getattr(other, field)})
    except InvalidError:
        return one, one


@given(a_changed_phase(), st.sampled_from(LOCALES))
def test_what_is_taken_otherwise_is_said_otherwise(changed: tuple[Phase, Phase], locale: str) -> None:
    one, other = changed
    assume(occurrences((one,), Routine(), 300) != occurrences((other,), Routine(), 300))

    said = [spoken((some,), Routine(), Form.TABLET, locale) for some in changed]
    shown = [written((some,), Routine(), Form.TABLET, locale) for some in changed]

    assert said[0] != said[1]
    assert shown[0] != shown[1]


@given(AS_NEEDED, AS_NEEDED, st.sampled_from(LOCALES))
def test_limits_that_differ_are_said_differently(one: AsNeeded, other: AsNeeded, locale: str) -> None:
    assume(one != other)

    said = [spoken((phase(timing),), Routine(), Form.TABLET, locale) for timing in (one, other)]
    shown = [written((phase(timing),), Routine(), Form.TABLET, locale) for timing in (one, other)]

    assert said[0] != said[1]
    assert shown[0] != shown[1]


@given(any_phase(), NEAR, st.sampled_from(LOCALES))
def test_writing_shows_from_when(one: Phase, first: date, locale: str) -> None:
    last = one.last_day if one.last_day is None or one.last_day >= first else None
    one = replace(one, last_day=last)
    both = (one,), (replace(one, first_day=first),)
    assume(occurrences(both[0], Routine(), 300) != occurrences(both[1], Routine(), 300))

    shown = [written(phases, Routine(), Form.TABLET, locale) for phases in both]

    assert shown[0] != shown[1]


@given(any_phase(), at_events(), st.integers(1, 180), st.sampled_from(LOCALES))
def test_writing_follows_the_routine(one: Phase, timing: AtEvents, shift: int, locale: str) -> None:
    one = replace(one, timing=timing)
    earlier = tuple(
        (when, (datetime.combine(FRIDAY, wall) - timedelta(minutes=shift)).time())
        for when, wall in Routine().events
    )
    routines = Routine(), Routine(events=earlier)
    assume(occurrences((one,), routines[0], 300) != occurrences((one,), routines[1], 300))

    shown = [written((one,), routine, Form.TABLET, locale) for routine in routines]

    assert shown[0] != shown[1]


@given(any_phase(), a_changed_phase(), st.integers(0, 20), st.integers(0, 20), st.sampled_from(LOCALES))
def test_a_later_phase_is_told_from_another(
    one: Phase, changed: tuple[Phase, Phase], length: int, gap: int, locale: str
) -> None:
    first = FRIDAY + timedelta(days=length)
    before = replace(one, last_day=first)
    later = [replace(some, first_day=first + timedelta(days=1), last_day=None) for some in changed]
    shifted = replace(later[0], first_day=first + timedelta(days=1 + gap))
    both = [(before, some) for some in (*later, shifted)]
    taken = [occurrences(phases, Routine(), 300) for phases in both]

    said = [spoken(phases, Routine(), Form.TABLET, locale) for phases in both]
    shown = [written(phases, Routine(), Form.TABLET, locale) for phases in both]

    for other in (1, 2):
        assert taken[0] == taken[other] or said[0] != said[other]
        assert taken[0] == taken[other] or shown[0] != shown[other]


@given(st.permutations(range(3)), st.sampled_from(LOCALES))
def test_the_order_of_a_taper_is_heard(order: list[int], locale: str) -> None:
    amounts = ["2", "1.5", "0.5"]
    firsts = [FRIDAY + timedelta(days=7 * n) for n in range(3)]
    tapers = [
        tuple(
            phase(EIGHT, amounts[which], first=first, last=first + timedelta(days=6))
            for first, which in zip(firsts, some, strict=True)
        )
        for some in (range(3), order)
    ]

    said = [spoken(taper, Routine(), Form.TABLET, locale) for taper in tapers]

    assert (said[0] == said[1]) is (order == [0, 1, 2])
