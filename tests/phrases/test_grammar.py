import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.timing import Period
from skill.errors import InvalidError
from skill.phrases import grammar

UTC_ZONE = ZoneInfo("UTC")
NEW_YORK = ZoneInfo("America/New_York")
MINUTES_OF_A_DAY = tuple(time(hour, minute) for hour in range(24) for minute in range(60))


def at(wall: str, day: str = "2027-05-07") -> datetime:
    """A moment whose clock in UTC shows ``wall``; the default day is a Friday."""
    return datetime.fromisoformat(f"{day}T{wall}+00:00")


# ---- numbers, plurals, lists


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (1, "one"),
        (11, "eleven"),
        (13, "thirteen"),
        (20, "twenty"),
        (21, "twenty-one"),
        (40, "forty"),
        (42, "forty-two"),
        (99, "ninety-nine"),
    ],
    ids=str,
)
def test_a_number_is_said_in_words(number: int, words: str) -> None:
    said = grammar.number_word(number)

    assert said == words


def test_every_number_has_words_of_its_own_and_they_read_back() -> None:
    parts = {grammar.number_word(number): number for number in (*range(20), *range(20, 100, 10))}

    said = {number: grammar.number_word(number) for number in range(100)}

    assert {number: sum(parts[part] for part in words.split("-")) for number, words in said.items()} == {
        number: number for number in range(100)
    }


@pytest.mark.parametrize("number", [-1, 100], ids=["below zero", "three digits"])
def test_a_number_without_words_is_refused(number: int) -> None:
    with pytest.raises(InvalidError) as refusal:
        grammar.number_word(number)

    assert refusal.value.field == "number"


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "other"), (1, "one"), (2, "other"), (21, "other")],
    ids=["none", "one", "two", "21"],
)
def test_one_is_singular_and_every_other_count_plural(count: int, form: str) -> None:
    chosen = grammar.plural(count)

    assert chosen == form


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("a",), "a"),
        (("a", "b"), "a and b"),
        (("a", "b", "c"), "a, b and c"),
        (("a", "b", "c", "d"), "a, b, c and d"),
    ],
    ids=["one", "two", "three", "four"],
)
def test_a_list_ends_with_and(parts: tuple[str, ...], said: str) -> None:
    joined = grammar.join(parts)

    assert joined == said


def test_an_empty_list_cannot_be_said() -> None:
    with pytest.raises(InvalidError) as refusal:
        grammar.join(())

    assert refusal.value.field == "parts"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("911", "nine one one"),
        ("988", "nine eight eight"),
        ("1-800-222-1222", "one, eight zero zero, two two two, one two two two"),
        ("+1 (844) 764-7669", "one, eight four four, seven six four, seven six six nine"),
        ("048290", "zero four eight two nine zero"),
    ],
    ids=["emergency", "lifeline", "poison control", "with plus and brackets", "leading zero"],
)
def test_a_telephone_number_is_said_digit_by_digit(number: str, said: str) -> None:
    spoken = grammar.digits_spoken(number)

    assert spoken == said


