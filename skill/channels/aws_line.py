"""How messages are handed to AWS: each call once, over our own HTTP client, within one time-out.

botocore finds the endpoint, signs the call and reads the answer, but sends nothing: its own HTTP
bounds each wait instead of the whole, and repeating a call whose answer was lost would make two pages
of one. ``skill.outbound`` tells what certainly did not leave from what may have arrived.

Nothing is logged here. What botocore logs about a call, text and number included, is written by
``skill.logs`` as the place of the line alone, at every level.
"""

import io
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from skill.errors import InvalidError
from skill.outbound import UnknownOutcomeError, UnreachableError, post
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Sent

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from skill.aws import Aws

TIMEOUT = 5.0  # seconds for all of it; design §3
_MOST_ANSWER = 64 * 1024  # bytes
_LATER_STATUSES = frozenset({408, 425, 429, 503})
# Answers of status 400 that mean "not now": limits of rate, and credentials that are being renewed.
_LATER = frozenset(
    {
        *("Throttling", "Throttled", "ThrottlingException", "ThrottledException", "SlowDown"),
        *("RequestThrottled", "RequestThrottledException", "RequestLimitExceeded"),
        *("TooManyRequestsException", "LimitExceededException", "BandwidthLimitExceeded"),
        *("PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"),
        *("ExpiredToken", "ExpiredTokenException"),
    }
)
_PREPARING = threading.Lock()  # two handlers at once on one client would send everything twice


class AwsLine:
    """The way to one service, for messages. May be shared between threads.

    ``trust``: roots for its certificate; None: those of certifi. ``timeout``: seconds for a whole call.
    """

    def __init__(
        self, aws: "Aws", service: str, *, trust: ssl.SSLContext | None = None, timeout: float = TIMEOUT
    ) -> None:
        self.timeout = timeout
        self._aws = aws
        self._service = service
        self._trust = trust

    def call(self, operation: str, parameters: Mapping[str, object]) -> Sent:
        """Make the call once. ``operation``: as botocore's clients name it; it answers with a message id."""
        # Imported here because a house without AWS does without botocore.
        from botocore.exceptions import (  # noqa: PLC0415
            BotoCoreError,
            ClientError,
            HTTPClientError,
            NoRegionError,
            ParamValidationError,
        )
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        try:
            answer = getattr(self._client(), operation)(**parameters)
        except ClientError as refusal:
            return outcome_of(
                refusal.response["ResponseMetadata"]["HTTPStatusCode"], refusal.response["Error"]["Code"]
            )
        except (UnknownOutcomeError, ResponseParserError, HTTPClientError):
            return PERHAPS
        except (InvalidError, NoRegionError, ParamValidationError):
            return GIVE_UP
        except (UnreachableError, BotoCoreError):  # of the latter, what is left comes before sending
            return TRY_AGAIN
        return ACCEPTED if answer.get("MessageId") else PERHAPS

    def _client(self) -> Any:  # noqa: ANN401 - botocore's
        client = self._aws.client(self._service, read_timeout=self.timeout, attempts=1)
        with _PREPARING:
            client.meta.events.register("before-send", self._carry, unique_id="dosekeeper-carry")
        return client

    def _carry(self, request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
        """Sends ``request`` in botocore's place."""
        from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - loaded with the client

        answer = post(
            request.url,
            body=_bytes(request.body),
            headers={name: _text(value) for name, value in request.headers.items()},
            timeout=self.timeout,
            most_bytes=_MOST_ANSWER,
            trust=self._trust,
        )
        return AWSResponse(request.url, answer.status, answer.headers, _Body(answer.body))


def outcome_of(status: int, code: str) -> Sent:
    """What a refusal means. A limit that is used up for the month or the day is no limit of rate: the
    same provider would refuse the next attempt as well (fault 45).
    """
    if code in _LATER or status in _LATER_STATUSES or status < 400:
        return TRY_AGAIN
    return GIVE_UP if status < 500 else PERHAPS


class _Body(io.BytesIO):
    """An answer that is here already, as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _bytes(body: bytes | str | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


def _text(value: bytes | str) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else value
