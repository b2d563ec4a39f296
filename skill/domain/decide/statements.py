"""What the patient says about taking, besides "I took them": each statement is kept as a fact."""

from msgspec.structs import replace

from skill.domain.commands import DontRemember, MakeRemark, SayNotYet, SkipDoses, TakeAgain
from skill.domain.decide.alerts import climb_due
from skill.domain.decide.asking import WENT_ON, ask, left_open
from skill.domain.decide.confirm import ABOUT_DOSES, narrowed, said_just_now
from skill.domain.decide.dose_alerts import close_answered, hand_over, tell_skips
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import Found, find, keys, last_packet, latest
from skill.domain.decide.record import about, as_written, extra, hear, settled, unscheduled, unsure, words_of
from skill.domain.doses import DoseState
from skill.domain.events import Decision, Facts, Question, QuestionKind, Reason, StatementKind
from skill.domain.identity import ContactId, StatementId
from skill.domain.said import EVERYTHING_DUE, Remark, Scope


def take_again(draft: Draft, command: TakeAgain) -> Decision:
    """ "I took them again": an extra intake, always recorded (S1)."""
    words = words_of(command.scope)
    repeated = said_just_now(draft, StatementKind.AGAIN, words)
    question = draft.question(QuestionKind.DOUBLE)
    statement_id = hear(draft, StatementKind.AGAIN, words)
    if repeated is not None:
        return draft.decision(repeated.reason, repeated.facts)
    if command.scope.unresolved:
        _, told = unscheduled(draft, (), draft.now, statement_id)
        return draft.decision(Reason.OVERDOSE, told)
    scope = _meant_by(command.scope, question)
    draft.close(question, StatementKind.AGAIN.value)
    return draft.decision(Reason.OVERDOSE, _doubled(draft, scope, statement_id))


def _doubled(draft: Draft, scope: Scope, statement_id: StatementId) -> Facts:
    """Record a second one of what was told as taken; of a packet, when nothing more is said."""
    found = find(draft.chart, scope, draft.now, draft.now)
    zone = draft.chart.plan.patient.zone
    doubled = latest(found.taken) if scope.named or scope.doses else last_packet(found.taken, zone)
    known = {dose.medication.medication_id for dose in doubled}
    others = tuple(name for name in scope.medications if name not in known)
    told: Facts = extra(draft, doubled, statement_id) if doubled else {}
    if others or not doubled:
        told = _never_told(draft, found, scope, statement_id)
    return told


def _never_told(draft: Draft, found: Found, scope: Scope, statement_id: StatementId) -> Facts:
    """What "again" is said of was never told: whether the first one was this one, nobody knows."""
    taken = {dose.medication.medication_id for dose in found.taken}
    due = [dose for dose in found.due if dose.medication.medication_id not in taken]
    settled(draft, due, DoseState.UNSURE, statement_id)
    informed = hand_over(draft, keys(due))
    named = scope.medications or tuple(dose.medication.medication_id for dose in due)
    others = tuple(name for name in named if name not in taken)
    _, told = unscheduled(draft, others, draft.now, statement_id, informed)
    return told


def _meant_by(scope: Scope, question: Question | None) -> Scope:
    return replace(scope, doses=question.doses) if question is not None and scope.generic else scope


def not_yet(draft: Draft, command: SayNotYet) -> Decision:
    """ "Not yet": inside the window the dose stays due, no alert opens and no wait is shortened (S37)."""
    question = draft.question(QuestionKind.CLOSED, QuestionKind.REMAINDER)
    statement_id = hear(draft, StatementKind.NOT_YET, words_of(command.scope))
    if question is not None and command.scope.generic:
        draft.close(question, StatementKind.NOT_YET.value)
        if question.kind is QuestionKind.REMAINDER:
            return draft.decision(Reason.NOTHING_CHANGED)
        return said_no(draft, question, statement_id)
    found = find(draft.chart, command.scope, draft.now, draft.now)
    return draft.decision(Reason.STAYS_OPEN, about(draft, found.due or found.early))


