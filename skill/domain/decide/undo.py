""" "That's wrong": taking back the last statement without ever asking for a second dose (S23)."""

from collections.abc import Sequence
from datetime import timedelta

from skill.domain.alerts import NEVER_SENT_AFTER, Detail
from skill.domain.chart import STATEMENTS_KEPT, Chart, Statement
from skill.domain.commands import Undo
from skill.domain.decide.alerts import climb_due
from skill.domain.decide.asking import answer_with_silence, left_open
from skill.domain.decide.dose_alerts import Silent, ask_about
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import notice
from skill.domain.decide.record import ask_to_check, hear
from skill.domain.doses import DoseKey
from skill.domain.events import Decision, Question, QuestionKind, Reason, StatementKind, StatementUndone
from skill.domain.identity import SpeakerKind
from skill.domain.ladders import LadderKind
from skill.domain.messages import MessageKind
from skill.domain.timing import LATE_REPORT_LIMIT

RESTORED_WITHIN = timedelta(minutes=2)
_VOICES = {SpeakerKind.PATIENT, SpeakerKind.SOMEONE}
# Nothing is written yet of what these ask about, so "that's wrong" is said of the question.
_NOT_WRITTEN_YET = {
    QuestionKind.DUE,
    QuestionKind.CLOSED,
    QuestionKind.READ_BACK,
    QuestionKind.TIME,
    QuestionKind.WHICH_TIME,
    QuestionKind.EARLIER,
}


def undo(draft: Draft, _: Undo) -> Decision:
    """Void the speaker's last statement that wrote something.

    Within two minutes and the same session the former state holds again; later its doses are unsure,
    which is not prompted, and a helper is asked to check. Falls and calls for help are never touched.
    """
    question = draft.question()
    if question is not None and question.kind in _NOT_WRITTEN_YET:
        return _of_question(draft, question)
    last = _last_statement(draft)
    hear(draft, StatementKind.UNDO, last.words if last else "nothing")
    if question is not None and question.kind in (QuestionKind.DOUBLE, QuestionKind.REMAINDER):
        answer_with_silence(draft, question)  # whether there was a second one is still not known
    elif question is not None and question.kind is not QuestionKind.HELP:
        draft.close(question, StatementKind.UNDO.value)
    if last is None:
        return draft.decision(Reason.NOTHING_TO_UNDO)
    return _take_back(draft, last)


def _of_question(draft: Draft, question: Question) -> Decision:
    """What was about to be written is not. But an intake that was told stays told."""
    hear(draft, StatementKind.UNDO, "question")
    draft.close(question, StatementKind.UNDO.value)
    if question.holds_intake:
        return left_open(draft, question)
    return draft.decision(Reason.NOT_WRITTEN, question.told)


def _take_back(draft: Draft, last: Statement) -> Decision:
    in_time = draft.now - last.at <= RESTORED_WITHIN
    restored = last.session == draft.command.session and in_time
    doses = _still_its(draft.chart, last)
    draft.add(StatementUndone(statement_id=last.statement_id, restored=restored, doses=doses))
    _correct(draft, last)
    if restored:
        _ask_again(draft, doses)
        return draft.decision(Reason.UNDONE, {"count": len(doses)})
    told = ask_to_check(draft, Detail.UNSURE, doses)
    return draft.decision(Reason.UNDONE_UNSURE, {"count": len(doses), **told})


def _last_statement(draft: Draft) -> Statement | None:
    speaker = draft.command.speaker
    for statement in reversed(draft.chart.now.statements[-STATEMENTS_KEPT:]):
        said = bool(_still_its(draft.chart, statement) or statement.intakes)
        if statement.undone or not said or draft.now - statement.at > LATE_REPORT_LIMIT:
            continue
        if statement.by is speaker.kind and statement.contact_id == speaker.contact_id:
            return statement
        if statement.by in _VOICES and speaker.kind in _VOICES and statement.session == draft.command.session:
            return statement
    return None


def _still_its(chart: Chart, statement: Statement) -> tuple[DoseKey, ...]:
    """The doses of which it is still the last word: what somebody has said since is not taken back."""
    told = [o.key for o in chart.now.outcomes if o.statement_id == statement.statement_id]
    told += [p.key for p in chart.now.parts if p.statement_id == statement.statement_id]
    return tuple(touched.key for touched in statement.touched if touched.key in told)


def _correct(draft: Draft, statement: Statement) -> None:
    """Those who got the all-clear hear that it was taken back."""
    for alert_id in statement.closed_alerts:
        alert = draft.chart.find_alert(alert_id)
        if alert is not None:
            notice(draft, MessageKind.CORRECTION, alert, alert.told)


def _ask_again(draft: Draft, keys: Sequence[DoseKey]) -> None:
    """Doses about which nobody has spoken any more, and whose first wait has passed, have an alert again."""
    silent = []
    for dose in map(draft.chart.dose, keys):
        if dose is None or dose.spoken_of or dose.part is not None:
            continue
        ladder = draft.chart.find_ladder(LadderKind.of(dose.medication.criticality))
        if ladder is not None and ladder.speed <= draft.now - dose.due <= NEVER_SENT_AFTER:
            silent.append(Silent(dose=dose, outage=False))
    ask_about(draft, silent)
    climb_due(draft)
