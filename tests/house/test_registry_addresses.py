"""No address of a package index and no path of somebody's machine is written down; the lock is whole."""

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.source import ROOT, a_tree

# Put together, so that this file does not hold what it looks for.
INDEXES = [
    "py" + r"pi\.(python\.)?org",
    "python" + r"hosted\.org",
    "registry\\." + r"npm(js|mirror)",
    "deb\\." + r"debian\.org",
    "proxy\\." + r"golang\.org",
    r"--(extra-)?" + "index" + "-url",
    r"--(default-)?" + r"index[= ]",
    r"--" + "find-links",
    r"\[\[tool\.uv\." + "index",
]
MACHINES = [r"(?<![\w.~$}])/" + name + "/" for name in ("work", "root", "tmp", "home/[a-z]+/\\w+/\\w+/\\w+")]
FORBIDDEN = re.compile("|".join(INDEXES + MACHINES), re.IGNORECASE)
LOCK = "infra/requirements.lock"


def addresses(root: Path) -> list[str]:
    """``file:line`` of everything forbidden in the files that are not ignored."""
    found = []
    for path in _files(root):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # no text
        where = path.relative_to(root).as_posix()
        found += [f"{where}:{number}" for number, line in enumerate(lines, 1) if FORBIDDEN.search(line)]
    return found


def _files(root: Path) -> Iterator[Path]:
    ignored = [line.rstrip("/") for line in (root / ".gitignore").read_text(encoding="utf-8").split()]
    for path in sorted(root.iterdir()):
        if path.name != ".git" and not any(fnmatch(path.name, pattern) for pattern in ignored):
            inside = sorted(path.rglob("*")) if path.is_dir() else [path]
            yield from (
                one
                for one in inside
                if one.is_file() and not any(fnmatch(part, p) for part in one.parts for p in ignored)
            )


def not_locked(root: Path) -> list[str]:
    """What ``pyproject.toml`` asks for and the lock file does not pin, and pins without a hash."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    asked = [*project["dependencies"], *(name for extra in extras for name in extra)]
    blocks = re.split(r"\n(?=[a-z0-9])", "\n" + (root / LOCK).read_text(encoding="utf-8"))
    pins = {m[1]: block for block in blocks if (m := re.match(r"([a-z0-9.-]+)==\S+", block))}
    found = [f"{name} is not pinned" for name in map(_name, asked) if name not in pins]
    return found + [f"{name} has no hash" for name, block in pins.items() if "--hash=sha256:" not in block]


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~;\[ ]", requirement)[0].lower().replace("_", "-")


def test_no_address_of_an_index_or_a_machine_is_written_down() -> None:
    assert addresses(ROOT) == []


def test_everything_we_ask_for_is_locked_with_its_hash() -> None:
    assert not_locked(ROOT) == []


# The twins


@pytest.mark.parametrize(
    "line",
    [
        "see https://" + "py" + "pi.org/simple",
        "https://files.python" + "hosted.org/x.whl",
        "--index" + "-url https://mirror.example.org",
        "--extra-index" + "-url x",
        "--find" + "-links wheels",
        "https://registry." + "npmjs.org/",
        "open('/" + "tmp/x')",
        "cd /" + "work/main",
        "/" + "root/.cache",
    ],
)
def test_an_address_is_found(tmp_path: Path, line: str) -> None:
    house = a_tree(tmp_path, {".gitignore": ".venv*/\n", "infra/x.txt": f"sound\n{line}\n", ".venv/y": line})

    assert addresses(house) == ["infra/x.txt:2"]


@pytest.mark.parametrize(
    "line",
    ["/var/lib/dosekeeper", "https://example.org/work/x", "~/tmp/x", "$HOME/work/x", "the index is new"],
)
def test_other_paths_and_words_are_left_alone(tmp_path: Path, line: str) -> None:
    assert addresses(a_tree(tmp_path, {".gitignore": "", "README.md": line})) == []


def test_an_unlocked_or_unhashed_package_is_found(tmp_path: Path) -> None:
    project = '[project]\ndependencies = ["flask>=3", "Msgspec[x] ~= 1"]\n'
    project += '[project.optional-dependencies]\ntest = ["pytest"]\n'
    lock = "# made by make lock\nflask==3.1.3 \\\n    --hash=sha256:00\npytest==9.0\n"

    found = not_locked(a_tree(tmp_path, {"pyproject.toml": project, LOCK: lock}))

    assert found == ["msgspec is not pinned", "pytest has no hash"]
