"""Items and steps as DynamoDB takes them, and back.

Every item written carries ``op``, the random id of the change that wrote it: whoever lost the answer to
a write can see by it that it was carried out (faults.md, finding 4). Every name in an expression is an
alias, so that no reserved word of DynamoDB is in the way.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from skill.errors import DamagedError
from skill.service.ports import Item, Place, Put, Remove

OP_BYTES = 16

Attributes = dict[str, dict[str, Any]]

_MAY_BE_MISSING = ("shard", "wake", "soon", "digest", "expiry")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_IN_A_SECOND = 1_000_000


def key_of(place: Place) -> Attributes:
    return {"pk": {"S": place.pk}, "sk": {"S": place.sk}}


def item_of(attributes: Attributes) -> Item:
    """The item that lies there; ``DamagedError`` when it is none of ours."""
    try:
        wake, expiry = attributes.get("wake"), attributes.get("expiry")
        return Item(
            place=place_of(attributes),
            body=attributes["body"]["B"],
            version=int(attributes["version"]["N"]),
            shard=attributes["shard"]["S"] if "shard" in attributes else None,
            wake=None if wake is None else moment(int(wake["N"])),
            digest=attributes["digest"]["B"] if "digest" in attributes else None,
            expiry=None if expiry is None else moment(int(expiry["N"]) * _MICROSECONDS_IN_A_SECOND),
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise DamagedError(what="item") from error


def place_of(attributes: Attributes) -> Place:
    return Place(pk=attributes["pk"]["S"], sk=attributes["sk"]["S"])


def step_of(table: str, step: Put | Remove, op: bytes) -> dict[str, Any]:
    """One member of a transaction. The version is counted here, or by DynamoDB where none is expected."""
    if isinstance(step, Remove):
        return _removal(table, step)
    if step.expect is None:
        return {"Update": {"TableName": table, **_update(step.item, op)}}
    version = step.item.version if step.as_is else step.expect + 1
    whole = _values(step.item, op) | key_of(step.item.place) | {"version": {"N": str(version)}}
    return {"Put": {"TableName": table, "Item": whole, **_if_version(step.expect)}}


def microseconds(moment_: datetime) -> int:
    """Since 1970, in UTC."""
    return (moment_ - _START) // _MICROSECOND


def moment(microseconds_: int) -> datetime:
    return _START + timedelta(microseconds=microseconds_)


def _removal(table: str, step: Remove) -> dict[str, Any]:
    where = {"TableName": table, "Key": key_of(step.place)}
    if step.expect is None:
        return {"Delete": where}
    member = "Delete" if step.expect else "ConditionCheck"
    return {member: where | _if_version(step.expect)}


def _if_version(expect: int) -> dict[str, Any]:
    if expect == 0:
        return {
            "ConditionExpression": "attribute_not_exists(#pk)",
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
    return {
        "ConditionExpression": "#version = :expected",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":expected": {"N": str(expect)}},
    }


def _update(item: Item, op: bytes) -> dict[str, Any]:
    """Replace whatever lies there, one version on; but not twice by the same change."""
    values = _values(item, op)
    gone = [name for name in _MAY_BE_MISSING if name not in values]
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in values) + " ADD #version :one"
    if gone:
        change += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    return {
        "Key": key_of(item.place),
        "UpdateExpression": change,
        "ConditionExpression": "attribute_not_exists(#op) OR #op <> :op",
        "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *gone, "version")},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}
        | {":one": {"N": "1"}},
    }


def _values(item: Item, op: bytes) -> Attributes:
    """All attributes but key and version; those that the item has none of are not there."""
    values: Attributes = {"body": {"B": item.body}, "op": {"B": op}}
    if item.shard is not None and item.wake is not None:
        values |= {"shard": {"S": item.shard}, "wake": {"N": str(microseconds(item.wake))}}
    if item.soon:
        values["soon"] = {"N": "1"}
    if item.digest is not None:
        values["digest"] = {"B": item.digest}
    if item.expiry is not None:  # whole seconds, never early
        values["expiry"] = {"N": str(-(-microseconds(item.expiry) // _MICROSECONDS_IN_A_SECOND))}
    return values
