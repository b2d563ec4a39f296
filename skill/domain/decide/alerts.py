"""Alerts: opening, joining, climbing, ending."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct

from skill.domain.alerts import (
    FOLLOW_UP_ANSWER,
    NEVER_SENT_AFTER,
    Alert,
    AlertKind,
    AlertState,
    Detail,
)
from skill.domain.care_team import Contact
from skill.domain.chart import Chart
from skill.domain.decide.draft import Draft
from skill.domain.decide.messages import Page, drop_pages, notice, queue_pages
from skill.domain.doses import DoseKey
from skill.domain.events import AlertClimbed, AlertJoined, AlertMoved, AlertOpened, FollowUpAsked
from skill.domain.identity import AlertId, ContactId, StatementId
from skill.domain.ladders import Ladder, LadderKind
from skill.domain.messages import MessageKind

STORM_GAP = timedelta(seconds=60)  # a joined fall pages again, at most this often
SOON_AGAIN_FOR = timedelta(hours=1)  # a call for help that no provider takes is tried every STORM_GAP


class Cause(Struct, frozen=True, kw_only=True):
    """What somebody has to be told about. ``told``: who knows of it from an alert that this one takes over.

    ``about``: the moment that the page names. ``outage``: a window of its doses met an outage of ours.
    """

    kind: AlertKind
    detail: Detail
    about: datetime
    doses: tuple[DoseKey, ...] = ()
    told: tuple[ContactId, ...] = ()
    outage: bool = False


def open_or_join(draft: Draft, cause: Cause, ladder_kind: LadderKind, ladder: Ladder | None = None) -> None:
    """Count ``cause`` into an open alert, or open one whose first page is wanted now (design §3, joining).

    ``ladder``: another one than the patient's of ``ladder_kind``.
    """
    ladder = ladder or draft.chart.find_ladder(ladder_kind)
    for alert in draft.chart.now.alerts:
        if alert.may_take_in(cause.kind, cause.detail, ladder, draft.now):
            draft.add(_join(draft, alert, cause, ladder_kind))
            return
    opened = Alert(
        alert_id=AlertId(draft.new_id("alr")),
        kind=cause.kind,
        detail=cause.detail,
        opened_at=draft.now,
        about=cause.about,
        doses=cause.doses,
        ladder_kind=ladder_kind,
        ladder=ladder,
        last_round=ladder.rounds - 1 if ladder else 0,
        next_at=draft.now,
        told=cause.told,
        outage=cause.outage,
    )
    draft.add(AlertOpened(alert=opened))


def _join(draft: Draft, alert: Alert, cause: Cause, ladder_kind: LadderKind) -> AlertJoined:
    """After whatever joins, a page is queued: soon, but for ordinary doses, and never in a storm."""
    next_at, last_round = alert.next_at, alert.last_round
    if ladder_kind is not LadderKind.ORDINARY:
        soon = draft.now if alert.paged_at is None else max(draft.now, alert.paged_at + STORM_GAP)
        next_at = soon if next_at is None else min(next_at, soon)
    if alert.kind is not AlertKind.DOSE or alert.wants_rung() is None:
        last_round = alert.round + (alert.ladder.rounds if alert.ladder else 0)
    return AlertJoined(
        alert_id=alert.alert_id,
        doses=cause.doses,
        next_at=next_at,
        last_round=last_round,
        told=cause.told,
        outage=cause.outage,
    )


# ---- climbing


def climb_due(draft: Draft) -> None:
    """Take each alert whose time has come one rung further; the dose pages for one person become one."""
    pages: list[Page] = []
    due = [a for a in draft.chart.now.alerts if a.next_at is not None and a.next_at <= draft.now]
    due.sort(key=lambda a: (not a.urgent, a.ladder.speed if a.ladder else timedelta.max, a.opened_at))
    for alert in due:
        match alert.state:
            case AlertState.OPEN:
                pages += _climb(draft, alert.alert_id, in_time=True)
            case AlertState.ACKNOWLEDGED:
                pages += _follow_up(draft, alert)
            case AlertState.EXHAUSTED:
                pages += open_again(draft, alert, in_time=True)
            case AlertState.RESOLVED:
                continue
            case _:
                assert_never(alert.state)
    queue_pages(draft, pages)


def climb_now(draft: Draft, alert_id: AlertId) -> None:
    """Go on to the next rung at once."""
    queue_pages(draft, _climb(draft, alert_id, in_time=False))


def _climb(draft: Draft, alert_id: AlertId, *, in_time: bool) -> list[Page]:
    """Pages of the next rung on which somebody can be reached; exhausted when there is none.

    Who asked for the next person is passed over until the next round begins ``in_time``, not early.
    """
    while True:
        alert = draft.chart.get_alert(alert_id)
        step = alert.wants_rung()
        if alert.ladder is None or step is None or _is_old(draft, alert):
            draft.add(AlertMoved(alert_id=alert_id, state=AlertState.EXHAUSTED))
            return []
        turn, rung = step
        passed = () if in_time and turn != alert.round else alert.passed_by
        people = _reachable(draft.chart, alert.ladder.rungs[rung].contacts, passed)
        next_at = draft.now + _wait_after(alert.ladder, rung)
        draft.add(AlertClimbed(alert_id=alert_id, round=turn, rung=rung, next_at=next_at, paged=bool(people)))
        if people:
            climbed = draft.chart.get_alert(alert_id)
            return [Page(alert=climbed, contact=contact) for contact in people]
        if passed and rung + 1 == len(alert.ladder.rungs):
            return []


def _is_old(draft: Draft, alert: Alert) -> bool:
    return draft.now - alert.opened_at > NEVER_SENT_AFTER


def _reachable(chart: Chart, people: Sequence[ContactId], passed: Sequence[ContactId]) -> list[Contact]:
    contacts = [chart.find_contact(person) for person in people if person not in passed]
    return [contact for contact in contacts if contact is not None and contact.channels()]


def _wait_after(ladder: Ladder, rung: int) -> timedelta:
    return ladder.rungs[rung + 1].wait if rung + 1 < len(ladder.rungs) else ladder.round_gap


def open_again(draft: Draft, alert: Alert, *, in_time: bool) -> list[Page]:
    """Climb once more: nobody has it any longer, or nobody was reached."""
    rounds = alert.ladder.rounds if alert.ladder else 0
    last_round = alert.last_round if alert.wants_rung() else alert.round + rounds
    draft.add(
        AlertMoved(alert_id=alert.alert_id, state=AlertState.OPEN, next_at=draft.now, last_round=last_round)
    )
    return _climb(draft, alert.alert_id, in_time=in_time)


def go_on_unheard(draft: Draft, alert: Alert) -> None:
    """No provider took a page of the present rung: the next rung now, without waiting (fault 42).

    Where the last rung has failed and nobody at all was reached, the alert is exhausted, which calls the
    operator, and starts again soon: a call for help after a minute, later and for all others after the
    gap between two rounds.
    """
    ladder = alert.ladder
    if ladder is None or alert.rung + 1 < len(ladder.rungs):
        climb_now(draft, alert.alert_id)
    elif not alert.reached and not _is_old(draft, alert):
        soon = alert.urgent and draft.now - alert.opened_at <= SOON_AGAIN_FOR
        again = draft.now + (STORM_GAP if soon else ladder.round_gap)
        draft.add(AlertMoved(alert_id=alert.alert_id, state=AlertState.EXHAUSTED, next_at=again))


def _follow_up(draft: Draft, alert: Alert) -> list[Page]:
    """Ask once whether the person was reached; without an answer the ladder goes on (S7)."""
    holder = (alert.acknowledged_by,) if alert.acknowledged_by else ()
    if not alert.follow_up_asked:
        draft.add(FollowUpAsked(alert_id=alert.alert_id, next_at=draft.now + FOLLOW_UP_ANSWER))
        notice(draft, MessageKind.FOLLOW_UP, alert, holder)
        return []
    notice(draft, MessageKind.WENT_ON, alert, holder)
    return open_again(draft, alert, in_time=True)


# ---- ending


def end(
    draft: Draft,
    alert: Alert,
    kind: MessageKind,
    *,
    by: ContactId | None = None,
    statement_id: StatementId | None = None,
    said_at: datetime | None = None,
) -> None:
    """It is over: nobody is paged any more, and everybody who was told hears it, but for ``by``."""
    draft.add(
        AlertMoved(alert_id=alert.alert_id, state=AlertState.RESOLVED, by=by, statement_id=statement_id)
    )
    drop_pages(draft, alert.alert_id)
    to = [person for person in alert.told if person != by]
    notice(draft, kind, alert, to, named=by, said_at=said_at)
