"""Claiming and settling messages, and where one goes that cannot be delivered."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from skill.domain.alerts import NEVER_SENT_AFTER, AlertState
from skill.domain.care_team import Channel
from skill.domain.chart import Chart
from skill.domain.commands import ClaimMessages, Settle
from skill.domain.decide.alerts import go_on_unheard
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import queue, wanted_by_alerts
from skill.domain.events import Decision, Ended, MessageClaimed, MessageDelayed, MessageEnded, Reason
from skill.domain.identity import AlertId
from skill.domain.messages import CLAIMED_AT_ONCE, LEASE, RETRIES, Message, MessageKind, Outcome

PROMPT_FRESH_FOR = timedelta(minutes=60)
MOST_TRIES = len(RETRIES) + 1  # with one provider


def wanted(chart: Chart, message: Message, now: datetime) -> bool:
    """Whether ``message`` should still go out, whoever it is for."""
    if now - message.queued_at > NEVER_SENT_AFTER:
        return False
    match message.kind:
        case MessageKind.PAGE:
            return wanted_by_alerts(chart, message)
        case MessageKind.PROMPT:
            if now - message.about > PROMPT_FRESH_FOR:
                return False
            doses = chart.doses(message.about, message.about + timedelta.resolution)
            return any(dose.due_at(now) and dose.medication.given_by is None for dose in doses)
        case MessageKind.FOLLOW_UP:
            alert = chart.find_alert(message.alert_ids[0])
            return alert is not None and alert.state is AlertState.ACKNOWLEDGED and not alert.spoken_with
        case _:
            return True


def reachable(chart: Chart, message: Message) -> bool:
    """Whether the recipient may be told on this channel now: consent, opt-out, presence as of now (S32)."""
    if message.contact_id is None:
        prompts = chart.plan.patient.prompts
        return prompts is not None and prompts.channel is message.channel
    contact = chart.find_contact(message.contact_id)
    return contact is not None and contact.reachable(message.channel) is not None


def claim(draft: Draft, _: ClaimMessages) -> Decision:
    """Mark what is ready, calls for help first; each is held for 30 seconds.

    What nobody wants or may get any more is dropped. A message whose senders died again and again
    without an answer goes another way.
    """
    ready = [message for message in draft.chart.now.messages if message.ready(draft.now)]
    ready.sort(key=lambda message: (not message.urgent, message.queued_at, message.key))
    for message in ready[:CLAIMED_AT_ONCE]:
        if not wanted(draft.chart, message, draft.now):
            draft.add(MessageEnded(key=message.key, ended=Ended.DROPPED))
        elif not reachable(draft.chart, message):
            _end(draft, message, Ended.DROPPED)
        elif message.lease_until is not None and message.tries >= MOST_TRIES:
            _end(draft, message, Ended.GAVE_UP)
        else:
            repeat = message.repeat or message.lease_until is not None
            draft.add(MessageClaimed(key=message.key, lease_until=draft.now + LEASE, repeat=repeat))
    return draft.decision(Reason.CLAIMED)


def settle(draft: Draft, command: Settle) -> Decision:
    """Write down what a provider made of a message; an answer about another attempt changes nothing."""
    message = draft.chart.find_message(command.key)
    if message is None or message.attempt != command.attempt or message.lease_until is None:
        return draft.decision(Reason.NOTHING_TO_DO)
    if command.outcome is Outcome.ACCEPTED:
        draft.add(MessageEnded(key=message.key, ended=Ended.ACCEPTED))
    elif command.outcome is Outcome.TRY_AGAIN and message.tries < MOST_TRIES:
        draft.add(
            MessageDelayed(
                key=message.key,
                ready_at=draft.now + RETRIES[message.tries - 1],
                provider=message.provider,
                tries=message.tries,
                repeat=message.repeat or command.unknown,
            )
        )
    elif command.more_providers:
        draft.add(
            MessageDelayed(
                key=message.key,
                ready_at=draft.now,
                provider=message.provider + 1,
                tries=0,
                repeat=message.repeat or command.unknown,
            )
        )
    else:
        _end(draft, message, Ended.GAVE_UP)
    return draft.decision(Reason.SETTLED)


def _end(draft: Draft, message: Message, ended: Ended) -> None:
    """It cannot be delivered: by the person's next channel, if it is still wanted, else the next rung now."""
    draft.add(MessageEnded(key=message.key, ended=ended))
    if not wanted(draft.chart, message, draft.now) or _sent_elsewhere(draft, message):
        return
    if message.kind is MessageKind.PAGE:
        for alert_id in message.alert_ids:
            _go_on_if_unheard(draft, alert_id)


def _sent_elsewhere(draft: Draft, message: Message) -> bool:
    """Whether the person has another channel for it; an urgent page goes out on all of them anyway."""
    contact = draft.chart.find_contact(message.contact_id)
    if contact is None or (message.urgent and message.kind is MessageKind.PAGE):
        return False
    order = [address.channel for address in contact.addresses]
    later = order[order.index(message.channel) + 1 :] if message.channel in order else order
    for channel in later:
        if contact.reachable(channel) is not None:
            key = message.key.rsplit("/", 1)[0] + "/" + channel.value
            queue(draft, _afresh(message, key=key, channel=channel, now=draft.now))
            return True
    return False


def _afresh(message: Message, *, key: str, channel: Channel, now: datetime) -> Message:
    return replace(
        message,
        key=key,
        channel=channel,
        ready_at=now,
        attempt=0,
        tries=0,
        provider=0,
        lease_until=None,
        claim=None,
        repeat=False,
    )


def _go_on_if_unheard(draft: Draft, alert_id: AlertId) -> None:
    """Unless a page of this rung was taken, is still on its way, or the climb stands still."""
    alert = draft.chart.find_alert(alert_id)
    if alert is None or alert.state is not AlertState.OPEN or alert.heard or alert.calmed_at is not None:
        return
    waiting = any(m.kind is MessageKind.PAGE and alert_id in m.alert_ids for m in draft.chart.now.messages)
    if not waiting:
        go_on_unheard(draft, alert)
