"""FHIR R4 JSON to the orders in it: a MedicationRequest alone, in a Bundle, or as NDJSON lines.

Strict: no key twice, no NaN, bounded size and depth; an element of the wrong type is named by its path.
One order that cannot be read does not stop the others.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NoReturn, TypeVar

import msgspec
from msgspec import Struct

from skill.errors import InvalidError
from skill.fhir.elements import CodeableConcept, Element, Medication, MedicationRequest, Reference

MOST_BYTES = 16 * 1024 * 1024
MOST_ORDERS = 10_000
_MOST_DEPTH = 60
_MOST_DIGITS = 40

Json = Mapping[str, object]
Kind = TypeVar("Kind", bound=Element)


class Found(Struct, frozen=True, kw_only=True):
    """An order and the medications beside it, by what refers to them. ``problem``: it cannot be read."""

    request: MedicationRequest | None
    medications: Mapping[str, Medication] = {}
    problem: InvalidError | None = None


def orders_in(raw: bytes) -> Iterator[Found]:
    """Every MedicationRequest of a file, in its order.

    ``InvalidError`` (the element's path, or ``file``) when the file as a whole is no FHIR JSON, holds no
    order, or is larger than 16 MB; an order that cannot be read by itself is ``Found`` with its problem.
    """
    text = _text(raw)
    try:
        whole = _json(text)
    except InvalidError:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for _, line in lines):
            raise
        yield from _of_lines(lines)
        return
    yield from _of_resource(whole)


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise InvalidError("file", "is larger than 16 MB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError("file", f"is not UTF-8 text at byte {error.start}") from error


def _of_lines(lines: list[tuple[int, str]]) -> Iterator[Found]:
    """NDJSON: a resource on each line. Medications may stand on any of them."""
    read: list[Json | InvalidError] = []
    for number, line in lines:
        try:
            read.append(_json(line))
        except InvalidError as error:
            read.append(InvalidError(f"line {number}", error.problem))
    beside = _medications((None, one) for one in read if not isinstance(one, InvalidError))
    found = 0
    for one in read:
        if isinstance(one, InvalidError):
            yield Found(request=None, problem=one)
            found += 1
        elif one.get("resourceType") == "MedicationRequest":
            yield _order(one, "MedicationRequest", beside)
            found += 1
    if not found:
        raise InvalidError("file", "holds no MedicationRequest")


def _of_resource(whole: Json) -> Iterator[Found]:
    kind = whole.get("resourceType")
    if kind == "MedicationRequest":
        yield _order(whole, "MedicationRequest", {})
        return
    if kind != "Bundle":
        raise InvalidError("resourceType", "must be MedicationRequest or Bundle")
    entries = whole.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidError("Bundle.entry", "must be a list of objects")
    if len(entries) > MOST_ORDERS:
        raise InvalidError("Bundle.entry", "must be at most 10,000")
    resources = [(entry.get("fullUrl"), entry.get("resource")) for entry in entries]
    beside = _medications((url, one) for url, one in resources if isinstance(one, dict))
    orders = [
        (number, one)
        for number, (_, one) in enumerate(resources)
        if isinstance(one, dict) and one.get("resourceType") == "MedicationRequest"
    ]
    if not orders:
        raise InvalidError("Bundle.entry", "holds no MedicationRequest")
    for number, one in orders:
        yield _order(one, f"Bundle.entry[{number}].resource", beside)


def _order(resource: Json, path: str, beside: Mapping[str, Medication]) -> Found:
    """``beside``: medications of the same file; those contained in the order come first."""
    try:
        contained = resource.get("contained", [])
        if not isinstance(contained, list) or not all(isinstance(one, dict) for one in contained):
            raise InvalidError(f"{path}.contained", "must be a list of objects")
        inside = {f"#{one.get('id')}": one for one in contained if one.get("resourceType") == "Medication"}
        own = {name: _typed(one, Medication, f"{path}.contained") for name, one in inside.items()}
        request = _typed(resource, MedicationRequest, path)
    except InvalidError as error:
        return Found(request=None, problem=error)
    return Found(request=request, medications={**beside, **own})


def _medications(resources: "Iterator[tuple[object, Json]]") -> dict[str, Medication]:
    """Medications by ``Medication/id`` and by full URL. One that cannot be read is left out."""
    found: dict[str, Medication] = {}
    for url, one in resources:
        if one.get("resourceType") != "Medication":
            continue
        try:
            medication = _typed(one, Medication, "Medication")
        except InvalidError:
            continue
        names = [f"Medication/{medication.id}"] if medication.id else []
        names += [url] if isinstance(url, str) else []
        found |= dict.fromkeys(names, medication)
    return found


def medication_of(found: Found) -> tuple[CodeableConcept | None, Medication | None, Reference | None]:
    """What an order is for: its own coded words, or the medication that it refers to (None: not here)."""
    request = found.request
    if request is None:
        return None, None, None
    reference = request.medication_reference
    medication = found.medications.get(reference.reference or "") if reference else None
    return request.medication_codeable_concept, medication, reference


# ---- JSON


def _typed(resource: Json, kind: type[Kind], path: str) -> Kind:
    try:
        return msgspec.convert(resource, kind, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `$")
        field = f"{path}{where.rstrip('`')}"
        raise InvalidError(field, problem[:1].lower() + problem[1:]) from error


def _json(text: str) -> Json:
    if len(text) > MOST_BYTES or _is_too_deep(text):
        raise InvalidError("file", "is nested more than 60 deep")
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_decimal, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        raise InvalidError("file", f"is not JSON: {error.msg} in line {error.lineno}") from error
    if not isinstance(value, dict):
        raise InvalidError("file", "must hold a JSON object")
    return value


def _is_too_deep(text: str) -> bool:
    """Looked at before the parser runs, which recurses once for each level. Brackets in texts count too."""
    depth = deepest = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest > _MOST_DEPTH


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidError(twice[:80], "stands twice in one object")
    return made


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise InvalidError("number", "has more than 40 digits")
    return int(digits)


def _decimal(letters: str) -> Decimal:
    number = Decimal(letters)
    if len(letters) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise InvalidError("number", "has more than 40 digits")
    return number


def _no_number(name: str) -> NoReturn:
    raise InvalidError("number", f"{name} is not a number")
