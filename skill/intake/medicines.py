"""Medicines and their plans from the texts that somebody wrote."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from skill.domain.identity import ContactId, MedicationId
from skill.domain.regimen import Criticality, FixedTimes, Form, Medication, Phase
from skill.intake import values
from skill.intake.reading import Reading

MEDICATION_FIELDS = (
    "name",
    "times",
    "form",
    "strength",
    "nickname",
    "amount",
    "criticality",
    "first_day",
    "last_day",
    "given_by",
)
Caregivers = Callable[[str, str], ContactId]


def medication(
    reading: Reading, medication_id: MedicationId, caregiver: Caregivers, today: date
) -> tuple[Medication, Phase] | None:
    """A new medicine and its plan; None when something about the fields is wrong.

    ``caregiver``: from a field and a name to the id of somebody on the care team.
    """
    name = reading.needed("name", values.name)
    form = reading.one("form", _form, Form.TABLET)
    criticality = reading.one("criticality", _criticality, Criticality.ORDINARY)
    strength = reading.one("strength", values.name, None)
    nickname = reading.one("nickname", values.name, None)
    giver = reading.one("given_by", caregiver, None)
    plan = phase(reading, None, today)
    if name is None or plan is None or reading.problems:
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


def phase(reading: Reading, before: Phase | None, today: date) -> Phase | None:
    """The plan from ``today`` (or its own first day) on: the given fields in place of those of ``before``.

    The word none takes the last day away.
    """
    if before is None and not reading.given.get("times"):
        reading.add("times", "is needed")
    times = reading.several("times", values.wall_times, before.timing if before else None)
    amount = reading.one("amount", values.amount, before.amount if before else Decimal(1))
    first = reading.one("first_day", values.day, max(today, before.first_day) if before else today)
    if reading.given.get("last_day") == "none":
        last = None
    else:
        last = reading.one("last_day", values.day, before.last_day if before else None)
    if last is not None and last < today:
        reading.add("last_day", f"lies before today, {today}")
    if times is None or reading.problems:
        return None
    timing: FixedTimes = times
    return reading.tried(
        "last_day", lambda: Phase(first_day=first, last_day=last, timing=timing, amount=amount), None
    )


def split_times(texts: list[str]) -> list[str]:
    """``08:00,20:00`` is the same as ``08:00 20:00``."""
    return [part for text in texts for part in text.split(",")]


def _form(field: str, text: str) -> Form:
    return values.choice(field, text, Form)


def _criticality(field: str, text: str) -> Criticality:
    return values.choice(field, text, Criticality)
