"""The settings; each field says which variable it comes from."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from skill.errors import InvalidError, SettingsError
from skill.logs import LEVELS
from skill.settings import parse
from skill.settings.provider_records import (
    AWS_PROVIDERS,
    EndUserMessagingSettings,
    ProviderOrder,
    SesSettings,
    SmsGatewaySettings,
    SmtpSettings,
    SnsSettings,
)
from skill.settings.variable import PREFIX, Variable

_DATA = "`$XDG_DATA_HOME/dosekeeper`, else `~/.local/share/dosekeeper`"
_KEY = "`~/.config/dosekeeper/key`"
_FROM_AWS = "what the AWS tools use"


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


class AwsSettings(Struct, frozen=True, kw_only=True):
    """Where everything is written down on AWS; takes the place of ``StoreSettings``."""

    table: Annotated[
        str, Variable("AWS_TABLE", "DynamoDB table, instead of a folder.", parse.table, needed=True)
    ]
    keys_table: Annotated[
        str, Variable("AWS_KEYS_TABLE", "The table of wrapped keys.", parse.table, needed=True)
    ]
    kms_key: Annotated[
        str,
        Variable("AWS_KMS_KEY", "KMS key that wraps them: id, ARN or alias.", parse.kms_key, needed=True),
    ]
    queue: Annotated[str | None, Variable("AWS_QUEUE", "URL of the queue of work.", parse.queue_url)]
    shards: Annotated[
        int,
        Variable("AWS_SHARDS", "Parts of the wake index, 1 to 64.", parse.number(1, 64), default="4"),
    ]
    region: Annotated[str | None, Variable("AWS_REGION", "Region.", parse.region, shown=_FROM_AWS)]
    endpoint: Annotated[
        str | None,
        Variable("AWS_ENDPOINT", "Where AWS answers instead.", parse.endpoint, shown=_FROM_AWS),
    ]

    def __post_init__(self) -> None:
        if self.table == self.keys_table:
            raise SettingsError((f"{PREFIX}AWS_KEYS_TABLE must be another table than {PREFIX}AWS_TABLE",))


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
    """Everything. ``store`` on one machine, ``aws`` on AWS: one of the two and never both."""

    store: StoreSettings | None
    aws: AwsSettings | None
    web: WebSettings
    alexa: AlexaSettings
    providers: ProviderOrder
    smtp: SmtpSettings | None
    sms_gateway: SmsGatewaySettings | None
    sns: SnsSettings
    end_user_messaging: EndUserMessagingSettings | None
    ses: SesSettings | None
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
        if (self.store is None) == (self.aws is None):
            raise SettingsError((f"{PREFIX}DATA and {PREFIX}AWS_TABLE: one is needed, and not both",))
        problems = [
            f"{PREFIX}{variable} is needed because {PREFIX}{channel} names {provider}"
            for channel, names, provider, variable, given in (
                ("EMAIL", self.providers.email, "smtp", "SMTP_HOST", self.smtp),
                ("EMAIL", self.providers.email, "ses", "SES_FROM", self.ses),
                ("SMS", self.providers.sms, "sms_gateway", "SMS_GATEWAY_URL", self.sms_gateway),
                ("SMS", self.providers.sms, "end_user_messaging", "EUM_FROM", self.end_user_messaging),
            )
            if provider in names and given is None
        ]
        if problems:
            raise SettingsError(tuple(problems))

    @property
    def at_home(self) -> StoreSettings:
        """Where things lie on one machine; ``InvalidError`` where they lie on AWS."""
        if self.store is None:
            raise InvalidError("store", "lies in tables of AWS; this is for a folder on one machine")
        return self.store

    @property
    def needs_aws(self) -> bool:
        """Whether anything here speaks to AWS: where things are written down, or a provider."""
        named = {*self.providers.sms, *self.providers.email}
        return self.aws is not None or not AWS_PROVIDERS.isdisjoint(named)
