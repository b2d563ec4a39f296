"""Envelopes as Alexa sends them, from the public request format; one per kind of request."""

import json
from copy import deepcopy
from datetime import UTC, datetime

SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)

_APPLICATION = {"applicationId": SKILL_ID}
_USER = {
    "userId": "amzn1.ask.account.AMAADA",
    "permissions": {
        "consentToken": "consent",
        "scopes": {"alexa::alerts:reminders:skill:readwrite": {"status": "GRANTED"}},
    },
}
_PERSON = {"personId": "amzn1.ask.person.ADA", "authenticationConfidenceLevel": {"level": 300}}

_ENVELOPE: dict[str, object] = {
    "version": "1.0",
    "session": {
        "new": False,
        "sessionId": "amzn1.echo-api.session.0001",
        "application": _APPLICATION,
        "attributes": {"question": "which_patient"},
        "user": _USER,
    },
    "context": {
        "Viewport": {
            "mode": "HUB",
            "shape": "RECTANGLE",
            "pixelWidth": 1024,
            "pixelHeight": 600,
            "dpi": 160,
            "touch": ["SINGLE"],
        },
        "System": {
            "application": _APPLICATION,
            "user": _USER,
            "person": _PERSON,
            "device": {
                "deviceId": "amzn1.ask.device.KITCHEN",
                "supportedInterfaces": {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}},
            },
            "apiEndpoint": "https://api.amazonalexa.com",
            "apiAccessToken": "token",
        },
    },
    "request": {
        "type": "IntentRequest",
        "requestId": "amzn1.echo-api.request.0001",
        "timestamp": "2027-05-04T12:00:00Z",
        "locale": "en-US",
        "dialogState": "STARTED",
        "intent": {
            "name": "TookNamedIntent",
            "confirmationStatus": "NONE",
            "slots": {
                "medicine": {
                    "name": "medicine",
                    "value": "metformin",
                    "confirmationStatus": "NONE",
                    "source": "USER",
                    "resolutions": {
                        "resolutionsPerAuthority": [
                            {
                                "authority": "amzn1.er-authority.echo-sdk.MEDICINE",
                                "status": {"code": "ER_SUCCESS_MATCH"},
                                "values": [{"value": {"name": "Metformin", "id": "m1"}}],
                            }
                        ]
                    },
                    "slotValue": {"type": "Simple", "value": "metformin"},
                }
            },
        },
    },
}


def an_intent_request() -> dict[str, object]:
    """A recognised voice took her metformin, and says so to a device with a screen."""
    return deepcopy(_ENVELOPE)


def a_request(kind: str, **fields: object) -> dict[str, object]:
    """A request of ``kind``; without a session when Alexa sends that kind without one."""
    envelope = deepcopy(_ENVELOPE)
    request = {
        "type": kind,
        "requestId": "amzn1.echo-api.request.0002",
        "timestamp": "2027-05-04T12:00:00Z",
        "locale": "en-US",
    }
    envelope["request"] = request | fields
    if "." in kind and not kind.startswith("Connections."):
        del envelope["session"]
    return envelope


def body_of(envelope: object) -> bytes:
    return json.dumps(envelope, ensure_ascii=False).encode()


def changed(envelope: dict[str, object], path: str, value: object) -> dict[str, object]:
    """A copy of ``envelope`` with another value at the dotted ``path``."""
    copy = deepcopy(envelope)
    parent, last = _parent(copy, path)
    parent[last] = value
    return copy


def without(envelope: dict[str, object], path: str) -> dict[str, object]:
    """A copy of ``envelope`` that lacks what is at the dotted ``path``."""
    copy = deepcopy(envelope)
    parent, last = _parent(copy, path)
    del parent[last]
    return copy


def _parent(envelope: dict[str, object], path: str) -> tuple[dict[str, object], str]:
    *steps, last = path.split(".")
    here = envelope
    for step in steps:
        inner = here[step]
        assert isinstance(inner, dict)
        here = inner
    return here, last
