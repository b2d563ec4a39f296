"""Lives at random, step by step: whatever is said, in whatever order, at whatever time, the laws hold."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from skill.domain.alerts import AlertKind, AlertState
from skill.domain.care_team import Channel
from skill.domain.commands import (
    Acknowledge,
    AddMedication,
    Answer,
    AskDue,
    AskWhetherHelp,
    ChangePlan,
    Command,
    ConfirmDoses,
    DontRemember,
    EndSession,
    FollowUp,
    OpenSession,
    OptOut,
    PassOn,
    RaiseAlert,
    RecordGiven,
    Reply,
    Resolve,
    SayImOk,
    SayNotYet,
    SayWhichTime,
    SetCareTeam,
    SkipDoses,
    TakeAgain,
    Undo,
)
from skill.domain.doses import How
from skill.domain.events import Decision
from skill.domain.identity import SOMEONE, SessionId, contact
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.messages import Message, Outcome
from skill.domain.regimen import Criticality, Form, Group
from skill.domain.said import Scope, Start
from skill.domain.timing import Period, moment_of
from skill.domain.wake import next_wake
from skill.errors import RefusedError
from tests.builders import ANA, SAM, a_chart, a_contact, a_medication, a_patient, a_phase, a_regimen
from tests.doubles import Play
from tests.simulation.laws import Laws

# A day before clocks change, and one on which nothing does.
PLACES = [
    (ZoneInfo("Europe/Berlin"), date(2027, 3, 27)),
    (ZoneInfo("America/New_York"), date(2026, 10, 31)),
    (ZoneInfo("America/Nuuk"), date(2026, 3, 27)),
    (ZoneInfo("Pacific/Chatham"), date(2027, 4, 3)),
    (ZoneInfo("Europe/Berlin"), date(2027, 5, 4)),
]
EVE = "con_eve"
PEOPLE = (SAM, ANA, EVE)
NAMES = ("metformin", "warfarin", "insulin", "given")
WALLS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 4, 30]))
SCOPES = st.one_of(
    st.just(Scope()),
    st.builds(Scope, group=st.sampled_from(Group)),
    st.builds(Scope, period=st.sampled_from(Period)),
    st.builds(Scope, wall=st.sampled_from([time(8), time(20)])),
    st.builds(
        Scope,
        medications=st.lists(st.sampled_from([f"med_{n}" for n in NAMES]), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Scope, excepted=st.just(("med_warfarin",))),
    st.just(Scope(unresolved=True)),
)
MINUTES = st.one_of(st.integers(0, 3), st.integers(0, 90), st.integers(0, 900))


class Life(RuleBasedStateMachine):
    """One patient, three medicines and one that a helper gives, a phone that now and then does not work."""

    @initialize(place=st.sampled_from(PLACES), hour=st.integers(5, 21))
    def begin(self, place: tuple[ZoneInfo, date], hour: int) -> None:
        zone, day = place
        start = moment_of(day, time(hour), zone)
        known: dict[str, dict[str, Any]] = {
            "metformin": {"texts": ("08:00", "20:00")},
            "warfarin": {"texts": ("08:00",), "criticality": Criticality.CRITICAL},
            "insulin": {"texts": ("07:30", "12:00", "18:00"), "form": Form.INSULIN},
            "given": {"texts": ("02:30", "22:00"), "given_by": ANA},
        }
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        medications = [
            a_medication(
                name,
                regimens=(
                    a_regimen(
                        zone=zone,
                        since=long_ago,
                        not_before=start,
                        phases=(a_phase(*fields.pop("texts"), first_day=long_ago.date()),),
                    ),
                ),
                **fields,
            )
            for name, fields in known.items()
        ]
        both = (Channel.SMS, Channel.EMAIL)
        team = (a_contact(SAM, channels=both), a_contact(ANA), a_contact(EVE))
        chart = a_chart(*medications, contacts=team, patient=a_patient(zone=zone), at=start)
        self.works = {Channel.SMS: True, Channel.EMAIL: True}
        self.play = Play(chart, start, self.provider)
        self.laws = Laws(self.play)
        self.said: list[Command] = []

    def provider(self, message: Message) -> Outcome:
        return Outcome.ACCEPTED if self.works[message.channel] else Outcome.GIVE_UP

    def carry_out(self, kind: type[Command], /, **fields: Any) -> Decision | None:  # noqa: ANN401 - fields
        """Say or do it; a refusal must change nothing."""
        command = self.play.new(kind, **fields)
        before = self.play.chart
        try:
            decision = self.play.carry_out(command)
        except RefusedError:
            assert self.play.chart is before
            return None
        self.said.append(command)
        self.laws.after(command, decision, before)
        return decision

    def says(self, kind: type[Command], session: str, /, **fields: Any) -> None:  # noqa: ANN401 - fields
        self.carry_out(kind, speaker=SOMEONE, session=SessionId(session), **fields)

    # ---- time

    @rule(minutes=MINUTES)
    def wait(self, minutes: int) -> None:
        self.play.until(self.play.now + timedelta(minutes=minutes))

    @rule(minutes=MINUTES)
    def nobody_looks(self, minutes: int) -> None:
        self.play.sleep_until(self.play.now + timedelta(minutes=minutes))

    @rule()
    def deliver(self) -> None:
        self.play.deliver()

    @rule(channel=st.sampled_from([Channel.SMS, Channel.EMAIL]), works=st.booleans())
    def a_provider_changes(self, channel: Channel, works: bool) -> None:
        self.works[channel] = works

    # ---- the voice

    @rule(
        scope=SCOPES,
        session=st.sampled_from(["s1", "s2"]),
        at=st.none() | WALLS,
        part=st.sampled_from([None, None, None, Decimal("0.5")]),
    )
    def takes(self, scope: Scope, session: str, at: time | None, part: Decimal | None) -> None:
        self.says(ConfirmDoses, session, scope=scope, at=at, part=part)

    @rule(
        kind=st.sampled_from([TakeAgain, SayNotYet, SkipDoses, DontRemember]),
        scope=SCOPES,
        session=st.sampled_from(["s1", "s2"]),
    )
    def speaks_of_doses(self, kind: type[Command], scope: Scope, session: str) -> None:
        self.says(kind, session, scope=scope)

    @rule(
        kind=st.sampled_from([OpenSession, AskDue, Undo, SayImOk, AskWhetherHelp]),
        session=st.sampled_from(["s1", "s2"]),
    )
    def speaks(self, kind: type[Command], session: str) -> None:
        self.says(kind, session)

    @rule(session=st.sampled_from(["s1", "s2"]), silent=st.booleans())
    def goes_away(self, session: str, silent: bool) -> None:
        self.says(EndSession, session, silent=silent)

    @precondition(lambda self: self.play.chart.now.question is not None)
    @rule(reply=st.sampled_from(Reply))
    def answers(self, reply: Reply) -> None:
        question = self.play.chart.now.question
        self.says(Answer, question.session or "", question=question.question_id, reply=reply)

    @precondition(lambda self: self.play.chart.now.question is not None)
    @rule(period=st.sampled_from(Period))
    def chooses(self, period: Period) -> None:
        question = self.play.chart.now.question
        self.says(SayWhichTime, question.session or "", question=question.question_id, period=period)

    @rule(kind=st.sampled_from([AlertKind.FALL, AlertKind.HELP]))
    def falls(self, kind: AlertKind) -> None:
        self.says(RaiseAlert, "s1", kind=kind)

    # ---- the helpers

    @precondition(lambda self: self.play.chart.now.alerts)
    @rule(
        kind=st.sampled_from([Acknowledge, FollowUp, PassOn, Resolve]),
        who=st.sampled_from(PEOPLE),
        which=st.integers(0, 9),
    )
    def helper_answers(self, kind: type[Command], who: str, which: int) -> None:
        alerts = self.play.chart.now.alerts
        alert = alerts[which % len(alerts)]
        self.carry_out(kind, speaker=contact(who), alert_id=alert.alert_id)

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 20), how=st.sampled_from([How.GIVEN, How.SEEN]))
    def helper_gives(self, who: str, which: int, how: How) -> None:
        near = timedelta(hours=20)
        doses = sorted(self.play.chart.doses(self.play.now - near, self.play.now + near), key=lambda d: d.due)
        if doses:
            key = doses[which % len(doses)].key
            self.carry_out(RecordGiven, speaker=contact(who), doses=(key,), how=how)

    @rule(who=st.sampled_from(PEOPLE), channel=st.sampled_from([Channel.SMS, Channel.EMAIL]))
    def opts_out(self, who: str, channel: Channel) -> None:
        self.carry_out(OptOut, contact_id=who, channel=channel)

    # ---- the plan

    @rule(who=st.sets(st.sampled_from([SAM, EVE])), hours=st.sampled_from([1, 2, 5]), consented=st.booleans())
    def the_team_changes(self, who: set[str], hours: int, consented: bool) -> None:
        people = [ANA, *sorted(who)]
        team = [a_contact(person, consented=consented or person == ANA) for person in people]
        ladders = standard_ladders(people, Waits(first=timedelta(hours=hours)))
        self.carry_out(SetCareTeam, contacts=tuple(team), ladders=ladders)

    @rule(
        name=st.sampled_from(NAMES),
        hours=st.sets(st.integers(0, 23), max_size=4),
        start=st.sampled_from(Start),
    )
    def the_plan_changes(self, name: str, hours: set[int], start: Start) -> None:
        texts = [f"{hour:02d}:00" for hour in sorted(hours)]
        phases = (a_phase(*texts, first_day=date(2026, 1, 1)),) if texts else ()
        self.carry_out(ChangePlan, medication_id=f"med_{name}", phases=phases, start=start)

    @rule(number=st.integers(0, 3), hour=st.integers(0, 23))
    def a_medicine_is_added(self, number: int, hour: int) -> None:
        new = a_medication(f"new{number}", regimens=())
        phases = (a_phase(f"{hour:02d}:30", first_day=date(2026, 1, 1)),)
        self.carry_out(AddMedication, medication=new, phases=phases)

    # ---- repetition

    @precondition(lambda self: self.said)
    @rule(which=st.integers(1, 100))
    def something_comes_again(self, which: int) -> None:
        """Any command, any number of commits later."""
        command = self.said[-(which % len(self.said)) - 1]
        self.laws.repeated(command)

    # ---- what always holds

    @invariant()
    def nothing_unsettled_is_forgotten(self) -> None:
        now = self.play.chart.now
        climbing = [a for a in now.alerts if a.state is AlertState.OPEN and a.calmed_at is None]
        if now.messages or now.question or climbing:
            assert next_wake(self.play.chart) is not None

    def teardown(self) -> None:
        if hasattr(self, "play"):
            self.play.until(self.play.now + timedelta(hours=26))
            self.laws.at_the_end()


Life.TestCase.settings = settings(max_examples=settings().max_examples // 3, stateful_step_count=30)
TestLife = Life.TestCase
