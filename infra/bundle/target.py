"""The machine that a bundle is for."""

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.tags import Tag, compatible_tags, cpython_tags

from infra.bundle.lock import BundleError

# The C library of Lambda's images: Amazon Linux 2 below Python 3.12, 2023 from there on ("Lambda runtimes",
# docs.aws.amazon.com). A wheel for a newer one would not load.
_GLIBC_MINOR = {"3.11": 26, "3.12": 34, "3.13": 34}
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_OLDEST_GLIBC_MINOR = 17
PYTHONS, ARCHES = tuple(_GLIBC_MINOR), tuple(_MACHINES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``python`` is one of ``PYTHONS``, ``arch`` one of ``ARCHES``: AWS's words for both."""

    python: str
    arch: str

    @property
    def name(self) -> str:
        return f"{self.python}-{self.arch}"

    @property
    def platforms(self) -> tuple[str, ...]:
        """What a wheel may be made for, the newest first."""
        machine = _MACHINES[self.arch]
        newest = _GLIBC_MINOR[self.python]
        numbered = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, _OLDEST_GLIBC_MINOR - 1, -1)]
        return (*numbered, f"manylinux2014_{machine}")

    def tags(self) -> Iterator[Tag]:
        """Every tag of a wheel that fits, the best first."""
        version = (3, int(self.python.removeprefix("3.")))
        abi = f"cp3{version[1]}"
        yield from cpython_tags(version, [abi], self.platforms)
        yield from compatible_tags(version, abi, self.platforms)

    def markers(self) -> dict[str, str]:
        """What the conditions of a requirement are judged by."""
        return {
            "extra": "",
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": _MACHINES[self.arch],
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }


def this_machine() -> Target:
    """The target on which a bundle for this interpreter runs; ``BundleError`` where there is none."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    arches = [arch for arch, machine in _MACHINES.items() if machine == platform.machine()]
    if sys.platform != "linux" or python not in PYTHONS or not arches:
        raise BundleError(f"Lambda runs no Python {python} on {sys.platform} and {platform.machine()}")
    return Target(python=python, arch=arches[0])
