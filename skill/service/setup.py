"""Setting a household up and taking it down, where more than one chart or record is involved."""

from collections.abc import Callable

from msgspec.structs import replace

from skill.domain.care_team import Contact
from skill.domain.chart import Chart
from skill.domain.commands import Discharge, SetCareTeam
from skill.domain.identity import HOME_ORG, OPERATOR, ContactId, HouseholdId, OperationId, PatientId
from skill.domain.ladders import Ladder, LadderKind, Rung, Waits, standard_ladders
from skill.errors import ConflictError, InvalidError
from skill.service.act import TRIES, App, act, attempt
from skill.service.linking import Household, get_household, households, remove_patient
from skill.service.ports import Place, Row

Team = tuple[tuple[Contact, ...], tuple[Ladder, ...]]
TeamChange = Callable[[Chart], Team]


def household_of(app: App, patient_id: PatientId) -> HouseholdId | None:
    """Whose Echo knows the patient; None: nobody's."""
    found = (one.household_id for one in households(app) if patient_id in one.patients)
    return next(found, None)


def remove_household(app: App, household_id: HouseholdId) -> None:
    """Take an empty household away; the Alexa account that was linked to it is linked to nothing then.

    ``InvalidError`` while there are patients in it.
    """
    check_empty(get_household(app, household_id))
    place = Place(pk=f"HOUSE#{household_id}", sk="-")
    found = app.charts.read(place, Household)
    rows = [
        Row(place=place, value=None, expect=found[1] if found is not None else 0),
        Row(place=Place(pk=f"ORG#{HOME_ORG}", sk=place.pk), value=None),
    ]
    if not app.charts.write(rows):
        raise ConflictError(household=household_id)


def check_empty(household: Household) -> None:
    """``InvalidError`` while there are patients in it."""
    if household.patients:
        raise InvalidError("household", "still has patients; remove them first: dosekeeper patient remove")


def names_in(app: App, household_id: HouseholdId) -> set[str]:
    """What the patients of a household are called, in small letters."""
    patients = get_household(app, household_id).patients
    return {app.charts.load(one).chart.plan.patient.name.value.casefold() for one in patients}


def part_with(app: App, patient_id: PatientId, operation: OperationId) -> None:
    """Discharge a patient and take them out of their household; the record stays and can be exported.

    In this order, so that a failure between the two leaves nobody prompted; it can be repeated.
    """
    if app.charts.load(patient_id).chart.plan.discharged_at is None:
        act(app, patient_id, Discharge(operation=operation, speaker=OPERATOR))
    household_id = household_of(app, patient_id)
    if household_id is not None:
        remove_patient(app, household_id, patient_id)


def change_team(app: App, patient_id: PatientId, operation: OperationId, change: TeamChange) -> Chart:
    """Make the care team and the ladders what ``change`` makes of the chart as it then is.

    Nothing that is written meanwhile, such as an opt-out, is lost: ``change`` is asked again then. The
    chart afterwards. ``ConflictError`` when others were faster every time.
    """
    for _ in range(TRIES):
        loaded = app.charts.load(patient_id)
        contacts, ladders = change(loaded.chart)
        command = SetCareTeam(operation=operation, speaker=OPERATOR, contacts=contacts, ladders=ladders)
        acted = attempt(app, loaded, command)
        if acted is not None:
            return acted.chart
    raise ConflictError(patient=patient_id)


# ---- ladders that follow the care team, as long as nobody has changed them


def are_standard(chart: Chart, waits: Waits) -> bool:
    """Whether the ladders are the ones that the care team would get by itself under ``waits``."""
    return chart.plan.ladders == standard_ladders(_people(chart.plan.care_team), waits)


def ladders_for(chart: Chart, team: tuple[Contact, ...], waits: Waits) -> tuple[Ladder, ...]:
    """The ladders that go with ``team``: the standard ones if they were so before, else the present ones.

    People who leave the team leave every ladder; a ladder on which nobody is left goes with them.
    """
    if are_standard(chart, waits):
        return standard_ladders(_people(team), waits)
    present = set(_people(team))
    kept = (_without_strangers(ladder, present) for ladder in chart.plan.ladders)
    return tuple(ladder for ladder in kept if ladder is not None)


def uncovered(ladders: tuple[Ladder, ...]) -> tuple[LadderKind, ...]:
    """The kinds of alert that reach nobody."""
    return tuple(kind for kind in LadderKind if all(ladder.kind is not kind for ladder in ladders))


def _people(team: tuple[Contact, ...]) -> list[ContactId]:
    return [contact.contact_id for contact in team]


def _without_strangers(ladder: Ladder, present: set[ContactId]) -> Ladder | None:
    """``ladder`` with the people of ``present`` alone: those below a rung that empties move up."""
    groups = [tuple(person for person in rung.contacts if person in present) for rung in ladder.rungs]
    left = [people for people in groups if people]
    rungs = tuple(
        Rung(wait=rung.wait, contacts=people) for rung, people in zip(ladder.rungs, left, strict=False)
    )
    return replace(ladder, rungs=rungs) if rungs else None
