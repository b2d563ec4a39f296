"""Links and codes: what a caregiver holds in hand to answer one message.

A link ends in a random token of 256 bits; a code has six digits and is good only from the telephone
that it was sent to. Stored are keyed digests of both, with what they open.
"""

import base64
import re
from datetime import datetime, timedelta

from msgspec import Struct

from skill.chance import Chance, new_code
from skill.domain.alerts import KEPT_AFTER_END, Alert
from skill.domain.care_team import Channel, Contact
from skill.domain.chart import Chart
from skill.domain.events import Decision, MessageClaimed
from skill.domain.identity import AlertId, ContactId, PatientId
from skill.domain.messages import Message, MessageKind
from skill.errors import ConflictError
from skill.phrases.written import ANSWERABLE, Handle
from skill.service.act import App
from skill.service.ports import Place, Row

LINK_PATH = "/a/"
TOKEN_BYTES = 32
LIVES = timedelta(days=30)  # of the record; whether it still opens anything is the alert's to say
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_TRIES = 20


class Ticket(Struct, frozen=True, kw_only=True):
    """What a link or code opens: some alerts of one patient, for one contact. No alerts: a test."""

    patient_id: PatientId
    contact_id: ContactId
    kind: MessageKind
    alert_ids: tuple[AlertId, ...]
    expires_at: datetime


class Shown(Struct, frozen=True, kw_only=True):
    """A ticket that somebody showed; ``digest`` names the link or code without being it."""

    ticket: Ticket
    digest: str


def mint(
    app: App, chance: Chance, patient_id: PatientId, decision: Decision, chart: Chart, base_url: str | None
) -> tuple[dict[str, Handle], tuple[Row, ...]]:
    """Handles for every message claimed in ``decision``, and the rows that must be written with it."""
    handles: dict[str, Handle] = {}
    rows: list[Row] = []
    for event in decision.events:
        message = chart.find_message(event.key) if isinstance(event, MessageClaimed) else None
        contact = chart.find_contact(message.contact_id) if message is not None else None
        if message is None or contact is None:
            continue
        handle, more = _Mint(app, chance, patient_id, base_url).handle(message, contact)
        handles[message.key] = handle
        rows += more
    return handles, tuple(rows)


class _Mint(Struct, frozen=True):
    app: App
    chance: Chance
    patient_id: PatientId
    base_url: str | None

    def handle(self, message: Message, contact: Contact) -> tuple[Handle, list[Row]]:
        """A link for what can be answered or tried out, and a code where an answer can come back."""
        rows: list[Row] = []
        answerable = message.kind in ANSWERABLE
        ticket = Ticket(
            patient_id=self.patient_id,
            contact_id=contact.contact_id,
            kind=message.kind,
            alert_ids=message.alert_ids,
            expires_at=self.app.clock.now() + LIVES,
        )
        link = code = None
        if self.base_url is not None and (answerable or message.kind is MessageKind.TEST):
            token = base64.urlsafe_b64encode(self.chance.bytes(TOKEN_BYTES)).rstrip(b"=").decode()
            link = f"{self.base_url}{LINK_PATH}{token}"
            rows.append(_row(_token_place(self.app, token), ticket, expect=0))
        address = contact.reachable(message.channel)
        if answerable and message.channel is Channel.SMS and address is not None:
            code, row = self._code(address.value.value, ticket)
            rows.append(row)
        return Handle(link=link, code=code), rows

    def _code(self, phone: str, ticket: Ticket) -> tuple[str, Row]:
        """A code that no other message to this telephone uses."""
        for _ in range(_TRIES):
            code = new_code(self.chance)
            place = _code_place(self.app, phone, code)
            found = self.app.charts.read(place, Ticket)
            if found is None or found[0].expires_at <= self.app.clock.now():
                return code, _row(place, ticket, expect=found[1] if found is not None else 0)
        raise ConflictError(kind="code")


def _row(place: Place, ticket: Ticket, *, expect: int) -> Row:
    return Row(place=place, value=ticket, expect=expect, expiry=ticket.expires_at)


def _token_place(app: App, token: str) -> Place:
    return Place(pk=f"LINK#token#{app.charts.blind('token', token)}", sk="-")


def _code_place(app: App, phone: str, code: str) -> Place:
    return Place(pk=f"LINK#code#{app.charts.blind('code', f'{phone}|{code}')}", sk="-")


def find_by_token(app: App, token: str) -> Shown | None:
    """What a link opens; None for one that is malformed, unknown or too old."""
    return _find(app, _token_place(app, token)) if _TOKEN.fullmatch(token) else None


def find_by_code(app: App, phone: str, code: str) -> Shown | None:
    """What a code opens when it comes from ``phone``; None for every other telephone."""
    return _find(app, _code_place(app, phone, code))


def _find(app: App, place: Place) -> Shown | None:
    found = app.charts.read(place, Ticket)
    if found is None or found[0].expires_at <= app.clock.now():
        return None
    return Shown(ticket=found[0], digest=place.pk.rpartition("#")[2][:32])


def still_open(ticket: Ticket, chart: Chart, now: datetime) -> tuple[Alert, ...]:
    """The alerts that the ticket opens now: each until 24 hours after its end."""
    alerts = [alert for alert in map(chart.find_alert, ticket.alert_ids) if alert is not None]
    return tuple(a for a in alerts if a.ended_at is None or now < a.ended_at + KEPT_AFTER_END)
