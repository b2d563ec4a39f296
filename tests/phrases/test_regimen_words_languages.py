import re
from datetime import date, time
from decimal import Decimal

import pytest

from skill.phrases.regimen_words_english import English
from skill.phrases.regimen_words_rules import Noun, Rules
from skill.phrases.regimen_words_spanish import Spanish

TABLETS = Noun("tableta", "tabletas", feminine=True, measured=False)
MILLILITERS = Noun("mililitro", "mililitros", feminine=False, measured=True)


@pytest.mark.parametrize(
    ("amount", "feminine", "masculine"),
    [
        ("1", "una tableta", "un mililitro"),
        ("21", "veintiuna tabletas", "veintiún mililitros"),
        ("31", "treinta y una tabletas", "treinta y un mililitros"),
        ("100", "cien tabletas", "cien mililitros"),
        ("101", "ciento una tabletas", "ciento un mililitros"),
        ("225", "doscientas veinticinco tabletas", "doscientos veinticinco mililitros"),
        ("521", "quinientas veintiuna tabletas", "quinientos veintiún mililitros"),
        ("1000", "mil tabletas", "mil mililitros"),
        ("0.5", "media tableta", "medio mililitro"),
        ("21.5", "veintiuna tabletas y media", "veintiún mililitros y medio"),
        ("0.25", "un cuarto de tableta", "cero punto dos cinco mililitros"),
        ("3.75", "tres tabletas y tres cuartos", "tres punto siete cinco mililitros"),
        ("0.04", "cero punto cero cuatro tabletas", "cero punto cero cuatro mililitros"),
    ],
    ids=lambda value: value if value[0].isdigit() else "",
)
def test_a_spanish_amount_agrees_with_what_it_counts(amount: str, feminine: str, masculine: str) -> None:
    rules = Spanish(spoken=True)

    said = rules.amount(Decimal(amount), TABLETS), rules.amount(Decimal(amount), MILLILITERS)

    assert said == (feminine, masculine)


@pytest.mark.parametrize(
    ("amount", "said", "shown"),
    [
        ("100", "one hundred tablets", "100 tablets"),
        ("125", "one hundred twenty-five tablets", "125 tablets"),
        ("1000", "one thousand tablets", "1,000 tablets"),
        ("0.25", "a quarter of a tablet", "a quarter of a tablet"),
        ("3.75", "three and three-quarter tablets", "three and three-quarter tablets"),
        ("0.04", "zero point zero four tablets", "0.04 tablets"),
        ("1.0", "one tablet", "1 tablet"),
        ("1E+1", "ten tablets", "10 tablets"),
    ],
    ids=lambda value: value if value[0].isdigit() else "",
)
def test_an_english_amount_is_said_and_shown(amount: str, said: str, shown: str) -> None:
    tablet = Noun("tablet", "tablets", feminine=False, measured=False)

    both = [English(spoken=mode).amount(Decimal(amount), tablet) for mode in (True, False)]

    assert both == [said, shown]


def test_half_of_what_begins_with_a_vowel_has_its_article() -> None:
    injection = Noun("injection", "injections", feminine=False, measured=False)

    said = English(spoken=True).amount(Decimal("0.5"), injection)

    assert said == "half an injection"


@pytest.mark.parametrize("rules", [English(spoken=True), Spanish(spoken=True)], ids=["english", "spanish"])
def test_every_number_has_words_of_its_own(rules: Rules) -> None:
    said = [rules.number(number) for number in range(10_000)]

    assert len(set(said)) == 10_000
    assert [words for words in said if re.search(r"\d", words)] == []


@pytest.mark.parametrize("mode", [True, False], ids=["spoken", "written"])
@pytest.mark.parametrize("language", [English, Spanish], ids=["english", "spanish"])
def test_every_minute_of_a_day_has_words_of_its_own(language: type[English | Spanish], mode: bool) -> None:
    rules = language(spoken=mode)

    said = [rules.at((time(hour, minute),)) for hour in range(24) for minute in range(60)]

    assert len(set(said)) == 24 * 60


@pytest.mark.parametrize(
    ("wall", "english", "spanish"),
    [
        ("00:30", "at twelve thirty at night", "a las doce y media de la noche"),
        ("01:00", "at one at night", "a la una de la madrugada"),
        ("05:15", "at five fifteen in the morning", "a las cinco y cuarto de la madrugada"),
        ("12:45", "at twelve forty-five in the afternoon", "a las doce cuarenta y cinco de la tarde"),
        ("13:00", "at one in the afternoon", "a la una de la tarde"),
        ("18:10", "at six ten in the evening", "a las seis y diez de la tarde"),
        ("20:04", "at eight oh four in the evening", "a las ocho y cuatro de la noche"),
        ("21:40", "at nine forty at night", "a las nueve cuarenta de la noche"),
    ],
)
def test_a_clock_time_is_said_with_its_part_of_the_day(wall: str, english: str, spanish: str) -> None:
    moment = (time.fromisoformat(wall),)

    said = English(spoken=True).at(moment), Spanish(spoken=True).at(moment)

    assert said == (english, spanish)


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (
            date(1999, 5, 8),
            "May eighth, nineteen ninety-nine",
            "ocho de mayo de mil novecientos noventa y nueve",
        ),
        (date(2005, 1, 1), "January first, two thousand five", "primero de enero de dos mil cinco"),
        (date(2027, 5, 2), "May second, twenty twenty-seven", "dos de mayo de dos mil veintisiete"),
        (date(2100, 2, 2), "February second, twenty-one hundred", "dos de febrero de dos mil cien"),
        (date(2101, 2, 3), "February third, twenty-one oh one", "tres de febrero de dos mil ciento uno"),
    ],
    ids=lambda value: str(value.year) if isinstance(value, date) else "",
)
def test_a_year_is_said_as_people_say_it(day: date, english: str, spanish: str) -> None:
    said = English(spoken=True).day(day, year=True), Spanish(spoken=True).day(day, year=True)

    assert said == (english, spanish)