@pytest.mark.parametrize(
    "number", ["", "-", "91a", "٩١١", "9+11"], ids=["empty", "dash", "letter", "arabic", "plus"]
)
def test_what_is_not_made_of_digits_is_not_said_digit_by_digit(number: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        grammar.digits_spoken(number)

    assert refusal.value.field == "number"


@given(st.text(alphabet="0123456789", min_size=1, max_size=15))
def test_no_digit_is_lost_or_changed_on_the_way_to_words(number: str) -> None:
    back = {grammar.number_word(digit): str(digit) for digit in range(10)}

    spoken = grammar.digits_spoken(number)

    assert "".join(back[word] for word in spoken.split()) == number


@pytest.mark.parametrize(
    ("text", "capital"),
    [("three medicines", "Three medicines"), ("", ""), ("éclair", "Éclair"), ("i'm OK", "I'm OK")],
    ids=["words", "nothing", "accent", "rest stays"],
)
def test_a_sentence_starts_with_a_capital_and_keeps_the_rest(text: str, capital: str) -> None:
    written = grammar.capitalize_first(text)

    assert written == capital


# ---- clock times


@pytest.mark.parametrize(
    ("wall", "words", "digits"),
    [
        ("00:00", "midnight", "12:00 AM"),
        ("00:04", "twelve oh four", "12:04 AM"),
        ("08:00", "eight o'clock", "8:00 AM"),
        ("08:04", "eight oh four", "8:04 AM"),
        ("09:40", "nine forty", "9:40 AM"),
        ("09:42", "nine forty-two", "9:42 AM"),
        ("10:15", "ten fifteen", "10:15 AM"),
        ("12:00", "noon", "12:00 PM"),
        ("12:30", "twelve thirty", "12:30 PM"),
        ("20:00", "eight o'clock", "8:00 PM"),
        ("23:59", "eleven fifty-nine", "11:59 PM"),
    ],
)
def test_a_clock_time_in_words_and_in_digits(wall: str, words: str, digits: str) -> None:
    moment = at(wall)

    said, written = grammar.clock_words(moment, UTC_ZONE), grammar.clock_digits(moment, UTC_ZONE)

    assert (said, written) == (words, digits)


def test_every_minute_of_a_day_has_words_and_each_is_said_at_most_twice() -> None:
    said = [
        grammar.clock_words(datetime.combine(at("00:00").date(), wall, tzinfo=UTC), UTC_ZONE)
        for wall in MINUTES_OF_A_DAY
    ]

    assert all(word.replace("-", "").replace("'", "").isalpha() for words in said for word in words.split())
    assert max(said.count(words) for words in set(said)) == 2
    assert said.count("noon") == said.count("midnight") == 1


def test_with_the_part_of_the_day_no_two_minutes_of_a_day_are_said_alike() -> None:
    """S20."""
    now = at("12:00")
    start = at("03:00")

    said = {
        grammar.clock_when_words(start + timedelta(minutes=minute), now, UTC_ZONE)
        for minute in range(24 * 60)
    }

    assert len(said) == 24 * 60


def test_a_clock_time_is_that_of_the_place() -> None:
    moment = datetime(2027, 1, 7, 13, 4, tzinfo=UTC)

    said = grammar.clock_words(moment, NEW_YORK)

    assert said == "eight oh four"


def test_both_hours_of_a_night_that_falls_back_have_words() -> None:
    first, second = datetime(2027, 11, 7, 5, 30, tzinfo=UTC), datetime(2027, 11, 7, 6, 30, tzinfo=UTC)

    said = [grammar.clock_words(moment, NEW_YORK) for moment in (first, second)]

    assert said == ["one thirty", "one thirty"]


def test_seconds_do_not_change_the_words() -> None:
    moment = at("12:00:59.5")

    said = grammar.clock_when_words(moment, at("13:00"), UTC_ZONE)

    assert said == "noon today"


@pytest.mark.parametrize(
    "words",
    [grammar.clock_words, grammar.clock_digits, grammar.day_period],
    ids=["words", "digits", "period"],
)
def test_a_moment_without_a_zone_is_refused(words: Callable[[datetime, ZoneInfo], object]) -> None:
    naive = at("08:00").replace(tzinfo=None)

    with pytest.raises(InvalidError) as refusal:
        words(naive, UTC_ZONE)

    assert refusal.value.field == "moment"


# ---- days and their parts


@pytest.mark.parametrize(
    ("wall", "period"),
    [
        ("02:59", Period.BEDTIME),
        ("03:00", Period.MORNING),
        ("10:59", Period.MORNING),
        ("11:00", Period.NOON),
        ("15:59", Period.NOON),
        ("16:00", Period.EVENING),
        ("20:59", Period.EVENING),
        ("21:00", Period.BEDTIME),
        ("23:59", Period.BEDTIME),
    ],
)
def test_the_day_has_four_periods(wall: str, period: Period) -> None:
    found = grammar.day_period(at(wall), UTC_ZONE)

    assert found is period


def test_the_periods_are_said_in_the_words_of_the_universal_medication_schedule() -> None:
    said = [grammar.period_words(period) for period in Period]

    assert said == ["morning", "noon", "evening", "bedtime"]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at("08:00"), "this morning"),
        (at("12:00"), "at noon"),
        (at("14:10"), "this afternoon"),
        (at("18:00"), "this evening"),
        (at("21:30"), "tonight"),
        (at("01:00", "2027-05-08"), "tonight"),
        (at("08:00", "2027-05-06"), "yesterday morning"),
        (at("12:00", "2027-05-06"), "yesterday at noon"),
        (at("18:00", "2027-05-06"), "yesterday evening"),
        (at("22:00", "2027-05-06"), "last night"),
        (at("02:00"), "last night"),
        (at("08:00", "2027-05-08"), "tomorrow morning"),
        (at("22:00", "2027-05-08"), "tomorrow night"),
        (at("08:00", "2027-05-04"), "on Tuesday morning"),
        (at("12:00", "2027-05-10"), "on Monday at noon"),
        (at("08:00", "2027-03-03"), "on March third in the morning"),
        (at("22:00", "2027-05-14"), "on May fourteenth at night"),
    ],
    ids=lambda value: f"{value:%a %H:%M}" if isinstance(value, datetime) else value,
)
def test_the_part_of_a_day_is_said_from_where_we_stand(moment: datetime, said: str) -> None:
    now = at("10:00")

    words = grammar.when_words(moment, now, UTC_ZONE)

    assert words == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at("08:00"), "eight o'clock this morning"),
        (at("11:15"), "eleven fifteen this morning"),
        (at("12:00"), "noon today"),
        (at("14:10"), "two ten this afternoon"),
        (at("16:30"), "four thirty this afternoon"),
        (at("20:00"), "eight o'clock this evening"),
        (at("00:00", "2027-05-08"), "midnight tonight"),
        (at("23:15", "2027-05-06"), "eleven fifteen last night"),
        (at("12:00", "2027-05-06"), "noon yesterday"),
        (at("20:05", "2027-05-04"), "eight oh five on Tuesday evening"),
        (at("12:00", "2027-05-08"), "noon tomorrow"),
        (at("08:00", "2027-03-21"), "eight o'clock on March twenty-first in the morning"),
    ],
    ids=lambda value: f"{value:%a %H:%M}" if isinstance(value, datetime) else value,
)
def test_a_clock_time_is_said_with_its_part_of_the_day(moment: datetime, said: str) -> None:
    """S20."""
    now = at("10:00")

    words = grammar.clock_when_words(moment, now, UTC_ZONE)

    assert words == said


