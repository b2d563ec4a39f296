"""Queueing messages, and dropping those that nobody wants any more."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from skill.domain.alerts import Alert, AlertKind, Detail
from skill.domain.care_team import Channel, Contact
from skill.domain.chart import Chart
from skill.domain.decide.draft import Draft
from skill.domain.doses import DoseState
from skill.domain.events import Ended, MessageEnded, MessageQueued
from skill.domain.identity import AlertId, ContactId, derived_id
from skill.domain.messages import Message, MessageKind, message_key


class Page(Struct, frozen=True, kw_only=True):
    """A page that this decision wants to queue: one alert, one rung, one person."""

    alert: Alert
    contact: Contact


def queue_pages(draft: Draft, pages: Iterable[Page], *, again: str = "") -> None:
    """Queue pages; those about doses to one person become one message (design §3).

    A fall or a call for help goes out on every channel of the person at once. ``again``: tells a page
    of a rung that is sent once more from the first one.
    """
    doses: dict[ContactId, tuple[Contact, list[Alert]]] = {}
    for page in pages:
        if page.alert.urgent:
            for channel in page.contact.channels():
                _queue_page(draft, page.contact, (page.alert,), channel, again)
        elif page.alert.kind is AlertKind.DOSE:
            doses.setdefault(page.contact.contact_id, (page.contact, []))[1].append(page.alert)
        else:
            _queue_page(draft, page.contact, (page.alert,), page.contact.channels()[0], again)
    for contact, alerts in doses.values():
        _queue_page(draft, contact, tuple(alerts), contact.channels()[0], again)


def _queue_page(
    draft: Draft, contact: Contact, alerts: tuple[Alert, ...], channel: Channel, again: str
) -> None:
    first = alerts[0]
    step = f"{first.round}.{first.rung}" + (f".{again}" if again else "")
    moments = sorted({moment for alert in alerts for moment in _moments(alert)})
    queue(
        draft,
        Message(
            key=message_key(first.alert_id, MessageKind.PAGE, step, contact.contact_id, channel),
            kind=MessageKind.PAGE,
            contact_id=contact.contact_id,
            channel=channel,
            alert_ids=tuple(alert.alert_id for alert in alerts),
            urgent=first.urgent,
            about=moments[0],
            also=tuple(moments[1:]),
            outage=any(_met_outage(draft.chart, alert) for alert in alerts),
            queued_at=draft.now,
            ready_at=draft.now,
        ),
    )


def _moments(alert: Alert) -> set[datetime]:
    """Due moments where doses are what is asked about, else the moment when something was said."""
    about_doses = alert.kind is AlertKind.DOSE or alert.detail is Detail.UNSURE
    return {key.due for key in alert.doses if about_doses} or {alert.about}


def _met_outage(chart: Chart, alert: Alert) -> bool:
    """Whether the silence that it is about may be ours (S39)."""
    first = min((key.due for key in alert.doses), default=alert.about)
    outcomes = chart.outcomes_since(first)
    return alert.outage or any(
        outcomes[key].state is DoseState.NOT_OBSERVED for key in alert.doses if key in outcomes
    )


def queue(draft: Draft, message: Message) -> None:
    """Queue ``message`` unless one with its key is already waiting."""
    if draft.chart.find_message(message.key) is None:
        draft.add(MessageQueued(message=message))


def notice(
    draft: Draft,
    kind: MessageKind,
    alert: Alert,
    to: Iterable[ContactId],
    *,
    named: ContactId | None = None,
    said_at: datetime | None = None,
    on: Channel | None = None,
) -> None:
    """Queue a notice about ``alert`` to each of ``to`` who can be reached, on their first channel.

    ``on``: on this channel instead.
    """
    step = derived_id("step", draft.command.operation)[-8:]
    contacts = [contact for person in to if (contact := draft.chart.find_contact(person)) is not None]
    for contact in [contact for contact in contacts if contact.channels()]:
        person, channel = contact.contact_id, on or contact.channels()[0]
        message = Message(
            key=message_key(alert.alert_id, kind, step, person, channel),
            kind=kind,
            contact_id=person,
            channel=channel,
            alert_ids=(alert.alert_id,),
            urgent=alert.urgent,
            about=alert.about,
            named=named,
            said_at=said_at,
            outage=_met_outage(draft.chart, alert),
            queued_at=draft.now,
            ready_at=draft.now,
        )
        queue(draft, message)


def drop_pages(draft: Draft, alert_id: AlertId) -> None:
    """End the waiting pages that only this alert wanted. What is being sent now is not called back."""
    for message in draft.chart.now.messages:
        if message.kind is not MessageKind.PAGE or alert_id not in message.alert_ids:
            continue
        if message.lease_until is not None and message.lease_until > draft.now:
            continue
        if not wanted_by_alerts(draft.chart, message):
            draft.add(MessageEnded(key=message.key, ended=Ended.DROPPED))


def wanted_by_alerts(chart: Chart, message: Message) -> bool:
    """Whether any alert that this page is about still wants pages."""
    alerts = [chart.find_alert(alert_id) for alert_id in message.alert_ids]
    return any(alert is not None and alert.wants_pages for alert in alerts)
