"""The envelope of an Alexa request: read strictly, and asked for what the SDK's models leave out.

``read_envelope`` is for bytes from the web, ``check_envelope`` for what Lambda has parsed.
``to_request_envelope`` (``skill.voice.sdk_request``) then makes the SDK's objects from it.
"""

import re
from datetime import datetime, timedelta

from skill.voice.envelope_errors import BadEnvelope, BadEnvelopeError
from skill.voice.sdk_request import UnknownRequest, to_request_envelope
from skill.voice.strict_json import MOST_BODY_BYTES, read_json

__all__ = [
    "MOST_BODY_BYTES",
    "BadEnvelope",
    "BadEnvelopeError",
    "UnknownRequest",
    "check_envelope",
    "confidence_level",
    "device_id",
    "locale",
    "person_id",
    "read_envelope",
    "request_id",
    "request_type",
    "session_id",
    "to_request_envelope",
    "user_id",
]

# 150 s and one hour: "Host a Custom Skill as a Web Service" and "Skill Events", developer.amazon.com.
_REQUEST_TOLERANCE = timedelta(seconds=150)
_EVENT_TOLERANCE = timedelta(hours=1)
_EVENT_PREFIX = "AlexaSkillEvent."
_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")
_ID = re.compile(r"[!-~]{1,512}")  # Amazon's ids are opaque; those seen stay below 255
_MOST_LEVEL = 1000


def read_envelope(body: bytes, *, skill_id: str, now: datetime) -> dict[str, object]:
    """The request in ``body``, as parsed. ``BadEnvelopeError`` says what is wrong with it.

    Strict JSON (``read_json``) with an object at the top, then everything of ``check_envelope``.
    """
    raw = read_json(body)
    if not isinstance(raw, dict):
        raise BadEnvelopeError(BadEnvelope.NOT_AN_OBJECT)
    check_envelope(raw, skill_id=skill_id, now=now)
    return raw


def check_envelope(raw: dict[str, object], *, skill_id: str, now: datetime) -> None:
    """Return if ``raw`` was made for this skill and about now; else raise ``BadEnvelopeError``.

    A version, a request with type, id and timestamp (in UTC, zone written Z, at most 150 s away
    from ``now``, for ``AlexaSkillEvent.*`` one hour), and the skill id in the context and, when
    there is a session, in the session. Unknown keys are welcome.
    """
    version = raw.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise BadEnvelopeError(BadEnvelope.VERSION)
    kind = request_type(raw)
    if kind is None or request_id(raw) is None:
        raise BadEnvelopeError(BadEnvelope.REQUEST)
    tolerance = _EVENT_TOLERANCE if kind.startswith(_EVENT_PREFIX) else _REQUEST_TOLERANCE
    if abs(now - _moment(_at(raw, "request", "timestamp"))) > tolerance:
        raise BadEnvelopeError(BadEnvelope.TIMESTAMP)
    if not _is_for(skill_id, raw):
        raise BadEnvelopeError(BadEnvelope.SKILL_ID)


def request_type(raw: dict[str, object]) -> str | None:
    return _id(raw, "request", "type")


def request_id(raw: dict[str, object]) -> str | None:
    return _id(raw, "request", "requestId")


def session_id(raw: dict[str, object]) -> str | None:
    return _id(raw, "session", "sessionId")


def locale(raw: dict[str, object]) -> str | None:
    return _id(raw, "request", "locale")


def user_id(raw: dict[str, object]) -> str | None:
    """The Amazon account in this skill: a household, never a person."""
    return _id(raw, "context", "System", "user", "userId")


def device_id(raw: dict[str, object]) -> str | None:
    return _id(raw, "context", "System", "device", "deviceId")


def person_id(raw: dict[str, object]) -> str | None:
    """Whose voice was recognised; None when nobody's was."""
    return _id(raw, "context", "System", "person", "personId")


def confidence_level(raw: dict[str, object]) -> int | None:
    """How sure Alexa is of the person, as it says: 300 recognised by voice, 400 by PIN.

    None when there is no recognised person or no plain number from 0 to 1000.
    """
    if person_id(raw) is None:
        return None
    level = _at(raw, "context", "System", "person", "authenticationConfidenceLevel", "level")
    if not isinstance(level, int) or isinstance(level, bool) or not 0 <= level <= _MOST_LEVEL:
        return None
    return level


def _is_for(skill_id: str, raw: dict[str, object]) -> bool:
    meant = [_id(raw, "context", "System", "application", "applicationId")]
    if raw.get("session") is not None:
        meant.append(_id(raw, "session", "application", "applicationId"))
    return all(application == skill_id for application in meant)


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise BadEnvelopeError(BadEnvelope.TIMESTAMP)
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise BadEnvelopeError(BadEnvelope.TIMESTAMP) from error


def _id(raw: dict[str, object], *path: str) -> str | None:
    """The string at ``path`` if it is 1 to 512 visible ASCII characters, else None."""
    value = _at(raw, *path)
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _at(raw: dict[str, object], *path: str) -> object:
    here: object = raw
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    return here
