"""A household file is taken whole, or refused with everything that is wrong in it."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.care_team import Channel, Label, Role
from skill.domain.identity import OperationId, derived_id
from skill.domain.ladders import LadderKind, Waits
from skill.domain.regimen import Criticality, Form
from skill.domain.timings import EveryNDays
from skill.intake.household import FileKind, Frame, read
from skill.intake.household_example import EXAMPLES
from skill.intake.problems import FileRefusedError
from skill.service.newcomers import Newcomer, try_out

FRAME = Frame(
    now=datetime(2027, 5, 4, 12, tzinfo=UTC),
    country="US",
    waits=Waits(),
    ids=lambda prefix, part: derived_id(prefix, OperationId("test"), part),
)


def a_file(**patient: Any) -> str:  # noqa: ANN401 - fields of the file
    """One patient in JSON, with what is given beside a name and a zone."""
    return json.dumps({"patients": [{"name": "Ada", "zone": "America/New_York"} | patient]})


def a_table(*lines: str) -> str:
    """A CSV with its head and one patient, Ada; then ``lines``."""
    head = "what,patient,name,zone,phone,times,amount,rungs"
    return "\n".join([head, "patient,,Ada,America/New_York,,,,", *lines])


def problems_of(text: str, kind: FileKind = FileKind.JSON) -> list[str]:
    with pytest.raises(FileRefusedError) as refused:
        read(text, kind, FRAME)
    return [str(problem) for problem in refused.value.problems]


# ---- what is taken


@pytest.mark.parametrize("kind", list(FileKind))
def test_the_example_can_be_read(kind: FileKind) -> None:
    (ada,) = read(EXAMPLES[kind], kind, FRAME)

    assert (ada.patient.name.value, ada.patient.zone.key) == ("Ada", "America/New_York")
    assert [c.name.value for c in ada.contacts] == ["Sam", "Ana"]
    assert [m.name.value for m, _ in ada.medications] == ["lisinopril", "metformin", "insulin glargine"]
    insulin, (plan,) = ada.medications[2]
    assert (insulin.form, insulin.criticality) == (Form.INSULIN, Criticality.CRITICAL)
    assert insulin.given_by == ada.contacts[0].contact_id
    assert (plan.amount, plan.timing.wall_times) == (Decimal(10), (time(22),))


def test_both_examples_say_the_same() -> None:
    (one,), (other,) = (read(EXAMPLES[kind], kind, FRAME) for kind in FileKind)

    assert facts_of(one) == facts_of(other)


def facts_of(new: Newcomer) -> dict[str, object]:
    """Everything but the ids."""
    names = {c.contact_id: c.name.value for c in new.contacts}
    return {
        "patient": (new.patient.name.value, new.patient.zone.key, new.patient.home_address),
        "contacts": [
            (c.name.value, c.label, c.role, c.zone.key, c.name_may_be_spoken, c.addresses)
            for c in new.contacts
        ],
        "medications": [
            (m.name.value, m.form, m.strength, m.nickname, m.criticality, names.get(m.given_by or "-"), p)
            for m, p in new.medications
        ],
        "ladders": [
            (
                ladder.kind,
                [(r.wait, [names[c] for c in r.contacts]) for r in ladder.rungs],
                ladder.tells_skips,
            )
            for ladder in new.ladders
        ],
    }


def test_a_caregiver_has_what_the_file_says() -> None:
    text = a_file(
        caregivers=[
            {
                "name": "Sam",
                "email": "sam@example.org",
                "phone": "(518) 555-0112",
                "label": "mom",
                "role": "confirm",
                "speak_name": True,
            }
        ]
    )

    ((ada,), sam) = (read(text, FileKind.JSON, FRAME), read(text, FileKind.JSON, FRAME)[0].contacts[0])

    assert (sam.label, sam.role, sam.name_may_be_spoken) == (Label.MOM, Role.CONFIRM, True)
    assert [(a.channel, a.value.value) for a in sam.addresses] == [
        (Channel.EMAIL, "sam@example.org"),
        (Channel.SMS, "+15185550112"),
    ]
    assert sam.zone == ada.patient.zone


def test_ladders_are_the_standard_ones_but_for_those_that_the_file_names() -> None:
    text = a_file(
        caregivers=[{"name": "Sam", "mailbox": "sam"}, {"name": "Ana", "mailbox": "ana"}],
        ladders=[{"kind": "critical", "rungs": ["20 Ana", "5 Sam,Ana"], "rounds": "2"}],
    )

    (ada,) = read(text, FileKind.JSON, FRAME)

    assert [ladder.kind for ladder in ada.ladders] == list(LadderKind)
    critical = next(ladder for ladder in ada.ladders if ladder.kind is LadderKind.CRITICAL)
    assert [rung.wait for rung in critical.rungs] == [timedelta(minutes=20), timedelta(minutes=5)]
    assert critical.rounds == 2


def test_without_a_caregiver_there_is_no_ladder() -> None:
    (ada,) = read(a_file(), FileKind.JSON, FRAME)

    assert ada.ladders == ()


def test_numbers_in_json_are_taken_as_they_are_written() -> None:
    text = a_file(medications=[{"name": "m", "times": "08:00", "amount": 0}]).replace(": 0}", ": 0.10}")

    (one,) = read(text, FileKind.JSON, FRAME)

    assert one.medications[0][1][0].amount == Decimal("0.10")


def test_the_first_day_is_today_where_the_patient_lives() -> None:
    text = json.dumps(
        {
            "patients": [
                {
                    "name": "Ada",
                    "zone": "Pacific/Auckland",
                    "medications": [{"name": "m", "times": ["08:00"]}],
                }
            ]
        }
    )

    (one,) = read(text, FileKind.JSON, FRAME)

    assert one.medications[0][1][0].first_day == date(2027, 5, 5)


def test_a_table_with_a_mark_of_its_bytes_and_windows_line_ends_is_read() -> None:
    text = "\ufeff" + a_table("medication,Ada,aspirin,,,08:00 20:00,0.5,").replace("\n", "\r\n")

    (ada,) = read(text, FileKind.CSV, FRAME)

    assert ada.medications[0][1][0].timing.wall_times == (time(8), time(20))


def test_what_is_read_makes_a_chart() -> None:
    (ada,) = read(EXAMPLES[FileKind.JSON], FileKind.JSON, FRAME)

    chart = try_out(ada, FRAME.now)

    assert len(chart.plan.medications) == 3
    assert chart.find_ladder(LadderKind.FALL) is not None


# ---- what is refused


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = json.dumps(
        {
            "patients": [
                {
                    "name": "Ada",
                    "zone": "Amerika/New_York",
                    "size": "small",
                    "caregivers": [{"name": "Sam", "phone": "911"}, {"name": "Ana"}],
                    "medications": [{"name": "m", "times": ["8:00"], "given_by": "Bob"}],
                },
                {"zone": "Etc/UTC"},
            ]
        }
    )

    assert problems_of(text) == [
        "patients[0]: size: is not a field here",
        "patients[0]: zone: 'Amerika/New_York' is not a zone of the IANA list; "
        "did you mean America/New_York?",
        "patients[0].caregivers[0]: phone: has too many or too few digits for a telephone number",
        "patients[0].caregivers[1]: phone: or email or mailbox is needed: "
        "a caregiver has to be reached somehow",
        "patients[0].medications[0]: given_by: 'Bob' is no caregiver of this patient in this file",
        "patients[0].medications[0]: times: must be HH:MM from 00:00 to 23:59, such as 08:00; not '8:00'",
        "patients[1]: name: is needed",
    ]


def test_a_name_that_is_too_long_to_say_is_listed_beside_what_else_is_wrong_with_that_caregiver() -> None:
    text = a_file(caregivers=[{"name": "Maximiliane-Sophie", "phone": "123", "role": "boss"}])

    assert [problem.split(": ")[1] for problem in problems_of(text)] == ["name", "phone", "role"]


def test_two_medicines_of_one_name_are_refused() -> None:
    text = a_table("medication,Ada,aspirin,,,08:00,1,", "medication,Ada,Aspirin tablets,,,20:00,1,")

    assert problems_of(text, FileKind.CSV) == [
        "line 2: name: another medicine on the list is called so: change that one, or name this one apart"
    ]


def test_a_table_is_refused_line_by_line() -> None:
    text = a_table(
        "medication,Ada,aspirin,,,8:00,1,",
        "medication,Bob,aspirin,,,08:00,1,",
        "pill,Ada,aspirin,,,08:00,1,",
        'caregiver,Ada,"Sam\nthe second",,+12025550123,,,',
        "medication,Ada,aspirin,,,08:00,0,",
        "ladder,Ada,ordinary,,,,,120 Sam",
    )

    assert problems_of(text, FileKind.CSV) == [
        "line 3: times: must be HH:MM from 00:00 to 23:59, such as 08:00; not '8:00'",
        "line 4: patient: must be the name of a patient in this file",
        "line 5: what: must be one of patient, caregiver, medication, ladder",
        "line 6: name: must not hold characters that steer a machine, such as a line end or a tab",
        "line 8: amount: must be above 0 and at most 1000, such as 1 or 0.5; not '0'",
        "line 9: rungs: 'Sam' is no caregiver of this patient in this file",
    ]


_BAD_JSON = {
    "not-json": ("{", "line 1, column 2: is not JSON"),
    "a-list": ("[]", 'file: must be an object {"patients": [...]}'),
    "no-patients": ("{}", "file: patients: must be a list of objects"),
    "patients-an-object": ('{"patients": {}}', "file: patients: must be a list of objects"),
    "nobody": ('{"patients": []}', "file: patients: names nobody"),
    "a-patient-that-is-a-text": ('{"patients": ["Ada"]}', "file: patients[0]: must be an object"),
    "another-field": ('{"patients": [], "x": 1}', "file: x: is not a field here; there is only patients"),
    "a-field-twice": ('{"patients": [], "patients": []}', "file: patients: stands twice in one object"),
    "not-a-number": ('{"patients": [{"name": NaN}]}', "file: holds NaN: not a value here"),
    "too-deep": ("[" * 100_000, "file: is nested too deeply"),
    "a-null": (a_file(locale=None), "patients[0]: locale: must be a text, or a list of texts"),
    "an-object-for-a-text": (a_file(address={}), "patients[0]: address: must be a text, or a list of texts"),
    "a-list-for-a-text": (a_file(locale=["en-US"]), "patients[0]: locale: must be one value, not a list"),
    "a-number-in-a-list": (
        a_file(medications=[{"name": "m", "times": [{}]}]),
        "patients[0].medications[0]: times: must be a text, or a list of texts",
    ),
    "a-misspelt-field": (
        a_file(adress="x"),
        "patients[0]: adress: is not a field here; did you mean address?",
    ),
    "a-caregiver-twice": (
        a_file(caregivers=[{"name": "Sam", "mailbox": "a"}, {"name": "Sam", "mailbox": "b"}]),
        "patients[0].caregivers[1]: name: is the name of another caregiver of this patient",
    ),
    "a-caregiver-with-a-long-name": (
        a_file(caregivers=[{"name": "Maximiliane-Sophie", "mailbox": "a"}]),
        "patients[0].caregivers[0]: name: must have at most 12 characters: it is read aloud",
    ),
    "a-ladder-twice": (
        a_file(
            caregivers=[{"name": "Sam", "mailbox": "a"}],
            ladders=[{"kind": "fall", "rungs": ["0 Sam"]}, {"kind": "fall", "rungs": ["0 Sam"]}],
        ),
        "patients[0].ladders[1]: kind: has a ladder in this file already",
    ),
    "a-rung-without-people": (
        a_file(caregivers=[{"name": "Sam", "mailbox": "a"}], ladders=[{"kind": "fall", "rungs": ["0"]}]),
        "patients[0].ladders[0]: rungs: must be like '120 Sam' or '0 Sam,Ana'; not '0'",
    ),
    "a-plan-that-ends-before-it-begins": (
        a_file(
            medications=[{"name": "m", "times": "08:00", "first_day": "2027-06-01", "last_day": "2027-05-31"}]
        ),
        "patients[0].medications[0]: last_day: must not lie before the first day",
    ),
    "a-plan-that-is-over": (
        a_file(
            medications=[{"name": "m", "times": "08:00", "first_day": "2027-04-01", "last_day": "2027-05-03"}]
        ),
        "patients[0].medications[0]: last_day: lies before today, 2027-05-04",
    ),
    "prompts-to-two-places": (
        a_file(prompt_sms="+12025550123", prompt_email="a@example.org"),
        "patients[0]: prompt_email: goes to one place only, and prompt_sms is given too",
    ),
    "two-of-one-name": (
        json.dumps({"patients": [{"name": "Ada", "zone": "Etc/UTC"}, {"name": "ADA", "zone": "Etc/UTC"}]}),
        "patients[1]: name: is the name of patients[0] too; give each a name of their own, such as Ada B",
    ),
    "too-long": ('{"patients": []}' + " " * 1_000_001, "file: has over a million characters"),
    "too-many-medicines": (
        a_file(medications=[{"name": f"m{n}", "times": "08:00"} for n in range(49)]),
        "patients[0]: medications: there may be at most 48",
    ),
    "too-many-caregivers": (
        a_file(caregivers=[{"name": f"c{n}", "mailbox": "m"} for n in range(17)]),
        "patients[0]: caregivers: there may be at most 16",
    ),
    "too-many-patients": (
        json.dumps({"patients": [{"name": f"p{n}", "zone": "Etc/UTC"} for n in range(17)]}),
        "file: patients: a household has at most 16 patients",
    ),
}


@pytest.mark.parametrize(("text", "problem"), _BAD_JSON.values(), ids=list(_BAD_JSON))
def test_a_bad_file_is_refused_with_the_place_and_the_field(text: str, problem: str) -> None:
    assert any(told.startswith(problem) for told in problems_of(text))


_BAD_CSV = {
    "empty": ("", "line 1: what: must name the columns, what among them"),
    "no-head": ("patient,,Ada", "line 1: what: must name the columns, what among them"),
    "semicolons": (
        "what;patient;name",
        "line 1: what: must name the columns, what among them and part them by commas",
    ),
    "a-column-twice": ("what,name,name", "line 1: name: stands twice"),
    "an-unknown-column": ("what,colour", "line 1: colour: is not a column here"),
    "too-many-cells": (a_table("medication,Ada,a,,,08:00,1,,,"), "line 3: has 10 cells for 8 columns"),
    "an-open-quotation-mark": (a_table('medication,Ada,"a'), "line 3: is not CSV"),
    "a-patient-of-a-patient": (
        "what,patient,name,zone\npatient,Bob,Ada,Etc/UTC",
        "line 2: patient: stays empty here",
    ),
    "only-a-head": ("what,name", "file: patients: names nobody"),
    "two-of-one-name": (
        "what,name,zone\npatient,Ada,Etc/UTC\npatient,Ada,Etc/UTC",
        "line 3: name: is the name of line 2 too",
    ),
}


@pytest.mark.parametrize(("text", "problem"), _BAD_CSV.values(), ids=list(_BAD_CSV))
def test_a_bad_table_is_refused_with_the_line_and_the_column(text: str, problem: str) -> None:
    assert any(told.startswith(problem) for told in problems_of(text, FileKind.CSV))


@given(st.one_of(st.text(max_size=200), st.text('{}[]",:patientsname01', max_size=200)))
@pytest.mark.parametrize("kind", list(FileKind))
def test_any_text_is_read_or_refused(kind: FileKind, text: str) -> None:
    try:
        newcomers = read(text, kind, FRAME)
    except FileRefusedError as refused:
        assert refused.problems
    else:
        assert newcomers


# ---- plans of several phases


def test_a_plan_may_have_phases_each_beginning_when_the_one_before_has_ended() -> None:
    phases = [
        {"times": "08:00", "amount": 2, "last_day": "2027-05-10"},
        {"times": "08:00", "every_days": 2, "last_day": "2027-05-20"},
        {"times": "08:00", "weekdays": ["mon"], "first_day": "2027-06-01"},
    ]

    (ada,) = read(a_file(medications=[{"name": "prednisone", "phases": phases}]), FileKind.JSON, FRAME)

    [(_, plan)] = ada.medications
    assert [(p.first_day, p.last_day) for p in plan] == [
        (date(2027, 5, 4), date(2027, 5, 10)),
        (date(2027, 5, 11), date(2027, 5, 20)),
        (date(2027, 6, 1), None),
    ]
    assert plan[1].days == EveryNDays(n=2, anchor=date(2027, 5, 11))


@pytest.mark.parametrize(
    ("medication", "problems"),
    [
        (
            {"phases": [{"times": "08:00"}, {"times": "09:00"}]},
            ["patients[0].medications[0].phases[0]: last_day: is needed: another phase follows"],
        ),
        (
            {"phases": [{"times": "25:61", "last_day": "2027-06-01"}, {"times": "09:00", "dose": "1"}]},
            [
                "patients[0].medications[0].phases[0]: times: "
                "must be HH:MM from 00:00 to 23:59, such as 08:00; not '25:61'",
                "patients[0].medications[0].phases[1]: dose: is not a field here",
            ],
        ),
        (
            {"times": "08:00", "phases": [{"times": "09:00"}]},
            ["patients[0].medications[0]: times: belongs into the phases, since there are some"],
        ),
        (
            {
                "phases": [
                    {"times": "08:00", "last_day": "2027-06-01"},
                    {"times": "08:00", "first_day": "2027-06-01"},
                ]
            },
            ["patients[0]: phases: must follow one another without overlap"],
        ),
    ],
    ids=["one without end", "problems of each", "times beside them", "overlapping"],
)
def test_wrong_phases_are_named(medication: dict[str, Any], problems: list[str]) -> None:
    text = a_file(medications=[{"name": "prednisone"} | medication])

    assert problems_of(text) == problems


def test_a_table_has_no_lines_for_phases() -> None:
    assert problems_of(a_table("phase,Ada,,,,08:00,,"), FileKind.CSV) == [
        "line 3: what: must be one of patient, caregiver, medication, ladder"
    ]
