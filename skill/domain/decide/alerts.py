"""Alerts: opening, joining, climbing, taking over, closing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from skill.domain.alerts import (
    FOLLOW_UP_AFTER,
    FOLLOW_UP_ANSWER,
    NEVER_SENT_AFTER,
    Alert,
    AlertKind,
    AlertState,
    Detail,
)
from skill.domain.care_team import Contact
from skill.domain.chart import Chart
from skill.domain.commands import (
    Acknowledge,
    AskNews,
    FollowUp,
    OptOut,
    PassOn,
    RaiseAlert,
    Resolve,
    SayImOk,
)
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import Page, drop_pages, notice, queue_pages
from skill.domain.doses import DoseKey, DoseState
from skill.domain.events import (
    AlertCalmed,
    AlertClimbed,
    AlertJoined,
    AlertMoved,
    AlertOpened,
    ContactOptedOut,
    Decision,
    FollowUpAnswered,
    FollowUpAsked,
    PersonPassed,
    Reason,
)
from skill.domain.identity import AlertId, ContactId, StatementId
from skill.domain.ladders import Ladder, LadderKind, Rung
from skill.domain.messages import MessageKind

STORM_GAP = timedelta(seconds=60)  # a joined fall pages again, at most this often


def open_or_join(
    draft: Draft,
    kind: AlertKind,
    ladder_kind: LadderKind,
    *,
    detail: Detail,
    about: datetime,
    doses: Sequence[DoseKey] = (),
    ladder: Ladder | None = None,
) -> AlertId:
    """Count an event into an open alert, or open one whose first page is wanted now (design §3, joining)."""
    ladder = ladder or draft.chart.find_ladder(ladder_kind)
    for alert in draft.chart.now.alerts:
        if alert.may_take_in(kind, detail, ladder):
            return _join(draft, alert, doses)
    alert_id = AlertId(draft.new_id("alr"))
    draft.add(
        AlertOpened(
            alert=Alert(
                alert_id=alert_id,
                kind=kind,
                detail=detail,
                opened_at=draft.now,
                about=about,
                doses=tuple(doses),
                ladder_kind=ladder_kind,
                ladder=ladder,
                last_round=ladder.rounds - 1 if ladder else 0,
                next_at=draft.now,
            )
        )
    )
    return alert_id


def _join(draft: Draft, alert: Alert, doses: Sequence[DoseKey]) -> AlertId:
    next_at, last_round = alert.next_at, alert.last_round
    if alert.kind is not AlertKind.DOSE:  # a page is queued after every one of these, but no storm of them
        soon = draft.now if alert.paged_at is None else max(draft.now, alert.paged_at + STORM_GAP)
        next_at = soon if next_at is None else min(next_at, soon)
        last_round = alert.round + (alert.ladder.rounds if alert.ladder else 0)
    draft.add(
        AlertJoined(alert_id=alert.alert_id, doses=tuple(doses), next_at=next_at, last_round=last_round)
    )
    return alert.alert_id


def climb_due(draft: Draft) -> None:
    """Take every alert whose time has come one rung further; all their pages become one message a person."""
    pages: list[Page] = []
    due = [a for a in draft.chart.now.alerts if a.next_at is not None and a.next_at <= draft.now]
    due.sort(key=lambda a: (not a.urgent, a.ladder.speed if a.ladder else timedelta.max, a.opened_at))
    for alert in due:
        match alert.state:
            case AlertState.OPEN:
                pages += _climb(draft, alert.alert_id)
            case AlertState.ACKNOWLEDGED:
                pages += _follow_up(draft, alert)
            case AlertState.RESOLVED | AlertState.EXHAUSTED:
                continue
            case _:
                assert_never(alert.state)
    queue_pages(draft, pages)


def climb_now(draft: Draft, alert_id: AlertId) -> None:
    """Go on to the next rung at once."""
    queue_pages(draft, _climb(draft, alert_id))


def _climb(draft: Draft, alert_id: AlertId) -> list[Page]:
    """Pages of the next rung on which somebody can be reached; exhausted when there is none."""
    while True:
        alert = draft.chart.find_alert(alert_id)
        if alert is None:
            return []
        step = alert.wants_rung()
        if step is None or alert.ladder is None or draft.now - alert.opened_at > NEVER_SENT_AFTER:
            draft.add(AlertMoved(alert_id=alert_id, state=AlertState.EXHAUSTED))
            return []
        turn, rung = step
        people = _reachable(draft.chart, alert, alert.ladder.rungs[rung].contacts)
        next_at = draft.now + _wait_after(alert.ladder, rung)
        draft.add(AlertClimbed(alert_id=alert_id, round=turn, rung=rung, next_at=next_at, paged=bool(people)))
        if people:
            climbed = draft.chart.find_alert(alert_id) or alert
            return [Page(alert=climbed, contact=contact) for contact in people]


def _reachable(chart: Chart, alert: Alert, people: Sequence[ContactId]) -> list[Contact]:
    contacts = [chart.find_contact(person) for person in people if person not in alert.passed_by]
    return [contact for contact in contacts if contact is not None and contact.channels()]


def _wait_after(ladder: Ladder, rung: int) -> timedelta:
    return ladder.rungs[rung + 1].wait if rung + 1 < len(ladder.rungs) else ladder.round_gap


def _follow_up(draft: Draft, alert: Alert) -> list[Page]:
    """Ask once whether the person was reached; without an answer the ladder goes on (S7)."""
    holder = (alert.acknowledged_by,) if alert.acknowledged_by else ()
    if not alert.follow_up_asked:
        draft.add(FollowUpAsked(alert_id=alert.alert_id, next_at=draft.now + FOLLOW_UP_ANSWER))
        notice(draft, MessageKind.FOLLOW_UP, alert, holder)
        return []
    draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.OPEN, next_at=draft.now))
    notice(draft, MessageKind.WENT_ON, alert, holder)
    return _climb(draft, alert.alert_id)


def raise_alert(draft: Draft, command: RaiseAlert) -> Decision:
    """A fall or a call for help: page now, ask nothing."""
    page(draft, command.kind, command.detail)
    someone = any(message.urgent for message in draft.chart.now.messages) or any(
        alert.urgent and alert.wants_pages and alert.told for alert in draft.chart.now.alerts
    )
    return draft.decision(Reason.PAGED if someone else Reason.NOBODY_TO_PAGE)


def page(draft: Draft, kind: AlertKind, detail: Detail) -> None:
    """Open or join an urgent alert and queue its page in this very decision."""
    ladder_kind = LadderKind.FALL if kind is AlertKind.FALL else LadderKind.HELP
    open_or_join(draft, kind, ladder_kind, detail=detail, about=draft.now)
    climb_due(draft)


def say_im_ok(draft: Draft, _: SayImOk) -> Decision:
    """ "I'm OK" stops the climb and is told to everyone paged; a helper closes the alert (S38)."""
    urgent = [a for a in draft.chart.now.alerts if a.urgent and not a.state.ended]
    if not urgent:
        return draft.decision(Reason.GLAD)
    for alert in urgent:
        if alert.calmed_at is None:
            draft.add(AlertCalmed(alert_id=alert.alert_id))
            waiting = {m.contact_id for m in draft.chart.now.messages if alert.alert_id in m.alert_ids}
            to = [person for person in _people(alert) if person in alert.told or person in waiting]
            notice(draft, MessageKind.IM_OK, alert, to)
    return draft.decision(Reason.CALMED)


def _people(alert: Alert) -> tuple[ContactId, ...]:
    on_ladder = alert.ladder.people() if alert.ladder else ()
    return tuple(dict.fromkeys((*on_ladder, *alert.told)))


def news(draft: Draft, _: AskNews) -> Decision:
    """Who has answered a call for help, if anybody (text 16)."""
    urgent = [a for a in draft.chart.now.alerts if a.urgent]
    if not urgent:
        return draft.decision(Reason.NO_ALERT)
    last = max(urgent, key=lambda a: a.opened_at)
    helper = last.acknowledged_by or last.closed_by
    at = last.acknowledged_at or last.ended_at
    if helper is None or at is None:
        return draft.decision(Reason.NEWS_NONE)
    return draft.decision(Reason.NEWS_ANSWERED, {"helper": helper, "at": at})


# ---- the care team


def acknowledge(draft: Draft, command: Acknowledge) -> Decision:
    """ "I've got it": nobody else is paged, and the others are told who has it. No dose changes (S30)."""
    alert, contact, refusal = _alert_and_contact(draft, command.alert_id)
    if refusal is not None or alert is None or contact is None:
        return refusal or draft.decision(Reason.ALERT_OVER)
    if alert.state is AlertState.ACKNOWLEDGED:
        return draft.decision(Reason.ALREADY_HAD, {"helper": alert.acknowledged_by or ""})
    follow_up = draft.now + FOLLOW_UP_AFTER if alert.urgent and alert.calmed_at is None else None
    draft.add(
        AlertMoved(
            alert_id=alert.alert_id, state=AlertState.ACKNOWLEDGED, by=contact.contact_id, next_at=follow_up
        )
    )
    drop_pages(draft, alert.alert_id)
    others = [person for person in alert.told if person != contact.contact_id]
    notice(draft, MessageKind.TAKEN_OVER, alert, others, named=contact.contact_id)
    return draft.decision(Reason.ACKNOWLEDGED, {"helper": contact.contact_id})


def follow_up(draft: Draft, command: FollowUp) -> Decision:
    """ "I spoke with them" or "I'm there": the ladder stays where it is."""
    alert, contact, refusal = _alert_and_contact(draft, command.alert_id)
    if refusal is not None or alert is None or contact is None:
        return refusal or draft.decision(Reason.ALERT_OVER)
    if alert.state is not AlertState.ACKNOWLEDGED:
        draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.ACKNOWLEDGED, by=contact.contact_id))
        drop_pages(draft, alert.alert_id)
        others = [person for person in alert.told if person != contact.contact_id]
        notice(draft, MessageKind.TAKEN_OVER, alert, others, named=contact.contact_id)
    if not alert.spoken_with:
        draft.add(FollowUpAnswered(alert_id=alert.alert_id))
    return draft.decision(Reason.FOLLOWED_UP, {"helper": contact.contact_id})


def pass_on(draft: Draft, command: PassOn) -> Decision:
    """ "Ask the next person": the next rung now, unless somebody else of this rung has still to answer."""
    alert, contact, refusal = _alert_and_contact(draft, command.alert_id)
    if refusal is not None or alert is None or contact is None:
        return refusal or draft.decision(Reason.ALERT_OVER)
    me = contact.contact_id
    if alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by != me:
        return draft.decision(Reason.ALREADY_HAD, {"helper": alert.acknowledged_by or ""})
    if me not in alert.passed_by:
        draft.add(PersonPassed(alert_id=alert.alert_id, contact_id=me, next_at=alert.next_at))
    if alert.state is AlertState.ACKNOWLEDGED:
        draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.OPEN, next_at=draft.now))
    present = draft.chart.find_alert(alert.alert_id) or alert
    asked = [person for person in present.told if person not in present.passed_by]
    if present.state is AlertState.OPEN and not asked:
        climb_now(draft, alert.alert_id)
    return draft.decision(Reason.PASSED_ON)


def resolve(draft: Draft, command: Resolve) -> Decision:
    """ "It is taken care of": over, and everybody who was told hears it."""
    alert, contact, refusal = _alert_and_contact(draft, command.alert_id)
    if refusal is not None or alert is None or contact is None:
        return refusal or draft.decision(Reason.ALERT_OVER)
    _end(draft, alert, MessageKind.CLOSED, by=contact.contact_id)
    return draft.decision(Reason.RESOLVED, {"helper": contact.contact_id})


def _alert_and_contact(
    draft: Draft, alert_id: AlertId
) -> tuple[Alert | None, Contact | None, Decision | None]:
    alert = draft.chart.find_alert(alert_id)
    contact = draft.chart.find_contact(draft.command.speaker.contact_id)
    if contact is None or not contact.consented:
        return alert, contact, draft.decision(Reason.NOT_ALLOWED)
    if alert is None or alert.state.ended:
        return alert, contact, draft.decision(Reason.ALERT_OVER)
    return alert, contact, None


def _end(
    draft: Draft,
    alert: Alert,
    kind: MessageKind,
    *,
    by: ContactId | None = None,
    statement_id: StatementId | None = None,
    said_at: datetime | None = None,
) -> None:
    draft.add(
        AlertMoved(alert_id=alert.alert_id, state=AlertState.RESOLVED, by=by, statement_id=statement_id)
    )
    drop_pages(draft, alert.alert_id)
    to = [person for person in alert.told if person != by]
    notice(draft, kind, alert, to, named=by, said_at=said_at)


def opt_out(draft: Draft, command: OptOut) -> Decision:
    """An opt-out word: that address is silent from now on, and no open alert waits for it (S8)."""
    contact = draft.chart.find_contact(command.contact_id)
    if contact is None:
        return draft.decision(Reason.NOT_ALLOWED)
    if contact.reachable(command.channel) is None:
        return draft.decision(Reason.OPTED_OUT)
    draft.add(ContactOptedOut(contact_id=command.contact_id, channel=command.channel))
    silenced = draft.chart.get_contact(command.contact_id)
    for alert in draft.chart.now.alerts:
        waiting = any(
            m.contact_id == command.contact_id and alert.alert_id in m.alert_ids
            for m in draft.chart.now.messages
        )
        if alert.wants_pages and (waiting or command.contact_id in alert.told):
            _without_address(draft, alert, silenced)
    return draft.decision(Reason.OPTED_OUT)


def _without_address(draft: Draft, alert: Alert, contact: Contact) -> None:
    if not contact.channels():
        climb_now(draft, alert.alert_id)
        return
    notice(draft, MessageKind.STOP_MEANT, alert, (contact.contact_id,))
    queue_pages(draft, [Page(alert=alert, contact=contact)])


# ---- doses


def close_answered(draft: Draft, statement_id: StatementId | None, said_at: datetime) -> bool:
    """End the dose alerts about whose doses nothing is open any more; whether anybody is told."""
    told = False
    for alert in draft.chart.now.alerts:
        if alert.kind is not AlertKind.DOSE or alert.state.ended:
            continue
        states = [_state_of(draft.chart, key) for key in alert.doses]
        quiet = {DoseState.TAKEN, DoseState.SUPERSEDED, DoseState.EXCUSED}
        if alert.ladder is None or not alert.ladder.tells_skips:
            quiet.add(DoseState.SKIPPED)
        if not all(state in quiet for state in states):
            continue
        told = told or bool(alert.told)
        if all(state is DoseState.TAKEN for state in states):
            kind = MessageKind.CLOSED_BY_WORD
        elif DoseState.SKIPPED in states:
            kind = MessageKind.CLOSED_SKIPPED
        else:
            kind = MessageKind.CLOSED_BY_PLAN
        _end(draft, alert, kind, statement_id=statement_id, said_at=said_at)
    return told


def _state_of(chart: Chart, key: DoseKey) -> DoseState | None:
    return next((o.state for o in chart.now.outcomes if o.key == key), None)


def giver_first(ladder: Ladder | None, giver: ContactId, wait: timedelta) -> Ladder:
    """The ladder of a medication that somebody gives: that person first, then the others (S30)."""
    first = Rung(wait=wait, contacts=(giver,))
    if ladder is None:
        return Ladder(kind=LadderKind.ORDINARY, rungs=(first,))
    between = ladder.rungs[1].wait if len(ladder.rungs) > 1 else ladder.round_gap
    rest = [rung for rung in ladder.rungs if rung.contacts != (giver,)]
    return replace(ladder, rungs=(first, *(replace(rung, wait=between) for rung in rest)))
