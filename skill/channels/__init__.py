"""The registry of providers: one line each. A provider is one file, and carries one channel at a time."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from skill.chance import Chance
from skill.channels.aws_line import AwsLine
from skill.channels.end_user_messaging import (
    SERVICE,
    EndUserMessagingCall,
    EndUserMessagingSms,
    parse_receipt,
    parse_reply,
)
from skill.channels.incoming import Receipt, Reply
from skill.channels.mailbox import Mailbox
from skill.channels.ses import Ses
from skill.channels.sms_gateway import SmsGateway
from skill.channels.smtp import Smtp
from skill.channels.sns import Sns
from skill.errors import SettingsError
from skill.outbound import trust_in
from skill.service.act import App
from skill.service.outgoing import Channel
from skill.service.ports import Provider
from skill.settings import Settings

if TYPE_CHECKING:
    from skill.aws import Aws


class Parts(Struct, frozen=True, kw_only=True):
    """What a provider may be built from. ``aws`` None: those of Amazon are not there."""

    settings: Settings
    app: App
    chance: Chance
    aws: "Aws | None" = None

    def line(self, service: str) -> AwsLine | None:
        if self.aws is None:
            return None
        return AwsLine(self.aws, service, trust=trust_in(self.settings.web.trust_roots))


class Registered(Struct, frozen=True, kw_only=True):
    """A provider as settings name it. ``build`` gives None when its own settings are not there.

    ``parse_receipt`` and ``parse_reply``: what its records on an SNS topic mean, where it sends some.
    """

    name: str
    channel: Channel
    build: Callable[[Parts], Provider | None]
    parse_receipt: Callable[[object], Receipt | None] | None = None
    parse_reply: Callable[[object], Reply | None] | None = None


def _mailbox(channel: Channel) -> Callable[[Parts], Provider | None]:
    return lambda parts: Mailbox(channel=channel, app=parts.app)


def _smtp(parts: Parts) -> Provider | None:
    mine = parts.settings.smtp
    return Smtp(settings=mine, trust=trust_in(parts.settings.web.trust_roots)) if mine else None


def _sms_gateway(parts: Parts) -> Provider | None:
    mine = parts.settings.sms_gateway
    return SmsGateway(settings=mine, trust=trust_in(parts.settings.web.trust_roots)) if mine else None


def _sns(parts: Parts) -> Provider | None:
    line = parts.line("sns")
    return Sns(settings=parts.settings.sns, line=line) if line else None


def _ses(parts: Parts) -> Provider | None:
    mine, line = parts.settings.ses, parts.line("sesv2")
    return Ses(settings=mine, line=line) if mine and line else None


def _end_user_messaging(channel: Channel) -> Callable[[Parts], Provider | None]:
    kind = EndUserMessagingSms if channel is Channel.SMS else EndUserMessagingCall

    def build(parts: Parts) -> Provider | None:
        mine, line = parts.settings.end_user_messaging, parts.line(SERVICE)
        return kind(channel=channel, settings=mine, line=line) if mine and line else None

    return build


REGISTRY = (
    Registered(name="mailbox", channel=Channel.SMS, build=_mailbox(Channel.SMS)),
    Registered(name="mailbox", channel=Channel.EMAIL, build=_mailbox(Channel.EMAIL)),
    Registered(name="mailbox", channel=Channel.MAILBOX, build=_mailbox(Channel.MAILBOX)),
    Registered(name="smtp", channel=Channel.EMAIL, build=_smtp),
    Registered(name="sms_gateway", channel=Channel.SMS, build=_sms_gateway),
    # Replies come from the numbers of End User Messaging, also to what SNS sent from one of them.
    Registered(name="sns", channel=Channel.SMS, build=_sns, parse_reply=parse_reply),
    Registered(name="ses", channel=Channel.EMAIL, build=_ses),
    *(
        Registered(
            name="end_user_messaging",
            channel=channel,
            build=_end_user_messaging(channel),
            parse_receipt=parse_receipt,
            parse_reply=parse_reply,
        )
        for channel in Channel
        if channel.value in {"sms", "voice_call"}  # the latter as soon as the domain knows calls
    ),
)


def build_providers(
    settings: Settings, *, app: App, chance: Chance, aws: "Aws | None" = None
) -> Mapping[Channel, tuple[Provider, ...]]:
    """The providers of each channel, in the order in which they are tried.

    ``aws``: needed where ``settings.needs_aws``. ``SettingsError`` names every provider that is not
    there, or has no settings, at once.
    """
    parts = Parts(settings=settings, app=app, chance=chance, aws=aws)
    wanted = {
        Channel.SMS: ("DOSEKEEPER_SMS", settings.providers.sms),
        Channel.EMAIL: ("DOSEKEEPER_EMAIL", settings.providers.email),
        Channel.MAILBOX: ("the mailbox", ("mailbox",)),
    }
    problems: list[str] = []
    built: dict[Channel, tuple[Provider, ...]] = {}
    for channel, (variable, names) in wanted.items():
        found = [(name, _find(name, channel, parts)) for name in names]
        built[channel] = tuple(provider for _, provider in found if provider is not None)
        known = ", ".join(sorted(line.name for line in REGISTRY if line.channel is channel))
        problems += [
            f"{variable} names {name!r}, which is not set up; known are: {known}"
            for name, provider in found
            if provider is None
        ]
    if problems:
        raise SettingsError(tuple(problems))
    return built


def _find(name: str, channel: Channel, parts: Parts) -> Provider | None:
    for line in REGISTRY:
        if line.name == name and line.channel is channel:
            return line.build(parts)
    return None
