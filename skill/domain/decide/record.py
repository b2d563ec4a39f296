"""Writing down what was said: one place for each kind of fact."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from skill.domain.alerts import AlertKind, Detail
from skill.domain.decide.alerts import Cause, climb_due, open_or_join
from skill.domain.decide.dose_alerts import close_answered, hand_over
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import keys
from skill.domain.doses import Dose, DoseKey, DoseState, How, Outcome, is_late
from skill.domain.events import (
    DosePartlyTaken,
    DoseSettled,
    FactValue,
    IntakeRecorded,
    Reason,
    StatementHeard,
    StatementKind,
)
from skill.domain.identity import ContactId, IntakeId, MedicationId, StatementId, derived_id
from skill.domain.intakes import Intake, IntakeKind
from skill.domain.ladders import LadderKind
from skill.domain.regimen import Group
from skill.domain.said import Remark, Scope
from skill.domain.timing import amount_at, period_at, usual_amount

WHOLE = Decimal(1)
NONE_OF_IT = Decimal(0)
_HALF = Decimal("0.5")


class Telling(Struct, frozen=True, kw_only=True):
    """How doses were said to be taken: by which statement, when, how much, in what kind of words.

    ``group``: what it called them. ``time_stated``: ``at`` is what was said, and ``uncertain``: it has
    still to be read back. ``untimed``: nobody said when (S45); then it was by ``at``, when it was told.
    """

    statement_id: StatementId
    at: datetime
    time_stated: bool = False
    uncertain: bool = False
    untimed: bool = False
    part: Decimal | None = None
    how: How = How.OWN_WORDS
    group: Group | None = None


def hear(draft: Draft, kind: StatementKind, words: str, remark: Remark | None = None) -> StatementId:
    """Keep the statement as a fact, whatever becomes of it (S1: nothing said is ever dropped)."""
    statement_id = statement_of(draft)
    draft.add(
        StatementHeard(
            statement_id=statement_id,
            kind=kind,
            words=words,
            session=draft.command.session,
            remark=remark,
            device=draft.command.device,
        )
    )
    return statement_id


def statement_of(draft: Draft) -> StatementId:
    return StatementId(derived_id("stm", draft.command.operation))


def words_of(scope: Scope) -> str:
    """A scope in our own words: to tell the same statement again, and for the record. Holds ids only."""
    parts = [
        scope.group.value if scope.group else "",
        scope.period.value if scope.period else "",
        f"{scope.wall:%H:%M}" if scope.wall else "",
        *scope.medications,
        *(f"not {m}" for m in scope.excepted),
        *(f"{k.medication_id}@{k.due:%Y%m%dT%H%MZ}" for k in scope.doses),
        "name unknown" if scope.unresolved else "",
    ]
    return " ".join(part for part in parts if part) or "all due"


# ---- doses


def share_after(dose: Dose, part: Decimal | None) -> Decimal:
    """How much of ``dose`` is taken once ``part`` more of it is; None: all of it."""
    return WHOLE if part is None else min(WHOLE, dose.share + part)


def taken(draft: Draft, doses: Sequence[Dose], told: Telling) -> dict[str, FactValue]:
    """Write ``doses`` as taken; the facts for the words that say so.

    ``told.part`` of a dose leaves the rest open until its window ends; the rest makes one whole dose
    (S22). ``late`` is said of none that met our outage (S39), nor where nobody said when (S45): then the
    facts only say that it was ``earlier``, and no time that nobody stated.
    """
    past = [dose for dose in doses if is_late(dose, told.at)]
    late = [dose for dose in past if not (told.untimed or dose.met_outage)]
    moments = len({dose.due for dose in doses})
    for dose in doses:
        draft.add(_taken(draft, dose, told, late=dose in late, bulk=moments))
    informed = close_answered(draft, told.statement_id)
    facts = about(draft, late or past or doses) | {"count": len(doses), "late": bool(late)}
    facts |= {"earlier": bool(past)} if told.untimed else {"earlier": bool(past), "at": told.at}
    return facts | first_reachable(draft, informed)


def _taken(
    draft: Draft, dose: Dose, told: Telling, *, late: bool, bulk: int
) -> DosePartlyTaken | DoseSettled:
    share = share_after(dose, told.part)
    if share == WHOLE or not dose.open_at(draft.now):
        outcome = _outcome(draft, dose, DoseState.TAKEN, told, share)
        return DoseSettled(
            outcome=outcome._replace(at=None) if told.untimed else outcome,
            version=dose.regimen.version,
            time_stated=told.time_stated,
            late=late,
            bulk=bulk,
            outage=dose.met_outage,
        )
    return DosePartlyTaken(
        key=dose.key,
        version=dose.regimen.version,
        part=share,
        at=told.at,
        how=told.how,
        statement_id=told.statement_id,
    )


def settled(
    draft: Draft,
    doses: Sequence[Dose],
    state: DoseState,
    statement_id: StatementId,
    *,
    reason: str | None = None,
) -> None:
    """Write ``doses`` as ``state``. A part that was told as taken stays told: skipped is only the rest."""
    for dose in doses:
        part = dose.part
        at = part.at if part else draft.now
        told = Telling(statement_id=statement_id, at=at)
        partly = part is not None and state is DoseState.SKIPPED
        outcome = _outcome(
            draft, dose, DoseState.TAKEN if partly else state, told, part.part if part else NONE_OF_IT
        )
        draft.add(
            DoseSettled(
                outcome=outcome if part else outcome._replace(at=None),
                version=dose.regimen.version,
                reason=reason,
                bulk=len({d.due for d in doses}),
            )
        )


def _outcome(draft: Draft, dose: Dose, state: DoseState, told: Telling, part: Decimal) -> Outcome:
    speaker = draft.command.speaker
    return Outcome(
        medication_id=dose.medication.medication_id,
        due=dose.due,
        state=state,
        at=told.at,
        by=speaker.kind,
        contact_id=speaker.contact_id,
        how=told.how,
        part=part,
        statement_id=told.statement_id,
    )


def unsure(draft: Draft, doses: Sequence[Dose], statement_id: StatementId) -> dict[str, FactValue]:
    """Nothing is known about ``doses`` either way: no prompt, and a helper is asked to check (S22)."""
    settled(draft, doses, DoseState.UNSURE, statement_id)
    told = hand_over(draft, keys(doses))
    return about(draft, doses) | ask_to_check(draft, Detail.UNSURE, keys(doses), told)


# ---- intakes


def extra(draft: Draft, doses: Sequence[Dose], statement_id: StatementId) -> dict[str, FactValue]:
    """A second one of each of ``doses`` was taken: recorded, and a helper is told (S1)."""
    for dose in doses:
        amount = amount_at(dose.regimen, dose.due)
        _intake(draft, IntakeKind.EXTRA, dose.key, draft.now, amount, statement_id)
    return ask_to_check(draft, Detail.EXTRA, keys(doses))


def unscheduled(
    draft: Draft,
    medications: Sequence[MedicationId],
    at: datetime,
    statement_id: StatementId,
    informed: Sequence[ContactId] = (),
) -> tuple[Reason, dict[str, FactValue]]:
    """Something was taken that was not due: recorded, and a helper is told (S10). What to say, with facts.

    Nothing named: any of them may have been meant, the critical ones too. ``informed``: by an alert that
    this one takes over.
    """
    named: Sequence[MedicationId | None] = medications or (None,)
    for medication_id in named:
        medication = draft.chart.find_medication(medication_id) if medication_id else None
        versions = reversed(medication.regimens) if medication else ()
        planned = next((version for version in versions if version.phases), None)  # of a stopped one too
        amount = usual_amount(planned) if planned else None
        _intake(draft, IntakeKind.UNSCHEDULED, (medication_id, None), at, amount, statement_id)
    told = ask_to_check(draft, Detail.UNSCHEDULED, (), informed)
    meant = [m for m in draft.chart.active() if not medications or m.medication_id in medications]
    critical = any(m.criticality.is_critical for m in meant)
    return Reason.OVERDOSE if critical else Reason.UNSCHEDULED, told


def _intake(
    draft: Draft,
    kind: IntakeKind,
    what: tuple[MedicationId | None, datetime | None],
    at: datetime,
    amount: Decimal | None,
    statement_id: StatementId,
) -> None:
    medication_id, due = what
    intake = Intake(
        intake_id=IntakeId(draft.new_id("int")),
        kind=kind,
        medication_id=medication_id,
        due=due,
        at=at,
        amount=amount,
        statement_id=statement_id,
    )
    draft.add(IntakeRecorded(intake=intake, how=How.OWN_WORDS, session=draft.command.session))


def ask_to_check(
    draft: Draft, detail: Detail, doses: Sequence[DoseKey], told: Sequence[ContactId] = ()
) -> dict[str, FactValue]:
    """Open or join the intake alert and page now; names the helper if there is one to be told."""
    cause = Cause(kind=AlertKind.INTAKE, detail=detail, about=draft.now, doses=tuple(doses), told=tuple(told))
    open_or_join(draft, cause, LadderKind.INTAKE)
    climb_due(draft)
    ladder = draft.chart.find_ladder(LadderKind.INTAKE)
    return first_reachable(draft, ladder.people() if ladder else ())


# ---- facts


def first_reachable(draft: Draft, people: Sequence[ContactId]) -> dict[str, FactValue]:
    """Whom "I'm telling Ana" names: the first who can be reached. Empty when there is nobody."""
    for person in people:
        contact = draft.chart.find_contact(person)
        if contact is not None and contact.channels():
            return {"helper": person}
    return {}


def as_written(draft: Draft, taken: Sequence[Dose]) -> dict[str, FactValue]:
    """The facts about doses that are written down as taken: when, and by which helper, the last of them.

    No ``at`` where nobody said when.
    """
    facts = about(draft, taken)
    outcome = next(dose.outcome for dose in reversed(taken) if dose.outcome is not None)
    facts |= {"at": outcome.at} if outcome.at is not None else {}
    return facts | ({"by": outcome.contact_id} if outcome.contact_id is not None else {})


def begun(doses: Sequence[Dose]) -> dict[str, FactValue]:
    """Of how many of ``doses`` a part is written down, whether it is half, and since when (S22)."""
    parts = [part for dose in doses if (part := dose.part or (dose.outcome if dose.partly else None))]
    if not parts:
        return {}
    half = all(part.part == _HALF for part in parts)
    times = [part.at for part in parts if part.at is not None]  # none where nobody said when (S45)
    facts: dict[str, FactValue] = {"parts": len(parts), "half": half}
    return facts | ({"part_at": max(times)} if times else {})


def about(draft: Draft, doses: Sequence[Dose]) -> dict[str, FactValue]:
    """The facts that name a handful of doses without naming a medicine."""
    if not doses:
        return {"count": 0}
    zone = draft.chart.plan.patient.zone
    periods = {period_at(dose.due.astimezone(zone).time()).value for dose in doses}
    facts: dict[str, FactValue] = {"count": len(doses), "due": min(dose.due for dose in doses)}
    if len(periods) == 1:
        facts["period"] = periods.pop()
    return facts
