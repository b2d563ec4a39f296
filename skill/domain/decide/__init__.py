"""``decide``: what happens, given a chart, a command and the time. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from skill.domain import commands as cmd
from skill.domain.chart import Chart
from skill.domain.decide import (
    alerts,
    care,
    day,
    delivery,
    plan,
    questions,
    statements,
    time,
    undo,
)
from skill.domain.decide.draft import Draft
from skill.domain.events import Decision, Reason

_BY_COMMAND: dict[type, Callable[[Draft, Any], Decision]] = {
    cmd.OpenSession: day.open_session,
    cmd.AskDue: day.ask_due,
    cmd.AskTaken: day.ask_taken,
    cmd.ConfirmDoses: statements.confirm,
    cmd.TakeAgain: statements.take_again,
    cmd.SayNotYet: statements.not_yet,
    cmd.SkipDoses: statements.skip,
    cmd.DontRemember: statements.dont_remember,
    cmd.MakeRemark: statements.remark,
    cmd.Answer: questions.answer,
    cmd.SayWhichTime: questions.which_time,
    cmd.GiveSkipReason: questions.skip_reason,
    cmd.AskWhetherHelp: questions.ask_whether_help,
    cmd.EndSession: questions.end_session,
    cmd.Undo: undo.undo,
    cmd.RaiseAlert: alerts.raise_alert,
    cmd.SayImOk: alerts.say_im_ok,
    cmd.AskNews: alerts.news,
    cmd.Acknowledge: alerts.acknowledge,
    cmd.FollowUp: alerts.follow_up,
    cmd.PassOn: alerts.pass_on,
    cmd.Resolve: alerts.resolve,
    cmd.OptOut: alerts.opt_out,
    cmd.RecordGiven: care.record_given,
    cmd.SendTest: care.send_test,
    cmd.Tick: time.tick,
    cmd.ClaimMessages: delivery.claim,
    cmd.Settle: delivery.settle,
    cmd.Enrol: plan.enrol,
    cmd.SetProfile: plan.set_profile,
    cmd.AddMedication: plan.add_medication,
    cmd.ChangePlan: plan.change_plan,
    cmd.SetCareTeam: plan.set_care_team,
    cmd.Discharge: plan.discharge,
    cmd.Restored: plan.restored,
}


def decide(chart: Chart, command: cmd.Command, now: datetime) -> Decision:
    """Choose what happens. Sends nothing, reads nothing, asks no clock.

    First everything that time has brought about up to ``now``, as punctual ticks would have; then the
    command. An operation that the chart remembers gets its decision again and changes nothing.
    Raises a ``RefusedError`` when the command cannot be carried out as it is.
    """
    done = chart.operation(command.operation)
    if done is not None:
        return Decision(
            operation=done.operation,
            speaker=command.speaker,
            at=now,
            reason=done.reason,
            facts=done.facts,
            asks=done.asks,
        )
    draft = Draft(chart, command, now)
    if chart.plan.discharged_at is None:
        outages = command.outages if isinstance(command, cmd.Tick) else ()
        time.pass_time(draft, outages)
    return _BY_COMMAND[type(command)](draft, command)


__all__ = ["Decision", "Reason", "decide"]
