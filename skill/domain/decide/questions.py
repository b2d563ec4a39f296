"""Answers to the question just asked, and what its silence means."""

from typing import assert_never

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import (
    Answer,
    AskWhetherHelp,
    EndSession,
    GiveSkipReason,
    Reply,
    SayWhichTime,
    Scope,
)
from skill.domain.decide.alerts import page
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find
from skill.domain.decide.record import ask, ask_to_check, hear, unscheduled, unsure
from skill.domain.decide.statements import read_back, said_no, write
from skill.domain.doses import Dose, How
from skill.domain.events import (
    Decision,
    Question,
    QuestionClosed,
    QuestionKind,
    Reason,
    SkipReasonGiven,
    StatementKind,
)
from skill.domain.identity import QuestionId, StatementId
from skill.domain.regimen import Group, closes
from skill.domain.timing import period_at

SILENCE = "silence"


def _open_question(draft: Draft, question_id: QuestionId | None) -> Question | None:
    question = draft.question()
    return question if question is not None and question.question_id == question_id else None


def answer(draft: Draft, command: Answer) -> Decision:
    """A short answer belongs to the last question only; to nothing, it writes nothing (H4)."""
    question = _open_question(draft, command.question)
    if question is None:
        hear(draft, StatementKind.ANSWER, command.reply.value)
        return draft.decision(Reason.YES_TO_NOTHING)
    if question.kind is QuestionKind.HELP:
        return _help_answered(draft, question, command.reply)
    statement_id = hear(draft, StatementKind.ANSWER, command.reply.value)
    match command.reply:
        case Reply.YES:
            return _yes(draft, question, statement_id)
        case Reply.NO:
            return _no(draft, question, statement_id)
        case Reply.SAME:
            if question.kind is not QuestionKind.DOUBLE:
                return _again(draft, question)
            _close(draft, question, command.reply.value)
            return draft.decision(Reason.NOTHING_CHANGED)
        case Reply.NOT_SURE:
            return _not_sure(draft, question, statement_id)
        case _:
            assert_never(command.reply)


def _close(draft: Draft, question: Question, reply: str) -> None:
    draft.add(QuestionClosed(question_id=question.question_id, answer=reply))


def _again(draft: Draft, question: Question) -> Decision:
    """Not an answer to this question: it stays open and is asked once more, in the same words."""
    return draft.decision(question.reason, question.told, asks=question.question_id)


def _doses(draft: Draft, question: Question) -> tuple[Dose, ...]:
    """The doses that the question was about and that may still be written."""
    found = find(draft.chart, Scope(doses=question.doses), draft.now, draft.now)
    return found.open + found.closed


