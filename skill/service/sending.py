"""One message's way out: claimed for 30 seconds, sent outside any transaction, settled."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from datetime import timedelta

from msgspec import Struct

from skill.chance import Chance, new_id
from skill.domain.care_team import Channel
from skill.domain.chart import Chart
from skill.domain.commands import ClaimMessages, Settle
from skill.domain.events import Decision, MessageClaimed
from skill.domain.identity import OperationId, PatientId
from skill.domain.messages import Message
from skill.errors import ConflictError, DoseKeeperError
from skill.logs import event
from skill.phrases.catalogue import Catalogue
from skill.phrases.written import Handle, write
from skill.private import Private
from skill.service.act import Acted, App, RowsFor, act
from skill.service.outgoing import GIVE_UP, PERHAPS, Outgoing, Sent
from skill.service.ports import Provider, Row
from skill.service.tokens import mint

SEND_WITHIN = timedelta(seconds=5)  # what a provider may take
_SETTLE_TRIES = 5
_CLAIM_TRIES = 5
_log = logging.getLogger(__name__)

Providers = Mapping[Channel, tuple[Provider, ...]]


class Delivery(Struct, frozen=True, kw_only=True):
    """What delivery needs.

    ``base_url``: where links begin; None, and messages carry none. ``at_once``: how many are sent side
    by side.
    """

    app: App
    chance: Chance
    providers: Providers
    catalogue: Catalogue
    base_url: str | None
    at_once: int = 1


class Parcel(Struct, frozen=True, kw_only=True):
    """A claimed message, with the chart of that moment and the ways to answer it."""

    patient_id: PatientId
    message: Message
    chart: Chart
    handle: Handle


def claim(delivery: Delivery, patient_id: PatientId) -> list[Parcel]:
    """Claim what is ready, calls for help first, with fresh handles; empty when there is nothing to send."""
    handles: dict[str, Handle] = {}

    def rows_for(decision: Decision, chart: Chart) -> tuple[Row, ...]:
        minted, rows = mint(delivery.app, delivery.chance, patient_id, decision, chart, delivery.base_url)
        handles.clear()
        handles.update(minted)
        return rows

    acted, claimed = _claim_once(delivery, patient_id, rows_for)
    for _ in range(_CLAIM_TRIES):
        if claimed or not acted.decision.events:
            break
        # Something was dropped, or goes another way: that may be ready at once (S8).
        acted, claimed = _claim_once(delivery, patient_id, rows_for)
    messages = [m for m in map(acted.chart.find_message, claimed) if m is not None]
    return [
        Parcel(patient_id=patient_id, message=m, chart=acted.chart, handle=handles.get(m.key, Handle()))
        for m in messages
    ]


def _claim_once(delivery: Delivery, patient_id: PatientId, rows_for: RowsFor) -> tuple[Acted, list[str]]:
    operation = OperationId(f"claim/{new_id(delivery.chance, 'clm')}")
    acted = act(delivery.app, patient_id, ClaimMessages(operation=operation), rows_for=rows_for)
    return acted, [e.key for e in acted.decision.events if isinstance(e, MessageClaimed)]


# ---- sending


def send_all(delivery: Delivery, parcels: list[Parcel]) -> Iterator[tuple[Parcel, Sent]]:
    """Each parcel with what became of it, as soon as that is known; without those left for later."""
    if delivery.at_once == 1 or len(parcels) == 1:
        yield from _known((parcel, _send(delivery, parcel)) for parcel in parcels)
        return
    with ThreadPoolExecutor(max_workers=min(delivery.at_once, len(parcels))) as side_by_side:
        waiting = {
            side_by_side.submit(copy_context().run, _send, delivery, parcel): parcel for parcel in parcels
        }
        yield from _known((waiting[done], done.result()) for done in as_completed(waiting))


def _known(sent: Iterable[tuple[Parcel, Sent | None]]) -> Iterator[tuple[Parcel, Sent]]:
    for parcel, what in sent:
        if what is not None:
            yield parcel, what


def _send(delivery: Delivery, parcel: Parcel) -> Sent | None:
    """Hand it to its provider; None when its lease would end before that is over."""
    message, clock = parcel.message, delivery.app.clock
    if message.lease_until is not None and clock.now() + SEND_WITHIN > message.lease_until:
        event(_log, "message_left_for_later", patient_id=parcel.patient_id, channel=message.channel)
        return None
    provider = _provider(delivery, message)
    began = clock.monotonic()
    try:
        sent = provider.send(_outgoing(delivery, parcel)) if provider is not None else GIVE_UP
    except DoseKeeperError as problem:  # nobody left to write to, or nothing to write about
        event(_log, "message_not_written", level=logging.ERROR, patient_id=parcel.patient_id, error=problem)
        sent = GIVE_UP
    except Exception as problem:  # noqa: BLE001 - a fault in one provider must not keep the others waiting
        event(_log, "provider_failed", level=logging.ERROR, patient_id=parcel.patient_id, error=problem)
        sent = PERHAPS
    event(
        _log,
        "message_sent",
        patient_id=parcel.patient_id,
        kind=message.kind,
        channel=message.channel,
        provider=provider.name if provider is not None else None,
        attempt=message.attempt,
        outcome=sent.outcome,
        seconds=round(clock.monotonic() - began, 3),
    )
    return sent


def _provider(delivery: Delivery, message: Message) -> Provider | None:
    """The one whose turn it is; the last when the settings have fewer by now."""
    providers = delivery.providers.get(message.channel, ())
    return providers[min(message.provider, len(providers) - 1)] if providers else None


def _outgoing(delivery: Delivery, parcel: Parcel) -> Outgoing:
    """The message in words, to the present address of whoever it is for."""
    message, chart = parcel.message, parcel.chart
    if message.contact_id is None:
        address = chart.plan.patient.prompts
    else:
        address = chart.get_contact(message.contact_id).reachable(message.channel)
    if address is None:
        raise NotReachableError(channel=message.channel)
    written = write(delivery.catalogue, chart, message, parcel.handle)
    return Outgoing(
        key=message.key,
        attempt=message.attempt,
        patient_id=parcel.patient_id,
        contact_id=message.contact_id,
        to=address.value,
        subject=written.subject,
        text=Private(written.text),
        urgent=message.urgent,
        at=delivery.app.clock.now(),
    )


class NotReachableError(DoseKeeperError):
    """The recipient has no address on this channel that may be used now."""


# ---- settling


def settle(delivery: Delivery, parcel: Parcel, sent: Sent) -> None:
    """Write down what became of it. A conflict is tried again: until then the lease holds the message."""
    message = parcel.message
    more = message.provider + 1 < len(delivery.providers.get(message.channel, ()))
    command = Settle(
        operation=OperationId(f"settle/{message.key}/{message.attempt}"),
        key=message.key,
        attempt=message.attempt,
        outcome=sent.outcome,
        unknown=sent.unknown,
        more_providers=more,
    )
    for _ in range(_SETTLE_TRIES):
        try:
            act(delivery.app, parcel.patient_id, command)
            return
        except ConflictError as problem:
            event(_log, "settle_waits", patient_id=parcel.patient_id, error=problem)
