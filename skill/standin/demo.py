"""The main job with real parts in wound time: who said what, what was written, who was told."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.chance import Chance
from skill.clock import WoundClock
from skill.domain.identity import ContactId, PatientId
from skill.service.act import App
from skill.standin.envelopes import Echo

ZONE = ZoneInfo("America/New_York")
FIRST_DAY = date(2027, 5, 3)
PATIENT = PatientId("pat_demo")
ANA, SAM = ContactId("con_ana"), ContactId("con_sam")


class DifferentError(Exception):
    """Something came out otherwise than the demo announces."""


class Told(Struct, frozen=True, kw_only=True):
    """A text that reached a person's mailbox."""

    to: str
    channel: str
    text: str


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything that the play needs; all of it the real thing but for the clock.

    ``settle``: one sweep, and everything that is ready is sent. ``told``: all texts so far, in order.
    ``visit``: a request of a caregiver's telephone, form fields or None for a look; gives status and page.
    ``write``: a line of the transcript.
    """

    app: App
    clock: WoundClock
    chance: Chance
    skill_id: str
    answer: Callable[[dict[str, object]], dict[str, object]]
    settle: Callable[[], None]
    told: Callable[[], Iterable[Told]]
    visit: Callable[[str, Mapping[str, str] | None], tuple[int, str]]
    write: Callable[[str], None]
    seen: int = 0
    echo: Echo = field(init=False)

    def __post_init__(self) -> None:
        self.echo = Echo(skill_id=self.skill_id)

    # ---- what happens

    def at(self, day: int, wall: str) -> None:
        """Wind the clock to a wall time of the patient, with every sweep on the way that would find work."""
        target = datetime.combine(FIRST_DAY + timedelta(days=day), time.fromisoformat(wall), tzinfo=ZONE)
        while self.clock.now() < target:
            self.clock.wind_to(min(target, self.clock.now() + timedelta(minutes=1)))
            self.settle()
            self._show_told()

    def says(self, words: str, *, intent: str | None = None, **slots: str) -> str:
        """The patient speaks; what Alexa answers is written down and returned."""
        now = self.clock.now()
        envelope = self.echo.launch(now) if intent is None else self.echo.intent(intent, now, slots)
        self._line("Ada", words)
        spoken = self.echo.hear(self.answer(envelope))
        self._line("Alexa", spoken)
        self.settle()
        self._show_told()
        return spoken

    def heading(self, text: str) -> None:
        self.write("")
        self.write(f"== {text}")

    def note(self, text: str) -> None:
        self.write(f"             · {text}")

    def _line(self, who: str, words: str) -> None:
        self.write(f"  {self._time()}  {who}: {words}")

    def _time(self) -> str:
        return f"{self.clock.now().astimezone(ZONE):%a %H:%M}"

    def _show_told(self) -> None:
        for message in self._new():
            self.write(f"  {self._time()}  → {message.to} ({message.channel}): {message.text}")

    def _new(self) -> list[Told]:
        everything = list(self.told())
        new, self.seen = everything[self.seen :], len(everything)
        return new

    def messages(self, to: str) -> list[str]:
        """The texts that ``to`` has received so far."""
        return [message.text for message in self.told() if message.to == to]


def expect(what: str, got: object, wanted: object) -> None:
    """``DifferentError`` unless the two are equal."""
    if got != wanted:
        raise DifferentError(f"{what}: announced {wanted!r}, came out {got!r}")


def expect_in(what: str, text: str, wanted: str) -> None:
    """``DifferentError`` unless ``wanted`` stands in ``text``."""
    if wanted not in text:
        raise DifferentError(f"{what}: announced {wanted!r}, came out {text!r}")


def link_in(text: str) -> str:
    """The path of the link in a message."""
    found = re.search(r"https://[^/\s]+(/a/[A-Za-z0-9_-]+)", text)
    if found is None:
        raise DifferentError(f"a link was announced, came out {text!r}")
    return found.group(1)
