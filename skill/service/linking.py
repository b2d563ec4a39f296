"""Households: which Alexa account belongs to which patients, and the six-digit code that ties them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from skill.chance import Chance, new_code, new_id
from skill.domain.identity import HouseholdId, PatientId
from skill.errors import ConflictError, NotFoundError
from skill.service.act import App
from skill.service.ports import Place, Row

CODE_LIVES = timedelta(minutes=10)
WRONG_TRIES_VOID_A_CODE = 3
TRIES_OF_A_USER = 5  # an hour
TRIES_OF_ALL = 60  # an hour, over the whole deployment
_HOUR = timedelta(hours=1)
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """One Alexa account and its patients. ``people``: blinded voice id -> patient. Holds no names."""

    household_id: HouseholdId
    patients: tuple[PatientId, ...] = ()
    people: Mapping[str, PatientId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCode:
    """A code on its way to the Echo. ``wrong``: tries of others that this code may have been meant by."""

    household_id: HouseholdId
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """A limit of ``COUNT#``: how many since ``since``."""

    since: datetime
    count: int


class Linked(Enum):
    """What became of a spoken code."""

    LINKED = "linked"
    WRONG = "wrong"
    TOO_MANY = "too_many"


def _household_place(household_id: HouseholdId) -> Place:
    return Place(pk=f"HOUSE#{household_id}", sk="-")


def add_household(app: App, chance: Chance) -> HouseholdId:
    """A new household without patients."""
    household_id = HouseholdId(new_id(chance, "house"))
    household = Household(household_id=household_id)
    rows = [
        Row(place=_household_place(household_id), value=household, expect=0),
        Row(place=Place(pk="ORG#home", sk=f"HOUSE#{household_id}"), value=household_id, expect=0),
    ]
    if not app.charts.write(rows):
        raise ConflictError(household=household_id)
    return household_id


def get_household(app: App, household_id: HouseholdId) -> Household:
    found = app.charts.read(_household_place(household_id), Household)
    if found is None:
        raise NotFoundError(kind="household", id=household_id)
    return found[0]
