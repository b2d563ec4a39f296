"""The key shelf on AWS: a table of its own, with a short life of its backups."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from skill.chance import Chance
from skill.clock import Clock
from skill.errors import StoreDownError
from skill.storage.dynamo_calls import PATIENCE, Calls, failed_expectation

_ID = {"#id": "id"}


class DynamoKeyShelf:
    """A ``KeyShelf`` in a table that exists (see ``dynamo_tables``). Any thread may call it.

    The arguments are those of ``DynamoStore``; every method raises ``StoreDownError`` as it does.
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
        self._calls = Calls(clock=clock, chance=chance, patience=patience, wait=wait)

    def find(self, key_id: str) -> bytes | None:
        ask = partial(self._client.get_item, TableName=self._table, Key=_key(key_id), ConsistentRead=True)
        found = self._calls.until_answered(ask).get("Item")
        return None if found is None else _wrapped(found)

    def put_if_absent(self, key_id: str, wrapped: bytes) -> bytes:
        if self._calls.until_answered(partial(self._put_new, key_id, wrapped)):
            return wrapped
        lies_there = self.find(key_id)  # a rival's, or our own when the answer to an earlier try was lost
        if lies_there is None:
            raise StoreDownError(reason="the key was destroyed while it was being made", key_id=key_id)
        return lies_there

    def destroy(self, key_id: str) -> None:
        self._calls.until_answered(partial(self._client.delete_item, TableName=self._table, Key=_key(key_id)))

    def ids(self) -> Iterator[str]:
        start: dict[str, Any] = {}
        ask = partial(
            self._client.scan,
            TableName=self._table,
            ConsistentRead=True,
            ProjectionExpression="#id",
            ExpressionAttributeNames=_ID,
        )
        while True:
            answer = self._calls.until_answered(partial(ask, **start))
            yield from [one["id"]["S"] for one in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def close(self) -> None:
        """Nothing is tried any more, by any thread. A second call does nothing."""
        self._calls.close()

    def _put_new(self, key_id: str, wrapped: bytes) -> bool:
        """False when a key lies there."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_key(key_id) | {"wrapped": {"B": wrapped}},
                ConditionExpression="attribute_not_exists(#id)",
                ExpressionAttributeNames=_ID,
            )
        except ClientError as error:
            if failed_expectation(error):
                return False
            raise
        return True


def _key(key_id: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": key_id}}


def _wrapped(found: dict[str, dict[str, Any]]) -> bytes:
    value = found.get("wrapped", {}).get("B")
    if not isinstance(value, bytes):
        raise StoreDownError(reason="the key shelf answers with something else than bytes")
    return value
