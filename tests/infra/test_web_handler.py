"""The web as a Lambda function behind an HTTP API: the bundle under the official runtime client."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from skill.domain.alerts import AlertState
from skill.standin.envelopes import Echo
from tests.lambda_bundle import Bundle
from tests.lambda_events import asked
from tests.lambda_ground import CLOCK, SAM, Ground, Someone
from tests.lambda_runtime import Answer, Function, running

SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
FORM = {"content-type": "application/x-www-form-urlencoded"}
GOT_IT = urlencode({"action": "got_it"}).encode()
LARGEST = 4_400_000  # bytes; base64 makes 6 MB of them, the most that Lambda hands over


@pytest.fixture(scope="module")
def web(
    bundle: Bundle, ground: Ground, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    folder = tmp_path_factory.mktemp("web")
    environ = ground.environ(SKILL_ID=SKILL_ID)
    with running(bundle.task, "web_handler.handler", environ, folder, client=client) as function:
        yield function


def a_page(ground: Ground) -> tuple[Someone, str]:
    """Somebody, and the path of the page that Sam was sent."""
    who = ground.somebody()
    return who, link_in(ground.told(who))


def link_in(text: str) -> str:
    found = text[text.index("https://") :].split(maxsplit=1)[0]
    return found.removeprefix("https://d.example.org")


def said(answer: Answer) -> tuple[int, str]:
    """Status and text of an answer."""
    assert not answer.failed, answer.body
    body = answer.body["body"]
    return answer.body["statusCode"], base64.b64decode(body).decode() if answer.body[
        "isBase64Encoded"
    ] else body


def who_has_it(ground: Ground, who: Someone) -> list[tuple[str | None, AlertState]]:
    with ground.house() as house:
        alerts = house.app.charts.load(who.patient_id).chart.now.alerts
        return [(alert.acknowledged_by, alert.state) for alert in alerts]


def test_it_says_that_it_is_there(web: Function) -> None:
    status, text = said(web.invoke(asked("GET", "/healthz")))

    assert (status, json.loads(text)) == (200, {"status": "ok"})


def test_a_look_at_the_page_tells_nothing_and_changes_nothing(web: Function, ground: Ground) -> None:
    who, path = a_page(ground)

    status, page = said(web.invoke(asked("GET", path)))

    assert status == 200
    assert "medicine" not in page.lower()
    assert who_has_it(ground, who) == [(None, AlertState.OPEN)]


@pytest.mark.parametrize("in_base64", [False, True], ids=["text", "base64"])
def test_a_press_is_written_down(web: Function, ground: Ground, in_base64: bool) -> None:
    who, path = a_page(ground)

    status, _ = said(web.invoke(asked("POST", path, GOT_IT, FORM, in_base64=in_base64)))

    assert status == 200
    assert who_has_it(ground, who) == [(SAM, AlertState.ACKNOWLEDGED)]


def test_a_press_that_comes_twice_is_answered_twice_and_done_once(web: Function, ground: Ground) -> None:
    who, path = a_page(ground)
    press = asked("POST", path, GOT_IT, FORM)

    statuses = [said(web.invoke(press))[0] for _ in range(2)]

    assert statuses == [200, 200]
    assert who_has_it(ground, who) == [(SAM, AlertState.ACKNOWLEDGED)]


def test_bytes_that_are_no_text_do_no_harm(web: Function, ground: Ground) -> None:
    who, path = a_page(ground)

    status, _ = said(web.invoke(asked("POST", path, bytes(range(256)), FORM, in_base64=True)))

    assert status < 500
    assert who_has_it(ground, who) == [(None, AlertState.OPEN)]


def test_a_forged_request_of_alexa_is_refused(web: Function) -> None:
    body = json.dumps(Echo(skill_id=SKILL_ID).launch(CLOCK.now())).encode()
    headers = {
        "content-type": "application/json",
        "signaturecertchainurl": "https://s3.amazonaws.com.example.org/echo.api/cert.pem",
        "signature-256": base64.b64encode(bytes(256)).decode(),
    }

    assert said(web.invoke(asked("POST", "/alexa", body, headers)))[0] == 400
    assert said(web.invoke(asked("POST", "/alexa", body)))[0] == 400


@pytest.mark.parametrize(("path", "status"), [("/alexa", 400), ("/hooks/sms", 404), ("/a/" + "x" * 43, 413)])
def test_a_body_that_is_too_large_is_refused(web: Function, path: str, status: int) -> None:
    answer = web.invoke(asked("POST", path, b"x" * LARGEST, FORM, in_base64=True))

    assert said(answer)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/a/" + "x" * 43, 404),
        ("GET", "/a/%00%ff", 404),
        ("DELETE", "/healthz", 405),
        ("POST", "/hooks/sms", 404),
    ],
    ids=["the root", "a link of nobody", "a garbled link", "a method that is not there", "a closed hook"],
)
def test_what_is_not_there_is_said_to_be_not_there(
    web: Function, method: str, path: str, status: int
) -> None:
    assert said(web.invoke(asked(method, path)))[0] == status


@pytest.mark.parametrize(
    "event",
    [{}, [], None, {"version": "2.0"}, {"Records": []}, b"{"],
    ids=["nothing", "a list", "null", "no request", "a batch", "cut off"],
)
def test_what_is_no_request_fails_and_the_next_is_answered(web: Function, event: object) -> None:
    refused = web.invoke(event)

    assert refused.failed
    assert said(web.invoke(asked("GET", "/healthz")))[0] == 200


def test_the_log_holds_no_token_and_nobody_s_name(web: Function, ground: Ground) -> None:
    who, path = a_page(ground)

    web.invoke(asked("GET", path))
    web.invoke(asked("POST", path, GOT_IT, FORM))

    written = web.written()
    assert [word for word in (who.name, who.phone, path.removeprefix("/a/")) if word in written] == []
