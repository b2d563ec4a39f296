"""From what a person types to an id: the id itself, a name, or the beginning of either, if only one fits."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from skill.bootstrap import House
from skill.cli import output
from skill.domain.care_team import Contact
from skill.domain.chart import Chart
from skill.domain.identity import HOME_ORG, HouseholdId, PatientId
from skill.domain.regimen import Medication
from skill.errors import InvalidError, NotFoundError
from skill.intake.values import quoted
from skill.service.linking import Household, households

_SHORTEST_ID = 2  # letters of an id, behind its prefix


class SeveralError(InvalidError):
    """More than one thing fits. ``choices``: a line for each, for the person alone and for no log."""

    def __init__(self, field: str, choices: tuple[str, ...]) -> None:
        super().__init__(field, "fits more than one; say which, by its id:")
        self.choices = choices


class Known(NamedTuple):
    """Something that can be named: its id and everything it is called."""

    id: str
    names: tuple[str, ...]


def choose(field: str, said: str, known: Sequence[Known], *, listed_by: str) -> str:
    """The id of the one thing that ``said`` means; ``InvalidError`` when there is none, or several.

    An id, then a whole name, then the beginning of an id or a name; a better fit hides the others.
    """
    wanted = _plain(said)
    fits: list[Known] = []
    for test in (_is_id, _is_name, _begins):
        fits = [one for one in known if test(one, said, wanted)]
        if fits:
            break
    if len(fits) > 1:
        raise SeveralError(field, tuple(f"{one.id}  {', '.join(one.names)}" for one in fits))
    if not fits:
        raise InvalidError(field, f"{quoted(said)} is not here; {listed_by} shows what is")
    return fits[0].id


def _is_id(one: Known, said: str, _: str) -> bool:
    return one.id == said


def _is_name(one: Known, _: str, wanted: str) -> bool:
    return any(_plain(name) == wanted for name in one.names)


def _begins(one: Known, said: str, wanted: str) -> bool:
    letters = one.id.partition("_")[2]
    by_id = one.id.startswith(said) and len(said) >= len(one.id) - len(letters) + _SHORTEST_ID
    by_letters = letters.startswith(said) and len(said) >= _SHORTEST_ID
    return by_id or by_letters or bool(wanted and any(_plain(name).startswith(wanted) for name in one.names))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


# ---- what there is


def charts(house: House) -> Iterator[tuple[PatientId, Chart]]:
    """Everybody's chart, one after the other."""
    for patient_id in house.app.charts.patients(HOME_ORG):
        yield patient_id, house.app.charts.load(patient_id).chart


def patient(house: House, said: str) -> tuple[PatientId, Chart]:
    """The patient that ``said`` means."""
    if said.startswith("pat_") and said.isascii():
        try:
            return PatientId(said), house.app.charts.load(PatientId(said)).chart
        except (NotFoundError, InvalidError):
            pass  # the beginning of an id, perhaps
    known = [Known(patient_id, (chart.plan.patient.name.value,)) for patient_id, chart in charts(house)]
    found = PatientId(choose("patient", said, known, listed_by="dosekeeper patient list"))
    return found, house.app.charts.load(found).chart


def word(chart: Chart) -> str:
    """How a person may name the patient of ``chart`` in the next command."""
    return output.word(chart.plan.patient.name.value)


def medication(chart: Chart, said: str) -> Medication:
    """The medicine on this chart that ``said`` means."""
    known = [
        Known(m.medication_id, (m.name.value, *((m.nickname.value,) if m.nickname is not None else ())))
        for m in chart.plan.medications
    ]
    listed = f"dosekeeper medication list {chart.plan.patient.patient_id}"
    found = choose("medication", said, known, listed_by=listed)
    return next(m for m in chart.plan.medications if m.medication_id == found)


def caregiver(chart: Chart, said: str) -> Contact:
    """The member of the care team that ``said`` means."""
    known = [Known(contact.contact_id, (contact.name.value,)) for contact in chart.plan.care_team]
    listed = f"dosekeeper caregiver list {chart.plan.patient.patient_id}"
    found = choose("caregiver", said, known, listed_by=listed)
    return next(contact for contact in chart.plan.care_team if contact.contact_id == found)


def household(house: House, said: str | None) -> Household:
    """The household that ``said`` means, by its id or somebody in it; None: the only one there is."""
    there = list(households(house.app))
    if said is None:
        if len(there) == 1:
            return there[0]
        if not there:
            raise InvalidError("household", "there is none yet; run: dosekeeper household add")
        raise SeveralError("household", tuple(one.household_id for one in there))
    known = [Known(one.household_id, tuple(names_in(house, one))) for one in there]
    found = HouseholdId(choose("household", said, known, listed_by="dosekeeper household list"))
    return next(one for one in there if one.household_id == found)


def names_in(house: House, one: Household) -> list[str]:
    """What the patients of a household are called."""
    return [house.app.charts.load(patient_id).chart.plan.patient.name.value for patient_id in one.patients]
