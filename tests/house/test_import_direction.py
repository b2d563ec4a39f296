"""Who may import whom: the matrix of the house style, read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, a_tree

LEAVES = frozenset({"errors", "private", "clock", "chance", "logs", "aws", "outbound"})
# Complete: what is not named here is forbidden. Leaves may be imported by every room but the first two.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "domain": frozenset({"errors", "private"}),
    "phrases": frozenset({"errors", "private", "domain"}),
    "settings": LEAVES,
    "service": LEAVES | {"domain", "phrases"},
    "storage": LEAVES | {"service", "domain"},
    "channels": LEAVES | {"service", "settings"},
    "intake": LEAVES | {"service", "domain"},
    "fhir": LEAVES | {"service", "domain", "phrases"},
    "exports": LEAVES | {"service", "domain", "phrases", "fhir"},
    "voice": LEAVES | {"service", "domain", "phrases"},
    "web": LEAVES | {"service", "domain", "phrases", "intake", "exports", "fhir", "voice"},
    "standin": LEAVES | {"service", "domain", "voice", "phrases"},
    "cli": LEAVES
    | {"bootstrap", "settings", "service", "domain", "phrases", "intake", "exports", "fhir", "standin"},
} | dict.fromkeys(LEAVES, LEAVES)
ROOMS = MAY_IMPORT.keys() | {"bootstrap"}
THE_HANDLERS_OF_LAMBDA = frozenset({"bootstrap", "settings"})


def violations(root: Path) -> list[str]:
    """``file:line: what is wrong`` for every import in ``root`` that the matrix does not allow."""
    found = []
    for path in sorted((root / "skill").rglob("*.py")):
        room = _room(path.relative_to(root / "skill"))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(root).as_posix()
        if room == "bootstrap":
            found += [f"{where}:{line}: outside a function" for line in _too_early(tree)]
        elif room is not None and room not in ROOMS:
            found.append(f"{where}: there is no room called {room}")
        else:
            allowed = MAY_IMPORT[room] | {room} if room else frozenset()
            found += [f"{where}:{line}: imports {to}" for line, to in _imported(tree) if to not in allowed]
    for path in sorted((root / "lambda").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(root).as_posix()
        found += [
            f"{where}:{line}: imports {to}"
            for line, to in _imported(tree)
            if to not in THE_HANDLERS_OF_LAMBDA
        ]
    return found


def _room(inside: Path) -> str | None:
    """The room of a file below ``skill``; None for ``skill/__init__.py``, which may import nothing."""
    first = inside.parts[0]
    return None if first == "__init__.py" else first.removesuffix(".py")


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and room of everything of ours that is imported anywhere in ``tree``, by whatever means."""
    for node in ast.walk(tree):
        for name in _names(node):
            first, _, rest = name.partition(".")
            if first == "skill" and rest:
                yield getattr(node, "lineno", 0), rest.partition(".")[0]


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [one.name for one in names]
        case ast.ImportFrom(module="skill", level=0, names=names):
            return [f"skill.{one.name}" for one in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case ast.ImportFrom(level=level) if level:
            return ["skill.(by a relative name)"]
        case ast.Call(args=[ast.Constant(value=str(name)), *_], func=func) if _loads_modules(func):
            return [name]
        case _:
            return []


def _loads_modules(func: ast.expr) -> bool:
    called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return called in {"import_module", "__import__"}


def _too_early(tree: ast.Module) -> Iterator[int]:
    """Lines of the imports that run as soon as bootstrap is imported, but for leaves and settings.

    What stands under ``if TYPE_CHECKING`` never runs.
    """
    running: list[ast.AST] = list(tree.body)
    while running:
        node = running.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            running += node.orelse
            continue
        if any(room not in LEAVES | {"settings"} for _, room in _imported_by(node)):
            yield getattr(node, "lineno", 0)
        running += list(ast.iter_child_nodes(node))


def _imported_by(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
        for name in _names(node):
            first, _, rest = name.partition(".")
            if first == "skill" and rest:
                yield getattr(node, "lineno", 0), rest.partition(".")[0]


def test_every_import_follows_the_matrix() -> None:
    assert violations(ROOT) == []


# The twin: a small house, and one wrong line at a time.


BOOTSTRAP = """
from skill.settings import Settings

def web_app():
    import skill.web.app
"""
SOUND = {
    "skill/__init__.py": "",
    "skill/errors.py": "",
    "skill/domain/chart.py": "from skill.errors import InvalidError\nimport skill.domain.doses\n",
    "skill/service/act.py": "from skill.domain.chart import Chart\nfrom skill import logs\n",
    "skill/bootstrap.py": BOOTSTRAP,
    "lambda/sweep_handler.py": "from skill.bootstrap import sweep_app\nfrom skill.settings import read\n",
}


def test_a_sound_house_has_no_violations(tmp_path: Path) -> None:
    assert violations(a_tree(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("skill/domain/x.py", "import skill.clock\n", "skill/domain/x.py:1: imports clock"),
        ("skill/domain/x.py", "from skill import logs\n", "skill/domain/x.py:1: imports logs"),
        (
            "skill/phrases/x.py",
            "from skill.service.act import act\n",
            "skill/phrases/x.py:1: imports service",
        ),
        ("skill/voice/x.py", "def f():\n    from skill.web import app\n", "skill/voice/x.py:2: imports web"),
        ("skill/storage/x.py", "import skill.phrases as p\n", "skill/storage/x.py:1: imports phrases"),
        ("skill/channels/x.py", "from skill.domain import doses\n", "skill/channels/x.py:1: imports domain"),
        ("skill/service/x.py", "from skill.settings import read\n", "skill/service/x.py:1: imports settings"),
        ("skill/cli/x.py", "import skill.storage.sqlite\n", "skill/cli/x.py:1: imports storage"),
        ("skill/clock.py", "from skill.domain.doses import Dose\n", "skill/clock.py:1: imports domain"),
        ("skill/settings/x.py", "import skill.service\n", "skill/settings/x.py:1: imports service"),
        ("skill/__init__.py", "import skill.errors\n", "skill/__init__.py:1: imports errors"),
        (
            "skill/voice/x.py",
            "from ..web import app\n",
            "skill/voice/x.py:1: imports (by a relative name)",
        ),
        (
            "skill/voice/x.py",
            "import importlib\nimportlib.import_module('skill.web.app')\n",
            "skill/voice/x.py:2: imports web",
        ),
        (
            "skill/voice/x.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import skill.web\n",
            "skill/voice/x.py:3: imports web",
        ),
        ("skill/cellar/x.py", "", "skill/cellar/x.py: there is no room called cellar"),
        ("skill/helpers.py", "", "skill/helpers.py: there is no room called helpers"),
        (
            "skill/bootstrap.py",
            "from skill.voice.skill import build\n",
            "skill/bootstrap.py:1: outside a function",
        ),
        (
            "skill/bootstrap.py",
            "try:\n    import skill.web.app\nexcept ImportError:\n    pass\n",
            "skill/bootstrap.py:2: outside a function",
        ),
        (
            "lambda/x_handler.py",
            "from skill.service.act import act\n",
            "lambda/x_handler.py:1: imports service",
        ),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, name: str, text: str, found: str) -> None:
    assert violations(a_tree(tmp_path, SOUND | {name: text})) == [found]


def test_bootstrap_may_name_types_that_it_never_loads(tmp_path: Path) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from skill.web.app import App\n"

    assert violations(a_tree(tmp_path, SOUND | {"skill/bootstrap.py": text})) == []
