"""The zip: the same files make the same bytes, whenever and wherever they are packed."""

import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

_MODE = 0o100644 << 16  # a plain file that everybody may read; Lambda asks for no more
_UNIX = 3
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # a zip knows no earlier moment


def pack(folder: Path, to: Path, moment: datetime) -> int:
    """Every file in ``folder`` in the order of their names, all of them of ``moment``; how many they are.

    The bytes also depend on the release of zlib, which belongs to the interpreter.
    """
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    stamp = max(moment.astimezone(UTC), _EARLIEST)
    to.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(to, "w") as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, stamp.timetuple()[:6])
            entry.create_system, entry.external_attr = _UNIX, _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, files[name].read_bytes(), compresslevel=9)
    return len(files)


def moment_of_commit(root: Path) -> datetime:
    """When the commit was made that ``root`` stands on; 1980 where there is no commit."""
    told = _git(root, "log", "-1", "--format=%ct")
    return datetime.fromtimestamp(int(told), UTC) if told else _EARLIEST


def is_as_committed(root: Path) -> bool:
    """False when something in ``root`` is not, or not so, in its commit; then the bytes are nobody else's."""
    return not _git(root, "status", "--porcelain", "--", "skill", "lambda", "infra", "pyproject.toml")


def _git(root: Path, *words: str) -> str:
    try:
        asked = subprocess.run(  # noqa: S603 - words of our own
            ["git", "-C", str(root), *words],  # noqa: S607 - git, wherever it is installed
            check=False,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""
