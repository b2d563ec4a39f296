"""The registry: the providers that settings name, in their order, or one error that names what is wrong."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from skill.aws import Aws
from skill.channels import REGISTRY, build_providers
from skill.channels.sms_gateway import SmsGateway
from skill.channels.smtp import Smtp
from skill.errors import SettingsError
from skill.outbound import trust_in
from skill.service.outgoing import Channel
from skill.service.ports import Provider
from skill.settings import read
from skill.settings.provider_records import EMAIL_PROVIDERS, SMS_PROVIDERS
from tests.channels.amazon import an_aws
from tests.house.source import ROOT
from tests.servers import Authority
from tests.small_house import SmallHouse, a_small_house

SMTP = {"DOSEKEEPER_SMTP_HOST": "mail.example.org", "DOSEKEEPER_SMTP_FROM": "dose@example.org"}
GATEWAY = {
    "DOSEKEEPER_SMS_GATEWAY_URL": "https://sms.example.org/send",
    "DOSEKEEPER_SMS_GATEWAY_SECRET": "whsec_" + "QUJD" * 8,
    "DOSEKEEPER_SMS_GATEWAY_FROM": "DoseKeeper",
}

AMAZON = {"DOSEKEEPER_EUM_FROM": "+12065550100", "DOSEKEEPER_SES_FROM": "dose@example.org"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


def built(
    house: SmallHouse, environ: Mapping[str, str], aws: Aws | None = None
) -> Mapping[Channel, tuple[Provider, ...]]:
    settings = read({"HOME": "/home/somebody"} | dict(environ))
    return build_providers(settings, app=house.app, chance=house.chance, aws=aws)


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


def test_amazons_providers_are_built_where_there_is_a_way_to_amazon(house: SmallHouse) -> None:
    order = {"DOSEKEEPER_SMS": "end_user_messaging,sns,mailbox", "DOSEKEEPER_EMAIL": "ses,mailbox"}

    providers = built(house, AMAZON | order, an_aws())

    assert names(providers) == {
        "sms": ["end_user_messaging", "sns", "mailbox"],
        "email": ["ses", "mailbox"],
        "mailbox": ["mailbox"],
    }
    assert all(p.channel is channel for channel, found in providers.items() for p in found)


def test_amazons_providers_are_missed_where_there_is_none(house: SmallHouse) -> None:
    with pytest.raises(SettingsError) as refused:
        built(house, AMAZON | {"DOSEKEEPER_SMS": "end_user_messaging,sns", "DOSEKEEPER_EMAIL": "ses"})

    assert [problem.partition(",")[0] for problem in refused.value.problems] == [
        "DOSEKEEPER_SMS names 'end_user_messaging'",
        "DOSEKEEPER_SMS names 'sns'",
        "DOSEKEEPER_EMAIL names 'ses'",
    ]


def test_nothing_is_loaded_of_amazon_before_a_message_goes_there() -> None:
    program = "import sys, skill.channels; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0


def test_replies_and_receipts_are_read_by_whoever_sends_them() -> None:
    receipts = {line.name for line in REGISTRY if line.parse_receipt is not None}
    replies = {line.name for line in REGISTRY if line.parse_reply is not None}

    assert receipts == {"end_user_messaging"}
    assert replies == {"end_user_messaging", "sns"}


def test_calls_are_carried_as_soon_as_there_is_a_channel_for_them() -> None:
    channels = {channel.value for channel in Channel}
    carried = {line.channel.value for line in REGISTRY if line.name == "end_user_messaging"}

    assert carried == channels & {"sms", "voice_call"}


def test_every_provider_that_is_not_there_is_named_at_once(house: SmallHouse) -> None:
    with pytest.raises(SettingsError) as refused:
        built(house, {"DOSEKEEPER_SMS": "pigeon,mailbox", "DOSEKEEPER_EMAIL": "sms_gateway"} | GATEWAY)

    assert refused.value.problems == (
        "DOSEKEEPER_SMS names 'pigeon', which is not known; known are: end_user_messaging,"
        " mailbox, sms_gateway, sns",
        "DOSEKEEPER_EMAIL names 'sms_gateway', which is not known; known are: mailbox, ses, smtp",
    )


def test_the_settings_know_every_provider_that_is_registered_and_no_other() -> None:
    registered = {
        channel: {line.name for line in REGISTRY if line.channel is channel}
        for channel in (Channel.SMS, Channel.EMAIL)
    }

    assert registered == {Channel.SMS: set(SMS_PROVIDERS), Channel.EMAIL: set(EMAIL_PROVIDERS)}


def test_no_provider_is_registered_twice_for_a_channel() -> None:
    lines = [(line.name, line.channel) for line in REGISTRY]

    assert len(set(lines)) == len(lines)


def test_no_setting_of_a_provider_shows_its_secret(house: SmallHouse) -> None:
    order = {"DOSEKEEPER_SMS": "sms_gateway", "DOSEKEEPER_EMAIL": "smtp"}
    login = {"DOSEKEEPER_SMTP_USER": "dose", "DOSEKEEPER_SMTP_PASSWORD": "correct horse"}

    shown = repr(built(house, SMTP | GATEWAY | order | login))

    assert "correct horse" not in shown
    assert "ABC" not in shown
