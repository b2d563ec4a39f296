"""Households: which Alexa account belongs to which patients, and the six-digit code that ties them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct, field
from msgspec.structs import replace

from skill.chance import Chance, new_code, new_id
from skill.domain.care_team import Patient
from skill.domain.chart import empty_chart
from skill.domain.commands import Enrol
from skill.domain.decide import decide
from skill.domain.fold import fold
from skill.domain.identity import HOME_ORG, OPERATOR, HouseholdId, OperationId, PatientId
from skill.errors import ConflictError, InvalidError, NotFoundError
from skill.service.act import App
from skill.service.ports import Place, Row

CODE_LIVES = timedelta(minutes=10)
WRONG_TRIES_VOID_A_CODE = 3
TRIES_OF_A_USER = 5  # an hour
TRIES_OF_ALL = 60  # an hour, over the whole deployment
MOST_PATIENTS = 16
_HOUR = timedelta(hours=1)
_MOST_CODES = 90  # open at once; a change has at most 100 steps
_ORG = f"ORG#{HOME_ORG}"
_CODES = "LINK#linkcode"
_ATTEMPTS = 5


class Household(Struct, frozen=True, kw_only=True):
    """One Alexa account and its patients. ``people``: blinded voice id -> patient. Holds no names."""

    household_id: HouseholdId
    patients: tuple[PatientId, ...] = ()
    people: Mapping[str, PatientId] = field(default_factory=dict)


class LinkCode(Struct, frozen=True, kw_only=True):
    """A code on its way to the Echo. ``wrong``: codes said since that fitted nothing."""

    household_id: HouseholdId
    expires_at: datetime
    wrong: int = 0


class Tries(Struct, frozen=True, kw_only=True):
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
        Row(place=Place(pk=_ORG, sk=f"HOUSE#{household_id}"), value=household_id, expect=0),
    ]
    if not app.charts.write(rows):
        raise ConflictError(household=household_id)
    return household_id


def get_household(app: App, household_id: HouseholdId) -> Household:
    found = app.charts.read(_household_place(household_id), Household)
    if found is None:
        raise NotFoundError(kind="household", id=household_id)
    return found[0]


def households(app: App) -> Iterator[Household]:
    """Every household of this deployment's one org."""
    for place, household_id in app.charts.scan(_ORG, str):
        if place.sk.startswith("HOUSE#"):
            yield get_household(app, HouseholdId(household_id))


def add_patient(app: App, household_id: HouseholdId, patient: Patient, operation: OperationId) -> None:
    """Enrol ``patient`` and make them one of the household, in one transaction."""
    place = _household_place(household_id)
    for _ in range(_ATTEMPTS):
        found = app.charts.read(place, Household)
        if found is None:
            raise NotFoundError(kind="household", id=household_id)
        household, version = found
        if len(household.patients) >= MOST_PATIENTS:
            raise InvalidError("household", f"holds at most {MOST_PATIENTS} patients")
        chart = empty_chart(patient, app.clock.now())
        decision = decide(
            chart, Enrol(operation=operation, speaker=OPERATOR, patient=patient), app.clock.now()
        )
        larger = replace(household, patients=(*household.patients, patient.patient_id))
        row = Row(place=place, value=larger, expect=version)
        if app.charts.enrol(HOME_ORG, fold(chart, decision), decision, (row,)):
            return
    raise ConflictError(household=household_id)


def remove_patient(app: App, household_id: HouseholdId, patient_id: PatientId) -> None:
    """Take a patient out of the household: the Echo knows them no more. The chart stays."""

    def without(household: Household) -> Household:
        people = {voice: owner for voice, owner in household.people.items() if owner != patient_id}
        kept = tuple(p for p in household.patients if p != patient_id)
        return replace(household, patients=kept, people=people)

    _change(app, household_id, without)


def bind_person(app: App, household_id: HouseholdId, person_id: str, patient_id: PatientId) -> None:
    """From now on this recognised voice is that patient."""
    voice = app.charts.blind("person", person_id)

    def bound(household: Household) -> Household:
        if patient_id not in household.patients:
            raise NotFoundError(kind="patient", id=patient_id)
        return replace(household, people={**household.people, voice: patient_id})

    _change(app, household_id, bound)


