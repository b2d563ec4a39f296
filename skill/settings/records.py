"""The settings, one record per provider; each field says which variable it comes from."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from skill.errors import SettingsError
from skill.logs import LEVELS
from skill.private import Private
from skill.settings import parse
from skill.settings.parse import Security

PREFIX = "DOSEKEEPER_"
_DATA = "`$XDG_DATA_HOME/dosekeeper`, else `~/.local/share/dosekeeper`"
_KEY = "`~/.config/dosekeeper/key`"


class Variable(Struct, frozen=True):
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


class StoreSettings(Struct, frozen=True, kw_only=True):
    data: Annotated[
        Path,
        Variable("DATA", "Folder of everything that is written down.", parse.path, shown=_DATA, needed=True),
    ]
    key_file: Annotated[
        Path,
        Variable("KEY_FILE", "The key to it, outside that folder.", parse.path, shown=_KEY, needed=True),
    ]

    def __post_init__(self) -> None:
        if self.key_file.resolve().is_relative_to(self.data.resolve()):
            raise SettingsError((f"{PREFIX}KEY_FILE must lie outside the folder {PREFIX}DATA",))


class WebSettings(Struct, frozen=True, kw_only=True):
    base_url: Annotated[
        str | None,
        Variable("BASE_URL", "Where caregivers reach it, like `https://meds.example.org`.", parse.base_url),
    ]
    host: Annotated[str, Variable("HOST", "Address to listen on.", parse.address, default="127.0.0.1")]
    port: Annotated[int, Variable("PORT", "Port to listen on.", parse.port, default="8080")]
    threads: Annotated[
        int, Variable("THREADS", "Requests answered at once.", parse.number(2, 64), default="8")
    ]
    trust_roots: Annotated[
        Path | None,
        Variable("TRUST_ROOTS", "PEM file of the roots to trust.", parse.file, shown="those of `certifi`"),
    ]


class AlexaSettings(Struct, frozen=True, kw_only=True):
    skill_id: Annotated[
        str | None,
        Variable("SKILL_ID", "The skill's id. Without it, `/alexa` answers nobody.", parse.skill_id),
    ]


class ProviderOrder(Struct, frozen=True, kw_only=True):
    """Which providers carry a channel; the next is tried when the one before gives up."""

    sms: Annotated[
        tuple[str, ...],
        Variable(
            "SMS", "Who sends SMS, in order: `sms_gateway`, `mailbox`.", parse.providers, default="mailbox"
        ),
    ]
    email: Annotated[
        tuple[str, ...],
        Variable(
            "EMAIL", "Who sends e-mail, in order: `smtp`, `mailbox`.", parse.providers, default="mailbox"
        ),
    ]


class SmtpSettings(Struct, frozen=True, kw_only=True):
    host: Annotated[str, Variable("SMTP_HOST", "The mail server.", parse.host, needed=True)]
    port: Annotated[int, Variable("SMTP_PORT", "Its port.", parse.port, default="587")]
    security: Annotated[
        Security,
        Variable(
            "SMTP_SECURITY",
            "`starttls`, `tls`, or on this machine `none`.",
            parse.security,
            default="starttls",
        ),
    ]
    user: Annotated[str | None, Variable("SMTP_USER", "Name to log in with.", parse.user)]
    password: Annotated[
        Private[str] | None, Variable("SMTP_PASSWORD", "Password to log in with.", Private, secret=True)
    ]
    sender: Annotated[str, Variable("SMTP_FROM", "Address that mails come from.", parse.e_mail, needed=True)]

    def __post_init__(self) -> None:
        problems = []
        if (self.user is None) != (self.password is None):
            problems.append(f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD must be set together")
        if self.security is Security.NONE and not parse.is_this_machine(self.host):
            problems.append(f"{PREFIX}SMTP_SECURITY may be none only for a mail server on this machine")
        if problems:
            raise SettingsError(tuple(problems))


class SmsGatewaySettings(Struct, frozen=True, kw_only=True):
    url: Annotated[
        str, Variable("SMS_GATEWAY_URL", "Where SMS are handed over.", parse.gateway_url, needed=True)
    ]
    secret: Annotated[
        Private[bytes],
        Variable(
            "SMS_GATEWAY_SECRET",
            "Signs them: `whsec_` and base64.",
            parse.webhook_secret,
            secret=True,
            needed=True,
        ),
    ]
    sender: Annotated[
        str, Variable("SMS_GATEWAY_FROM", "Number or name that SMS come from.", parse.sender, needed=True)
    ]


class LadderSettings(Struct, frozen=True, kw_only=True):
    """How long after the due moment the family is asked when there is no word (design §7)."""

    first_rung: Annotated[
        timedelta,
        Variable(
            "FIRST_RUNG_MINUTES", "Minutes after due to the first caregiver.", parse.minutes, default="120"
        ),
    ]
    first_rung_critical: Annotated[
        timedelta,
        Variable("FIRST_RUNG_CRITICAL_MINUTES", "The same, critical medicine.", parse.minutes, default="60"),
    ]
    first_rung_time_critical: Annotated[
        timedelta,
        Variable(
            "FIRST_RUNG_TIME_CRITICAL_MINUTES",
            "The same, time-critical medicine.",
            parse.minutes,
            default="30",
        ),
    ]
    between_rungs: Annotated[
        timedelta,
        Variable("BETWEEN_RUNGS_MINUTES", "Minutes to the next caregiver.", parse.minutes, default="30"),
    ]

    def __post_init__(self) -> None:
        ordinary, critical, time_critical = (
            f"{PREFIX}FIRST_RUNG_{kind}MINUTES" for kind in ("", "CRITICAL_", "TIME_CRITICAL_")
        )
        problems = []
        if self.first_rung_critical > self.first_rung:
            problems.append(f"{critical} must not be more than {ordinary}")
        if self.first_rung_time_critical > self.first_rung_critical:
            problems.append(f"{time_critical} must not be more than {critical}")
        if problems:
            raise SettingsError(tuple(problems))


class Settings(Struct, frozen=True, kw_only=True):
    store: StoreSettings
    web: WebSettings
    alexa: AlexaSettings
    providers: ProviderOrder
    smtp: SmtpSettings | None
    sms_gateway: SmsGatewaySettings | None
    ladder: LadderSettings
    country: Annotated[
        str,
        Variable("COUNTRY", "For emergency numbers and phone numbers.", parse.country, default="US"),
    ]
    heartbeat: Annotated[
        timedelta,
        Variable(
            "HEARTBEAT_SECONDS",
            "Seconds from one look at what is due to the next.",
            parse.span(timedelta(seconds=1), 1, 60),
            default="5",
        ),
    ]
    log_level: Annotated[
        str, Variable("LOG_LEVEL", f"One of {', '.join(LEVELS)}.", parse.log_level, default="info")
    ]

    def __post_init__(self) -> None:
        problems = []
        if "smtp" in self.providers.email and self.smtp is None:
            problems.append(f"{PREFIX}SMTP_HOST is needed because {PREFIX}EMAIL names smtp")
        if "sms_gateway" in self.providers.sms and self.sms_gateway is None:
            problems.append(f"{PREFIX}SMS_GATEWAY_URL is needed because {PREFIX}SMS names sms_gateway")
        if problems:
            raise SettingsError(tuple(problems))
