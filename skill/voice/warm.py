"""A first turn that nobody said, so that the first person who speaks does not wait for what it loads."""

from collections.abc import Callable
from datetime import datetime

Answer = Callable[[dict[str, object]], dict[str, object]]
_NOBODY = "amzn1.ask.account.NOBODY"


def warm_up(answer: Answer, skill_id: str, now: datetime) -> None:
    """Open the skill for an account that is linked to nobody: it reads one link, and writes nothing.

    What cannot be reached then is said, not raised, as in every turn.
    """
    system = {
        "application": {"applicationId": skill_id},
        "user": {"userId": _NOBODY},
        "device": {"deviceId": "amzn1.ask.device.NOBODY", "supportedInterfaces": {}},
    }
    answer(
        {
            "version": "1.0",
            "session": {
                "new": True,
                "sessionId": "amzn1.echo-api.session.warm-up",
                "application": {"applicationId": skill_id},
                "user": {"userId": _NOBODY},
                "attributes": {},
            },
            "context": {"System": system},
            "request": {
                "type": "LaunchRequest",
                "requestId": "amzn1.echo-api.request.warm-up",
                "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "locale": "en-US",
            },
        }
    )
