"""What lies at the top, how large files are, how they are named, and that no test is left out."""

import ast
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.source import ROOT, a_tree

TOP = {
    "LICENSE",
    "Makefile",
    "README.md",
    "infra",
    "interaction_models",
    "lambda",
    "pyproject.toml",
    "skill",
    "tests",
}
MOST_LINES = 300
LARGER_WITH_A_REASON = {
    "skill/domain/timings.py": "the whole model of how a medicine is taken, to be read in one go",
    "skill/bootstrap.py": "one builder for each kind of process, side by side, as style §1 puts them",
    "skill/outbound.py": "style §1 puts the client and the signatures of what leaves into one leaf",
}
SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "misc", "stuff", "tools", "util", "utils"}
LEAVES_OUT = re.compile(r"\b(skip|skipif|importorskip|xfail)\b")


def strangers(root: Path) -> list[str]:
    """What lies at the top and has no place there. Hidden and ignored files do not count."""
    ignored = (root / ".gitignore").read_text(encoding="utf-8").split()
    return sorted(
        path.name
        for path in root.iterdir()
        if path.name not in TOP
        and not path.name.startswith(".")
        and not any(fnmatch(path.name, pattern.rstrip("/")) for pattern in ignored)
    )


def too_large(root: Path, excused: Mapping[str, str]) -> list[str]:
    """Source files of more than 300 lines without a reason, and reasons that are not needed any more."""
    lines = {_where(path, root): len(path.read_text("utf-8").splitlines()) for path in _source(root)}
    large = {name for name, count in lines.items() if count > MOST_LINES}
    found = [f"{name} has {lines[name]} lines" for name in sorted(large - excused.keys())]
    return found + [f"{name} needs no excuse" for name in sorted(excused.keys() - large)]


def badly_named(root: Path) -> list[str]:
    """Python files whose name is not in snake case, or says nothing."""
    return [
        _where(path, root)
        for path in _source(root, "tests")
        if not re.fullmatch(r"(__init__|__main__|[a-z][a-z0-9_]*)", path.stem) or path.stem in SAY_NOTHING
    ]


def left_out(root: Path) -> list[str]:
    """Places in the tests where pytest is told to leave a test out or to let it fail."""
    found = []
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = node.attr if isinstance(node, ast.Attribute) else ""
            if LEAVES_OUT.fullmatch(named) and ast.unparse(node).startswith("pytest."):
                found.append(f"{_where(path, root)}:{getattr(node, 'lineno', 0)}")
    return found


def packages_among_tests(root: Path) -> list[str]:
    """Tests are found by path; an ``__init__.py`` among them would shadow the folder of another."""
    return [_where(path, root) for path in sorted((root / "tests").rglob("__init__.py"))]


def _source(root: Path, *others: str) -> Iterable[Path]:
    return sorted(path for room in ("skill", "lambda", *others) for path in (root / room).rglob("*.py"))


def _where(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def test_the_top_holds_what_it_should_and_nothing_else() -> None:
    assert strangers(ROOT) == []


def test_no_file_is_too_large_without_a_reason() -> None:
    assert too_large(ROOT, LARGER_WITH_A_REASON) == []


def test_every_file_has_a_name_that_says_something() -> None:
    assert badly_named(ROOT) == []


def test_no_test_is_left_out() -> None:
    assert left_out(ROOT) == []


def test_tests_are_no_packages() -> None:
    assert packages_among_tests(ROOT) == []


# The twins


def test_a_stranger_at_the_top_is_found(tmp_path: Path) -> None:
    files = {
        ".gitignore": "demo-out/\n*.log\n",
        "notes.md": "",
        "demo-out/x.csv": "",
        "x.log": "",
        ".ci/run": "",
    }

    assert strangers(a_tree(tmp_path, files | {"setup.py": "", "skill/x.py": ""})) == ["notes.md", "setup.py"]


def test_a_large_file_and_an_old_excuse_are_found(tmp_path: Path) -> None:
    house = a_tree(
        tmp_path,
        {
            "skill/long.py": "x = 1\n" * 301,
            "skill/allowed.py": "x = 1\n" * 301,
            "lambda/fits.py": "x = 1\n" * 300,
        },
    )

    assert too_large(house, {"skill/allowed.py": "why", "lambda/fits.py": "was long once"}) == [
        "skill/long.py has 301 lines",
        "lambda/fits.py needs no excuse",
    ]


def test_a_bad_name_is_found(tmp_path: Path) -> None:
    names = ("skill/utils.py", "skill/Doses.py", "lambda/sweep-handler.py", "tests/helpers.py")

    house = a_tree(tmp_path, dict.fromkeys((*names, "skill/doses.py", "skill/__init__.py"), ""))

    assert badly_named(house) == sorted(names, key=lambda name: tmp_path / name)


@pytest.mark.parametrize(
    "line",
    [
        "@pytest.mark.skip\ndef test_x(): ...",
        "@pytest.mark.skipif(True, reason='x')\ndef test_x(): ...",
        "@pytest.mark.xfail\ndef test_x(): ...",
        "def test_x():\n    pytest.skip('later')",
        "x = pytest.importorskip('x')",
    ],
)
def test_a_test_that_is_left_out_is_found(tmp_path: Path, line: str) -> None:
    assert len(left_out(a_tree(tmp_path, {"tests/test_x.py": line}))) == 1


def test_a_package_among_the_tests_is_found(tmp_path: Path) -> None:
    house = a_tree(tmp_path, {"tests/web/__init__.py": "", "skill/__init__.py": ""})

    assert packages_among_tests(house) == ["tests/web/__init__.py"]
