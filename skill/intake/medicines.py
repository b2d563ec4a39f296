"""Medicines and their plans from the texts that somebody wrote."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from skill.domain.identity import ContactId, MedicationId
from skill.domain.regimen import Criticality, Form, Medication
from skill.domain.timings import Phase
from skill.intake import values
from skill.intake.plan_texts import PLAN_FIELDS, phase
from skill.intake.problems import Problem
from skill.intake.reading import Reading

_OWN_FIELDS = ("name", "form", "strength", "nickname", "criticality", "given_by")
MEDICATION_FIELDS = (*_OWN_FIELDS, *PLAN_FIELDS)
MOST_PHASES = 24
Caregivers = Callable[[str, str], ContactId]


def medication(
    reading: Reading,
    medication_id: MedicationId,
    caregiver: Caregivers,
    today: date,
    parts: Sequence[Reading] = (),
) -> tuple[Medication, tuple[Phase, ...]] | None:
    """A new medicine and its plan; None when something about the fields is wrong.

    ``caregiver``: from a field and a name to the id of somebody on the care team. ``parts``: the phases of
    the plan, where there are several; it has no times of its own then.
    """
    name = reading.needed("name", values.name)
    form = reading.one("form", _form, Form.TABLET)
    criticality = reading.one("criticality", _criticality, Criticality.ORDINARY)
    strength = reading.one("strength", values.name, None)
    nickname = reading.one("nickname", values.name, None)
    giver = reading.one("given_by", caregiver, None)
    plan = _plan(reading, parts, today)
    if name is None or not plan or reading.problems:
        return None
    made = Medication(
        medication_id=medication_id,
        name=name,
        nickname=nickname,
        strength=strength,
        form=form,
        criticality=criticality,
        given_by=giver,
    )
    return made, plan


def _plan(reading: Reading, parts: Sequence[Reading], today: date) -> tuple[Phase, ...]:
    if not parts:
        made = phase(reading, None, today)
        return (made,) if made is not None else ()
    for name in PLAN_FIELDS:
        if reading.given.get(name):
            reading.add(name, "belongs into the phases, since there are some")
    if len(parts) > MOST_PHASES:
        reading.add("phases", f"must be at most {MOST_PHASES}")
    return phases(parts, reading.problems, today)


def phases(parts: Sequence[Reading], problems: list[Problem], today: date) -> tuple[Phase, ...]:
    """Several phases, one after the other; each begins on the day after the one before it has ended.

    What is wrong goes to ``problems``; the rest is read all the same.
    """
    found: list[Phase] = []
    begins = today
    for number, reading in enumerate(parts):
        reading.only(PLAN_FIELDS)
        made = phase(reading, None, begins)
        if made is not None and made.last_day is None and number + 1 < len(parts):
            reading.add("last_day", "is needed: another phase follows")
        problems += reading.problems
        if made is not None:
            found.append(made)
            begins = (made.last_day or begins) + timedelta(days=1)
    return tuple(found)


def _form(field: str, text: str) -> Form:
    return values.choice(field, text, Form)


def _criticality(field: str, text: str) -> Criticality:
    return values.choice(field, text, Criticality)
