"""The environment, read once into one frozen ``Settings``; every problem is named at once.

Each variable is described where its field stands; ``settings_table`` makes the README's table of that.
A problem names the variable and never repeats its value, which may be a secret in the wrong place.
"""

import base64
import binascii
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

from skill.errors import SettingsError
from skill.logs import LEVELS
from skill.private import Private

PREFIX = "DOSEKEEPER_"
LINK_PATH = "/a/"
# An SMS has 160 characters: 43 are the link's token, 87 the sentence, 1 the blank between (safety.md §2).
MOST_LINK_CHARACTERS = 29

Record = TypeVar("Record")

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_SKILL_ID = re.compile(r"amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ORIGIN = re.compile(rf"(https?)://({_HOST.pattern}|\[::1\])(?::([1-9][0-9]{{0,4}}))?")
_E_MAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_HOST.pattern}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_PROVIDERS = re.compile(r"[a-z][a-z0-9_]{0,30}(,[a-z][a-z0-9_]{0,30}){0,4}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Security(Enum):
    """How the line to the mail server is protected; ``NONE`` only towards this machine itself."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One environment variable and what it means.

    ``parse`` raises ``ValueError`` with the rest of the sentence that begins with the name.
    ``default``: the text that is parsed when it is not set. ``shown``: the default in words, where it
    is not a constant. ``needed``: as soon as any variable of its record is set.
    """

    name: str
    says: str
    parse: Callable[[str], object]
    default: str | None = None
    shown: str = ""
    secret: bool = False
    needed: bool = False


def _text(pattern: re.Pattern[str], problem: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(problem)
        return text

    return parse


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _span(unit: timedelta, least: int, most: int) -> Callable[[str], timedelta]:
    number = _number(least, most)
    return lambda text: number(text) * unit


def _path(text: str) -> Path:
    if not Path(text).is_absolute():
        raise ValueError("must be a whole path, beginning with /")
    return Path(text)


def _file(text: str) -> Path:
    if not _path(text).is_file():
        raise ValueError("must be the path of a file that is there")
    return Path(text)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _bind_address(text: str) -> str:
    try:
        return text if text == "localhost" else str(ip_address(text))
    except ValueError:
        raise ValueError("must be an IP address, or localhost") from None


def _origin(text: str) -> str:
    match = _ORIGIN.fullmatch(text)
    if match is None or int(match[3] or 0) > 65535:
        raise ValueError("must look like https://meds.example.org: no path, slash, query or user name")
    if match[1] == "http" and not _is_this_machine(match[2]):
        raise ValueError("must begin with https:// (http:// only for this machine itself)")
    return text


def _base_url(text: str) -> str:
    most = MOST_LINK_CHARACTERS - len(LINK_PATH)
    if len(_origin(text)) > most:
        raise ValueError(f"must have at most {most} characters, because links must fit an SMS of 160")
    return text


def _gateway_url(text: str) -> str:
    origin, slash, path = re.fullmatch(r"([a-z]*:?/?/?[^/]*)(/?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    _origin(origin)
    if not re.fullmatch(r"[A-Za-z0-9/._~%?=&-]{0,200}", slash + path):
        raise ValueError("must have a plain path after its host")
    return text


def _providers(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not _PROVIDERS.fullmatch(text) or len(set(names)) < len(names):
        raise ValueError("must name one to five different providers, parted by commas without blanks")
    return names


def _security(text: str) -> Security:
    try:
        return Security(text)
    except ValueError:
        raise ValueError("must be starttls, tls or none") from None


def _webhook_secret(text: str) -> Private[bytes]:
    encoded = text.removeprefix("whsec_")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if encoded == text or not 24 <= len(secret) <= 64:  # bounds: Standard Webhooks
        raise ValueError("must be whsec_ and then 24 to 64 bytes in base64")
    return Private(secret)


def _log_level(text: str) -> str:
    if text not in LEVELS:
        raise ValueError(f"must be one of {', '.join(LEVELS)}")
    return text


_minutes = _span(timedelta(minutes=1), 1, 720)
_host_name = _text(_HOST, "must be a host name or IP address")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    data: Annotated[
        Path,
        Variable(
            name="DATA",
            says="Folder with everything that is written down.",
            parse=_path,
            shown="`$XDG_DATA_HOME/dosekeeper`, else `~/.local/share/dosekeeper`",
            needed=True,
        ),
    ]
    key_file: Annotated[
        Path,
        Variable(
            name="KEY_FILE",
            says="The key to all of it. Must lie outside the data folder; keep a copy elsewhere.",
            parse=_path,
            shown="`~/.config/dosekeeper/key`",
            needed=True,
        ),
    ]

    def __post_init__(self) -> None:
        if self.key_file.resolve().is_relative_to(self.data.resolve()):
            raise SettingsError(("DOSEKEEPER_KEY_FILE must lie outside the folder DOSEKEEPER_DATA",))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    base_url: Annotated[
        str | None,
        Variable(
            name="BASE_URL",
            says="Where caregivers reach this service, such as `https://meds.example.org`; at most 26 characters.",
            parse=_base_url,
        ),
    ]
    host: Annotated[
        str, Variable(name="HOST", says="Address to listen on.", parse=_bind_address, default="127.0.0.1")
    ]
    port: Annotated[
        int, Variable(name="PORT", says="Port to listen on.", parse=_number(1, 65535), default="8080")
    ]
    threads: Annotated[
        int,
        Variable(name="THREADS", says="Requests answered at once.", parse=_number(2, 64), default="8"),
    ]
    trust_roots: Annotated[
        Path | None,
        Variable(
            name="TRUST_ROOTS",
            says="PEM file of the root certificates to trust.",
            parse=_file,
            shown="those of `certifi`",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlexaSettings:
    skill_id: Annotated[
        str | None,
        Variable(
            name="SKILL_ID",
            says="The skill's id from the Alexa console. Without it `/alexa` answers nobody.",
            parse=_text(_SKILL_ID, "must look like amzn1.ask.skill. and a UUID in small letters"),
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOrder:
    """Which providers carry a channel; the next one is tried when the one before gives up."""

    sms: Annotated[
        tuple[str, ...],
        Variable(
            name="SMS",
            says="Who sends SMS, in order: `mailbox` (kept here, sent nowhere), `sms_gateway`.",
            parse=_providers,
            default="mailbox",
        ),
    ]
    email: Annotated[
        tuple[str, ...],
        Variable(
            name="EMAIL",
            says="Who sends e-mail, in order: `mailbox`, `smtp`.",
            parse=_providers,
            default="mailbox",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    host: Annotated[
        str, Variable(name="SMTP_HOST", says="The mail server.", parse=_host_name, needed=True)
    ]
    port: Annotated[
        int, Variable(name="SMTP_PORT", says="Its port.", parse=_number(1, 65535), default="587")
    ]
    security: Annotated[
        Security,
        Variable(
            name="SMTP_SECURITY",
            says="`starttls`, `tls`, or `none` for a server on this machine.",
            parse=_security,
            default="starttls",
        ),
    ]
    user: Annotated[
        str | None,
        Variable(
            name="SMTP_USER",
            says="Name to log in with.",
            parse=_text(re.compile(r"[\x21-\x7e]{1,200}"), "must be plain letters without blanks"),
        ),
    ]
    password: Annotated[
        Private[str] | None,
        Variable(name="SMTP_PASSWORD", says="Password to log in with.", parse=Private, secret=True),
    ]
    sender: Annotated[
        str,
        Variable(
            name="SMTP_FROM",
            says="The address that the mails come from.",
            parse=_text(_E_MAIL, "must be an e-mail address"),
            needed=True,
        ),
    ]

    def __post_init__(self) -> None:
        problems = []
        if (self.user is None) != (self.password is None):
            problems.append("DOSEKEEPER_SMTP_USER and DOSEKEEPER_SMTP_PASSWORD must be set together")
        if self.security is Security.NONE and not _is_this_machine(self.host):
            problems.append("DOSEKEEPER_SMTP_SECURITY may be none only for a mail server on this machine")
        if problems:
            raise SettingsError(tuple(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGatewaySettings:
    url: Annotated[
        str,
        Variable(
            name="SMS_GATEWAY_URL",
            says="Where SMS are handed over (https).",
            parse=_gateway_url,
            needed=True,
        ),
    ]
    secret: Annotated[
        Private[bytes],
        Variable(
            name="SMS_GATEWAY_SECRET",
            says="Signs what is handed over: `whsec_` and base64.",
            parse=_webhook_secret,
            secret=True,
            needed=True,
        ),
    ]
    sender: Annotated[
        str,
        Variable(
            name="SMS_GATEWAY_FROM",
            says="The number or name that SMS come from.",
            parse=_text(_SENDER, "must be a number such as +15550100 or a name of at most 11 letters"),
            needed=True,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderSettings:
    """After how long without a word the family is asked, counted from the due moment (design §7)."""

    first_rung: Annotated[
        timedelta,
        Variable(
            name="FIRST_RUNG_MINUTES",
            says="Minutes after due until the first caregiver is asked.",
            parse=_minutes,
            default="120",
        ),
    ]
    first_rung_critical: Annotated[
        timedelta,
        Variable(
            name="FIRST_RUNG_CRITICAL_MINUTES",
            says="The same for a critical medicine.",
            parse=_minutes,
            default="60",
        ),
    ]
    first_rung_time_critical: Annotated[
        timedelta,
        Variable(
            name="FIRST_RUNG_TIME_CRITICAL_MINUTES",
            says="The same for a time-critical medicine.",
            parse=_minutes,
            default="30",
        ),
    ]
    between_rungs: Annotated[
        timedelta,
        Variable(
            name="BETWEEN_RUNGS_MINUTES",
            says="Minutes from one caregiver to the next.",
            parse=_minutes,
            default="30",
        ),
    ]

    def __post_init__(self) -> None:
        if not self.first_rung_time_critical <= self.first_rung_critical <= self.first_rung:
            raise SettingsError(
                (
                    "DOSEKEEPER_FIRST_RUNG_TIME_CRITICAL_MINUTES must not be more than"
                    " DOSEKEEPER_FIRST_RUNG_CRITICAL_MINUTES, nor that more than"
                    " DOSEKEEPER_FIRST_RUNG_MINUTES",
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    store: StoreSettings
    web: WebSettings
    alexa: AlexaSettings
    providers: ProviderOrder
    smtp: SmtpSettings | None
    sms_gateway: SmsGatewaySettings | None
    ladder: LadderSettings
    country: Annotated[
        str,
        Variable(
            name="COUNTRY",
            says="Where the patients live; decides emergency numbers and how phone numbers are read.",
            parse=_text(re.compile(r"[A-Z]{2}"), "must be a country code of two capital letters, such as US"),
            default="US",
        ),
    ]
    heartbeat: Annotated[
        timedelta,
        Variable(
            name="HEARTBEAT_SECONDS",
            says="Seconds from one look at what is due to the next.",
            parse=_span(timedelta(seconds=1), 1, 60),
            default="5",
        ),
    ]
    log_level: Annotated[
        str,
        Variable(
            name="LOG_LEVEL",
            says="`debug`, `info`, `warning` or `error`.",
            parse=_log_level,
            default="info",
        ),
    ]

    def __post_init__(self) -> None:
        problems = []
        if "smtp" in self.providers.email and self.smtp is None:
            problems.append("DOSEKEEPER_SMTP_HOST is needed because DOSEKEEPER_EMAIL names smtp")
        if "sms_gateway" in self.providers.sms and self.sms_gateway is None:
            problems.append("DOSEKEEPER_SMS_GATEWAY_URL is needed because DOSEKEEPER_SMS names sms_gateway")
        if problems:
            raise SettingsError(tuple(problems))
