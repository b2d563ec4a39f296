"""Answers to the question just asked. They belong to that one, and to no other (H4)."""

from typing import assert_never

from msgspec.structs import replace

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import Answer, AskWhetherHelp, EndSession, GiveSkipReason, SayWhichTime
from skill.domain.decide.asking import answer_with_silence, ask, left_open, telling_of
from skill.domain.decide.calls import page, said_of_page
from skill.domain.decide.confirm import any_critical, read_back, read_time, write
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find
from skill.domain.decide.record import Telling, ask_to_check, hear, unsure
from skill.domain.decide.statements import said_no
from skill.domain.doses import Dose, How
from skill.domain.events import Decision, Question, QuestionKind, Reason, SkipReasonGiven, StatementKind
from skill.domain.identity import QuestionId, StatementId
from skill.domain.regimen import Group, closes
from skill.domain.said import Reply, Scope

# What was said before these were asked is what a yes writes; a yes to the others is the statement itself.
_ALREADY_SAID = (QuestionKind.READ_BACK, QuestionKind.TIME)
_OF_WRITTEN = (QuestionKind.DOUBLE, QuestionKind.REMAINDER)  # about what is written down as taken
_CHOICES = (QuestionKind.DOUBLE, QuestionKind.WHICH_TIME)  # neither yes nor no answers them


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
            if question.kind not in _OF_WRITTEN:
                return _again(draft, question)
            draft.close(question, command.reply.value)
            return draft.decision(Reason.NOTHING_CHANGED)
        case Reply.NOT_SURE:
            return _not_sure(draft, question, statement_id)
        case _:
            assert_never(command.reply)


def _again(draft: Draft, question: Question) -> Decision:
    """Not an answer to this question: it stays open and is asked once more, in the same words."""
    return draft.decision(question.reason, question.told, asks=question.question_id)


def _doses(draft: Draft, question: Question) -> tuple[Dose, ...]:
    """The doses that the question was about and that may still be written."""
    found = find(draft.chart, Scope(doses=question.doses), draft.now, draft.now)
    return found.open + found.closed + found.partly


