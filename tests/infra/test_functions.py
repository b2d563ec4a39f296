"""The files of ``lambda``: each is a docstring, what it imports, and one line."""

import ast
from pathlib import Path

import pytest

from tests.house.source import ROOT

FILES = sorted((ROOT / "lambda").glob("*.py"))


def test_there_is_one_file_for_each_function() -> None:
    names = [path.name for path in FILES]

    assert names == [
        "receipts_handler.py",
        "skill_handler.py",
        "sweep_handler.py",
        "web_handler.py",
        "worker_handler.py",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_function_is_built_from_the_environment_and_from_nothing_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    function = path.stem.replace("_handler", "_function")

    assert ast.get_docstring(ast.parse(text))
    assert [ast.unparse(statement) for statement in ast.parse(text).body[1:]] == [
        "import os",
        f"from skill.bootstrap import {function}",
        "from skill.settings import read",
        f"handler = {function}(read(os.environ))",
    ]
