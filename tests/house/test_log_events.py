"""Every line that is logged goes through ``event`` or ``metric``, with a constant name and listed fields.

Both raise at run time too; this test finds the line that only a rare failure would reach.
"""

import ast
import re
from pathlib import Path

import pytest

from skill.logs import FIELDS, METRICS
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
        loggers, events, metrics = _loggers(tree), _known_as(tree, "event"), _known_as(tree, "metric")
        carriers = _known_as(tree, "carrying")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                owner, _, method = called.rpartition(".")
                if called in events:
                    found += [f"{where}:{node.lineno}: {wrong}" for wrong in _wrong(node)]
                elif called in carriers:
                    found += [f"{where}:{node.lineno}: {wrong}" for wrong in _unlisted(node)]
                elif called in metrics:
                    found += [f"{where}:{node.lineno}: {wrong}" for wrong in _wrong_metric(node)]
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


def _known_as(tree: ast.AST, function: str) -> set[str]:
    """Under which names ``function`` of ``skill.logs`` is called here."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="skill.logs", names=names):
                found |= {one.asname or one.name for one in names if one.name == function}
            case ast.ImportFrom(module="skill", names=names):
                found |= {f"{one.asname or one.name}.{function}" for one in names if one.name == "logs"}
            case ast.Import(names=names):
                found |= {f"{one.asname or one.name}.{function}" for one in names if one.name == "skill.logs"}
            case _:
                continue
    return found


def _wrong(call: ast.Call) -> list[str]:
    name = call.args[1] if len(call.args) == 2 else None
    constant = isinstance(name, ast.Constant) and isinstance(name.value, str)
    found = []
    if not constant or not re.fullmatch(r"[a-z][a-z0-9_]*", str(getattr(name, "value", ""))):
        found.append("the name is no constant in snake case")
    return found + _unlisted(call)


def _unlisted(call: ast.Call) -> list[str]:
    given = {keyword.arg for keyword in call.keywords}
    return [f"{field or '**'} is not on the list" for field in sorted(given - FIELDS - BESIDES, key=str)]


def _wrong_metric(call: ast.Call) -> list[str]:
    name = call.args[1] if len(call.args) == 3 else None
    if not (isinstance(name, ast.Constant) and name.value in METRICS):
        return ["the metric is no constant that is on the list"]
    wanted = {one for by in METRICS[name.value].counted_by for one in by} - {"function"}
    given = {str(keyword.arg) for keyword in call.keywords}
    return [f"{name.value} is not counted by {one}" for one in sorted(given ^ wanted)]


def test_every_log_line_is_an_event_with_listed_fields() -> None:
    assert unlawful(ROOT) == []


def a_file(root: Path, line: str) -> Path:
    text = (
        "import logging\nfrom skill.logs import carrying, event as told, metric\n"
        f"_log = logging.getLogger(__name__)\n{line}"
    )
    return a_tree(root, {"skill/voice/turn.py": text})


@pytest.mark.parametrize(
    "line",
    [
        "told(_log, 'turn_failed', level=logging.ERROR, error=problem, patient_id=p)\n",
        "metric(_log, 'swept', 1)\n",
        "metric(_log, 'ladder_outcome', 1, outcome=state)\n",
        "with carrying(request=r): ...\n",
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
        ("metric(_log, NAME, 1)\n", "the metric is no constant that is on the list"),
        ("metric(_log, 'lisinopril', 1)\n", "the metric is no constant that is on the list"),
        ("metric(_log, 'swept', 1, patient_id=p)\n", "swept is not counted by patient_id"),
        ("metric(_log, 'ladder_outcome', 1)\n", "ladder_outcome is not counted by outcome"),
        ("with carrying(name=n): ...\n", "name is not on the list"),
        ("_log.info('something')\n", "logs past event()"),
        ("logging.warning('something')\n", "logs past event()"),
    ],
)
def test_an_unlawful_line_is_found(tmp_path: Path, line: str, found: str) -> None:
    assert unlawful(a_file(tmp_path, line)) == [f"skill/voice/turn.py:4: {found}"]
