"""The walk from package to package, over small wheels made here."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from infra.bundle.lock import BundleError, Pin, asked_for, read_lock
from infra.bundle.target import Target
from infra.bundle.wheels import Fetch, needs, wheels_for

ARM = Target(python="3.13", arch="arm64")
MakeWheel = Callable[..., Path]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder where wheels can be had."""
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def a_wheel(folder: Path, name: str, *needed: str, tag: str = "py3-none-any") -> Path:
    wheel = folder / f"{name}-1.0-{tag}.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {line}" for line in needed]
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n")
        opened.writestr(f"{name}.py", f"# for {tag}\n")
    return wheel


def pins(*wheels: Path) -> dict[str, Pin]:
    """A lock that knows exactly these files."""
    found: dict[str, Pin] = {}
    for wheel in wheels:
        name = wheel.name.partition("-")[0].replace("_", "-")
        known = found[name].hashes if name in found else frozenset()
        own = hashlib.sha256(wheel.read_bytes()).hexdigest()
        found[name] = Pin(name=name, version="1.0", hashes=known | {own})
    return found


def from_shop(shop: Path, asked: list[str]) -> Fetch:
    """Brings the first wheel of each name, and writes down what was asked for."""

    def fetch(missing: Sequence[Pin], _target: Target, to: Path) -> None:
        for pin in missing:
            asked.append(pin.name)
            for wheel in sorted(shop.glob(f"{pin.name.replace('-', '_')}-*.whl")):
                shutil.copy(wheel, to)

    return fetch


def names(wheels: Sequence[Path]) -> list[str]:
    return [wheel.name.partition("-")[0] for wheel in wheels]


def test_what_a_package_needs_comes_along_and_what_that_needs_too(shop: Path, kept: Path) -> None:
    wheels = a_wheel(shop, "bread", "flour>=1"), a_wheel(shop, "flour", "corn"), a_wheel(shop, "corn")

    found = wheels_for(["Bread"], [], pins(*wheels), ARM, kept, from_shop(shop, []))

    assert names(found) == ["bread", "corn", "flour"]


def test_what_is_left_out_does_not_bring_its_own_along(shop: Path, kept: Path) -> None:
    wheels = a_wheel(shop, "bread", "flour", "salt"), a_wheel(shop, "flour", "corn"), a_wheel(shop, "salt")

    found = wheels_for(["bread"], ["flour"], pins(*wheels), ARM, kept, from_shop(shop, []))

    assert names(found) == ["bread", "salt"]


def test_packages_that_need_each_other_come_once(shop: Path, kept: Path) -> None:
    wheels = a_wheel(shop, "hen", "egg"), a_wheel(shop, "egg", "hen")

    found = wheels_for(["hen"], [], pins(*wheels), ARM, kept, from_shop(shop, []))

    assert names(found) == ["egg", "hen"]


def test_wheels_that_are_kept_are_not_asked_for_again(shop: Path, kept: Path) -> None:
    asked: list[str] = []
    pinned = pins(a_wheel(shop, "bread", "flour"), a_wheel(shop, "flour"))
    wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, asked))

    wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, asked))

    assert asked == ["bread", "flour"]


def test_a_kept_wheel_that_was_changed_is_not_used(shop: Path, kept: Path) -> None:
    pinned = pins(a_wheel(shop, "bread"))
    (found,) = wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, []))
    found.write_bytes(found.read_bytes() + b"poison")

    (again,) = wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, []))

    assert again.read_bytes() == (shop / found.name).read_bytes()


def test_a_file_whose_hash_is_not_in_the_lock_is_no_wheel_of_ours(shop: Path, kept: Path) -> None:
    pinned = {"bread": Pin(name="bread", version="1.0", hashes=frozenset({"0" * 64}))}
    a_wheel(shop, "bread")

    with pytest.raises(BundleError, match=r"there is no wheel for 3\.13-arm64 of bread"):
        wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, []))


def test_a_package_that_the_lock_does_not_name_ends_the_build(shop: Path, kept: Path) -> None:
    pinned = pins(a_wheel(shop, "bread", "flour"))

    with pytest.raises(BundleError, match="the lock file does not name flour"):
        wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, []))


def test_a_wheel_for_another_processor_does_not_fit(shop: Path, kept: Path) -> None:
    pinned = pins(a_wheel(shop, "bread", tag="cp313-cp313-manylinux_2_17_x86_64"))

    with pytest.raises(BundleError, match=r"no wheel for 3\.13-arm64 of bread"):
        wheels_for(["bread"], [], pinned, ARM, kept, from_shop(shop, []))


def test_of_two_wheels_that_fit_the_newer_is_taken(shop: Path, kept: Path) -> None:
    old = a_wheel(shop, "bread", tag="cp313-cp313-manylinux_2_17_aarch64")
    new = a_wheel(shop, "bread", tag="cp313-cp313-manylinux_2_34_aarch64")
    too_new = a_wheel(shop, "bread", tag="cp313-cp313-manylinux_2_39_aarch64")

    found = wheels_for(["bread"], [], pins(old, new, too_new), ARM, kept, from_shop(shop, []))

    assert [wheel.name for wheel in found] == [new.name]


def test_conditions_are_judged_for_the_target_and_extras_are_not_wanted(shop: Path) -> None:
    wheel = a_wheel(
        shop,
        "bread",
        "flour ; python_version >= '3.12'",
        "rye ; python_version < '3.12'",
        "stove ; platform_machine == 'aarch64'",
        "oven ; platform_machine == 'x86_64'",
        "window ; sys_platform == 'win32'",
        "butter ; extra == 'sandwich'",
        "Spread_It[jam] >= 2",
    )

    assert list(needs(wheel, ARM)) == ["flour", "stove", "spread-it"]


def test_the_lock_is_read_with_all_its_hashes(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    first, second = "a" * 64, "b" * 64
    lock.write_text(
        "# made by make lock\n"
        f"Bread_Roll==1.0 ; sys_platform != 'win32' \\\n    --hash=sha256:{first} \\\n"
        f"    --hash=sha256:{second}\nflour==2.0.post1 \\\n    --hash=sha256:{first}\n",
        encoding="utf-8",
    )

    found = read_lock(lock)

    assert found == {
        "bread-roll": Pin(name="bread-roll", version="1.0", hashes=frozenset({first, second})),
        "flour": Pin(name="flour", version="2.0.post1", hashes=frozenset({first})),
    }
    assert found["flour"].requirement() == f"flour==2.0.post1 --hash=sha256:{first}"


def test_what_only_the_tests_need_is_not_asked_for(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text(
        '[project]\ndependencies = ["Flour>=1,<2", "corn"]\n'
        '[project.optional-dependencies]\ntest = ["oven"]\n',
        encoding="utf-8",
    )

    assert asked_for(project) == {"flour", "corn"}
