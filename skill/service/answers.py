"""What a caregiver answers by link or code, as commands to the chart."""

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from skill.domain.chart import Chart
from skill.domain.commands import Acknowledge, Command, FollowUp, PassOn, RecordGiven, Resolve
from skill.domain.doses import DoseKey, How
from skill.domain.events import Decision
from skill.domain.identity import AlertId, OperationId, contact
from skill.service.act import App, act
from skill.service.tokens import Ticket, still_open


class Action(StrEnum):
    """The buttons of the page; a reply by SMS knows the first four."""

    GOT_IT = "got_it"
    SPOKE = "spoke"
    NEXT = "next"
    CLOSED = "closed"
    GAVE_IT = "gave_it"
    SAW_IT = "saw_it"


class Answered(Struct, frozen=True, kw_only=True):
    """The chart after an answer, and what was decided about each alert of the ticket that is still open.

    ``repeated``: this very answer had been carried out before; the decisions are those of that time.
    """

    chart: Chart
    decisions: tuple[Decision, ...]
    repeated: bool


def carry_out(
    app: App, ticket: Ticket, action: Action, operation: str, *, doses: Sequence[DoseKey] = ()
) -> Answered:
    """Do what the holder of ``ticket`` answered, to each of its alerts that is still open.

    ``operation`` names this press of a button or this reply; the same one again changes nothing.
    ``doses``: of which a helper says that they were given or seen. Errors as for ``act``.
    """
    chart = app.charts.load(ticket.patient_id).chart
    alerts = still_open(ticket, chart, app.clock.now())
    decisions: list[Decision] = []
    repeated = False
    for number, alert in enumerate(alerts[: 1 if doses else None]):
        command = _command(ticket, action, OperationId(f"{operation}/{number}"), alert.alert_id, tuple(doses))
        repeated = repeated or chart.operation(command.operation) is not None
        acted = act(app, ticket.patient_id, command)
        chart = acted.chart
        decisions.append(acted.decision)
    return Answered(chart=chart, decisions=tuple(decisions), repeated=repeated)


def _command(
    ticket: Ticket, action: Action, operation: OperationId, alert_id: AlertId, doses: tuple[DoseKey, ...]
) -> Command:
    speaker = contact(ticket.contact_id)
    match action:
        case Action.GOT_IT:
            return Acknowledge(operation=operation, speaker=speaker, alert_id=alert_id)
        case Action.SPOKE:
            return FollowUp(operation=operation, speaker=speaker, alert_id=alert_id)
        case Action.NEXT:
            return PassOn(operation=operation, speaker=speaker, alert_id=alert_id)
        case Action.CLOSED:
            return Resolve(operation=operation, speaker=speaker, alert_id=alert_id)
        case Action.GAVE_IT:
            return RecordGiven(operation=operation, speaker=speaker, doses=doses, how=How.GIVEN)
        case Action.SAW_IT:
            return RecordGiven(operation=operation, speaker=speaker, doses=doses, how=How.SEEN)
        case _:
            assert_never(action)
