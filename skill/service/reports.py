"""Reports: the ledger of a patient as rows, each dose, intake and statement once, in its final state."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from skill.domain.decide.time import PUNCTUAL
from skill.domain.events import Decision
from skill.domain.identity import PatientId, Speaker
from skill.domain.intakes import IntakeKind
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import amount_at, window_of
from skill.service.act import App
from skill.service.report_rows import FLAGGED_AFTER, FLAGGED_MOMENTS, Code, Days, Kind, Reported, Row
from skill.service.report_walk import STILL_CHANGES_FOR, Record, Said, Walk, WalkedDose, WalkedIntake

_SAID_AT_ONCE = timedelta(minutes=5)  # a question and its answer; a longer way back is back-dated
_A_DAY = timedelta(days=1)


def report(app: App, patient_id: PatientId, days: Days) -> Iterator[Reported]:
    """The rows of ``days``; the chain of the ledger is verified on the way.

    ``NotFoundError`` when there is no such patient, ``DamagedError`` where the ledger breaks.
    """
    for row in rows(app.charts.ledger(patient_id), app.clock.now()):
        if days.hold(row):
            yield Reported(patient_id=patient_id, row=row)


def rows(ledger: Iterable[Decision], now: datetime) -> Iterator[Row]:
    """The rows that ``ledger``, read from its first decision, makes as known at ``now``.

    In the order of their moments. Memory is that of a few days, however long the ledger.
    """
    walk: Walk | None = None
    flushed_at = now
    for decision in ledger:
        if walk is None:
            walk, flushed_at = Walk(decision), decision.at
        walk.take(decision)
        if decision.at - flushed_at >= _A_DAY:
            flushed_at = decision.at
            yield from _final(walk, decision.at - STILL_CHANGES_FOR)
    if walk is not None:
        walk.expand(now + timedelta(microseconds=1))
        yield from _rows_of(walk, walk.doses.values(), walk.intakes.values(), walk.said.values(), now)


def _final(walk: Walk, before: datetime) -> list[Row]:
    """Take all that is older than ``before`` and can no longer change out of the walk, as rows."""
    doses = [dose for key, dose in walk.doses.items() if key.due < before]
    intakes = [walked for walked in walk.intakes.values() if walked.intake.at < before]
    said = [statement for statement in walk.said.values() if statement.at < before]
    made = _rows_of(walk, doses, intakes, said, None)
    for dose in doses:
        del walk.doses[dose.key]
    for intake in intakes:
        del walk.intakes[intake.intake.intake_id]
    for statement in said:
        del walk.said[statement.heard.statement_id]
    return made


def _rows_of(
    walk: Walk,
    doses: Iterable[WalkedDose],
    intakes: Iterable[WalkedIntake],
    said: Iterable[Said],
    now: datetime | None,
) -> list[Row]:
    made = [_dose_row(walk, dose, now) for dose in doses]
    made += [_intake_row(walk, intake) for intake in intakes]
    made += [_said_row(walk, statement) for statement in said if statement.in_no_row]
    return sorted(made, key=lambda row: (row.moment, row.kind, row.medication_id))


def _dose_row(walk: Walk, dose: WalkedDose, now: datetime | None) -> Row:
    medication = walk.medications.get(dose.key.medication_id)
    due = dose.key.due
    regimen = dose.regimen or _version(medication, dose.version)
    planned = _Planned(
        medication=medication,
        version=dose.version or (regimen.version if regimen is not None else None),
        zone=regimen.zone if regimen is not None else walk.zone,
        amount=amount_at(regimen, due) if regimen is not None else None,
    )
    if dose.record is not None:
        return _recorded_row(walk, dose, dose.record, planned)
    code = _unspoken(walk, dose, medication, now)
    return Row(
        kind=Kind.DOSE,
        code=code,
        moment=due,
        zone=planned.zone,
        medication=medication,
        plan_version=planned.version,
        due=due,
        amount=planned.amount,
        outage=code is Code.NOT_OBSERVED,
        corrected=dose.corrected,
    )


class _Planned(NamedTuple):
    """What the plan says of a dose."""

    medication: Medication | None
    version: int | None
    zone: ZoneInfo
    amount: Decimal | None


def _recorded_row(walk: Walk, dose: WalkedDose, record: Record, planned: _Planned) -> Row:
    due = dose.key.due
    return Row(
        kind=Kind.DOSE,
        code=record.code,
        moment=due,
        zone=planned.zone,
        medication=planned.medication,
        plan_version=planned.version,
        due=due,
        amount=planned.amount,
        part=record.part if record.code in (Code.TAKEN, Code.PARTLY) else None,
        stated_at=record.at,
        recorded_at=record.recorded_at,
        by=record.speaker.kind,
        helper=_helper(walk, record.speaker),
        how=record.how,
        late=record.at - due if record.late and record.at is not None and not dose.outage else None,
        back_dated=record.time_stated or record.untimed or _back_dated(walk, record),
        bulk=record.bulk,
        flagged=record.spoken and (record.recorded_at - due > FLAGGED_AFTER or record.bulk > FLAGGED_MOMENTS),
        skip_reason=record.reason,
        outage=dose.outage,
        corrected=dose.corrected,
        statement_id=record.statement_id,
    )


def _unspoken(walk: Walk, dose: WalkedDose, medication: Medication | None, now: datetime | None) -> Code:
    """The state of a dose without a record: open, ended by the discharge, or never looked at by us."""
    if medication is None or dose.regimen is None:
        return Code.NOT_OBSERVED
    closes_at = window_of(medication, dose.regimen, dose.key.due).closes_at
    if walk.discharged_at is not None and closes_at > walk.discharged_at:
        return Code.EXCUSED
    return Code.DUE if now is not None and now < closes_at + PUNCTUAL else Code.NOT_OBSERVED


def _version(medication: Medication | None, version: int | None) -> Regimen | None:
    return next((r for r in medication.regimens if r.version == version), None) if medication else None


def _back_dated(walk: Walk, record: Record) -> bool:
    said = walk.said.get(record.statement_id) if record.statement_id else None
    heard_at = said.at if said is not None else record.recorded_at
    return record.at is not None and heard_at - record.at > _SAID_AT_ONCE


def _intake_row(walk: Walk, walked: WalkedIntake) -> Row:
    intake = walked.intake
    said = walk.said.get(intake.statement_id)
    heard_at = said.at if said is not None else walked.recorded_at
    return Row(
        kind=Kind.INTAKE,
        code=Code.EXTRA if intake.kind is IntakeKind.EXTRA else Code.UNSCHEDULED,
        moment=intake.at,
        zone=walk.zone,
        medication=walk.medications.get(intake.medication_id) if intake.medication_id else None,
        due=intake.due,
        amount=intake.amount,
        stated_at=intake.at,
        recorded_at=walked.recorded_at,
        by=walked.speaker.kind,
        helper=_helper(walk, walked.speaker),
        how=walked.how,
        back_dated=heard_at - intake.at > _SAID_AT_ONCE,
        bulk=1,
        flagged=walked.recorded_at - intake.at > FLAGGED_AFTER,
        voided=walked.voided,
        statement_id=intake.statement_id,
    )


def _said_row(walk: Walk, said: Said) -> Row:
    return Row(
        kind=Kind.STATEMENT,
        code=Code.SAID,
        moment=said.at,
        zone=walk.zone,
        recorded_at=said.at,
        by=said.speaker.kind,
        helper=_helper(walk, said.speaker),
        voided=said.undone,
        statement_id=said.heard.statement_id,
        words=f"{said.heard.kind.value}: {said.heard.words}",
    )


def _helper(walk: Walk, speaker: Speaker) -> str | None:
    return walk.helpers.get(speaker.contact_id) if speaker.contact_id is not None else None
