"""Stand-ins for the world around the domain: time, providers and a store that is only a list."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from skill.domain.alerts import Alert
from skill.domain.chart import Chart
from skill.domain.commands import ClaimMessages, Command, Settle, Tick
from skill.domain.decide import step
from skill.domain.events import Decision, Event, MessageClaimed
from skill.domain.identity import SOMEONE, ContactId, OperationId, SessionId, contact
from skill.domain.messages import Message, MessageKind, Outcome
from skill.domain.wake import next_wake
from tests.builders import at as moment_at

MOST_STEPS = 5000


class Delivered(NamedTuple):
    """A message that a provider took, and when."""

    at: datetime
    message: Message


def takes_everything(_: Message) -> Outcome:
    return Outcome.ACCEPTED


class Play:
    """One chart played through ``decide`` and ``fold``, with punctual ticks and a provider at hand.

    ``ledger`` holds every decision that changed something. ``provider`` says what becomes of a message;
    None: nobody sends anything.
    """

    def __init__(
        self,
        chart: Chart,
        now: datetime | None = None,
        provider: Callable[[Message], Outcome] | None = takes_everything,
    ) -> None:
        self.first = chart
        self.chart = chart
        self.now = now or chart.now.worked_to
        self.provider = provider
        self.ledger: list[Decision] = []
        self.delivered: list[Delivered] = []
        self._done: Counter[str] = Counter()

    # ---- doing

    def new(self, kind: type[Command], /, **fields: Any) -> Command:  # noqa: ANN401 - fields of the command
        """A command with a new operation, unless one is given."""
        self._done[kind.__name__] += 1
        operation = OperationId(f"{kind.__name__}{self._done[kind.__name__]}")
        return kind(**{"operation": operation} | fields)

    def do(self, kind: type[Command], /, **fields: Any) -> Decision:  # noqa: ANN401 - fields of the command
        return self.carry_out(self.new(kind, **fields))

    def carry_out(self, command: Command) -> Decision:
        decision, self.chart = step(self.chart, command, self.now)
        if decision.events:
            self.ledger.append(decision)
        return decision

    def says(self, kind: type[Command], /, session: str = "s1", **fields: Any) -> Decision:  # noqa: ANN401
        """Somebody at the device; whoever it is, unless ``speaker`` is given."""
        return self.do(kind, **{"speaker": SOMEONE, "session": SessionId(session)} | fields)

    def helper(self, contact_id: ContactId, kind: type[Command], /, **fields: Any) -> Decision:  # noqa: ANN401
        return self.do(kind, speaker=contact(contact_id), **fields)

    # ---- time

    def until(self, wall: str | datetime) -> None:
        """Wind on, working each wake at its own moment and sending what is ready."""
        end = moment_at(wall) if isinstance(wall, str) else wall
        for _ in range(MOST_STEPS):
            self.deliver()
            wake = next_wake(self.chart)
            if wake is None or wake > end:
                break
            self.now = max(self.now, wake)
            self.do(Tick)
            if self.provider is None and next_wake(self.chart) == wake:
                break  # a message waits that nobody sends
        else:
            raise AssertionError("the wakes never end")
        self.now = max(self.now, end)

    def wait(self, **span: float) -> None:
        self.until(self.now + timedelta(**span))

    def sleep_until(self, wall: str | datetime) -> None:
        """Wind on without a tick: nobody looks after the chart."""
        self.now = moment_at(wall) if isinstance(wall, str) else wall

    def deliver(self) -> None:
        """Claim what is ready, give it to the provider, settle it; until nothing is ready."""
        while self.provider is not None:
            claimed = self.do(ClaimMessages)
            keys = [event.key for event in claimed.events if isinstance(event, MessageClaimed)]
            for message in [m for m in self.chart.now.messages if m.key in keys]:
                outcome = self.provider(message)
                if outcome is Outcome.ACCEPTED:
                    self.delivered.append(Delivered(self.now, message))
                self.do(Settle, key=message.key, attempt=message.attempt, outcome=outcome)
            if not claimed.events:
                return

    # ---- looking

    @property
    def events(self) -> list[Event]:
        return [event for decision in self.ledger for event in decision.events]

    def told(self, contact_id: ContactId | None) -> list[MessageKind]:
        """What was delivered to this person, in order."""
        return [one.message.kind for one in self.delivered if one.message.contact_id == contact_id]

    def alert(self) -> Alert:
        """The one alert that there is."""
        [alert] = self.chart.now.alerts
        return alert
