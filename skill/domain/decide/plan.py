"""The plan: who, what, when from. A change makes a new version; the past keeps the old one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import assert_never

from msgspec.structs import replace

from skill.domain.alerts import AlertState
from skill.domain.chart import Chart
from skill.domain.commands import (
    AddMedication,
    ChangePlan,
    Discharge,
    Enrol,
    Restored,
    SetProfile,
)
from skill.domain.day_times import most_a_day
from skill.domain.decide.dose_alerts import close_answered
from skill.domain.decide.draft import Draft
from skill.domain.doses import Dose, DoseState, How, Outcome
from skill.domain.events import (
    AlertMoved,
    Decision,
    DoseSettled,
    Ended,
    MedicationSet,
    MessageEnded,
    PatientDischarged,
    PatientEnrolled,
    ProfileSet,
    QuestionKind,
    Reason,
    TimeWorked,
)
from skill.domain.names import called
from skill.domain.regimen import Medication, Regimen
from skill.domain.said import Start
from skill.domain.timing import (
    DAY_BOUNDARY,
    LATE_REPORT_LIMIT,
    local_day,
    moment_of,
    moments,
    next_day_boundary,
    planned,
    shortest_gap,
)
from skill.domain.timings import STANDARD_ROUTINE, Routine
from skill.errors import InvalidError, RefusedError

MOST_MEDICATIONS = 48
MOST_DOSES_A_DAY = 200  # 400 outcomes then reach back two days, beyond any late report
_OLD_VERSIONS_KEPT_FOR = timedelta(days=15)  # longer than any outcome stays in the chart
_A_DAY = timedelta(days=1)
_LOOKED_AHEAD = timedelta(days=14)
_NEXT_MINUTE = timedelta(minutes=1)
_LEFT_OUT = frozenset({DoseState.SKIPPED, DoseState.NOT_TAKEN})


class FallOpenError(RefusedError):
    """A fall or a call for help is open; first a person has to answer it."""

    key = "error.fall_open"


def enrol(draft: Draft, command: Enrol) -> Decision:
    draft.add(PatientEnrolled(patient=command.patient))
    return draft.decision(Reason.PLAN_SET)


def set_profile(draft: Draft, command: SetProfile) -> Decision:
    """Name, languages, where prompts go. The zone stays: every plan and every dose is written in it."""
    if command.patient.patient_id != draft.chart.plan.patient.patient_id:
        raise InvalidError("patient", "cannot become another patient")
    if command.patient.zone != draft.chart.plan.patient.zone:
        raise InvalidError("zone", "stays as it is: if it is wrong, remove the patient and add them anew")
    draft.add(TimeWorked(to=draft.now))
    draft.add(ProfileSet(patient=command.patient))
    return draft.decision(Reason.PLAN_SET)


def add_medication(draft: Draft, command: AddMedication) -> Decision:
    """A new medicine; its first moment is the first that lies ahead."""
    chart, new = draft.chart, command.medication
    if chart.find_medication(new.medication_id) is not None:
        raise InvalidError("medication", "is already on the list")
    if len(chart.plan.medications) >= MOST_MEDICATIONS:
        raise InvalidError("medication", f"there may be at most {MOST_MEDICATIONS} on the list")
    _check_names(chart, new)
    if new.given_by is not None:
        chart.get_contact(new.given_by)
    if not command.phases:
        raise InvalidError("times", "a medicine needs at least one time")
    regimen = Regimen(
        version=1,
        since=draft.now,
        not_before=draft.now + timedelta.resolution,
        zone=chart.plan.patient.zone,
        phases=command.phases,
        routine=_kept(command.routine),
    )
    _check_number(chart, None, regimen)
    draft.add(MedicationSet(medication=replace(new, regimens=(regimen,))))
    return draft.decision(Reason.PLAN_SET)


def _check_names(chart: Chart, new: Medication) -> None:
    """No two medicines in use may be called alike: "I took my lisinopril" must mean one of them."""
    in_use = [m for m in chart.active() if not m.stopped]
    for field, name in (("name", new.name), ("nickname", new.nickname)):
        if name is not None and called(in_use, name.value):
            raise InvalidError(
                field, "another medicine on the list is called so: change that one, or name this one apart"
            )


def change_plan(draft: Draft, command: ChangePlan) -> Decision:
    """A new version of a regimen, from the next day boundary unless chosen otherwise (design §3).

    It prompts nothing before ``since``, nothing closer to the last stated intake than half the
    shorter interval (where doses lie days apart: nor to one planned of which nothing was said), and on
    the day of change no more than one of the versions would.
    """
    medication = draft.chart.get_medication(command.medication_id)
    last = medication.regimens[-1]
    new = Regimen(
        version=last.version + 1,
        since=draft.now,
        not_before=draft.now,
        zone=last.zone,
        phases=command.phases,
        routine=_kept(command.routine or last.routine),
    )
    _check_number(draft.chart, medication, new)
    since = _start(draft, medication, new, command.start)
    new = replace(new, since=since, not_before=since)
    kept = tuple(v for v in _pruned(medication, draft.now) if v.since < since)  # a later one never began
    if command.phases and kept:
        new = replace(new, not_before=_not_before(draft, replace(medication, regimens=kept), new))
    of_late = draft.chart.doses(draft.now - _A_DAY, draft.now + timedelta.resolution)
    open_doses = [d for d in of_late if d.medication == medication and d.due_at(draft.now)]
    draft.add(TimeWorked(to=draft.now))
    draft.add(MedicationSet(medication=replace(medication, regimens=(*kept, new))))
    if since <= draft.now:
        _supersede(draft, open_doses)
    return draft.decision(Reason.PLAN_SET, {"version": new.version, "since": since})


def _kept(routine: Routine) -> Routine:
    return STANDARD_ROUTINE if routine == STANDARD_ROUTINE else routine


def _check_number(chart: Chart, medication: Medication | None, new: Regimen) -> None:
    """The outcomes that a chart keeps must reach back for as long as a dose may still be told of."""
    others = [m.regimens[-1] for m in chart.active() if m.regimens and m != medication]
    if sum(_most_a_day(version) for version in (*others, new)) > MOST_DOSES_A_DAY:
        raise InvalidError("times", f"there may be at most {MOST_DOSES_A_DAY} doses a day in all")


def _most_a_day(version: Regimen) -> int:
    return max((most_a_day(phase, version.routine) for phase in version.phases), default=0)


def _start(draft: Draft, medication: Medication, new: Regimen, start: Start) -> datetime:
    if not new.phases:
        return draft.now  # a stop waits for nothing
    match start:
        case Start.NOW:
            return draft.now
        case Start.NEXT_DAY:
            return next_day_boundary(draft.now, draft.chart.plan.patient.zone)
        case Start.NEXT_DOSE:
            return _next_dose(draft.now, medication, new)
        case _:
            assert_never(start)


def _next_dose(now: datetime, medication: Medication, new: Regimen) -> datetime:
    """The next due moment after ``now`` by the old plan or by the new one, whichever comes first."""
    after, until = now + timedelta.resolution, now + _LOOKED_AHEAD
    old = (due for due, _ in planned(medication, after, until))
    return min([*islice(old, 1), *islice(moments(new, after, until), 1)], default=now)


def _pruned(medication: Medication, now: datetime) -> tuple[Regimen, ...]:
    """The versions that a dose still in the chart may belong to, and the last one always."""
    versions = medication.regimens
    return tuple(
        version
        for index, version in enumerate(versions)
        if index + 1 == len(versions) or versions[index + 1].since > now - _OLD_VERSIONS_KEPT_FOR
    )


def _not_before(draft: Draft, medication: Medication, new: Regimen) -> datetime:
    """The earliest moment from which the new version may prompt."""
    chart = draft.chart
    day = local_day(new.since, new.zone)
    versions = [version for version in (medication.regimens[-1], new) if version.phases]
    half = min(shortest_gap(version, day) for version in versions) / 2
    mine = [o for o in chart.now.outcomes if o.medication_id == medication.medication_id]
    stated = [_taken_by(draft, o) for o in mine if o.at is not None or o.state is DoseState.TAKEN]
    stated += [p.at for p in chart.now.parts if p.medication_id == medication.medication_id]
    stated += [i.at for i in chart.now.intakes if i.medication_id in (None, medication.medication_id)]
    if half > _A_DAY / 2:
        stated += _may_be_taken(chart, medication, new.since - half, new.since)
    earliest = max([new.since, *(at + half for at in stated)])
    return _without_a_dose_too_many(medication, new, earliest)


def _may_be_taken(chart: Chart, medication: Medication, start: datetime, end: datetime) -> list[datetime]:
    """The doses planned in [start, end) of which nobody said that they were left out.

    Where doses lie days apart, the day of change cannot guard against one that was taken in silence.
    """
    left_out = {
        outcome.due
        for outcome in chart.now.outcomes
        if outcome.medication_id == medication.medication_id and outcome.state in _LEFT_OUT
    }
    return [due for due, _ in planned(medication, start, end) if due not in left_out]


def _taken_by(draft: Draft, outcome: Outcome) -> datetime:
    """When it was taken; where nobody said when, the latest that it can have been: when it was told."""
    heard = (s.at for s in draft.chart.now.statements if s.statement_id == outcome.statement_id)
    return outcome.at or min(next(heard, draft.now), outcome.due + LATE_REPORT_LIMIT)


def _without_a_dose_too_many(medication: Medication, new: Regimen, earliest: datetime) -> datetime:
    """Let the day of change have no more doses than the fullest of its versions has on a whole day."""
    day = local_day(earliest, new.zone)
    start, end = (moment_of(d, DAY_BOUNDARY, new.zone) for d in (day, day + _A_DAY))
    until = min(new.since, end)
    before = sum(1 for _ in planned(medication, start, until))
    versions = [*_versions_of_day(medication, start, until), new]
    most = max(_whole_day(version, start, end) for version in versions)
    ahead = list(moments(new, earliest, end))
    surplus = len(ahead) - max(0, most - before)
    return earliest if surplus <= 0 else ahead[surplus - 1] + _NEXT_MINUTE


def _versions_of_day(medication: Medication, start: datetime, end: datetime) -> list[Regimen]:
    """The versions that govern some part of [start, end)."""
    versions = medication.regimens
    ends = [*(version.since for version in versions[1:]), end]
    return [v for v, until in zip(versions, ends, strict=True) if v.since < end and until > start]


def _whole_day(version: Regimen, start: datetime, end: datetime) -> int:
    return sum(1 for _ in moments(replace(version, since=start, not_before=start), start, end))


def _supersede(draft: Draft, doses: Sequence[Dose]) -> None:
    """Open doses of the old version end; nobody is paged about them any more. A told part stays told."""
    for dose in doses:
        part = dose.part
        outcome = Outcome(
            medication_id=dose.medication.medication_id,
            due=dose.due,
            state=DoseState.TAKEN if part else DoseState.SUPERSEDED,
            at=part.at if part else None,
            by=draft.command.speaker.kind,
            contact_id=draft.command.speaker.contact_id,
            how=How.PLAN,
            part=part.part if part else Decimal(0),
            statement_id=part.statement_id if part else None,
        )
        draft.add(DoseSettled(outcome=outcome, version=dose.regimen.version))
    close_answered(draft, None)


def discharge(draft: Draft, _: Discharge) -> Decision:
    """The patient leaves. Refused while a fall or a call for help is open."""
    question = draft.chart.now.question
    asked = question is not None and question.kind is QuestionKind.HELP
    if asked or any(a.urgent and not a.state.ended for a in draft.chart.now.alerts):
        raise FallOpenError
    draft.close(question, "discharged")
    for alert in draft.chart.now.alerts:
        if not alert.state.ended:
            draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.RESOLVED))
    draft.add(PatientDischarged())
    for message in draft.chart.now.messages:
        draft.add(MessageEnded(key=message.key, ended=Ended.DROPPED))
    return draft.decision(Reason.DISCHARGED)


def restored(draft: Draft, command: Restored) -> Decision:
    """After a restore: what was waiting when the backup was made is not sent again (fault 20)."""
    for message in draft.chart.now.messages:
        if message.queued_at <= command.made_at:
            draft.add(MessageEnded(key=message.key, ended=Ended.DROPPED))
    return draft.decision(Reason.RESTORED)
