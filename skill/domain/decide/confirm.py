""" "I took them": writes what it clearly says, and asks back about everything else."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from skill.domain.alerts import Detail
from skill.domain.chart import Statement
from skill.domain.commands import Command, ConfirmDoses
from skill.domain.decide.asking import WENT_ON, ask, telling_of
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import find, keys, stated_time
from skill.domain.decide.meant import Meant, meant
from skill.domain.decide.record import (
    WHOLE,
    Telling,
    about,
    as_written,
    ask_to_check,
    begun,
    hear,
    share_after,
    taken,
    unscheduled,
    words_of,
)
from skill.domain.doses import Dose, DoseState, How
from skill.domain.events import Decision, Done, Facts, Question, QuestionKind, Reason, StatementKind
from skill.domain.identity import MedicationId, StatementId, derived_id
from skill.domain.regimen import Group, closes
from skill.domain.said import Scope

SAME_WORDS_WITHIN = timedelta(seconds=30)  # S1
# "Taken" to these says nothing of when.
ASKED_EARLIER = (QuestionKind.CLOSED, QuestionKind.EARLIER, QuestionKind.REMAINDER)
ABOUT_DOSES = (QuestionKind.DUE, QuestionKind.CLOSED, QuestionKind.REST, QuestionKind.EARLIER)
_OF_WHAT_WAS_ASKED = (*ABOUT_DOSES, QuestionKind.REMAINDER)


def confirm(draft: Draft, command: ConfirmDoses) -> Decision:
    """Write what was due and nothing else; whatever is not clear is asked back."""
    words = _words(command)
    repeated = said_just_now(draft, StatementKind.CONFIRM, words)
    question = draft.question()
    statement_id = hear(draft, StatementKind.CONFIRM, words)
    if repeated is not None:
        return draft.decision(repeated.reason, repeated.facts, asks=repeated.asks)
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    scope = narrowed(command.scope, question)
    telling = _telling(draft, command, statement_id, question)
    zone = draft.chart.plan.patient.zone
    found = find(draft.chart, scope, telling.at, draft.now)
    asked = question if question is not None and question.kind in ASKED_EARLIER else None
    if asked is not None and scope.doses and (found.closed or found.partly):
        what = Meant(write=found.closed + found.partly)
    else:
        what = meant(scope, found, draft.now, zone, timed=telling.time_stated)
    if asked is not None and what.write and set(keys(what.write)) <= set(asked.doses):
        telling = replace(telling, untimed=not telling.time_stated)
    if command.part is not None and len(what.write) > 1:
        return draft.decision(Reason.WHICH_MEDICINE)  # half of which one?
    if question is not None and not _stays(question, what):
        draft.close(question, WENT_ON)
    return _carry_out(draft, scope, what, telling)


def _stays(question: Question, what: Meant) -> bool:
    """Whether ``question`` still waits for its own answer: this statement does not speak of the same."""
    if not question.holds_intake:
        if question.kind is QuestionKind.REMAINDER:
            return not set(keys(what.write)) & set(question.doses)
        return question.kind in (QuestionKind.DOUBLE, QuestionKind.HELP)
    told = set(keys(what.write)) & set(question.doses) or set(what.unplanned) & set(question.medications)
    return not (told or (what.nothing and not question.doses and not question.medications))


def _words(command: ConfirmDoses) -> str:
    at = f" at {command.at:%H:%M}" if command.at else ""
    return words_of(command.scope) + at + (f" part {command.part}" if command.part else "")


def _telling(
    draft: Draft, command: ConfirmDoses, statement_id: StatementId, question: Question | None
) -> Telling:
    """When and how much; "the morning ones" takes over what was said before the question which ones."""
    if command.at is not None:
        stated = stated_time(command.at, draft.now, draft.chart.plan.patient.zone, command.day)
        at, uncertain = stated.at, not stated.certain
    elif question is not None and _says_when(command.scope, question) and command.part is None:
        return telling_of(question, statement_id)
    else:
        at, uncertain = draft.now, False
    return Telling(
        statement_id=statement_id,
        at=at,
        time_stated=command.at is not None,
        uncertain=uncertain,
        untimed=command.day is not None and command.at is None,
        part=command.part,
        group=command.scope.group,
    )


def _says_when(scope: Scope, question: Question) -> bool:
    return scope.packet and question.kind is QuestionKind.WHICH_TIME


def narrowed(scope: Scope, question: Question | None) -> Scope:
    """A statement that names nothing speaks of what was just asked; one that says when, of one of those."""
    if question is None:
        return scope
    if scope.generic and question.medications:
        return replace(scope, medications=question.medications)
    names_nothing = scope.generic and question.kind in _OF_WHAT_WAS_ASKED
    return replace(scope, doses=question.doses) if names_nothing or _says_when(scope, question) else scope


def said_just_now(draft: Draft, kind: StatementKind, words: str) -> Done | None:
    """The same words within 30 seconds are the same statement: the same answer, nothing written twice.

    From the same speaker, in the same conversation or at the same device. What was asked in another
    conversation is asked in this one anew.
    """
    last = draft.chart.now.statements[-1] if draft.chart.now.statements else None
    if last is None or last.undone or last.kind is not kind or last.words != words:
        return None
    if draft.now - last.at > SAME_WORDS_WITHIN or not _same_speaker(last, draft.command):
        return None
    went_on = last.session == draft.command.session
    question = draft.chart.now.question
    for done in reversed(draft.chart.now.operations):
        if derived_id("stm", done.operation) == last.statement_id:
            still_asks = went_on and question is not None and question.question_id == done.asks
            return done if done.asks is None or still_asks else None
    return None


def _same_speaker(last: Statement, command: Command) -> bool:
    same_device = command.device is not None and last.device == command.device
    went_on = last.session == command.session
    return (went_on or same_device) and last.by is command.speaker.kind


# ---- what becomes of it


def _carry_out(draft: Draft, scope: Scope, what: Meant, telling: Telling) -> Decision:
    """Write and record what is clear; then say, or ask, what matters most."""
    if what.unplanned or what.nothing:
        if telling.uncertain and not (what.write or what.again):
            return read_time(draft, (), telling, tuple(what.unplanned))
        return _unplanned(draft, what, telling)
    if what.again or what.which:
        _keep(draft, what, telling)
        if not what.again:
            return _which_time(draft, what, telling)
        rest = [dose for dose in what.again if dose.partly]
        if rest and (len(rest) == len(what.again) or not scope.named):
            return _was_it_the_rest(draft, rest, telling)
        return _same_or_again(draft, what.again, telling)
    if what.earlier:
        facts = about(draft, what.earlier)
        earlier = QuestionKind.EARLIER
        return ask(draft, earlier, Reason.EARLIER_ONES, facts, doses=what.earlier, telling=telling)
    if telling.uncertain:
        return read_time(draft, what.write, telling)
    if telling.part is None and _reads_back(draft, scope, what.write):
        return read_back(draft, what.write, telling)
    return write(draft, what.write, telling)


def _keep(draft: Draft, what: Meant, telling: Telling) -> None:
    """What else may be written, where something else is asked or said first.

    With a time that could be two nothing is written, and there is no second question: a helper checks.
    """
    if what.write and telling.uncertain:
        ask_to_check(draft, Detail.UNSURE, keys(what.write))
    elif what.write:
        taken(draft, what.write, telling)


def _unplanned(draft: Draft, what: Meant, telling: Telling) -> Decision:
    """S10: not due, and taken all the same. Its words go first; what else was named is not lost."""
    _keep(draft, what, telling)
    if what.again:
        ask_to_check(draft, Detail.UNSURE, keys(what.again))
    reason, told = unscheduled(draft, what.unplanned, telling.at, telling.statement_id)
    return draft.decision(reason, told)


def _same_or_again(draft: Draft, written: Sequence[Dose], telling: Telling) -> Decision:
    facts = as_written(draft, written)
    return ask(draft, QuestionKind.DOUBLE, Reason.SAME_OR_AGAIN, facts, doses=written, telling=telling)


def _was_it_the_rest(draft: Draft, doses: Sequence[Dose], telling: Telling) -> Decision:
    """S22: a part and the rest are one dose, no double. Whether this was the rest is asked, not guessed."""
    facts = about(draft, doses) | begun(doses)
    kind, reason = QuestionKind.REMAINDER, Reason.REMAINDER_ASKED
    return ask(draft, kind, reason, facts, doses=doses, telling=telling)


def _which_time(draft: Draft, what: Meant, telling: Telling) -> Decision:
    fits = what.which
    facts = about(draft, fits) | {"first": fits[0].due, "second": fits[-1].due}
    doses = (*fits, *what.beside)
    return ask(draft, QuestionKind.WHICH_TIME, Reason.WHICH_TIME, facts, doses=doses, telling=telling)


def read_time(
    draft: Draft, doses: Sequence[Dose], telling: Telling, medications: tuple[MedicationId, ...] = ()
) -> Decision:
    """S20: "eight" is read back with "this morning" or "tonight" before it is written.

    Without ``doses`` it is of something that was not due, which every end of the question records (S10).
    """
    facts = about(draft, doses) | {"at": telling.at}
    kind, reason = QuestionKind.TIME, Reason.TIME_READ_BACK
    return ask(draft, kind, reason, facts, doses=doses, medications=medications, telling=telling)


def _reads_back(draft: Draft, scope: Scope, chosen: Sequence[Dose]) -> bool:
    """S21: read back before writing when forms differ or one is critical, or when all of them were meant.

    Also when a statement without a name would close what is left of a packet already taken.
    """
    if scope.named:
        return False
    if not scope.doses and not scope.excepted and _packet_begun(draft, chosen):
        return True
    forms = {dose.medication.form for dose in chosen}
    everything = scope.group in (Group.MEDICINES, Group.EVERYTHING) or bool(scope.excepted)
    solid = all(closes(Group.PILLS, form) for form in forms)
    if len(chosen) == 1:
        return everything and (any_critical(chosen) or not solid)
    return everything or any_critical(chosen) or (len(forms) > 1 and not solid)


def any_critical(doses: Sequence[Dose]) -> bool:
    return any(dose.medication.criticality.is_critical for dose in doses)


def _packet_begun(draft: Draft, chosen: Sequence[Dose]) -> bool:
    moments = {dose.due for dose in chosen}
    return any(o.due in moments and o.state is DoseState.TAKEN for o in draft.chart.now.outcomes)


def read_back(draft: Draft, doses: Sequence[Dose], telling: Telling) -> Decision:
    """ "Before I write it down: all three, your injection too …" """
    other = [d.medication.form.value for d in doses if not closes(Group.PILLS, d.medication.form)]
    facts = about(draft, doses) | ({"forms": tuple(dict.fromkeys(other))} if other else {})
    return ask(draft, QuestionKind.READ_BACK, Reason.READ_BACK, facts, doses=doses, telling=telling)


def write(draft: Draft, doses: Sequence[Dose], telling: Telling) -> Decision:
    """Write ``doses`` as taken and say so; what else of the packet is due is asked for by form (S21)."""
    partly = any(share_after(dose, telling.part) < WHOLE for dose in doses)
    facts = taken(draft, doses, telling)
    if partly:
        return draft.decision(Reason.WRITTEN_PARTLY, facts)
    rest = _rest(draft, doses, telling.group)
    if not rest:
        return draft.decision(_written(facts), facts)
    form = rest[0].medication.form
    asked = [dose for dose in rest if dose.medication.form is form]
    facts |= {"form": form.value, "rest": len(asked)}
    later = Telling(statement_id=telling.statement_id, at=draft.now, how=How.YES, group=telling.group)
    return ask(draft, QuestionKind.REST, Reason.REST_ASKED, facts, doses=asked, telling=later)


def _written(facts: Facts) -> Reason:
    if facts["late"]:
        return Reason.WRITTEN_LATE
    return Reason.WRITTEN_EARLIER if facts["earlier"] else Reason.WRITTEN


def _rest(draft: Draft, doses: Sequence[Dose], group: Group | None) -> list[Dose]:
    """What of the same packet is due in other forms than ``group`` has closed."""
    if group in (None, Group.MEDICINES, Group.EVERYTHING):
        return []
    moments = {dose.due for dose in doses}
    left = find(draft.chart, Scope(), draft.now, draft.now).due
    return [d for d in left if d.due in moments and d.part is None]
