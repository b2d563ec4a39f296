"""Orders to read: a sound one to spoil, and the frame that they are read in."""

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from skill.errors import InvalidError
from skill.fhir.frame import Frame
from skill.fhir.orders import Order, read_orders
from skill.intake import orders_text

NEW_YORK = ZoneInfo("America/New_York")
Json = dict[str, Any]


def a_frame(**changes: Any) -> Frame:  # noqa: ANN401 - any field of a frame
    """Asked on 5 March 2026 in New York, with the usual routine."""
    given: Json = {"zone": NEW_YORK, "as_of": date(2026, 3, 5), "read_text": orders_text.read}
    return Frame(**(given | changes))


def a_repeat(**changes: object) -> Json:
    """Twice a day from 1 March 2026; a change to None leaves an element out."""
    repeat: Json = {
        "boundsPeriod": {"start": "2026-03-01"},
        "frequency": 2,
        "period": 1,
        "periodUnit": "d",
    }
    return {name: value for name, value in (repeat | changes).items() if value is not None}


def an_order(*dosages: Json, **changes: object) -> Json:
    """One tablet of metformin twice a day; ``dosages`` and ``changes`` instead of what it has."""
    order: Json = {
        "resourceType": "MedicationRequest",
        "id": "rx",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Metformin 500 mg tablet"},
        "authoredOn": "2026-03-01",
        "dosageInstruction": list(dosages) or [a_dosage()],
    }
    return copy.deepcopy({name: value for name, value in (order | changes).items() if value is not None})


def a_dosage(**changes: object) -> Json:
    dosage: Json = {
        "timing": {"repeat": a_repeat()},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
    }
    return {name: value for name, value in (dosage | changes).items() if value is not None}


def spoiled(path: str, value: object) -> Json:
    """A sound order with ``value`` at ``path``, such as ``dosageInstruction.0.text``."""
    order = an_order()
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = order
    for part in way:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    place[last] = value
    return order


def read_raw(raw: bytes, frame: Frame | None = None) -> list[Order | InvalidError]:
    return list(read_orders(raw, frame or a_frame()))


def read(resource: Mapping[str, object], frame: Frame | None = None) -> Order:
    """The one order that ``resource`` holds; raises what made it unreadable."""
    (found,) = read_raw(json.dumps(resource).encode(), frame)
    if isinstance(found, InvalidError):
        raise found
    return found


def whys(order: Order) -> Iterator[str]:
    """``why element`` of each reason, without its sentence."""
    return (f"{reason.why} {reason.element}" for reason in order.reasons)
