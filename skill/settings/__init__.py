"""The environment, read once into one frozen ``Settings``; every problem is named at once.

Each variable is described where its field stands; ``settings_table`` makes the README's table of that.
A problem names the variable and never repeats its value, which may be a secret in the wrong place.
"""

from skill.settings.parse import LINK_PATH, Security
from skill.settings.reading import read, settings_table
from skill.settings.records import (
    AlexaSettings,
    LadderSettings,
    ProviderOrder,
    Settings,
    SmsGatewaySettings,
    SmtpSettings,
    StoreSettings,
    WebSettings,
)

__all__ = [
    "LINK_PATH",
    "AlexaSettings",
    "LadderSettings",
    "ProviderOrder",
    "Security",
    "Settings",
    "SmsGatewaySettings",
    "SmtpSettings",
    "StoreSettings",
    "WebSettings",
    "read",
    "settings_table",
]
