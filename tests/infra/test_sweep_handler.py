"""The sweep as a Lambda function: the unpacked bundle under the official runtime client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.service.heartbeat import last_beat
from tests.lambda_bundle import Bundle
from tests.lambda_events import MINUTE
from tests.lambda_ground import Ground
from tests.lambda_runtime import Function, FunctionDiedError, running

LARGEST = 5_900_000  # bytes; Lambda hands over 6 MB at most


@pytest.fixture(scope="module")
def sweep(
    bundle: Bundle, ground: Ground, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    folder = tmp_path_factory.mktemp("sweep")
    environ = ground.environ(AWS_QUEUE=ground.queue)
    with running(bundle.task, "sweep_handler.handler", environ, folder, client=client) as function:
        yield function


def test_whoever_has_been_silent_too_long_is_handed_to_the_queue(sweep: Function, ground: Ground) -> None:
    who = ground.somebody()
    ground.taken_from_queue()

    answer = sweep.invoke(MINUTE)

    handed = [one for piece in ground.taken_from_queue() for one in piece["patients"]]
    assert not answer.failed
    assert answer.body["handed_out"] == len(handed)
    assert handed.count(who.patient_id) == 1


def test_a_pass_leaves_a_heartbeat(sweep: Function, ground: Ground) -> None:
    sweep.invoke(MINUTE)
    with ground.house() as house:
        before = last_beat(house.app)

        sweep.invoke(MINUTE)

        after = last_beat(house.app)
    assert before is not None
    assert after is not None
    assert before < after


@pytest.mark.parametrize(
    "event",
    [{}, [], None, "now", 7, {"Records": [{"eventSource": "aws:sqs"}]}, {"detail": "x" * LARGEST}],
    ids=["nothing", "a list", "null", "a text", "a number", "a batch of a queue", "six megabytes"],
)
def test_whatever_starts_it_a_sweep_is_a_sweep(sweep: Function, event: object) -> None:
    answer = sweep.invoke(event)

    assert not answer.failed
    assert answer.body.keys() == {"handed_out"}


def test_what_is_not_json_is_refused_by_the_client_and_the_next_sweep_runs(sweep: Function) -> None:
    refused = sweep.invoke(b"{")

    assert refused.failed
    assert refused.body["errorType"] == "Runtime.UnmarshalError"
    assert not sweep.invoke(MINUTE).failed


def test_its_log_holds_ids_and_nobody_s_name(sweep: Function, ground: Ground) -> None:
    who = ground.somebody()

    sweep.invoke(MINUTE)

    written = sweep.written()
    assert [word for word in (who.name, who.phone, "lisinopril") if word in written] == []


def test_when_the_queue_is_gone_the_sweep_fails_so_that_it_is_tried_again(
    bundle: Bundle, ground: Ground, client: Path, tmp_path: Path
) -> None:
    ground.somebody()
    environ = ground.environ(AWS_QUEUE=f"{ground.queue}-of-yesterday")

    with running(bundle.task, "sweep_handler.handler", environ, tmp_path, client=client) as function:
        answer = function.invoke(MINUTE)

    assert answer.failed
    assert answer.body["errorType"] == "StoreDownError"


def test_without_a_queue_it_does_not_start_and_says_why(
    bundle: Bundle, ground: Ground, client: Path, tmp_path: Path
) -> None:
    with (
        pytest.raises(FunctionDiedError, match="DOSEKEEPER_AWS_QUEUE is needed"),
        running(bundle.task, "sweep_handler.handler", ground.environ(), tmp_path, client=client),
    ):
        pass
