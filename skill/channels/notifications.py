"""What SNS brings to us as an event of Lambda: replies by SMS, and what became of messages."""

import logging
from collections.abc import Mapping

from skill.channels.end_user_messaging import parse_receipt, parse_reply
from skill.channels.incoming import Arrival
from skill.errors import InvalidError
from skill.logs import event
from skill.service.act import App
from skill.service.replies import hear

_log = logging.getLogger(__name__)


def receive(app: App, happened: Mapping[str, object]) -> dict[str, object]:
    """Do what the replies say, and log what failed to arrive; how many records were understood.

    When this returns, what a reply meant is durable. Errors of the store pass through: then Lambda
    brings the event again, and a reply that was heard before changes nothing. A record that nobody can
    read is logged and left, because it would be no better the next time.
    """
    records = happened.get("Records")
    understood = 0
    for record in records if isinstance(records, list) else ():
        try:
            understood += _receive(app, record)
        except InvalidError as problem:
            event(_log, "notification_refused", level=logging.ERROR, reason=problem.field)
    return {"understood": understood}


def _receive(app: App, record: object) -> bool:
    reply = parse_reply(record)
    if reply is not None:
        heard = hear(app, reply.phone.value, reply.text.value, reply.operation)
        event(_log, "reply_heard", outcome=heard)
        return True
    receipt = parse_receipt(record)
    if receipt is None:
        return False
    level = logging.ERROR if receipt.arrival is Arrival.FAILED else logging.INFO
    event(_log, "receipt", level=level, patient_id=receipt.patient_id, outcome=receipt.arrival)
    return True
