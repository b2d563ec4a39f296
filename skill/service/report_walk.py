"""One pass over a ledger: what stands written about each dose and intake, and what was said.

It mirrors what ``fold`` makes of doses, intakes and undos, and nothing else of the chart. Whatever can
no longer change may be taken out at any time, so memory stays that of a few days.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from skill.domain import events as ev
from skill.domain.doses import DoseKey, DoseState, How
from skill.domain.identity import SYSTEM, ContactId, IntakeId, MedicationId, Speaker, SpeakerKind, StatementId
from skill.domain.intakes import Intake
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import LATE_REPORT_LIMIT, planned
from skill.service.report_rows import Code

# A word may come this long after the due moment, be taken back as long after that, and a window be late.
STILL_CHANGES_FOR = 2 * LATE_REPORT_LIMIT + timedelta(days=1)
_A_DAY = timedelta(days=1)
_WHOLE = Decimal(1)
_NOBODY_SPOKE = frozenset({How.SILENCE, How.PLAN})
_PLAN_EVENTS = (ev.MedicationSet, ev.PatientDischarged)


class Record(NamedTuple):
    """What stands written about a dose. ``bulk``: due moments in its statement; 0 where nobody spoke."""

    code: Code
    at: datetime | None
    speaker: Speaker
    how: How
    part: Decimal
    statement_id: StatementId | None
    recorded_at: datetime
    time_stated: bool = False
    late: bool = False
    bulk: int = 0
    outage: bool = False
    reason: str | None = None

    @property
    def spoken(self) -> bool:
        """Whether somebody said it."""
        return self.how not in _NOBODY_SPOKE

    @property
    def untimed(self) -> bool:
        """Said to be taken, and nobody said when (S45)."""
        return self.at is None and self.code in (Code.TAKEN, Code.PARTLY)


@dataclass(slots=True, kw_only=True)
class WalkedDose:
    """A dose; ``regimen``: once the plan has shown it. ``corrected``: records that no longer stand.

    ``outage``: one of its records met an outage of ours, whatever was said since (S39).
    """

    key: DoseKey
    regimen: Regimen | None = None
    version: int | None = None
    record: Record | None = None
    corrected: int = 0
    outage: bool = False


@dataclass(slots=True, kw_only=True)
class WalkedIntake:
    intake: Intake
    how: How
    speaker: Speaker
    recorded_at: datetime
    voided: bool = False


@dataclass(slots=True, kw_only=True)
class Said:
    """A statement. ``touched``: the doses that it wrote, with what stood there before.

    ``stands``: those whose record is still its. ``reasoned``: it gave the reason of another's record.
    """

    heard: ev.StatementHeard
    speaker: Speaker
    at: datetime
    touched: dict[DoseKey, Record | None] = field(default_factory=dict)
    stands: set[DoseKey] = field(default_factory=set)
    intakes: list[IntakeId] = field(default_factory=list)
    undone: bool = False
    reasoned: bool = False

    @property
    def in_no_row(self) -> bool:
        """Whether no dose and no intake tells of it."""
        return not (self.stands or self.intakes or self.reasoned)


class Walk:
    """Takes decisions in, oldest first; ``doses``, ``intakes`` and ``said`` show what they have made."""

    def __init__(self, first: ev.Decision) -> None:
        self.zone = ZoneInfo("UTC")
        self.doses: dict[DoseKey, WalkedDose] = {}
        self.intakes: dict[IntakeId, WalkedIntake] = {}
        self.said: dict[StatementId, Said] = {}
        self.medications: dict[MedicationId, Medication] = {}
        self.helpers: dict[ContactId, str] = {}
        self.discharged_at: datetime | None = None
        self._expanded_to = first.at
        self._handlers: dict[type, Callable[[Any, ev.Decision], None]] = {
            ev.PatientEnrolled: self._person,
            ev.ProfileSet: self._person,
            ev.MedicationSet: self._medication,
            ev.CareTeamSet: self._care_team,
            ev.PatientDischarged: self._discharged,
            ev.StatementHeard: self._heard,
            ev.DoseSettled: self._settled,
            ev.DosePartlyTaken: self._partly,
            ev.SkipReasonGiven: self._skip_reason,
            ev.IntakeRecorded: self._intake,
            ev.StatementUndone: self._undone,
        }

    def take(self, decision: ev.Decision) -> None:
        """The next decision of the ledger."""
        changes_plan = any(isinstance(event, _PLAN_EVENTS) for event in decision.events)
        if changes_plan or decision.at - self._expanded_to >= _A_DAY:
            self.expand(decision.at)
        for event in decision.events:
            handler = self._handlers.get(type(event))
            if handler is not None:
                handler(event, decision)

    def expand(self, until: datetime) -> None:
        """Put the planned doses due before ``until`` into ``doses``, under the plan as known so far."""
        if self.discharged_at is not None:
            until = min(until, self.discharged_at)
        for medication in self.medications.values():
            for due, regimen in planned(medication, self._expanded_to, until):
                self._dose(DoseKey(medication.medication_id, due)).regimen = regimen
        self._expanded_to = max(until, self._expanded_to)

    # ---- the plan

    def _person(self, event: ev.PatientEnrolled | ev.ProfileSet, _: ev.Decision) -> None:
        self.zone = event.patient.zone

    def _medication(self, event: ev.MedicationSet, _: ev.Decision) -> None:
        """The event holds the versions that the chart still needs; a few older ones are kept from before."""
        new = event.medication
        known = self.medications.get(new.medication_id)
        if known is not None and known.regimens and new.regimens:
            first = new.regimens[0]
            older = [r for r in known.regimens if r.version < first.version and r.since <= first.since]
            ends = [*(r.since for r in older[1:]), first.since]
            oldest = self._expanded_to - STILL_CHANGES_FOR
            kept = [r for r, end in zip(older, ends, strict=False) if end > oldest]
            new = replace(new, regimens=(*kept, *new.regimens))
        self.medications[new.medication_id] = new

    def _care_team(self, event: ev.CareTeamSet, _: ev.Decision) -> None:
        self.helpers |= {contact.contact_id: contact.name.value for contact in event.contacts}

    def _discharged(self, _: ev.PatientDischarged, decision: ev.Decision) -> None:
        self.discharged_at = decision.at

    # ---- doses, intakes, statements

    def _dose(self, key: DoseKey) -> WalkedDose:
        dose = self.doses.get(key)
        if dose is None:
            dose = self.doses[key] = WalkedDose(key=key)
        return dose

    def _heard(self, event: ev.StatementHeard, decision: ev.Decision) -> None:
        self.said[event.statement_id] = Said(heard=event, speaker=decision.speaker, at=decision.at)

    def _settled(self, event: ev.DoseSettled, decision: ev.Decision) -> None:
        outcome = event.outcome
        dose = self._dose(outcome.key)
        dose.version = event.version
        nobody = outcome.how in _NOBODY_SPOKE
        record = Record(
            code=_code(outcome.state, outcome.part),
            at=outcome.at,
            speaker=SYSTEM if outcome.by is SpeakerKind.SYSTEM else decision.speaker,
            how=outcome.how,
            part=outcome.part,
            statement_id=outcome.statement_id,
            recorded_at=decision.at,
            time_stated=event.time_stated,
            late=event.late,
            bulk=0 if nobody else event.bulk,
            outage=event.outage,
            reason=event.reason,
        )
        before = dose.record
        if not nobody and outcome.by is SpeakerKind.SYSTEM and before is not None:
            record = before._replace(code=record.code, outage=record.outage)  # a part; its window is over
        self._write(dose, record)

    def _partly(self, event: ev.DosePartlyTaken, decision: ev.Decision) -> None:
        dose = self._dose(event.key)
        dose.version = event.version
        record = Record(
            code=Code.PARTLY,
            at=event.at,
            speaker=decision.speaker,
            how=event.how,
            part=event.part,
            statement_id=event.statement_id,
            recorded_at=decision.at,
            bulk=1,
        )
        self._write(dose, record)

    def _write(self, dose: WalkedDose, record: Record) -> None:
        """The rest of a dose completes its part; every other record takes the place of the one before."""
        before = dose.record
        dose.outage = dose.outage or record.outage
        if before is not None and before.code is not Code.PARTLY:
            dose.corrected += 1
        said = self.said.get(record.statement_id) if record.statement_id else None
        if said is not None:
            said.touched.setdefault(dose.key, before)
        self._put(dose, record)

    def _put(self, dose: WalkedDose, record: Record | None) -> None:
        for known, stands in ((dose.record, False), (record, True)):
            said = self.said.get(known.statement_id) if known is not None and known.statement_id else None
            if said is not None and stands:
                said.stands.add(dose.key)
            elif said is not None:
                said.stands.discard(dose.key)
        dose.record = record

    def _skip_reason(self, event: ev.SkipReasonGiven, _: ev.Decision) -> None:
        dose = self._dose(event.key)
        if dose.record is not None and dose.record.code is Code.SKIPPED:
            dose.record = dose.record._replace(reason=event.reason)
            self.said[next(reversed(self.said))].reasoned = True  # heard in this very decision

    def _intake(self, event: ev.IntakeRecorded, decision: ev.Decision) -> None:
        intake = event.intake
        said = self.said.get(intake.statement_id)
        if said is not None:
            said.intakes.append(intake.intake_id)
        self.intakes[intake.intake_id] = WalkedIntake(
            intake=intake,
            how=event.how,
            speaker=said.speaker if said is not None else decision.speaker,
            recorded_at=decision.at,
        )

    def _undone(self, event: ev.StatementUndone, decision: ev.Decision) -> None:
        said = self.said.get(event.statement_id)
        if said is None:
            return
        said.undone = True
        correction = next(reversed(self.said))
        for key in event.doses:
            dose = self._dose(key)
            dose.corrected += 1
            self._put(dose, said.touched.get(key) if event.restored else _doubted(decision, correction))
        for intake_id in said.intakes if event.restored else ():
            self.intakes[intake_id].voided = True


def _code(state: DoseState, part: Decimal) -> Code:
    return Code.PARTLY if state is DoseState.TAKEN and part < _WHOLE else Code(state.value)


def _doubted(decision: ev.Decision, correction: StatementId) -> Record:
    return Record(
        code=Code.UNSURE,
        at=None,
        speaker=decision.speaker,
        how=How.OWN_WORDS,
        part=Decimal(0),
        statement_id=correction,
        recorded_at=decision.at,
        bulk=1,
    )