def said_no(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    """ "No" about doses whose window is over: not taken, as the patient says."""
    closed = find(draft.chart, Scope(doses=question.doses), draft.now, draft.now).closed
    settled(draft, closed, DoseState.NOT_TAKEN, statement_id)
    return draft.decision(Reason.NOT_TAKEN, about(draft, closed))


def skip(draft: Draft, command: SkipDoses) -> Decision:
    """ "I'm not taking it": ends the doses as chosen; the reason is asked once, and optional (S37)."""
    question = draft.question(QuestionKind.DUE, QuestionKind.CLOSED, QuestionKind.REST)
    statement_id = hear(draft, StatementKind.SKIP, words_of(command.scope))
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    scope = narrowed(command.scope, question)
    found = find(draft.chart, scope, draft.now, draft.now)
    doses = found.due or found.early or (() if scope.generic else latest(found.closed))
    if not doses:
        return draft.decision(Reason.NOTHING_TO_SKIP)
    draft.close(question, WENT_ON)
    reason = command.reason.value if command.reason else None
    settled(draft, doses, DoseState.SKIPPED, statement_id, reason=reason)
    close_answered(draft, statement_id)
    tell_skips(draft, doses)
    climb_due(draft)
    facts = about(draft, doses)
    if command.reason is not None:
        return draft.decision(Reason.SKIPPED_NOTED, facts)
    return ask(draft, QuestionKind.SKIP_REASON, Reason.SKIPPED, facts, doses=doses)


def dont_remember(draft: Draft, command: DontRemember) -> Decision:
    """ "I don't remember": unsure, no prompt any more, a helper is asked to check (S22)."""
    question = draft.question(
        *ABOUT_DOSES, QuestionKind.READ_BACK, QuestionKind.TIME, QuestionKind.WHICH_TIME
    )
    statement_id = hear(draft, StatementKind.UNSURE, words_of(command.scope))
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    if question is not None and not question.doses and command.scope.generic:
        draft.close(question, StatementKind.UNSURE.value)
        return left_open(draft, question)
    scope = _meant_by(command.scope, question)
    found = find(draft.chart, scope, draft.now, draft.now)
    doses = found.due or found.early or latest(found.silent if scope.generic else found.closed)
    if not doses and found.taken:
        return draft.decision(Reason.TOLD_TAKEN, as_written(draft, found.taken[-1:]))
    if not doses:
        return draft.decision(Reason.TOLD_NOTHING)
    draft.close(question, StatementKind.UNSURE.value)
    return draft.decision(Reason.UNSURE, unsure(draft, doses, statement_id))


_REMARKS = {
    Remark.OTHERS_DOSE: Reason.OTHERS_DOSE,
    Remark.TAKING_NOW: Reason.TELL_WHEN_DONE,
    Remark.ADVICE_ASKED: Reason.NO_ADVICE,
    Remark.NAME_UNKNOWN: Reason.NAME_UNKNOWN,
    Remark.CAME_UP: Reason.NO_ADVICE,
}


def remark(draft: Draft, command: MakeRemark) -> Decision:
    """Something about an intake that closes nothing: kept, and answered (S24, S26)."""
    words = command.remark.value
    if command.scope != EVERYTHING_DUE:
        words += f": {words_of(command.scope)}"
    repeated = said_just_now(draft, StatementKind.REMARK, words)
    statement_id = hear(draft, StatementKind.REMARK, words, command.remark)
    if repeated is not None:
        return draft.decision(repeated.reason, repeated.facts)
    if command.remark is Remark.OVERDOSE:
        return draft.decision(Reason.OVERDOSE, _too_much(draft, statement_id))
    if command.remark is Remark.CAME_UP and not command.scope.unresolved:
        return _came_up(draft, command.scope, statement_id)
    return draft.decision(_REMARKS[command.remark])


def _came_up(draft: Draft, scope: Scope, statement_id: StatementId) -> Decision:
    """What is due is not known either way any more, so nothing asks for it again (S22)."""
    due = find(draft.chart, scope, draft.now, draft.now).due
    if not due:
        return draft.decision(Reason.NO_ADVICE)
    return draft.decision(Reason.UNSURE, unsure(draft, due, statement_id))


def _too_much(draft: Draft, statement_id: StatementId) -> Facts:
    """S1, S10: too much was taken, nobody knows of what. What is open is not known either way any more."""
    informed = no_longer_asked(draft, statement_id)
    _, told = unscheduled(draft, (), draft.now, statement_id, informed)
    return told


def no_longer_asked(draft: Draft, statement_id: StatementId) -> tuple[ContactId, ...]:
    """Whatever is open is not known either way from now on; who had been told of it already."""
    found = find(draft.chart, Scope(), draft.now, draft.now)
    settled(draft, found.open, DoseState.UNSURE, statement_id)
    return hand_over(draft, keys(found.open))
