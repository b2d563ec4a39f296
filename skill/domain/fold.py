"""Folding decisions into a chart. Never refuses: what the ledger holds has happened."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from skill.domain import events as ev
from skill.domain.alerts import KEPT_AFTER_END, Alert, AlertState
from skill.domain.chart import (
    INTAKES_KEPT_FOR,
    OPERATIONS_KEPT,
    OUTCOME_DAYS,
    OUTCOMES_KEPT,
    STATEMENTS_KEPT,
    Chart,
    Now,
    Statement,
    Touched,
)
from skill.domain.doses import DoseKey, DoseState, How, OpenPart, Outcome
from skill.domain.identity import AlertId, SpeakerKind, StatementId
from skill.domain.messages import Message, MessageKind

ZERO = Decimal(0)
ALERTS_KEPT_FOR = timedelta(hours=72)  # one that nobody ends stays at hand this long after it last moved


def fold(chart: Chart, decision: ev.Decision) -> Chart:
    """The chart after ``decision``. Pure; the same ledger gives the same chart."""
    for event in decision.events:
        chart = apply(chart, event, decision)
    done = ev.Done(decision.operation, decision.reason, decision.facts, decision.asks)
    now = chart.now
    return replace(
        chart,
        now=replace(
            now,
            outcomes=_recent_outcomes(now.outcomes, decision.at),
            intakes=tuple(i for i in now.intakes if i.at > decision.at - INTAKES_KEPT_FOR),
            alerts=tuple(a for a in now.alerts if _still_needed(a, decision.at)),
            operations=(*now.operations[-(OPERATIONS_KEPT - 1) :], done),
            entries=now.entries + 1,
        ),
    )


def apply(chart: Chart, event: ev.Event, decision: ev.Decision) -> Chart:
    """The chart after one event of ``decision``."""
    return _HANDLERS[type(event)](chart, event, decision)


def _recent_outcomes(outcomes: tuple[Outcome, ...], now: datetime) -> tuple[Outcome, ...]:
    oldest = now - OUTCOME_DAYS
    if len(outcomes) > OUTCOMES_KEPT or (outcomes and outcomes[0].due < oldest):
        return tuple(o for o in outcomes[-OUTCOMES_KEPT:] if o.due >= oldest)
    return outcomes


def _still_needed(alert: Alert, now: datetime) -> bool:
    if alert.ended_at is not None:
        return now < alert.ended_at + KEPT_AFTER_END
    if alert.next_at is not None or alert.state is AlertState.OPEN:
        return True
    return now < max(alert.acknowledged_at or alert.opened_at, alert.opened_at) + ALERTS_KEPT_FOR


def _now(chart: Chart, **changes: Any) -> Chart:  # noqa: ANN401 - fields of Now, checked by mypy at its birth
    return replace(chart, now=replace(chart.now, **changes))


def _plan(chart: Chart, **changes: Any) -> Chart:  # noqa: ANN401 - fields of Plan
    return replace(chart, plan=replace(chart.plan, **changes))


# ---- statements and doses


def _heard(chart: Chart, event: ev.StatementHeard, decision: ev.Decision) -> Chart:
    statement = Statement(
        statement_id=event.statement_id,
        kind=event.kind,
        words=event.words,
        by=decision.speaker.kind,
        contact_id=decision.speaker.contact_id,
        session=event.session,
        at=decision.at,
    )
    kept = tuple(s for s in chart.now.statements if s.statement_id != event.statement_id)
    return _now(chart, statements=(*kept[-(STATEMENTS_KEPT - 1) :], statement))


def _touch(now: Now, statement_id: StatementId | None, key: DoseKey) -> tuple[Statement, ...]:
    if statement_id is None:
        return now.statements
    before = next((o for o in now.outcomes if o.key == key), None)
    part = next((p for p in now.parts if p.key == key), None)
    touched = Touched(key.medication_id, key.due, before, part)
    return tuple(
        replace(s, touched=(*s.touched, touched))
        if s.statement_id == statement_id and all(t.key != key for t in s.touched)
        else s
        for s in now.statements
    )


def _with_outcome(outcomes: tuple[Outcome, ...], outcome: Outcome) -> tuple[Outcome, ...]:
    kept = [o for o in outcomes if o.key != outcome.key]
    at = len(kept)
    while at and kept[at - 1].due > outcome.due:
        at -= 1
    return (*kept[:at], outcome, *kept[at:])


def _settled(chart: Chart, event: ev.DoseSettled, _: ev.Decision) -> Chart:
    key = event.outcome.key
    return _now(
        chart,
        statements=_touch(chart.now, event.outcome.statement_id, key),
        outcomes=_with_outcome(chart.now.outcomes, event.outcome),
        parts=tuple(p for p in chart.now.parts if p.key != key),
    )


def _partly(chart: Chart, event: ev.DosePartlyTaken, _: ev.Decision) -> Chart:
    part = OpenPart(event.key.medication_id, event.key.due, event.part, event.at, event.statement_id)
    kept = tuple(p for p in chart.now.parts if p.key != event.key)
    return _now(chart, statements=_touch(chart.now, event.statement_id, event.key), parts=(*kept, part))


def _intake(chart: Chart, event: ev.IntakeRecorded, _: ev.Decision) -> Chart:
    intake = event.intake
    statements = tuple(
        replace(s, intakes=(*s.intakes, intake.intake_id)) if s.statement_id == intake.statement_id else s
        for s in chart.now.statements
    )
    return _now(chart, intakes=(*chart.now.intakes, intake), statements=statements)


def _undone(chart: Chart, event: ev.StatementUndone, decision: ev.Decision) -> Chart:
    statement = next((s for s in chart.now.statements if s.statement_id == event.statement_id), None)
    if statement is None:
        return chart
    keys = {touched.key for touched in statement.touched}
    outcomes = tuple(o for o in chart.now.outcomes if o.key not in keys)
    parts = tuple(p for p in chart.now.parts if p.key not in keys)
    for touched in statement.touched:
        if not event.restored:
            outcomes = _with_outcome(outcomes, _doubted(touched, decision.speaker.kind))
        elif touched.before is not None:
            outcomes = _with_outcome(outcomes, touched.before)
        if event.restored and touched.part_before is not None:
            parts = (*parts, touched.part_before)
    voided = statement.intakes if event.restored else ()
    return _now(
        chart,
        outcomes=outcomes,
        parts=parts,
        intakes=tuple(i for i in chart.now.intakes if i.intake_id not in voided),
        statements=tuple(replace(s, undone=True) if s is statement else s for s in chart.now.statements),
    )


def _doubted(touched: Touched, by: SpeakerKind) -> Outcome:
    return Outcome(
        medication_id=touched.medication_id,
        due=touched.due,
        state=DoseState.UNSURE,
        at=None,
        by=by,
        contact_id=None,
        how=How.OWN_WORDS,
        part=ZERO,
        statement_id=None,
    )


# ---- questions


def _asked(chart: Chart, event: ev.QuestionAsked, _: ev.Decision) -> Chart:
    return _now(chart, question=event.question)


def _question_closed(chart: Chart, event: ev.QuestionClosed, _: ev.Decision) -> Chart:
    question = chart.now.question
    return _now(chart, question=None) if question and question.question_id == event.question_id else chart


# ---- alerts


def _alert(chart: Chart, alert_id: AlertId, change: Callable[[Alert], Alert]) -> Chart:
    return _now(chart, alerts=tuple(change(a) if a.alert_id == alert_id else a for a in chart.now.alerts))


def _opened(chart: Chart, event: ev.AlertOpened, _: ev.Decision) -> Chart:
    return _now(chart, alerts=(*chart.now.alerts, event.alert))


def _joined(chart: Chart, event: ev.AlertJoined, _: ev.Decision) -> Chart:
    def join(alert: Alert) -> Alert:
        new = tuple(key for key in event.doses if key not in alert.doses)
        return replace(
            alert,
            doses=(*alert.doses, *new),
            joined=alert.joined + 1,
            next_at=event.next_at,
            last_round=event.last_round,
        )

    return _alert(chart, event.alert_id, join)


def _climbed(chart: Chart, event: ev.AlertClimbed, decision: ev.Decision) -> Chart:
    def climb(alert: Alert) -> Alert:
        paged_at = decision.at if event.paged else alert.paged_at
        return replace(
            alert, round=event.round, rung=event.rung, next_at=event.next_at, paged_at=paged_at, heard=False
        )

    return _alert(chart, event.alert_id, climb)


def _moved(chart: Chart, event: ev.AlertMoved, decision: ev.Decision) -> Chart:
    def move(alert: Alert) -> Alert:
        changes: dict[str, Any] = {"state": event.state, "next_at": event.next_at}
        if event.state is AlertState.ACKNOWLEDGED:
            changes |= {"acknowledged_by": event.by, "acknowledged_at": decision.at}
        elif event.state is AlertState.RESOLVED:
            changes |= {"closed_by": event.by, "ended_at": decision.at}
        elif event.state is AlertState.OPEN:
            changes |= {"acknowledged_by": None, "acknowledged_at": None, "follow_up_asked": False}
        return replace(alert, **changes)

    chart = _alert(chart, event.alert_id, move)
    if event.statement_id is None:
        return chart
    statements = tuple(
        replace(s, closed_alerts=(*s.closed_alerts, event.alert_id))
        if s.statement_id == event.statement_id
        else s
        for s in chart.now.statements
    )
    return _now(chart, statements=statements)


def _calmed(chart: Chart, event: ev.AlertCalmed, decision: ev.Decision) -> Chart:
    return _alert(chart, event.alert_id, lambda a: replace(a, calmed_at=decision.at, next_at=None))


def _follow_up_asked(chart: Chart, event: ev.FollowUpAsked, _: ev.Decision) -> Chart:
    return _alert(chart, event.alert_id, lambda a: replace(a, follow_up_asked=True, next_at=event.next_at))


def _follow_up_answered(chart: Chart, event: ev.FollowUpAnswered, _: ev.Decision) -> Chart:
    return _alert(chart, event.alert_id, lambda a: replace(a, spoken_with=True, next_at=None))


def _passed(chart: Chart, event: ev.PersonPassed, _: ev.Decision) -> Chart:
    return _alert(
        chart,
        event.alert_id,
        lambda a: replace(a, passed_by=(*a.passed_by, event.contact_id), next_at=event.next_at),
    )


# ---- messages


def _message(chart: Chart, key: str, change: Callable[[Message], Message]) -> Chart:
    return _now(chart, messages=tuple(change(m) if m.key == key else m for m in chart.now.messages))


def _queued(chart: Chart, event: ev.MessageQueued, _: ev.Decision) -> Chart:
    return _now(chart, messages=(*chart.now.messages, event.message))


def _claimed(chart: Chart, event: ev.MessageClaimed, decision: ev.Decision) -> Chart:
    def claim(message: Message) -> Message:
        return replace(
            message,
            attempt=message.attempt + 1,
            tries=message.tries + 1,
            lease_until=event.lease_until,
            claim=decision.operation,
            repeat=event.repeat,
        )

    message = chart.find_message(event.key)
    chart = _message(chart, event.key, claim)
    if message is None or message.contact_id is None:
        return chart
    told = message.contact_id
    return _now(
        chart,
        alerts=tuple(
            replace(a, told=(*a.told, told)) if a.alert_id in message.alert_ids and told not in a.told else a
            for a in chart.now.alerts
        ),
    )


def _delayed(chart: Chart, event: ev.MessageDelayed, _: ev.Decision) -> Chart:
    def delay(message: Message) -> Message:
        return replace(
            message,
            ready_at=event.ready_at,
            provider=event.provider,
            tries=event.tries,
            repeat=event.repeat,
            lease_until=None,
            claim=None,
        )

    return _message(chart, event.key, delay)


def _message_ended(chart: Chart, event: ev.MessageEnded, _: ev.Decision) -> Chart:
    message = chart.find_message(event.key)
    chart = _now(chart, messages=tuple(m for m in chart.now.messages if m.key != event.key))
    if message is None or message.kind is not MessageKind.PAGE or event.ended is not ev.Ended.ACCEPTED:
        return chart
    return _now(
        chart,
        alerts=tuple(
            replace(a, heard=True) if a.alert_id in message.alert_ids else a for a in chart.now.alerts
        ),
    )


def _opted_out(chart: Chart, event: ev.ContactOptedOut, _: ev.Decision) -> Chart:
    return _plan(
        chart,
        care_team=tuple(
            replace(
                c,
                addresses=tuple(
                    replace(a, opted_out=True) if a.channel is event.channel else a for a in c.addresses
                ),
            )
            if c.contact_id == event.contact_id
            else c
            for c in chart.plan.care_team
        ),
    )


# ---- the plan and time


def _profile(chart: Chart, event: ev.PatientEnrolled | ev.ProfileSet, _: ev.Decision) -> Chart:
    return _plan(chart, patient=event.patient)


def _medication(chart: Chart, event: ev.MedicationSet, _: ev.Decision) -> Chart:
    new = event.medication
    known = any(m.medication_id == new.medication_id for m in chart.plan.medications)
    if not known:
        return _plan(chart, medications=(*chart.plan.medications, new))
    return _plan(
        chart,
        medications=tuple(new if m.medication_id == new.medication_id else m for m in chart.plan.medications),
    )


def _care_team(chart: Chart, event: ev.CareTeamSet, _: ev.Decision) -> Chart:
    return _plan(chart, care_team=event.contacts, ladders=event.ladders)


def _discharged(chart: Chart, _: ev.PatientDischarged, decision: ev.Decision) -> Chart:
    return _plan(chart, discharged_at=decision.at)


def _skip_reason(chart: Chart, _: ev.SkipReasonGiven, __: ev.Decision) -> Chart:
    return chart  # a fact for the record; no later decision reads it


def _worked(chart: Chart, event: ev.TimeWorked, _: ev.Decision) -> Chart:
    return _now(chart, worked_to=event.to)


_HANDLERS: dict[type, Callable[[Chart, Any, ev.Decision], Chart]] = {
    ev.StatementHeard: _heard,
    ev.DoseSettled: _settled,
    ev.DosePartlyTaken: _partly,
    ev.SkipReasonGiven: _skip_reason,
    ev.IntakeRecorded: _intake,
    ev.StatementUndone: _undone,
    ev.QuestionAsked: _asked,
    ev.QuestionClosed: _question_closed,
    ev.AlertOpened: _opened,
    ev.AlertJoined: _joined,
    ev.AlertClimbed: _climbed,
    ev.AlertMoved: _moved,
    ev.AlertCalmed: _calmed,
    ev.FollowUpAsked: _follow_up_asked,
    ev.FollowUpAnswered: _follow_up_answered,
    ev.PersonPassed: _passed,
    ev.MessageQueued: _queued,
    ev.MessageClaimed: _claimed,
    ev.MessageDelayed: _delayed,
    ev.MessageEnded: _message_ended,
    ev.ContactOptedOut: _opted_out,
    ev.PatientEnrolled: _profile,
    ev.ProfileSet: _profile,
    ev.MedicationSet: _medication,
    ev.CareTeamSet: _care_team,
    ev.PatientDischarged: _discharged,
    ev.TimeWorked: _worked,
}


def fold_all(chart: Chart, decisions: Iterable[ev.Decision]) -> Chart:
    """``fold`` over a ledger from its first decision."""
    for decision in decisions:
        chart = fold(chart, decision)
    return chart
