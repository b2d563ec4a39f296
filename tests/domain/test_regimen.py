"""Medications and the versions of their regimens: what is refused at birth."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from msgspec.structs import replace

from skill.domain.regimen import Criticality, Form, Group, Medication, checked_name, closes
from skill.domain.timings import FixedTimes, Phase
from skill.errors import InvalidError
from skill.private import Private
from tests.builders import a_medication, a_phase, a_regimen, at, walls


@pytest.mark.parametrize(
    "name",
    ["x", "Ångström-21", "阿司匹林", "Ribavirin (500 mg)", "a" * 80, "🙂 pill", "مه\u200cلقا", "क्\u200dष"],
    ids=["one letter", "accents", "Chinese", "signs", "the longest", "emoji", "Persian", "Hindi"],
)
def test_a_name_may_be_of_any_script(name: str) -> None:
    assert checked_name("name", name) == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a" * 81, "a\tb", "a\x00", "a\u202eb", "a\u2066b", "a\u200bb", "\ud800", "a\u2028b"],
    ids=[
        "empty",
        "blank",
        "too long",
        "tab",
        "null",
        "right to left",
        "isolate",
        "zero width",
        "surrogate",
        "line separator",
    ],
)
def test_a_name_with_control_or_direction_characters_is_refused(name: str) -> None:
    with pytest.raises(InvalidError) as refused:
        checked_name("nickname", name)

    assert refused.value.field == "nickname"


@pytest.mark.parametrize(
    ("letter", "reason"),
    [
        pytest.param("\n", "steer a machine, such as a line end or a tab", id="line end"),
        pytest.param("\u2029", "end a line", id="paragraph"),
        pytest.param("\u061c", "turn the direction of writing", id="Arabic mark"),
        pytest.param("\u200f", "turn the direction of writing", id="mark"),
        pytest.param("\u202a", "turn the direction of writing", id="embedding"),
        pytest.param("\u2069", "turn the direction of writing", id="end of an isolate"),
        pytest.param("\u200b", "cannot be seen", id="zero width"),
        pytest.param("\ud800", "are only half there", id="surrogate"),
        pytest.param("\ue000", "no alphabet has", id="private"),
        pytest.param("\u0378", "no alphabet has", id="unassigned"),
    ],
)
def test_the_true_reason_is_given_for_a_character_that_is_refused(letter: str, reason: str) -> None:
    with pytest.raises(InvalidError) as refused:
        checked_name("name", f"Ada\u200c{letter}")

    assert refused.value.problem == f"must not hold characters that {reason}"


@pytest.mark.parametrize("field", ["name", "nickname", "strength"])
def test_every_text_of_a_medication_is_checked(field: str) -> None:
    known = a_medication()

    with pytest.raises(InvalidError) as refused:
        replace(known, **{field: Private("\x07")})

    assert refused.value.field == field


@pytest.mark.parametrize(
    "wall_times",
    [
        (),
        walls("08:00", "08:00"),
        walls("20:00", "08:00"),
        (time(8, 0, 1),),
        (time(8, 0, 0, 1),),
        (time(8, tzinfo=UTC),),
        tuple(time(n // 60, n % 60) for n in range(25)),
    ],
    ids=["none", "twice", "falling", "seconds", "microseconds", "with a zone", "too many"],
)
def test_clock_times_are_whole_minutes_rising_and_distinct(wall_times: tuple[time, ...]) -> None:
    with pytest.raises(InvalidError) as refused:
        FixedTimes(wall_times=wall_times)

    assert refused.value.field == "times"


def test_a_phase_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidError) as refused:
        a_phase(first_day=date(2027, 5, 4), last_day=date(2027, 5, 3))

    assert refused.value.field == "last_day"


@pytest.mark.parametrize("amount", ["0", "-1", "1000.01", "NaN", "Infinity"])
def test_an_amount_is_above_nothing_and_at_most_a_thousand(amount: str) -> None:
    with pytest.raises(InvalidError) as refused:
        a_phase(amount=Decimal(amount))

    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    "phases",
    [
        (a_phase(), a_phase(first_day=date(2027, 6, 1))),
        (a_phase(last_day=date(2027, 5, 9)), a_phase(first_day=date(2027, 5, 9))),
    ],
    ids=["after one without end", "on one day"],
)
def test_phases_do_not_overlap(phases: tuple[Phase, ...]) -> None:
    with pytest.raises(InvalidError) as refused:
        a_regimen(phases=phases)

    assert refused.value.field == "phases"


def test_a_regimen_prompts_nothing_before_it_begins() -> None:
    with pytest.raises(InvalidError) as refused:
        a_regimen(since=at("08:00"), not_before=at("07:59"))

    assert refused.value.field == "not_before"


@pytest.mark.parametrize(
    "since", [timedelta(0), timedelta(days=-1)], ids=["the same version", "begins earlier"]
)
def test_versions_stand_in_their_order(since: timedelta) -> None:
    first = a_regimen(since=at("08:00"), version=1)
    second = a_regimen(since=at("08:00") + since, version=2 if since else 1)

    with pytest.raises(InvalidError) as refused:
        a_medication(regimens=(first, second))

    assert refused.value.field == "regimens"


@pytest.mark.parametrize(
    ("medication", "stopped"),
    [
        pytest.param(a_medication(), False, id="running"),
        pytest.param(a_medication(regimens=()), True, id="never planned"),
        pytest.param(a_medication(regimens=(a_regimen(phases=()),)), True, id="without phases"),
    ],
)
def test_a_medicine_without_phases_is_stopped(medication: Medication, stopped: bool) -> None:
    assert medication.stopped is stopped


@pytest.mark.parametrize(
    ("group", "forms"),
    [
        (Group.PILLS, {Form.TABLET, Form.CAPSULE}),
        (Group.SHOT, {Form.INSULIN, Form.INJECTION}),
        (Group.PATCH, {Form.PATCH}),
        (Group.DROPS, {Form.DROPS}),
        (Group.PUFFS, {Form.INHALER}),
        (Group.MEDICINES, set(Form)),
        (Group.EVERYTHING, set(Form)),
    ],
    ids=lambda part: part.value if isinstance(part, Group) else "",
)
def test_a_word_closes_its_own_forms_only(group: Group, forms: set[Form]) -> None:
    """S21."""
    assert {form for form in Form if closes(group, form)} == forms


def test_all_but_ordinary_is_critical() -> None:
    assert [c.is_critical for c in Criticality] == [False, True, True]


def test_a_zone_at_a_fixed_offset_is_no_clock_time() -> None:
    fixed = timezone(timedelta(hours=2))

    with pytest.raises(InvalidError):
        FixedTimes(wall_times=(datetime(2027, 5, 4, 8, tzinfo=fixed).timetz(),))
