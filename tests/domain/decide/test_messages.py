"""Queueing: one message for one person, and none that nobody wants."""

from typing import Any

import pytest
from msgspec.structs import replace

from skill.domain.alerts import AlertKind, Detail
from skill.domain.care_team import Channel
from skill.domain.commands import Acknowledge, ClaimMessages, ConfirmDoses, DontRemember, OptOut, TakeAgain
from skill.domain.messages import Message, MessageKind
from skill.domain.regimen import Criticality
from tests.builders import ANA, SAM, a_chart, a_contact, a_medication, an_alert, at
from tests.doubles import Play

FAST = a_medication("fast", "09:00", criticality=Criticality.CRITICAL)
GIVEN = a_medication("given", "08:00", given_by=SAM)
TABLET = a_medication("tablet", "08:00")


def waiting(play: Play) -> list[Message]:
    return list(play.chart.now.messages)


def two_alerts_in_one() -> Play:
    """Sam is first on two ladders; both of their first waits pass at ten."""
    slow = a_medication("slow", "08:00", given_by=ANA)
    play = Play(a_chart(FAST, GIVEN, slow), provider=None)
    play.until("10:00")
    return play


def test_what_one_alert_does_not_want_any_more_another_may() -> None:
    play = two_alerts_in_one()
    both = next(m for m in waiting(play) if m.contact_id == SAM)
    other = an_alert(alert_id="alr_other", next_at=at("23:00"))
    merged = replace(both, alert_ids=(both.alert_ids[0], other.alert_id))
    play.chart = play.chart.with_now(alerts=(*play.chart.now.alerts, other), messages=(merged,))

    play.helper(ANA, Acknowledge, alert_id=both.alert_ids[0])

    assert [m.key for m in waiting(play)] == [both.key]


def test_what_is_being_sent_is_not_called_back() -> None:
    play = two_alerts_in_one()
    play.do(ClaimMessages)
    held = waiting(play)

    for alert in play.chart.now.alerts:
        play.helper(ANA, Acknowledge, alert_id=alert.alert_id)

    assert [m for m in waiting(play) if m.kind is MessageKind.PAGE] == held


@pytest.mark.parametrize(
    ("said", "about", "also"),
    [
        (TakeAgain, "08:04", ()),
        (DontRemember, "08:00", ()),
    ],
    ids=["a second one: when it was said", "not sure: which doses"],
)
def test_an_intake_is_told_with_the_moment_that_matters(said: Any, about: str, also: tuple[Any, ...]) -> None:  # noqa: ANN401
    play = Play(a_chart(TABLET), provider=None)
    play.until("08:04")
    if said is TakeAgain:
        play.says(ConfirmDoses)

    play.says(said)

    [message] = waiting(play)
    assert (message.about, message.also) == (at(about), also)
    assert play.alert().kind is AlertKind.INTAKE


def test_a_page_that_is_sent_once_more_has_a_key_of_its_own() -> None:
    """S8: first by SMS, failed over to e-mail, and once more after an opt-out."""
    both = (Channel.SMS, Channel.EMAIL, Channel.MAILBOX)
    play = Play(a_chart(TABLET, contacts=(a_contact(SAM, channels=both),)))
    play.until("10:00")
    first = play.delivered[0].message.key

    play.do(OptOut, contact_id=SAM, channel=Channel.SMS)

    page = next(m for m in waiting(play) if m.kind is MessageKind.PAGE)
    assert page.key != first.replace("/sms", "/email")
    assert page.key.startswith(f"{play.alert().alert_id}/page/0.0.")


def test_a_notice_to_somebody_who_cannot_be_reached_is_not_queued() -> None:
    gone = a_contact(ANA, consented=False)
    told = an_alert(told=(SAM, ANA, "con_gone"), next_at=at("23:00"), detail=Detail.NO_WORD)
    play = Play(a_chart(TABLET, contacts=(a_contact(SAM), gone, a_contact("con_eve")), alerts=(told,)))

    play.helper("con_eve", Acknowledge, alert_id=told.alert_id)

    assert [(m.contact_id, m.kind) for m in waiting(play)] == [(SAM, MessageKind.TAKEN_OVER)]
