"""Byte code made beforehand: Lambda's folder cannot be written to, so every cold start would compile anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.bundle.lock import BundleError

WHERE_IT_RUNS = "/var/task"  # Lambda unpacks a bundle there; tracebacks name it
_VERSION = "import platform; print(platform.python_version())"


def interpreter_of(python: str) -> tuple[str, str] | None:
    """Path and full version of an interpreter of this version, such as 3.13; None when there is none here."""
    for path in (sys.executable, shutil.which(f"python{python}")):
        if path is None:
            continue
        told = subprocess.run([path, "-c", _VERSION], check=False, capture_output=True, text=True)  # noqa: S603
        version = told.stdout.strip()
        if told.returncode == 0 and version.startswith(f"{python}."):
            return path, version
    return None


def compile_all(folder: Path, interpreter: str) -> None:
    """Put byte code beside every source file in ``folder``; it is used without a look at the source.

    The same files give the same bytes: one process, a fixed order, a fixed seed for hashes, and the
    place where it will run instead of the place where it was made.
    """
    asked = (
        *(interpreter, "-W", "ignore", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(folder), "-p", WHERE_IT_RUNS, str(folder)),
    )
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    ended = subprocess.run(  # noqa: S603 - the interpreter that was just asked for its version
        asked, check=False, capture_output=True, text=True, env=environ | {"PYTHONHASHSEED": "0"}
    )
    if ended.returncode:
        raise BundleError(f"a file cannot be compiled:\n{ended.stdout.strip()}\n{ended.stderr.strip()}")
