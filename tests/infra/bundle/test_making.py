"""The steps of making a bundle, each by itself."""

import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.bundle.__main__ import report
from infra.bundle.build import Built, lay_out
from infra.bundle.byte_code import compile_all, interpreter_of
from infra.bundle.contents import Recipe, files_of, is_needed
from infra.bundle.lock import BundleError
from infra.bundle.pack import moment_of_commit, pack
from infra.bundle.target import Target, this_machine
from tests.house.source import ROOT, a_tree

MAY = datetime(2027, 5, 4, 12, 30, 16, tzinfo=UTC)


def a_recipe(**own: Path) -> Recipe:
    return Recipe(
        roots=frozenset(), without=frozenset(), own={f"{name}.py": path for name, path in own.items()}
    )


@pytest.mark.parametrize(
    "name",
    [
        *("flask/app.py", "msgspec/_core.cpython-313-aarch64-linux-gnu.so", "_cffi_backend.abi3.so"),
        *("tzdata/zoneinfo/Europe/Berlin", "tzdata-2026.6.dist-info/METADATA", "certifi/cacert.pem"),
        *("botocore/data/endpoints.json", "botocore/data/_retry.json", "botocore/cacert.pem"),
        *("botocore/data/kms/2014-11-01/service-2.json.gz", "x-1.dist-info/licenses/vendor/LICENSE.txt"),
        *("phonenumbers/data/region_US.py", "flask/testing.py", "x-1.dist-info/LICENSE"),
    ],
)
def test_what_a_function_may_need_goes_in(name: str) -> None:
    assert is_needed(name)


@pytest.mark.parametrize(
    "name",
    [
        *("x-1.dist-info/RECORD", "x-1.dist-info/INSTALLER", "x-1.dist-info/WHEEL"),
        *("x-1.dist-info/direct_url.json", "x-1.dist-info/entry_points.txt"),
        *("botocore/data/ec2/2016-11-15/service-2.json.gz", "botocore/data/kms/2014-11-01/examples-1.json"),
        *(
            "phonenumbers/geodata/data0.py",
            "phonenumbers/carrierdata/data0.py",
            "phonenumbers/tzdata/data0.py",
        ),
        *("simplejson/tests/test_float.py", "x/test/support.py", "msgspec/json.pyi", "flask/py.typed"),
        *("markupsafe/_speedups.c", "x/__pycache__/y.cpython-313.pyc", "cffi/api.py", "x-1.data/scripts/x"),
    ],
)
def test_what_no_function_needs_stays_out(name: str) -> None:
    assert not is_needed(name)


def test_a_wheel_s_libraries_land_where_they_are_imported_from(tmp_path: Path) -> None:
    wheel = tmp_path / "x-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.writestr("x-1.data/platlib/x/core.py", "one = 1")
        opened.writestr("x-1.data/scripts/run", "#!")
        opened.writestr("x/", "")

    assert list(files_of(wheel)) == [("x/core.py", b"one = 1")]


def test_two_packages_that_bring_the_same_file_end_the_build(tmp_path: Path) -> None:
    wheels = [tmp_path / "x.whl", tmp_path / "y.whl"]
    for wheel in wheels:
        with zipfile.ZipFile(wheel, "w") as opened:
            opened.writestr("shared.py", wheel.name)

    with pytest.raises(BundleError, match=r"shared\.py is there twice"):
        lay_out(a_recipe(), wheels, tmp_path / "task")


