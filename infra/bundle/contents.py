"""What goes into a bundle, and what stays out and why."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from infra.bundle.lock import asked_for

# What the one machine needs and Lambda does not. botocore stands for boto3, whose session nothing of ours
# opens; requests is only for the SDK's DefaultApiClient, which has no time-out; of cffi only its compiled
# part is loaded, and pycparser only by the rest.
NOT_ON_LAMBDA = frozenset({"apscheduler", "boto3", "gunicorn", "pycparser", "requests"})
BESIDES = ("botocore",)
SERVICES = frozenset({"dynamodb", "kms", "pinpoint-sms-voice-v2", "sesv2", "sns", "sqs"})
# Rooms that only a terminal opens.
ROOMS_LEFT_OUT = frozenset({"cli", "standin"})

_SERVICE = re.compile(r"botocore/data/([^/]+)/")
# Kept of a .dist-info: METADATA, which importlib.metadata reads for the version of the zone data, and the
# licences, which ask to go along.
_DIST_INFO_KEPT = re.compile(
    r"[^/]+\.dist-info/(METADATA|(licenses/.+|LICEN[CS]E|NOTICE|COPYING|AUTHORS)[^/]*)"
)
_LEFT_OUT = re.compile(
    r".*\.(pyi|pyc|pyx|pxd|c|h)|.*/py\.typed"  # for type checkers and compilers
    r"|cffi/.*"
    r"|botocore/data/[^/]+/[^/]+/examples-1\.json"
    r"|phonenumbers/(geodata|carrierdata|tzdata)/.*"  # where a number is, whose it is: nobody asks
    r"|(?!tzdata/).*/tests?/.*"
)
_MAPPED = re.compile(r"[^/]+\.data/(?:purelib|platlib)/(.+)")
_DATA = re.compile(r"[^/]+\.data/.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """``roots``: packages, with all they need but ``without``. ``own``: our files, by their names inside."""

    roots: frozenset[str]
    without: frozenset[str]
    own: dict[str, Path]


def dose_keeper(root: Path) -> Recipe:
    """The bundle of every function: the dependencies of the project, ``skill`` and what is in ``lambda``."""
    own = {f"skill/{name}": path for name, path in _files(root / "skill") if not _is_left_out(name)}
    handlers = {path.name: path for path in (root / "lambda").glob("*_handler.py")}
    roots = (asked_for(root / "pyproject.toml") - NOT_ON_LAMBDA) | set(BESIDES)
    return Recipe(roots=frozenset(roots), without=NOT_ON_LAMBDA, own=own | handlers)


def everything(root: Path) -> Recipe:
    """Every dependency and nothing of ours: what any bundle, the benchmark's too, is made from."""
    return Recipe(roots=frozenset(asked_for(root / "pyproject.toml")), without=frozenset(), own={})


def files_of(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of everything in ``wheel`` that a function may need."""
    with zipfile.ZipFile(wheel) as opened:
        for entry in opened.infolist():
            mapped = _MAPPED.fullmatch(entry.filename)
            name = mapped[1] if mapped else entry.filename
            if not entry.is_dir() and is_needed(name):
                yield name, opened.read(entry)


def is_needed(name: str) -> bool:
    """Whether a file of a wheel goes into the bundle."""
    if ".dist-info/" in name:
        return bool(_DIST_INFO_KEPT.fullmatch(name))
    service = _SERVICE.match(name)
    if service and service[1] not in SERVICES:
        return False
    return not (_LEFT_OUT.fullmatch(name) or _DATA.fullmatch(name))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _is_left_out(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return hidden or parts[0] in ROOMS_LEFT_OUT
