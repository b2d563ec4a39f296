"""A stack on this machine that somebody plays with: its functions, telephones, mailboxes and pages."""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any
from urllib.parse import quote, urlencode

from infra.stack.put_up import Region, Say
from skill.bootstrap import House
from skill.clock import SystemClock
from skill.standin.demo import DifferentError
from skill.standin.envelopes import Echo

CLOCK = SystemClock()
DOMAIN = "d.example.org"
LONGEST_WAIT = 30.0  # seconds for anything to arrive
_POLL = 0.02


@dataclass(slots=True, kw_only=True)
class Local:
    """The parts of a game. ``house``: the command line's own way to the same tables."""

    port: int
    region: Region
    outputs: Mapping[str, str]
    house: House
    echo: Echo
    say: Say

    def asks(self, function: str, event: object) -> Any:  # noqa: ANN401 - JSON
        """Invoke a function by the name of its output, and wait for its answer."""
        answer = self.region.client("lambda").invoke(
            FunctionName=self.outputs[f"{function}FunctionName"], Payload=json.dumps(event).encode()
        )
        said = answer["Payload"].read()
        if "FunctionError" in answer:
            raise DifferentError(f"{function} ended with an error: {said.decode()[:500]}")
        return json.loads(said)

    def speaks(self, words: str, envelope: dict[str, object]) -> str:
        """What the Echo answers."""
        began = CLOCK.monotonic()
        spoken = self.echo.hear(self.asks("Skill", envelope))
        self.say(f"Ada:  {words}")
        self.say(f"Echo: {spoken}  [{CLOCK.monotonic() - began:.2f} s]")
        return spoken

    def sms(self, phone: str) -> list[str]:
        """What this telephone has received."""
        found = self._get(f"/_ministack/sns/sms-messages?phoneNumber={quote(phone)}")
        return [str(one["Message"]) for one in found["sms_messages"][phone]]

    def mails(self, address: str) -> list[str]:
        """The texts that this mailbox has received."""
        accounts = self._get("/_ministack/ses/messages")["messages"].values()
        return [str(one["BodyText"]) for sent in accounts for one in sent if address in one["To"]]

    def visits(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        """A caregiver's page, through the HTTP API: status and words."""
        body = None if form is None else urlencode(form)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        line = self._line()
        line.request("GET" if form is None else "POST", path, body, {"Host": DOMAIN, **kind})
        answer = line.getresponse()
        words = answer.read().decode()
        line.close()
        return answer.status, words

    def wait_for(self, what: str, arrived: Callable[[], list[str]], count: int = 1) -> str:
        """The newest, once there are ``count``; ``DifferentError`` when they do not come."""
        ends = CLOCK.monotonic() + LONGEST_WAIT
        while CLOCK.monotonic() < ends:
            found = arrived()
            if len(found) >= count:
                return found[-1]
            Event().wait(_POLL)
        raise DifferentError(f"{what}: nothing came in {LONGEST_WAIT:.0f} s")

    def _get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        line = self._line()
        line.request("GET", path)
        found = json.loads(line.getresponse().read())
        line.close()
        return found

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_WAIT)
