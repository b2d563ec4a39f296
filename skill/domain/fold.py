"""Folding decisions into a chart. Never refuses: what the ledger holds has happened."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from skill.domain import events as ev
from skill.domain import fold_alerts, fold_doses
from skill.domain.alerts import KEPT_AFTER_END, Alert
from skill.domain.chart import (
    INTAKES_KEPT,
    INTAKES_KEPT_FOR,
    OPERATIONS_KEPT,
    OUTCOME_DAYS,
    OUTCOMES_KEPT,
    QUIET_OPERATIONS_KEPT,
    Chart,
)
from skill.domain.doses import Outcome
from skill.domain.intakes import Intake

ALERTS_KEPT_FOR = timedelta(hours=72)  # one that nobody ends stays at hand this long after it last moved
STANDING_ALERTS_KEPT = 32  # of those that nothing is waiting for
_QUIET = {ev.Reason.TIME_PASSED, ev.Reason.CLAIMED, ev.Reason.SETTLED, ev.Reason.NOTHING_TO_DO}


def fold(chart: Chart, decision: ev.Decision) -> Chart:
    """The chart after ``decision``. Pure; the same ledger gives the same chart."""
    for event in decision.events:
        chart = apply(chart, event, decision)
    return closed(chart, decision)


def closed(chart: Chart, decision: ev.Decision) -> Chart:
    """``chart``, which has all events of ``decision``, with what follows from the decision as a whole."""
    done = ev.Done(decision.operation, decision.reason, decision.facts, decision.asks)
    now, at = chart.now, decision.at
    return chart.with_now(
        outcomes=_recent_outcomes(now.outcomes, at),
        intakes=_recent_intakes(now.intakes, at),
        alerts=_needed(now.alerts, at),
        operations=_remembered(now.operations, done),
        entries=now.entries + 1,
        last_at=max(now.last_at or at, at),
    )


def fold_all(chart: Chart, decisions: Iterable[ev.Decision]) -> Chart:
    """``fold`` over a ledger from its first decision."""
    for decision in decisions:
        chart = fold(chart, decision)
    return chart


def apply(chart: Chart, event: ev.Event, decision: ev.Decision) -> Chart:
    """The chart after one event of ``decision``."""
    return _HANDLERS[type(event)](chart, event, decision)


# ---- what a chart keeps


def _recent_outcomes(outcomes: tuple[Outcome, ...], now: datetime) -> tuple[Outcome, ...]:
    oldest = now - OUTCOME_DAYS
    if len(outcomes) > OUTCOMES_KEPT or (outcomes and outcomes[0].due < oldest):
        return tuple(o for o in outcomes[-OUTCOMES_KEPT:] if o.due >= oldest)
    return outcomes


def _recent_intakes(intakes: tuple[Intake, ...], now: datetime) -> tuple[Intake, ...]:
    return tuple(i for i in intakes[-INTAKES_KEPT:] if i.at > now - INTAKES_KEPT_FOR)


def _needed(alerts: tuple[Alert, ...], now: datetime) -> tuple[Alert, ...]:
    kept = tuple(alert for alert in alerts if alert.next_at is not None or _at_hand(alert, now))
    surplus = len(kept) - STANDING_ALERTS_KEPT
    if surplus <= 0:
        return kept
    standing = [alert.alert_id for alert in kept if alert.next_at is None]
    return tuple(alert for alert in kept if alert.alert_id not in standing[:surplus])


def _at_hand(alert: Alert, now: datetime) -> bool:
    if alert.ended_at is not None:
        return now < alert.ended_at + KEPT_AFTER_END
    moved = [m for m in (alert.opened_at, alert.calmed_at, alert.acknowledged_at) if m is not None]
    return now < max(moved) + ALERTS_KEPT_FOR


def _remembered(operations: tuple[ev.Done, ...], done: ev.Done) -> tuple[ev.Done, ...]:
    """The last operations; what time and providers do never crowds out what people said."""
    if done.reason in _QUIET:
        quiet = [one for one in operations if one.reason in _QUIET]
        if len(quiet) >= QUIET_OPERATIONS_KEPT:
            operations = tuple(one for one in operations if one is not quiet[0])
    return (*operations[-(OPERATIONS_KEPT - 1) :], done)


# ---- the plan and time


def _profile(chart: Chart, event: ev.PatientEnrolled | ev.ProfileSet, _: ev.Decision) -> Chart:
    return chart.with_plan(patient=event.patient)


def _medication(chart: Chart, event: ev.MedicationSet, _: ev.Decision) -> Chart:
    new, all_now = event.medication, chart.plan.medications
    if chart.find_medication(new.medication_id) is None:
        return chart.with_plan(medications=(*all_now, new))
    return chart.with_plan(
        medications=tuple(new if m.medication_id == new.medication_id else m for m in all_now)
    )


def _care_team(chart: Chart, event: ev.CareTeamSet, _: ev.Decision) -> Chart:
    return chart.with_plan(care_team=event.contacts, ladders=event.ladders)


def _opted_out(chart: Chart, event: ev.ContactOptedOut, _: ev.Decision) -> Chart:
    team = tuple(
        contact.without(event.channel) if contact.contact_id == event.contact_id else contact
        for contact in chart.plan.care_team
    )
    return chart.with_plan(care_team=team)


def _discharged(chart: Chart, _: ev.PatientDischarged, decision: ev.Decision) -> Chart:
    return chart.with_plan(discharged_at=decision.at)


def _worked(chart: Chart, event: ev.TimeWorked, _: ev.Decision) -> Chart:
    return chart.with_now(worked_to=event.to)


_HANDLERS: dict[type, Callable[[Chart, Any, ev.Decision], Chart]] = {
    **fold_doses.HANDLERS,
    **fold_alerts.HANDLERS,
    ev.ContactOptedOut: _opted_out,
    ev.PatientEnrolled: _profile,
    ev.ProfileSet: _profile,
    ev.MedicationSet: _medication,
    ev.CareTeamSet: _care_team,
    ev.PatientDischarged: _discharged,
    ev.TimeWorked: _worked,
}
