"""S5, S8: messages of a whole life: their keys, and the pages that a call for help may rely on."""

from datetime import timedelta

from hypothesis import given

from skill.domain import commands as cmd
from skill.domain import events as ev
from skill.domain.alerts import AlertState
from skill.domain.fold import apply
from skill.domain.ladders import LadderKind
from skill.domain.messages import MessageKind
from tests.simulation.lives import BEGINNING, TEAM, Happening, Step, lived, steps

HELP = ("fall or help", "fall or help", "I'm OK", "deliver", "deliver", "tick", "team", *TEAM)


@given(start=BEGINNING, some=steps())
def test_a_key_is_never_queued_again(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    queued = [e.message.key for d in life.ledger for e in d.events if isinstance(e, ev.MessageQueued)]

    assert len(queued) == len(set(queued))


@given(start=BEGINNING, some=steps(*HELP))
def test_a_call_for_help_is_paged_within_a_minute_if_anybody_can_be_reached(
    start: int, some: list[Step]
) -> None:
    life = lived(start, some)

    for one in life.happenings:
        if isinstance(one.command, cmd.RaiseAlert) and _somebody_to_page(one, one.command):
            queued = [e.message for e in one.decision.events if isinstance(e, ev.MessageQueued)]
            paged = any(m.urgent and m.kind is MessageKind.PAGE for m in queued)
            soon = one.now + timedelta(seconds=60)
            coming = [
                a.next_at
                for a in one.after.now.alerts
                if a.kind is one.command.kind and a.state is AlertState.OPEN and a.calmed_at is None
            ]
            assert paged or any(at is not None and at <= soon for at in coming)


def _somebody_to_page(one: Happening, command: cmd.RaiseAlert) -> bool:
    ladder = one.before.find_ladder(LadderKind(command.kind.value))
    people = ladder.people() if ladder else ()
    return any(c.contact_id in people and c.channels() for c in one.before.plan.care_team)


@given(start=BEGINNING, some=steps(*HELP))
def test_whoever_has_taken_over_stops_the_pages_until_it_is_passed_on_or_forgotten(
    start: int, some: list[Step]
) -> None:
    life = lived(start, some)

    for one in life.happenings:
        chart = one.before
        for event in one.decision.events:
            if isinstance(event, ev.MessageQueued) and event.message.kind is MessageKind.PAGE:
                about = [chart.find_alert(alert_id) for alert_id in event.message.alert_ids]
                assert any(a is not None and a.wants_pages for a in about)
            if isinstance(event, ev.AlertMoved) and event.state is AlertState.OPEN:
                alert = chart.get_alert(event.alert_id)
                forgotten = alert.follow_up_asked and alert.next_at is not None and alert.next_at <= one.now
                held = alert.state is AlertState.ACKNOWLEDGED
                freed = isinstance(one.command, (cmd.PassOn, cmd.SetCareTeam))
                assert not held or forgotten or freed
            chart = apply(chart, event, one.decision)
