import json
import re
import subprocess
import sys
from datetime import date, time, timedelta
from importlib import resources
from pathlib import Path

import pytest
from msgspec.structs import replace

from skill.clock import use_pinned_zone_data
from skill.domain.regimen import Form
from skill.domain.timings import (
    AsNeeded,
    Cycle,
    Days,
    EveryHours,
    EveryNDays,
    OnDates,
    Phase,
    Routine,
    TimesADay,
    Timing,
    When,
)
from skill.errors import InvalidError
from skill.phrases.regimen_words import Manner, spoken, written
from skill.phrases.regimen_words_tongue import LOCALES, catalogue
from skill.private import Private
from tests.phrases.dangerous import forbidden
from tests.phrases.regimens import (
    EIGHT,
    FRIDAY,
    JUNE_3,
    REGIMENS,
    Case,
    at,
    but,
    case,
    events,
    needed,
    phase,
    weekly,
)

use_pinned_zone_data()

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
KNEES = {"en-US": "your left knee", "es-US": "la rodilla izquierda"}


def sentences(locale: str) -> dict[str, tuple[str, str]]:
    """The spoken and the written sentence of each regimen, as they were written down by hand."""
    blocks = (GOLDEN / f"regimens_{locale}.txt").read_text("utf-8").strip().split("\n\n")
    return {name: (heard, read) for name, heard, read in (block.split("\n") for block in blocks)}


def manner_of(regimen: Case, locale: str) -> Manner:
    return replace(regimen.manner, place=Private(KNEES[locale])) if regimen.knee else regimen.manner


def heard(regimen: Case, locale: str = "en-US") -> str:
    return spoken(regimen.phases, Routine(), regimen.form, locale, manner_of(regimen, locale))


def read(regimen: Case, locale: str = "en-US") -> str:
    return written(regimen.phases, Routine(), regimen.form, locale, manner_of(regimen, locale))


def test_the_list_of_what_is_forbidden_finds_it() -> None:
    dangerous = "10 U qd; .5 mg, 1.0 tab b.i.d. OD; 2.50 mL hs, 5 cc po q6h prn; 20 IU SC & 1/2 @ 8"

    found = forbidden(dangerous)

    assert found == [
        *(".5", "1.0", "2.50", "cc", "&", "/", "@"),
        *("U", "qd", "mg", "tab", "b.i.d", "OD", "hs", "po", "q6h", "prn", "IU", "SC"),
    ]


# ---- every kind, written out


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", REGIMENS)
def test_a_regimen_is_said_as_it_was_written_down(name: str, locale: str) -> None:
    """S11, S15, S31; the words of safety.md, section 4."""
    regimen = REGIMENS[name]

    said = heard(regimen, locale), read(regimen, locale)

    assert said == sentences(locale)[name]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_regimen_of_the_table_has_its_sentences(locale: str) -> None:
    table = sentences(locale)

    assert table.keys() == REGIMENS.keys()
    assert len(table) >= 60


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", REGIMENS)
def test_nothing_in_the_table_is_a_dangerous_abbreviation(name: str, locale: str) -> None:
    said = heard(REGIMENS[name], locale), read(REGIMENS[name], locale)

    assert [forbidden(one) for one in said] == [[], []]


@pytest.mark.parametrize(
    ("locale", "beginning"),
    [("en-GB", "one tablet at"), ("es-MX", "una tableta a las"), ("de-DE", "one tablet at")],
    ids=["britain", "mexico", "no words for it"],
)
def test_another_locale_speaks_its_language_or_english(locale: str, beginning: str) -> None:
    said = heard(REGIMENS["once a day"], locale)

    assert said.startswith(beginning)


