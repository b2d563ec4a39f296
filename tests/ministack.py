"""A real server that stands in for AWS: started when first wanted, one a test process, on loopback alone."""

import atexit
import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.session import Session

from infra.stack.ministack import MiniStack
from skill.aws import Aws
from skill.chance import SystemChance
from skill.storage.dynamo_tables import create_tables

REGION = "us-east-1"


@functools.cache
def endpoint() -> str:
    """Where DynamoDB answers: what ``DOSEKEEPER_TEST_ENDPOINT`` names, else a ministack of this process.

    What is named is on this machine, as the guard of ``conftest`` wants it: another stand-in, or
    something that signs anew and passes on to a real table.
    """
    named = os.environ.get("DOSEKEEPER_TEST_ENDPOINT")
    if named:
        return named
    server = MiniStack()
    atexit.register(server.stop)
    return server.endpoint


@functools.cache
def session() -> Session:
    """A session with made-up credentials. Real ones are never looked for, whatever endpoint is named."""
    made = Session()
    made.set_credentials("test", "nobody's secret")
    return made


@functools.cache
def aws() -> Aws:
    """The way to it, with the clients that this process shares."""
    return Aws(region=REGION, endpoint=endpoint(), session=session())


@contextmanager
def fresh_tables(client: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - botocore's
    """Two empty tables that nobody else uses: of items, and of keys."""
    name = f"dosekeeper-{SystemChance().bytes(8).hex()}"
    tables = (name, f"{name}-keys")
    create_tables(client, *tables)
    try:
        yield tables
    finally:
        for table in tables:
            client.delete_table(TableName=table)
