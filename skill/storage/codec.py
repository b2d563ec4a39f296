"""Domain shapes to bytes and back, with the version of the shape in front.

msgspec encodes the domain's frozen structs as they are: maps, which later shapes may widen. Named
tuples are rows without names: a tuple that is stored never gets another field. What msgspec cannot hold
by itself, zones, facts and the union of events, is told here once.
"""

import zlib
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast, get_args
from zoneinfo import ZoneInfo

import msgspec

from skill.clock import zone_named
from skill.domain.events import Decision, Event, Reason, Told
from skill.domain.identity import OperationId, QuestionId, Speaker
from skill.errors import DamagedError

SHAPE = 2  # of everything stored; a release reads this one and the next, and lifts the one before
COMPRESSED_FROM = 4096  # bytes; DynamoDB reckons reads by as much, and a plan is hardly ever written
_PLAIN, _PRESSED = b"\x00", b"\x01"
_MOST_BYTES = 4 * 1024 * 1024  # of a body once unpacked
# Raw deflate with tables that fit a body: zlib's own defaults spend three times as long on clearing theirs.
_LEVEL, _WINDOW_BITS, _MEMORY = 3, 14, 6

T = TypeVar("T")


def _name_the_timings(value: Any) -> Any:  # noqa: ANN401 - plain msgpack values
    """Shape 1 knew one kind of timing, and had no name for it."""
    match value:
        case dict():
            lifted = {key: _name_the_timings(one) for key, one in value.items()}
            timing = lifted.get("timing")
            if isinstance(timing, dict):
                lifted["timing"] = {"type": "fixed_times", **timing}
            return lifted
        case list():
            return [_name_the_timings(one) for one in value]
        case _:
            return value


# UPCASTS[n] lifts what shape n stored to shape n + 1
UPCASTS: dict[int, Callable[[Any], Any]] = {1: _name_the_timings}

_EVENT_NAMES: dict[type, str] = {kind: kind.__name__ for kind in get_args(Event)}
_EVENT_TYPES = {name: kind for kind, name in _EVENT_NAMES.items()}


class Entry(NamedTuple):
    """A decision as it lies in the ledger; each event with its name in front."""

    operation: OperationId
    speaker: Speaker
    at: Any
    reason: Reason
    facts: Told
    asks: QuestionId | None
    events: tuple[tuple[str, msgspec.Raw], ...]


