"""Envelopes for the talk of a test, as an Echo sends them; slots are resolved by the shipped model."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

SKILL_ID = "amzn1.ask.skill.4f0c1f6e-7a58-4c0b-9a2e-3c1f1d0b7a55"
MODEL = Path(__file__).parents[2] / "interaction_models" / "en-US.json"
Envelope = dict[str, Any]


@cache
def language_model() -> dict[str, Any]:
    return dict(json.loads(MODEL.read_text("utf-8"))["interactionModel"]["languageModel"])


def intents() -> tuple[str, ...]:
    """Every intent that Alexa may understand."""
    return tuple(intent["name"] for intent in language_model()["intents"])


def slot_types(intent: str) -> dict[str, str]:
    found = next((i for i in language_model()["intents"] if i["name"] == intent), {})
    return {slot["name"]: slot["type"] for slot in found.get("slots", [])}


def _resolved(kind: str, said: str) -> dict[str, Any] | None:
    """Entity resolution as Alexa does it for a slot type of ours; None for the built-in types."""
    types = {t["name"]: t["values"] for t in language_model()["types"]}
    if kind not in types:
        return None
    matches = [
        {"value": {"name": value["name"]["value"], "id": value["id"]}}
        for value in types[kind]
        if said.casefold()
        in {n.casefold() for n in (value["name"]["value"], *value["name"].get("synonyms", ()))}
    ]
    authority: dict[str, Any] = {
        "authority": f"amzn1.er-authority.echo-sdk.{SKILL_ID}.{kind}",
        "status": {"code": "ER_SUCCESS_MATCH" if matches else "ER_SUCCESS_NO_MATCH"},
    }
    if matches:
        authority["values"] = matches
    return {"resolutionsPerAuthority": [authority]}


def _names(entry: Mapping[str, Any]) -> set[str]:
    return {name.casefold() for name in (entry["value"], *entry.get("synonyms", ()))}


def slot(name: str, kind: str, said: str | None) -> dict[str, Any]:
    """One slot of an intent request; Alexa names those too into which nothing was said."""
    made: dict[str, Any] = {"name": name, "confirmationStatus": "NONE"}
    if said is None:
        return made
    made |= {"value": said, "source": "USER", "slotValue": {"type": "Simple", "value": said}}
    resolutions = _resolved(kind, said)
    if resolutions is not None:
        made["resolutions"] = resolutions
        made["slotValue"]["resolutions"] = deepcopy(resolutions)
    return made


def intent_request(name: str, slots: Mapping[str, str]) -> dict[str, Any]:
    kinds = slot_types(name) | {s: "AMAZON.SearchQuery" for s in slots if s not in slot_types(name)}
    intent: dict[str, Any] = {"name": name, "confirmationStatus": "NONE"}
    if kinds:
        intent["slots"] = {s: slot(s, kind, slots.get(s)) for s, kind in kinds.items()}
    request: dict[str, Any] = {"type": "IntentRequest", "intent": intent}
    return request | ({"dialogState": "STARTED"} if kinds else {})


@dataclass(slots=True, kw_only=True)
class Echo:
    """A device in a kitchen and the session that it holds. ``person``: the voice that Alexa recognises."""

    user: str = "amzn1.ask.account.AHOUSEHOLD"
    person: str | None = None
    locale: str = "en-US"
    attributes: dict[str, Any] = field(default_factory=dict)
    open: bool = False
    sessions: int = 0
    requests: int = 0

    def envelope(self, request: Mapping[str, Any], now: datetime) -> Envelope:
        """A request of this device; a new session when none is open."""
        if not self.open:
            self.sessions, self.attributes = self.sessions + 1, {}
        self.requests += 1
        tail = f"{self.user[-6:]}-{self.requests:04d}-4d19-9a3b-5e2c7a90d1f4"
        user = {"userId": self.user, "permissions": {"scopes": {}}}
        system: dict[str, Any] = {
            "application": {"applicationId": SKILL_ID},
            "user": user,
            "device": {
                "deviceId": "amzn1.ask.device.KITCHEN",
                "supportedInterfaces": {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}},
            },
            "unit": {"unitId": "amzn1.ask.unit.HOME", "persistentUnitId": "amzn1.alexa.unit.did.HOME"},
            "apiEndpoint": "https://api.amazonalexa.com",
            "apiAccessToken": "eyJ0eXAiOiJKV1Qi.not.a.token",
        }
        if self.person is not None:
            system["person"] = {
                "personId": f"amzn1.ask.person.{self.person}",
                "authenticationConfidenceLevel": {"level": 300, "custom": {}},
            }
        return {
            "version": "1.0",
            "session": {
                "new": not self.open,
                "sessionId": f"amzn1.echo-api.session.{self.user[-6:]}-{self.sessions:04d}",
                "application": {"applicationId": SKILL_ID},
                "attributes": deepcopy(self.attributes),
                "user": user,
            },
            "context": {
                "Viewports": [{"type": "APL", "id": "main", "shape": "RECTANGLE", "dpi": 213}],
                "Extensions": {"available": {"aplext:backstack:10": {}}},
                "System": system,
            },
            "request": {
                "requestId": f"amzn1.echo-api.request.{tail}",
                "locale": self.locale,
                "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                **request,
            },
        }
