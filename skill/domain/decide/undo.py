""" "That's wrong": taking back the last statement without ever asking for a second dose (S23)."""

from datetime import timedelta

from skill.domain.alerts import AlertKind, Detail
from skill.domain.chart import Statement
from skill.domain.commands import Scope, Undo
from skill.domain.decide.alerts import climb_due, open_or_join
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find, keys
from skill.domain.decide.messages import notice
from skill.domain.decide.record import ask_to_check, hear
from skill.domain.doses import Dose
from skill.domain.events import Decision, QuestionClosed, Reason, StatementKind, StatementUndone
from skill.domain.identity import SpeakerKind
from skill.domain.ladders import LadderKind
from skill.domain.messages import MessageKind

RESTORED_WITHIN = timedelta(minutes=2)
_NOT_UNDONE = {StatementKind.UNDO, StatementKind.REMARK, StatementKind.NOT_YET}
_VOICES = {SpeakerKind.PATIENT, SpeakerKind.SOMEONE}


def undo(draft: Draft, _: Undo) -> Decision:
    """Void the speaker's last statement that wrote something.

    Within two minutes and the same session the former state holds again; later its doses are unsure,
    which is not prompted, and a helper is asked to check. Falls and calls for help are never touched.
    """
    last = _last_statement(draft)
    question = draft.question()
    hear(draft, StatementKind.UNDO, last.words if last else "nothing")
    if question is not None:
        draft.add(QuestionClosed(question_id=question.question_id, answer="wrong"))
    if last is None:
        return draft.decision(Reason.NOT_WRITTEN if question is not None else Reason.NOTHING_TO_UNDO)
    same_session = last.session == draft.command.session
    restored = same_session and draft.now - last.at <= RESTORED_WITHIN
    draft.add(StatementUndone(statement_id=last.statement_id, restored=restored))
    _correct(draft, last)
    touched = tuple(touch.key for touch in last.touched)
    if restored:
        open_again = find(draft.chart, Scope(doses=touched), draft.now, draft.now).due if touched else ()
        _ask_again(draft, open_again)
        return draft.decision(Reason.UNDONE, {"count": len(touched)})
    told = ask_to_check(draft, Detail.UNSURE, touched)
    return draft.decision(Reason.UNDONE_UNSURE, {"count": len(touched), **told})


def _last_statement(draft: Draft) -> Statement | None:
    speaker = draft.command.speaker
    for statement in reversed(draft.chart.now.statements):
        if statement.undone or statement.kind in _NOT_UNDONE or not (statement.touched or statement.intakes):
            continue
        if statement.by is speaker.kind and statement.contact_id == speaker.contact_id:
            return statement
        if statement.by in _VOICES and speaker.kind in _VOICES and statement.session == draft.command.session:
            return statement
    return None


def _correct(draft: Draft, statement: Statement) -> None:
    """Those who got the all-clear hear that it was taken back."""
    for alert_id in statement.closed_alerts:
        alert = draft.chart.find_alert(alert_id)
        if alert is not None and alert.kind is AlertKind.DOSE:
            notice(draft, MessageKind.CORRECTION, alert, alert.told)


def _ask_again(draft: Draft, doses: tuple[Dose, ...]) -> None:
    """Doses that are open again past their first wait have an alert again."""
    for kind in LadderKind:
        ladder = draft.chart.find_ladder(kind)
        chosen = [
            dose
            for dose in doses
            if ladder is not None
            and LadderKind.of(dose.medication.criticality) is kind
            and draft.now >= dose.due + ladder.speed
        ]
        if chosen:
            open_or_join(
                draft,
                AlertKind.DOSE,
                kind,
                detail=Detail.NO_WORD,
                about=min(dose.due for dose in chosen),
                doses=keys(chosen),
            )
    climb_due(draft)