def _enc_hook(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value.key
    raise TypeError(f"no stored form for {type(value).__name__}")


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return zone_named(name)


def _dec_hook(kind: type, value: Any) -> object:  # noqa: ANN401 - what msgspec decoded by itself
    if kind is Told:  # up to 64 of them in every chart that is loaded
        told = Told(value)
        for name, fact in value.items():
            if fact.__class__ is list:
                told[name] = tuple(fact)
        return told
    if kind is ZoneInfo:
        return _zone(value)
    raise TypeError(f"no stored form for {kind.__name__}")


_encoder = msgspec.msgpack.Encoder(enc_hook=_enc_hook)


@lru_cache(maxsize=128)
def _decoder(kind: Any) -> "msgspec.msgpack.Decoder[Any]":  # noqa: ANN401 - any type that msgspec reads
    return msgspec.msgpack.Decoder(kind, dec_hook=_dec_hook)


def pack(value: object) -> bytes:
    """``value`` as bytes: shape version, a flag, and msgpack, compressed when it is long."""
    if isinstance(value, Decision):
        value = _entry(value)
    return _body(SHAPE, _encoder.encode(value))


def _body(version: int, raw: bytes) -> bytes:
    head = version.to_bytes(1, "big")
    if len(raw) < COMPRESSED_FROM:
        return head + _PLAIN + raw
    presser = zlib.compressobj(_LEVEL, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY)
    return head + _PRESSED + presser.compress(raw) + presser.flush()


def unpack(body: bytes, kind: type[T]) -> T:
    """The value of type ``kind`` in ``body``; ``DamagedError`` when it does not hold one that we can read."""
    if len(body) < 2:
        raise DamagedError(what="body", kind=kind.__name__)
    version = body[0]
    raw = _raw(body)
    try:
        if version != SHAPE:
            raw = _lifted(version, raw)
        if kind is Decision:
            return cast(T, _decision(_decoder(Entry).decode(raw), newer=version > SHAPE))
        return cast(T, _decoder(cast(Hashable, kind)).decode(raw))
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as problem:
        raise DamagedError(what="body", kind=kind.__name__) from problem


def _decompressed(raw: bytes) -> bytes:
    unpacker = zlib.decompressobj(-_WINDOW_BITS)
    try:
        return unpacker.decompress(raw, _MOST_BYTES)
    except zlib.error as problem:
        raise DamagedError(what="body") from problem


def _lifted(version: int, raw: bytes) -> bytes:
    """A body of an older shape lifted step by step; one of the next shape is read as far as we know it."""
    if version == SHAPE + 1:
        return raw
    if not 0 < version < SHAPE:
        raise DamagedError(what="shape", version=version)
    value = msgspec.msgpack.decode(raw)
    for step in range(version, SHAPE):
        value = UPCASTS[step](value)
    return _encoder.encode(value)


def is_newer(body: bytes) -> bool:
    """Whether the next release wrote ``body``."""
    return body[0] == SHAPE + 1


def keep_unknown(value: object, newer: bytes) -> bytes:
    """``value`` in the shape of ``newer``, its former state, with the fields that only that shape has."""
    before = msgspec.msgpack.decode(_raw(newer))
    known = msgspec.msgpack.decode(_encoder.encode(unpack(newer, type(value))))
    present = msgspec.msgpack.decode(_encoder.encode(value))
    return _body(newer[0], _encoder.encode(_widened(present, before, known)))


def _raw(body: bytes) -> bytes:
    return body[2:] if body[1:2] == _PLAIN else _decompressed(body[2:])


# What tells one thing in a list from the others, the most telling first.
_NAMES = (
    *("alert_id", "key", "intake_id", "statement_id", "contact_id"),
    *("version", "medication_id", "kind", "channel"),
)


def _widened(present: Any, before: Any, known: Any) -> Any:  # noqa: ANN401 - plain msgpack values
    """``present`` with what ``before`` has and ``known``, the part of it that we can read, has not."""
    match present, before, known:
        case dict(), dict(), dict():
            # A field at its default is not written: what ``present`` has is known all the same.
            unknown = {k: v for k, v in before.items() if k not in known and k not in present}
            return {k: _widened(v, before.get(k), known.get(k)) for k, v in present.items()} | unknown
        case list(), list(), list() if len(before) == len(known):
            return [_widened(one, *_former(one, before, known)) for one in present]
        case _:
            return present


def _former(one: Any, before: list[Any], known: list[Any]) -> tuple[Any, Any]:  # noqa: ANN401
    """The same thing in the former state: by its name, or, where it has none, unchanged."""
    name = next((n for n in _NAMES if isinstance(one, dict) and n in one), None)
    for was, read in zip(before, known, strict=True):
        same = read == one if name is None else read[name] == one[name]
        if same:
            return was, read
    return None, None


def _entry(decision: Decision) -> Entry:
    return Entry(
        decision.operation,
        decision.speaker,
        decision.at,
        decision.reason,
        decision.facts,
        decision.asks,
        tuple((_EVENT_NAMES[type(e)], msgspec.Raw(_encoder.encode(e))) for e in decision.events),
    )


def _decision(entry: Entry, *, newer: bool) -> Decision:
    """A newer release may have written events that we do not know yet; they change nothing that we do."""
    events = [(name, raw) for name, raw in entry.events if not newer or name in _EVENT_TYPES]
    return Decision(
        operation=entry.operation,
        speaker=entry.speaker,
        at=entry.at,
        reason=entry.reason,
        facts=entry.facts,
        asks=entry.asks,
        events=tuple(_decoder(_EVENT_TYPES[name]).decode(raw) for name, raw in events),
    )
