"""``decide``: what happens, given a chart, a command and the time. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from skill.domain import commands as cmd
from skill.domain.chart import Chart
from skill.domain.decide import (
    calls,
    care,
    confirm,
    day,
    delivery,
    plan,
    questions,
    statements,
    taking_over,
    team,
    time,
    undo,
    unnamed,
)
from skill.domain.decide.draft import Draft
from skill.domain.events import Decision, Reason
from skill.domain.fold import closed
from skill.domain.identity import SpeakerKind, derived_id
from skill.domain.unnamed import KeepUnnamed, TellSpeaker

_BY_COMMAND: dict[type, Callable[[Draft, Any], Decision]] = {
    cmd.OpenSession: day.open_session,
    cmd.AskDue: day.ask_due,
    cmd.AskTaken: day.ask_taken,
    cmd.ConfirmDoses: confirm.confirm,
    cmd.TakeAgain: statements.take_again,
    cmd.SayNotYet: statements.not_yet,
    cmd.SkipDoses: statements.skip,
    cmd.DontRemember: statements.dont_remember,
    cmd.MakeRemark: statements.remark,
    KeepUnnamed: unnamed.keep,
    TellSpeaker: unnamed.tell_speaker,
    cmd.Answer: questions.answer,
    cmd.SayWhichTime: questions.which_time,
    cmd.GiveSkipReason: questions.skip_reason,
    cmd.AskWhetherHelp: questions.ask_whether_help,
    cmd.EndSession: questions.end_session,
    cmd.Undo: undo.undo,
    cmd.RaiseAlert: calls.raise_alert,
    cmd.SayImOk: calls.say_im_ok,
    cmd.AskNews: calls.news,
    cmd.Acknowledge: taking_over.acknowledge,
    cmd.FollowUp: taking_over.follow_up,
    cmd.PassOn: taking_over.pass_on,
    cmd.Resolve: taking_over.resolve,
    cmd.OptOut: taking_over.opt_out,
    cmd.RecordGiven: care.record_given,
    cmd.SendTest: care.send_test,
    cmd.Tick: time.tick,
    cmd.ClaimMessages: delivery.claim,
    cmd.Settle: delivery.settle,
    cmd.Enrol: plan.enrol,
    cmd.SetProfile: plan.set_profile,
    cmd.AddMedication: plan.add_medication,
    cmd.ChangePlan: plan.change_plan,
    cmd.SetCareTeam: team.set_care_team,
    cmd.Discharge: plan.discharge,
    cmd.Restored: plan.restored,
}


def decide(chart: Chart, command: cmd.Command, now: datetime) -> Decision:
    """Choose what happens. Sends nothing, reads nothing, asks no clock.

    First everything that time has brought about up to ``now``, as punctual ticks would have; then the
    command. An operation that the chart remembers gets its decision again and changes nothing.
    Raises a ``RefusedError`` when the command cannot be carried out as it is.
    """
    return step(chart, command, now)[0]


def step(chart: Chart, command: cmd.Command, now: datetime) -> tuple[Decision, Chart]:
    """``decide``, and the chart after it: the same as its fold, without applying every event twice."""
    done = chart.operation(command.operation)
    if done is not None:
        again = Decision(
            operation=done.operation,
            speaker=command.speaker,
            at=now,
            reason=done.reason,
            facts=done.facts,
            asks=done.asks,
        )
        return again, chart
    draft = Draft(chart, command, now)
    if _left_a_trace(chart, command):
        return draft.decision(Reason.NOTHING_CHANGED), chart
    time.pass_time(draft, command.outages if isinstance(command, cmd.Tick) else ())
    draft.time_has_passed()
    decision = _BY_COMMAND[type(command)](draft, command)
    return decision, closed(draft.chart, decision) if decision.events else chart


def _left_a_trace(chart: Chart, command: cmd.Command) -> bool:
    """Whether this very statement or call is in the chart, though its operation is among the last no more.

    The ids that it left there are derived from the operation.
    """
    if command.speaker.kind is SpeakerKind.SYSTEM:
        return False
    now, statement = chart.now, derived_id("stm", command.operation)
    told = {s.statement_id for s in now.statements} | {o.statement_id for o in now.outcomes}
    told |= {u.statement_id for u in now.unnamed}
    told |= {p.statement_id for p in now.parts} | {i.statement_id for i in now.intakes}
    alert = derived_id("alr", command.operation, "1")
    return statement in told or any(a.alert_id == alert for a in now.alerts)


__all__ = ["Decision", "Reason", "decide", "step"]
