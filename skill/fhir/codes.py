"""``Timing.code``: a complete statement of its own, such as BID, at the patient's own times."""

from skill.fhir.elements import CodeableConcept, Repeat
from skill.fhir.why import Notes, Why

SYSTEMS = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation",
        "http://hl7.org/fhir/v3/GTSAbbreviation",
        "urn:oid:2.16.840.1.113883.5.139",
    }
)
# As HL7 defines them (v3 GTSAbbreviation; R4 value set timing-abbreviation).
MEANINGS: dict[str, Repeat] = {
    "QD": Repeat(frequency=1, period=1, period_unit="d"),
    "BID": Repeat(frequency=2, period=1, period_unit="d"),
    "TID": Repeat(frequency=3, period=1, period_unit="d"),
    "QID": Repeat(frequency=4, period=1, period_unit="d"),
    "QOD": Repeat(frequency=1, period=2, period_unit="d"),
    "AM": Repeat(when=("MORN",)),
    "PM": Repeat(when=("AFT",)),
    "BED": Repeat(when=("HS",)),
    "Q1H": Repeat(frequency=1, period=1, period_unit="h"),
    "Q2H": Repeat(frequency=1, period=2, period_unit="h"),
    "Q3H": Repeat(frequency=1, period=3, period_unit="h"),
    "Q4H": Repeat(frequency=1, period=4, period_unit="h"),
    "Q6H": Repeat(frequency=1, period=6, period_unit="h"),
    "Q8H": Repeat(frequency=1, period=8, period_unit="h"),
    "WK": Repeat(frequency=1, period=1, period_unit="wk"),
    "MO": Repeat(frequency=1, period=1, period_unit="mo"),
}


def meaning(code: CodeableConcept | None, at: str, notes: Notes) -> Repeat | None:
    """What the code says; None where there is none, or, with a note, where it is not known."""
    if code is None or not code.coding:
        return None
    for coding in code.coding:
        if coding.system in SYSTEMS and coding.code in MEANINGS:
            return MEANINGS[coding.code]
    named = ", ".join(f"{coding.system or 'no system'}|{coding.code}" for coding in code.coding)
    notes.add(Why.UNKNOWN_CODE, f"{at}.code", f"{named} is none of HL7's timing abbreviations")
    return None