# ---- what must not be said


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "phases",
    [
        (phase(events(When.ACM), "47"),),
        (phase(events(When.CV, When.HS), "47"),),
        (phase(events((When.PC, 15)), "47", turns=("47", "53")),),
        (phase(at("08:00", "12:00", "18:00"), "47", amounts=(but("53", place=1),)),),
        (phase(EveryHours(hours=6), "47"),),
        (phase(EveryHours(hours=5), "47", amounts=(but("53", place=1),)),),
        (phase(needed(4, "53"), "47"),),
        (phase(at("22:00"), "47", last=JUNE_3), phase(needed(), "53", first=date(2027, 6, 4))),
        (phase(EIGHT, "47"), phase(events(When.ACV), "53")),
    ],
    ids=[
        "before breakfast",
        "dinner and bedtime",
        "after meals by turns",
        "three clock times",
        "every six hours",
        "every five hours",
        "sliding scale",
        "sliding scale later",
        "mealtime beside a daily one",
    ],
)
def test_insulin_that_goes_by_meals_or_a_scale_has_no_amount(phases: tuple[Phase, ...], locale: str) -> None:
    """S15."""
    regimen = Case(phases=phases, form=Form.INSULIN)

    said = heard(regimen, locale) + read(regimen, locale)

    words = ("forty", "fifty", "47", "53", "cuarenta", "cincuenta", "unit", "unidad")
    assert [word for word in words if word in said] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("timing", [EIGHT, TimesADay(n=1), TimesADay(n=2), events(When.HS)], ids=str)
@pytest.mark.parametrize(
    "days",
    [weekly(4), EveryNDays(n=7, anchor=FRIDAY), Cycle(on=1, off=6, anchor=FRIDAY)],
    ids=["weekly", "every seven days", "one day on, six off"],
)
def test_what_is_weekly_is_said_with_once_a_week_and_the_weekday_in_a_clause_of_its_own(
    days: Days, timing: Timing, locale: str
) -> None:
    """S11."""
    regimen = case(phase(timing, "6", days=days))

    said = heard(regimen, locale), read(regimen, locale)

    clause = {"en-US": ", once a week, on Friday only, ", "es-US": ", una vez por semana, solo el viernes, "}
    assert [clause[locale] in one for one in said] == [True, True]


def test_a_weekly_regimen_stays_whole_after_another() -> None:
    """S11: only what is taken every day is cut down to its new amount."""
    regimen = case(
        phase(EIGHT, "6", days=weekly(4), last=date(2027, 4, 1)),
        phase(EIGHT, "5", days=weekly(4), first=date(2027, 4, 2)),
    )

    said = heard(regimen)

    assert said.count("once a week, on Friday only") == 2


def test_a_place_with_digits_is_refused() -> None:
    with pytest.raises(InvalidError) as refusal:
        Manner(place=Private("L5 region"))

    assert refusal.value.field == "place"


def test_a_place_does_not_show() -> None:
    manner = Manner(place=Private("your left knee"))

    assert "knee" not in repr(manner)


# ---- the words themselves


@pytest.mark.parametrize("locale", LOCALES)
def test_both_languages_have_the_same_phrases_with_the_same_blanks(locale: str) -> None:
    english, other = catalogue().load("en-US"), catalogue().load(locale)
    keys = english.keys()

    assert other.locale == locale
    assert other.keys() == keys
    for key in keys:
        assert other.blanks(key) == english.blanks(key)
        assert other.optional_blanks(key) == english.optional_blanks(key)


def test_no_language_is_left_out() -> None:
    folder = resources.files("skill.phrases") / "locales" / "regimens"

    packaged = sorted(file.name for file in folder.iterdir())

    assert packaged == [f"{locale}.json" for locale in sorted(LOCALES)]


def unused(source: str, keys: set[str]) -> set[str]:
    """The keys that nothing in ``source`` names; a brace in a key of the source stands for anything."""
    named = re.findall(r'"(regimen\.[a-z_.{}\[\]\'()]+)"', source)
    patterns = [re.sub(r"\\\{.*?\\\}", "[a-z_.]+", re.escape(key)) for key in named]
    return {key for key in keys if not any(re.fullmatch(pattern, key) for pattern in patterns)}


