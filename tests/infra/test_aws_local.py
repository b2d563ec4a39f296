"""The very template and bundle of a deployment, put up in a stand-in on this machine and played with."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT
from tests.lambda_bundle import Bundle

TOGETHER_WITHIN = 150  # seconds; it takes 20 on a machine of its own
FALL_WITHIN = 2.0  # seconds from the invoke to the SMS (issue 3)
ACTS = (
    "The Echo is linked",
    "A dose by voice: skill function, DynamoDB, KMS",
    "Not a word from Bob: sweep, queue, worker, SMS and e-mail",
    "Ada has fallen: skill function, stream, worker, SMS and e-mail",
)


def run(bundle: Path) -> "subprocess.CompletedProcess[str]":
    """``make aws-local``, with a bundle that was made before; no credentials of anybody go with it."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DOSEKEEPER_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "infra.stack", "--bundle", str(bundle), "local"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=TOGETHER_WITHIN,
        check=False,
    )


def test_the_main_job_is_done_by_the_stack_of_the_template(bundle: Bundle) -> None:
    ran = run(bundle.packed)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.findall(r"^== (.+)$", ran.stdout, re.MULTILINE) == list(ACTS)
    for said in (
        "stack, keys: there",
        "Echo: Thank you. This Echo is linked now.",
        "Echo: I wrote down one",
        "sweep: {'handed_out': 1}",
        "SMS to Sam: Dad: no word on",
        "Sam opens the link and presses: I've got it",
        "Echo: I'm messaging your helpers now.",
        "Ana replies: ",
        "All came out as announced",
    ):
        assert said in ran.stdout
    sms = re.search(r"^SMS to Ana, ([0-9.]+) s after the invoke: FALL: Mom", ran.stdout, re.MULTILINE)
    assert sms is not None
    assert float(sms[1]) <= FALL_WITHIN


def test_a_bundle_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(b"no zip")

    ran = run(bundle)

    assert ran.returncode == 1
    assert "All came out as announced" not in ran.stdout
    assert len(ran.stderr.strip().splitlines()) == 1
