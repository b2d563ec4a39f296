"""What is open and what was told: launch, "what is due?", "did I take them?". Never "no" (S17, S18)."""

from skill.domain.chart import Chart
from skill.domain.commands import AskDue, AskTaken, OpenSession, Scope
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import Found, find
from skill.domain.decide.record import about, ask
from skill.domain.doses import Dose, DoseState, OpenPart
from skill.domain.events import Decision, Facts, QuestionKind, Reason
from skill.domain.identity import SpeakerKind

_STILL_ASKED_ABOUT = {DoseState.UNCONFIRMED, DoseState.NOT_OBSERVED}


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
    given = _written_by_helper(draft.chart, found, draft)
    if given is not None:
        return draft.decision(Reason.TOLD_GIVEN, given)
    silent = [d for d in found.closed if d.outcome is not None and d.outcome.state in _STILL_ASKED_ABOUT]
    if silent:
        last = [dose for dose in silent if dose.due == silent[-1].due]
        return ask(draft, QuestionKind.CLOSED, Reason.CLOSED_EARLIER, about(draft, last), doses=last)
    return draft.decision(Reason.NOTHING_DUE)


def _written_by_helper(chart: Chart, found: Found, draft: Draft) -> Facts | None:
    """Who wrote the doses of the present window, when it was not the patient (S30)."""
    written = [
        d
        for d in found.taken
        if d.outcome is not None and d.outcome.by is SpeakerKind.CONTACT and draft.now < d.window.closes_at
    ]
    if not written:
        return None
    outcome = written[-1].outcome
    facts: Facts = about(draft, [d for d in written if d.due == written[-1].due])
    if outcome is None or outcome.at is None or outcome.contact_id is None:
        return None
    return {**facts, "at": outcome.at, "by": outcome.contact_id}


def ask_taken(draft: Draft, command: AskTaken) -> Decision:
    """ "Did I take them?" With nothing recorded: nobody has told, and that does not mean "not taken" (S17)."""
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    found = find(draft.chart, command.scope, draft.now, draft.now)
    last = _last_spoken_of(found)
    open_now = found.due
    if open_now and (last is None or open_now[-1].due >= last.due):
        part = open_now[-1].part
        if part is not None:
            return draft.decision(Reason.TOLD_PARTLY, _at_part(about(draft, [open_now[-1]]), part))
        return draft.decision(Reason.TOLD_NOTHING, about(draft, open_now))
    if last is None or last.outcome is None:
        return draft.decision(Reason.TOLD_NOTHING, about(draft, found.closed[-1:]))
    outcome = last.outcome
    facts = about(draft, [d for d in found.taken + found.closed if d.due == last.due])
    if outcome.state is DoseState.SKIPPED:
        return draft.decision(Reason.TOLD_SKIPPED, facts)
    if outcome.state is not DoseState.TAKEN or outcome.at is None:
        return draft.decision(Reason.TOLD_NOTHING, facts)
    facts["at"] = outcome.at
    if outcome.contact_id is not None:
        return draft.decision(Reason.TOLD_GIVEN, facts | {"by": outcome.contact_id})
    return draft.decision(Reason.TOLD_TAKEN, facts)


def _at_part(facts: Facts, part: OpenPart) -> Facts:
    return {**facts, "at": part.at}


def _last_spoken_of(found: Found) -> Dose | None:
    return max((*found.taken, *found.closed), key=lambda dose: dose.due, default=None)