def _yes(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    kind = question.kind
    if kind in (QuestionKind.DOUBLE, QuestionKind.WHICH_TIME):
        return _again(draft, question)
    _close(draft, question, Reply.YES.value)
    if kind is QuestionKind.SKIP_REASON:
        return draft.decision(Reason.SKIPPED_NOTED, question.told)
    doses = _doses(draft, question)
    if not doses:
        return draft.decision(Reason.NOTHING_CHANGED)
    written_before = question.kind in (QuestionKind.READ_BACK, QuestionKind.TIME)
    at = question.at if written_before and question.at is not None else draft.now
    how = question.how if written_before else How.YES
    if kind is QuestionKind.DUE and _mixed(doses):
        return read_back(draft, doses, statement_id, at, how)
    return write(
        draft,
        doses,
        at=at,
        how=how,
        statement_id=statement_id,
        part=question.part,
        time_stated=kind is QuestionKind.TIME,
        group=Group.EVERYTHING,
    )


def _mixed(doses: tuple[Dose, ...]) -> bool:
    solid = [closes(Group.PILLS, dose.medication.form) for dose in doses]
    critical = any(dose.medication.criticality.is_critical for dose in doses)
    return len(doses) > 1 and (critical or not all(solid))


def _no(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    kind = question.kind
    if kind in (QuestionKind.DOUBLE, QuestionKind.WHICH_TIME):
        return _again(draft, question)
    _close(draft, question, Reply.NO.value)
    match kind:
        case QuestionKind.CLOSED:
            return said_no(draft, question, statement_id)
        case QuestionKind.EARLIER:
            return unscheduled(draft, (), question.at or draft.now, statement_id)
        case QuestionKind.READ_BACK | QuestionKind.TIME:
            return draft.decision(Reason.NOT_WRITTEN, question.told)
        case QuestionKind.SKIP_REASON:
            return draft.decision(Reason.SKIPPED_NOTED, question.told)
        case _:
            return draft.decision(Reason.STAYS_OPEN, question.told)


def _not_sure(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    _close(draft, question, Reply.NOT_SURE.value)
    if question.kind is QuestionKind.SKIP_REASON:
        return draft.decision(Reason.SKIPPED_NOTED, question.told)
    if question.kind is QuestionKind.DOUBLE:
        return draft.decision(Reason.ASKED_TO_CHECK, ask_to_check(draft, Detail.UNSURE, question.doses))
    doses = _doses(draft, question)
    if not doses:
        return draft.decision(Reason.NOTHING_CHANGED)
    return draft.decision(Reason.UNSURE, unsure(draft, doses, statement_id))


def which_time(draft: Draft, command: SayWhichTime) -> Decision:
    """ "The morning one": chooses between the doses that were asked about, and only between those (S20)."""
    question = _open_question(draft, command.question)
    words = command.period.value if command.period else f"{command.wall:%H:%M}" if command.wall else "-"
    statement_id = hear(draft, StatementKind.ANSWER, words)
    if question is None or question.kind is not QuestionKind.WHICH_TIME:
        return draft.decision(Reason.YES_TO_NOTHING)
    zone = draft.chart.plan.patient.zone
    chosen = [
        dose
        for dose in _doses(draft, question)
        if (command.period is None or period_at(dose.due.astimezone(zone).time()) is command.period)
        and (command.wall is None or _same_face(dose, command))
    ]
    if len(chosen) != 1:
        return _again(draft, question)
    _close(draft, question, words)
    at = question.at or draft.now
    return write(draft, chosen, at=at, how=How.OWN_WORDS, statement_id=statement_id, part=question.part)


def _same_face(dose: Dose, command: SayWhichTime) -> bool:
    local = dose.due.astimezone(dose.regimen.zone).time()
    said = command.wall
    return said is not None and (
        said == local or (said.hour % 12, said.minute) == (local.hour % 12, local.minute)
    )


def skip_reason(draft: Draft, command: GiveSkipReason) -> Decision:
    """The optional reason, once asked for."""
    question = _open_question(draft, command.question)
    hear(draft, StatementKind.ANSWER, command.reason.value)
    if question is None or question.kind is not QuestionKind.SKIP_REASON:
        return draft.decision(Reason.YES_TO_NOTHING)
    for key in question.doses:
        draft.add(SkipReasonGiven(key=key, reason=command.reason.value))
    _close(draft, question, command.reason.value)
    return draft.decision(Reason.REASON_NOTED)


# ---- "help", and silence


def ask_whether_help(draft: Draft, _: AskWhetherHelp) -> Decision:
    """ "Help": do you need a person now? Nothing that was open is lost: its silence counts first."""
    question = draft.chart.now.question
    if question is not None and question.kind is not QuestionKind.HELP:
        answer_with_silence(draft, question)
    return ask(draft, QuestionKind.HELP, Reason.HELP_ASKED, {})


def _help_answered(draft: Draft, question: Question, reply: Reply) -> Decision:
    _close(draft, question, reply.value)
    if reply is Reply.NO:
        return draft.decision(Reason.NO_HELP_NEEDED)
    page(draft, AlertKind.HELP, Detail.NONE)
    return draft.decision(
        Reason.PAGED if any(m.urgent for m in draft.chart.now.messages) else Reason.NOBODY_TO_PAGE
    )


def end_session(draft: Draft, command: EndSession) -> Decision:
    """The conversation is over; an open question gets the meaning of its silence, not of a yes."""
    question = draft.question()
    if question is not None:
        if question.kind is QuestionKind.HELP and not command.silent:
            _close(draft, question, Reply.NO.value)
        else:
            answer_with_silence(draft, question)
    return draft.decision(Reason.SESSION_OVER)


def answer_with_silence(draft: Draft, question: Question) -> None:
    """What no answer means: help is sent, a possible second dose is checked, nothing is ever written as taken."""
    _close(draft, question, SILENCE)
    match question.kind:
        case QuestionKind.HELP:
            page(draft, AlertKind.HELP, Detail.ASKED_THEN_SILENT)
        case QuestionKind.DOUBLE:
            ask_to_check(draft, Detail.UNSURE, question.doses)
        case QuestionKind.EARLIER:
            _left_open(draft, question)
        case _:
            pass


def _left_open(draft: Draft, question: Question) -> None:
    """Something was taken, and nobody said which: recorded as not on the plan, and a helper is told."""
    if question.statement_id is not None:
        unscheduled(draft, (), question.at or draft.now, question.statement_id)
