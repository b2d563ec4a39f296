"""Values typed in by people: what fits is taken as it is, everything else is refused with a reason."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.care_team import Label
from skill.domain.regimen import LONGEST_NAME
from skill.errors import InvalidError
from skill.intake import values


def a_phone(field: str, text: str) -> object:
    return values.phone(field, text, "US")


def a_small_number(field: str, text: str) -> object:
    return values.whole(field, text, 1, 24)


def a_label(field: str, text: str) -> object:
    return values.choice(field, text, Label)


def some_times(field: str, text: str) -> object:
    return values.wall_times(field, text.split())


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        pytest.param(values.wall_time, "00:00", time(0), id="midnight"),
        pytest.param(values.wall_time, "23:59", time(23, 59), id="the-last-minute"),
        pytest.param(values.day, "2028-02-29", date(2028, 2, 29), id="a-leap-day"),
        pytest.param(values.amount, "0.5", Decimal("0.5"), id="half"),
        pytest.param(values.amount, "1000", Decimal(1000), id="the-largest-amount"),
        pytest.param(values.minutes, "0", timedelta(0), id="no-wait"),
        pytest.param(values.minutes, "1440", timedelta(days=1), id="a-day"),
        pytest.param(values.yes_no, "yes", True, id="yes"),
        pytest.param(values.yes_no, "no", False, id="no"),
        pytest.param(a_label, "person-a", Label.PERSON_A, id="a-dash-for-an-underline"),
        pytest.param(values.country, "DE", "DE", id="a-country"),
        pytest.param(values.locale, "en-US", "en-US", id="a-locale"),
    ],
)
def test_what_fits_is_taken(parse: Callable[[str, str], Any], text: str, value: object) -> None:
    assert parse("field", text) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("+12025550123", "+12025550123", id="international"),
        pytest.param("(202) 555-0123", "+12025550123", id="as-written-at-home"),
        pytest.param("202.555.0123", "+12025550123", id="with-points"),
        pytest.param("+49 170 1234567", "+491701234567", id="of-another-country"),
    ],
)
def test_a_telephone_number_is_kept_in_its_international_form(text: str, number: str) -> None:
    assert values.phone("phone", text, "US").value == number


def test_times_are_brought_into_their_order() -> None:
    assert values.wall_times("times", ["20:00", "08:00"]).wall_times == (time(8), time(20))


_NOT_A_TIME = {
    "one-digit": "8:00",
    "no-minutes": "08",
    "with-seconds": "08:00:00",
    "twenty-four": "24:00",
    "sixty-minutes": "12:60",
    "twelve-hours": "08:00am",
    "blank-before": " 08:00",
    "line-end": "08:00\n",
    "other-digits": "٠٨:٠٠",
    "minus": "-8:00",
    "empty": "",
}
_NOT_A_DAY = {
    "no-such-day": "2027-02-30",
    "no-leap-year": "2027-02-29",
    "slashes": "05/04/2027",
    "no-dashes": "20270504",
    "week-date": "2027-W18-2",
    "two-digit-year": "27-05-04",
    "other-digits": "٢٠٢٧-٠٥-٠٤",
    "with-a-time": "2027-05-04T08:00",
}
_NOT_AN_AMOUNT = {
    "nought": "0",
    "minus": "-1",
    "comma": "1,5",
    "no-digit-before": ".5",
    "no-digit-behind": "1.",
    "exponent": "1e3",
    "four-decimals": "0.0001",
    "too-much": "1000.5",
    "infinite": "inf",
    "not-a-number": "nan",
    "fraction": "1/2",
    "leading-nought": "01",
    "underline": "1_0",
    "other-digits": "१",
}
_NOT_A_PHONE = {
    "letters": "1-800-FLOWERS",
    "emergency": "911",
    "too-long": "+1202555012345678",
    "no-such-area": "+10005550123",
    "extension": "202-555-0123 ext 4",
    "words": "call me",
    "two-plus": "++12025550123",
    "empty": "",
    "line-end": "+12025550123\n",
    "other-digits": "+１２０２５５５０１２３",
}
_NOT_AN_EMAIL = {
    "no-at": "sam.example.org",
    "two-at": "sam@home@example.org",
    "no-domain": "sam@",
    "no-top-level": "sam@home",
    "blank": "sam @example.org",
    "line-end": "sam@example.org\nBcc: x@example.org",
    "angle": "<sam@example.org>",
    "too-long": "a" * 65 + "@example.org",
    "not-ascii": "säm@example.org",
}
_NOT_A_ZONE = {
    "shortcut": "EST5",
    "offset": "+02:00",
    "path": "../etc/passwd",
    "misspelt": "America/New-York",
    "city-alone": "Berlin",
    "empty": "",
    "nul": "Europe/Berlin\0",
}
_NOT_A_NAME = {
    "empty": "",
    "blanks": "   ",
    "too-long": "x" * 81,
    "line-end": "Ada\n",
    "tab": "A\tda",
    "nul": "A\0da",
    "right-to-left-override": "Ada\u202e",
    "isolate": "\u2066Ada\u2069",
    "escape": "\x1b[31mAda",
    "lone-surrogate": "Ada\ud800",
    "blank-before": " Ada",
    "blank-behind": "Ada ",
    "line-separator": "A\u2028da",
}
_NOT_A_NUMBER = {
    "nought": "0",
    "too-many": "25",
    "minus": "-1",
    "plus": "+1",
    "decimals": "1.0",
    "hexadecimal": "0x1",
    "blank": "1 ",
    "underline": "1_0",
    "other-digits": "३",
    "empty": "",
}


def _cases(parse: Callable[[str, str], object], kind: str, texts: dict[str, str]) -> list[Any]:
    return [pytest.param(parse, text, id=f"{kind}-{name}") for name, text in texts.items()]


BAD = [
    *_cases(values.wall_time, "time", _NOT_A_TIME),
    *_cases(values.day, "day", _NOT_A_DAY),
    *_cases(values.amount, "amount", _NOT_AN_AMOUNT),
    *_cases(a_phone, "phone", _NOT_A_PHONE),
    *_cases(values.email, "email", _NOT_AN_EMAIL),
    *_cases(values.zone, "zone", _NOT_A_ZONE),
    *_cases(values.name, "name", _NOT_A_NAME),
    *_cases(a_small_number, "number", _NOT_A_NUMBER),
    pytest.param(some_times, "08:00 08:00", id="times-the-same-twice"),
    pytest.param(some_times, " ".join(f"{h:02d}:{m:02d}" for h in range(5) for m in range(5)), id="times-25"),
    pytest.param(a_label, "mother", id="label-not-on-the-list"),
    pytest.param(values.yes_no, "true", id="yes-in-another-word"),
    pytest.param(values.yes_no, "YES", id="yes-in-capitals"),
    pytest.param(values.locale, "english", id="locale-as-a-word"),
    pytest.param(values.country, "us", id="country-in-small-letters"),
    pytest.param(values.dispatch, "911", id="dispatch-911"),
    pytest.param(values.line, "a\nb", id="line-of-two-lines"),
    pytest.param(values.line, "x" * 201, id="line-too-long"),
]


@pytest.mark.parametrize(("parse", "text"), BAD)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(
    parse: Callable[[str, str], object], text: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        parse("the_field", text)

    assert refused.value.field == "the_field"
    assert refused.value.problem.isprintable()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("Berlin", "Europe/Berlin", id="the-city-alone"),
        pytest.param("new york", "America/New_York", id="small-letters-and-a-blank"),
        pytest.param("America/NewYork", "America/New_York", id="a-letter-missing"),
        pytest.param("Europe/Berln", "Europe/Berlin", id="misspelt"),
    ],
)
def test_a_zone_that_is_nearly_right_is_suggested(typed: str, meant: str) -> None:
    with pytest.raises(InvalidError, match=meant):
        values.zone("zone", typed)


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S")), min_size=1, max_size=LONGEST_NAME))
def test_a_name_of_any_script_is_kept_letter_for_letter(text: str) -> None:
    assert values.name("name", text).value == text


@given(st.text(max_size=100))
def test_a_name_is_kept_or_refused_and_never_changed(text: str) -> None:
    try:
        kept = values.name("name", text)
    except InvalidError as refused:
        assert refused.field == "name"
    else:
        assert kept.value == text
        assert len(text) <= LONGEST_NAME
