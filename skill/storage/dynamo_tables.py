"""The two tables on AWS: what ``infra/template.yaml`` declares too, and how tests and local use make them."""

from typing import Any

WAKE_INDEX = "wake"
TTL_ATTRIBUTE = "expiry"  # whole seconds since 1970; DynamoDB takes the item away some time afterwards

ITEM_KEYS = (
    {"AttributeName": "pk", "KeyType": "HASH"},
    {"AttributeName": "sk", "KeyType": "RANGE"},
)
WAKE_KEYS = (  # sparse: only items that have both are in it
    {"AttributeName": "shard", "KeyType": "HASH"},
    {"AttributeName": "wake", "KeyType": "RANGE"},
)
WAKE_PROJECTION = {"ProjectionType": "KEYS_ONLY"}  # its hits are candidates; they are read again
ITEM_ATTRIBUTES = (
    {"AttributeName": "pk", "AttributeType": "S"},
    {"AttributeName": "sk", "AttributeType": "S"},
    {"AttributeName": "shard", "AttributeType": "S"},
    {"AttributeName": "wake", "AttributeType": "N"},  # microseconds since 1970
)
SHELF_KEYS = ({"AttributeName": "id", "KeyType": "HASH"},)
SHELF_ATTRIBUTES = ({"AttributeName": "id", "AttributeType": "S"},)
BILLING_MODE = "PAY_PER_REQUEST"


def create_tables(client: Any, table: str, keys_table: str) -> None:  # noqa: ANN401 - botocore's
    """Make both tables, empty, and wait until they can be used (at most a minute each).

    For tests and for a server on this machine; a deployment gets its tables, with their backups and
    stream, from the template. Raises botocore's errors, also when a table is there already.
    """
    client.create_table(
        TableName=table,
        KeySchema=list(ITEM_KEYS),
        AttributeDefinitions=list(ITEM_ATTRIBUTES),
        GlobalSecondaryIndexes=[
            {"IndexName": WAKE_INDEX, "KeySchema": list(WAKE_KEYS), "Projection": WAKE_PROJECTION}
        ],
        BillingMode=BILLING_MODE,
    )
    client.create_table(
        TableName=keys_table,
        KeySchema=list(SHELF_KEYS),
        AttributeDefinitions=list(SHELF_ATTRIBUTES),
        BillingMode=BILLING_MODE,
    )
    for name in (table, keys_table):
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    client.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE}
    )
