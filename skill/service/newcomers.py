"""Several new patients at once: tried out on empty charts first, then written so that it can be resumed.

Each patient is written in a few commits. A note of the import, made before the first of them, holds
what their ids are made of: the same import begun again finds what is there and goes on behind it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from skill.chance import Chance, new_id
from skill.domain.care_team import Contact, Patient
from skill.domain.chart import Chart, empty_chart
from skill.domain.commands import AddMedication, Command, Enrol, SetCareTeam
from skill.domain.decide import decide
from skill.domain.fold import fold
from skill.domain.identity import OPERATOR, HouseholdId, OperationId, derived_id
from skill.domain.ladders import Ladder
from skill.domain.regimen import Medication
from skill.domain.timings import Phase
from skill.errors import InvalidError, NotFoundError
from skill.service.act import App, act
from skill.service.linking import add_household, add_patient, get_household
from skill.service.ports import Place, Row


class Newcomer(Struct, frozen=True, kw_only=True):
    """A patient with everything that belongs to them."""

    patient: Patient
    contacts: tuple[Contact, ...]
    ladders: tuple[Ladder, ...]
    medications: tuple[tuple[Medication, tuple[Phase, ...]], ...]


class ImportNote(Struct, frozen=True, kw_only=True):
    """What is kept about one import. ``seed``: drawn once; every id is made of it and of a counter."""

    seed: str
    household_id: HouseholdId
    begun_at: datetime
    done: bool = False


def commands(new: Newcomer, seed: str) -> Iterator[Command]:
    """What makes ``new`` of an empty chart, the enrolment first; the same seed gives the same operations."""
    stem = f"{seed}/{new.patient.patient_id}"
    yield Enrol(operation=OperationId(f"{stem}/enrol"), speaker=OPERATOR, patient=new.patient)
    yield SetCareTeam(
        operation=OperationId(f"{stem}/team"), speaker=OPERATOR, contacts=new.contacts, ladders=new.ladders
    )
    for medication, phases in new.medications:
        yield AddMedication(
            operation=OperationId(f"{stem}/{medication.medication_id}"),
            speaker=OPERATOR,
            medication=medication,
            phases=phases,
        )


def try_out(new: Newcomer, now: datetime) -> Chart:
    """The chart that ``new`` would have; a ``RefusedError`` when any of it would be refused. Pure."""
    chart = empty_chart(new.patient, now)
    for command in commands(new, "trial"):
        chart = fold(chart, decide(chart, command, now))
    return chart


def begin(app: App, chance: Chance, source: str, household_id: HouseholdId | None) -> ImportNote:
    """The note of the import of ``source``: the one that is there, or a new one.

    ``source``: what the file holds; only a keyed digest of it is kept. ``household_id`` None: a
    household is made for them. ``InvalidError`` when exactly this was imported before, to the end.
    """
    place = _place(app, source)
    found = app.charts.read(place, ImportNote)
    if found is not None:
        note = found[0]
        if note.done:
            raise InvalidError("file", f"was imported already, into household {note.household_id}")
        return note
    seed = new_id(chance, "imp")
    if household_id is not None:
        get_household(app, household_id)
    into = household_id or add_household(app, chance)
    note = ImportNote(seed=seed, household_id=into, begun_at=app.clock.now())
    if app.charts.write([Row(place=place, value=note, expect=0)]):
        return note
    return begin(app, chance, source, household_id)  # somebody else began the same import just now


def finish(app: App, source: str, note: ImportNote, newcomers: Sequence[Newcomer]) -> None:
    """Write what of ``newcomers`` is not there yet, and note that it is done. Can be repeated."""
    for new in newcomers:
        _write(app, note, new)
    app.charts.write([Row(place=_place(app, source), value=replace(note, done=True))])


def ids(note: ImportNote) -> Callable[[str, str], str]:
    """From a prefix and a place in the file to an id that stays the same when the import is resumed."""
    return lambda prefix, part: derived_id(prefix, OperationId(note.seed), part)


def _write(app: App, note: ImportNote, new: Newcomer) -> None:
    patient_id = new.patient.patient_id
    enrol, team, *medications = commands(new, note.seed)
    try:
        chart = app.charts.load(patient_id).chart
    except NotFoundError:
        add_patient(app, note.household_id, new.patient, enrol.operation)
        chart = app.charts.load(patient_id).chart
    if new.contacts and not chart.plan.care_team:
        act(app, patient_id, team)
    for (medication, _), command in zip(new.medications, medications, strict=True):
        if chart.find_medication(medication.medication_id) is None:
            act(app, patient_id, command)


def _place(app: App, source: str) -> Place:
    return Place(pk=f"IMPORT#{app.charts.blind('import', source)}", sk="-")
