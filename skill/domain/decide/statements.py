"""What the patient says about taking: each statement is kept, and writes only what it clearly says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from skill.domain.alerts import AlertKind, Detail
from skill.domain.commands import (
    ConfirmDoses,
    DontRemember,
    MakeRemark,
    Remark,
    SayNotYet,
    Scope,
    SkipDoses,
    TakeAgain,
)
from skill.domain.decide.alerts import climb_due, close_answered, open_or_join
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import Found, find, keys, stated_time, twice
from skill.domain.decide.record import (
    about,
    ask,
    extra,
    hear,
    helper_facts,
    settled,
    taken,
    unscheduled,
    unsure,
    words_of,
)
from skill.domain.doses import Dose, DoseState, How
from skill.domain.events import (
    Decision,
    Done,
    Facts,
    FactValue,
    Question,
    QuestionKind,
    Reason,
    StatementKind,
)
from skill.domain.identity import StatementId, derived_id
from skill.domain.ladders import LadderKind
from skill.domain.regimen import Group, closes
from skill.domain.timing import local_day

SAME_WORDS_WITHIN = timedelta(seconds=30)  # S1
_ABOUT_DOSES = (QuestionKind.DUE, QuestionKind.CLOSED, QuestionKind.REST, QuestionKind.EARLIER)


def confirm(draft: Draft, command: ConfirmDoses) -> Decision:
    """ "I took them." Writes what was due and nothing else; whatever is not clear is asked back."""
    scope = command.scope
    words = words_of(scope) + (f" at {command.at:%H:%M}" if command.at else "")
    repeated = _said_just_now(draft, StatementKind.CONFIRM, words)
    question = draft.question()
    statement_id = hear(draft, StatementKind.CONFIRM, words)
    if repeated is not None:
        return draft.decision(repeated.reason, repeated.facts, asks=repeated.asks)
    if scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    scope = _narrowed(scope, question)
    at, certain = draft.now, True
    if command.at is not None:
        stated = stated_time(command.at, draft.now, draft.chart.plan.patient.zone)
        at, certain = stated.at, stated.certain
    found = find(draft.chart, scope, at, draft.now)
    if question is not None and question.kind in (QuestionKind.CLOSED, QuestionKind.EARLIER) and scope.doses:
        chosen: tuple[Dose, ...] = found.closed
    else:
        unclear = _unclear(draft, scope, found, statement_id, at, command.part)
        if unclear is not None:
            return unclear
        chosen = _chosen(scope, found)
    if not chosen:
        return _nothing_open(draft, scope, found, statement_id, at)
    if not certain:
        return ask(
            draft,
            QuestionKind.TIME,
            Reason.TIME_READ_BACK,
            about(draft, chosen) | {"at": at},
            doses=chosen,
            statement_id=statement_id,
            at=at,
            part=command.part,
        )
    if command.part is None and _reads_back(draft, scope, chosen):
        return read_back(draft, chosen, statement_id, at, How.OWN_WORDS)
    return write(
        draft,
        chosen,
        at=at,
        how=How.OWN_WORDS,
        statement_id=statement_id,
        part=command.part,
        time_stated=command.at is not None,
        group=scope.group,
    )


def _narrowed(scope: Scope, question: Question | None) -> Scope:
    """A statement that names nothing speaks of what was just asked."""
    if question is None or question.kind not in (*_ABOUT_DOSES, QuestionKind.WHICH_TIME):
        return scope
    if question.kind is QuestionKind.WHICH_TIME and scope.packet:
        return replace(scope, doses=question.doses)
    return replace(scope, doses=question.doses) if scope.generic and question.kind in _ABOUT_DOSES else scope


def _said_just_now(draft: Draft, kind: StatementKind, words: str) -> Done | None:
    """The same words within 30 seconds are the same statement: the same answer, nothing written twice."""
    last = draft.chart.now.statements[-1] if draft.chart.now.statements else None
    if last is None or last.undone or last.kind is not kind or last.words != words:
        return None
    if draft.now - last.at > SAME_WORDS_WITHIN or last.session != draft.command.session:
        return None
    for done in reversed(draft.chart.now.operations):
        if derived_id("stm", done.operation) == last.statement_id:
            open_question = draft.chart.now.question
            if done.asks is not None and (open_question is None or open_question.question_id != done.asks):
                return None
            return done
    return None


def _unclear(
    draft: Draft,
    scope: Scope,
    found: Found,
    statement_id: StatementId,
    at: datetime,
    part: Decimal | None,
) -> Decision | None:
    """S20: a statement that fits two doses of one medication asks which time and changes neither."""
    present = found.early if scope.generic else found.open
    if scope.generic and found.due:
        return None
    zone = draft.chart.plan.patient.zone
    today = local_day(draft.now, zone)
    closed = tuple(d for d in found.closed if local_day(d.due, zone) == today)
    fits = twice(present, closed)
    if not fits:
        return None
    facts = about(draft, fits) | {"first": fits[0].due, "second": fits[-1].due}
    return ask(
        draft,
        QuestionKind.WHICH_TIME,
        Reason.WHICH_TIME,
        facts,
        doses=fits,
        statement_id=statement_id,
        at=at,
        part=part,
    )


def _chosen(scope: Scope, found: Found) -> tuple[Dose, ...]:
    if scope.generic or (scope.excepted and not scope.packet):
        return found.due or found.early
    if found.open:
        return found.open
    return _latest(found.closed) if scope.named or scope.packet or scope.doses else ()


def _latest(doses: tuple[Dose, ...]) -> tuple[Dose, ...]:
    """Of each medication the one dose that was due last."""
    latest: dict[str, Dose] = {}
    for dose in doses:
        latest[dose.medication.medication_id] = dose
    return tuple(latest.values())


def _reads_back(draft: Draft, scope: Scope, chosen: Sequence[Dose]) -> bool:
    """S21: read back before writing when forms differ or one is critical, or when all of them were meant.

    Also when a statement that names nothing would close what is left of a packet already taken.
    """
    if scope.named:
        return False
    if scope.generic and _packet_begun(draft, chosen):
        return True
    if len(chosen) == 1:
        return False
    forms = {dose.medication.form for dose in chosen}
    solid = all(closes(Group.PILLS, form) for form in forms)
    critical = any(dose.medication.criticality.is_critical for dose in chosen)
    everything = scope.group in (Group.MEDICINES, Group.EVERYTHING) or bool(scope.excepted)
    return everything or critical or (len(forms) > 1 and not solid)


def _packet_begun(draft: Draft, chosen: Sequence[Dose]) -> bool:
    moments = {dose.due for dose in chosen}
    return any(o.due in moments and o.state is DoseState.TAKEN for o in draft.chart.now.outcomes)


def read_back(
    draft: Draft, doses: Sequence[Dose], statement_id: StatementId, at: datetime, how: How
) -> Decision:
    """ "Before I write it down: all three, your injection too …" """
    other = [d.medication.form.value for d in doses if not closes(Group.PILLS, d.medication.form)]
    facts: Facts = about(draft, doses) | ({"forms": tuple(dict.fromkeys(other))} if other else {})
    return ask(
        draft,
        QuestionKind.READ_BACK,
        Reason.READ_BACK,
        facts,
        doses=doses,
        statement_id=statement_id,
        at=at,
        how=how,
    )


def write(
    draft: Draft,
    doses: Sequence[Dose],
    *,
    at: datetime,
    how: How,
    statement_id: StatementId,
    part: Decimal | None = None,
    time_stated: bool = False,
    group: Group | None = None,
) -> Decision:
    """Write ``doses`` as taken and say so; what else of the packet is due is asked for by its form (S21)."""
    facts = taken(draft, doses, at=at, how=how, statement_id=statement_id, part=part, time_stated=time_stated)
    if part is not None and draft.chart.now.parts:
        return draft.decision(Reason.WRITTEN_PARTLY, facts)
    late = bool(facts["late"])
    rest = _rest(draft, doses, group)
    if not rest:
        return draft.decision(Reason.WRITTEN_LATE if late else Reason.WRITTEN, facts)
    form = rest[0].medication.form
    asked = [dose for dose in rest if dose.medication.form is form]
    more = facts | {"form": form.value, "rest": len(asked)}
    return ask(draft, QuestionKind.REST, Reason.REST_ASKED, more, doses=asked, at=None)


def _rest(draft: Draft, doses: Sequence[Dose], group: Group | None) -> list[Dose]:
    if group in (None, Group.MEDICINES, Group.EVERYTHING):
        return []
    moments = {dose.due for dose in doses}
    left = find(draft.chart, Scope(), draft.now, draft.now).due
    return [d for d in left if d.due in moments and d.part is None and d.medication.given_by is None]


def _nothing_open(
    draft: Draft, scope: Scope, found: Found, statement_id: StatementId, at: datetime
) -> Decision:
    """Nothing that was meant is open: already written down, or earlier, or not on the plan at all."""
    taken_last = found.taken[-1] if found.taken else None
    closed_last = found.closed[-1] if found.closed else None
    if closed_last is not None and (taken_last is None or closed_last.due > taken_last.due):
        earlier = tuple(d for d in found.closed if d.due == closed_last.due)
        return ask(
            draft,
            QuestionKind.EARLIER,
            Reason.EARLIER_ONES,
            about(draft, earlier),
            doses=earlier,
            statement_id=statement_id,
            at=at,
        )
    if taken_last is not None and taken_last.outcome is not None:
        return _same_or_again(draft, found, taken_last, statement_id)
    return unscheduled(draft, scope.medications, at, statement_id)


def _same_or_again(draft: Draft, found: Found, last: Dose, statement_id: StatementId) -> Decision:
    written = tuple(d for d in found.taken if d.due == last.due)
    outcome = last.outcome
    facts: dict[str, FactValue] = about(draft, written)
    if outcome is not None and outcome.at is not None:
        facts["at"] = outcome.at
    if outcome is not None and outcome.contact_id is not None:
        facts["by"] = outcome.contact_id
    return ask(
        draft,
        QuestionKind.DOUBLE,
        Reason.SAME_OR_AGAIN,
        facts,
        doses=written,
        statement_id=statement_id,
    )


def take_again(draft: Draft, command: TakeAgain) -> Decision:
    """ "I took them again": an extra intake, always recorded (S1)."""
    question = draft.question(QuestionKind.DOUBLE)
    statement_id = hear(draft, StatementKind.AGAIN, words_of(command.scope))
    scope = command.scope
    if question is not None and scope.generic:
        scope = replace(scope, doses=question.doses)
    found = find(draft.chart, scope, draft.now, draft.now)
    if not found.taken:
        # What "again" is said of was never told: whether the first one was this one, nobody knows.
        if found.due:
            settled(draft, found.due, DoseState.UNSURE, How.OWN_WORDS, statement_id)
        unscheduled(draft, tuple(d.medication.medication_id for d in found.due), draft.now, statement_id)
        return draft.decision(Reason.OVERDOSE, helper_facts(draft, LadderKind.INTAKE))
    last = found.taken[-1].due
    told = extra(draft, [dose for dose in found.taken if dose.due == last], statement_id)
    return draft.decision(Reason.OVERDOSE, told)


def not_yet(draft: Draft, command: SayNotYet) -> Decision:
    """ "Not yet": inside the window the dose stays due, no alert opens and no wait is shortened (S37)."""
    question = draft.question(QuestionKind.CLOSED)
    statement_id = hear(draft, StatementKind.NOT_YET, words_of(command.scope))
    if question is not None and command.scope.generic:
        return said_no(draft, question, statement_id)
    found = find(draft.chart, command.scope, draft.now, draft.now)
    return draft.decision(Reason.STAYS_OPEN, about(draft, found.due or found.early))


def said_no(draft: Draft, question: Question, statement_id: StatementId) -> Decision:
    """ "No" about doses whose window is over: not taken, as the patient says."""
    closed = find(draft.chart, Scope(doses=question.doses), draft.now, draft.now).closed
    settled(draft, closed, DoseState.NOT_TAKEN, How.OWN_WORDS, statement_id)
    return draft.decision(Reason.NOT_TAKEN, about(draft, closed))


def skip(draft: Draft, command: SkipDoses) -> Decision:
    """ "I'm not taking it": ends the doses as chosen; the reason is asked once and may be left out (S37)."""
    question = draft.question(*_ABOUT_DOSES)
    statement_id = hear(draft, StatementKind.SKIP, words_of(command.scope))
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    scope = _narrowed(command.scope, question)
    found = find(draft.chart, scope, draft.now, draft.now)
    doses = found.due or found.early
    if not doses and not scope.generic:
        doses = _latest(found.closed)
    if not doses:
        return draft.decision(Reason.NOTHING_TO_SKIP)
    reason = command.reason.value if command.reason else None
    settled(draft, doses, DoseState.SKIPPED, How.OWN_WORDS, statement_id, reason=reason)
    close_answered(draft, statement_id, draft.now)
    _tell_skips(draft, doses)
    facts = about(draft, doses)
    if command.reason is not None:
        return draft.decision(Reason.SKIPPED_NOTED, facts)
    return ask(draft, QuestionKind.SKIP_REASON, Reason.SKIPPED, facts, doses=doses, statement_id=statement_id)


def _tell_skips(draft: Draft, doses: Sequence[Dose]) -> None:
    for kind in LadderKind:
        ladder = draft.chart.find_ladder(kind)
        chosen = [d for d in doses if LadderKind.of(d.medication.criticality) is kind]
        if ladder is not None and ladder.tells_skips and chosen:
            open_or_join(
                draft,
                AlertKind.DOSE,
                kind,
                detail=Detail.SKIPPED,
                about=min(dose.due for dose in chosen),
                doses=keys(chosen),
            )
    climb_due(draft)


def dont_remember(draft: Draft, command: DontRemember) -> Decision:
    """ "I don't remember": unsure, no prompt any more, a helper is asked to check (S22)."""
    question = draft.question(
        *_ABOUT_DOSES, QuestionKind.READ_BACK, QuestionKind.TIME, QuestionKind.WHICH_TIME
    )
    statement_id = hear(draft, StatementKind.UNSURE, words_of(command.scope))
    scope = command.scope
    if question is not None and scope.generic:
        scope = replace(scope, doses=question.doses)
    found = find(draft.chart, scope, draft.now, draft.now)
    doses = found.due or found.early or _latest(found.closed)
    if not doses and found.taken:
        return draft.decision(Reason.TOLD_TAKEN, _told(draft, found.taken))
    if not doses:
        return draft.decision(Reason.TOLD_NOTHING)
    return draft.decision(Reason.UNSURE, unsure(draft, doses, statement_id))


def _told(draft: Draft, doses: tuple[Dose, ...]) -> Facts:
    facts = about(draft, [dose for dose in doses if dose.due == doses[-1].due])
    outcome = doses[-1].outcome
    return facts | ({"at": outcome.at} if outcome is not None and outcome.at is not None else {})


_REMARKS = {
    Remark.OTHERS_DOSE: Reason.OTHERS_DOSE,
    Remark.TAKING_NOW: Reason.TELL_WHEN_DONE,
    Remark.ADVICE_ASKED: Reason.NO_ADVICE,
    Remark.NAME_UNKNOWN: Reason.NAME_UNKNOWN,
}


def remark(draft: Draft, command: MakeRemark) -> Decision:
    """Something about an intake that closes nothing: kept, and answered (S24, S26)."""
    hear(draft, StatementKind.REMARK, command.remark.value, command.remark)
    return draft.decision(_REMARKS[command.remark])
