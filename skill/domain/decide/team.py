"""The care team: who may be told, on which ladders, and what a change means for what is running."""

from datetime import timedelta

from skill.domain.alerts import AlertState, Detail
from skill.domain.chart import Chart
from skill.domain.commands import SetCareTeam
from skill.domain.decide.alerts import climb_due, open_again
from skill.domain.decide.dose_alerts import Silent, ask_about
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import queue_pages
from skill.domain.events import CareTeamSet, Decision, Reason, TimeWorked
from skill.domain.identity import ContactId
from skill.domain.ladders import Ladder, LadderKind
from skill.errors import InvalidError

_A_DAY = timedelta(days=1)


def set_care_team(draft: Draft, command: SetCareTeam) -> Decision:
    """The care team and its ladders; every rung names people of the team, and no ladder is empty."""
    known = {contact.contact_id for contact in command.contacts}
    if len(known) != len(command.contacts):
        raise InvalidError("contacts", "names each person once")
    for ladder in command.ladders:
        _check_people(ladder, known)
    kinds = [ladder.kind for ladder in command.ladders]
    if len(set(kinds)) != len(kinds):
        raise InvalidError("ladders", "has one ladder for each kind")
    givers = {m.given_by for m in draft.chart.active() if m.given_by is not None and not m.stopped}
    if not givers <= known:
        raise InvalidError(
            "contacts", "somebody who gives a medicine cannot be removed: change the medicine first"
        )
    before = draft.chart
    draft.add(TimeWorked(to=draft.now))
    draft.add(CareTeamSet(contacts=command.contacts, ladders=command.ladders))
    _ask_at_once(draft, before)
    _free(draft)
    return draft.decision(Reason.PLAN_SET)


def _ask_at_once(draft: Draft, before: Chart) -> None:
    """Open doses whose first wait was still to come, and has passed on the new ladder, are asked about."""
    silent = []
    asked = {key for a in before.now.alerts if a.detail is Detail.NO_WORD for key in a.doses}
    for dose in draft.chart.doses(draft.now - _A_DAY, draft.now + timedelta.resolution):
        kind = LadderKind.of(dose.medication.criticality)
        old, new = before.find_ladder(kind), draft.chart.find_ladder(kind)
        waited = old is not None and dose.due + old.speed <= draft.now
        if new is None or waited or dose.due + new.speed > draft.now or dose.key in asked:
            continue
        if dose.due_at(draft.now) and dose.part is None:
            silent.append(Silent(dose=dose, outage=False))
    ask_about(draft, silent)


def _free(draft: Draft) -> None:
    """An alert whose holder has left, or which reached nobody, climbs again: never silent (fault 54)."""
    for alert in draft.chart.now.alerts:
        holder = draft.chart.find_contact(alert.acknowledged_by)
        left = alert.state is AlertState.ACKNOWLEDGED and not (holder is not None and holder.consented)
        unheard = alert.state is AlertState.EXHAUSTED and not alert.reached
        if left or unheard:
            queue_pages(draft, open_again(draft, alert, in_time=True))
    climb_due(draft)


def _check_people(ladder: Ladder, known: set[ContactId]) -> None:
    if not set(ladder.people()) <= known:
        raise InvalidError("ladder", "names somebody who is not on the care team")
