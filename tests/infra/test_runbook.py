"""The runbook can be followed: its commands, targets, files, settings and names are those that there are."""

import ast
import re
import shlex
import subprocess
import sys

import pytest
from botocore import xform_name
from botocore.session import Session

from skill.cli.main import TOPICS
from skill.logs import METRICS
from skill.settings import settings_table
from tests.house.source import ROOT
from tests.sam_template import of_type, the_template

RUNBOOK = (ROOT / "infra" / "RUNBOOK.md").read_text(encoding="utf-8")
OF_EVERY_COMMAND = {"cli-binary-format"}  # options of the AWS command line itself
NO_NAMES = {"patient_id", "originationNumber"}


def commands(program: str) -> list[list[str]]:
    """Everything in the page that begins with ``program``, as words; continued lines are one."""
    blocks = re.findall(r"```sh\n(.*?)```", RUNBOOK, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    spans = [
        span.replace("\n", " ")
        for span in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", RUNBOOK, flags=re.DOTALL))
    ]
    found = []
    for line in (*lines, *spans):
        words = [word for word in shlex.split(line, comments=True) if not re.match(r"DOSEKEEPER_\w+=", word)]
        if words[:1] == [program] and words[1:]:
            found.append(words[1:])
    return found


def test_the_page_can_be_read_while_an_alarm_rings() -> None:
    assert len(RUNBOOK.splitlines()) <= 150


def test_every_command_of_ours_is_there_with_its_options() -> None:
    named = commands("dosekeeper")

    assert {words[0] for words in named} >= {"doctor", "alerts", "send-test", "rehearse", "copy"}
    assert {words[0] for words in named} <= set(TOPICS)
    for words in named:
        options = [word for word in words if word.startswith("--")]
        told = subprocess.run(
            [sys.executable, "-m", "skill.cli.main", words[0], "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert all(option in told.stdout for option in options), words


def test_every_target_is_in_the_makefile_with_its_variables() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    named = commands("make")

    assert {words[0] for words in named} >= {"deploy", "test", "lock", "aws-local"}
    assert {words[0] for words in named} <= targets
    variables = {word.partition("=")[0] for words in named for word in words[1:]}
    assert {name for name in variables if not re.search(rf"\$\({name}\b", makefile)} == set()


@pytest.mark.parametrize("words", commands("aws"), ids=lambda words: " ".join(words[:2]))
def test_every_call_of_aws_is_one_that_its_service_has(words: list[str]) -> None:
    service, operation, *rest = words
    model = Session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}

    options = {word[2:] for word in rest if word.startswith("--")}

    assert operation in names
    takes = model.operation_model(names[operation]).input_shape
    assert options - OF_EVERY_COMMAND <= {xform_name(member, "-") for member in takes.members}


def test_every_queue_of_dead_letters_has_its_line() -> None:
    queues = {name for name in of_type(the_template(), "AWS::SQS::Queue") if name.endswith("DeadLetters")}

    assert queues == set(re.findall(r"^\| `(\w+DeadLetters)`", RUNBOOK, re.MULTILINE))


def test_every_resource_output_and_parameter_is_in_the_template() -> None:
    template = the_template()
    there = template["Resources"].keys() | template["Outputs"].keys() | template["Parameters"].keys()

    named = set(
        re.findall(
            r"\b(?:[A-Z][a-z]+){2,}(?:Letters|Name|Arn|Schedule|Days|From|Origination|Alarm|Id)\b", RUNBOOK
        )
    )

    assert {"SweepFunctionName", "WrappingKeyArn", "KeyBackupDays"} <= named
    assert named <= there


def test_every_setting_is_one() -> None:
    assert set(re.findall(r"DOSEKEEPER_[A-Z_]+", RUNBOOK)) <= set(
        re.findall(r"DOSEKEEPER_[A-Z_]+", settings_table())
    )


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", RUNBOOK)) - NO_NAMES))
def test_every_name_in_the_logs_is_written_somewhere(name: str) -> None:
    constants = {
        node.value
        for path in (ROOT / "skill").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert name in constants | METRICS.keys()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(\w+Error)`", RUNBOOK))))
def test_every_error_is_one_of_ours(name: str) -> None:
    assert f"class {name}(" in (ROOT / "skill" / "errors.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:infra|skill)/[\w./-]+)`", RUNBOOK))))
def test_every_file_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_all_of_our_own_metrics_that_ring_are_in_the_page() -> None:
    ringing = [
        one["MetricName"]
        for one in of_type(the_template(), "AWS::CloudWatch::Alarm").values()
        if one["Namespace"] == "DoseKeeper"
    ]

    headings = {"swept": "The sweep is silent", "sweep_lag": "`sweep_lag`"}
    assert [name for name in ringing if headings.get(name, f"`{name}`") not in RUNBOOK] == []
