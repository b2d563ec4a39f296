"""Messages to hand over, and real servers on this machine that take them: one for SMS, one for mail."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from skill.domain.identity import ContactId, PatientId
from skill.private import Private
from skill.service.outgoing import Outgoing
from skill.settings import Security, SmsGatewaySettings, SmtpSettings

AT = datetime(2027, 5, 4, 14, 0, 7, tzinfo=UTC)
TEXT = "FALL: Mom, 8:00 AM. Call now. No answer? 911. I've got it: reply 482913 or https://m.example/a/T"
PHONE, MAIL = "+12025550111", "ana@example.org"
SECRET = b"a secret of 24 bytes or more"
PASSWORD = "correct horse battery"
SENDER = "dose@example.org"


def a_message(to: str = PHONE, **facts: object) -> Outgoing:
    usual = {
        "key": "alr_1/page/0.0/con_ana/sms",
        "attempt": 1,
        "patient_id": PatientId("pat_ada"),
        "contact_id": ContactId("con_ana"),
        "to": Private(to),
        "subject": "Dose Keeper: please look",
        "text": Private(TEXT),
        "urgent": True,
        "at": AT,
    }
    return Outgoing(**usual | facts)


def gateway_settings(port: int, host: str = "127.0.0.1") -> SmsGatewaySettings:
    return SmsGatewaySettings(url=f"http://{host}:{port}/send", secret=Private(SECRET), sender="DoseKeeper")


def smtp_settings(port: int, **facts: object) -> SmtpSettings:
    usual = {
        "host": "127.0.0.1",
        "port": port,
        "security": Security.NONE,
        "user": None,
        "password": None,
        "sender": SENDER,
    }
    return SmtpSettings(**usual | facts)


# ---- a gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass(slots=True)
class GatewayServer:
    """An SMS gateway that answers ``statuses`` one after the other, then 202."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)


@contextmanager
def a_gateway(*statuses: int) -> Iterator[GatewayServer]:
    gateway = GatewayServer(statuses=list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.requests.append(Request(path=self.path, headers=headers, body=body))
            self.send_response(gateway.statuses.pop(0) if gateway.statuses else 202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ---- a mail server


@dataclass(slots=True)
class MailServer:
    """A mail server; ``refusals`` by command say what it answers instead of taking the mail."""

    port: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def bodies(self) -> list[bytes]:
        return [envelope.original_content or b"" for envelope in self.envelopes]

    async def handle_MAIL(  # noqa: N802 - so are these
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.refusals.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Sequence[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refusals.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        self.sessions.append(session)
        return self.refusals.get("DATA", "250 OK: taken")


def only_with_password(
    _server: SMTP,
    _session: Session,
    _envelope: Envelope,
    _mechanism: str,
    data: Any,  # noqa: ANN401
) -> AuthResult:
    known = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=False)


@contextmanager
def a_mail_server(
    *, refusals: Mapping[str, str] | None = None, tls: ssl.SSLContext | None = None, **facts: object
) -> Iterator[MailServer]:
    """``tls``: offered by STARTTLS, or from the start with ``implicit``; the rest as aiosmtpd names it."""
    mail = MailServer(refusals=dict(refusals or {}))
    implicit = bool(facts.pop("implicit", False))
    inside = {"ssl_context": tls} if implicit else {"tls_context": tls}
    controller = _Quiet(mail, hostname="127.0.0.1", port=0, **inside, **facts)
    controller.start()
    try:
        mail.port = controller.port
        yield mail
    finally:
        controller.stop()


class _Quiet(Controller):
    """Says nothing about clients that go away without a word."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # which the system has chosen by now
        super()._trigger_server()

    def _run(self, ready_event: threading.Event) -> None:
        self.loop.set_exception_handler(_ignore)
        super()._run(ready_event)


def _ignore(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
    pass


def scripted(*lines: bytes) -> Callable[..., None]:
    """The manner of a mail server that says these lines, one after each line it hears, and then nothing."""

    def manner(line: Any, over: threading.Event) -> None:  # noqa: ANN401 - a socket
        for said in lines:
            line.sendall(said)
            heard = b""
            while not heard.endswith(b"\r\n"):
                more = line.recv(65536)
                if not more:
                    return
                heard += more
        over.wait(10)

    return manner
