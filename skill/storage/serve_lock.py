"""One ``serve`` per data folder."""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType

from skill.errors import RefusedError, StoreDownError

LOCK_FILE = "serve.lock"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ServeLock:
    """Held by the one process that serves a data folder; the kernel takes it back when the process dies.

    It guards nothing else: other commands open the same files beside it. The file names its holder
    (process and boot) for people; what counts is the lock on it. Take it after a fork, not before.
    """

    def __init__(self, data_folder: Path) -> None:
        self._path = data_folder / LOCK_FILE
        self._file: int | None = None

    def take(self) -> None:
        """``RefusedError`` with the holder's process id (0: unknown) when another process serves."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreDownError(reason="the data folder cannot be written") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps({"pid": os.getpid(), "boot": boot_id()}).encode(), 0)
        except BlockingIOError as error:
            holder = holder_of(self._path.parent)
            os.close(file)
            reason = "another process serves this data folder"
            raise RefusedError(reason=reason, pid=holder or 0) from error
        except OSError as error:
            os.close(file)
            raise StoreDownError(reason="the lock file cannot be written") from error
        self._file = file

    def release(self) -> None:
        """Give the lock back. A second call does nothing."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> "ServeLock":
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder_of(data_folder: Path) -> int | None:
    """The process id written into the lock file in this boot; it may have died since."""
    try:
        holder = json.loads((data_folder / LOCK_FILE).read_bytes() or b"{}")
    except (OSError, ValueError):
        return None
    if not isinstance(holder, dict) or holder.get("boot") != boot_id():
        return None
    pid = holder.get("pid")
    return pid if isinstance(pid, int) else None


def boot_id() -> str:
    """Changes whenever the machine starts; ``unknown`` where the system does not tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"
