"""What the mailbox channel received: messages kept beside the chart, for whoever runs the machine to read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from msgspec import Struct

from skill.domain.identity import ContactId, PatientId
from skill.private import Private
from skill.service.act import App
from skill.service.outgoing import Channel, Outgoing
from skill.service.ports import Place, Row, Store

KEPT_FOR = timedelta(days=30)  # fault catalogue, retention: message bodies 30 days
_PREFIX = "MAIL#"
_PAGE = 100


class Mail(Struct, frozen=True, kw_only=True):
    """One attempt at a message, as it arrived. ``contact_id`` None: it was for the patient."""

    at: datetime
    key: str
    attempt: int
    channel: Channel
    contact_id: ContactId | None
    to: Private[str]
    subject: str
    text: Private[str]


def put(app: App, channel: Channel, outgoing: Outgoing) -> None:
    """Write ``outgoing`` down behind what arrived at the same moment; errors of the store pass through."""
    mail = Mail(
        at=outgoing.at,
        key=outgoing.key,
        attempt=outgoing.attempt,
        channel=channel,
        contact_id=outgoing.contact_id,
        to=outgoing.to,
        subject=outgoing.subject,
        text=outgoing.text,
    )
    moment = outgoing.at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    for number in count():
        place = Place(pk=_pk(outgoing.patient_id), sk=f"{_PREFIX}{moment}#{number:06d}")
        if app.charts.write([Row(place=place, value=mail, expect=0, expiry=outgoing.at + KEPT_FOR)]):
            return


def mails(app: App, store: Store, patient_id: PatientId, *, newest_first: bool = False) -> Iterator[Mail]:
    """What arrived about one patient in the last 30 days, in the order of arrival or the other way round."""
    now, after = app.clock.now(), ""
    while True:
        page = store.query(
            _pk(patient_id), prefix=_PREFIX, after=after, limit=_PAGE, newest_first=newest_first
        )
        for item in page:
            found = app.charts.read(item.place, Mail)
            if found is not None and now < found[0].at + KEPT_FOR:
                yield found[0]
        if len(page) < _PAGE:
            return
        after = page[-1].place.sk


def _pk(patient_id: PatientId) -> str:
    return f"PAT#{patient_id}"
