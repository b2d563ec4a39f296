"""Calls to DynamoDB: which errors pass by themselves, how long one tries again, and what is said then."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004
from botocore.parsers import ResponseParserError

from skill.chance import Chance
from skill.clock import Clock
from skill.errors import StoreDownError

PATIENCE = timedelta(seconds=3)  # faults.md, finding 5: what a voice turn can spare
OF_AWS = (BotoCoreError, ClientError, ResponseParserError)  # all that a call raises

_FIRST_PAUSE = 0.05  # seconds
_LONGEST_PAUSE = 0.8
_SHARES = 1 << 16

_CANCELLED = "TransactionCanceledException"
_CONDITION = "ConditionalCheckFailed"
_PASSING_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_PASSING_CODES = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

T = TypeVar("T")


class Calls:
    """Makes a call again and again while what stands in its way may pass.

    ``patience``: no new try begins later than this after the first one began. ``wait``: spends so many
    seconds; None: really, cut short by ``close``. May be shared between threads.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        chance: Chance,
        patience: timedelta = PATIENCE,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._patience = patience.total_seconds()
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait

    def until_answered(self, call: Callable[[], T]) -> T:
        """What ``call`` answers. It must be harmless to repeat, also when its answer was lost.

        ``StoreDownError`` when it was refused, or had no answer when patience was at its end.
        """
        began = self._clock.monotonic()
        tries = 0
        while True:
            if self._closed.is_set():
                raise StoreDownError(reason="the store is closed")
            try:
                return call()
            except OF_AWS as error:
                pause = self._pause(tries)
                spent = self._clock.monotonic() - began
                if not _passes(error) or spent + pause > self._patience:
                    raise _ours(error) from error
            self._wait(pause)
            tries += 1

    def close(self) -> None:
        self._closed.set()

    def _pause(self, tries: int) -> float:
        """Seconds: up to twice as long each time, at random, so that rivals do not meet again."""
        longest = min(_FIRST_PAUSE * (1 << tries), _LONGEST_PAUSE)
        return longest * (1 + int.from_bytes(self._chance.bytes(2), "big")) / _SHARES


def failed_expectation(error: ClientError) -> bool:
    """Whether a condition did not hold, whatever else stood in the way; trying again would not help."""
    return _code(error) == "ConditionalCheckFailedException" or _CONDITION in _reasons(error)


def _passes(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionError | HTTPClientError | ResponseParserError)
    if _code(error) == _CANCELLED:
        reasons = _reasons(error)
        return bool(reasons) and _PASSING_REASONS.issuperset(reasons)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _code(error) in _PASSING_CODES or status >= 500


def _ours(error: Exception) -> StoreDownError:
    if not isinstance(error, ClientError):
        return StoreDownError(reason="the database cannot be reached", code=type(error).__name__)
    code = ",".join([_code(error), *sorted(set(_reasons(error)))])
    if _passes(error):
        return StoreDownError(reason="the database is overloaded or failing", code=code)
    return StoreDownError(reason="the database refuses the call", code=code)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _reasons(error: ClientError) -> list[str]:
    """Why a transaction was cancelled: the codes of all its members that had a part in it."""
    members = error.response.get("CancellationReasons", ())
    return [code for member in members if (code := str(member.get("Code", "None"))) != "None"]
