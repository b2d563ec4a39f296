"""Slot values read strictly, and their way through the session."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.doses import SkipReason
from skill.domain.identity import MedicationId, PatientId
from skill.domain.regimen import Group
from skill.domain.timing import Period
from skill.private import Private
from skill.voice.heard import Heard, Part, as_ids, clock_or_period, day_and_period, from_ids


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("08:00", time(8)),
        ("00:00", time(0)),
        ("23:59", time(23, 59)),
        ("MO", Period.MORNING),
        ("AF", Period.NOON),
        ("EV", Period.EVENING),
        ("NI", Period.BEDTIME),
        ("24:00", None),
        ("08:60", None),
        ("8:00", None),
        ("08:00:00", None),
        ("08:00 ", None),
        ("08:00\n", None),
        ("٠٨:٠٠", None),
        ("mo", None),
        ("", None),
        ("?", None),
    ],
)
def test_a_clock_time_is_read_strictly(text: str, value: time | Period | None) -> None:
    read = clock_or_period(text)

    assert read == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2027-05-04", (date(2027, 5, 4), None)),
        ("2027-05-04TEV", (date(2027, 5, 4), Period.EVENING)),
        ("2028-02-29", (date(2028, 2, 29), None)),
        ("2027-02-29", None),
        ("2027-W18", None),
        ("2027-W18-WE", None),
        ("2027-05", None),
        ("2027-SU", None),
        ("XXXX-05-04", None),
        ("PRESENT_REF", None),
        ("2027-05-04\n", None),
    ],
)
def test_a_day_is_one_day(text: str, value: tuple[date, Period | None] | None) -> None:
    read = day_and_period(text)

    assert read == value


MEDICATIONS = st.lists(st.sampled_from([MedicationId("med_a"), MedicationId("med_b")]), max_size=2)
HEARD = st.builds(
    Heard,
    intent=st.sampled_from(["ConfirmIntent", "SkipIntent"]),
    group=st.none() | st.sampled_from(Group),
    except_group=st.none() | st.sampled_from(Group),
    period=st.none() | st.sampled_from(Period),
    wall=st.none() | st.times().map(lambda t: time(t.hour, t.minute)),
    at=st.none() | st.times().map(lambda t: time(t.hour, t.minute)),
    day=st.none() | st.dates(date(2000, 1, 1)),
    part=st.none() | st.sampled_from(Part),
    reason=st.none() | st.sampled_from(SkipReason),
    known=st.dictionaries(st.sampled_from([PatientId("pat_a"), PatientId("pat_b")]), MEDICATIONS.map(tuple)),
    unclear=st.booleans(),
)


@given(HEARD)
def test_what_waits_in_the_session_comes_back_as_it_was(heard: Heard) -> None:
    back = from_ids(as_ids(heard))

    assert back == heard


def test_no_text_goes_into_the_session() -> None:
    heard = Heard(
        intent="ConfirmNamedIntent",
        texts=(Private("lisinopril"),),
        name=Private("Ada"),
        free_text=Private("it makes me dizzy"),
        code="123456",
    )

    assert as_ids(heard) == {"intent": "ConfirmNamedIntent"}


def test_what_was_said_is_not_shown_when_it_is_printed() -> None:
    heard = Heard(intent="X", texts=(Private("lisinopril"),), name=Private("Ada"))

    assert "lisinopril" not in repr(heard)
    assert "Ada" not in repr(heard)


@pytest.mark.parametrize("values", [None, 7, "x", [], {}, {"intent": None}, {"intent": ["x"]}], ids=repr)
def test_anything_else_in_the_session_is_nothing(values: object) -> None:
    assert from_ids(values) is None
