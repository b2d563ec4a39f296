"""The key file: the one secret of a machine, on one line that a person can print and type in again."""

import base64
import binascii
import os
import stat
from pathlib import Path

from skill.chance import Chance
from skill.errors import InvalidError, KeyUnavailableError
from skill.storage.durable import make_durable
from skill.storage.sealing import KEY_BYTES

_PREFIX = "dosekeeper-key-1:"
_LONGEST = 200  # bytes; the line itself has 62


def create_key_file(path: Path, chance: Chance) -> None:
    """Write a new key to ``path``, readable by its owner alone, and make it durable.

    ``InvalidError`` when something lies there already (a key file is never overwritten) or when it
    cannot be written; nothing is left behind then.
    """
    line = _PREFIX + base64.b64encode(chance.bytes(KEY_BYTES)).decode() + "\n"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise InvalidError("key_file", "is already there, and a key file is never overwritten") from error
    except OSError as error:
        raise InvalidError("key_file", "cannot be written: its folder is missing or read-only") from error
    try:
        with os.fdopen(file, "w", encoding="ascii") as out:
            out.write(line)
            out.flush()
            os.fsync(out.fileno())
        make_durable(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InvalidError("key_file", "cannot be written: the disk is full or reports an error") from error


def read_key_file(path: Path, data_folder: Path, *, user_id: int | None = None) -> bytes:
    """The 32 bytes of the key file; ``KeyUnavailableError`` with the reason when it is not safe and sound.

    Refused: lost, unreadable, inside the data folder (a copy of the data would carry its key), open
    to group or others, in the hands of another user than ``user_id`` (None: this process's), or not
    exactly one line of the known form.
    """
    if path.resolve().is_relative_to(data_folder.resolve()):
        raise _refusal(path, "the key file lies inside the data folder; move it elsewhere")
    try:
        link_owner = path.lstat().st_uid
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise _refusal(path, "the key file is not there; put your copy of it back") from error
    except OSError as error:
        raise _refusal(path, "the key file cannot be read by this user") from error
    try:
        facts = os.fstat(file)
        _check_kind(facts, path)
        if {facts.st_uid, link_owner} != {os.geteuid() if user_id is None else user_id}:
            raise _refusal(path, "the key file, or a link to it, belongs to another user")
        content = os.read(file, _LONGEST)
    finally:
        os.close(file)
    return _key_in(content, path)


def _check_kind(facts: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise _refusal(path, "the key file is not a plain file")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise _refusal(path, "the key file is open to other users; run: chmod 600 on it")


def _key_in(content: bytes, path: Path) -> bytes:
    line = content.decode("ascii", "replace").removesuffix("\n").removesuffix("\r")
    form = "the key file has not the form dosekeeper-key-1: and 44 letters; put your copy of it back"
    if not line.startswith(_PREFIX):
        raise _refusal(path, form)
    letters = line.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refusal(path, form) from error
    if len(key) != KEY_BYTES or base64.b64encode(key).decode() != letters:
        raise _refusal(path, form)
    return key


def _refusal(path: Path, reason: str) -> KeyUnavailableError:
    return KeyUnavailableError(reason=reason, path=str(path))
