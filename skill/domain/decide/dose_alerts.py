"""Alerts about doses: opened when nobody says a word, closed when somebody does."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from skill.domain.alerts import Alert, AlertKind, AlertState, Detail
from skill.domain.decide.alerts import Cause, end, open_or_join
from skill.domain.decide.draft import Draft
from skill.domain.decide.find import keys
from skill.domain.doses import Dose, DoseKey, DoseState, How
from skill.domain.events import AlertMoved
from skill.domain.identity import ContactId, SpeakerKind, StatementId
from skill.domain.ladders import Ladder, LadderKind, Rung
from skill.domain.messages import MessageKind

_NOBODY = ContactId("")
_QUIET = {DoseState.TAKEN, DoseState.SUPERSEDED, DoseState.EXCUSED}


class Silent(NamedTuple):
    """A dose without a word. ``outage``: its window met an outage of ours, so the silence may be ours."""

    dose: Dose
    outage: bool


def ask_about(draft: Draft, silent: Sequence[Silent], detail: Detail = Detail.NO_WORD) -> None:
    """Open or join an alert for each ladder, the fastest first, so that slower ones can join.

    Each dose is of a criticality for which the patient has a ladder.
    """
    groups: dict[tuple[timedelta, LadderKind, ContactId], list[Silent]] = {}
    for one in silent:
        medication = one.dose.medication
        kind = LadderKind.of(medication.criticality)
        speed = draft.chart.get_ladder(kind).speed
        groups.setdefault((speed, kind, medication.given_by or _NOBODY), []).append(one)
    for (_, kind, giver), some in sorted(groups.items()):
        own = draft.chart.get_ladder(kind)
        cause = Cause(
            kind=AlertKind.DOSE,
            detail=detail,
            about=min(one.dose.due for one in some),
            doses=tuple(one.dose.key for one in some),
            outage=any(one.outage for one in some),
        )
        open_or_join(draft, cause, kind, giver_first(own, giver) if giver else own)


def tell_partly(draft: Draft, begun: Sequence[Silent]) -> None:
    """Critical doses that closed with a part of them taken, and nobody is asked about them yet (S22)."""
    running = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
    doses = [a.doses for a in draft.chart.now.alerts if a.kind is AlertKind.DOSE and a.state in running]
    asked = {key for some in doses for key in some}
    untold = []
    for one in begun:
        criticality = one.dose.medication.criticality
        has_ladder = draft.chart.find_ladder(LadderKind.of(criticality)) is not None
        if criticality.is_critical and has_ladder and one.dose.key not in asked:
            untold.append(one)
    ask_about(draft, untold, Detail.PARTLY)


def giver_first(ladder: Ladder, giver: ContactId) -> Ladder:
    """The ladder of a medication that somebody gives: that person first, then the others (S30)."""
    first = Rung(wait=ladder.speed, contacts=(giver,))
    between = ladder.rungs[1].wait if len(ladder.rungs) > 1 else ladder.round_gap
    rest = [rung for rung in ladder.rungs if rung.contacts != (giver,)]
    return replace(ladder, rungs=(first, *(replace(rung, wait=between) for rung in rest)))


def tell_skips(draft: Draft, doses: Sequence[Dose]) -> None:
    """Doses that the patient chose not to take: told where the ladder says so (S37)."""
    for kind in LadderKind:
        ladder = draft.chart.find_ladder(kind)
        chosen = [d for d in doses if LadderKind.of(d.medication.criticality) is kind]
        if ladder is not None and ladder.tells_skips and chosen:
            cause = Cause(
                kind=AlertKind.DOSE,
                detail=Detail.SKIPPED,
                about=min(dose.due for dose in chosen),
                doses=keys(chosen),
                told=hand_over(draft, keys(chosen)),
            )
            open_or_join(draft, cause, kind)


def close_answered(draft: Draft, statement_id: StatementId | None) -> tuple[ContactId, ...]:
    """End the dose alerts about whose doses nothing is open any more; who is told of it."""
    told: list[ContactId] = []
    for alert in draft.chart.now.alerts:
        kind = _closing(draft, alert) if alert.kind is AlertKind.DOSE and not alert.state.ended else None
        if kind is None:
            continue
        speaker = draft.command.speaker
        by = speaker.contact_id if speaker.kind is SpeakerKind.CONTACT else None
        told += [person for person in alert.told if person != by]
        end(draft, alert, kind, by=by, statement_id=statement_id, said_at=draft.now)
    return tuple(dict.fromkeys(told))


def _closing(draft: Draft, alert: Alert) -> MessageKind | None:
    """The words that end ``alert``; None while anything about its doses is open, or only a part is taken."""
    quiet = set(_QUIET)
    if alert.ladder is None or not alert.ladder.tells_skips:
        quiet.add(DoseState.SKIPPED)
    outcomes = {o.key: o for o in draft.chart.now.outcomes if o.key in alert.doses}
    states = {o.state for o in outcomes.values()}
    partly = any(o.state is DoseState.TAKEN and o.part < 1 for o in outcomes.values())
    if partly or len(outcomes) < len(alert.doses) or not states <= quiet:
        return None
    if states == {DoseState.TAKEN}:
        return MessageKind.CLOSED_BY_WORD
    return MessageKind.CLOSED_SKIPPED if DoseState.SKIPPED in states else MessageKind.CLOSED_BY_PLAN


def hand_over(draft: Draft, doses: tuple[DoseKey, ...]) -> tuple[ContactId, ...]:
    """A "no word" alert ends without a word once another one takes its last silent doses.

    Who had been told: the alert that takes over owes them its all-clear.
    """
    told: list[ContactId] = []
    spoken_of = {o.key for o in draft.chart.now.outcomes if o.how is not How.SILENCE}
    for alert in draft.chart.now.alerts:
        asks = alert.kind is AlertKind.DOSE and alert.detail is Detail.NO_WORD and alert.wants_pages
        if asks and set(alert.doses) & set(doses) and set(alert.doses) <= spoken_of:
            draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.RESOLVED))
            told += alert.told
    return tuple(dict.fromkeys(told))
