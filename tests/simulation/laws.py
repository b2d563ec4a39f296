"""What holds in every life: checked after each command, and over the whole ledger at its end."""

from datetime import timedelta

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.chart import Chart
from skill.domain.commands import (
    Command,
    ConfirmDoses,
    DontRemember,
    RaiseAlert,
    SayNotYet,
    SkipDoses,
    TakeAgain,
)
from skill.domain.decide import decide
from skill.domain.decide.alerts import STORM_GAP
from skill.domain.doses import DoseState
from skill.domain.events import (
    AlertJoined,
    AlertMoved,
    AlertOpened,
    Decision,
    DosePartlyTaken,
    DoseSettled,
    Event,
    IntakeRecorded,
    MessageQueued,
    Question,
    QuestionAsked,
    QuestionClosed,
    QuestionKind,
    Reason,
    StatementHeard,
)
from skill.domain.fold import fold, fold_all
from skill.domain.identity import AlertId, QuestionId, SpeakerKind, StatementId
from skill.domain.ladders import LadderKind
from skill.domain.messages import MessageKind
from skill.errors import RefusedError
from tests.doubles import Play

_STATEMENTS = (ConfirmDoses, TakeAgain, SayNotYet, SkipDoses, DontRemember)


class Laws:
    """The laws of one life."""

    def __init__(self, play: Play) -> None:
        self.play = play

    # ---- after each command

    def after(self, command: Command, decision: Decision, before: Chart) -> None:
        assert (fold(before, decision) if decision.events else before) == self.play.chart
        if isinstance(command, _STATEMENTS):
            self._statement_is_kept(command, decision, before)
        if isinstance(command, RaiseAlert):
            self._a_call_is_paged(command)
        self._chart_is_sound()

    def _statement_is_kept(self, command: Command, decision: Decision, before: Chart) -> None:
        """(a) Statements in = facts in the ledger."""
        assert any(isinstance(event, StatementHeard) for event in decision.events)
        heard_before = before.now.statements[-1] if before.now.statements else None
        last = self.play.chart.now.statements[-1]
        repeated = heard_before is not None and (heard_before.words, heard_before.kind) == (
            last.words,
            last.kind,
        )
        if isinstance(command, TakeAgain) and not repeated:
            assert any(isinstance(event, IntakeRecorded) for event in decision.events)
        if (
            isinstance(command, ConfirmDoses)
            and not repeated
            and decision.reason is not Reason.WHICH_MEDICINE
        ):
            assert any(
                isinstance(event, (IntakeRecorded, DosePartlyTaken, QuestionAsked)) or _takes(event)
                for event in decision.events
            )

    def _a_call_is_paged(self, command: RaiseAlert) -> None:
        """(i) A call for help always leaves a page behind it when anybody can be reached."""
        chart, now = self.play.chart, self.play.now
        kind = LadderKind.FALL if command.kind is AlertKind.FALL else LadderKind.HELP
        ladder = chart.find_ladder(kind)
        people = [chart.find_contact(person) for person in ladder.people()] if ladder else []
        if not any(person is not None and person.channels() for person in people):
            return
        waiting = [m for m in chart.now.messages if m.urgent and m.kind is MessageKind.PAGE]
        soon = [
            a
            for a in chart.now.alerts
            if a.kind is command.kind
            and a.state is AlertState.OPEN
            and a.next_at is not None
            and a.next_at <= now + STORM_GAP
        ]
        assert waiting or soon

    def _chart_is_sound(self) -> None:
        now = self.play.chart.now
        keys = [outcome.key for outcome in now.outcomes]
        assert len(set(keys)) == len(keys)
        assert [o.due for o in now.outcomes] == sorted(o.due for o in now.outcomes)
        assert not {part.key for part in now.parts} & set(keys)
        assert len({m.key for m in now.messages}) == len(now.messages)
        assert len({a.alert_id for a in now.alerts}) == len(now.alerts)
        assert len(now.operations) <= 64

    # ---- repetition

    def repeated(self, command: Command) -> None:
        """(b) Within the memory exactly nothing; beyond it no second effect on doses and calls for help."""
        before = self.play.chart
        known = before.operation(command.operation)
        try:
            decision = decide(before, command, self.play.now)
        except RefusedError:
            assert known is None
            return
        if known is not None:
            assert (decision.reason, decision.facts, decision.events) == (known.reason, known.facts, ())
        elif _left_traces(before, command):
            assert decision.events == ()

    # ---- at the end

    def at_the_end(self) -> None:
        ledger = self.play.ledger
        assert fold_all(self.play.first, ledger) == self.play.chart  # (e)
        events = [event for decision in ledger for event in decision.events]
        keys = [event.message.key for event in events if isinstance(event, MessageQueued)]
        assert len(set(keys)) == len(keys)  # (c)
        self._nothing_is_taken_that_nobody_said()
        self._who_has_it_is_left_alone(events)
        self._no_intake_is_lost()
        self._everything_is_settled()

    def _nothing_is_taken_that_nobody_said(self) -> None:
        """(f) Every taken dose has the statement of somebody behind it."""
        said: set[StatementId] = set()
        for decision in self.play.ledger:
            heard = {e.statement_id for e in decision.events if isinstance(e, StatementHeard)}
            assert not heard or decision.speaker.kind is not SpeakerKind.SYSTEM
            said |= heard
            for event in decision.events:
                if isinstance(event, DosePartlyTaken) or _takes(event):
                    statement = (
                        event.statement_id
                        if isinstance(event, DosePartlyTaken)
                        else event.outcome.statement_id
                    )
                    assert statement in said

    def _who_has_it_is_left_alone(self, events: list[Event]) -> None:
        """(h) An acknowledged alert queues no pages until it is open again."""
        had: set[AlertId] = set()
        for event in events:
            match event:
                case AlertMoved(state=AlertState.ACKNOWLEDGED | AlertState.RESOLVED):
                    had.add(event.alert_id)
                case AlertMoved(state=AlertState.OPEN):
                    had.discard(event.alert_id)
                case MessageQueued(message=message) if message.kind is MessageKind.PAGE:
                    assert set(message.alert_ids) - had
                case _:
                    pass

    def _no_intake_is_lost(self) -> None:
        """(a) A question that holds an intake, or a doubt about a second one, ends in a fact."""
        asked: dict[QuestionId, Question] = {}
        for decision in self.play.ledger:
            closed = [e for e in decision.events if isinstance(e, QuestionClosed)]
            asked |= {
                e.question.question_id: e.question for e in decision.events if isinstance(e, QuestionAsked)
            }
            for event in closed:
                question = asked[event.question_id]
                if question.holds_intake:
                    assert _settles_an_intake(decision, question)
                elif question.kind is QuestionKind.DOUBLE and event.answer != "same":
                    assert _settles_a_doubt(decision, question)

    def _everything_is_settled(self) -> None:
        """(g) A day after the last word nothing waits but what may wait longer than that."""
        now = self.play.chart.now
        assert now.question is None
        assert now.unnamed == ()
        for message in now.messages:
            assert message.queued_at > self.play.now - timedelta(hours=25)
        for dose in self.play.chart.doses(self.play.now - timedelta(hours=24), self.play.now):
            assert dose.settled or self.play.now < dose.window.closes_at


def _takes(event: Event) -> bool:
    return isinstance(event, DoseSettled) and event.outcome.state is DoseState.TAKEN


def _settles_an_intake(decision: Decision, question: Question) -> bool:
    """Recorded, written, unsure, or asked on about the same."""
    return any(
        isinstance(event, (IntakeRecorded, DosePartlyTaken))
        or (isinstance(event, DoseSettled) and event.outcome.state in {DoseState.TAKEN, DoseState.UNSURE})
        or (
            isinstance(event, QuestionAsked)
            and (event.question.holds_intake or set(event.question.doses) & set(question.doses))
        )
        for event in decision.events
    )


def _settles_a_doubt(decision: Decision, question: Question) -> bool:
    return any(
        isinstance(event, IntakeRecorded)
        or (isinstance(event, AlertOpened) and event.alert.detail in {Detail.UNSURE, Detail.EXTRA})
        or isinstance(event, AlertJoined)
        or (isinstance(event, QuestionAsked) and event.question.doses == question.doses)
        for event in decision.events
    )


def _left_traces(chart: Chart, command: Command) -> bool:
    from skill.domain.decide import _left_a_trace

    return _left_a_trace(chart, command)
