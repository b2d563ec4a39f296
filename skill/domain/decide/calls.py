"""Falls and calls for help: paged at once, calmed by "I'm OK", asked about by "any news?"."""

from datetime import datetime

from msgspec.structs import replace

from skill.domain.alerts import FOLLOW_UP_ANSWER, Alert, AlertKind, AlertState, Detail
from skill.domain.commands import AskNews, RaiseAlert, SayImOk
from skill.domain.decide.alerts import Cause, climb_due, open_or_join
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import notice
from skill.domain.events import AlertCalmed, Decision, Reason
from skill.domain.identity import ContactId
from skill.domain.ladders import Ladder, LadderKind, Rung
from skill.domain.messages import MessageKind

UNANSWERED_FOR = FOLLOW_UP_ANSWER  # S7: after three minutes without an answer the next people are told


def raise_alert(draft: Draft, command: RaiseAlert) -> Decision:
    """A fall or a call for help: page now, ask nothing."""
    page(draft, command.kind, command.detail)
    return draft.decision(said_of_page(draft))


def page(draft: Draft, kind: AlertKind, detail: Detail, about: datetime | None = None) -> None:
    """Open or join an urgent alert and queue its page in this very decision."""
    ladder_kind = LadderKind.FALL if kind is AlertKind.FALL else LadderKind.HELP
    own = draft.chart.find_ladder(ladder_kind)
    ladder = first_alone(own) if own is not None and detail is Detail.ASKED_THEN_SILENT else own
    open_or_join(draft, Cause(kind=kind, detail=detail, about=about or draft.now), ladder_kind, ladder)
    climb_due(draft)


def first_alone(ladder: Ladder) -> Ladder:
    """Nobody has said that help is needed: the first contact at once, soon after the ladder as it is (S2)."""
    first, *others = ladder.rungs
    if len(first.contacts) == 1:
        return ladder
    alone = Rung(wait=first.wait, contacts=first.contacts[:1])
    return replace(ladder, rungs=(alone, replace(first, wait=UNANSWERED_FOR), *others))


def said_of_page(draft: Draft) -> Reason:
    """Whether it is true that somebody is being told."""
    waiting = any(message.urgent for message in draft.chart.now.messages)
    told = any(alert.urgent and alert.wants_pages and alert.told for alert in draft.chart.now.alerts)
    return Reason.PAGED if waiting or told else Reason.NOBODY_TO_PAGE


def say_im_ok(draft: Draft, _: SayImOk) -> Decision:
    """ "I'm OK" stops the climb and is told to everyone paged; a helper closes the alert (S38)."""
    told = False
    for alert in [a for a in draft.chart.now.alerts if a.urgent and not a.state.ended]:
        waiting = {m.contact_id for m in draft.chart.now.messages if alert.alert_id in m.alert_ids}
        to = [person for person in _people(alert) if person in alert.told or person in waiting]
        told = told or bool(to)
        if alert.calmed_at is None:
            draft.add(AlertCalmed(alert_id=alert.alert_id))
            notice(draft, MessageKind.IM_OK, alert, to)
    return draft.decision(Reason.CALMED if told else Reason.GLAD)


def _people(alert: Alert) -> tuple[ContactId, ...]:
    on_ladder = alert.ladder.people() if alert.ladder else ()
    return tuple(dict.fromkeys((*on_ladder, *alert.told)))


def news(draft: Draft, _: AskNews) -> Decision:
    """Who has answered a call for help, if anybody (text 16). "I'm still trying" only where we are."""
    urgent = [a for a in draft.chart.now.alerts if a.urgent]
    if not urgent:
        return draft.decision(Reason.NO_ALERT)
    last = max(urgent, key=lambda a: a.opened_at)
    helper = last.acknowledged_by or last.closed_by
    at = last.acknowledged_at or last.ended_at
    if helper is None or at is None:
        trying = last.state is AlertState.OPEN and last.calmed_at is None
        return draft.decision(Reason.NEWS_NONE if trying else Reason.NEWS_NOBODY)
    return draft.decision(Reason.NEWS_ANSWERED, {"helper": helper, "at": at})
