"""How events about alerts and messages change a chart."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from skill.domain import events as ev
from skill.domain.alerts import Alert, AlertState
from skill.domain.chart import Chart
from skill.domain.identity import AlertId
from skill.domain.messages import Message, MessageKind


def _alert(chart: Chart, alert_id: AlertId, change: Callable[[Alert], Alert]) -> Chart:
    return chart.with_now(alerts=tuple(change(a) if a.alert_id == alert_id else a for a in chart.now.alerts))


def _opened(chart: Chart, event: ev.AlertOpened, _: ev.Decision) -> Chart:
    return chart.with_now(alerts=(*chart.now.alerts, event.alert))


def _joined(chart: Chart, event: ev.AlertJoined, _: ev.Decision) -> Chart:
    def join(alert: Alert) -> Alert:
        new = tuple(key for key in event.doses if key not in alert.doses)
        return replace(
            alert,
            doses=(*alert.doses, *new),
            joined=alert.joined + 1,
            next_at=event.next_at,
            last_round=event.last_round,
            told=tuple(dict.fromkeys((*alert.told, *event.told))),
            outage=alert.outage or event.outage,
        )

    return _alert(chart, event.alert_id, join)


def _climbed(chart: Chart, event: ev.AlertClimbed, decision: ev.Decision) -> Chart:
    def climb(alert: Alert) -> Alert:
        return replace(
            alert,
            round=event.round,
            rung=event.rung,
            next_at=event.next_at,
            paged_at=decision.at if event.paged else alert.paged_at,
            heard=False,
            passed_by=alert.passed_by if event.round == alert.round else (),
        )

    return _alert(chart, event.alert_id, climb)


def _moved(chart: Chart, event: ev.AlertMoved, decision: ev.Decision) -> Chart:
    def move(alert: Alert) -> Alert:
        changes: dict[str, Any] = {"state": event.state, "next_at": event.next_at}
        if event.last_round is not None:
            changes["last_round"] = event.last_round
        if event.state is AlertState.ACKNOWLEDGED:
            changes |= {"acknowledged_by": event.by, "acknowledged_at": decision.at}
        elif event.state is AlertState.RESOLVED:
            changes |= {"closed_by": event.by, "ended_at": decision.at}
        elif event.state is AlertState.OPEN:
            changes |= {"acknowledged_by": None, "acknowledged_at": None}
            changes |= {"follow_up_asked": False, "spoken_with": False}
        return replace(alert, **changes)

    chart = _alert(chart, event.alert_id, move)
    if event.statement_id is None:
        return chart
    statements = tuple(
        replace(s, closed_alerts=(*s.closed_alerts, event.alert_id))
        if s.statement_id == event.statement_id
        else s
        for s in chart.now.statements
    )
    return chart.with_now(statements=statements)


def _calmed(chart: Chart, event: ev.AlertCalmed, decision: ev.Decision) -> Chart:
    return _alert(chart, event.alert_id, lambda a: replace(a, calmed_at=decision.at, next_at=None))


def _follow_up_asked(chart: Chart, event: ev.FollowUpAsked, _: ev.Decision) -> Chart:
    return _alert(chart, event.alert_id, lambda a: replace(a, follow_up_asked=True, next_at=event.next_at))


def _follow_up_answered(chart: Chart, event: ev.FollowUpAnswered, _: ev.Decision) -> Chart:
    return _alert(chart, event.alert_id, lambda a: replace(a, spoken_with=True, next_at=None))


def _passed(chart: Chart, event: ev.PersonPassed, _: ev.Decision) -> Chart:
    def passed(alert: Alert) -> Alert:
        return replace(alert, passed_by=(*alert.passed_by, event.contact_id), next_at=event.next_at)

    return _alert(chart, event.alert_id, passed)


# ---- messages


def _message(chart: Chart, key: str, change: Callable[[Message], Message]) -> Chart:
    return chart.with_now(messages=tuple(change(m) if m.key == key else m for m in chart.now.messages))


def _queued(chart: Chart, event: ev.MessageQueued, _: ev.Decision) -> Chart:
    return chart.with_now(messages=(*chart.now.messages, event.message))


def _claimed(chart: Chart, event: ev.MessageClaimed, decision: ev.Decision) -> Chart:
    def claim(message: Message) -> Message:
        return replace(
            message,
            attempt=message.attempt + 1,
            tries=message.tries + 1,
            lease_until=event.lease_until,
            claim=decision.operation,
            repeat=event.repeat,
        )

    message = chart.find_message(event.key)
    chart = _message(chart, event.key, claim)
    if message is None or message.contact_id is None:
        return chart
    told = message.contact_id
    return chart.with_now(
        alerts=tuple(
            replace(a, told=(*a.told, told)) if a.alert_id in message.alert_ids and told not in a.told else a
            for a in chart.now.alerts
        ),
    )


def _delayed(chart: Chart, event: ev.MessageDelayed, _: ev.Decision) -> Chart:
    def delay(message: Message) -> Message:
        return replace(
            message,
            ready_at=event.ready_at,
            provider=event.provider,
            tries=event.tries,
            repeat=event.repeat,
            lease_until=None,
            claim=None,
        )

    return _message(chart, event.key, delay)


def _message_ended(chart: Chart, event: ev.MessageEnded, _: ev.Decision) -> Chart:
    message = chart.find_message(event.key)
    chart = chart.with_now(messages=tuple(m for m in chart.now.messages if m.key != event.key))
    if message is None or message.kind is not MessageKind.PAGE or event.ended is not ev.Ended.ACCEPTED:
        return chart
    return chart.with_now(
        alerts=tuple(
            replace(a, heard=True, reached=True) if a.alert_id in message.alert_ids else a
            for a in chart.now.alerts
        ),
    )


HANDLERS: dict[type, Callable[[Chart, Any, ev.Decision], Chart]] = {
    ev.AlertOpened: _opened,
    ev.AlertJoined: _joined,
    ev.AlertClimbed: _climbed,
    ev.AlertMoved: _moved,
    ev.AlertCalmed: _calmed,
    ev.FollowUpAsked: _follow_up_asked,
    ev.FollowUpAnswered: _follow_up_answered,
    ev.PersonPassed: _passed,
    ev.MessageQueued: _queued,
    ev.MessageClaimed: _claimed,
    ev.MessageDelayed: _delayed,
    ev.MessageEnded: _message_ended,
}
