"""Said among several by a voice that nobody knows: kept at once, and moved once the name is told (S1, S26).

It closes no dose of anybody. In each chart that it may belong to it waits for the name; time alone
makes it a statement "whose is not known", whatever becomes of the conversation.
"""

from collections.abc import Sequence
from datetime import timedelta

from skill.domain.alerts import Detail
from skill.domain.decide.draft import Draft
from skill.domain.decide.record import ask_to_check, statement_of
from skill.domain.decide.statements import no_longer_asked
from skill.domain.events import Decision, Reason, StatementHeard, StatementKind
from skill.domain.said import Remark
from skill.domain.unnamed import Concern, KeepUnnamed, SomebodySaid, SpeakerTold, TellSpeaker, Unnamed

NAMED_WITHIN = timedelta(minutes=2)
# What "if it were this patient's" comes to. Nothing of theirs is meant; not on the plan; to be checked.
_NOT_THEIRS = {
    Reason.WHICH_MEDICINE,
    Reason.TOLD_NOTHING,
    Reason.TOLD_TAKEN,
    Reason.NOTHING_TO_UNDO,
    Reason.NOTHING_TO_SKIP,
}
_UNPLANNED = {Reason.OVERDOSE, Reason.UNSCHEDULED}
_DOUBTFUL = {
    Reason.SAME_OR_AGAIN,
    Reason.EARLIER_ONES,
    Reason.UNSURE,
    Reason.UNDONE,
    Reason.UNDONE_UNSURE,
}


def concern_of(would: Sequence[Decision]) -> Concern:
    """How grave it is, whosever it was. ``would``: the decision in each chart if it were that patient's.

    "Again" is a second one in any case. Else what fits the plan of one of them is taken for theirs.
    """
    if any(_said_again(decision) for decision in would):
        return Concern.OVERDOSE
    meant = [decision for decision in would if decision.reason not in _NOT_THEIRS]
    if not meant or any(not _off_plan(decision) and not _doubtful(decision) for decision in meant):
        return Concern.NONE
    if any(_doubtful(decision) for decision in meant):
        return Concern.CHECK
    overdose = any(decision.reason is Reason.OVERDOSE for decision in meant)
    return Concern.OVERDOSE if overdose else Concern.UNSCHEDULED


def _said_again(decision: Decision) -> bool:
    heard = [event for event in decision.events if isinstance(event, StatementHeard)]
    return any(event.kind is StatementKind.AGAIN for event in heard)


def _off_plan(decision: Decision) -> bool:
    return decision.reason in _UNPLANNED


def _doubtful(decision: Decision) -> bool:
    """Also a time that is read back of something that no dose fits."""
    no_dose = decision.reason is Reason.TIME_READ_BACK and decision.facts.get("count") == 0
    return no_dose or decision.reason in _DOUBTFUL


_SAID = {Concern.OVERDOSE: Reason.OVERDOSE, Concern.UNSCHEDULED: Reason.UNSCHEDULED}


def keep(draft: Draft, command: KeepUnnamed) -> Decision:
    """Keep the words; what may be too much is told to a helper now, before anything is asked (S1, S10)."""
    unnamed = Unnamed(
        statement_id=statement_of(draft),
        kind=command.kind,
        words=command.words,
        session=draft.command.session,
        at=draft.now,
        expires_at=draft.now + NAMED_WITHIN,
        check=command.concern is Concern.CHECK,
    )
    draft.add(SomebodySaid(unnamed=unnamed))
    reason = _SAID.get(command.concern)
    if reason is None:
        return draft.decision(Reason.SPEAKER_ASKED)
    informed = no_longer_asked(draft, unnamed.statement_id) if command.too_much else ()
    return draft.decision(reason, ask_to_check(draft, Detail.SOMEONE_AT_HOME, (), informed))


def tell_speaker(draft: Draft, command: TellSpeaker) -> Decision:
    """The name was told, and the statement stands in the chart of whoever said it: here it waits no more."""
    waiting = [one for one in draft.chart.now.unnamed if one.statement_id == command.statement_id]
    for one in waiting:
        draft.add(SpeakerTold(statement_id=one.statement_id))
    return draft.decision(Reason.NOTHING_CHANGED)


def stay_unnamed(draft: Draft) -> None:
    """Nobody has told the name in time: from now on it stands in the record as said by somebody."""
    for one in draft.chart.now.unnamed:
        if one.expires_at > draft.now:
            continue
        draft.add(
            StatementHeard(
                statement_id=one.statement_id,
                kind=StatementKind.REMARK,
                words=f"{one.kind.value} {one.words}, said {one.at:%Y-%m-%dT%H:%MZ}, not known by whom",
                session=one.session,
                remark=Remark.NAME_UNKNOWN,
            )
        )
        if one.check:
            ask_to_check(draft, Detail.UNSURE, ())