def _yes(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    kind = question.kind
    if kind in _CHOICES:
        return _again(draft, question)
    draft.close(question, Reply.YES.value)
    if kind is QuestionKind.SKIP_REASON:
        return draft.decision(Reason.SKIPPED_NOTED, question.told)
    if not question.doses:
        return left_open(draft, question)
    doses = _doses(draft, question)
    if not doses:
        return draft.decision(Reason.NOTHING_CHANGED)
    telling = _told_by_yes(draft, question, statement_id)
    if telling.uncertain:
        return read_time(draft, doses, telling)
    if kind in (QuestionKind.DUE, QuestionKind.TIME) and telling.part is None and _mixed(doses):
        return read_back(draft, doses, telling)
    return write(draft, doses, telling)


def _told_by_yes(draft: Draft, question: Question, statement_id: StatementId) -> Telling:
    telling = telling_of(question, statement_id)
    if question.kind in _ALREADY_SAID:
        return replace(telling, uncertain=False)
    if question.kind in (QuestionKind.EARLIER, QuestionKind.REMAINDER):
        return replace(telling, how=How.YES, untimed=telling.untimed or not telling.time_stated)
    untimed = question.kind is QuestionKind.CLOSED
    return Telling(
        statement_id=statement_id, at=draft.now, untimed=untimed, how=How.YES, group=question.group
    )


def _mixed(doses: tuple[Dose, ...]) -> bool:
    solid = [closes(Group.PILLS, dose.medication.form) for dose in doses]
    return len(doses) > 1 and (any_critical(doses) or not all(solid))


def _no(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    kind = question.kind
    if kind in _CHOICES:
        return _again(draft, question)
    draft.close(question, Reply.NO.value)
    match kind:
        case QuestionKind.CLOSED:
            return said_no(draft, question, statement_id)
        case QuestionKind.EARLIER:
            return left_open(draft, question)
        case QuestionKind.REMAINDER:
            return draft.decision(Reason.NOTHING_CHANGED)
        case QuestionKind.TIME if not question.doses:
            return left_open(draft, replace(question, at=draft.now))
        case QuestionKind.READ_BACK | QuestionKind.TIME:
            return draft.decision(Reason.NOT_WRITTEN, question.told)
        case QuestionKind.SKIP_REASON:
            return draft.decision(Reason.SKIPPED_NOTED, question.told)
        case _:
            return draft.decision(Reason.STAYS_OPEN, question.told)


def _not_sure(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    draft.close(question, Reply.NOT_SURE.value)
    if question.kind is QuestionKind.SKIP_REASON:
        return draft.decision(Reason.SKIPPED_NOTED, question.told)
    if question.kind in _OF_WRITTEN:
        return draft.decision(Reason.ASKED_TO_CHECK, ask_to_check(draft, Detail.UNSURE, question.doses))
    if not question.doses:
        return left_open(draft, question)
    doses = tuple(dose for dose in _doses(draft, question) if not dose.partly)
    if not doses:
        return draft.decision(Reason.NOTHING_CHANGED)
    return draft.decision(Reason.UNSURE, unsure(draft, doses, statement_id))


def which_time(draft: Draft, command: SayWhichTime) -> Decision:
    """ "The morning one": chooses between the doses that were asked about, and no others (S20)."""
    question = _open_question(draft, command.question)
    words = command.period.value if command.period else f"{command.wall:%H:%M}" if command.wall else "-"
    statement_id = hear(draft, StatementKind.ANSWER, words)
    if question is None or question.kind is not QuestionKind.WHICH_TIME:
        return draft.decision(Reason.YES_TO_NOTHING)
    scope = Scope(doses=question.doses, period=command.period, wall=command.wall)
    found = find(draft.chart, scope, draft.now, draft.now)
    chosen = found.open + found.closed
    if not chosen or len({dose.medication.medication_id for dose in chosen}) < len(chosen):
        return _again(draft, question)
    draft.close(question, words)
    telling = telling_of(question, statement_id)
    if telling.uncertain:
        return read_time(draft, chosen, telling)
    if telling.part is None and _mixed(chosen):
        return read_back(draft, chosen, telling)
    return write(draft, chosen, telling)


def skip_reason(draft: Draft, command: GiveSkipReason) -> Decision:
    """The optional reason, once asked for."""
    question = _open_question(draft, command.question)
    hear(draft, StatementKind.ANSWER, command.reason.value)
    if question is None or question.kind is not QuestionKind.SKIP_REASON:
        return draft.decision(Reason.YES_TO_NOTHING)
    for key in question.doses:
        draft.add(SkipReasonGiven(key=key, reason=command.reason.value))
    draft.close(question, command.reason.value)
    return draft.decision(Reason.REASON_NOTED)


# ---- "help", and silence


def ask_whether_help(draft: Draft, _: AskWhetherHelp) -> Decision:
    """ "Help": do you need a person now? Nothing that was open is lost: its silence counts first."""
    return ask(draft, QuestionKind.HELP, Reason.HELP_ASKED, {})


def _help_answered(draft: Draft, question: Question, reply: Reply) -> Decision:
    draft.close(question, reply.value)
    if reply is Reply.NO:
        return draft.decision(Reason.NO_HELP_NEEDED)
    page(draft, AlertKind.HELP, Detail.NONE)
    return draft.decision(said_of_page(draft))


def end_session(draft: Draft, command: EndSession) -> Decision:
    """The conversation is over; an open question gets the meaning of its silence, not of a yes."""
    question = draft.question()
    if question is not None and question.kind is QuestionKind.HELP and not command.silent:
        draft.close(question, Reply.NO.value)
    elif question is not None:
        answer_with_silence(draft, question)
    return draft.decision(Reason.SESSION_OVER)
