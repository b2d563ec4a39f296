"""Questions: asking one, and what it means when nobody answers."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from skill.domain.alerts import AlertKind, Detail
from skill.domain.decide.calls import page
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find, keys
from skill.domain.decide.record import Telling, ask_to_check, statement_of, unscheduled
from skill.domain.doses import Dose
from skill.domain.events import Decision, Facts, Question, QuestionAsked, QuestionKind, Reason, Told
from skill.domain.identity import MedicationId, QuestionId, StatementId
from skill.domain.said import Scope

ANSWER_WITHIN = timedelta(minutes=2)
SILENCE, WENT_ON = "silence", "went on"


def ask(
    draft: Draft,
    kind: QuestionKind,
    reason: Reason,
    facts: Facts,
    *,
    doses: Sequence[Dose] = (),
    medications: tuple[MedicationId, ...] = (),
    telling: Telling | None = None,
) -> Decision:
    """Ask ``reason``, and nothing else any more. ``telling``: what a yes will write of ``doses``."""
    question = Question(
        question_id=QuestionId(draft.new_id("que")),
        kind=kind,
        session=draft.command.session,
        expires_at=draft.now + ANSWER_WITHIN,
        doses=keys(doses),
        medications=medications,
        reason=reason,
        told=Told(facts),
    )
    question = _with(question, telling) if telling is not None else question
    _give_way(draft, question)
    draft.add(QuestionAsked(question=question))
    return draft.decision(reason, facts, asks=question.question_id)


def _with(question: Question, telling: Telling) -> Question:
    return replace(
        question,
        statement_id=telling.statement_id,
        at=telling.at,
        part=telling.part,
        time_stated=telling.time_stated,
        uncertain=telling.uncertain,
        untimed=telling.untimed,
        how=telling.how,
        group=telling.group,
    )


def telling_of(question: Question, statement_id: StatementId) -> Telling:
    """What a yes to ``question`` writes, as the answer's own statement."""
    return Telling(
        statement_id=statement_id,
        at=question.at or question.expires_at - ANSWER_WITHIN,
        part=question.part,
        time_stated=question.time_stated,
        uncertain=question.uncertain,
        untimed=question.untimed,
        how=question.how,
        group=question.group,
    )


def _give_way(draft: Draft, new: Question) -> None:
    """The question that was open makes room. What its silence means still holds.

    But not when it is the same one again, nor when the same speaker, asked whether a person is needed,
    went on with something else: that was no silence (S2).
    """
    old = draft.chart.now.question
    if old is None:
        return
    went_on = old.session == new.session
    asked_again = old.kind is new.kind and old.doses == new.doses
    if went_on and (asked_again or old.kind is QuestionKind.HELP):
        draft.close(old, WENT_ON)
    else:
        answer_with_silence(draft, old)


def answer_with_silence(draft: Draft, question: Question) -> None:
    """What no answer means: help is sent, a possible second dose is checked, nothing is ever taken."""
    draft.close(question, SILENCE)
    if question.kind is QuestionKind.HELP:
        asked_at = question.expires_at - ANSWER_WITHIN
        page(draft, AlertKind.HELP, Detail.ASKED_THEN_SILENT, about=asked_at)
    elif question.kind in (QuestionKind.DOUBLE, QuestionKind.REMAINDER):
        ask_to_check(draft, Detail.UNSURE, question.doses)
    elif question.holds_intake:
        left_open(draft, question)
    elif question.kind in (QuestionKind.TIME, QuestionKind.READ_BACK):
        _told_of_what_is_over(draft, question)


def _told_of_what_is_over(draft: Draft, question: Question) -> None:
    """What is still open stays due, and its ladder asks; about what is over nobody else would (S1)."""
    found = find(draft.chart, Scope(doses=question.doses), draft.now, draft.now)
    over = found.closed + found.partly
    if over:
        ask_to_check(draft, Detail.UNSURE, keys(over))


def left_open(draft: Draft, question: Question) -> Decision:
    """Something was taken, and it was none of those: recorded as not on the plan, and a helper is told."""
    telling = telling_of(question, question.statement_id or statement_of(draft))
    reason, told = unscheduled(draft, question.medications, telling.at, telling.statement_id)
    return draft.decision(reason, told)
