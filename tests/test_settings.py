"""The environment is read strictly, and every problem with it is told at once."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from skill.errors import InvalidError, SettingsError
from skill.private import Private
from skill.settings import (
    AwsSettings,
    EndUserMessagingSettings,
    Security,
    SesSettings,
    Settings,
    SmtpSettings,
    read,
    settings_table,
)

AT_HOME = {"HOME": "/home/ada"}
SMTP = {
    "DOSEKEEPER_SMTP_HOST": "mail.example.org",
    "DOSEKEEPER_SMTP_FROM": "keeper@example.org",
    "DOSEKEEPER_SMTP_USER": "keeper",
    "DOSEKEEPER_SMTP_PASSWORD": "correct horse battery staple",
}
SMS = {
    "DOSEKEEPER_SMS_GATEWAY_URL": "https://sms.example.org/send?v=1",
    "DOSEKEEPER_SMS_GATEWAY_SECRET": "whsec_" + base64.b64encode(b"twenty-four bytes secret").decode(),
    "DOSEKEEPER_SMS_GATEWAY_FROM": "+15550100",
}
AWS = {
    "DOSEKEEPER_AWS_TABLE": "doses",
    "DOSEKEEPER_AWS_KEYS_TABLE": "doses-keys",
    "DOSEKEEPER_AWS_KMS_KEY": "alias/doses",
}


def problems_of(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read(AT_HOME | environ)
    return caught.value.problems


def test_with_nothing_set_the_service_keeps_to_this_machine() -> None:
    settings = read(AT_HOME)

    assert settings.aws is None
    assert not settings.needs_aws
    assert settings.at_home.data == Path("/home/ada/.local/share/dosekeeper")
    assert settings.at_home.key_file == Path("/home/ada/.config/dosekeeper/key")
    assert (settings.web.host, settings.web.port, settings.web.threads) == ("127.0.0.1", 8080, 8)
    assert settings.web.base_url is None
    assert settings.web.trust_roots is None
    assert settings.alexa.skill_id is None
    assert (settings.providers.sms, settings.providers.email) == (("mailbox",), ("mailbox",))
    assert settings.smtp is None
    assert settings.sms_gateway is None
    assert settings.sns.sender is None
    assert settings.end_user_messaging is None
    assert settings.ses is None
    assert settings.country == "US"
    assert settings.heartbeat == timedelta(seconds=5)
    assert settings.log_level == "info"


def test_the_family_is_asked_after_the_waits_of_the_design() -> None:
    ladder = read(AT_HOME).ladder

    assert ladder.first_rung == timedelta(minutes=120)
    assert ladder.first_rung_critical == timedelta(minutes=60)
    assert ladder.first_rung_time_critical == timedelta(minutes=30)
    assert ladder.between_rungs == timedelta(minutes=30)


def test_everything_can_be_set(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.touch()

    settings = read(
        {
            "DOSEKEEPER_DATA": "/srv/doses",
            "DOSEKEEPER_KEY_FILE": "/etc/dosekeeper/key",
            "DOSEKEEPER_SKILL_ID": "amzn1.ask.skill.0a1b2c3d-0000-4000-8000-00000000abcd",
            "DOSEKEEPER_BASE_URL": "https://meds.example.org",
            "DOSEKEEPER_HOST": "::1",
            "DOSEKEEPER_PORT": "9000",
            "DOSEKEEPER_THREADS": "16",
            "DOSEKEEPER_TRUST_ROOTS": str(roots),
            "DOSEKEEPER_SMS": "sms_gateway,mailbox",
            "DOSEKEEPER_EMAIL": "smtp,mailbox",
            "DOSEKEEPER_SMTP_PORT": "465",
            "DOSEKEEPER_SMTP_SECURITY": "tls",
            "DOSEKEEPER_COUNTRY": "DE",
            "DOSEKEEPER_HEARTBEAT_SECONDS": "10",
            "DOSEKEEPER_FIRST_RUNG_MINUTES": "90",
            "DOSEKEEPER_FIRST_RUNG_CRITICAL_MINUTES": "45",
            "DOSEKEEPER_FIRST_RUNG_TIME_CRITICAL_MINUTES": "15",
            "DOSEKEEPER_BETWEEN_RUNGS_MINUTES": "20",
            "DOSEKEEPER_LOG_LEVEL": "warning",
        }
        | SMTP
        | SMS
    )

    assert settings.at_home.data == Path("/srv/doses")
    assert settings.alexa.skill_id == "amzn1.ask.skill.0a1b2c3d-0000-4000-8000-00000000abcd"
    assert settings.web.base_url == "https://meds.example.org"
    assert (settings.web.host, settings.web.port, settings.web.threads) == ("::1", 9000, 16)
    assert settings.web.trust_roots == roots
    assert settings.providers.sms == ("sms_gateway", "mailbox")
    assert settings.smtp == SmtpSettings(
        host="mail.example.org",
        port=465,
        security=Security.TLS,
        user="keeper",
        password=Private("correct horse battery staple"),
        sender="keeper@example.org",
    )
    assert settings.sms_gateway is not None
    assert settings.sms_gateway.secret.value == b"twenty-four bytes secret"
    assert settings.sms_gateway.url == "https://sms.example.org/send?v=1"
    assert settings.country == "DE"
    assert settings.heartbeat == timedelta(seconds=10)
    assert settings.ladder.first_rung_time_critical == timedelta(minutes=15)
    assert settings.ladder.between_rungs == timedelta(minutes=20)
    assert settings.log_level == "warning"


def test_all_problems_are_named_at_once_and_no_value_is_repeated() -> None:
    problems = problems_of(
        {
            "DOSEKEEPER_PORT": "s3cret-one",
            "DOSEKEEPER_BASE_URL": "http://s3cret-two.example.org",
            "DOSEKEEPER_SMTP_HOST": "s3cret three",
            "DOSEKEEPER_SMTP_PASSWORD": "s3cret-four",
            "DOSEKEEPER_SMS_GATEWAY_SECRET": "s3cret-five",
            "DOSEKEEPER_COUNTRY": "s3cret-six",
            "DOSEKEEPER_PROT": "s3cret-seven",
        }
    )

    assert problems == (
        "'DOSEKEEPER_PROT' is not a setting; did you mean DOSEKEEPER_PORT?",
        "DOSEKEEPER_BASE_URL must begin with https:// (http:// only for this machine itself)",
        "DOSEKEEPER_PORT must be a whole number from 1 to 65535",
        "DOSEKEEPER_SMTP_HOST must be a host name or an IP address",
        "DOSEKEEPER_SMTP_FROM is needed",
        "DOSEKEEPER_SMS_GATEWAY_URL is needed",
        "DOSEKEEPER_SMS_GATEWAY_SECRET must be whsec_ and then 24 to 64 bytes in base64",
        "DOSEKEEPER_SMS_GATEWAY_FROM is needed",
        "DOSEKEEPER_COUNTRY must be the code of a country, two capital letters such as US",
    )


def test_a_provider_that_nobody_knows_is_named_beside_the_others() -> None:
    given = {"DOSEKEEPER_PORT": "x", "DOSEKEEPER_SMS": "pigeon", "DOSEKEEPER_THREADS": "0"}

    assert problems_of(given) == (
        "DOSEKEEPER_PORT must be a whole number from 1 to 65535",
        "DOSEKEEPER_THREADS must be a whole number from 2 to 64",
        "DOSEKEEPER_SMS names 'pigeon', which is not known; known are: end_user_messaging, mailbox,"
        " sms_gateway, sns",
    )


def test_a_country_that_is_none_is_refused() -> None:
    assert problems_of({"DOSEKEEPER_COUNTRY": "ZZ"}) == (
        "DOSEKEEPER_COUNTRY must be the code of a country, two capital letters such as US",
    )


def test_the_error_itself_tells_whoever_runs_it_what_is_wrong_and_no_value() -> None:
    with pytest.raises(SettingsError, match=r"^DOSEKEEPER_PORT must be a whole number from 1 to 65535$"):
        read(AT_HOME | {"DOSEKEEPER_PORT": "s3cret"})


def test_a_name_that_is_like_no_other_is_told_without_a_guess() -> None:
    assert problems_of({"DOSEKEEPER_XYZZY": "1"}) == ("'DOSEKEEPER_XYZZY' is not a setting",)


def test_variables_of_other_programs_are_left_alone() -> None:
    assert read(AT_HOME | {"PORT": "x", "dosekeeper_port": "x", "MY_DOSEKEEPER_PORT": "x"}).web.port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", ""),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", " 8080"),
        ("PORT", "8080\n"),
        ("PORT", "+8080"),
        ("PORT", "08080"),
        ("PORT", "8_080"),
        ("PORT", "80.0"),
        ("PORT", "٨٠٨٠"),
        pytest.param("PORT", "9" * 5000, id="PORT-5000 digits"),
        ("THREADS", "1"),
        ("THREADS", "65"),
        ("HOST", "example.org"),
        ("HOST", "127.0.0.1:80"),
        ("HOST", "256.0.0.1"),
        ("DATA", "data"),
        ("DATA", "~/data"),
        ("DATA", "/srv/da\x00ta"),
        ("KEY_FILE", "key"),
        ("TRUST_ROOTS", "/nowhere/roots.pem"),
        ("SKILL_ID", "amzn1.ask.skill."),
        ("SKILL_ID", "amzn1.ask.skill.0A1B2C3D-0000-4000-8000-00000000ABCD"),
        ("SKILL_ID", "amzn1.ask.skill.0a1b2c3d-0000-4000-8000-00000000abcd "),
        ("BASE_URL", "meds.example.org"),
        ("BASE_URL", "http://meds.example.org"),
        ("BASE_URL", "http://10.0.0.1"),
        ("BASE_URL", "ftp://meds.example.org"),
        ("BASE_URL", "https://meds.example.org/"),
        ("BASE_URL", "https://meds.example.org/x"),
        ("BASE_URL", "https://meds.example.org?x"),
        ("BASE_URL", "https://meds.example.org#x"),
        ("BASE_URL", "https://me@example.org"),
        ("BASE_URL", "https://me:x@example.org"),
        ("BASE_URL", "https://example.org:"),
        ("BASE_URL", "https://example.org:0"),
        ("BASE_URL", "https://example.org:70000"),
        ("BASE_URL", "https://-example.org"),
        ("BASE_URL", "https://example..org"),
        ("BASE_URL", "https://exämple.org"),
        ("BASE_URL", "https://exa mple.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://longer1.example.org"),
        ("SMS", ""),
        ("SMS", "mailbox,"),
        ("SMS", "mailbox, smtp"),
        ("SMS", "mailbox,mailbox"),
        ("SMS", "Mailbox"),
        ("EMAIL", "a,b,c,d,e,f"),
        ("COUNTRY", "us"),
        ("COUNTRY", "USA"),
        ("HEARTBEAT_SECONDS", "0"),
        ("HEARTBEAT_SECONDS", "61"),
        ("FIRST_RUNG_MINUTES", "0"),
        ("FIRST_RUNG_MINUTES", "721"),
        ("BETWEEN_RUNGS_MINUTES", "-1"),
        ("LOG_LEVEL", "INFO"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    (problem,) = problems_of({f"DOSEKEEPER_{name}": value})

    assert problem.startswith(f"DOSEKEEPER_{name} ")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.org",
        "https://eight.example.org",
        "https://b.example.org:8443",
        "http://127.0.0.1:8080",
        "http://localhost:65535",
        "http://[::1]:8080",
        "https://[::1]",
    ],
)
def test_a_short_plain_address_is_good_for_links(url: str) -> None:
    assert read(AT_HOME | {"DOSEKEEPER_BASE_URL": url}).web.base_url == url


def test_an_address_that_leaves_no_room_in_an_sms_is_refused_with_the_reason() -> None:
    longest, too_long = "https://abc.example.org.uk", "https://abcd.example.org.uk"

    settings = read(AT_HOME | {"DOSEKEEPER_BASE_URL": longest})
    (problem,) = problems_of({"DOSEKEEPER_BASE_URL": too_long})

    assert settings.web.base_url is not None
    assert len(settings.web.base_url + "/a/") == 29
    assert (
        problem == "DOSEKEEPER_BASE_URL must have at most 26 characters, because links must fit an SMS of 160"
    )


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("/srv/doses", "/srv/doses/key"),
        ("/srv/doses", "/srv/doses/deep/er/key"),
        ("/srv/doses", "/srv/other/../doses/key"),
        ("/srv/doses", "/srv/doses"),
        ("/", "/etc/key"),
    ],
    ids=["in it", "deep in it", "by a detour", "the same", "everything"],
)
def test_the_key_may_not_lie_with_the_data(data: str, key: str) -> None:
    problems = problems_of({"DOSEKEEPER_DATA": data, "DOSEKEEPER_KEY_FILE": key})

    assert problems == ("DOSEKEEPER_KEY_FILE must lie outside the folder DOSEKEEPER_DATA",)


def test_a_link_does_not_hide_that_the_key_lies_with_the_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "data")

    problems = problems_of(
        {"DOSEKEEPER_DATA": str(tmp_path / "data"), "DOSEKEEPER_KEY_FILE": str(tmp_path / "alias" / "key")}
    )

    assert problems == ("DOSEKEEPER_KEY_FILE must lie outside the folder DOSEKEEPER_DATA",)


@pytest.mark.parametrize(
    ("environ", "data"),
    [
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/data/ada"}, "/data/ada/dosekeeper"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "data"}, "/home/ada/.local/share/dosekeeper"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": ""}, "/home/ada/.local/share/dosekeeper"),
    ],
    ids=["said", "not a whole path", "empty"],
)
def test_data_lies_where_the_desktop_keeps_data(environ: dict[str, str], data: str) -> None:
    assert read(environ).at_home.data == Path(data)


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}], ids=["none", "empty", "odd"])
def test_without_a_home_the_places_must_be_said(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read(environ)

    assert caught.value.problems == ("DOSEKEEPER_DATA is needed", "DOSEKEEPER_KEY_FILE is needed")


@pytest.mark.parametrize("left_out", ["HOST", "FROM"])
def test_mail_is_set_up_wholly_or_not_at_all(left_out: str) -> None:
    environ = {name: value for name, value in SMTP.items() if name != f"DOSEKEEPER_SMTP_{left_out}"}

    assert problems_of(environ) == (f"DOSEKEEPER_SMTP_{left_out} is needed",)


@pytest.mark.parametrize("left_out", ["USER", "PASSWORD"])
def test_a_mail_user_and_a_password_go_together(left_out: str) -> None:
    environ = {name: value for name, value in SMTP.items() if name != f"DOSEKEEPER_SMTP_{left_out}"}

    assert problems_of(environ) == ("DOSEKEEPER_SMTP_USER and DOSEKEEPER_SMTP_PASSWORD must be set together",)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.9"])
def test_mail_may_go_unprotected_to_this_machine(host: str) -> None:
    settings = read(
        AT_HOME
        | {
            "DOSEKEEPER_SMTP_HOST": host,
            "DOSEKEEPER_SMTP_FROM": "keeper@localhost",
            "DOSEKEEPER_SMTP_SECURITY": "none",
        }
    )

    assert settings.smtp is not None
    assert settings.smtp.security is Security.NONE


def test_mail_may_not_go_unprotected_to_another_machine() -> None:
    assert problems_of(SMTP | {"DOSEKEEPER_SMTP_SECURITY": "none"}) == (
        "DOSEKEEPER_SMTP_SECURITY may be none only for a mail server on this machine",
    )


@pytest.mark.parametrize("left_out", ["URL", "SECRET", "FROM"])
def test_the_sms_gateway_is_set_up_wholly_or_not_at_all(left_out: str) -> None:
    environ = {name: value for name, value in SMS.items() if name != f"DOSEKEEPER_SMS_GATEWAY_{left_out}"}

    assert problems_of(environ) == (f"DOSEKEEPER_SMS_GATEWAY_{left_out} is needed",)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        base64.b64encode(b"x" * 32).decode(),
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_" + base64.b64encode(b"x" * 32).decode()[:-1],
        "whsec_" + base64.b64encode(b"x" * 32).decode() + " ",
        "whsec_" + "é" * 32,
        "WHSEC_" + base64.b64encode(b"x" * 32).decode(),
    ],
    ids=["empty", "bare", "no prefix", "short", "long", "cut", "blank", "letters", "capitals"],
)
def test_a_gateway_secret_that_is_weak_or_malformed_is_refused(secret: str) -> None:
    (problem,) = problems_of(SMS | {"DOSEKEEPER_SMS_GATEWAY_SECRET": secret})

    assert problem.startswith("DOSEKEEPER_SMS_GATEWAY_SECRET ")


@pytest.mark.parametrize(
    "url", ["http://sms.example.org/", "https://a@b.org/x", "https://b.org/x y", "b.org"]
)
def test_a_gateway_address_must_be_secure_and_plain(url: str) -> None:
    (problem,) = problems_of(SMS | {"DOSEKEEPER_SMS_GATEWAY_URL": url})

    assert problem.startswith("DOSEKEEPER_SMS_GATEWAY_URL ")


@pytest.mark.parametrize("sender", ["+15550100", "12345", "DoseKeeper"], ids=["number", "short", "name"])
def test_an_sms_comes_from_a_number_or_a_short_name(sender: str) -> None:
    settings = read(AT_HOME | SMS | {"DOSEKEEPER_SMS_GATEWAY_FROM": sender})

    assert settings.sms_gateway is not None
    assert settings.sms_gateway.sender == sender


@pytest.mark.parametrize("sender", ["+0123456", "Dose Keeper", "DoseKeepers12", "15550100123"])
def test_an_sms_sender_that_no_phone_would_show_is_refused(sender: str) -> None:
    (problem,) = problems_of(SMS | {"DOSEKEEPER_SMS_GATEWAY_FROM": sender})

    assert problem.startswith("DOSEKEEPER_SMS_GATEWAY_FROM ")


def test_a_provider_that_is_named_must_be_set_up() -> None:
    order = {"DOSEKEEPER_EMAIL": "smtp,ses", "DOSEKEEPER_SMS": "sms_gateway,end_user_messaging,sns"}

    assert problems_of(order) == (
        "DOSEKEEPER_SMTP_HOST is needed because DOSEKEEPER_EMAIL names smtp",
        "DOSEKEEPER_SES_FROM is needed because DOSEKEEPER_EMAIL names ses",
        "DOSEKEEPER_SMS_GATEWAY_URL is needed because DOSEKEEPER_SMS names sms_gateway",
        "DOSEKEEPER_EUM_FROM is needed because DOSEKEEPER_SMS names end_user_messaging",
    )


# ---- on AWS


@pytest.mark.parametrize("home", [{}, AT_HOME, {"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}])
def test_on_aws_nothing_is_written_to_a_folder_and_no_home_is_needed(home: dict[str, str]) -> None:
    settings = read(home | AWS)

    assert settings.store is None
    assert settings.needs_aws
    assert settings.aws == AwsSettings(
        table="doses",
        keys_table="doses-keys",
        kms_key="alias/doses",
        queue=None,
        shards=4,
        region=None,
        endpoint=None,
    )


def test_everything_of_aws_can_be_set() -> None:
    settings = read(
        AWS
        | {
            "DOSEKEEPER_AWS_QUEUE": "https://sqs.eu-central-1.amazonaws.com/111122223333/doses-work",
            "DOSEKEEPER_AWS_SHARDS": "16",
            "DOSEKEEPER_AWS_REGION": "eu-central-1",
            "DOSEKEEPER_AWS_ENDPOINT": "http://127.0.0.1:4566",
            "DOSEKEEPER_SMS": "end_user_messaging,sns,mailbox",
            "DOSEKEEPER_EMAIL": "ses,mailbox",
            "DOSEKEEPER_SNS_SENDER": "DoseKeeper",
            "DOSEKEEPER_EUM_FROM": "pool-7f3a",
            "DOSEKEEPER_EUM_CONFIGURATION_SET": "receipts",
            "DOSEKEEPER_SES_FROM": "keeper@example.org",
            "DOSEKEEPER_SES_CONFIGURATION_SET": "bounces",
        }
    )

    assert settings.aws is not None
    assert settings.aws.queue == "https://sqs.eu-central-1.amazonaws.com/111122223333/doses-work"
    assert settings.aws.shards == 16
    assert (settings.aws.region, settings.aws.endpoint) == ("eu-central-1", "http://127.0.0.1:4566")
    assert settings.providers.sms == ("end_user_messaging", "sns", "mailbox")
    assert settings.sns.sender == "DoseKeeper"
    assert settings.end_user_messaging == EndUserMessagingSettings(
        sender="pool-7f3a", configuration_set="receipts"
    )
    assert settings.ses == SesSettings(sender="keeper@example.org", configuration_set="bounces")


@pytest.mark.parametrize("left_out", ["AWS_TABLE", "AWS_KEYS_TABLE", "AWS_KMS_KEY"])
def test_aws_is_set_up_wholly_or_not_at_all(left_out: str) -> None:
    environ = {name: value for name, value in AWS.items() if name != f"DOSEKEEPER_{left_out}"}

    assert problems_of(environ) == (f"DOSEKEEPER_{left_out} is needed",)


@pytest.mark.parametrize("name", ["DATA", "KEY_FILE"])
def test_a_place_on_one_machine_does_not_go_with_aws(name: str) -> None:
    problems = problems_of(AWS | {f"DOSEKEEPER_{name}": "/srv/doses"})

    assert problems == (f"DOSEKEEPER_{name} is for one machine and not for AWS",)


def test_keys_lie_in_a_table_of_their_own() -> None:
    assert problems_of(AWS | {"DOSEKEEPER_AWS_KEYS_TABLE": "doses"}) == (
        "DOSEKEEPER_AWS_KEYS_TABLE must be another table than DOSEKEEPER_AWS_TABLE",
    )


def test_on_aws_there_is_no_folder_to_ask_for() -> None:
    settings = read(AWS)

    with pytest.raises(InvalidError, match="for a folder on one machine"):
        _ = settings.at_home


def test_settings_are_of_one_machine_or_of_aws_and_never_of_both() -> None:
    for change in ({"store": None}, {"aws": read(AWS).aws}):
        with pytest.raises(SettingsError):
            replace(read(AT_HOME), **change)


@pytest.mark.parametrize(
    ("environ", "needed"),
    [
        ({}, False),
        ({"DOSEKEEPER_SNS_SENDER": "DoseKeeper"}, False),
        ({"DOSEKEEPER_SMS": "sns"}, True),
        ({"DOSEKEEPER_EMAIL": "mailbox,ses", "DOSEKEEPER_SES_FROM": "a@example.org"}, True),
    ],
    ids=["nothing", "set up and not named", "sms", "mail"],
)
def test_one_machine_speaks_to_aws_when_a_provider_does(environ: dict[str, str], *, needed: bool) -> None:
    assert read(AT_HOME | environ).needs_aws is needed


@pytest.mark.parametrize(
    "key",
    [
        "alias/doses",
        "alias/aws/dynamodb",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/doses",
    ],
    ids=["alias", "alias of Amazon's", "id", "id of many regions", "ARN", "ARN of an alias"],
)
def test_a_kms_key_has_several_names(key: str) -> None:
    settings = read(AWS | {"DOSEKEEPER_AWS_KMS_KEY": key})

    assert settings.aws is not None
    assert settings.aws.kms_key == key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_TABLE", "my table"),
        ("AWS_TABLE", "ab"),
        ("AWS_KMS_KEY", "doses"),
        ("AWS_KMS_KEY", "arn:aws:kms:us-east-1:111122223333:key/alias/doses"),
        ("AWS_KMS_KEY", "arn:aws:s3:::doses"),
        ("AWS_SHARDS", "0"),
        ("AWS_SHARDS", "65"),
        ("AWS_REGION", "Frankfurt"),
        ("AWS_REGION", "us-east"),
        ("AWS_ENDPOINT", "http://10.0.0.1:4566"),
        ("AWS_ENDPOINT", "http://localhost:4566/"),
        ("AWS_QUEUE", "doses-work"),
        ("AWS_QUEUE", "http://sqs.us-east-1.amazonaws.com/111122223333/work"),
    ],
)
def test_what_amazon_would_not_know_is_refused(name: str, value: str) -> None:
    (problem,) = problems_of(AWS | {f"DOSEKEEPER_{name}": value})

    assert problem.startswith(f"DOSEKEEPER_{name} ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SNS_SENDER", "Dose Keeper"),
        ("EUM_FROM", "a pool"),
        ("SES_FROM", "keeper"),
        ("SES_FROM", "Keeper <keeper@example.org>"),
    ],
)
def test_a_sender_that_amazon_would_not_take_is_refused(name: str, value: str) -> None:
    (problem,) = problems_of({f"DOSEKEEPER_{name}": value})

    assert problem.startswith(f"DOSEKEEPER_{name} ")


@pytest.mark.parametrize("kind", ["EUM", "SES"])
def test_a_configuration_set_alone_sends_nothing(kind: str) -> None:
    assert problems_of({f"DOSEKEEPER_{kind}_CONFIGURATION_SET": "receipts"}) == (
        f"DOSEKEEPER_{kind}_FROM is needed",
    )


def test_a_more_urgent_medicine_never_waits_longer() -> None:
    problems = problems_of(
        {"DOSEKEEPER_FIRST_RUNG_MINUTES": "50", "DOSEKEEPER_FIRST_RUNG_TIME_CRITICAL_MINUTES": "61"}
    )

    assert problems == (
        "DOSEKEEPER_FIRST_RUNG_CRITICAL_MINUTES must not be more than DOSEKEEPER_FIRST_RUNG_MINUTES",
        "DOSEKEEPER_FIRST_RUNG_TIME_CRITICAL_MINUTES must not be more than"
        " DOSEKEEPER_FIRST_RUNG_CRITICAL_MINUTES",
    )


def test_secrets_do_not_print() -> None:
    printed = repr(read(AT_HOME | SMTP | SMS))

    assert "correct horse" not in printed
    assert "twenty-four" not in printed
    assert SMS["DOSEKEEPER_SMS_GATEWAY_SECRET"] not in printed


def test_settings_do_not_change() -> None:
    settings = read(AT_HOME)

    with pytest.raises(AttributeError, match="immutable"):
        settings.country = "DE"  # type: ignore[misc]


def test_a_variable_that_is_added_later_is_not_seen() -> None:
    environ = dict(AT_HOME)
    settings = read(environ)

    environ["DOSEKEEPER_PORT"] = "9000"

    assert settings.web.port == 8080


@given(
    st.dictionaries(
        st.sampled_from([line.split("`")[1] for line in settings_table().splitlines()[2:]]),
        st.text(max_size=40),
        max_size=6,
    )
)
def test_any_text_makes_settings_or_named_problems(environ: dict[str, str]) -> None:
    try:
        settings = read(AT_HOME | environ)
    except SettingsError as error:
        assert error.problems
        assert all("DOSEKEEPER_" in problem for problem in error.problems)
    else:
        assert isinstance(settings, Settings)


def test_the_table_names_every_variable_once_with_its_meaning_and_default() -> None:
    table = settings_table().splitlines()

    assert table[:3] == [
        "| variable | what it is | when not set |",
        "| --- | --- | --- |",
        "| `DOSEKEEPER_DATA` | Folder of everything that is written down. "
        "| `$XDG_DATA_HOME/dosekeeper`, else `~/.local/share/dosekeeper` |",
    ]
    assert "| `DOSEKEEPER_PORT` | Port to listen on. | `8080` |" in table
    assert "| `DOSEKEEPER_SMTP_PASSWORD` | Password to log in with. Secret. | nothing |" in table
    names = [line.split("`")[1] for line in table[2:]]
    assert len(names) == len(set(names)) == 38
