"""What comes back: a receipt for a message, a reply to one; and the envelope in which SNS brings them."""

from enum import Enum
from typing import TypeVar

import msgspec
from msgspec import Struct

from skill.errors import InvalidError
from skill.private import Private

MOST_BYTES = 256 * 1024  # SNS: the largest message
Shape = TypeVar("Shape")


class Arrival(Enum):
    """What a provider knows of a message by now."""

    ON_ITS_WAY = "on_its_way"  # taken over; an answered call too, because a machine may have answered (S7)
    ARRIVED = "arrived"  # on the recipient's telephone
    FAILED = "failed"  # it will not arrive


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of one attempt at a message: ids that we gave it, and nothing about a person."""

    patient_id: str
    key: str
    attempt: int
    arrival: Arrival


class Reply(Struct, frozen=True, kw_only=True):
    """An SMS that somebody sent us, as ``service.replies.hear`` takes it.

    ``phone``: E.164. ``operation``: names this reply, the same however often it is brought.
    """

    phone: Private[str]
    text: Private[str]
    operation: str


class _Notification(Struct, rename="pascal"):
    message: str


class _Record(Struct, rename="pascal"):
    sns: _Notification


def notified(record: object) -> str:
    """The message in one record of an SNS event, as Lambda brings it; ``InvalidError`` for all else."""
    try:
        message = msgspec.convert(record, _Record).sns.message
    except (msgspec.ValidationError, RecursionError) as error:
        raise InvalidError("record", "is not a notification of SNS") from error
    if len(message) > MOST_BYTES:
        raise InvalidError("record", "is larger than 256 KB")
    return message


def read_as(shape: type[Shape], message: str) -> Shape:
    """``message``, a JSON object, in this shape; unknown fields are left out. Else ``InvalidError``."""
    try:
        return msgspec.json.decode(message, type=shape)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidError("message", "is not what a provider says") from error
