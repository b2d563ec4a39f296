"""Whatever arrives at ``/alexa``: genuine requests are answered, all else gets a bare 400, nothing a 5xx."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.voice.alexa_envelopes import a_request, an_intent_request, body_of, changed, without
from tests.web.alexa_house import an_alexa_house
from tests.web.alexa_pki import Pki, a_key


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.made()


@pytest.fixture(scope="module")
def client(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder: Path = tmp_path_factory.mktemp("door")
    with an_alexa_house(folder, pki) as (_, client):
        yield client


def posted(client: FlaskClient, pki: Pki, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to ``body``, signed as Amazon signs."""
    answer = client.post("/alexa", data=body, headers=pki.headers(body))
    return answer.status_code, answer.data


@pytest.mark.parametrize(
    "body",
    (
        pytest.param(body_of(an_intent_request()), id="an intent"),
        pytest.param(body_of(a_request("LaunchRequest")), id="a launch"),
        pytest.param(body_of(a_request("SessionEndedRequest", reason="USER_INITIATED")), id="the end"),
        pytest.param(body_of(a_request("SessionEndedRequest", reason="FROM_THE_FUTURE")), id="unknown enum"),
        pytest.param(body_of(a_request("Request.FromTheFuture")), id="unknown request type"),
        pytest.param(body_of(a_request("AlexaSkillEvent.SkillAccountUnlinked")), id="event without a class"),
        pytest.param(
            body_of(a_request("IntentRequest", intent={"name": "NoSuchIntent"})), id="unknown intent"
        ),
        pytest.param(body_of(without(an_intent_request(), "request.intent.slots")), id="no slots"),
        pytest.param(body_of(changed(an_intent_request(), "request.intent.slots", 7)), id="slots a number"),
        pytest.param(body_of(without(an_intent_request(), "session")), id="no session"),
        pytest.param(body_of(without(an_intent_request(), "context.System.user")), id="no user"),
    ),
)
def test_a_genuine_request_is_answered_whatever_it_holds(client: FlaskClient, pki: Pki, body: bytes) -> None:
    status, answer = posted(client, pki, body)

    assert status == 200
    assert json.loads(answer)["version"] == "1.0"


@pytest.mark.parametrize(
    "body",
    (
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'{"version": "1.0", "version": "1.0"}', id="a key twice"),
        pytest.param(b'{"version": NaN}', id="no number"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"a": ' + b"1" * 100_000 + b"}", id="a long number"),
        pytest.param(b" " * 300_000, id="300 kilobytes"),
        pytest.param(
            body_of(changed(an_intent_request(), "request.timestamp", "2027-05-04T11:57:29Z")), id="old"
        ),
        pytest.param(
            body_of(changed(an_intent_request(), "context.System.application.applicationId", "other")),
            id="another skill",
        ),
    ),
)
def test_a_signed_body_that_is_no_envelope_for_us_gets_a_bare_400(
    client: FlaskClient, pki: Pki, body: bytes
) -> None:
    status, answer = posted(client, pki, body)

    assert (status, answer) == (400, b"")


def test_a_request_signed_by_somebody_else_gets_a_bare_400(client: FlaskClient, pki: Pki) -> None:
    body = body_of(an_intent_request())
    stranger = Pki(root=pki.root, middle=pki.middle, key=a_key())

    answer = client.post("/alexa", data=body, headers=stranger.headers(body))

    assert (answer.status_code, answer.data) == (400, b"")


_PATHS = (
    "request",
    "request.type",
    "request.intent",
    "request.intent.name",
    "request.intent.slots",
    "request.locale",
    "session.attributes",
    "session.sessionId",
    "session.user",
    "context",
    "context.System.device",
    "context.System.user.userId",
    "context.System.person",
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(_PATHS), value=_VALUES)
def test_no_value_in_any_place_of_a_signed_envelope_makes_a_5xx(
    client: FlaskClient, pki: Pki, path: str, value: object
) -> None:
    body = body_of(changed(an_intent_request(), path, value))

    status, _ = posted(client, pki, body)

    assert status in {200, 400}
