"""E-mail through any SMTP server: plain text, one subject for everything, nothing about health in either."""

import io
import smtplib
import socket
import ssl
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from skill.clock import SystemClock
from skill.errors import InvalidError
from skill.outbound import addresses_of, trust_in
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Channel, Outgoing, Sent
from skill.settings import Security, SmtpSettings

if TYPE_CHECKING:
    from typing_extensions import Buffer

TIMEOUT = 5.0  # seconds for all of it; design §3
# A link is never broken over two lines; what is not ASCII is encoded, since not every server takes it.
_POLICY = policy.SMTP.clone(max_line_length=998, cte_type="7bit")


class Smtp(Struct, frozen=True, kw_only=True):
    """One mail server. ``trust``: roots for its certificate; None: those of certifi.

    Never speaks without protection where ``settings.security`` wants some.
    """

    name: ClassVar[str] = "smtp"
    channel: ClassVar[Channel] = Channel.EMAIL
    settings: SmtpSettings
    trust: ssl.SSLContext | None = None
    timeout: float = TIMEOUT

    def send(self, outgoing: Outgoing) -> Sent:
        try:
            mail = mail_of(outgoing, self.settings.sender)
        except ValueError:  # an address or subject that no header can hold
            return GIVE_UP
        line = _Line(self.settings, self.trust or trust_in(None), self.timeout)
        try:
            return _hand_over(line, mail, outgoing.to.value)
        finally:
            line.close()


def mail_of(outgoing: Outgoing, sender: str) -> EmailMessage:
    """The message as it travels. Every attempt has the same Message-ID, so that a repeat is known for one."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = outgoing.to.value
    mail["Subject"] = outgoing.subject
    mail["Date"] = format_datetime(outgoing.at)
    mail["Message-ID"] = f"<{sha256(outgoing.key.encode()).hexdigest()[:40]}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    if outgoing.urgent:
        mail["Importance"] = "high"
    mail.set_content(outgoing.text.value)
    return mail


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _hand_over(line: "_Line", mail: EmailMessage, to: str) -> Sent:
    """Up to the last line of the message nothing can have been sent; from then on only its answer tells."""
    try:
        line.open()
        for code in (line.mail(line.sender)[0], line.rcpt(to)[0], line.docmd("DATA")[0]):
            if code not in (250, 251, 354):
                return _refused(code)
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code)
    except (OSError, smtplib.SMTPException, InvalidError):
        return TRY_AGAIN
    try:
        line.send(_as_data(mail))
        code = line.getreply()[0]
    except (OSError, smtplib.SMTPException):
        return PERHAPS
    if code != 250:
        return _refused(code)
    line.say_goodbye()
    return ACCEPTED


def _refused(code: int) -> Sent:
    return GIVE_UP if 500 <= code < 600 else TRY_AGAIN


def _as_data(mail: EmailMessage) -> bytes:
    """The bytes of the message, lines that begin with a full stop guarded, and the line that ends it."""
    lines = mail.as_bytes().splitlines()
    guarded = [b"." + line if line.startswith(b".") else line for line in lines]
    return b"\r\n".join([*guarded, b".", b""])


class _Line(smtplib.SMTP):
    """A conversation with a mail server whose every wait ends with one deadline."""

    def __init__(self, settings: SmtpSettings, trust: ssl.SSLContext, seconds: float) -> None:
        self.sender = settings.sender
        self._clock = SystemClock()
        self._end = self._clock.monotonic() + seconds
        self._settings = settings
        self._trust = trust
        super().__init__(local_hostname=_domain(settings.sender), timeout=seconds)

    def open(self) -> None:
        """Connect, protect the line and log in, as the settings have it."""
        code, said = self.connect(self._settings.host, self._settings.port)
        if code != 220:
            raise smtplib.SMTPResponseException(code, said)
        self._host = self._settings.host  # whose name the certificate must bear
        self.ehlo_or_helo_if_needed()
        if self._settings.security is Security.STARTTLS:
            self._socket().settimeout(self._left())
            self.starttls(context=self._trust)
            self.ehlo_or_helo_if_needed()
        if self._settings.user is not None and self._settings.password is not None:
            self.login(self._settings.user, self._settings.password.value)

    def send(self, s: "Buffer | str") -> None:
        self._socket().settimeout(self._left())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = io.BufferedReader(_Reading(self))
        return super().getreply()

    def receive(self, into: "Buffer") -> int:
        """Bytes from the server, before the deadline."""
        self._socket().settimeout(self._left())
        return self._socket().recv_into(into)

    def say_goodbye(self) -> None:
        """End the conversation; what the server makes of that matters no more."""
        with suppress(OSError, smtplib.SMTPException):
            self.putcmd("QUIT")

    def _left(self) -> float:
        left = self._end - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self.sock

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - see _left
        """A connection to the first address of ``host`` that answers; with ``tls``, protected at once."""
        addresses = addresses_of(host, seconds=self._left())
        failed: OSError = OSError("no address")
        for tried, address in enumerate(addresses):
            try:
                share = self._left() / (len(addresses) - tried)
                plain = socket.create_connection((address, port), timeout=share)
                break
            except OSError as error:
                failed = error
        else:
            raise failed
        if self._settings.security is not Security.TLS:
            return plain
        plain.settimeout(self._left())
        return self._trust.wrap_socket(plain, server_hostname=host)


class _Reading(io.RawIOBase):
    """The replies of a server, as ``smtplib`` reads them."""

    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, into: "Buffer") -> int:
        return self._line.receive(into)
