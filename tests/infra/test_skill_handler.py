"""The voice as a Lambda function: the unpacked bundle under the official runtime client.

The process has the machine's own clock, so moments here are counted from now instead of being written out.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from skill.clock import SystemClock, WoundClock
from skill.domain.doses import DoseState
from skill.service.linking import find_household
from skill.standin.envelopes import Echo
from tests.cli.terminal import Terminal
from tests.lambda_bundle import Bundle
from tests.lambda_runtime import Answer, Function, FunctionDiedError, running

SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
OTHER_SKILL = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"
NO_WORDS = {"version": "1.0", "response": {}}
NOT_LINKED = "This Echo isn't linked to a person yet."
LARGEST = 5_900_000  # bytes; Lambda hands over 6 MB at most


def now() -> datetime:
    return SystemClock().now()


@dataclass(slots=True, kw_only=True)
class Kitchen:
    """A running function, an Echo that it answers, and the terminal of whoever keeps the house."""

    function: Function
    echo: Echo
    terminal: Terminal

    def asks(self, event: dict[str, object]) -> str:
        """What is spoken in answer to ``event``."""
        answer = self.function.invoke(event)
        assert not answer.failed, answer.body
        return self.echo.hear(answer.body)

    def says(self, intent: str, **slots: str) -> str:
        return self.asks(self.echo.intent(intent, now(), slots))

    def opens_it(self) -> str:
        return self.asks(self.echo.launch(now()))

    def written_down(self) -> list[DoseState]:
        """Every dose on the record of the one patient whom the Echo speaks for."""
        house = self.terminal.house()
        try:
            household = find_household(house.app, self.echo.user_id)
            assert household is not None
            (patient_id,) = household.patients
            return [outcome.state for outcome in house.app.charts.load(patient_id).chart.now.outcomes]
        finally:
            house.close()


@contextmanager
def a_kitchen(bundle: Bundle, folder: Path) -> Iterator[Kitchen]:
    """Ada's: she was enrolled two hours ago, and her one tablet of the day was due half an hour ago."""
    home = folder / "home"
    home.mkdir()
    clock = WoundClock(now() - timedelta(hours=2))
    terminal = Terminal(folder=home, more={"DOSEKEEPER_SKILL_ID": SKILL_ID}, clock=clock)
    terminal.does("init")
    terminal.does("household", "add")
    terminal.does("patient", "add", "Ada", "--zone", "Etc/UTC")
    due = now() - timedelta(minutes=30)
    terminal.does("medication", "add", "Ada", "lisinopril", "--times", f"{due:%H:%M}")
    clock.wind_to(now())
    with running(bundle.task, "skill_handler.handler", terminal.environ, folder) as function:
        yield Kitchen(function=function, echo=Echo(skill_id=SKILL_ID), terminal=terminal)


@pytest.fixture
def kitchen(bundle: Bundle, tmp_path: Path) -> Iterator[Kitchen]:
    """A linked Echo."""
    with a_kitchen(bundle, tmp_path) as kitchen:
        code = json.loads(kitchen.terminal.does("link-code", "--json"))["code"]
        assert "linked now" in kitchen.says("LinkIntent", Code=code)
        yield kitchen


@pytest.fixture(scope="module")
def strangers(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    """An Echo that nobody linked, shared by tests that change nothing."""
    with a_kitchen(bundle, tmp_path_factory.mktemp("strangers")) as kitchen:
        yield kitchen


def test_a_dose_is_asked_about_and_written_down(kitchen: Kitchen) -> None:
    asked = kitchen.opens_it()
    answered = kitchen.says("TakenIntent")

    assert asked.startswith("One medicine is due")
    assert answered.startswith("I wrote down one")
    assert kitchen.written_down() == [DoseState.TAKEN]


def test_an_event_that_comes_twice_is_answered_alike_and_written_down_once(kitchen: Kitchen) -> None:
    kitchen.opens_it()
    taken = kitchen.echo.intent("TakenIntent", now())

    first, second = kitchen.function.invoke(taken), kitchen.function.invoke(taken)

    assert kitchen.echo.hear(first.body).startswith("I wrote down one")
    assert second.body == first.body
    assert kitchen.written_down() == [DoseState.TAKEN]


def test_a_second_process_answers_a_repeated_event_alike(
    kitchen: Kitchen, bundle: Bundle, tmp_path: Path
) -> None:
    kitchen.opens_it()
    taken = kitchen.echo.intent("TakenIntent", now())
    first = kitchen.function.invoke(taken)
    (tmp_path / "second").mkdir()

    with running(
        bundle.task, "skill_handler.handler", kitchen.terminal.environ, tmp_path / "second"
    ) as second:
        again = second.invoke(taken)

    assert again.body == first.body
    assert kitchen.written_down() == [DoseState.TAKEN]


def test_the_log_holds_nobody_s_name_and_no_medicine(kitchen: Kitchen) -> None:
    kitchen.opens_it()
    kitchen.says("TakenIntent")

    written = kitchen.function.written().lower()

    assert not [word for word in ("ada", "lisinopril", kitchen.echo.user_id.lower()) if word in written]


def test_it_loads_nothing_but_the_bundle_and_the_client(strangers: Kitchen) -> None:
    strangers.opens_it()

    loaded = strangers.function.mapped()

    assert any("_rust.abi3.so" in path for path in loaded)
    assert not [path for path in loaded if "site-packages" in path]


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        "open",
        7,
        {"version": "1.0"},
        {"version": "1.0", "request": []},
        {"version": "1.0", "request": {"type": "LaunchRequest"}},
        {
            "version": "1.0",
            "context": 3,
            "session": 4,
            "request": {"type": "LaunchRequest", "requestId": "x"},
        },
        {"version": "1.0", "request": {"type": 1, "requestId": {}, "timestamp": []}},
        {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
        {"version": "1.0", "request": {"type": "x" * LARGEST}},
        json.loads('{"a":' * 500 + "1" + "}" * 500),
    ],
    ids=[
        "nothing",
        "a list",
        "null",
        "a text",
        "a number",
        "no request",
        "a request that is a list",
        "a request without an id",
        "no dictionaries",
        "a type that is a number",
        "a batch of a queue",
        "six megabytes",
        "very deep",
    ],
)
def test_what_is_no_envelope_gets_an_answer_without_words(strangers: Kitchen, event: object) -> None:
    answer = strangers.function.invoke(event)

    assert (answer.failed, answer.body) == (False, NO_WORDS)
    assert NOT_LINKED in strangers.opens_it()


