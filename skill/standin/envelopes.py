"""Request envelopes as Alexa sends them, for an Echo that is not there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

Envelope = dict[str, object]


@dataclass(slots=True, kw_only=True)
class Echo:
    """One Echo on a kitchen table: an Alexa account, a device, and the session that is going on."""

    skill_id: str
    user_id: str = "amzn1.ask.account.DEMO"
    device_id: str = "amzn1.ask.device.DEMO"
    locale: str = "en-US"
    attributes: dict[str, object] = field(default_factory=dict)
    open: bool = False
    requests: int = 0
    sessions: int = 0

    def launch(self, now: datetime) -> Envelope:
        """ "Alexa, open Dose Keeper." """
        return self._envelope({"type": "LaunchRequest"}, now)

    def intent(self, name: str, now: datetime, slots: Mapping[str, str] | None = None) -> Envelope:
        """A sentence that Alexa understood as ``name``; ``slots`` as heard, resolved to themselves."""
        heard = {slot: self._slot(slot, value) for slot, value in (slots or {}).items()}
        intent = {"name": name, "confirmationStatus": "NONE", "slots": heard}
        return self._envelope({"type": "IntentRequest", "intent": intent, "dialogState": "COMPLETED"}, now)

    def hear(self, answer: Mapping[str, object]) -> str:
        """Take Alexa's answer in: what is spoken, without markup; the session goes on or ends."""
        response = answer.get("response")
        attributes = answer.get("sessionAttributes")
        if not isinstance(response, dict):
            return ""
        self.open = response.get("shouldEndSession") is False
        self.attributes = dict(attributes) if self.open and isinstance(attributes, dict) else {}
        return _plain(response.get("outputSpeech"))

    @staticmethod
    def _slot(name: str, value: str) -> dict[str, object]:
        match = {"value": {"name": value, "id": value}}
        resolution = {
            "authority": f"amzn1.er-authority.echo-sdk.demo.{name}",
            "status": {"code": "ER_SUCCESS_MATCH"},
            "values": [match],
        }
        return {
            "name": name,
            "value": value,
            "confirmationStatus": "NONE",
            "source": "USER",
            "resolutions": {"resolutionsPerAuthority": [resolution]},
        }

    def _envelope(self, request: dict[str, object], now: datetime) -> Envelope:
        self.requests += 1
        if not self.open:
            self.sessions += 1
            self.attributes = {}
        user = {"userId": self.user_id}
        application = {"applicationId": self.skill_id}
        return {
            "version": "1.0",
            "session": {
                "new": not self.open,
                "sessionId": f"amzn1.echo-api.session.demo-{self.sessions}",
                "application": application,
                "attributes": self.attributes,
                "user": user,
            },
            "context": {
                "System": {
                    "application": application,
                    "user": user,
                    "device": {"deviceId": self.device_id, "supportedInterfaces": {}},
                    "apiEndpoint": "https://api.amazonalexa.com",
                }
            },
            "request": {
                **request,
                "requestId": f"amzn1.echo-api.request.demo-{self.requests}",
                "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "locale": self.locale,
            },
        }


def _plain(speech: object) -> str:
    """The words of an SSML answer."""
    if not isinstance(speech, dict):
        return ""
    text = str(speech.get("ssml") or speech.get("text") or "")
    return " ".join(text.removeprefix("<speak>").removesuffix("</speak>").split())
