"""What the care team answers: taking over, passing on, closing, and opting out."""

from typing import NamedTuple

from skill.domain.alerts import FOLLOW_UP_AFTER, Alert, AlertState
from skill.domain.care_team import Contact
from skill.domain.commands import Acknowledge, FollowUp, OptOut, PassOn, Resolve
from skill.domain.decide.alerts import climb_now, end, open_again
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import Page, drop_pages, notice, queue_pages
from skill.domain.events import (
    AlertMoved,
    ContactOptedOut,
    Decision,
    FollowUpAnswered,
    PersonPassed,
    Reason,
)
from skill.domain.identity import AlertId
from skill.domain.messages import MessageKind


class _Case(NamedTuple):
    """An alert that is not over, and somebody who may act on it."""

    alert: Alert
    contact: Contact


def _case(draft: Draft, alert_id: AlertId) -> _Case | Decision:
    """What a helper acts on, or the refusal: consent is read now, and what is over stays over."""
    contact = draft.chart.find_contact(draft.command.speaker.contact_id)
    if contact is None or not contact.consented:
        return draft.decision(Reason.NOT_ALLOWED)
    alert = draft.chart.find_alert(alert_id)
    if alert is None or alert.state.ended:
        return draft.decision(Reason.ALERT_OVER)
    return _Case(alert, contact)


def acknowledge(draft: Draft, command: Acknowledge) -> Decision:
    """ "I've got it": nobody else is paged, and the others are told who has it. No dose changes (S30)."""
    case = _case(draft, command.alert_id)
    if isinstance(case, Decision):
        return case
    alert, contact = case
    if alert.state is AlertState.ACKNOWLEDGED:
        return draft.decision(Reason.ALREADY_HAD, {"helper": alert.acknowledged_by or ""})
    _take_over(draft, alert, contact)
    return draft.decision(Reason.ACKNOWLEDGED, {"helper": contact.contact_id})


def _take_over(draft: Draft, alert: Alert, contact: Contact) -> None:
    asked_later = alert.urgent and alert.calmed_at is None
    draft.add(
        AlertMoved(
            alert_id=alert.alert_id,
            state=AlertState.ACKNOWLEDGED,
            by=contact.contact_id,
            next_at=draft.now + FOLLOW_UP_AFTER if asked_later else None,
        )
    )
    drop_pages(draft, alert.alert_id)
    others = [person for person in alert.told if person != contact.contact_id]
    notice(draft, MessageKind.TAKEN_OVER, alert, others, named=contact.contact_id)


def follow_up(draft: Draft, command: FollowUp) -> Decision:
    """ "I spoke with them" or "I'm there": the ladder stays where it is."""
    case = _case(draft, command.alert_id)
    if isinstance(case, Decision):
        return case
    alert, contact = case
    if alert.state is not AlertState.ACKNOWLEDGED:
        _take_over(draft, alert, contact)
    draft.add(FollowUpAnswered(alert_id=alert.alert_id))
    return draft.decision(Reason.FOLLOWED_UP, {"helper": contact.contact_id})


def pass_on(draft: Draft, command: PassOn) -> Decision:
    """ "Ask the next person": the next rung now, unless somebody else of this rung has still to answer.

    After the last rung the next round keeps its time: everybody has only just been asked.
    """
    case = _case(draft, command.alert_id)
    if isinstance(case, Decision):
        return case
    alert, contact = case
    me = contact.contact_id
    if alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by != me:
        return draft.decision(Reason.ALREADY_HAD, {"helper": alert.acknowledged_by or ""})
    if me not in alert.passed_by:
        draft.add(PersonPassed(alert_id=alert.alert_id, contact_id=me, next_at=alert.next_at))
    if alert.state is AlertState.ACKNOWLEDGED:
        queue_pages(draft, open_again(draft, alert, in_time=False))
    elif alert.state is AlertState.OPEN and not _still_asked(draft, alert.alert_id) and _has_next(alert):
        climb_now(draft, alert.alert_id)
    return draft.decision(Reason.PASSED_ON)


def _still_asked(draft: Draft, alert_id: AlertId) -> bool:
    """Whether somebody else of the present rung has been paged and not answered."""
    alert = draft.chart.get_alert(alert_id)
    rung = alert.ladder.rungs[alert.rung].contacts if alert.ladder and alert.rung >= 0 else ()
    waiting = {m.contact_id for m in draft.chart.now.messages if alert_id in m.alert_ids}
    return any(p not in alert.passed_by and (p in alert.told or p in waiting) for p in rung)


def _has_next(alert: Alert) -> bool:
    return alert.ladder is not None and alert.rung + 1 < len(alert.ladder.rungs)


def resolve(draft: Draft, command: Resolve) -> Decision:
    """ "It is taken care of": over, and everybody who was told hears it."""
    case = _case(draft, command.alert_id)
    if isinstance(case, Decision):
        return case
    end(draft, case.alert, MessageKind.CLOSED, by=case.contact.contact_id)
    return draft.decision(Reason.RESOLVED, {"helper": case.contact.contact_id})


def opt_out(draft: Draft, command: OptOut) -> Decision:
    """An opt-out word: no open alert waits for that address (S8), which is silent from now on if ``sure``."""
    contact = draft.chart.find_contact(command.contact_id)
    if contact is None:
        return draft.decision(Reason.NOT_ALLOWED)
    if contact.reachable(command.channel) is None:
        return draft.decision(Reason.OPTED_OUT)
    if command.sure:
        draft.add(ContactOptedOut(contact_id=command.contact_id, channel=command.channel))
    silenced = contact.without(command.channel)
    for alert in draft.chart.now.alerts:
        waiting = [m.contact_id for m in draft.chart.now.messages if alert.alert_id in m.alert_ids]
        climbs = alert.state is AlertState.OPEN and alert.calmed_at is None
        if climbs and silenced.contact_id in (*waiting, *alert.told):
            _without_address(draft, alert, silenced, sure=command.sure)
    return draft.decision(Reason.OPTED_OUT if command.sure else Reason.STOP_ASKED)


def _without_address(draft: Draft, alert: Alert, contact: Contact, *, sure: bool) -> None:
    """The next channel, where they are asked whether it was meant; without one, the next person.

    Where it may not be meant, the last rung is asked again in its time and not early.
    """
    if not contact.channels():
        if sure or _has_next(alert):
            climb_now(draft, alert.alert_id)
        return
    kind = MessageKind.STOP_MEANT if sure else MessageKind.STOP_ASKED
    notice(draft, kind, alert, (contact.contact_id,), on=contact.channels()[0])
    if not alert.urgent:  # a call for help went out on every channel at once
        queue_pages(draft, [Page(alert=alert, contact=contact)], again=draft.new_id("step")[-8:])
