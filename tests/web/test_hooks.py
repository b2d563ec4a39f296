"""The hook for replies by SMS: only what the gateway signed, once, and 2xx only when it is durable."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from skill.domain.alerts import AlertState
from skill.outbound import sign
from skill.private import Private
from skill.service.ports import Place, Row
from skill.settings import SmsGatewaySettings
from skill.web.hooks import hooks
from tests.service.family import ADA, ANAS_PHONE, TEN, Family, a_family, ana, code_in, sam

SECRET = b"a secret of 24 bytes or more"
GATEWAY = SmsGatewaySettings(url="https://sms.example.org/", secret=Private(SECRET), sender="DoseKeeper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    sms_gateway: SmsGatewaySettings | None = GATEWAY


@dataclass(slots=True)
class Door:
    """The hook, and a family whose first helper was just asked."""

    family: Family
    settings: Settings
    replies: int = 0

    def post(self, body: bytes, headers: Mapping[str, str]) -> TestResponse:
        flask = Flask("test")
        flask.register_blueprint(hooks(self.settings, self.family.app))
        return flask.test_client().post("/hooks/sms", data=body, headers=dict(headers))

    def signed(self, body: bytes, reply_id: str | None = None, secret: bytes = SECRET) -> dict[str, str]:
        self.replies += 1
        return sign(secret, reply_id or f"in_{self.replies}", self.family.house.clock.now(), body)

    def reply(self, text: str, phone: str = ANAS_PHONE, reply_id: str | None = None) -> int:
        body = json.dumps({"from": phone, "text": text}).encode()
        return self.post(body, self.signed(body, reply_id)).status_code

    @property
    def code(self) -> str:
        return code_in(self.family.sms.texts(ANAS_PHONE)[0])

    @property
    def state(self) -> AlertState:
        return self.family.chart.now.alerts[0].state

    @property
    def version(self) -> int:
        return self.family.house.records.load(ADA).version


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with a_family(tmp_path, ana(email="ana@example.org"), sam()) as family:
        family.wind_to(TEN)
        yield Door(family, Settings())


def test_a_signed_reply_acts_before_it_is_answered(door: Door) -> None:
    answered = door.reply(door.code)

    assert answered == 204
    assert door.state is AlertState.ACKNOWLEDGED


def test_a_signed_opt_out_is_heard(door: Door) -> None:
    assert door.reply("STOP") == 204

    addresses = door.family.chart.plan.care_team[0].addresses
    assert [address.opted_out for address in addresses] == [True, False]


def test_a_text_that_means_nothing_is_taken_and_does_nothing(door: Door) -> None:
    before = door.version

    assert door.reply("who is this?") == 204
    assert door.version == before


def test_further_fields_are_no_harm(door: Door) -> None:
    body = json.dumps({"from": ANAS_PHONE, "text": door.code, "carrier": "x"}).encode()

    assert door.post(body, door.signed(body)).status_code == 204
    assert door.state is AlertState.ACKNOWLEDGED


def test_the_same_id_has_its_effect_once(door: Door) -> None:
    """Replayed "next person" must not climb a second rung, whatever happened in between."""
    door.reply(f"{door.code} 2", reply_id="in_x")
    door.family.deliver()
    sam_again = len(door.family.sms.sent)

    answered = door.reply(f"{door.code} 2", reply_id="in_x")
    door.family.deliver()

    assert answered == 204
    assert len(door.family.sms.sent) == sam_again


def test_the_id_of_a_reply_is_kept_for_ten_minutes(door: Door) -> None:
    door.reply("hello", reply_id="in_x")
    door.family.house.clock.wind_by(timedelta(minutes=10))

    door.reply(door.code, reply_id="in_x")

    assert door.state is AlertState.ACKNOWLEDGED


def test_a_crash_before_the_id_is_kept_leads_to_the_same_answer_once_more(door: Door) -> None:
    """Fault 72: the gateway sends it again, and the operation is the same."""
    body = json.dumps({"from": ANAS_PHONE, "text": f"{door.code} 2"}).encode()
    headers = door.signed(body, "in_x")
    door.post(body, headers)
    version = door.version
    forgotten = Place(pk=f"LINK#hook#{door.family.app.charts.blind('hook', 'in_x')}", sk="-")
    assert door.family.app.charts.read(forgotten, datetime) is not None
    door.family.app.charts.write([Row(place=forgotten, value=None)])

    answered = door.post(body, headers).status_code

    assert answered == 204
    assert door.version == version


# ---- what is not let in


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,\u00e9"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-id": "another"},
        {"webhook-id": "a b"},
        {"webhook-id": ""},
        {"webhook-timestamp": "0"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "99999999999"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": ""},
    ],
    ids=lambda change: "=".join(next(iter(change.items()))),
)
def test_a_reply_with_another_signature_id_or_moment_is_refused(door: Door, change: dict[str, str]) -> None:
    body = json.dumps({"from": ANAS_PHONE, "text": door.code}).encode()

    answered = door.post(body, door.signed(body) | change)

    assert answered.status_code == 401
    assert answered.get_data() == b""
    assert door.state is AlertState.OPEN


def test_a_reply_without_any_signature_is_refused(door: Door) -> None:
    body = json.dumps({"from": ANAS_PHONE, "text": door.code}).encode()

    assert door.post(body, {}).status_code == 401


def test_a_reply_signed_with_another_secret_is_refused(door: Door) -> None:
    body = json.dumps({"from": ANAS_PHONE, "text": door.code}).encode()
    headers = door.signed(body, secret=b"another secret of 24 bytes or so")

    assert door.post(body, headers).status_code == 401


def test_a_reply_changed_on_its_way_is_refused(door: Door) -> None:
    body = json.dumps({"from": ANAS_PHONE, "text": door.code}).encode()

    assert door.post(body + b" ", door.signed(body)).status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(299, 204), (301, 401)], ids=["just in time", "too late"])
def test_a_signature_is_good_for_five_minutes(door: Door, seconds: int, status: int) -> None:
    body = json.dumps({"from": ANAS_PHONE, "text": "hello"}).encode()
    headers = door.signed(body)
    door.family.house.clock.wind_by(timedelta(seconds=seconds))

    assert door.post(body, headers).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"from": "+12025550111"}',
        b'{"text": "482913"}',
        b'{"from": 12025550111, "text": "482913"}',
        b'{"from": "+12025550111", "text": 482913}',
        b'{"from": "+12025550111", "text": null}',
        b'{"from": "2025550111", "text": "482913"}',
        b'{"from": "+12025550111\\n", "text": "482913"}',
        b'{"from": "+1202555011199999", "text": "482913"}',
        b'{"from": "+12025550111", "from": "+12025550112", "text": "482913"}',
        b'{"from": "+12025550111", "text": "\\ud800"}',
        b'{"from": "+12025550111", "text": "\xff"}',
        b'{"from": "+12025550111", "text": "' + b"x" * 2001 + b'"}',
        b"[" * 500 + b"]" * 500,
    ],
    ids=[
        *("empty", "cut", "list", "null", "text", "no fields", "no text", "no sender", "number as sender"),
        *(
            "number as text",
            "null as text",
            "national",
            "line end",
            "too many digits",
            "twice",
            "half a pair",
        ),
        *("no UTF-8", "too long", "too deep"),
    ],
)
def test_what_is_signed_but_no_reply_is_refused(door: Door, body: bytes) -> None:
    before = door.version

    assert door.post(body, door.signed(body)).status_code == 400
    assert door.version == before


def test_a_body_that_is_too_large_is_refused_unread(door: Door) -> None:
    body = b'{"from": "+12025550111", "text": "482913"}' + b" " * 8192

    assert door.post(body, door.signed(body)).status_code == 413


def test_a_store_that_fails_makes_the_gateway_send_it_again(door: Door) -> None:
    """Fault 72: 2xx only after a durable commit."""
    code = door.code
    door.family.house.store.close()

    assert door.reply(code) == 503


def test_without_a_gateway_the_door_is_closed(door: Door) -> None:
    door.settings = Settings(sms_gateway=None)

    assert door.reply(door.code) == 404


def test_only_post_is_answered(door: Door) -> None:
    flask = Flask("test")
    flask.register_blueprint(hooks(door.settings, door.family.app))

    assert flask.test_client().get("/hooks/sms").status_code == 405


def test_no_telephone_code_or_text_reaches_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    code = door.code
    with caplog.at_level(logging.DEBUG):
        door.reply("my mother takes lisinopril")
        door.reply(code)
        door.reply("STOP")
        door.post(b"{}", {})

    logged = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("skill"))
    assert "reply_heard" in logged
    assert [secret for secret in (code, ANAS_PHONE, "lisinopril", "mother", "STOP") if secret in logged] == []
