"""What rows add up to, with denominators, and what is withheld when too much is unknown (S45)."""

from datetime import time
from fractions import Fraction

from skill.domain.commands import ConfirmDoses, DontRemember, RecordGiven, SkipDoses, TakeAgain, Undo
from skill.domain.doses import DoseKey, How
from skill.domain.identity import MedicationId, contact
from skill.service.report_numbers import Numbers, numbers
from skill.service.report_rows import Code, Reported
from skill.service.reports import rows
from tests.service.lives import ADA, ASPIRIN, SAM, Life, a_life


def counted(life: Life) -> list[Numbers]:
    return numbers(Reported(patient_id=ADA, row=row) for row in rows(life.ledger, life.now))[ADA]


def days_of_aspirin(said: str) -> Life:
    """One aspirin a day at eight. A letter is a day: t taken, l late, s skipped, u unsure, - no word."""
    life = a_life()
    life.has_helpers()
    life.takes()
    for number, letter in enumerate(said, start=4):
        life.until(f"2027-05-{number:02d} {'11' if letter == 'l' else '08'}:10")
        session = f"s{number}"
        match letter:
            case "t" | "l":
                life.says(ConfirmDoses, session=session)
            case "s":
                life.says(SkipDoses, session=session)
            case "u":
                life.says(DontRemember, session=session)
    life.until(f"2027-05-{3 + len(said):02d} 23:00")
    return life


def test_shares_are_of_the_doses_due() -> None:
    (of_all, of_aspirin) = counted(days_of_aspirin("tttls-"))

    assert of_all.due == of_aspirin.due == 6
    assert of_all.count(Code.TAKEN) == 4
    assert (of_all.unknown, of_all.unknown_share) == (1, Fraction(1, 6))
    assert not of_all.too_much_unknown


def test_above_one_in_five_unknown_no_rate_is_given() -> None:
    at_the_limit, above = counted(days_of_aspirin("tttt-"))[0], counted(days_of_aspirin("ttt-"))[0]

    assert not at_the_limit.too_much_unknown
    assert above.too_much_unknown


def test_unsure_is_as_unknown_as_silence() -> None:
    numbers_of_all = counted(days_of_aspirin("tu-"))[0]

    assert numbers_of_all.unknown == 2


def test_a_flagged_dose_leaves_the_timing_and_stays_in_the_count() -> None:
    life = days_of_aspirin("tl-")
    life.until("2027-05-07 12:00")
    silent = next(o for o in life.chart.now.outcomes if o.how is How.SILENCE)
    life.do(RecordGiven, speaker=contact(SAM), doses=(DoseKey(ASPIRIN, silent.due),), how=How.SEEN)

    of_all = counted(life)[0]

    assert (of_all.count(Code.TAKEN), of_all.flagged) == (3, 1)
    assert (of_all.in_time, of_all.timed) == (1, 2)


def test_each_medicine_is_counted_by_itself_too() -> None:
    life = a_life()
    life.takes()
    life.takes(MedicationId("med_b"), "b", times=(time(8), time(9)))
    life.until("2027-05-04 20:00")

    found = [(one.medication.name.value if one.medication else "all", one.due) for one in counted(life)]

    assert found == [("all", 3), ("aspirin", 1), ("b", 2)]


def test_an_intake_that_was_taken_back_is_not_counted() -> None:
    life = days_of_aspirin("t")
    life.says(TakeAgain, session="again")
    kept = counted(life)[0].count(Code.EXTRA)
    life.says(Undo, session="again")

    assert (kept, counted(life)[0].count(Code.EXTRA)) == (1, 0)


def test_without_a_dose_due_there_is_no_share() -> None:
    life = a_life()
    life.takes()
    life.until("2027-05-04 08:10")

    of_all = counted(life)[0]

    assert (of_all.due, of_all.unknown_share, of_all.too_much_unknown) == (0, None, False)
