"""The contract with an SMS gateway, as the module states it, against a real HTTP server."""

import json
from datetime import timedelta

import pytest

from skill.channels.sms_gateway import SmsGateway, attempt_id, outcome_of
from skill.outbound import verify
from skill.private import Private
from skill.service.outgoing import ACCEPTED, GIVE_UP, PERHAPS, TRY_AGAIN, Sent
from tests.channels.posts import AT, PHONE, SECRET, TEXT, a_gateway, a_message, gateway_settings


def gateway(port: int) -> SmsGateway:
    return SmsGateway(settings=gateway_settings(port))


def test_a_message_is_a_json_object_of_five_fields() -> None:
    with a_gateway() as server:
        sent = gateway(server.port).send(a_message())

    (request,) = server.requests
    assert sent == ACCEPTED
    assert request.path == "/send"
    assert request.headers["content-type"] == "application/json"
    assert request.message == {
        "id": "alr_1/page/0:0/con_ana/sms/1",
        "to": PHONE,
        "from": "DoseKeeper",
        "text": TEXT,
        "urgent": True,
    }


def test_a_message_is_signed_and_its_signature_verifies() -> None:
    with a_gateway() as server:
        gateway(server.port).send(a_message())

    (request,) = server.requests
    signed_id = verify([SECRET], request.headers, request.body, now=AT + timedelta(seconds=2))
    assert signed_id == request.message["id"] == request.headers["idempotency-key"]


def test_every_attempt_has_an_id_of_its_own() -> None:
    ids = {
        attempt_id(a_message(attempt=1)),
        attempt_id(a_message(attempt=2)),
        attempt_id(a_message(attempt=12)),
        attempt_id(a_message(key="alr_1/page/1.0/con_ana/sms")),
        attempt_id(a_message(key="alr_1/page/0.1/con_ana/sms")),
    }

    assert len(ids) == 5


def test_letters_outside_ascii_arrive_as_they_are() -> None:
    with a_gateway() as server:
        gateway(server.port).send(a_message(text=Private("José Ñ ¿")))

    assert server.requests[0].message["text"] == "José Ñ ¿"
    assert json.loads(server.requests[0].body.decode("utf-8"))["text"] == "José Ñ ¿"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, ACCEPTED),
        (201, ACCEPTED),
        (202, ACCEPTED),
        (204, ACCEPTED),
        (299, ACCEPTED),
        (301, TRY_AGAIN),
        (307, TRY_AGAIN),
        (400, GIVE_UP),
        (401, GIVE_UP),
        (403, GIVE_UP),
        (404, GIVE_UP),
        (408, TRY_AGAIN),
        (410, GIVE_UP),
        (422, GIVE_UP),
        (425, TRY_AGAIN),
        (429, TRY_AGAIN),
        (500, PERHAPS),
        (502, PERHAPS),
        (503, TRY_AGAIN),
        (504, PERHAPS),
    ],
)
def test_the_status_alone_says_what_became_of_it(status: int, outcome: Sent) -> None:
    with a_gateway(status) as server:
        sent = gateway(server.port).send(a_message())

    assert sent == outcome == outcome_of(status)


def test_an_address_of_a_gateway_that_cannot_be_called_is_given_up() -> None:
    sent = SmsGateway(settings=gateway_settings(80, host="192.0.2.7")).send(a_message())

    assert sent == GIVE_UP  # plain HTTP to another machine is never spoken
