"""A calendar of moments (iCalendar, RFC 5545): UTC, one event for each, lines folded at 75 octets."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

_FOLD_AT = 75


class Entry(Struct, frozen=True, kw_only=True):
    """``source``: what tells entries of one moment apart. ``tentative``: nobody has approved it yet."""

    moment: datetime
    summary: str
    source: str
    tentative: bool = False


def calendar(entries: Iterable[Entry], made_at: datetime) -> Iterator[str]:
    """The lines of the calendar, each with its line end; streaming."""
    yield from _lines(
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dose Keeper//schedule//EN", "CALSCALE:GREGORIAN"
    )
    for entry in entries:
        yield from _lines(
            "BEGIN:VEVENT",
            f"UID:{_uid(entry)}",
            f"DTSTAMP:{_utc(made_at)}",
            f"DTSTART:{_utc(entry.moment)}",
            f"SUMMARY:{_text(entry.summary)}",
            f"STATUS:{'TENTATIVE' if entry.tentative else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )
    yield from _lines("END:VCALENDAR")


def _uid(entry: Entry) -> str:
    """The same for the same entry, so that a calendar that is read again changes and does not double."""
    digest = hashlib.sha256(f"{entry.source}|{_utc(entry.moment)}".encode()).hexdigest()
    return f"{digest[:32]}@dosekeeper"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "".join(letter if letter.isprintable() else " " for letter in escaped)


def _lines(*lines: str) -> Iterator[str]:
    for line in lines:
        yield "\r\n ".join(_folded(line)) + "\r\n"


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, never cut inside a letter; each but the first has a blank in front."""
    room, piece, size = _FOLD_AT, "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > room:
            yield piece
            room, piece, size = _FOLD_AT - 1, "", 0
        piece, size = piece + letter, size + width
    yield piece
