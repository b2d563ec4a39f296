"""The rehearsal shows what would really happen, because it is decided by the code that pages."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from skill.domain.care_team import Address, Channel, Contact
from skill.domain.commands import ConfirmDoses, SetProfile
from skill.domain.identity import OPERATOR, ContactId, MedicationId
from skill.domain.regimen import Criticality
from skill.private import Private
from skill.service.rehearsal import Step, What, fall, silence
from tests.service.lives import BERLIN, Life, a_contact, a_life

SAM, ANA = ContactId("con_sam"), ContactId("con_ana")


def told(steps: tuple[Step, ...]) -> list[tuple[str, str, str | None]]:
    """Wall clock, what, and to whom."""
    return [(f"{s.at.astimezone(BERLIN):%a %H:%M}", s.what.value, s.contact_id) for s in steps]


def a_family(**medicine: Any) -> Life:  # noqa: ANN401 - fields of a medicine
    """Ada takes one medicine at eight; Sam, then Ana. It is 21:00 on Monday, 3 May."""
    life = a_life()
    life.has_helpers(a_contact(SAM, "Sam"), a_contact(ANA, "Ana"))
    life.takes(**medicine)
    return life


def test_a_dose_without_a_word_climbs_to_each_helper_until_nobody_is_left() -> None:
    life = a_family()

    steps = silence(life.chart, life.now)

    assert told(steps) == [
        ("Tue 08:00", "due", None),
        ("Tue 10:00", "page", SAM),
        ("Tue 10:30", "page", ANA),
        ("Tue 10:40", "exhausted", None),
        ("Tue 12:00", "no_word", None),
    ]


def test_a_critical_dose_is_told_sooner() -> None:
    life = a_family(criticality=Criticality.CRITICAL)

    steps = silence(life.chart, life.now)

    assert [at for at, what, _ in told(steps) if what == "page"] == ["Tue 09:00", "Tue 09:15"]


def test_the_patient_is_asked_first_where_a_prompt_is_set_up() -> None:
    life = a_family()
    prompts = Address(channel=Channel.MAILBOX, value=Private("kitchen"))
    patient = replace(life.chart.plan.patient, prompts=prompts)
    life.do(SetProfile, speaker=OPERATOR, patient=patient)

    steps = silence(life.chart, life.now)

    assert told(steps)[:2] == [("Tue 08:00", "due", None), ("Tue 08:00", "prompt", None)]


def test_all_doses_of_a_day_are_shown_and_none_of_the_next() -> None:
    life = a_family(times=(time(8), time(20)))

    steps = silence(life.chart, life.now)

    dues = [at for at, what, _ in told(steps) if what == "due"]
    assert dues == ["Tue 08:00", "Tue 20:00"]
    assert [at for at, what, _ in told(steps) if what == "page"] == [
        "Tue 10:00",
        "Tue 10:30",
        "Tue 22:00",
        "Tue 22:30",
    ]


def test_what_is_open_now_is_no_part_of_it() -> None:
    life = a_family()
    life.until("2027-05-04 10:10")  # Sam has been told about this morning

    steps = silence(life.chart, life.now)

    assert told(steps)[0] == ("Wed 08:00", "due", None)
    assert ("Wed 10:00", "page", SAM) in told(steps)


def test_a_dose_taken_early_does_not_hide_the_next_one() -> None:
    life = a_family()
    life.until("2027-05-04 08:00")
    life.says(ConfirmDoses)

    steps = silence(life.chart, life.now)

    assert told(steps)[0] == ("Wed 08:00", "due", None)


def test_a_fall_reaches_everybody_at_once_and_again_every_ten_minutes() -> None:
    life = a_family()

    steps = fall(life.chart, life.now)

    pages = [(s.at - life.now, s.contact_id) for s in steps if s.what is What.PAGE]
    rounds = [timedelta(minutes=10 * n) for n in range(6)]
    assert sorted(pages) == [(at, person) for at in rounds for person in (ANA, SAM)]
    assert (steps[-1].what, steps[-1].at - life.now) == (What.EXHAUSTED, timedelta(hours=1))


def test_without_anybody_a_fall_is_exhausted_at_once() -> None:
    life = a_life()

    steps = fall(life.chart, life.now)

    assert [s.what for s in steps] == [What.EXHAUSTED]


def test_nothing_planned_is_nothing_to_rehearse() -> None:
    life = a_life()

    assert silence(life.chart, life.now) == ()


@pytest.mark.parametrize(
    "contact",
    [
        pytest.param(a_contact(SAM, "Sam", consented=False), id="no-consent"),
        pytest.param(
            a_contact(
                SAM,
                "Sam",
                addresses=(Address(channel=Channel.SMS, value=Private("+12025550123"), opted_out=True),),
            ),
            id="opted-out",
        ),
    ],
)
def test_who_may_not_be_told_is_not_told_in_the_rehearsal_either(contact: Contact) -> None:
    life = a_life()
    life.has_helpers(contact, a_contact(ANA, "Ana"))
    life.takes()

    people = {step.contact_id for step in silence(life.chart, life.now)}

    assert people == {None, ANA}


def test_the_rehearsal_is_what_then_happens() -> None:
    life = a_family()
    life.takes(MedicationId("med_b"), "b", times=(time(8),), criticality=Criticality.CRITICAL)
    rehearsed = [(s.at, s.contact_id) for s in silence(life.chart, life.now) if s.what is What.PAGE]
    before = len(life.ledger)

    life.until("2027-05-04 23:00")

    sent = [
        (decision.at, event.message.contact_id)
        for decision in life.ledger[before:]
        for event in decision.events
        if hasattr(event, "message")
    ]
    assert rehearsed == sent


def test_the_chart_itself_is_left_alone() -> None:
    life = a_family()
    before = life.chart

    silence(life.chart, life.now)
    fall(life.chart, life.now)

    assert life.chart is before
    assert life.now == datetime(2027, 5, 3, 19, tzinfo=UTC)
