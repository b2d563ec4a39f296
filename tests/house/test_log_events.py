"""Every line that is logged goes through ``event``, with a constant name and listed fields.

``event`` raises at run time too; this test finds the line that only a rare failure would reach.
"""

import ast
import re
from pathlib import Path

import pytest

from skill.logs import FIELDS
from tests.house.source import ROOT, a_tree

DIRECT = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log"}
BESIDES = {"level", "error"}


def unlawful(root: Path) -> list[str]:
    """``file:line: what is wrong`` for every logging call outside ``skill/logs.py``."""
    found = []
    for path in sorted((root / "skill").rglob("*.py")):
        where = path.relative_to(root).as_posix()
        if where == "skill/logs.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        loggers, events = _loggers(tree), _events(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                owner, _, method = called.rpartition(".")
                if called in events:
                    found += [f"{where}:{node.lineno}: {wrong}" for wrong in _wrong(node)]
                elif method in DIRECT and owner in loggers | {"logging"}:
                    found.append(f"{where}:{node.lineno}: logs past event()")
    return found


def _loggers(tree: ast.AST) -> set[str]:
    """Names that hold what ``logging.getLogger`` returned."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "getLogger(" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _events(tree: ast.AST) -> set[str]:
    """Under which names ``skill.logs.event`` is called here."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="skill.logs", names=names):
                found |= {one.asname or one.name for one in names if one.name == "event"}
            case ast.ImportFrom(module="skill", names=names):
                found |= {f"{one.asname or one.name}.event" for one in names if one.name == "logs"}
            case ast.Import(names=names):
                found |= {f"{one.asname or one.name}.event" for one in names if one.name == "skill.logs"}
            case _:
                continue
    return found


def _wrong(call: ast.Call) -> list[str]:
    name = call.args[1] if len(call.args) == 2 else None
    constant = isinstance(name, ast.Constant) and isinstance(name.value, str)
    found = []
    if not constant or not re.fullmatch(r"[a-z][a-z0-9_]*", str(getattr(name, "value", ""))):
        found.append("the name is no constant in snake case")
    given = {keyword.arg for keyword in call.keywords}
    found += [f"{field or '**'} is not on the list" for field in sorted(given - FIELDS - BESIDES, key=str)]
    return found


def test_every_log_line_is_an_event_with_listed_fields() -> None:
    assert unlawful(ROOT) == []


def a_file(root: Path, line: str) -> Path:
    text = "import logging\nfrom skill.logs import event as told\n_log = logging.getLogger(__name__)\n" + line
    return a_tree(root, {"skill/voice/turn.py": text})


@pytest.mark.parametrize(
    "line",
    [
        "told(_log, 'turn_failed', level=logging.ERROR, error=problem, patient_id=p)\n",
        "other.info('not a log')\n",
        "describe(_log, f'{x}')\n",
    ],
)
def test_a_lawful_line_is_not_complained_of(tmp_path: Path, line: str) -> None:
    assert unlawful(a_file(tmp_path, line)) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("told(_log, f'failed_{x}')\n", "the name is no constant in snake case"),
        ("told(_log, NAME)\n", "the name is no constant in snake case"),
        ("told(_log, 'Turn failed')\n", "the name is no constant in snake case"),
        ("told(_log, 'failed', medicine=m)\n", "medicine is not on the list"),
        ("told(_log, 'failed', **facts)\n", "** is not on the list"),
        ("_log.info('something')\n", "logs past event()"),
        ("logging.warning('something')\n", "logs past event()"),
    ],
)
def test_an_unlawful_line_is_found(tmp_path: Path, line: str, found: str) -> None:
    assert unlawful(a_file(tmp_path, line)) == [f"skill/voice/turn.py:4: {found}"]
