"""E-mail over a real mail server on this machine: what it takes, refuses, stalls at and never gets."""

import email
import ssl
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from skill.channels.smtp import Smtp, mail_of
from skill.clock import SystemClock
from skill.outbound import trust_in
from skill.private import Private
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Sent
from skill.settings import Security
from tests.channels.posts import (
    AT,
    MAIL,
    PASSWORD,
    SENDER,
    TEXT,
    a_mail_server,
    a_message,
    only_with_password,
    scripted,
    smtp_settings,
)
from tests.servers import Authority, a_server, answering, hanging_up, stalling

GREETING, YES = b"220 mail.example.org\r\n", b"250 OK\r\n"


def smtp(port: int, timeout: float = 5, **facts: object) -> Smtp:
    return Smtp(settings=smtp_settings(port, **facts), timeout=timeout)


def read(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_mail_holds_the_sentence_and_nothing_more() -> None:
    """Text 19: one subject for everything; the body is what the SMS would say."""
    with a_mail_server() as server:
        sent = smtp(server.port).send(a_message(MAIL))

    (envelope,) = server.envelopes
    mail = read(server.bodies()[0])
    assert sent == ACCEPTED
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [MAIL])
    assert mail.get_content() == TEXT + "\r\n"
    assert {name: str(value) for name, value in mail.items() if name != "Message-ID"} == {
        "From": SENDER,
        "To": MAIL,
        "Subject": "Dose Keeper: please look",
        "Date": "Tue, 04 May 2027 14:00:07 +0000",
        "Auto-Submitted": "auto-generated",
        "Importance": "high",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }


def test_every_attempt_at_a_message_has_the_same_id_and_every_message_another() -> None:
    first = mail_of(a_message(MAIL, attempt=1), SENDER)["Message-ID"]
    again = mail_of(a_message(MAIL, attempt=2), SENDER)["Message-ID"]
    other = mail_of(a_message(MAIL, key="alr_2/page/0.0/con_ana/email"), SENDER)["Message-ID"]

    assert first == again != other
    assert first.endswith("@example.org>")
    assert "alr_1" not in first


def test_a_routine_mail_is_not_called_important() -> None:
    assert mail_of(a_message(MAIL, urgent=False), SENDER)["Importance"] is None


def test_a_link_is_never_broken_over_two_lines() -> None:
    text = f"{'x' * 120} https://meds.example.org/a/{'T' * 43}"
    with a_mail_server() as server:
        smtp(server.port).send(a_message(MAIL, text=Private(text)))

    assert text.encode() in server.bodies()[0]


@pytest.mark.parametrize(
    "text",
    [".", "..\n.", "a\n.\nb", "José: sin noticia", "\u4f60\u597d", "a\r\nb"],
    ids=["full stop", "full stops", "end of data", "accent", "chinese", "line end"],
)
def test_whatever_a_text_holds_arrives_as_it_is(text: str) -> None:
    with a_mail_server() as server:
        sent = smtp(server.port).send(a_message(MAIL, text=Private(text)))

    assert sent == ACCEPTED
    assert read(server.bodies()[0]).get_content().split() == text.split()
    assert all(byte < 128 for byte in server.bodies()[0])


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("451 later", TRY_AGAIN), ("421 closing", TRY_AGAIN), ("550 nobody here", GIVE_UP), ("554 no", GIVE_UP)],
    ids=["later", "closing", "nobody here", "no"],
)
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    command: str, reply: str, outcome: Sent
) -> None:
    with a_mail_server(refusals={command: reply}) as server:
        sent = smtp(server.port).send(a_message(MAIL))

    assert sent == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ((b"421 too busy\r\n",), TRY_AGAIN),
        ((b"554 go away\r\n",), GIVE_UP),
        ((b"nonsense\r\n",), TRY_AGAIN),
        ((b"220-" + b"x" * 20_000 + b"\r\n",), GIVE_UP),
        ((GREETING, b"502 no\r\n", b"502 no\r\n"), GIVE_UP),
    ],
    ids=["busy", "blocked", "no SMTP", "endless line", "no greeting back"],
)
def test_a_server_that_will_not_talk_is_understood(said: tuple[bytes, ...], outcome: Sent) -> None:
    with a_server(scripted(*said)) as port:
        sent = smtp(port).send(a_message(MAIL))

    assert sent == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ((), TRY_AGAIN),
        ((GREETING,), TRY_AGAIN),
        ((GREETING, YES), TRY_AGAIN),
        ((GREETING, YES, YES), TRY_AGAIN),
        ((GREETING, YES, YES, YES), TRY_AGAIN),
    ],
    ids=["greeting", "hello", "sender", "recipient", "data"],
)
def test_silence_before_the_message_has_left_means_that_nothing_was_sent(
    said: tuple[bytes, ...], outcome: Sent
) -> None:
    with a_server(scripted(*said)) as port:
        sent = smtp(port, timeout=0.4).send(a_message(MAIL))

    assert sent == outcome


