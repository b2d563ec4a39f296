"""The finished bundle: what is in it, what is not, and that it comes out the same every time."""

import ast
import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.bundle.build import LOCK, ROOT, build
from infra.bundle.contents import SERVICES, dose_keeper
from infra.bundle.lock import read_lock
from infra.bundle.pack import moment_of_commit
from infra.bundle.target import this_machine
from tests.lambda_bundle import Bundle

MOST_ZIP_BYTES = 35_000_000
MOST_UNPACKED_BYTES = 250_000_000  # Lambda's own limit
FUNCTIONS = ["receipts", "skill", "sweep", "web", "worker"]
NEVER_LOADED = {"apscheduler", "typing_extensions"}  # by ``serve`` alone, and by type checkers alone


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is named in an import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def is_in(task: Path, module: str) -> bool:
    path = task.joinpath(*module.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def our_files(task: Path) -> list[Path]:
    return [*task.glob("*_handler.py"), *(task / "skill").rglob("*.py")]


def test_the_same_source_makes_the_same_bytes(bundle: Bundle, tmp_path: Path) -> None:
    again = tmp_path / "elsewhere" / "again.zip"

    build(dose_keeper(ROOT), this_machine(), again, moment_of_commit(ROOT))

    assert again.read_bytes() == bundle.packed.read_bytes()


def test_it_is_small_enough_to_be_loaded_quickly(bundle: Bundle) -> None:
    unpacked = sum(path.stat().st_size for path in bundle.task.rglob("*") if path.is_file())

    assert bundle.packed.stat().st_size <= MOST_ZIP_BYTES
    assert unpacked <= MOST_UNPACKED_BYTES


def test_every_function_lies_at_the_top(bundle: Bundle) -> None:
    names = sorted(path.name for path in bundle.task.glob("*_handler.py"))

    assert names == [f"{function}_handler.py" for function in FUNCTIONS]


def test_everything_that_our_source_imports_is_there(bundle: Bundle) -> None:
    lacking = {
        module
        for path in our_files(bundle.task)
        for module in imported(ast.parse(path.read_text(encoding="utf-8")))
        if module.partition(".")[0] not in sys.stdlib_module_names | NEVER_LOADED
        and not is_in(bundle.task, module)
    }

    assert lacking == set()


def test_words_pages_and_styles_are_there(bundle: Bundle) -> None:
    source = {
        path.relative_to(ROOT)
        for path in (ROOT / "skill").rglob("*.*")
        if path.suffix in {".json", ".html", ".css"}
    }

    assert len(source) > 2
    assert all((bundle.task / name).is_file() for name in source)


def test_every_package_is_of_the_release_that_the_lock_file_names(bundle: Bundle) -> None:
    folders = [path.name.removesuffix(".dist-info") for path in bundle.task.glob("*.dist-info")]
    pins = read_lock(LOCK)

    assert len(folders) > 15
    for folder in folders:
        name, version = folder.rsplit("-", 1)
        assert pins[name.replace("_", "-").lower()].version == version


@pytest.mark.parametrize(
    "name",
    [
        *("apscheduler", "boto3", "gunicorn", "requests", "s3transfer", "pip", "pytest", "cffi", "pycparser"),
        *(
            "tests",
            "skill/cli",
            "skill/standin",
            "phonenumbers/geodata",
            "botocore/data/ec2",
            "botocore/data/s3",
        ),
    ],
)
def test_what_a_function_never_needs_is_not_there(bundle: Bundle, name: str) -> None:
    assert not (bundle.task / name).exists()


def test_of_aws_it_knows_the_services_that_it_uses(bundle: Bundle) -> None:
    services = {path.name for path in (bundle.task / "botocore/data").iterdir() if path.is_dir()}

    assert services == SERVICES


def test_no_trace_is_left_of_the_machine_that_made_it(bundle: Bundle) -> None:
    names = [path.name for path in bundle.task.rglob("*")]

    assert not {"RECORD", "INSTALLER", "direct_url.json", "REQUESTED"} & set(names)
    assert not [path for path in our_files(bundle.task) if str(ROOT) in path.read_text(encoding="utf-8")]
    for code in bundle.task.joinpath("skill").rglob("*.pyc"):
        assert str(ROOT).encode() not in code.read_bytes()


def test_entries_are_sorted_of_one_moment_and_readable_for_all(bundle: Bundle) -> None:
    moment = moment_of_commit(ROOT)

    with zipfile.ZipFile(bundle.packed) as opened:
        entries = opened.infolist()

    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {datetime(*entry.date_time, tzinfo=UTC) for entry in entries} == {
        moment.replace(second=moment.second // 2 * 2)  # a zip counts in steps of two seconds
    }
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


def test_byte_code_is_there_for_every_source_and_is_used_without_a_look_at_it(bundle: Bundle) -> None:
    unchecked_hash = (1).to_bytes(4, "little")  # PEP 552

    for source in bundle.task.rglob("*.py"):
        code = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert code[:4] == importlib.util.MAGIC_NUMBER
        assert code[4:8] == unchecked_hash
