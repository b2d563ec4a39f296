"""What would happen if nobody said a word: the real decisions, in wound time, on a copy of the chart."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.alerts import AlertKind, AlertState
from skill.domain.care_team import Channel
from skill.domain.chart import Chart
from skill.domain.commands import ClaimMessages, Command, RaiseAlert, Settle, Tick
from skill.domain.decide import decide
from skill.domain.doses import DoseState, How
from skill.domain.doses import Outcome as DoseOutcome
from skill.domain.events import AlertMoved, Decision, DoseSettled, MessageClaimed
from skill.domain.fold import fold
from skill.domain.identity import SYSTEM, ContactId, OperationId, SpeakerKind
from skill.domain.messages import MessageKind
from skill.domain.messages import Outcome as SendOutcome
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import LATE_REPORT_LIMIT, planned
from skill.domain.wake import next_wake

LOOKS_AHEAD = timedelta(days=8)  # a plan of weekdays shows its next dose within this
_A_DAY = timedelta(days=1)
_LONGEST = timedelta(hours=72)  # a first wait of a day, and a ladder of two
_FAR = timedelta(days=90)
_MOST_STEPS = 2000


class What(StrEnum):
    """What happens at a step."""

    DUE = "due"
    PROMPT = "prompt"
    PAGE = "page"
    NO_WORD = "no_word"
    EXHAUSTED = "exhausted"


class Step(Struct, frozen=True, kw_only=True):
    """One thing that would happen. ``contact_id`` and ``channel``: of a page. ``about``: due moments."""

    at: datetime
    what: What
    about: tuple[datetime, ...]
    contact_id: ContactId | None = None
    channel: Channel | None = None
    count: int = 0


def silence(chart: Chart, now: datetime) -> tuple[Step, ...]:
    """The next 24 hours with doses, from the first one due after ``now``, without a word until all is over.

    Everything before ``now`` counts as settled, and every message as delivered. Empty: nothing is due
    within eight days.
    """
    dues = [due for m in chart.active() for due, _ in planned(m, now, now + LOOKS_AHEAD) if due > now]
    if not dues:
        return ()
    until = min(dues) + _A_DAY
    # One day more than is shown: the last windows shown end where the next doses begin.
    stage = _Stage(_quiet(chart, now, until + _A_DAY), now)
    steps = stage.play(until + _LONGEST)
    return tuple(step for step in steps if step.about and min(step.about) < until)


def fall(chart: Chart, now: datetime) -> tuple[Step, ...]:
    """A fall at ``now`` that nobody answers."""
    stage = _Stage(_quiet(chart, now, now + timedelta.resolution), now)
    stage.do(RaiseAlert(operation=OperationId("rehearsal/fall"), kind=AlertKind.FALL))
    return tuple(stage.play(now + _LONGEST))


def _quiet(chart: Chart, now: datetime, until: datetime) -> Chart:
    """A copy in which nothing is open, all doses so far are taken, and nothing is due from ``until`` on."""
    taken = tuple(
        DoseOutcome(
            medication_id=dose.medication.medication_id,
            due=dose.due,
            state=DoseState.TAKEN,
            at=dose.due,
            by=SpeakerKind.PATIENT,
            contact_id=None,
            how=How.OWN_WORDS,
            part=Decimal(1),
            statement_id=None,
        )
        for dose in chart.doses(now - LATE_REPORT_LIMIT, now + timedelta.resolution)
    )
    state = replace(
        chart.now,
        alerts=(),
        messages=(),
        question=None,
        parts=(),
        outcomes=tuple(sorted(taken, key=lambda o: o.due)),
        operations=(),
        worked_to=now,
    )
    plan = replace(chart.plan, medications=tuple(_ending(m, until) for m in chart.plan.medications))
    return replace(chart, plan=plan, now=state)


def _ending(medication: Medication, until: datetime) -> Medication:
    """``medication`` with a break from ``until`` to long after the rehearsal; a stop would end its alerts."""
    kept = tuple(regimen for regimen in medication.regimens if regimen.since < until)
    if not kept or not kept[-1].phases:
        return replace(medication, regimens=kept)
    last = kept[-1]
    later = replace(last.phases[-1], first_day=(until + _FAR).date(), last_day=None)
    pause = Regimen(version=last.version + 1, since=until, not_before=until, zone=last.zone, phases=(later,))
    return replace(medication, regimens=(*kept, pause))


class _Stage:
    """The copy, and the clock that is wound from wake to wake."""

    def __init__(self, chart: Chart, now: datetime) -> None:
        self._chart = chart
        self._now = now
        self._shown_to = now
        self._done = 0
        self._steps: list[Step] = []

    def do(self, command: Command) -> Decision:
        decision = decide(self._chart, command, self._now)
        before = self._chart
        if decision.events:
            self._chart = fold(self._chart, decision)
        for event in decision.events:
            if isinstance(event, AlertMoved) and event.state is AlertState.EXHAUSTED:
                self._exhausted(event, before)
        closed = [e for e in decision.events if isinstance(e, DoseSettled)]
        if closed:
            about = tuple(sorted({event.outcome.due for event in closed}))
            self._steps.append(Step(at=self._now, what=What.NO_WORD, about=about, count=len(closed)))
        return decision

    def play(self, until: datetime) -> Iterator[Step]:
        """Steps in their order, until nothing is left to happen or ``until`` has come."""
        for _ in range(_MOST_STEPS):
            self._send()
            yield from self._take_steps()
            wake = next_wake(self._chart)
            if wake is None or wake > until:
                return
            yield from self._due_before(wake)
            self._now = max(self._now, wake)
            self.do(Tick(operation=self._operation()))

    def _take_steps(self) -> list[Step]:
        steps, self._steps = self._steps, []
        return steps

    def _due_before(self, until: datetime) -> Iterator[Step]:
        """The due moments that pass before the next thing happens."""
        doses = list(self._chart.doses(self._shown_to + timedelta.resolution, until + timedelta.resolution))
        self._shown_to = max(self._shown_to, until)
        for due in sorted({dose.due for dose in doses}):
            count = sum(dose.due == due for dose in doses)
            yield Step(at=due, what=What.DUE, about=(due,), count=count)

    def _send(self) -> None:
        """Deliver what is ready, as if every provider took it at once."""
        claimed = self.do(ClaimMessages(operation=self._operation()))
        for event in claimed.events:
            if not isinstance(event, MessageClaimed):
                continue
            message = self._chart.find_message(event.key)
            if message is None:
                continue
            self._steps.append(
                Step(
                    at=self._now,
                    what=What.PROMPT if message.kind is MessageKind.PROMPT else What.PAGE,
                    about=() if message.urgent else (message.about, *message.also),
                    contact_id=message.contact_id,
                    channel=message.channel,
                )
            )
            self.do(
                Settle(
                    operation=self._operation(),
                    speaker=SYSTEM,
                    key=message.key,
                    attempt=message.attempt,
                    outcome=SendOutcome.ACCEPTED,
                )
            )

    def _exhausted(self, event: AlertMoved, before: Chart) -> None:
        alert = before.find_alert(event.alert_id) or self._chart.find_alert(event.alert_id)
        about = tuple(sorted({key.due for key in alert.doses})) if alert is not None else ()
        self._steps.append(Step(at=self._now, what=What.EXHAUSTED, about=about))

    def _operation(self) -> OperationId:
        self._done += 1
        return OperationId(f"rehearsal/{self._done}")
