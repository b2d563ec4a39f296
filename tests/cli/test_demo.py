"""``dosekeeper demo``: it comes out as announced, and leaves the transcript and the clinician's table."""

import subprocess
import sys
from pathlib import Path

import pytest

from skill.standin.demo import DifferentError, expect, expect_in, link_in

ROOT = Path(__file__).parents[2]


def test_the_demo_comes_out_as_announced_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "skill.cli.main", "demo"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.stderr == ""
    assert done.returncode == 0
    assert "All came out as announced." in done.stdout
    assert (tmp_path / "demo-out" / "transcript.txt").read_text("utf-8") in done.stdout
    assert (tmp_path / "demo-out" / "ada.csv").read_text("utf-8").count("\n") == 6


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "skill.cli.main", "demo", "--folder", str(tmp_path)],
        cwd=ROOT,
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 2
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"


def test_anything_that_differs_from_what_was_announced_ends_the_demo() -> None:
    with pytest.raises(DifferentError, match="announced 1, came out 2"):
        expect("a number", 2, 1)
    with pytest.raises(DifferentError, match="announced 'fall'"):
        expect_in("a word", "nothing of the kind", "fall")
    with pytest.raises(DifferentError, match="a link was announced"):
        link_in("no link here")
