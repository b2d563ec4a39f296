"""JSON as RFC 8259 has it and no more: what two readers could read differently is refused."""

import json
import math
import re
from typing import NoReturn

from skill.voice.envelope_errors import BadEnvelope, BadEnvelopeError

MOST_BODY_BYTES = 128 * 1024
_MOST_DEPTH = 64
_MOST_DIGITS = 20  # beyond any 64-bit number
_MOST_FLOAT_LETTERS = 40
# A string (closed or not) or one bracket. Possessive, so that no input is read twice.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(body: bytes) -> object:
    """The value that ``body`` holds. ``BadEnvelopeError`` for anything doubtful.

    At most 128 KB of UTF-8, nested at most 64 deep; no key twice in an object, no NaN or Infinity,
    no number of absurd length or size, no half of a surrogate pair. Linear in the size of ``body``.
    """
    if len(body) > MOST_BODY_BYTES:
        raise BadEnvelopeError(BadEnvelope.TOO_LARGE)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadEnvelopeError(BadEnvelope.NOT_UTF8) from error
    if _is_too_deep(text):
        raise BadEnvelopeError(BadEnvelope.TOO_DEEP)
    try:
        value: object = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except ValueError as error:
        raise BadEnvelopeError(BadEnvelope.NOT_JSON) from error
    if _SURROGATE_ESCAPE.search(text):
        _refuse_lone_surrogates(value)
    return value


def _is_too_deep(text: str) -> bool:
    """Looked at before the parser runs, which recurses once for each level."""
    if text.count("[") + text.count("{") <= _MOST_DEPTH:
        return False
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        first = text[match.start()]
        if first in "[{":
            depth += 1
            if depth > _MOST_DEPTH:
                return True
        elif first != '"':
            depth -= 1
    return False


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadEnvelopeError(BadEnvelope.DUPLICATE_KEY)
    return made


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise BadEnvelopeError(BadEnvelope.NUMBER)
    return int(digits)


def _number(letters: str) -> float:
    number = float(letters)
    if len(letters) > _MOST_FLOAT_LETTERS or not math.isfinite(number):
        raise BadEnvelopeError(BadEnvelope.NUMBER)
    return number


def _no_number(_: str) -> NoReturn:
    raise BadEnvelopeError(BadEnvelope.NUMBER)


def _refuse_lone_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadEnvelopeError(BadEnvelope.LONE_SURROGATE) from error
