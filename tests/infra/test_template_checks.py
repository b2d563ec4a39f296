"""What cfn-lint and checkov say of the template. Both live in an environment of their own."""

import subprocess
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.sam_template import PATH, the_template, without_reason

CHECKS = ROOT / ".venv-checks" / "bin"
CONFIG = ROOT / "infra" / "checkov.yaml"


def run(tool: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    program = CHECKS / tool
    if not program.exists():
        raise RuntimeError(f"{program} is not there; this makes it: make checks")
    return subprocess.run([program, *words], check=False, capture_output=True, text=True, cwd=ROOT)


def cfn_lint(template: Path) -> subprocess.CompletedProcess[str]:
    return run("cfn-lint", "--include-checks", "W", "--", template)


def checkov(template: Path) -> subprocess.CompletedProcess[str]:
    return run("checkov", "--config-file", CONFIG, "--file", template)


def changed(folder: Path, old: str, new: str) -> Path:
    """The template with ``new`` in the place of ``old``, in a file of its own."""
    text = PATH.read_text(encoding="utf-8")
    assert text.count(old) == 1
    broken = folder / "template.yaml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    return broken


def test_cfn_lint_finds_nothing() -> None:
    ended = cfn_lint(PATH)

    assert (ended.returncode, ended.stdout) == (0, "")


def test_checkov_finds_nothing() -> None:
    ended = checkov(PATH)

    assert ended.returncode == 0, ended.stdout
    assert "Failed checks: 0" in ended.stdout


def test_whatever_checkov_leaves_out_has_a_reason() -> None:
    assert without_reason(CONFIG.read_text(encoding="utf-8"), the_template()) == []


# The twins


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("VisibilityTimeout: 720", "VisibilityTimeOut: 720", "E3002"),
        (
            "KMSMasterKeyId: !GetAtt DataKey.Arn\n      Tags",
            "KMSMasterKeyId: !GetAtt Data.Arn\n      Tags",
            "E1010",
        ),
        ("StreamViewType: NEW_IMAGE", "StreamViewType: NEWEST", "E3030"),
    ],
    ids=["misspelt_property", "missing_resource", "unknown_word"],
)
def test_cfn_lint_finds_a_mistake(tmp_path: Path, old: str, new: str, rule: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    broken = tmp_path / "template.yaml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")

    ended = cfn_lint(broken)

    assert ended.returncode != 0
    assert rule in ended.stdout


def test_checkov_finds_a_key_that_does_not_rotate(tmp_path: Path) -> None:
    key = "wraps the keys that patients' records are sealed with\n      EnableKeyRotation: "
    broken = changed(tmp_path, f"{key}true", f"{key}false")

    ended = checkov(broken)

    assert ended.returncode == 1
    assert "CKV_AWS_7" in ended.stdout
    assert "WrappingKey" in ended.stdout


def test_a_skip_without_a_reason_is_found() -> None:
    config = "skip-check:\n  # Because every call goes to a public endpoint.\n  - CKV_AWS_1\n  - CKV_AWS_2\n"
    skip = {"Metadata": {"checkov": {"skip": [{"id": "CKV_AWS_3", "comment": "no"}]}}}

    assert without_reason(config, {"Resources": {"Key": skip}}) == ["CKV_AWS_2", "CKV_AWS_3"]
