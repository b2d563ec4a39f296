"""The environment, read once into one frozen ``Settings``; every problem is named at once.

Each variable is described where its field stands; ``settings_table`` makes the README's table of that.
A problem names the variable and never repeats its value, which may be a secret in the wrong place.
"""

from skill.settings.parse import LINK_PATH, Security
from skill.settings.provider_records import (
    EndUserMessagingSettings,
    ProviderOrder,
    SesSettings,
    SmsGatewaySettings,
    SmtpSettings,
    SnsSettings,
)
from skill.settings.reading import read, settings_table
from skill.settings.records import (
    AlexaSettings,
    AwsSettings,
    LadderSettings,
    Settings,
    StoreSettings,
    WebSettings,
)

__all__ = [
    "LINK_PATH",
    "AlexaSettings",
    "AwsSettings",
    "EndUserMessagingSettings",
    "LadderSettings",
    "ProviderOrder",
    "Security",
    "SesSettings",
    "Settings",
    "SmsGatewaySettings",
    "SmtpSettings",
    "SnsSettings",
    "StoreSettings",
    "WebSettings",
    "read",
    "settings_table",
]
