"""What every provider keeps, whatever the other side does: three outcomes, no errors, no secrets, in time."""

import logging
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from skill.channels.aws_line import AwsLine
from skill.channels.mailbox import Mailbox
from skill.channels.sms_gateway import SmsGateway
from skill.channels.smtp import Smtp
from skill.clock import SystemClock
from skill.private import Private
from skill.service.mailbox import mails
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Channel, Outgoing
from skill.service.ports import Provider
from skill.settings import SmtpSettings
from tests.channels.amazon import CREDENTIALS, an_amazon, an_aws, eum_call, eum_sms, ses, sns
from tests.channels.posts import (
    MAIL,
    PASSWORD,
    PHONE,
    SECRET,
    TEXT,
    a_gateway,
    a_mail_server,
    a_message,
    gateway_settings,
    smtp_settings,
)
from tests.servers import Manner, a_server, answering, deaf, dripping, hanging_up, resetting, stalling
from tests.service.family import ADA, a_family

MANNERS: dict[str, Manner] = {
    "stalls": stalling,
    "resets": resetting,
    "hangs up": hanging_up,
    "drips": dripping,
    "does not read": deaf,
    "answers half": answering(b"HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nhalf"),
    "speaks nonsense": answering(b"\x00\xff\r\n\r\n"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A provider with a server that works, what arrived there, and a message for its channel."""

    provider: Provider
    message: Outgoing
    arrived: Callable[[], list[str]]


def secret_settings(port: int) -> SmtpSettings:
    return smtp_settings(port, user="dose", password=Private(PASSWORD))


@contextmanager
def mailbox(folder: Path) -> Iterator[Post]:
    with a_family(folder) as family:
        provider = Mailbox(channel=Channel.SMS, app=family.app)
        yield Post(
            provider=provider,
            message=a_message(PHONE),
            arrived=lambda: [mail.text.value for mail in mails(family.app, family.house.store, ADA)],
        )


@contextmanager
def smtp(_: Path) -> Iterator[Post]:
    with a_mail_server(auth_require_tls=False) as server:
        yield Post(
            provider=Smtp(settings=smtp_settings(server.port)),
            message=a_message(MAIL),
            arrived=lambda: [body.rpartition(b"\r\n\r\n")[2].decode().strip() for body in server.bodies()],
        )


@contextmanager
def sms_gateway(_: Path) -> Iterator[Post]:
    with a_gateway() as server:
        yield Post(
            provider=SmsGateway(settings=gateway_settings(server.port)),
            message=a_message(PHONE),
            arrived=lambda: [str(request.message["text"]) for request in server.requests],
        )


@contextmanager
def by_sns(_: Path) -> Iterator[Post]:
    with an_amazon() as server:
        yield Post(
            provider=sns(server.port),
            message=a_message(PHONE),
            arrived=lambda: [text for number, text in server.sms() if number == PHONE],
        )


@contextmanager
def by_ses(_: Path) -> Iterator[Post]:
    with an_amazon() as server:
        yield Post(provider=ses(server.port), message=a_message(MAIL), arrived=server.mails)


@contextmanager
def end_user_messaging(_: Path) -> Iterator[Post]:
    with an_amazon() as server:
        yield Post(
            provider=eum_sms(server.port),
            message=a_message(PHONE),
            arrived=lambda: [str(call.message["MessageBody"]) for call in server.calls],
        )


PROVIDERS = [mailbox, smtp, sms_gateway, by_sns, by_ses, end_user_messaging]


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.__name__)
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    with ExitStack() as stack:
        yield stack.enter_context(request.param(tmp_path))


Abroad = Callable[[int, float], tuple[Provider, Outgoing]]
# The providers that leave the house, by the port of a server that they can expect nothing good of.
ABROAD: dict[str, Abroad] = {
    "smtp": lambda port, timeout: (Smtp(settings=secret_settings(port), timeout=timeout), a_message(MAIL)),
    "sms_gateway": lambda port, timeout: (
        SmsGateway(settings=gateway_settings(port), timeout=timeout),
        a_message(PHONE),
    ),
    "sns": lambda port, timeout: (sns(port, timeout), a_message(PHONE)),
    "ses": lambda port, timeout: (ses(port, timeout), a_message(MAIL)),
    "end_user_messaging": lambda port, timeout: (eum_sms(port, timeout), a_message(PHONE)),
    "end_user_messaging, a call": lambda port, timeout: (eum_call(port, timeout), a_message(PHONE)),
}
SECRETS = (TEXT, PHONE, MAIL, SECRET.decode(), PASSWORD, CREDENTIALS[1])


def test_a_message_that_is_accepted_has_arrived_once(post: Post) -> None:
    sent = post.provider.send(post.message)

    assert sent == ACCEPTED
    assert post.arrived() == [TEXT]


def test_many_threads_may_send_at_once(post: Post) -> None:
    texts = [f"message {number}" for number in range(12)]
    messages = [
        a_message(post.message.to.value, key=f"alr_{number}/test/0/con_ana/sms", text=Private(text))
        for number, text in enumerate(texts)
    ]

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(post.provider.send, messages))

    assert outcomes == [ACCEPTED] * 12
    assert sorted(post.arrived()) == sorted(texts)


def test_a_provider_bears_the_name_that_settings_give_it(post: Post) -> None:
    assert post.provider.name in {"mailbox", "smtp", "sms_gateway", "sns", "ses", "end_user_messaging"}
    assert post.provider.channel in {Channel.SMS, Channel.EMAIL}


def test_what_was_sent_shows_nothing_in_a_log(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="skill"):
        post.provider.send(post.message)

    assert [record for record in caplog.records if record.name.startswith("skill")] == []
    shown = repr(post.message) + repr(post.provider)
    assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize("manner", list(MANNERS))
@pytest.mark.parametrize("kind", list(ABROAD))
def test_whatever_a_server_does_it_ends_in_time_and_is_not_called_accepted(
    kind: str, manner: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SystemClock()

    with a_server(MANNERS[manner]) as port, caplog.at_level(logging.DEBUG, logger="skill"):
        provider, message = ABROAD[kind](port, 0.2)
        began = clock.monotonic()
        sent = provider.send(message)

    assert sent in {TRY_AGAIN, PERHAPS}
    assert clock.monotonic() - began < 3
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert [secret for secret in SECRETS if secret in logged] == []


@pytest.mark.parametrize("kind", list(ABROAD))
def test_nobody_there_means_that_nothing_was_sent(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    provider, message = ABROAD[kind](port, 1)

    assert provider.send(message) == TRY_AGAIN


@pytest.mark.parametrize("kind", sorted(ABROAD.keys() - {"smtp"}))
def test_whoever_took_the_request_over_http_and_is_silent_may_have_sent_it(kind: str) -> None:
    with a_server(stalling) as port:
        provider, message = ABROAD[kind](port, 0.4)
        sent = provider.send(message)

    assert sent == PERHAPS


def test_what_will_never_be_taken_is_given_up(tmp_path: Path) -> None:
    with mailbox(tmp_path) as post:
        erased = post.provider.send(a_message(patient_id="pat_erased"))
    with a_mail_server(refusals={"RCPT": "550 nobody here"}) as server:
        refused = Smtp(settings=smtp_settings(server.port)).send(a_message(MAIL))
    with a_gateway(422) as gateway:
        malformed = SmsGateway(settings=gateway_settings(gateway.port)).send(a_message())

    assert [erased, refused, malformed] == [GIVE_UP, GIVE_UP, GIVE_UP]


@pytest.mark.parametrize("kind", ["sns", "ses", "end_user_messaging", "end_user_messaging, a call"])
def test_amazon_is_asked_once_and_its_refusal_is_told_from_its_haste(kind: str) -> None:
    answers = [(400, "InvalidParameter"), (400, "ThrottlingException"), (503, "Busy"), (500, "InternalError")]

    with an_amazon(*answers) as server:
        provider, message = ABROAD[kind](server.port, 5)
        sent = [provider.send(message) for _ in answers]

    assert sent == [GIVE_UP, TRY_AGAIN, TRY_AGAIN, PERHAPS]
    assert len(server.calls) == 4


def test_every_provider_gives_up_waiting_after_five_seconds() -> None:
    assert [
        Smtp(settings=smtp_settings(1)).timeout,
        SmsGateway(settings=gateway_settings(1)).timeout,
        AwsLine(an_aws(), "sns").timeout,
    ] == [5.0, 5.0, 5.0]
