"""What is open and what was told: launch, "what is due?", "did I take them?". Never "no" (S17, S18)."""

from collections.abc import Sequence

from skill.domain.commands import AskDue, AskTaken, OpenSession
from skill.domain.decide.asking import ask
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import Found, find, keys
from skill.domain.decide.record import about, as_written, begun
from skill.domain.doses import Dose, DoseState
from skill.domain.events import Decision, FactValue, HelperNamed, QuestionKind, Reason
from skill.domain.identity import SpeakerKind, StatementId
from skill.domain.said import Scope


def open_session(draft: Draft, _: OpenSession) -> Decision:
    """Ask about what is due; only when nothing is, about the last window that closed without a word."""
    return _ask_about_the_day(draft)


def ask_due(draft: Draft, _: AskDue) -> Decision:
    """The same question: a list of what is due is a question about it, never an order."""
    return _ask_about_the_day(draft)


def _ask_about_the_day(draft: Draft) -> Decision:
    found = find(draft.chart, Scope(), draft.now, draft.now)
    news = [dose for dose in found.taken if dose.key in draft.chart.now.unsaid]
    if news:
        draft.add(HelperNamed(doses=keys(news)))
    if found.due:
        facts = about(draft, found.due) | begun(found.due) | _given(news)
        return ask(draft, QuestionKind.DUE, Reason.DUE_NOW, facts, doses=found.due)
    if found.silent:
        last = [dose for dose in found.silent if dose.due == found.silent[-1].due]
        facts = about(draft, last) | _given(news)
        return ask(draft, QuestionKind.CLOSED, Reason.CLOSED_EARLIER, facts, doses=last)
    written = news or _by_helper(draft, found)
    if written:
        last = [dose for dose in written if _statement(dose) == _statement(written[-1])]
        earlier = [dose for dose in news if dose not in last]
        return draft.decision(Reason.TOLD_GIVEN, as_written(draft, last) | _given(earlier))
    return draft.decision(Reason.NOTHING_DUE)


def _by_helper(draft: Draft, found: Found) -> list[Dose]:
    """The doses of the present window that somebody else than the patient wrote."""
    return [
        d
        for d in found.taken
        if d.outcome is not None and d.outcome.by is SpeakerKind.CONTACT and draft.now < d.window.closes_at
    ]


def _statement(dose: Dose) -> StatementId | None:
    return dose.outcome.statement_id if dose.outcome is not None else None


def _given(news: Sequence[Dose]) -> dict[str, FactValue]:
    """Which statements of helpers are said first, before anything is asked (S30)."""
    statements = tuple(dict.fromkeys(one for one in map(_statement, news) if one is not None))
    return {"given": statements} if statements else {}


def ask_taken(draft: Draft, command: AskTaken) -> Decision:
    """ "Did I take them?" With nothing recorded nobody has told, and that is not "not taken" (S17).

    About the doses due last. "Taken" is said of those alone that were told as taken; ``rest``: how many
    of the others nothing says so. Of those that a changed plan has ended, that it changed.
    """
    if command.scope.unresolved:
        return draft.decision(Reason.WHICH_MEDICINE)
    found = find(draft.chart, command.scope, draft.now, draft.now)
    known = sorted((*found.due, *found.taken, *found.closed), key=lambda dose: dose.due)
    gone = [dose for dose in found.superseded if dose.due == found.superseded[-1].due]
    if gone and not (known and known[-1].due >= gone[0].due):
        return draft.decision(Reason.TOLD_SUPERSEDED, about(draft, gone))
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
