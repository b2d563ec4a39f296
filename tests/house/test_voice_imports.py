"""A voice turn is answered by a fresh process too: nothing heavy may be loaded for it (design §9)."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.house.source import ROOT, a_tree

HEAVY = (
    "apscheduler",
    "boto3",
    "botocore",
    "flask",
    "gunicorn",
    "jinja2",
    "phonenumbers",
    "requests",
    "smtplib",
    "sqlite3",
)
PROGRAM = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def heavy_modules_of(modules: Sequence[str], root: Path) -> list[str]:
    """Which of ``HEAVY`` a new process has loaded after importing ``modules`` from ``root``."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return sorted(set(HEAVY) & set(json.loads(ended.stdout)))


def test_the_voice_path_loads_nothing_heavy() -> None:
    files = [path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / "skill/voice").rglob("*.py"))]
    modules = [".".join(file.parts).removesuffix(".__init__") for file in files]

    assert modules
    assert heavy_modules_of(modules, ROOT) == []


def test_bootstrap_and_settings_load_nothing_heavy() -> None:
    assert heavy_modules_of(["skill.bootstrap"], ROOT) == []
    assert heavy_modules_of(["skill.settings"], ROOT) == []


@pytest.mark.parametrize("module", ["flask", "smtplib", "sqlite3"])
def test_a_heavy_import_is_found_however_deep_it_hides(tmp_path: Path, module: str) -> None:
    tree = {"top.py": "import middle\n", "middle.py": "import deep\n", "deep.py": f"import {module}\n"}

    assert module in heavy_modules_of(["top"], a_tree(tmp_path, tree))
