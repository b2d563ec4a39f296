"""The store on AWS: one DynamoDB table, written by many at once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from skill.chance import Chance
from skill.clock import Clock
from skill.errors import InvalidError, StoreDownError
from skill.service.ports import (
    MOST_LETTERS_IN_A_KEY,
    Change,
    Committed,
    Item,
    Place,
    Put,
    Woken,
)
from skill.storage.dynamo_calls import OF_AWS, PATIENCE, Calls, failed_expectation
from skill.storage.dynamo_items import (
    OP_BYTES,
    Attributes,
    item_of,
    key_of,
    microseconds,
    moment,
    step_of,
)
from skill.storage.dynamo_tables import WAKE_INDEX

_BEYOND_ASCII = "\x7f"
_MOST_WITNESSES = 4
_WALKED_TOGETHER = 500


class DynamoStore:
    """A ``Store`` in a table that exists (see ``dynamo_tables``). Any thread may call it.

    ``client`` is botocore's, with short time-outs; it stays the caller's to close. One that tries each
    call once is best, since this store tries again by itself: for ``patience`` on end, and may then take
    as long as two calls of the client.

    Beyond the port: what a query of several items finds is of one moment item by item, not as a whole. A
    change that is carried out meanwhile may show in one item and not yet in another, so a reader
    of two items that belong together compares their versions and reads again. ``expiry`` is
    kept in whole seconds, rounded up. ``DamagedError``: an item is none of ours.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - botocore makes its clients at run time
        table: str,
        *,
        clock: Clock,
        chance: Chance,
        patience: timedelta = PATIENCE,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._client = client
        self._table = table
        self._chance = chance
        self._calls = Calls(clock=clock, chance=chance, patience=patience, wait=wait)

    def get(self, place: Place) -> Item | None:
        found = self._calls.until_answered(partial(self._find, key_of(place)))
        return None if found is None else item_of(found)

    def query(
        self, pk: str, *, prefix: str = "", after: str = "", limit: int = 100, newest_first: bool = False
    ) -> tuple[Item, ...]:
        _check_limit(limit)
        low, high = prefix or " ", (prefix + _BEYOND_ASCII)[:MOST_LETTERS_IN_A_KEY]
        if after and newest_first:
            high = min(high, after)
        elif after:
            low = max(low, after)
        if low > high:  # DynamoDB would call this a mistake
            return ()
        # Both ends belong to the range, so ``after`` itself may be among what is found, and is left out.
        found = self._query(
            limit + bool(after),
            KeyConditionExpression="#pk = :pk AND #sk BETWEEN :low AND :high",
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={":pk": {"S": pk}, ":low": {"S": low}, ":high": {"S": high}},
            ScanIndexForward=not newest_first,
            ConsistentRead=True,
        )
        return tuple(item_of(one) for one in found if one["sk"]["S"] != after)[:limit]

    def commit(self, changes: Sequence[Change]) -> list[Committed]:
        """As the port says, each change in a transaction of its own, one after the other.

        ``StoreDownError`` ends the call: changes before the failing one stand, those behind it were not
        tried. A change whose answer was lost is known by its mark on what it wrote, and is ``APPLIED``.
        Where no mark is left (it only removed; rivals have written over all of it) the token still tells
        that DynamoDB keeps for ten minutes; where that were forgotten too, it is a ``CONFLICT`` if it
        expected a version, so that what may be used once is never used twice.
        """
        return [self._carry_out(change) for change in changes]

    def waking(self, shard: str, *, until: datetime, limit: int) -> tuple[Woken, ...]:
        _check_limit(limit)
        found = self._query(
            limit,
            IndexName=WAKE_INDEX,
            KeyConditionExpression="#shard = :shard AND #wake <= :until",
            ExpressionAttributeNames={"#shard": "shard", "#wake": "wake"},
            ExpressionAttributeValues={":shard": {"S": shard}, ":until": {"N": str(microseconds(until))}},
        )
        return tuple(Woken(pk=one["pk"]["S"], wake=moment(int(one["wake"]["N"]))) for one in found)

    def walk(self) -> Iterator[Item]:
        start: dict[str, Any] = {}
        ask = partial(self._client.scan, TableName=self._table, ConsistentRead=True, Limit=_WALKED_TOGETHER)
        while True:
            answer = self._calls.until_answered(partial(ask, **start))
            yield from map(item_of, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def close(self) -> None:
        """Nothing is tried any more, by any thread. A second call does nothing."""
        self._calls.close()

    def _carry_out(self, change: Change) -> Committed:
        op = self._chance.bytes(OP_BYTES)
        write = partial(
            self._client.transact_write_items,
            TransactItems=[step_of(self._table, step, op) for step in change.steps],
            ClientRequestToken=op.hex(),
        )
        is_written = partial(self._any_bears, op, _witnesses(change))
        try:
            return self._calls.until_answered(partial(_attempt, write, is_written))
        except StoreDownError:
            if _perhaps(is_written):
                return Committed.APPLIED
            raise

    def _any_bears(self, op: bytes, witnesses: Sequence[Place]) -> bool:
        """Whether the change with this id was carried out, as far as what it wrote is still there."""
        only_op = {"ProjectionExpression": "#op", "ExpressionAttributeNames": {"#op": "op"}}
        found = (self._find(key_of(place), **only_op) for place in witnesses)
        return any(one is not None and one.get("op", {}).get("B") == op for one in found)

    def _find(self, key: Attributes, **more: Any) -> Attributes | None:  # noqa: ANN401 - botocore's
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True, **more)
        found: Attributes | None = answer.get("Item")
        return found

    def _query(self, most: int, **asked: Any) -> list[Attributes]:  # noqa: ANN401 - botocore's
        """Up to ``most`` items, over as many pages as DynamoDB makes of them (1 MB each)."""
        found: list[Attributes] = []
        start: dict[str, Any] = {}
        while True:
            ask = partial(
                self._client.query, TableName=self._table, Limit=most - len(found), **asked, **start
            )
            answer = self._calls.until_answered(ask)
            found += answer["Items"]
            last = answer.get("LastEvaluatedKey")
            if last is None or len(found) >= most:
                return found
            start = {"ExclusiveStartKey": last}


def _attempt(write: Callable[[], object], is_written: Callable[[], bool]) -> Committed:
    try:
        write()
    except ClientError as error:
        if not failed_expectation(error):
            raise
        # Perhaps what did not hold is our own doing: an earlier try whose answer was lost.
        return Committed.APPLIED if is_written() else Committed.CONFLICT
    return Committed.APPLIED


def _perhaps(is_written: Callable[[], bool]) -> bool:
    try:
        return is_written()
    except OF_AWS:
        return False


def _witnesses(change: Change) -> list[Place]:
    """Where to look for the mark of a change: what it made anew first, since others rarely write there.

    One that bears the mark is enough; several, since a rival may have written over some of them.
    """
    puts = sorted((s for s in change.steps if isinstance(s, Put)), key=lambda put: put.expect != 0)
    return [put.item.place for put in puts[:_MOST_WITNESSES]]


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise InvalidError("limit", "is at least 1")