def test_silence_after_the_message_has_left_is_an_outcome_that_nobody_knows() -> None:
    lines = (GREETING, YES, YES, YES, b"354 go ahead\r\n")

    with a_server(scripted(*lines)) as port:
        sent = smtp(port, timeout=0.6).send(a_message(MAIL))

    assert sent == PERHAPS


def test_a_server_that_drips_its_answer_does_not_outlast_the_time_out() -> None:
    def drip(line: ssl.SSLSocket, over: object) -> None:
        line.sendall(b"220-")
        while not over.wait(0.05):
            line.sendall(b"x")

    clock = SystemClock()
    began = clock.monotonic()
    with a_server(drip) as port:
        sent = smtp(port, timeout=0.5).send(a_message(MAIL))

    assert sent == TRY_AGAIN
    assert clock.monotonic() - began < 3


@pytest.mark.parametrize(
    "manner", [stalling, hanging_up, answering(b"")], ids=["stalls", "hangs up", "is mute"]
)
def test_a_server_that_goes_away_is_tried_again(manner: object) -> None:
    with a_server(manner) as port:
        sent = smtp(port, timeout=0.4).send(a_message(MAIL))

    assert sent == TRY_AGAIN


def test_an_address_that_no_header_can_hold_is_given_up_before_anything_is_sent() -> None:
    with a_mail_server() as server:
        sent = smtp(server.port).send(a_message("ana@example.org\r\nBcc: all@example.org"))

    assert sent == GIVE_UP
    assert server.envelopes == []


# ---- protection


def protected(
    port: int, authority: Authority, security: Security, host: str = "localhost", **facts: object
) -> Sent:
    settings = smtp_settings(port, host=host, security=security, **facts)
    return Smtp(settings=settings, trust=trust_in(authority.roots), timeout=5).send(a_message(MAIL))


def test_a_line_is_protected_by_starttls_before_anything_is_said(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    with a_mail_server(tls=authority.server_for("localhost"), require_starttls=True) as server:
        sent = protected(server.port, authority, Security.STARTTLS)

    assert sent == ACCEPTED
    assert server.sessions[0].ssl is not None


def test_a_line_is_protected_from_the_start(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    with a_mail_server(tls=authority.server_for("localhost"), implicit=True) as server:
        sent = protected(server.port, authority, Security.TLS)

    assert sent == ACCEPTED
    assert len(server.envelopes) == 1


def test_a_server_that_offers_no_protection_gets_nothing(tmp_path: Path) -> None:
    with a_mail_server() as server:
        sent = protected(server.port, Authority(tmp_path), Security.STARTTLS)

    assert sent == TRY_AGAIN
    assert server.envelopes == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS], ids=["later", "from the start"])
@pytest.mark.parametrize("host", ["other.example.org", None], ids=["another name", "another authority"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(
    tmp_path: Path, security: Security, host: str | None
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    authority = Authority(ours)
    answering_for = authority.server_for(host) if host else Authority(theirs).server_for("localhost")

    with a_mail_server(tls=answering_for, implicit=security is Security.TLS) as server:
        sent = protected(server.port, authority, security)

    assert sent == TRY_AGAIN
    assert server.envelopes == []


@pytest.mark.parametrize(
    ("password", "outcome"), [(PASSWORD, ACCEPTED), ("wrong", GIVE_UP)], ids=["right", "wrong"]
)
def test_a_server_that_wants_a_password_gets_it(tmp_path: Path, password: str, outcome: Sent) -> None:
    authority = Authority(tmp_path)
    wanting = {"auth_required": True, "authenticator": only_with_password}

    with a_mail_server(tls=authority.server_for("localhost"), **wanting) as server:
        sent = protected(server.port, authority, Security.STARTTLS, user="dose", password=Private(password))

    assert sent == outcome
    assert len(server.envelopes) == (outcome == ACCEPTED)


def test_the_moment_of_a_mail_is_that_of_its_attempt() -> None:
    assert mail_of(a_message(MAIL), SENDER)["Date"].datetime == AT
