"""Why the body of an Alexa request is turned away before anything in it is believed."""

from enum import Enum

from skill.errors import RefusedError


class BadEnvelope(Enum):
    """What is wrong with the body, in the order in which it is looked at."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    TOO_DEEP = "too_deep"
    NOT_JSON = "not_json"
    DUPLICATE_KEY = "duplicate_key"
    NUMBER = "number"
    LONE_SURROGATE = "lone_surrogate"
    NOT_AN_OBJECT = "not_an_object"
    VERSION = "version"
    REQUEST = "request"
    TIMESTAMP = "timestamp"
    SKILL_ID = "skill_id"


class BadEnvelopeError(RefusedError):
    """Not an Alexa request that this skill may act on. ``reason`` is for counters and logs."""

    key = "error.bad_envelope"

    def __init__(self, reason: BadEnvelope) -> None:
        self.reason = reason
        super().__init__(reason=reason.value)
