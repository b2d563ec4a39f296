"""The wheels of a bundle: found by walking from package to package, each pinned by the lock file.

Which packages belong together is written in the wheels, which release and which file in the lock: the walk
reads the first and obeys the second. So nothing is worked out anew, and a package that the lock does not
name ends the build. Wheels are kept, one folder for each target; a build that finds them asks no network.
"""

import fcntl
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename

from infra.bundle.lock import BundleError, Pin
from infra.bundle.target import Target

Pins = Mapping[NormalizedName, Pin]
Fetch = Callable[[list[Pin], Target, Path], None]


def wheels_for(
    roots: Iterable[str], without: Iterable[str], pins: Pins, target: Target, kept: Path, fetch: Fetch
) -> list[Path]:
    """The wheels of ``roots`` and of all they need but ``without``, in the order of their names.

    ``kept``: where wheels are kept. ``fetch`` brings those that are not there yet.
    ``BundleError`` when the lock file lacks one, or when one cannot be had for this target.
    """
    left_out = {canonicalize_name(name) for name in without}
    wanted = {canonicalize_name(name) for name in roots} - left_out
    found: dict[NormalizedName, Path] = {}
    with _alone(kept / target.name) as folder:
        while wanted:
            found |= _brought(wanted, pins, target, folder, fetch)
            needed = {name for wheel in found.values() for name in needs(wheel, target)}
            wanted = needed - left_out - found.keys()
    return [found[name] for name in sorted(found)]


def needs(wheel: Path, target: Target) -> Iterator[NormalizedName]:
    """What the package in ``wheel`` itself says that it needs on ``target``, extras aside."""
    with zipfile.ZipFile(wheel) as opened:
        (metadata,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        told = HeaderParser().parsestr(opened.read(metadata).decode())
    for line in told.get_all("Requires-Dist", []):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(target.markers()):
            yield canonicalize_name(requirement.name)


def pip_download(missing: list[Pin], target: Target, to: Path) -> None:
    """Let pip bring the wheels of ``missing``; each must have a hash of the lock file."""
    listed = to / "requirements.txt"
    listed.write_text("\n".join(pin.requirement() for pin in missing), encoding="utf-8")
    asked = (
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary=:all:", "--require-hashes"),
        *("--implementation", "cp", "--python-version", target.python),
        *(word for platform in target.platforms for word in ("--platform", platform)),
        *("--dest", str(to), "--requirement", str(listed)),
    )
    ended = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603 - pip, our words
    if ended.returncode:
        raise BundleError(f"pip could not bring a wheel for {target.name}:\n{ended.stderr.strip()}")


def _brought(
    names: Iterable[NormalizedName], pins: Pins, target: Target, folder: Path, fetch: Fetch
) -> dict[NormalizedName, Path]:
    unpinned = sorted(set(names) - pins.keys())
    if unpinned:
        raise BundleError(f"the lock file does not name {', '.join(unpinned)}")
    asked = [pins[name] for name in sorted(names)]
    missing = [pin for pin in asked if _kept_wheel(pin, target, folder) is None]
    if missing:
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            fetch(missing, target, Path(fresh))
            for wheel in Path(fresh).glob("*.whl"):
                wheel.replace(folder / wheel.name)
    found = {pin.name: _kept_wheel(pin, target, folder) for pin in asked}
    lacking = sorted(name for name, wheel in found.items() if wheel is None)
    if lacking:
        raise BundleError(f"there is no wheel for {target.name} of {', '.join(lacking)}")
    return {name: wheel for name, wheel in found.items() if wheel is not None}


def _kept_wheel(pin: Pin, target: Target, folder: Path) -> Path | None:
    """The best wheel of this release in ``folder`` whose hash is in the lock."""
    rank = {tag: place for place, tag in reversed(list(enumerate(target.tags())))}
    fitting = []
    for wheel in folder.glob("*.whl"):
        name, version, _, tags = parse_wheel_filename(wheel.name)
        if name == pin.name and str(version) == pin.version and tags & rank.keys():
            fitting.append((min(rank[tag] for tag in tags & rank.keys()), wheel))
    for _, wheel in sorted(fitting):
        if hashlib.sha256(wheel.read_bytes()).hexdigest() in pin.hashes:
            return wheel
    return None


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """``folder``, for one build at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
