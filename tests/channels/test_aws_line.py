"""One call to AWS: made once, bounded as a whole, and silent about what it carried."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.session import Session

from skill.aws import Aws
from skill.channels.aws_line import TIMEOUT, AwsLine, outcome_of
from skill.logs import JsonLines
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Sent
from tests.channels.amazon import CREDENTIALS, a_line, an_amazon, an_aws, ses, sns
from tests.channels.posts import MAIL, PHONE, TEXT, a_message
from tests.servers import a_server, answering

MESSAGE = {"PhoneNumber": PHONE, "Message": "hello"}


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """What the whole process logs at the lowest level, as ``skill.logs`` writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.mark.parametrize(
    ("status", "code", "sent"),
    [
        (400, "Throttling", TRY_AGAIN),
        (400, "ThrottlingException", TRY_AGAIN),
        (429, "Throttled", TRY_AGAIN),
        (429, "TooManyRequestsException", TRY_AGAIN),
        (400, "LimitExceededException", TRY_AGAIN),
        (403, "ExpiredTokenException", TRY_AGAIN),
        (503, "ServiceUnavailable", TRY_AGAIN),
        (307, "TemporaryRedirect", TRY_AGAIN),
        (500, "InternalServerException", PERHAPS),
        (504, "504", PERHAPS),
        (400, "InvalidParameter", GIVE_UP),
        (400, "OptedOut", GIVE_UP),
        (400, "ConflictException", GIVE_UP),
        (400, "ValidationException", GIVE_UP),
        (400, "MessageRejected", GIVE_UP),
        (400, "SendingPausedException", GIVE_UP),
        (402, "ServiceQuotaExceededException", GIVE_UP),
        (403, "AuthorizationError", GIVE_UP),
        (404, "ResourceNotFoundException", GIVE_UP),
    ],
)
def test_a_refusal_says_whether_another_attempt_makes_sense(status: int, code: str, sent: Sent) -> None:
    assert outcome_of(status, code) == sent


def test_a_call_to_a_region_that_nobody_named_is_given_up() -> None:
    nowhere = Session(
        session_vars={"region": (None, None, None, None), "config_file": (None, None, "", None)}
    )
    nowhere.set_credentials(*CREDENTIALS)

    assert AwsLine(Aws(session=nowhere), "sns").call("publish", MESSAGE) == GIVE_UP


def test_without_credentials_nothing_has_left_and_they_may_come_yet() -> None:
    with an_amazon() as server:
        empty = Session()
        empty.get_component("credential_provider").providers.clear()
        aws = Aws(region="us-east-1", endpoint=f"http://127.0.0.1:{server.port}", session=empty)
        sent = AwsLine(aws, "sns").call("publish", MESSAGE)

    assert sent == TRY_AGAIN
    assert server.calls == []


def test_what_the_service_does_not_know_of_never_leaves() -> None:
    with an_amazon() as server:
        sent = a_line("sns", server.port).call("publish", MESSAGE | {"Colour": "red"})

    assert sent == GIVE_UP
    assert server.calls == []


def test_a_far_endpoint_without_protection_is_never_spoken_to() -> None:
    line = AwsLine(an_aws("http://aws.example.org"), "sns")

    assert line.call("publish", MESSAGE) == GIVE_UP


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (EndpointConnectionError(endpoint_url="https://sns.us-east-1.amazonaws.com"), TRY_AGAIN),
        (ConnectTimeoutError(endpoint_url="https://sns.us-east-1.amazonaws.com"), TRY_AGAIN),
        (ReadTimeoutError(endpoint_url="https://sns.us-east-1.amazonaws.com"), PERHAPS),
        (ConnectionClosedError(endpoint_url="https://sns.us-east-1.amazonaws.com"), PERHAPS),
    ],
    ids=["nobody there", "no connection in time", "no answer in time", "cut off"],
)
def test_a_fault_of_the_network_is_told_as_it_is(error: Exception, sent: Sent) -> None:
    def fail(**_: object) -> None:
        raise error

    with an_amazon() as server:
        aws = an_aws(f"http://127.0.0.1:{server.port}")
        events = aws.client("sns", read_timeout=TIMEOUT, attempts=1).meta.events
        events.register_first("before-send.sns.Publish", fail)

        assert AwsLine(aws, "sns").call("publish", MESSAGE) == sent

    assert server.calls == []


@pytest.mark.parametrize("service", ["sns", "sesv2"])
def test_an_answer_that_says_nothing_leaves_the_outcome_open(service: str) -> None:
    with a_server(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html")) as port:
        provider, to = (sns(port), PHONE) if service == "sns" else (ses(port), MAIL)
        sent = provider.send(a_message(to))

    assert sent == PERHAPS


def test_two_lines_that_share_a_client_still_send_once() -> None:
    with an_amazon() as server:
        aws = an_aws(f"http://127.0.0.1:{server.port}")
        sent = [AwsLine(aws, "sns").call("publish", MESSAGE) for _ in range(2)]

    assert sent == [ACCEPTED, ACCEPTED]
    assert len(server.calls) == 2


def test_a_call_is_signed_for_its_service() -> None:
    with an_amazon() as server:
        a_line("sns", server.port).call("publish", MESSAGE)

    authorization = server.calls[0].headers["authorization"]
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/us-east-1/sns/aws4_request" in authorization


@pytest.mark.parametrize("refusals", [(), ((400, "InvalidParameter"),)], ids=["accepted", "refused"])
def test_botocore_at_its_most_talkative_leaves_nothing_in_our_log(refusals: tuple[tuple[int, str]]) -> None:
    with an_amazon(*refusals) as server, everything_logged() as stream:
        sent = sns(server.port).send(a_message())

    logged = stream.getvalue()
    assert sent == (GIVE_UP if refusals else ACCEPTED)
    assert '"log":"botocore.endpoint"' in logged
    assert [secret for secret in (TEXT, PHONE, PHONE[1:], "FALL", CREDENTIALS[1]) if secret in logged] == []
