"""No sequence of edits plans more doses than one of the versions would, nor one too soon after an intake."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from hypothesis import given
from msgspec.structs import replace

from skill.domain import commands as cmd
from skill.domain import events as ev
from skill.domain.identity import MedicationId
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import DAY_BOUNDARY, local_day, moment_of, moments, planned, shortest_gap
from tests.simulation.lives import BEGINNING, Happening, Life, Step, lived, steps

A_DAY = timedelta(days=1)
EDITS = ("change", "change", "change", "confirm", "again", "given")
HOURS = tuple(timedelta(minutes=m) for m in (0, 1, 20, 61, 150, 305, 530, 1100, 1600))


def _governs(medication: Medication, start: datetime, end: datetime) -> Iterator[Regimen]:
    """The versions that hold at some moment of [start, end)."""
    versions = medication.regimens
    for index, version in enumerate(versions):
        until = versions[index + 1].since if index + 1 < len(versions) else end
        if version.since < end and until > start and version.since < until:
            yield version


def _most(medication: Medication, start: datetime, end: datetime) -> int:
    whole = [replace(v, since=start, not_before=start) for v in _governs(medication, start, end)]
    return max((sum(1 for _ in moments(version, start, end)) for version in whole), default=0)


@given(start=BEGINNING, some=steps(*EDITS, gaps=HOURS))
def test_no_day_has_more_doses_than_the_fullest_of_its_versions(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    for medication in life.chart.plan.medications:
        zone = medication.regimens[-1].zone
        everything = planned(medication, life.first.now.worked_to, life.now + 5 * A_DAY)
        days = Counter(local_day(due, zone) for due, _ in everything)
        for day, count in days.items():
            begins, ends = (moment_of(d, DAY_BOUNDARY, zone) for d in (day, day + A_DAY))
            assert count <= _most(medication, begins, ends)


@given(start=BEGINNING, some=steps(*EDITS, gaps=HOURS))
def test_an_edit_leaves_the_doses_that_have_come_as_they_were(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    for one in _edits(life):
        before = one.before.get_medication(_medication_of(one))
        after = one.after.get_medication(_medication_of(one))
        since = one.now - 5 * A_DAY
        was = [due for due, _ in planned(before, since, one.now)]
        assert [due for due, _ in planned(after, since, one.now)] == was


@given(start=BEGINNING, some=steps(*EDITS, gaps=HOURS))
def test_no_dose_of_a_new_version_lies_too_close_to_the_last_stated_intake(
    start: int, some: list[Step]
) -> None:
    life = lived(start, some)

    for one in _edits(life):
        name = _medication_of(one)
        *former, new = one.after.get_medication(name).regimens  # one that never began is not among them
        stated = max(_stated(life, name, one), default=None)
        if stated is None or not former or not new.phases:
            continue
        old = former[-1]
        day = local_day(new.since, new.zone)
        half = min(shortest_gap(old, day), shortest_gap(new, day)) / 2
        first = next(iter(moments(new, new.since, new.since + 5 * A_DAY)), None)
        assert first is None or first >= stated + half


def _edits(life: Life) -> Iterator[Happening]:
    return (one for one in life.happenings if isinstance(one.command, cmd.ChangePlan))


def _medication_of(one: Happening) -> MedicationId:
    [event] = [e for e in one.decision.events if isinstance(e, ev.MedicationSet)]
    return event.medication.medication_id


def _stated(life: Life, name: MedicationId, edit: Happening) -> Iterator[datetime]:
    """When this medicine was said to be taken, by what the ledger had before ``edit``."""
    for one in takewhile(lambda happening: happening is not edit, life.happenings):
        for event in one.decision.events:
            match event:
                case ev.DoseSettled(outcome=outcome) if outcome.medication_id == name and outcome.at:
                    yield outcome.at
                case ev.DosePartlyTaken(key=key, at=at) if key.medication_id == name:
                    yield at
                case ev.IntakeRecorded(intake=intake) if intake.medication_id in (None, name):
                    yield intake.at
                case _:
                    pass
