"""How events about statements, doses, intakes and questions change a chart."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from skill.domain import events as ev
from skill.domain.chart import STATEMENTS_KEPT, Chart, Now, Statement, Touched
from skill.domain.doses import DoseKey, DoseState, How, OpenPart, Outcome
from skill.domain.identity import SpeakerKind, StatementId
from skill.domain.timing import LATE_REPORT_LIMIT
from skill.domain.unnamed import SomebodySaid, SpeakerTold

_NONE_OF_IT = Decimal(0)
_due = attrgetter("due")


def _heard(chart: Chart, event: ev.StatementHeard, decision: ev.Decision) -> Chart:
    statement = Statement(
        statement_id=event.statement_id,
        kind=event.kind,
        words=event.words,
        by=decision.speaker.kind,
        contact_id=decision.speaker.contact_id,
        session=event.session,
        at=decision.at,
        device=event.device,
    )
    chart = _named(chart, event.statement_id)
    return chart.with_now(statements=(*chart.now.statements[-STATEMENTS_KEPT:], statement))


def _somebody_said(chart: Chart, event: SomebodySaid, _: ev.Decision) -> Chart:
    return chart.with_now(unnamed=(*chart.now.unnamed, event.unnamed))


def _speaker_told(chart: Chart, event: SpeakerTold, _: ev.Decision) -> Chart:
    return _named(chart, event.statement_id)


def _named(chart: Chart, statement_id: StatementId) -> Chart:
    """``chart``, in which this statement waits for a name no more."""
    if not chart.now.unnamed:
        return chart
    return chart.with_now(unnamed=tuple(u for u in chart.now.unnamed if u.statement_id != statement_id))


def _touch(now: Now, statement_id: StatementId | None, key: DoseKey) -> tuple[Statement, ...]:
    """The statements, the one that changes ``key`` with its former state: what an undo goes back to."""
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
    start = bisect_left(outcomes, outcome.due, key=_due)
    end = bisect_right(outcomes, outcome.due, key=_due)
    others = [o for o in outcomes[start:end] if o.medication_id != outcome.medication_id]
    return (*outcomes[:start], *others, outcome, *outcomes[end:])


def _settled(chart: Chart, event: ev.DoseSettled, decision: ev.Decision) -> Chart:
    key = event.outcome.key
    return chart.with_now(
        unsaid=_unsaid(chart.now, event.outcome, decision.at),
        statements=_touch(chart.now, event.outcome.statement_id, key),
        outcomes=_with_outcome(chart.now.outcomes, event.outcome),
        parts=tuple(p for p in chart.now.parts if p.key != key),
    )


def _unsaid(now: Now, outcome: Outcome, at: datetime) -> tuple[DoseKey, ...]:
    """What a helper wrote is news for the patient until it is said, or until somebody writes otherwise."""
    kept = tuple(k for k in now.unsaid if k != outcome.key and k.due > at - LATE_REPORT_LIMIT)
    return (*kept, outcome.key) if outcome.by is SpeakerKind.CONTACT else kept


def _helper_named(chart: Chart, event: ev.HelperNamed, _: ev.Decision) -> Chart:
    return chart.with_now(unsaid=tuple(key for key in chart.now.unsaid if key not in event.doses))


def _partly(chart: Chart, event: ev.DosePartlyTaken, _: ev.Decision) -> Chart:
    part = OpenPart(event.key.medication_id, event.key.due, event.part, event.at, event.statement_id)
    kept = tuple(p for p in chart.now.parts if p.key != event.key)
    return chart.with_now(statements=_touch(chart.now, event.statement_id, event.key), parts=(*kept, part))


def _intake(chart: Chart, event: ev.IntakeRecorded, _: ev.Decision) -> Chart:
    intake = event.intake
    statements = tuple(
        replace(s, intakes=(*s.intakes, intake.intake_id)) if s.statement_id == intake.statement_id else s
        for s in chart.now.statements
    )
    return chart.with_now(intakes=(*chart.now.intakes, intake), statements=statements)


def _undone(chart: Chart, event: ev.StatementUndone, decision: ev.Decision) -> Chart:
    statement = next((s for s in chart.now.statements if s.statement_id == event.statement_id), None)
    if statement is None:
        return chart
    touched = [t for t in statement.touched if t.key in event.doses]
    outcomes = tuple(o for o in chart.now.outcomes if o.key not in event.doses)
    parts = [p for p in chart.now.parts if p.key not in event.doses]
    for touch in touched:
        before = touch.before if event.restored else _doubted(touch, decision.speaker.kind)
        outcomes = _with_outcome(outcomes, before) if before is not None else outcomes
        if event.restored and touch.part_before is not None:
            parts.append(touch.part_before)
    voided = statement.intakes if event.restored else ()
    return chart.with_now(
        outcomes=outcomes,
        parts=tuple(parts),
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
        part=_NONE_OF_IT,
        statement_id=None,
    )


def _skip_reason(chart: Chart, _: ev.SkipReasonGiven, __: ev.Decision) -> Chart:
    return chart  # a fact for the record; no later decision reads it


def _asked(chart: Chart, event: ev.QuestionAsked, _: ev.Decision) -> Chart:
    return chart.with_now(question=event.question)


def _question_closed(chart: Chart, event: ev.QuestionClosed, _: ev.Decision) -> Chart:
    question = chart.now.question
    return chart.with_now(question=None) if question and question.question_id == event.question_id else chart


HANDLERS: dict[type, Callable[[Chart, Any, ev.Decision], Chart]] = {
    ev.StatementHeard: _heard,
    SomebodySaid: _somebody_said,
    SpeakerTold: _speaker_told,
    ev.DoseSettled: _settled,
    ev.DosePartlyTaken: _partly,
    ev.SkipReasonGiven: _skip_reason,
    ev.IntakeRecorded: _intake,
    ev.StatementUndone: _undone,
    ev.HelperNamed: _helper_named,
    ev.QuestionAsked: _asked,
    ev.QuestionClosed: _question_closed,
}
