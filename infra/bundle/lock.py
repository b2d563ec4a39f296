"""The lock file and ``pyproject.toml``: which packages, in which release, with which hashes."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class BundleError(Exception):
    """There can be no bundle; the text says why, for whoever builds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One release, and the SHA-256 of every file of it that may be used."""

    name: NormalizedName
    version: str
    hashes: frozenset[str]

    def requirement(self) -> str:
        """A line for pip; markers are left out, since whoever asks has judged them for the target."""
        hashes = " ".join(f"--hash=sha256:{one}" for one in sorted(self.hashes))
        return f"{self.name}=={self.version} {hashes}"


def read_lock(path: Path) -> dict[NormalizedName, Pin]:
    """Every release that the lock file pins."""
    found = {}
    for block in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if pinned := _PIN.match(block):
            name = canonicalize_name(pinned[1])
            hashes = frozenset(_HASH.findall(block))
            found[name] = Pin(name=name, version=pinned[2], hashes=hashes)
    return found


def asked_for(pyproject: Path) -> frozenset[NormalizedName]:
    """The names under ``dependencies``, which is what the running program needs."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return frozenset(canonicalize_name(Requirement(line).name) for line in project["dependencies"])
