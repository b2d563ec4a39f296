"""The settings of those who carry messages: their order, and one record per provider."""

from typing import Annotated

from msgspec import Struct

from skill.errors import SettingsError
from skill.private import Private
from skill.settings import parse
from skill.settings.parse import Security
from skill.settings.variable import PREFIX, Variable

SMS_PROVIDERS = ("end_user_messaging", "sns", "sms_gateway", "mailbox")
EMAIL_PROVIDERS = ("ses", "smtp", "mailbox")
AWS_PROVIDERS = frozenset({"sns", "end_user_messaging", "ses"})


class ProviderOrder(Struct, frozen=True, kw_only=True):
    """Which providers carry a channel; the next is tried when the one before gives up."""

    sms: Annotated[
        tuple[str, ...],
        Variable(
            "SMS",
            "Who sends SMS, in order: `end_user_messaging`, `sns`, `sms_gateway`, `mailbox`.",
            parse.providers(*SMS_PROVIDERS),
            default="mailbox",
        ),
    ]
    email: Annotated[
        tuple[str, ...],
        Variable(
            "EMAIL",
            "Who sends e-mail, in order: `ses`, `smtp`, `mailbox`.",
            parse.providers(*EMAIL_PROVIDERS),
            default="mailbox",
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


class SnsSettings(Struct, frozen=True, kw_only=True):
    sender: Annotated[
        str | None,
        Variable("SNS_SENDER", "Number or name that SNS sends from.", parse.sender, shown="Amazon's choice"),
    ]


class EndUserMessagingSettings(Struct, frozen=True, kw_only=True):
    sender: Annotated[
        str,
        Variable("EUM_FROM", "Number, or id or ARN of a number or pool.", parse.origination, needed=True),
    ]
    configuration_set: Annotated[
        str | None,
        Variable("EUM_CONFIGURATION_SET", "Says where receipts go.", parse.configuration_set),
    ]


class SesSettings(Struct, frozen=True, kw_only=True):
    sender: Annotated[str, Variable("SES_FROM", "Address that SES sends from.", parse.e_mail, needed=True)]
    configuration_set: Annotated[
        str | None,
        Variable("SES_CONFIGURATION_SET", "Says where receipts go.", parse.configuration_set),
    ]
