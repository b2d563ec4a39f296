"""Random lives: what people say and do, what providers answer, how the plan is edited, and when.

A life is a list of steps. A step waits, with or without punctual ticks, and then does one thing; what its
three numbers choose is read off the chart of that moment, so that any list of steps is a life.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from skill.domain import commands as cmd
from skill.domain.alerts import AlertKind
from skill.domain.care_team import Channel, Patient, Role
from skill.domain.chart import Chart, empty_chart
from skill.domain.decide import decide
from skill.domain.doses import How, SkipReason
from skill.domain.events import Decision
from skill.domain.fold import fold
from skill.domain.identity import OPERATOR, PATIENT, SOMEONE, OperationId, SessionId, contact
from skill.domain.messages import Outcome
from skill.domain.regimen import Group
from skill.domain.said import EVERYTHING_DUE, Remark, Reply, Scope, Start, StatementKind
from skill.domain.timing import Period
from skill.domain.unnamed import Concern, KeepUnnamed, TellSpeaker
from skill.domain.wake import next_wake
from skill.errors import RefusedError
from tests.builders import a_patient, an_address
from tests.simulation.people import (
    BEGINNINGS,
    BERLIN,
    HELPERS,
    LIST,
    MEDICINES,
    NEW_YORK,
    ladders,
    medicine,
    phases,
    team,
)

MOST_TICKS = 3000
_GAPS = (
    *(timedelta(seconds=s) for s in (0, 1, 15, 40, 65)),
    *(timedelta(minutes=m) for m in (3, 11, 35, 90)),
    *(timedelta(hours=h) for h in (3, 5, 9, 26, 49)),
)


class Step(NamedTuple):
    """Wait ``gap``, ticking at every wake or not at all, then do ``verb`` with what the numbers choose."""

    gap: timedelta
    punctual: bool
    verb: str
    a: int
    b: int
    c: int


class Happening(NamedTuple):
    """One command that was carried out, and the chart on both sides of it."""

    now: datetime
    before: Chart
    command: cmd.Command
    decision: Decision
    after: Chart


def pick(things: Sequence[Any], number: int) -> Any:  # noqa: ANN401 - one of the things
    return things[number % len(things)]


class Life:
    """A chart and everything that has happened to it. ``ledger``: the decisions that changed something."""

    def __init__(self, start: datetime, patient: Patient) -> None:
        self.first = empty_chart(patient, start)
        self.chart = self.first
        self.now = start
        self.happenings: list[Happening] = []
        self._done = 0

    # ---- doing

    def do(self, kind: type[cmd.Command], /, **fields: Any) -> Decision | None:  # noqa: ANN401 - its fields
        """A new operation; None when it was refused, which changes nothing."""
        self._done += 1
        return self.carry_out(kind(**{"operation": OperationId(f"op{self._done}")} | fields))

    def carry_out(self, command: cmd.Command) -> Decision | None:
        try:
            decision = decide(self.chart, command, self.now)
        except RefusedError:
            return None
        after = fold(self.chart, decision) if decision.events else self.chart
        self.happenings.append(Happening(self.now, self.chart, command, decision, after))
        self.chart = after
        return decision

    # ---- time

    def until(self, end: datetime) -> None:
        """Tick at every wake, each at its own moment; what waits for a sender goes on waiting."""
        for _ in range(MOST_TICKS):
            wake = self.wake_of_time()
            if wake is None or wake > end:
                break
            self.now = max(self.now, wake)
            self.do(cmd.Tick)
        else:
            raise AssertionError("the wakes never end")
        self.now = max(self.now, end)

    def wake_of_time(self) -> datetime | None:
        """The next wake for anything but a message that waits to be claimed."""
        return next_wake(self.chart.with_now(messages=()))

    def step(self, step: Step) -> None:
        moment = self.now + step.gap
        if step.punctual:
            self.until(moment)
        self.now = moment
        VERBS[step.verb](self, step)

    # ---- looking

    @property
    def ledger(self) -> list[Decision]:
        return [h.decision for h in self.happenings if h.decision.events]


def begin(start: datetime, *, prompted: bool = True, pace: int = 1) -> Life:
    """A patient with a care team and the whole list; everything entered at ``start``."""
    zone = BERLIN if start.month != 10 else NEW_YORK
    patient = a_patient(zone=zone, prompts=an_address() if prompted else None)
    life = Life(start, patient)
    life.do(cmd.Enrol, speaker=OPERATOR, patient=patient)
    life.do(cmd.SetCareTeam, speaker=OPERATOR, contacts=team(), ladders=ladders(pace))
    for medication, times in LIST:
        life.do(cmd.AddMedication, speaker=OPERATOR, medication=medication, phases=phases(times))
    return life


def lived(start: int, steps: Sequence[Step]) -> Life:
    """The life that ``steps`` make, from one of three beginnings."""
    life = begin(pick(BEGINNINGS, start), prompted=start % 2 == 0, pace=start)
    for step in steps:
        life.step(step)
    return life


# ---- what is said at the device


def _voice(step: Step) -> dict[str, Any]:
    """Most is said in one session; now and then in another, and by a voice that was recognised."""
    session = "s2" if step.c % 7 == 0 else "s1"
    return {"speaker": PATIENT if step.c % 3 == 0 else SOMEONE, "session": SessionId(session)}


def _asked(life: Life, step: Step) -> dict[str, Any]:
    """An answer in the session of the question; now and then to none that is open."""
    question = life.chart.now.question
    if question is None or step.c % 11 == 0:
        return {"speaker": SOMEONE, "session": SessionId("s1"), "question": None}
    return {"speaker": SOMEONE, "session": question.session, "question": question.question_id}


def scope_of(step: Step) -> Scope:
    """Generic twice as often as anything else."""
    first, second = pick(MEDICINES, step.b), pick(MEDICINES, step.b // 4)
    scopes = (
        EVERYTHING_DUE,
        Scope(medications=(first,)),
        EVERYTHING_DUE,
        Scope(group=pick(list(Group), step.b)),
        Scope(period=pick(list(Period), step.b)),
        Scope(medications=tuple(dict.fromkeys((first, second)))),
        Scope(wall=pick((time(8), time(12), time(20)), step.b)),
        Scope(excepted=(first,)),
        Scope(unresolved=True),
    )
    return pick(scopes, step.a)


def _confirm(life: Life, step: Step) -> None:
    at = pick((None, None, None, time(8), time(20, 15)), step.c)
    part = pick((None, None, None, Decimal("0.5")), step.b)
    life.do(cmd.ConfirmDoses, scope=scope_of(step), at=at, part=part, **_voice(step))


def _said(kind: type[cmd.Command]) -> Callable[[Life, Step], None]:
    return lambda life, step: void(life.do(kind, **_voice(step)))


def _said_of(kind: type[cmd.Command]) -> Callable[[Life, Step], None]:
    return lambda life, step: void(life.do(kind, scope=scope_of(step), **_voice(step)))


def void(_: object) -> None:
    """Nobody looks at this result."""


def _skip(life: Life, step: Step) -> None:
    reason = pick((None, SkipReason.COST), step.b)
    life.do(cmd.SkipDoses, scope=scope_of(step), reason=reason, **_voice(step))


def _answer(life: Life, step: Step) -> None:
    life.do(cmd.Answer, reply=pick(list(Reply), step.a), **_asked(life, step))


def _which_time(life: Life, step: Step) -> None:
    period = pick((None, *Period), step.a)
    wall = None if period else pick((time(8), time(20)), step.b)
    life.do(cmd.SayWhichTime, period=period, wall=wall, **_asked(life, step))


def _skip_reason(life: Life, step: Step) -> None:
    life.do(cmd.GiveSkipReason, reason=SkipReason.OTHER, **_asked(life, step))


def _remark(life: Life, step: Step) -> None:
    life.do(cmd.MakeRemark, remark=pick(list(Remark), step.a), **_voice(step))


def _unnamed(life: Life, step: Step) -> None:
    """By a voice that nobody knows; sometimes the name is told for the oldest of what waits."""
    waiting = life.chart.now.unnamed
    if waiting and step.b % 2:
        life.do(TellSpeaker, statement_id=waiting[0].statement_id, **_voice(step))
    else:
        concern = pick(list(Concern), step.a)
        life.do(KeepUnnamed, kind=StatementKind.CONFIRM, words="all due", concern=concern, **_voice(step))


def _raise(life: Life, step: Step) -> None:
    life.do(cmd.RaiseAlert, kind=pick((AlertKind.FALL, AlertKind.HELP), step.a), **_voice(step))


def _end_session(life: Life, step: Step) -> None:
    life.do(cmd.EndSession, silent=step.a % 2 == 0, **_voice(step))


# ---- the care team


def _of_an_alert(kind: type[cmd.Command]) -> Callable[[Life, Step], None]:
    def act(life: Life, step: Step) -> None:
        if life.chart.now.alerts:
            alert = pick(life.chart.now.alerts, step.a)
            life.do(kind, speaker=contact(pick(HELPERS, step.b)), alert_id=alert.alert_id)

    return act


def _given(life: Life, step: Step) -> None:
    near = list(life.chart.doses(life.now - timedelta(hours=20), life.now + timedelta(hours=2)))
    if near:
        how = pick((How.GIVEN, How.SEEN), step.c)
        keys = tuple(dict.fromkeys((pick(near, step.a).key, pick(near, step.b).key)))
        life.do(cmd.RecordGiven, speaker=contact(pick(HELPERS, step.b)), doses=keys, how=how)


def _opt_out(life: Life, step: Step) -> None:
    life.do(cmd.OptOut, contact_id=pick(HELPERS, step.a), channel=pick(list(Channel), step.b))


def _test(life: Life, step: Step) -> None:
    life.do(cmd.SendTest, speaker=OPERATOR, contact_id=pick(HELPERS, step.a))


# ---- providers


def _deliver(life: Life, step: Step) -> None:
    """Claim what is ready; each is settled, in one way or another, or its sender dies."""
    life.do(cmd.ClaimMessages)
    held = [m for m in life.chart.now.messages if m.lease_until is not None and m.lease_until > life.now]
    for number, message in enumerate(held):
        outcome = pick((Outcome.ACCEPTED, *Outcome, None), step.a + number * step.b)
        if outcome is not None:
            life.do(
                cmd.Settle,
                key=message.key,
                attempt=message.attempt,
                outcome=outcome,
                unknown=step.c % 3 == 0,
                more_providers=step.c % 4 == 0,
            )


# ---- the plan


def _change(life: Life, step: Step) -> None:
    some = () if step.b % 9 == 0 else phases(step.b, days=step.c % 2 * 130)
    start = pick(list(Start), step.c)
    life.do(
        cmd.ChangePlan,
        speaker=OPERATOR,
        medication_id=pick(MEDICINES, step.a),
        phases=some,
        start=start,
    )


def _add(life: Life, step: Step) -> None:
    life.do(
        cmd.AddMedication, speaker=OPERATOR, medication=medicine(f"new{step.a % 3}"), phases=phases(step.b)
    )


def _team(life: Life, step: Step) -> None:
    gone = pick((None, None, *HELPERS), step.b)
    some = team(nurse=pick(list(Role), step.c), without=gone)
    life.do(cmd.SetCareTeam, speaker=OPERATOR, contacts=some, ladders=ladders(step.a))


def _profile(life: Life, step: Step) -> None:
    zone = life.chart.plan.patient.zone
    prompts = an_address() if step.a % 2 else None
    life.do(cmd.SetProfile, speaker=OPERATOR, patient=a_patient(zone=zone, prompts=prompts))


def _restored(life: Life, step: Step) -> None:
    life.do(cmd.Restored, made_at=life.now - timedelta(minutes=step.a))


def _tick(life: Life, step: Step) -> None:
    started = life.now - timedelta(minutes=step.a * 3)
    outages = (cmd.Outage(start=started, end=life.now),) if step.b % 3 == 0 else ()
    life.do(cmd.Tick, outages=outages)


VOICE: dict[str, Callable[[Life, Step], None]] = {
    "confirm": _confirm,
    "again": _said_of(cmd.TakeAgain),
    "answer": _answer,
    "which time": _which_time,
    "skip": _skip,
    "skip reason": _skip_reason,
    "not yet": _said_of(cmd.SayNotYet),
    "don't remember": _said_of(cmd.DontRemember),
    "remark": _remark,
    "undo": _said(cmd.Undo),
    "unnamed": _unnamed,
    "open": _said(cmd.OpenSession),
    "what is due": _said(cmd.AskDue),
    "did I": _said_of(cmd.AskTaken),
    "help?": _said(cmd.AskWhetherHelp),
    "end session": _end_session,
    "fall or help": _raise,
    "I'm OK": _said(cmd.SayImOk),
    "news": _said(cmd.AskNews),
}
TEAM: dict[str, Callable[[Life, Step], None]] = {
    "got it": _of_an_alert(cmd.Acknowledge),
    "there": _of_an_alert(cmd.FollowUp),
    "next person": _of_an_alert(cmd.PassOn),
    "closed": _of_an_alert(cmd.Resolve),
    "given": _given,
    "opt out": _opt_out,
    "test": _test,
}
PLAN: dict[str, Callable[[Life, Step], None]] = {
    "change": _change,
    "add": _add,
    "team": _team,
    "profile": _profile,
}
MACHINE: dict[str, Callable[[Life, Step], None]] = {
    "deliver": _deliver,
    "tick": _tick,
    "restored": _restored,
}
VERBS = VOICE | TEAM | PLAN | MACHINE | {"nothing": lambda _, __: None}
OFTEN = ("confirm", "answer", "confirm", "answer", "deliver")


def steps(*verbs: str, gaps: Sequence[timedelta] = _GAPS, most: int = 24) -> st.SearchStrategy[list[Step]]:
    """Half of ``most`` steps or more, of these verbs; of all of them, when none is named.

    A failing life shrinks towards steps that do nothing.
    """
    some = ("nothing", *(verbs or (*OFTEN, *VOICE, *TEAM, *PLAN, *MACHINE)))
    numbers = st.integers(0, 35)
    parts = (st.sampled_from(gaps), st.booleans(), st.sampled_from(some), numbers, numbers, numbers)
    return st.lists(st.tuples(*parts).map(Step._make), min_size=most // 2, max_size=most)


BEGINNING = st.integers(0, 5)
