"""Directions as people write them, and the facts that are in them."""

import time as clock
from datetime import time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.directions import DayPart, Meal, Measure, Pace, PaceUnit, Stated
from skill.intake.orders_text import read

MORNING, EVENING, NIGHT, BEDTIME = DayPart.MORNING, DayPart.EVENING, DayPart.NIGHT, DayPart.BEDTIME


def much(low: str, unit: str = "", high: str = "") -> Measure:
    return Measure(low=Decimal(low), high=Decimal(high or low), unit=unit)


def a_day(low: int, high: int = 0) -> Pace:
    return Pace(times=(low, high or low), unit=PaceUnit.DAY)


def every(low: int, unit: PaceUnit = PaceUnit.HOUR, high: int = 0) -> Pace:
    return Pace(every=(low, high or low), unit=unit)


def a_week(times: int) -> Pace:
    return Pace(times=(times, times), unit=PaceUnit.WEEK)


ONE = much("1", "tablet")
TEXTS: dict[str, dict[str, Any]] = {
    "Take 1 tablet by mouth twice daily": {"doses": (ONE,), "paces": (a_day(2),)},
    "TAKE ONE TABLET BY MOUTH EVERY DAY": {"doses": (ONE,), "paces": (a_day(1),)},
    "Take a tablet once a day": {"doses": (ONE,), "paces": (a_day(1),)},
    "1 tab PO BID x 10 days": {"doses": (ONE,), "paces": (a_day(2),), "lasts": (10, 10)},
    "1 tab p.o. t.i.d.": {"doses": (ONE,), "paces": (a_day(3),)},
    "1 tab qid": {"doses": (ONE,), "paces": (a_day(4),)},
    "1 tablet tds": {"doses": (ONE,), "paces": (a_day(3),)},
    "1 tablet thrice daily": {"doses": (ONE,), "paces": (a_day(3),)},
    "1 tablet 3x daily": {"doses": (ONE,), "paces": (a_day(3),)},
    "Take 2 (two) tablets 4 (four) times daily": {"doses": (much("2", "tablet"),), "paces": (a_day(4),)},
    "Take 1 tablet 1 to 3 times a day": {"doses": (ONE,), "paces": (a_day(1, 3),)},
    "Take 1 tablet q6h": {"doses": (ONE,), "paces": (every(6),)},
    "1 tablet Q12H": {"doses": (ONE,), "paces": (every(12),)},
    "1 tablet 8 hourly": {"doses": (ONE,), "paces": (every(8),)},
    "1 tablet every 4-6 hours": {"doses": (ONE,), "paces": (every(4, high=6),)},
    "1 tablet every other day": {"doses": (ONE,), "paces": (every(2, PaceUnit.DAY),)},
    "1 tablet on alternate days": {"doses": (ONE,), "paces": (every(2, PaceUnit.DAY),)},
    "1 patch every third day": {"doses": (much("1", "patch"),), "paces": (every(3, PaceUnit.DAY),)},
    "Inject 0.5 mL every 14 days": {"doses": (much("0.5", "mL"),), "paces": (every(14, PaceUnit.DAY),)},
    "1 injection every 2 weeks": {
        "doses": (much("1", "injection"),),
        "paces": (every(2, PaceUnit.WEEK),),
    },
    "Take 1 tablet once a month": {"doses": (ONE,), "paces": (Pace(unit=PaceUnit.MONTH),)},
    "Take 1 tablet weekly": {"doses": (ONE,), "paces": (a_week(1),)},
    "apply one patch three times per week": {"doses": (much("1", "patch"),), "paces": (a_week(3),)},
    "Take 6 tablets once a week on Friday": {
        "doses": (much("6", "tablet"),),
        "paces": (a_week(1),),
        "weekdays": (4,),
    },
    "10mg daily on Mon, Wed and Fri": {
        "doses": (much("10", "mg"),),
        "paces": (a_day(1),),
        "weekdays": (0, 2, 4),
    },
    "Take 1 tablet Monday to Friday": {"doses": (ONE,), "weekdays": (0, 1, 2, 3, 4)},
    "Take 1 tablet on weekends": {"doses": (ONE,), "weekdays": (5, 6)},
    "Take half a tablet at bedtime": {"doses": (much("0.5", "tablet"),), "parts": (BEDTIME,)},
    "Take 1/2 tablet daily": {"doses": (much("0.5", "tablet"),), "paces": (a_day(1),)},
    "Take ½ tablet daily": {"doses": (much("0.5", "tablet"),), "paces": (a_day(1),)},
    "Take 1½ tablets daily": {"doses": (much("1.5", "tablet"),), "paces": (a_day(1),)},
    "take one and a half tablets each morning": {"doses": (much("1.5", "tablet"),), "parts": (MORNING,)},
    "one to two tablets every 8 hours": {"doses": (much("1", "tablet", "2"),), "paces": (every(8),)},
    "Take one 5 mg tablet daily": {"doses": (ONE,), "paces": (a_day(1),)},
    "Take 1 tablet (10 mg total) once daily": {"doses": (ONE, much("10", "mg")), "paces": (a_day(1),)},
    "0.5 g every 8 hours": {"doses": (much("500", "mg"),), "paces": (every(8),)},
    "1,500 mg daily": {"doses": (much("1500", "mg"),), "paces": (a_day(1),)},
    "50 mcg daily": {"doses": (much("0.05", "mg"),), "paces": (a_day(1),)},
    "1 teaspoon twice a day": {"doses": (much("5", "mL"),), "paces": (a_day(2),)},
    "Use 2 sprays in each nostril once daily": {"doses": (much("2", "spray"),), "paces": (a_day(1),)},
    "1 drop in the right eye twice daily": {"doses": (much("1", "drop"),), "paces": (a_day(2),)},
    "Inject 10 units at bedtime": {"doses": (much("10", "unit"),), "parts": (BEDTIME,)},
    "one tablet at 8 am and 8 pm": {"doses": (ONE,), "walls": (time(8), time(20))},
    "1 tablet at 08:00 and 20:30": {"doses": (ONE,), "walls": (time(8), time(20, 30))},
    "1 tablet at 12 pm": {"doses": (ONE,), "walls": (time(12),)},
    "1 tablet at midnight": {"doses": (ONE,), "walls": (time(0),)},
    "2 tabs qAM and 1 tab qHS": {
        "doses": (much("2", "tablet"), ONE),
        "parts": (BEDTIME, MORNING),
    },
    "1 tablet nightly for 30 days": {"doses": (ONE,), "parts": (NIGHT,), "lasts": (30, 30)},
    "Take 1 tablet twice a day with breakfast and dinner": {
        "doses": (ONE,),
        "paces": (a_day(2),),
        "meals": (Meal.WITH,),
        "parts": (MORNING, EVENING),
    },
    "Take 1 capsule 30 minutes before breakfast": {
        "doses": (much("1", "capsule"),),
        "meals": (Meal.BEFORE,),
        "offsets": (30,),
        "parts": (MORNING,),
    },
    "1 tablet a.c.": {"doses": (ONE,), "meals": (Meal.BEFORE,)},
    "1 tablet daily on an empty stomach": {
        "doses": (ONE,),
        "paces": (a_day(1),),
        "meals": (Meal.EMPTY,),
    },
    "1 capsule once daily, with or after food": {
        "doses": (much("1", "capsule"),),
        "paces": (a_day(1),),
        "meals": (Meal.WITH,),
    },
    "1 tablet daily for 2 weeks": {"doses": (ONE,), "paces": (a_day(1),), "lasts": (14, 14)},
    "1 tablet daily for 5-7 days": {"doses": (ONE,), "paces": (a_day(1),), "lasts": (5, 7)},
    "1 tab daily x 3 months": {"doses": (ONE,), "paces": (a_day(1),), "months": 3},
    "1 tablet daily until June 3": {"doses": (ONE,), "paces": (a_day(1),), "until": (6, 3)},
    "1 tablet daily until 2026-06-03": {"doses": (ONE,), "paces": (a_day(1),), "until": (6, 3)},
    "1 tablet daily, starting on March 5, 2026": {
        "doses": (ONE,),
        "paces": (a_day(1),),
        "starts": (3, 5),
    },
    "1 tablet once a month, on the 10th": {
        "doses": (ONE,),
        "paces": (Pace(unit=PaceUnit.MONTH),),
        "month_days": (10,),
    },
    "1 tablet, 3 days a week": {"doses": (ONE,), "paces": (a_week(3),)},
    "Take 2 tablets as a single dose": {"doses": (much("2", "tablet"),), "count": 1},
    "1 tablet twice daily for 12 doses": {"doses": (ONE,), "paces": (a_day(2),), "count": 12},
    "1 tablet every 6 hours as needed for pain": {
        "doses": (ONE,),
        "paces": (every(6),),
        "as_needed": True,
    },
    "1 tablet prn": {"doses": (ONE,), "as_needed": True},
    "2 puffs as required. Max 8 puffs in 24 hours": {
        "doses": (much("2", "puff"),),
        "as_needed": True,
        "limits": (much("8", "puff"),),
    },
    "1 tablet as needed. Do not exceed 4 g per day": {
        "doses": (ONE,),
        "as_needed": True,
        "limits": (much("4000", "mg"),),
    },
    "1 tablet as needed. Max daily dose: 4 tablets": {
        "doses": (ONE,),
        "as_needed": True,
        "limits": (much("4", "tablet"),),
    },
    "take 21 days on, 7 days off": {"cycle": (21, 7)},
    "1 tablet daily for 21 days then 7 days off": {
        "doses": (ONE,),
        "paces": (a_day(1),),
        "cycle": (21, 7),
    },
    "Use as directed": {},
    "Take 1 tablet daily. Do not crush or chew. May cause drowsiness. If affected do not drive.": {
        "doses": (ONE,),
        "paces": (a_day(1),),
    },
}