def patient_of_voice(app: App, household: Household, person_id: str) -> PatientId | None:
    """Whose voice it is, if it was ever told."""
    return household.people.get(app.charts.blind("person", person_id))


def _change(app: App, household_id: HouseholdId, change: Callable[[Household], Household]) -> None:
    place = _household_place(household_id)
    for _ in range(_ATTEMPTS):
        found = app.charts.read(place, Household)
        if found is None:
            raise NotFoundError(kind="household", id=household_id)
        if app.charts.write([Row(place=place, value=change(found[0]), expect=found[1])]):
            return
    raise ConflictError(household=household_id)


# ---- the Alexa account


def _account_place(app: App, user_id: str) -> Place:
    return Place(pk=f"LINK#alexa#{app.charts.blind('alexa', user_id)}", sk="-")


def find_household(app: App, user_id: str) -> Household | None:
    """The household that this Alexa account is linked to; None when it is not linked."""
    found = app.charts.read(_account_place(app, user_id), str)
    if found is None:
        return None
    household = app.charts.read(_household_place(HouseholdId(found[0])), Household)
    return household[0] if household is not None else None


def make_code(app: App, chance: Chance, household_id: HouseholdId) -> str:
    """A fresh six-digit code for this household; it lives ten minutes and works once."""
    get_household(app, household_id)
    expires_at = app.clock.now() + CODE_LIVES
    while True:
        code = new_code(chance)
        value = LinkCode(household_id=household_id, expires_at=expires_at)
        place = _code_place(app, code)
        known = app.charts.read(place, LinkCode)
        if known is not None and known[0].expires_at > app.clock.now():
            continue
        expect = known[1] if known is not None else 0
        if app.charts.write([Row(place=place, value=value, expect=expect, expiry=expires_at)]):
            return code


def _code_place(app: App, code: str) -> Place:
    return Place(pk=_CODES, sk=app.charts.blind("linkcode", code))


def link(app: App, user_id: str, code: str) -> Linked:
    """Tie the Alexa account to the household whose code was said.

    At most 5 tries an hour for one account and 60 for the whole deployment; three codes that fit
    nothing void every code that is open.
    """
    for _ in range(_ATTEMPTS):
        counted = _count_try(app, user_id)
        if counted is None:
            return Linked.TOO_MANY
        rows, outcome = _try(app, user_id, code)
        if app.charts.write([*counted, *rows]):
            return outcome
    raise ConflictError(code="link")


def _try(app: App, user_id: str, code: str) -> tuple[list[Row], Linked]:
    now = app.clock.now()
    place = _code_place(app, code)
    found = app.charts.read(place, LinkCode)
    if found is None or found[0].expires_at <= now:
        return _wrong(app, now), Linked.WRONG
    account = _account_place(app, user_id)
    known = app.charts.read(account, str)
    link_row = Row(place=account, value=found[0].household_id, expect=known[1] if known is not None else 0)
    return [Row(place=place, value=None, expect=found[1]), link_row], Linked.LINKED


def _wrong(app: App, now: datetime) -> list[Row]:
    rows: list[Row] = []
    for place, waiting in app.charts.scan(_CODES, LinkCode):
        if waiting.expires_at <= now or waiting.wrong + 1 >= WRONG_TRIES_VOID_A_CODE:
            rows.append(Row(place=place, value=None))
        else:
            more = replace(waiting, wrong=waiting.wrong + 1)
            rows.append(Row(place=place, value=more, expiry=waiting.expires_at))
    return rows[:_MOST_CODES]


def _count_try(app: App, user_id: str) -> list[Row] | None:
    """The two counters one higher, or None when a limit is reached."""
    now = app.clock.now()
    limits = (
        (f"COUNT#link#{app.charts.blind('alexa', user_id)}", TRIES_OF_A_USER),
        ("COUNT#link#all", TRIES_OF_ALL),
    )
    rows = []
    for pk, most in limits:
        place = Place(pk=pk, sk="-")
        found = app.charts.read(place, Tries)
        tries = found[0] if found is not None else Tries(since=now, count=0)
        if now - tries.since >= _HOUR:
            tries = Tries(since=now, count=0)
        if tries.count >= most:
            return None
        counted = replace(tries, count=tries.count + 1)
        expect = found[1] if found is not None else 0
        rows.append(Row(place=place, value=counted, expect=expect, expiry=tries.since + 2 * _HOUR))
    return rows
