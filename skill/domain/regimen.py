"""What is to be taken and how: medications and the versions of their regimens."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.identity import ContactId, MedicationId
from skill.domain.timings import STANDARD_ROUTINE, Phase, Routine
from skill.errors import InvalidError
from skill.private import Private

LONGEST_NAME = 80
_JOINING = {"\u200c", "\u200d"}
_TURNING = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_REFUSED = {  # by the general category of Unicode
    "Cc": "steer a machine, such as a line end or a tab",
    "Zl": "end a line",
    "Zp": "end a line",
    "Cs": "are only half there",
    "Cf": "cannot be seen",
    "Co": "no alphabet has",
    "Cn": "no alphabet has",
}


class Form(StrEnum):
    """Dose forms that this release can hold (safety.md, section 4)."""

    TABLET = "tablet"
    CAPSULE = "capsule"
    LIQUID = "liquid"
    POWDER = "powder"
    INHALER = "inhaler"
    NEBULIZER = "nebulizer"
    NASAL_SPRAY = "nasal_spray"
    DROPS = "drops"
    PATCH = "patch"
    CREAM = "cream"
    INSULIN = "insulin"
    INJECTION = "injection"
    SUPPOSITORY = "suppository"


class Group(StrEnum):
    """What a person calls a handful of medicines; which forms each closes is S21."""

    PILLS = "pills"
    SHOT = "shot"
    PATCH = "patch"
    DROPS = "drops"
    PUFFS = "puffs"
    MEDICINES = "medicines"
    EVERYTHING = "everything"


_CLOSED_BY = {
    Group.PILLS: {Form.TABLET, Form.CAPSULE},
    Group.SHOT: {Form.INSULIN, Form.INJECTION},
    Group.PATCH: {Form.PATCH},
    Group.DROPS: {Form.DROPS},
    Group.PUFFS: {Form.INHALER},
    Group.MEDICINES: set(Form),
    Group.EVERYTHING: set(Form),
}


class Criticality(StrEnum):
    """How much hangs on the moment; chooses the window and the ladder."""

    ORDINARY = "ordinary"
    CRITICAL = "critical"
    TIME_CRITICAL = "time_critical"

    @property
    def is_critical(self) -> bool:
        return self is not Criticality.ORDINARY


def closes(group: Group, form: Form) -> bool:
    """Whether a statement about ``group`` speaks of a medicine of this ``form`` (S21)."""
    return form in _CLOSED_BY[group]


def checked_name(field: str, text: str) -> str:
    """``text`` as a name: 1 to 80 characters of any script, as ``checked_letters`` lets them through."""
    if not text.strip() or len(text) > LONGEST_NAME:
        raise InvalidError(field, f"must have 1 to {LONGEST_NAME} characters")
    return checked_letters(field, text)


def checked_letters(field: str, text: str) -> str:
    """``text``, if each of its characters is one that people write; the problem says what is not.

    Zero-width joiner and non-joiner are: Persian and the scripts of India spell with them.
    """
    if text.isprintable():  # then none of them can be among them; few texts need the second look
        return text
    for letter in text:
        problem = "turn the direction of writing" if letter in _TURNING else None
        problem = problem or (None if letter in _JOINING else _REFUSED.get(unicodedata.category(letter)))
        if problem is not None:
            raise InvalidError(field, f"must not hold characters that {problem}")
    return text


class Regimen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of how a medication is taken.

    Governs the moments from ``since`` until the next version's ``since``, except those before
    ``not_before``: the changeover spacing of design §3. No phases: stopped. ``routine``: the patient's
    day as it was when the version was made; another routine is another version.
    """

    version: int
    since: datetime
    not_before: datetime
    zone: ZoneInfo
    phases: tuple[Phase, ...]
    routine: Routine = STANDARD_ROUTINE

    def __post_init__(self) -> None:
        if self.not_before < self.since:
            raise InvalidError("not_before", "must not lie before since")
        for earlier, later in zip(self.phases, self.phases[1:], strict=False):
            if earlier.last_day is None or later.first_day <= earlier.last_day:
                raise InvalidError("phases", "must follow one another without overlap")


class Medication(Struct, frozen=True, kw_only=True):
    """A medicine on the list, with every regimen version still needed, oldest first.

    ``given_by``: the contact who gives it; the patient is then not asked about it (S30).
    """

    medication_id: MedicationId
    name: Private[str]
    nickname: Private[str] | None = None
    strength: Private[str] | None = None
    form: Form = Form.TABLET
    criticality: Criticality = Criticality.ORDINARY
    given_by: ContactId | None = None
    regimens: tuple[Regimen, ...] = ()

    def __post_init__(self) -> None:
        checked_name("name", self.name.value)
        if self.nickname is not None:
            checked_name("nickname", self.nickname.value)
        if self.strength is not None:
            checked_name("strength", self.strength.value)
        for earlier, later in zip(self.regimens, self.regimens[1:], strict=False):
            if later.since < earlier.since or later.version <= earlier.version:
                raise InvalidError("regimens", "must be in the order of their versions")

    @property
    def stopped(self) -> bool:
        return not self.regimens or not self.regimens[-1].phases
