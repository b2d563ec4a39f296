"""Writing down what was said: one place for each kind of fact."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.commands import Remark, Scope
from skill.domain.decide.alerts import climb_due, close_answered, open_or_join
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import keys
from skill.domain.doses import Dose, DoseKey, DoseState, How, Outcome, is_late
from skill.domain.events import (
    AlertMoved,
    Decision,
    DosePartlyTaken,
    DoseSettled,
    Facts,
    FactValue,
    IntakeRecorded,
    Question,
    QuestionKind,
    Reason,
    StatementHeard,
    StatementKind,
    Told,
)
from skill.domain.identity import IntakeId, MedicationId, QuestionId, StatementId, derived_id
from skill.domain.intakes import Intake, IntakeKind
from skill.domain.ladders import LadderKind
from skill.domain.timing import period_at

ANSWER_WITHIN = timedelta(minutes=2)
WHOLE = Decimal(1)
NONE_OF_IT = Decimal(0)


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


def taken(
    draft: Draft,
    doses: Sequence[Dose],
    *,
    at: datetime,
    how: How,
    statement_id: StatementId,
    part: Decimal | None = None,
    time_stated: bool = False,
) -> dict[str, FactValue]:
    """Write ``doses`` as taken at ``at``; the facts for the words that say so.

    ``part`` of a dose leaves the rest open until its window ends; the rest makes one whole dose (S22).
    """
    late = [dose for dose in doses if is_late(dose, at)]
    for dose in doses:
        before = dose.part.part if dose.part else NONE_OF_IT
        share = min(WHOLE, before + part) if part is not None else WHOLE
        if share < WHOLE and dose.window.closes_at > draft.now:
            draft.add(
                DosePartlyTaken(
                    key=dose.key,
                    version=dose.regimen.version,
                    part=share,
                    at=at,
                    how=how,
                    statement_id=statement_id,
                )
            )
            continue
        draft.add(
            DoseSettled(
                outcome=_outcome(draft, dose, DoseState.TAKEN, how, statement_id, at=at, part=share),
                version=dose.regimen.version,
                time_stated=time_stated,
                late=dose in late,
                bulk=len({d.due for d in doses}),
            )
        )
    told = close_answered(draft, statement_id, draft.now)
    facts = about(draft, late or doses) | {"count": len(doses), "at": at, "late": bool(late)}
    return facts | (helper_facts(draft, LadderKind.ORDINARY) if told else {})


def settled(
    draft: Draft,
    doses: Sequence[Dose],
    state: DoseState,
    how: How,
    statement_id: StatementId,
    *,
    reason: str | None = None,
) -> None:
    """Write ``doses`` as ``state`` with nothing taken."""
    for dose in doses:
        draft.add(
            DoseSettled(
                outcome=_outcome(draft, dose, state, how, statement_id, at=None, part=NONE_OF_IT),
                version=dose.regimen.version,
                reason=reason,
                bulk=len({d.due for d in doses}),
            )
        )


def _outcome(
    draft: Draft,
    dose: Dose,
    state: DoseState,
    how: How,
    statement_id: StatementId,
    *,
    at: datetime | None,
    part: Decimal,
) -> Outcome:
    speaker = draft.command.speaker
    return Outcome(
        medication_id=dose.medication.medication_id,
        due=dose.due,
        state=state,
        at=at,
        by=speaker.kind,
        contact_id=speaker.contact_id,
        how=how,
        part=part,
        statement_id=statement_id,
    )


def unsure(draft: Draft, doses: Sequence[Dose], statement_id: StatementId) -> dict[str, FactValue]:
    """Nothing is known about ``doses`` either way: no prompt any more, and a helper is asked to check (S22)."""
    settled(draft, doses, DoseState.UNSURE, How.OWN_WORDS, statement_id)
    _hand_over(draft, keys(list(doses)))
    told = ask_to_check(draft, Detail.UNSURE, keys(list(doses)))
    return about(draft, doses) | told


def _hand_over(draft: Draft, unsure_keys: tuple[DoseKey, ...]) -> None:
    """A dose alert about nothing but unsure doses ends without a word: the intake alert has them now."""
    for alert in draft.chart.now.alerts:
        if (
            alert.kind is AlertKind.DOSE
            and alert.state is AlertState.OPEN
            and set(alert.doses) <= set(unsure_keys)
        ):
            draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.RESOLVED))


def extra(draft: Draft, doses: Sequence[Dose], statement_id: StatementId) -> dict[str, FactValue]:
    """A second one of each of ``doses`` was taken: recorded, and a helper is told (S1)."""
    for dose in doses:
        _intake(draft, IntakeKind.EXTRA, dose.medication.medication_id, dose.due, draft.now, statement_id)
    return ask_to_check(draft, Detail.EXTRA, keys(list(doses)))


def unscheduled(
    draft: Draft, medications: Sequence[MedicationId], at: datetime, statement_id: StatementId
) -> Decision:
    """Something was taken that was not due: recorded, and a helper is told (S10).

    Nothing named: any of them may have been meant, the critical ones too.
    """
    named: Sequence[MedicationId | None] = medications or (None,)
    for medication_id in named:
        _intake(draft, IntakeKind.UNSCHEDULED, medication_id, None, at, statement_id)
    told = ask_to_check(draft, Detail.UNSCHEDULED, ())
    meant = [m for m in draft.chart.active() if not medications or m.medication_id in medications]
    critical = any(m.criticality.is_critical for m in meant)
    return draft.decision(Reason.OVERDOSE if critical else Reason.UNSCHEDULED, told)


def _intake(
    draft: Draft,
    kind: IntakeKind,
    medication_id: MedicationId | None,
    due: datetime | None,
    at: datetime,
    statement_id: StatementId,
) -> None:
    medication = draft.chart.find_medication(medication_id) if medication_id else None
    amount = None
    if medication is not None and medication.regimens and medication.regimens[-1].phases:
        amount = medication.regimens[-1].phases[-1].amount
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


def ask_to_check(draft: Draft, detail: Detail, doses: Sequence[DoseKey]) -> dict[str, FactValue]:
    """Open or join the intake alert and page now; names the helper if there is one to be told."""
    open_or_join(draft, AlertKind.INTAKE, LadderKind.INTAKE, detail=detail, about=draft.now, doses=doses)
    climb_due(draft)
    return helper_facts(draft, LadderKind.INTAKE)


def helper_facts(draft: Draft, kind: LadderKind) -> dict[str, FactValue]:
    """Who is told first on this ladder: for "I'm telling Ana". Empty when nobody can be reached."""
    ladder = draft.chart.find_ladder(kind)
    for person in ladder.people() if ladder else ():
        contact = draft.chart.find_contact(person)
        if contact is not None and contact.channels():
            return {"helper": person}
    return {}


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


def ask(
    draft: Draft,
    kind: QuestionKind,
    reason: Reason,
    facts: Facts,
    *,
    doses: Sequence[Dose] = (),
    statement_id: StatementId | None = None,
    at: datetime | None = None,
    part: Decimal | None = None,
    how: How = How.OWN_WORDS,
) -> Decision:
    """Ask ``reason``; what a yes will write is kept with the question."""
    question_id = QuestionId(draft.new_id("que"))
    draft.ask(
        Question(
            question_id=question_id,
            kind=kind,
            session=draft.command.session,
            expires_at=draft.now + ANSWER_WITHIN,
            doses=keys(list(doses)),
            statement_id=statement_id,
            at=at,
            part=part,
            how=how,
            reason=reason,
            told=Told(facts),
        )
    )
    return draft.decision(reason, facts, asks=question_id)
