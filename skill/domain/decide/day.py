"""What is open and what was told: launch, "what is due?", "did I take them?". Never "no" (S17, S18)."""

from skill.domain.commands import AskDue, AskTaken, OpenSession
from skill.domain.decide.asking import ask
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import Found, find
from skill.domain.decide.record import about, as_written
from skill.domain.doses import DoseState
from skill.domain.events import Decision, Facts, QuestionKind, Reason
from skill.domain.identity import SpeakerKind
from skill.domain.said import Scope


def open_session(draft: Draft, _: OpenSession) -> Decision:
    """Ask about what is due; only when nothing is, about the last window that closed without a word."""
    return _ask_about_the_day(draft)


def ask_due(draft: Draft, _: AskDue) -> Decision:
    """The same question: a list of what is due is a question about it, never an order."""
    return _ask_about_the_day(draft)


def _ask_about_the_day(draft: Draft) -> Decision:
    found = find(draft.chart, Scope(), draft.now, draft.now)
    if found.due:
        return ask(draft, QuestionKind.DUE, Reason.DUE_NOW, about(draft, found.due), doses=found.due)
    given = _written_by_helper(draft, found)
    if given is not None:
        return draft.decision(Reason.TOLD_GIVEN, given)
    if found.silent:
        last = [dose for dose in found.silent if dose.due == found.silent[-1].due]
        return ask(draft, QuestionKind.CLOSED, Reason.CLOSED_EARLIER, about(draft, last), doses=last)
    return draft.decision(Reason.NOTHING_DUE)


def _written_by_helper(draft: Draft, found: Found) -> Facts | None:
    """Who wrote the doses of the present window, when it was not the patient (S30)."""
    written = [
        d
        for d in found.taken
        if d.outcome is not None and d.outcome.by is SpeakerKind.CONTACT and draft.now < d.window.closes_at
    ]
    last = [dose for dose in written if dose.due == written[-1].due]
    return as_written(draft, last) if last else None


def ask_taken(draft: Draft, command: AskTaken) -> Decision:
    """ "Did I take them?" With nothing recorded nobody has told, and that is not "not taken" (S17).

    About the doses due last. "Taken" is said of those alone that were told as taken; ``rest``: how many
    of the others nothing says so.
    """
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    found = find(draft.chart, command.scope, draft.now, draft.now)
    known = sorted((*found.due, *found.taken, *found.closed), key=lambda dose: dose.due)
    last = [dose for dose in known if dose.due == known[-1].due]
    taken = [dose for dose in last if dose in found.taken]
    facts = about(draft, last)
    if taken:
        facts = as_written(draft, taken) | {"rest": len(last) - len(taken)}
        return draft.decision(Reason.TOLD_GIVEN if "by" in facts else Reason.TOLD_TAKEN, facts)
    parts = [dose.part for dose in last if dose.part is not None]
    if parts:
        return draft.decision(Reason.TOLD_PARTLY, facts | {"at": parts[-1].at})
    states = {dose.outcome.state if dose.outcome else None for dose in last}
    said = states.pop() if len(states) == 1 else None
    return draft.decision(_TOLD.get(said, Reason.TOLD_NOTHING), facts)


_TOLD: dict[DoseState | None, Reason] = {
    DoseState.SKIPPED: Reason.TOLD_SKIPPED,
    DoseState.NOT_TAKEN: Reason.TOLD_NOT_TAKEN,
    DoseState.UNSURE: Reason.TOLD_UNSURE,
}