@pytest.mark.parametrize("text", TEXTS)
def test_directions_are_read_into_their_facts(text: str) -> None:
    assert read(text) == msgspec.structs.replace(Stated(), **TEXTS[text])


@pytest.mark.parametrize(
    ("text", "rules", "unread"),
    [
        pytest.param(
            "1 tablet daily, hold if systolic below 100", ("hold", "if"), ("100",), id="a-hold-rule"
        ),
        pytest.param("4 tablets daily, then 3 tablets daily, then 2", ("then",), ("2",), id="a-taper"),
        pytest.param("1.5 mg/kg daily", ("per kg",), (), id="by-weight"),
        pytest.param("insulin by sliding scale", ("sliding", "scale"), (), id="a-sliding-scale"),
        pytest.param("1 tablet every 5 minutes", ("every", "minutes"), ("5",), id="minutes"),
        pytest.param("1 tablet after each loose stool", ("after", "each"), (), id="after-something-happens"),
        pytest.param("1 tablet until gone", ("until",), (), id="until-gone"),
        pytest.param("1 tablet daily OD", ("od",), (), id="letters-with-two-meanings"),
        pytest.param("1 Tablette morgens", (), ("1",), id="another-language"),
        pytest.param("jeden Morgen eine Tablette", (), ("jeden morgen eine tablette",), id="without-numbers"),
        pytest.param("1 tablet 30 minutes ago", ("minutes",), ("30",), id="a-number-that-is-left"),
    ],
)
def test_what_makes_a_dose_depend_on_something_is_told(
    text: str, rules: tuple[str, ...], unread: tuple[str, ...]
) -> None:
    stated = read(text)

    assert (stated.rules, stated.unread) == (rules, unread)


def test_two_lengths_in_one_text_are_not_understood() -> None:
    assert "more than one lasts" in read("1 tablet for 3 days, 2 tablets for 4 days").unread


def test_a_text_without_an_end_is_not_read() -> None:
    assert read("take 1 tablet " * 400).unread == ("a text of more than 4,000 letters",)


@pytest.mark.parametrize(
    "word", ["on ", "1 - ", "1 to 2 or ", "every each the ", "in each ", "max ", "½", "1,000", "avoid "]
)
def test_a_text_made_to_be_slow_is_read_at_once(word: str) -> None:
    begun = clock.perf_counter()

    read((word * 4000)[:4000])

    assert clock.perf_counter() - begun < 2


@given(st.text(max_size=200) | st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=25).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    stated = read(text)

    assert list(stated.weekdays) == sorted(set(stated.weekdays))
    assert all(dose.low >= 0 for dose in stated.doses)
