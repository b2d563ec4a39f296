"""Marked names, medicines and telephone numbers, and every way in which they could lie in a file."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

NAMES = tuple(f"Zörgî{letter}q" for letter in "ABCDEFGH")
MEDICINES = tuple(f"Quxophènol{letter}" for letter in "ABCDEFG")
PHONES = tuple(f"+1518555{number}" for number in range(7301, 7306))
CANARIES = (*NAMES, *MEDICINES, *PHONES)


def spellings(canary: str) -> Iterator[bytes]:
    """The canary in UTF-8, UTF-16, hex, base64 at each alignment, and as JSON writes it."""
    plain = canary.encode()
    yield plain
    yield canary.encode("utf-16-le")
    yield canary.encode("utf-16-be")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield json.dumps(canary)[1:-1].encode()
    for shift in range(3):
        # Whole groups of three bytes only: what stands around it changes the letters at both ends.
        inner = plain[(3 - shift) % 3 :]
        yield base64.b64encode(inner[: len(inner) // 3 * 3])


def found_in(content: bytes) -> list[str]:
    """The canaries that ``content`` holds in any spelling."""
    return [canary for canary in CANARIES if any(spelling in content for spelling in spellings(canary))]


def found_under(folder: Path) -> dict[str, list[str]]:
    """File by file, the canaries in the files and in the names of files below ``folder``."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        hits = found_in(content + b"\n" + str(path.relative_to(folder)).encode())
        if hits:
            found[str(path.relative_to(folder))] = hits
    return found
