"""What a household file is made of, whatever its form."""

from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from skill.intake.problems import Problem
from skill.intake.reading import Value


class What(StrEnum):
    """The things of a file."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    MEDICATION = "medication"
    LADDER = "ladder"
    PHASE = "phase"  # of a medication; in JSON only


@dataclass(slots=True, kw_only=True)
class Part:
    """One thing: where it stands, its fields as texts, and for a patient the parts that belong to it."""

    what: What
    where: str
    given: dict[str, Value]
    parts: list["Part"] = field(default_factory=list)

    def in_order(self) -> list[str]:
        """Where it and its parts stand, in the order of the file."""
        return [self.where, *(where for part in self.parts for where in part.in_order())]

    def of(self, what: What) -> list["Part"]:
        """The parts of one kind, in the order of the file."""
        return [part for part in self.parts if part.what is what]


class Taken(Struct, frozen=True, kw_only=True):
    """A file taken apart: its patients, and what is wrong with its shape."""

    patients: list[Part]
    problems: list[Problem]
