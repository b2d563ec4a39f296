"""A DynamoDB that misbehaves on purpose: hooks of botocore, in front of the real server."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from skill.chance import SystemChance
from skill.clock import WoundClock
from skill.storage.dynamo import DynamoStore
from skill.storage.dynamo_shelf import DynamoKeyShelf
from tests.ministack import REGION, endpoint, session

NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
WRITE, READ = "TransactWriteItems", "GetItem"

Happening = Callable[[AWSPreparedRequest], AWSResponse | None]


class Waits:
    """Spends time by winding the clock, keeps how many seconds each time, and does ``also``."""

    def __init__(self, clock: WoundClock) -> None:
        self._clock = clock
        self.seconds: list[float] = []
        self.also: Callable[[], object] = lambda: None

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._clock.wind_by(timedelta(seconds=seconds))
        self.also()


class Troubled:
    """A store, and a shelf, on ``table`` with a client of their own, in wound time.

    ``attempts``: how often botocore tries a call, for real seconds of its own between two.
    """

    def __init__(
        self, table: str, *, attempts: int = 1, url: str | None = None, read_timeout: float = 10
    ) -> None:
        self.table = table
        self.clock = WoundClock(NOON)
        self.waits = Waits(self.clock)
        self.client = a_client(attempts=attempts, url=url, read_timeout=read_timeout)
        self.store = DynamoStore(self.client, table, clock=self.clock, chance=SystemChance(), wait=self.waits)
        self.shelf = DynamoKeyShelf(
            self.client, table, clock=self.clock, chance=SystemChance(), wait=self.waits
        )

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return (self.clock.now() - NOON).total_seconds()

    def slow(self, happening: Happening, seconds: float = 1.5) -> Happening:
        """The same, after so many seconds."""

        def late(request: AWSPreparedRequest) -> AWSResponse | None:
            self.clock.wind_by(timedelta(seconds=seconds))
            return happening(request)

        return late


class Sent:
    """What happens to the requests of one operation, in their order; the last goes on for ever.

    ``count``: how many there were.
    """

    def __init__(self, client: Any, operation: str, *happenings: Happening) -> None:  # noqa: ANN401
        self.count = 0
        self._happenings = happenings
        client.meta.events.register_first(f"before-send.dynamodb.{operation}", self._meet)

    def _meet(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        happening = self._happenings[min(self.count, len(self._happenings) - 1)]
        self.count += 1
        return happening(request)


def a_client(*, attempts: int = 1, url: str | None = None, read_timeout: float = 10) -> Any:  # noqa: ANN401
    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return session().create_client(
        "dynamodb", region_name=REGION, endpoint_url=url or endpoint(), config=config
    )


def goes_through(_request: AWSPreparedRequest) -> None:
    """It is sent and answered."""


def is_lost_on_the_way(request: AWSPreparedRequest) -> None:
    raise ReadTimeoutError(endpoint_url=request.url)


def loses_its_answer(request: AWSPreparedRequest) -> None:
    """It arrives and is carried out, and nobody hears of it."""
    line = URLLib3Session()
    try:
        line.send(request)
    finally:
        line.close()
    raise ReadTimeoutError(endpoint_url=request.url)


def then(happening: Happening, what: Callable[[], object]) -> Happening:
    """``what`` comes directly after ``happening``."""

    def both(request: AWSPreparedRequest) -> AWSResponse | None:
        try:
            return happening(request)
        finally:
            what()

    return both


def is_refused(code: str, *, status: int = 400, reasons: tuple[str, ...] = ()) -> Happening:
    """DynamoDB's answer with this error; ``reasons``: why a transaction is cancelled, member by member."""
    told: dict[str, object] = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}
    if reasons:
        told["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return answers(status, json.dumps(told).encode())


def is_cancelled(*reasons: str) -> Happening:
    return is_refused("TransactionCanceledException", reasons=reasons)


def answers(status: int, body: bytes) -> Happening:
    def answer(request: AWSPreparedRequest) -> AWSResponse:
        headers = {"Content-Type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, status, headers, _Raw(body))

    return answer


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


def forget_tokens(client: Any) -> None:  # noqa: ANN401
    """From now on each request bears a token of its own: the server knows no repetition by it."""
    chance = SystemChance()

    def another(request: AWSRequest, **_: object) -> None:
        token = chance.bytes(16).hex().encode()
        request.data = re.sub(
            rb'("ClientRequestToken": ?")[0-9a-f]{32}"', rb"\g<1>" + token + b'"', request.data
        )

    client.meta.events.register_first(f"request-created.dynamodb.{WRITE}", another)