def test_after_midnight_it_is_still_the_night_of_the_day_before() -> None:
    evening_dose, now = at("22:00", "2027-05-06"), at("01:00", "2027-05-07")

    words = grammar.when_words(evening_dose, now, UTC_ZONE), grammar.weekday_words(now, UTC_ZONE)

    assert words == ("tonight", "Thursday")


def test_the_weekday_and_the_date_are_those_of_the_place() -> None:
    moment = datetime(2027, 3, 4, 2, 0, tzinfo=UTC)

    words = grammar.weekday_words(moment, NEW_YORK), grammar.date_words(moment, NEW_YORK)

    assert words == ("Wednesday", "March third")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2027-01-01", "January first"),
        ("2027-02-02", "February second"),
        ("2027-06-05", "June fifth"),
        ("2027-08-08", "August eighth"),
        ("2027-09-09", "September ninth"),
        ("2027-10-12", "October twelfth"),
        ("2027-11-20", "November twentieth"),
        ("2027-12-22", "December twenty-second"),
        ("2027-04-30", "April thirtieth"),
        ("2027-07-31", "July thirty-first"),
    ],
)
def test_a_date_is_said_with_an_ordinal(day: str, said: str) -> None:
    words = grammar.date_words(at("12:00", day), UTC_ZONE)

    assert words == said


@given(st.integers(0, 15 * 365 * 24 * 60), st.integers(-400, 400))
def test_any_two_moments_have_words_without_digits(minutes: int, hours: int) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    moment = now + timedelta(hours=hours)

    words = grammar.when_words(moment, now, NEW_YORK) + grammar.clock_when_words(moment, now, NEW_YORK)

    assert not any(letter.isdigit() for letter in words)


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "xx-XX", ""], ids=["us", "britain", "unknown", "none"])
def test_a_language_without_rules_speaks_english(locale: str) -> None:
    said = grammar.number_word(2, locale=locale)

    assert said == "two"


# ---- what an exit allows


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("FALL: Mom, 8:04 AM. Call now.", 29),
        ("Ñandú: señor", None),
        ("¿Está?", None),
        ("¡señor!", 7),
        ("{code}", 8),
        ("5€", 3),
        ("line\nbreak", 10),
        ("it’s", None),
        ("🙂", None),
        ("", 0),
    ],
    ids=[
        "page",
        "u acute",
        "a acute",
        "spanish",
        "braces twice",
        "euro twice",
        "line",
        "curly",
        "emoji",
        "empty",
    ],
)
def test_an_sms_is_counted_in_the_gsm_alphabet(text: str, length: int | None) -> None:
    fits = grammar.gsm7(text)

    assert fits is (length is not None)
    if length is not None:
        assert grammar.gsm7_length(text) == length


def test_the_alphabet_has_the_size_that_the_standard_gives_it() -> None:
    every = [chr(code) for code in range(0x10000) if grammar.gsm7(chr(code))]

    assert len(every) == 127 + 10
    assert sum(grammar.gsm7_length(letter) for letter in every) == 127 + 2 * 10


def test_a_text_outside_the_alphabet_has_no_length() -> None:
    with pytest.raises(InvalidError) as refusal:
        grammar.gsm7_length("Está")

    assert refusal.value.field == "text"


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("Tom & Jerry <3", "Tom &amp; Jerry &lt;3"),
        ("</speak>", "&lt;/speak&gt;"),
        ("O'Brien", "O'Brien"),
        ("bell\x07 and null\x00", "bell and null"),
        ("half \ud800 pair", "half  pair"),
    ],
    ids=["tom and jerry", "a tag", "apostrophe", "control", "surrogate"],
)
def test_a_name_cannot_break_the_speech(name: str, escaped: str) -> None:
    written = grammar.escape_ssml(name)

    assert written == escaped


@given(st.text())
def test_whatever_is_escaped_reads_back_as_xml(text: str) -> None:
    written = grammar.escape_ssml(text)

    heard = ET.fromstring(f"<speak>{written}</speak>").text or ""  # noqa: S314 (our own text)

    kept = "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert heard == kept.replace("\r\n", "\n").replace("\r", "\n")