def test_an_envelope_of_another_skill_gets_an_answer_without_words(strangers: Kitchen) -> None:
    answer = strangers.function.invoke(Echo(skill_id=OTHER_SKILL).launch(now()))

    assert (answer.failed, answer.body) == (False, NO_WORDS)


@pytest.mark.parametrize("away", [-6 * 60, 6 * 60], ids=["six hours late", "six hours early"])
def test_an_envelope_of_another_time_gets_an_answer_without_words(strangers: Kitchen, away: int) -> None:
    answer = strangers.function.invoke(strangers.echo.launch(now() + timedelta(minutes=away)))

    assert (answer.failed, answer.body) == (False, NO_WORDS)


def test_an_envelope_with_megabytes_of_something_new_is_answered_like_any_other(strangers: Kitchen) -> None:
    event = strangers.echo.launch(now()) | {"new": "x" * LARGEST}

    spoken = strangers.asks(event)

    assert NOT_LINKED in spoken


@pytest.mark.parametrize(
    "event", [b"", b"{", b"\xff\xfe", b"[" * 200_000], ids=["empty", "cut off", "no text", "without an end"]
)
def test_what_is_not_json_is_refused_by_the_client_and_the_next_is_answered(
    strangers: Kitchen, event: bytes
) -> None:
    answer = strangers.function.invoke(event)

    assert answer.failed
    assert answer.body["errorType"] in {"Runtime.UnmarshalError", "UnicodeDecodeError"}
    assert NOT_LINKED in strangers.opens_it()


def test_without_a_home_it_does_not_start_and_says_why(bundle: Bundle, tmp_path: Path) -> None:
    environ = {"DOSEKEEPER_DATA": str(tmp_path / "data"), "DOSEKEEPER_KEY_FILE": str(tmp_path / "key")}
    environ["DOSEKEEPER_SKILL_ID"] = SKILL_ID

    with (
        pytest.raises(FunctionDiedError) as died,
        running(bundle.task, "skill_handler.handler", environ, tmp_path),
    ):
        pass

    assert "KeyUnavailableError" in str(died.value)


def test_with_a_wrong_setting_it_does_not_start(bundle: Bundle, tmp_path: Path) -> None:
    environ = {"DOSEKEEPER_DATA": str(tmp_path), "DOSEKEEPER_SKILL_IDD": SKILL_ID}

    with (
        pytest.raises(FunctionDiedError) as died,
        running(bundle.task, "skill_handler.handler", environ, tmp_path),
    ):
        pass

    assert "SettingsError" in str(died.value)


def test_the_memory_and_the_moments_of_a_run_are_measured(strangers: Kitchen) -> None:
    answer: Answer = strangers.function.invoke(strangers.echo.launch(now()))

    assert 0 < answer.seconds < 60
    assert 0 < strangers.function.init_seconds < 60
    assert 20_000 < strangers.function.peak_kib() < 500_000


def test_without_the_id_of_its_skill_it_does_not_start(bundle: Bundle, tmp_path: Path) -> None:
    """Else any skill could speak for the people of this one."""
    Terminal(folder=tmp_path).does("init")
    environ = {"DOSEKEEPER_DATA": str(tmp_path / "data"), "DOSEKEEPER_KEY_FILE": str(tmp_path / "key")}

    with (
        pytest.raises(FunctionDiedError) as died,
        running(bundle.task, "skill_handler.handler", environ, tmp_path),
    ):
        pass

    assert "DOSEKEEPER_SKILL_ID is needed" in str(died.value)
