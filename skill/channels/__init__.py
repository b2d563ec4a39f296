"""The registry of providers: one line each. A provider is one file, and carries one channel at a time."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from skill.chance import Chance
from skill.channels.mailbox import Mailbox
from skill.channels.sms_gateway import SmsGateway
from skill.channels.smtp import Smtp
from skill.errors import SettingsError
from skill.outbound import trust_in
from skill.service.act import App
from skill.service.outgoing import Channel
from skill.service.ports import Provider
from skill.settings import Settings


class Parts(Struct, frozen=True, kw_only=True):
    """What a provider may be built from."""

    settings: Settings
    app: App
    chance: Chance


class Registered(Struct, frozen=True, kw_only=True):
    """A provider as settings name it. ``build`` gives None when its own settings are not there."""

    name: str
    channel: Channel
    build: Callable[[Parts], Provider | None]


def _mailbox(channel: Channel) -> Callable[[Parts], Provider | None]:
    return lambda parts: Mailbox(channel=channel, app=parts.app)


def _smtp(parts: Parts) -> Provider | None:
    mine = parts.settings.smtp
    return Smtp(settings=mine, trust=trust_in(parts.settings.web.trust_roots)) if mine else None


def _sms_gateway(parts: Parts) -> Provider | None:
    mine = parts.settings.sms_gateway
    return SmsGateway(settings=mine, trust=trust_in(parts.settings.web.trust_roots)) if mine else None


REGISTRY = (
    Registered(name="mailbox", channel=Channel.SMS, build=_mailbox(Channel.SMS)),
    Registered(name="mailbox", channel=Channel.EMAIL, build=_mailbox(Channel.EMAIL)),
    Registered(name="mailbox", channel=Channel.MAILBOX, build=_mailbox(Channel.MAILBOX)),
    Registered(name="smtp", channel=Channel.EMAIL, build=_smtp),
    Registered(name="sms_gateway", channel=Channel.SMS, build=_sms_gateway),
)


def build_providers(
    settings: Settings, *, app: App, chance: Chance
) -> Mapping[Channel, tuple[Provider, ...]]:
    """The providers of each channel, in the order in which they are tried.

    ``SettingsError`` names every provider that is not there, or has no settings, at once.
    """
    parts = Parts(settings=settings, app=app, chance=chance)
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
