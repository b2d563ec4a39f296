"""Work on an SQS queue, and as it comes back from there or from the stream of the item table.

A message is JSON, ids and moments only: ``{"patients": ["pat_…"], "outages": [{"start": …, "end": …}]}``.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from skill.domain.identity import PatientId
from skill.errors import StoreDownError
from skill.logs import event
from skill.service.work import Arrived, Work

LONGEST_DELAY = timedelta(minutes=15)  # SQS
_TOGETHER = 10  # SQS: messages in one call
_PATIENT = "PAT#"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_decoder = msgspec.json.Decoder(Work)
_log = logging.getLogger(__name__)


class SqsQueue:
    """The one ``WorkQueue``; ``client`` is botocore's for SQS, ``url`` names the queue."""

    def __init__(self, client: Any, url: str) -> None:  # noqa: ANN401 - botocore has no types
        self._client = client
        self._url = url

    def put(self, pieces: Sequence[Work], *, delay: timedelta = timedelta()) -> None:
        seconds = max(0, min(-(-delay // timedelta(seconds=1)), LONGEST_DELAY // timedelta(seconds=1)))
        for start in range(0, len(pieces), _TOGETHER):
            entries = [
                {"Id": str(n), "MessageBody": msgspec.json.encode(piece).decode(), "DelaySeconds": seconds}
                for n, piece in enumerate(pieces[start : start + _TOGETHER])
            ]
            self._send(entries)

    def waiting(self) -> int:
        name = "ApproximateNumberOfMessages"
        try:
            found = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        except (BotoCoreError, ClientError) as problem:
            raise StoreDownError(reason="the queue cannot be asked") from problem
        return int(found["Attributes"][name])

    def _send(self, entries: list[dict[str, object]]) -> None:
        """All of them, the ones that SQS could not take a second time."""
        for _ in range(2):
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (BotoCoreError, ClientError) as problem:
                raise StoreDownError(reason="the queue takes nothing") from problem
            left = {one["Id"] for one in answer.get("Failed", ())}
            entries = [entry for entry in entries if entry["Id"] in left]
            if not entries:
                return
        raise StoreDownError(reason="the queue did not take everything")


def arrived_in(happened: Mapping[str, Any]) -> list[Arrived]:
    """The work in an event of Lambda, from the queue or from the table's stream.

    A record that cannot be read is work that nobody can do: it comes again, and ends as a dead letter.
    """
    found = []
    for record in happened.get("Records", ()):
        one = _from_stream(record) if record.get("eventSource") == "aws:dynamodb" else _from_queue(record)
        if one is not None:
            found.append(one)
    return found


def _from_queue(record: Mapping[str, Any]) -> Arrived:
    try:
        work = _decoder.decode(record["body"])
    except (KeyError, TypeError, ValueError) as problem:
        event(_log, "work_unreadable", level=logging.ERROR, error=problem)
        work = None
    return Arrived(name=str(record.get("messageId", "")), work=work)


def _from_stream(record: Mapping[str, Any]) -> Arrived | None:
    """None for a write after which nobody has to do anything."""
    change = record.get("dynamodb", {})
    item = change.get("NewImage", {})
    pk, wake = item.get("pk", {}).get("S", ""), item.get("wake", {}).get("N")
    if not pk.startswith(_PATIENT) or wake is None:
        return None
    return Arrived(
        name=str(change.get("SequenceNumber", "")),
        work=Work(patients=(PatientId(pk.removeprefix(_PATIENT)),)),
        not_before=_moment(wake),
    )


def _moment(microseconds: str) -> datetime | None:
    """None for what is no moment: then somebody looks at the chart now."""
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except (ValueError, OverflowError) as problem:
        event(_log, "wake_unreadable", level=logging.ERROR, error=problem)
        return None


def reported(failed: Sequence[str]) -> dict[str, object]:
    """The answer of Lambda that names which records of a batch have to come again."""
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