def test_a_wheel_cannot_write_beside_the_bundle(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.writestr("../escaped.py", "")

    with pytest.raises(BundleError, match="outside the bundle"):
        lay_out(a_recipe(), [wheel], tmp_path / "task")
    assert not (tmp_path / "escaped.py").exists()


def test_our_own_files_lie_under_the_names_of_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("answer = 42", encoding="utf-8")

    lay_out(a_recipe(found=tmp_path / "source"), [], tmp_path / "task")

    assert (tmp_path / "task" / "found.py").read_text(encoding="utf-8") == "answer = 42"


def test_byte_code_names_the_place_where_it_will_run(tmp_path: Path) -> None:
    a_tree(tmp_path / "task", {"deep/x.py": "def f():\n    return 1\n"})

    compile_all(tmp_path / "task", sys.executable)

    (code,) = (tmp_path / "task").rglob("*.pyc")
    assert b"/var/task/deep/x.py" in code.read_bytes()
    assert str(tmp_path).encode() not in code.read_bytes()


def test_source_that_cannot_be_compiled_ends_the_build(tmp_path: Path) -> None:
    a_tree(tmp_path / "task", {"x.py": "def f(:\n"})

    with pytest.raises(BundleError, match="cannot be compiled"):
        compile_all(tmp_path / "task", sys.executable)


def test_an_interpreter_is_found_for_this_version_and_for_none_that_is_not_here() -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"

    found = interpreter_of(here)

    assert found is not None
    assert found[1].startswith(f"{here}.")
    assert interpreter_of("3.99") is None


def test_this_machine_is_a_target() -> None:
    target = this_machine()

    assert target.name.startswith(f"{sys.version_info.major}.{sys.version_info.minor}-")
    assert target.markers()["sys_platform"] == "linux"


def test_an_older_runtime_takes_no_wheel_for_a_newer_c_library() -> None:
    old, new = Target(python="3.11", arch="x86_64"), Target(python="3.13", arch="x86_64")

    assert "manylinux_2_28_x86_64" not in old.platforms
    assert "manylinux_2_28_x86_64" in new.platforms
    assert "manylinux2014_x86_64" in old.platforms


def test_packing_does_not_depend_on_when_and_in_which_order_files_were_written(tmp_path: Path) -> None:
    files = {"b/y.py": "y", "a.py": "x", "b/x.py": "z"}
    one = a_tree(tmp_path / "one", files)
    other = a_tree(tmp_path / "other", dict(reversed(files.items())))
    (other / "a.py").chmod(0o700)

    counted = [pack(folder, tmp_path / f"{folder.name}.zip", MAY) for folder in (one, other)]

    assert counted == [3, 3]
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as opened:
        assert [(e.filename, e.date_time) for e in opened.infolist()] == [
            (name, (2027, 5, 4, 12, 30, 16)) for name in ("a.py", "b/x.py", "b/y.py")
        ]


def test_the_moment_is_that_of_the_commit(tmp_path: Path) -> None:
    a_tree(tmp_path, {"x.py": ""})
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    environ = {
        "PATH": os.defpath,
        "GIT_COMMITTER_DATE": "2027-05-04T14:30:16+02:00",
        "HOME": str(tmp_path),
    }
    for words in (["init", "-q"], ["add", "x.py"], [*who, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *words], cwd=tmp_path, env=environ, check=True, timeout=60)

    assert moment_of_commit(tmp_path) == MAY


def test_without_a_commit_the_moment_is_the_first_that_a_zip_knows(tmp_path: Path) -> None:
    assert moment_of_commit(tmp_path) == datetime(1980, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("compiled_by", "says"),
    [
        ("3.13.5", "byte code: by CPython 3.13.5"),
        (None, "byte code: none, since no Python 3.13 is here: every cold start will take longer"),
    ],
    ids=["an interpreter", "no interpreter"],
)
def test_size_and_byte_code_are_told(compiled_by: str | None, says: str) -> None:
    built = Built(zip_bytes=14_799_453, unpacked_bytes=40_085_747, files=4324, compiled_by=compiled_by)

    told = report(Path("dist/x.zip"), Target(python="3.13", arch="arm64"), built)

    assert told == f"dist/x.zip\n  zip 14.8 MB, unpacked 40.1 MB, 4,324 files\n  {says}\n"


def test_a_runtime_that_lambda_does_not_have_is_refused() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "infra.bundle", "--python", "3.9"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode == 2
    assert "3.13" in ended.stderr