def test_every_phrase_is_used_and_what_is_used_is_a_phrase() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "skill/phrases").glob("regimen_words*.py"))
    keys = set(catalogue().load("en-US").keys())
    whole = {key for key in re.findall(r'"(regimen\.[a-z_.]+)"', source) if not key.endswith(".")}

    assert unused(source, keys) == set()
    assert whole - keys == set()


def test_a_phrase_that_nobody_uses_is_found() -> None:
    source = 'say("regimen.then"); say(f"regimen.event.{code}")'

    left = unused(source, {"regimen.then", "regimen.event.hs", "regimen.thence"})

    assert left == {"regimen.thence"}


def test_importing_reads_no_file() -> None:
    watch = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, facts: opened.append(str(facts[0])) if event == 'open' else None)\n"
        "import skill.phrases.regimen_words\n"
        "sys.exit(any(name.endswith('.json') for name in opened))"
    )

    done = subprocess.run([sys.executable, "-c", watch], check=False, timeout=60, cwd=ROOT)

    assert done.returncode == 0


def test_the_phrases_are_sorted_and_hold_no_digit() -> None:
    for locale in LOCALES:
        path = ROOT / "skill/phrases/locales/regimens" / f"{locale}.json"
        phrases = json.loads(path.read_text("utf-8"))

        assert list(phrases) == sorted(phrases)
        assert [key for key, text in phrases.items() if re.search(r"\d", text)] == []


# ---- what is easily forgotten


def test_a_long_list_of_dates_is_counted_in_speech_and_listed_in_writing() -> None:
    dates = tuple(FRIDAY + timedelta(days=3 * n) for n in range(13))
    regimen = case(phase(EIGHT, days=OnDates(dates=dates)))

    said, shown = heard(regimen), read(regimen)

    assert said == (
        "one tablet, on thirteen dates only, from March fifth until April tenth, at eight in the morning"
    )
    assert [f"{day:%B} {day.day}, 2027" in shown for day in dates] == [True] * 13


def test_dates_outside_of_the_phase_are_not_said() -> None:
    days = OnDates(dates=(date(2027, 3, 1), FRIDAY, date(2027, 3, 20)))

    said = heard(case(phase(EIGHT, days=days, last=date(2027, 3, 10))))

    assert said == "one tablet, once only, on March fifth, at eight in the morning"


def test_a_phase_without_one_of_its_days_says_so() -> None:
    no_friday = phase(EIGHT, days=weekly(4), first=date(2027, 3, 6), last=date(2027, 3, 10))

    said, shown = heard(case(no_friday)), read(case(no_friday))

    assert said == "none: there is no such day, until March tenth"
    assert shown == "none: there is no such day, from March 6, 2027 until March 10, 2027"


def test_a_gap_of_seconds_counts_as_whole_minutes() -> None:
    regimen = case(phase(AsNeeded(min_gap=timedelta(minutes=4, seconds=1))))

    said = heard(regimen)

    assert said == "one tablet as needed, at least five minutes apart"


def test_meals_at_one_time_are_one_dose() -> None:
    meals = {When.CM: time(8), When.CD: time(18)}
    routine = Routine(events=tuple((when, meals.get(when, wall)) for when, wall in Routine().events))

    said = written((phase(events(When.AC)),), routine, Form.TABLET, "en-US")

    assert said == ("1 tablet before each meal (7:30 AM and 5:30 PM), from March 5, 2027")


def test_nothing_at_a_time_left_out_by_the_amounts_is_forgotten() -> None:
    regimen = case(
        phase(
            events(When.AC, When.HS, When.NIGHT),
            "2",
            amounts=(but("3", place=0, weekdays=(0,)), but("1", place=3)),
        )
    )

    said = heard(regimen)

    assert said == (
        "on Monday, three tablets before breakfast, and two tablets before lunch and before dinner, "
        "and one tablet at bedtime, at night, "
        "and on Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday, "
        "two tablets before each meal, and one tablet at bedtime, at night"
    )
