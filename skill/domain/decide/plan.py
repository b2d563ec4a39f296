"""The plan: who, what, when from. A change makes a new version; the past keeps the old one."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never

from skill.domain.alerts import AlertState
from skill.domain.chart import Chart
from skill.domain.commands import (
    AddMedication,
    ChangePlan,
    Discharge,
    Enrol,
    Restored,
    SetCareTeam,
    SetProfile,
    Start,
)
from skill.domain.decide.alerts import close_answered
from skill.domain.decide.draft import Draft
from skill.domain.doses import DoseState, How, Outcome
from skill.domain.events import (
    AlertMoved,
    CareTeamSet,
    Decision,
    DoseSettled,
    Ended,
    MedicationSet,
    MessageEnded,
    PatientDischarged,
    PatientEnrolled,
    ProfileSet,
    Reason,
)
from skill.domain.identity import ContactId, MedicationId
from skill.domain.ladders import Ladder
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import (
    DAY_BOUNDARY,
    local_day,
    moment_of,
    moments,
    next_day_boundary,
    planned,
    shortest_gap,
)
from skill.errors import InvalidError, RefusedError

MOST_MEDICATIONS = 48
_OLD_VERSIONS_KEPT_FOR = timedelta(days=15)  # longer than any outcome stays in the chart
_A_DAY = timedelta(days=1)
_NEXT_MINUTE = timedelta(minutes=1)


class FallOpenError(RefusedError):
    """A fall or a call for help is open; first a person has to answer it."""

    key = "error.fall_open"


def enrol(draft: Draft, command: Enrol) -> Decision:
    draft.add(PatientEnrolled(patient=command.patient))
    return draft.decision(Reason.PLAN_SET)


def set_profile(draft: Draft, command: SetProfile) -> Decision:
    """Name, languages, where prompts go. A lasting change of zone is a change of every plan: not by this door."""
    if command.patient.patient_id != draft.chart.plan.patient.patient_id:
        raise InvalidError("patient", "cannot become another patient")
    if command.patient.zone != draft.chart.plan.patient.zone:
        raise InvalidError("zone", "stays as it is: change the plan of each medicine instead")
    draft.add(ProfileSet(patient=command.patient))
    return draft.decision(Reason.PLAN_SET)


def add_medication(draft: Draft, command: AddMedication) -> Decision:
    """A new medicine; its first moment is the first that lies ahead."""
    chart, new = draft.chart, command.medication
    if chart.find_medication(new.medication_id) is not None:
        raise InvalidError("medication", "is already on the list")
    if len(chart.plan.medications) >= MOST_MEDICATIONS:
        raise InvalidError("medication", f"there may be at most {MOST_MEDICATIONS} on the list")
    if new.given_by is not None:
        chart.get_contact(new.given_by)
    if not command.phases:
        raise InvalidError("times", "a medicine needs at least one time")
    regimen = Regimen(
        version=1,
        since=draft.now,
        not_before=draft.now,
        zone=chart.plan.patient.zone,
        phases=command.phases,
    )
    draft.add(MedicationSet(medication=replace(new, regimens=(regimen,))))
    return draft.decision(Reason.PLAN_SET)


def change_plan(draft: Draft, command: ChangePlan) -> Decision:
    """A new version of a regimen, from the next day boundary unless chosen otherwise (design §3).

    It prompts nothing before ``since``, nothing closer to the last stated intake than half the
    shorter interval, and on the day of change no more than one of the versions would.
    """
    medication = draft.chart.get_medication(command.medication_id)
    last = medication.regimens[-1]
    since = _start(draft, medication, command)
    kept = tuple(v for v in _pruned(medication, draft.now) if v.since < since)  # a later one never began
    new = Regimen(
        version=last.version + 1, since=since, not_before=since, zone=last.zone, phases=command.phases
    )
    if command.phases and kept:
        new = replace(new, not_before=_not_before(draft.chart, replace(medication, regimens=kept), new))
    draft.add(MedicationSet(medication=replace(medication, regimens=(*kept, new))))
    if since <= draft.now:
        _supersede(draft, medication.medication_id)
    return draft.decision(Reason.PLAN_SET, {"version": new.version, "since": since})


def _start(draft: Draft, medication: Medication, command: ChangePlan) -> datetime:
    zone = draft.chart.plan.patient.zone
    if not command.phases:
        return draft.now  # a stop waits for nothing
    match command.start:
        case Start.NOW:
            return draft.now
        case Start.NEXT_DAY:
            return next_day_boundary(draft.now, zone)
        case Start.NEXT_DOSE:
            ahead = planned(medication, draft.now, draft.now + timedelta(days=14))
            return next((due for due, _ in ahead), draft.now)
        case _:
            assert_never(command.start)


def _pruned(medication: Medication, now: datetime) -> tuple[Regimen, ...]:
    """The versions that a dose still in the chart may belong to, and the last one always."""
    versions = medication.regimens
    return tuple(
        version
        for index, version in enumerate(versions)
        if index + 1 == len(versions) or versions[index + 1].since > now - _OLD_VERSIONS_KEPT_FOR
    )


def _not_before(chart: Chart, medication: Medication, new: Regimen) -> datetime:
    """The earliest moment from which the new version may prompt."""
    old = medication.regimens[-1]
    day = local_day(new.since, new.zone)
    half = min(shortest_gap(old, day), shortest_gap(new, day)) / 2
    stated = [
        o.at for o in chart.now.outcomes if o.medication_id == medication.medication_id and o.at is not None
    ]
    stated += [i.at for i in chart.now.intakes if i.medication_id == medication.medication_id]
    earliest = max([new.since, *(at + half for at in stated)])
    return _without_a_dose_too_many(medication, new, earliest)


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


def _supersede(draft: Draft, medication_id: MedicationId) -> None:
    """Open doses of the old version end; nobody is paged about them any more."""
    for dose in list(draft.chart.doses(draft.now - _A_DAY, draft.now)):
        if dose.medication.medication_id == medication_id and dose.due_at(draft.now):
            outcome = Outcome(
                medication_id=medication_id,
                due=dose.due,
                state=DoseState.SUPERSEDED,
                at=dose.part.at if dose.part else None,
                by=draft.command.speaker.kind,
                contact_id=draft.command.speaker.contact_id,
                how=How.PLAN,
                part=dose.part.part if dose.part else Decimal(0),
                statement_id=None,
            )
            draft.add(DoseSettled(outcome=outcome, version=dose.regimen.version))
    close_answered(draft, None, draft.now)


def set_care_team(draft: Draft, command: SetCareTeam) -> Decision:
    """The care team and its ladders; every rung names people of the team, and no ladder is empty."""
    known = {contact.contact_id for contact in command.contacts}
    if len(known) != len(command.contacts):
        raise InvalidError("contacts", "names each person once")
    for ladder in command.ladders:
        _check_people(ladder, known)
    kinds = [ladder.kind for ladder in command.ladders]
    if len(set(kinds)) != len(kinds):
        raise InvalidError("ladders", "has one ladder for each kind")
    givers = {m.given_by for m in draft.chart.active() if m.given_by is not None and not m.stopped}
    if not givers <= known:
        raise InvalidError(
            "contacts", "somebody who gives a medicine cannot be removed: change the medicine first"
        )
    draft.add(CareTeamSet(contacts=command.contacts, ladders=command.ladders))
    return draft.decision(Reason.PLAN_SET)


def _check_people(ladder: Ladder, known: set[ContactId]) -> None:
    if not set(ladder.people()) <= known:
        raise InvalidError("ladder", "names somebody who is not on the care team")


def discharge(draft: Draft, _: Discharge) -> Decision:
    """The patient leaves. Refused while a fall or a call for help is open."""
    if any(a.urgent and not a.state.ended for a in draft.chart.now.alerts):
        raise FallOpenError
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
