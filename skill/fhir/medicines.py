"""What an order is for, as it names and codes it; and what that alone may hold against it."""

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from skill.domain.directions import Measure
from skill.fhir.elements import CodeableConcept, Coding, MedicationRequest
from skill.fhir.resources_in import Found, medication_of
from skill.fhir.why import Notes, Why

_NO_DOSES = ("oxygen", "enteral", "tube feed", "tube feeding", "infusion pump", "insulin pump")
_MASS = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?) ?mg\b")
_SMALL = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?) ?(?:mcg|ug|µg|micrograms?)(?!\w)")
_COUNTED = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?) ?(?:units?|iu|\[iu\])(?!\w)")


class Medicine(Struct, frozen=True, kw_only=True):
    """``name`` as the order has it, or empty. ``codes``: carried through, never made up. ``words``: all that
    is said of the medicine, in small letters.
    """

    name: str = ""
    codes: tuple[Coding, ...] = ()
    words: str = ""


class Rare(Struct, frozen=True, kw_only=True):
    """A medicine that is almost never taken more often than every ``days`` days (S11).

    ``with_``, ``without``: it counts only beside one of these words, or beside none. ``strengths_mg``,
    ``units_from``: only these strengths; one that is not known counts. ``units_per_mg``: what a mg makes.
    """

    names: tuple[str, ...]
    days: int
    source: str
    with_: tuple[str, ...] = msgspec.field(default=(), name="with")
    without: tuple[str, ...] = ()
    strengths_mg: tuple[int, ...] = ()
    units_from: int | None = None
    units_per_mg: int = 0


def medicine_of(found: Found) -> Medicine:
    """The medicine by its own words, those of the medication it refers to, and those of its parts."""
    own, medication, reference = medication_of(found)
    concepts = [own, medication.code if medication else None]
    spoken = [*_texts(own), *_texts(medication.code if medication else None)]
    spoken += [reference.display] if reference and reference.display else []
    others: list[str] = []
    for part in medication.ingredient if medication else ():
        concepts.append(part.item_codeable_concept)
        others += _texts(part.item_codeable_concept)
        others += [part.item_reference.display] if part.item_reference and part.item_reference.display else []
    others += _texts(medication.form) if medication else []
    for dosage in found.request.dosage_instruction if found.request else ():
        others += _texts(dosage.route)
    codes = tuple(coding for concept in concepts if concept for coding in concept.coding)
    return Medicine(
        name=spoken[0] if spoken else "", codes=codes, words=" ; ".join([*spoken, *others]).lower()
    )


def _texts(concept: CodeableConcept | None) -> list[str]:
    if concept is None:
        return []
    return [text for text in (concept.text, *(coding.display for coding in concept.coding)) if text]


def note_kind(medicine: Medicine, request: MedicationRequest, active: tuple[str, ...], notes: Notes) -> None:
    """Notes what is no dose for a person to remember, has no name, or is taken already (S12)."""
    at = "medicationReference" if request.medication_reference is not None else "medicationCodeableConcept"
    if not medicine.name:
        notes.add(Why.MEDICINE_UNNAMED, at, "has no words: nobody can be asked for it, and no list checked")
    for name in _NO_DOSES:
        if _holds(medicine.words, name):
            notes.add(Why.NOT_A_DOSE, at, f"{name} is nothing to be reminded of")
    codes = {f"{coding.system}|{coding.code}" for coding in medicine.codes}
    for ingredient in active:
        if ingredient in codes or _holds(medicine.words, ingredient.lower()):
            says = f"{ingredient} is on the list already: does this replace it, or is it in addition?"
            notes.add(Why.SAME_INGREDIENT, at, says)


def note_rare(
    medicine: Medicine, doses: tuple[Measure, ...], gap_days: float | None, at: str, notes: Notes
) -> None:
    """A note when ``gap_days``, the shortest time between two doses, is below what the list says (S11)."""
    if gap_days is None:
        return
    for rare in rarely_daily():
        if gap_days < rare.days - 0.5 and _is(rare, medicine, doses):
            named = next(name for name in rare.names if _holds(medicine.words, name))
            says = f"{named} is hardly ever taken more often than every {rare.days} days ({rare.source})"
            notes.add(Why.RARELY_DAILY, at, says)


@lru_cache(maxsize=1)
def rarely_daily() -> tuple[Rare, ...]:
    """The list that is shipped, each entry with its source."""
    raw = Path(__file__).with_name("rarely_daily.json").read_bytes()
    return msgspec.json.decode(raw, type=tuple[Rare, ...])


def _is(rare: Rare, medicine: Medicine, doses: tuple[Measure, ...]) -> bool:
    words = medicine.words + " ; " + " ; ".join(str(dose) for dose in doses)
    if not any(_holds(words, name) for name in rare.names):
        return False
    if rare.with_ and not any(_holds(words, word) for word in rare.with_):
        return False
    if any(_holds(words, word) for word in rare.without):
        return False
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", words)
    masses = {Decimal(number) for number in _MASS.findall(plain)}
    masses |= {Decimal(number) / 1000 for number in _SMALL.findall(plain)}
    counted = [Decimal(number) for number in _COUNTED.findall(plain)]
    counted += [mass * rare.units_per_mg for mass in masses]
    if rare.strengths_mg and masses and not masses & set(rare.strengths_mg):
        return False
    return not (rare.units_from is not None and counted and max(counted) < rare.units_from)


def _holds(words: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None
