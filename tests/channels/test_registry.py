"""The registry: the providers that settings name, in their order, or one error that names what is wrong."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from skill.channels import REGISTRY, build_providers
from skill.channels.sms_gateway import SmsGateway
from skill.channels.smtp import Smtp
from skill.errors import SettingsError
from skill.outbound import trust_in
from skill.service.outgoing import Channel
from skill.service.ports import Provider
from skill.settings import read
from tests.servers import Authority
from tests.small_house import SmallHouse, a_small_house

SMTP = {"DOSEKEEPER_SMTP_HOST": "mail.example.org", "DOSEKEEPER_SMTP_FROM": "dose@example.org"}
GATEWAY = {
    "DOSEKEEPER_SMS_GATEWAY_URL": "https://sms.example.org/send",
    "DOSEKEEPER_SMS_GATEWAY_SECRET": "whsec_" + "QUJD" * 8,
    "DOSEKEEPER_SMS_GATEWAY_FROM": "DoseKeeper",
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


def built(house: SmallHouse, environ: Mapping[str, str]) -> Mapping[Channel, tuple[Provider, ...]]:
    settings = read({"HOME": "/home/somebody"} | dict(environ))
    return build_providers(settings, app=house.app, chance=house.chance)


def names(providers: Mapping[Channel, tuple[Provider, ...]]) -> dict[str, list[str]]:
    return {channel.value: [provider.name for provider in found] for channel, found in providers.items()}


def test_a_fresh_house_keeps_everything_in_its_mailbox(house: SmallHouse) -> None:
    providers = built(house, {})

    assert names(providers) == {"sms": ["mailbox"], "email": ["mailbox"], "mailbox": ["mailbox"]}
    assert all(p.channel is channel for channel, found in providers.items() for p in found)


def test_providers_come_in_the_order_in_which_settings_name_them(house: SmallHouse) -> None:
    order = {"DOSEKEEPER_SMS": "sms_gateway,mailbox", "DOSEKEEPER_EMAIL": "smtp,mailbox"}

    providers = built(house, SMTP | GATEWAY | order)

    assert names(providers) == {
        "sms": ["sms_gateway", "mailbox"],
        "email": ["smtp", "mailbox"],
        "mailbox": ["mailbox"],
    }


def test_both_providers_trust_the_roots_that_settings_name(house: SmallHouse, tmp_path: Path) -> None:
    roots = Authority(tmp_path).roots
    order = {"DOSEKEEPER_SMS": "sms_gateway", "DOSEKEEPER_EMAIL": "smtp"}

    providers = built(house, SMTP | GATEWAY | order | {"DOSEKEEPER_TRUST_ROOTS": str(roots)})

    (gateway,), (smtp,) = providers[Channel.SMS], providers[Channel.EMAIL]
    assert isinstance(gateway, SmsGateway)
    assert isinstance(smtp, Smtp)
    assert gateway.trust is smtp.trust is trust_in(roots)


def test_every_provider_that_is_not_there_is_named_at_once(house: SmallHouse) -> None:
    with pytest.raises(SettingsError) as refused:
        built(house, {"DOSEKEEPER_SMS": "pigeon,mailbox", "DOSEKEEPER_EMAIL": "sms_gateway"} | GATEWAY)

    assert refused.value.problems == (
        "DOSEKEEPER_SMS names 'pigeon', which is not set up; known are: mailbox, sms_gateway",
        "DOSEKEEPER_EMAIL names 'sms_gateway', which is not set up; known are: mailbox, smtp",
    )


def test_no_provider_is_registered_twice_for_a_channel() -> None:
    lines = [(line.name, line.channel) for line in REGISTRY]

    assert len(set(lines)) == len(lines)


def test_no_setting_of_a_provider_shows_its_secret(house: SmallHouse) -> None:
    order = {"DOSEKEEPER_SMS": "sms_gateway", "DOSEKEEPER_EMAIL": "smtp"}
    login = {"DOSEKEEPER_SMTP_USER": "dose", "DOSEKEEPER_SMTP_PASSWORD": "correct horse"}

    shown = repr(built(house, SMTP | GATEWAY | order | login))

    assert "correct horse" not in shown
    assert "ABC" not in shown
