"""What a named helper writes about doses, and test messages."""

from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.care_team import Channel, Role
from skill.domain.commands import (
    Acknowledge,
    ConfirmDoses,
    RecordGiven,
    Resolve,
    SendTest,
    SetCareTeam,
)
from skill.domain.doses import DoseKey, DoseState, How
from skill.domain.events import MessageQueued, Reason, StatementHeard
from skill.domain.identity import ContactId, SpeakerKind
from skill.domain.messages import MessageKind
from skill.errors import NotFoundError
from tests.builders import ANA, SAM, a_chart, a_contact, a_medication, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
DOSE = DoseKey(TABLET.medication_id, at("08:00"))


def at_the_time(wall: str, **others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(TABLET, **others))
    play.until(wall)
    return play


@pytest.mark.parametrize("how", [How.GIVEN, How.SEEN], ids=str)
@pytest.mark.parametrize("wall", ["07:30", "08:30", "14:00"], ids=["early", "due", "closed"])
def test_a_named_helper_writes_a_dose_down(how: How, wall: str) -> None:
    """S30."""
    play = at_the_time(wall)

    decision = play.helper(SAM, RecordGiven, doses=(DOSE,), how=how)

    assert decision.reason is Reason.GIVEN
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.how, outcome.by, outcome.contact_id) == (
        DoseState.TAKEN,
        how,
        SpeakerKind.CONTACT,
        SAM,
    )


def test_what_a_helper_wrote_closes_the_alert_in_her_name() -> None:
    """S30: she need not be told; the others are."""
    play = at_the_time("10:40")

    play.helper(ANA, RecordGiven, doses=(DOSE,), how=How.GIVEN)
    play.deliver()

    assert (play.alert().state, play.alert().closed_by) == (AlertState.RESOLVED, ANA)
    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.CLOSED_BY_WORD]
    assert play.told(ANA) == [MessageKind.PAGE]


@pytest.mark.parametrize("command", [Acknowledge, Resolve])
def test_taking_over_or_closing_an_alert_changes_no_dose(command: Any) -> None:  # noqa: ANN401 - commands
    """S30: done is not taken."""
    play = at_the_time("10:10")

    play.helper(SAM, command, alert_id=play.alert().alert_id)

    assert play.chart.now.outcomes == ()


def test_without_the_confirm_role_it_is_heard_and_changes_nothing() -> None:
    """S30, S1."""
    play = at_the_time("08:30", contacts=(a_contact(SAM, role=Role.VIEW),))

    decision = play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN)

    assert (decision.reason, play.chart.now.outcomes) == (Reason.NOT_ALLOWED, ())
    assert [type(e) for e in decision.events] == [StatementHeard]


def test_who_is_not_on_the_team_is_not_heard() -> None:
    play = at_the_time("08:30")

    decision = play.helper(ContactId("con_eve"), RecordGiven, doses=(DOSE,), how=How.GIVEN)

    assert (decision.reason, decision.events) == (Reason.NOT_ALLOWED, ())


def test_a_dose_that_she_wrote_herself_is_not_written_twice() -> None:
    play = at_the_time("08:30")
    play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN)

    decision = play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN)

    assert (decision.reason, play.chart.now.alerts) == (Reason.GIVEN_ALREADY, ())


@pytest.mark.parametrize(
    ("how", "details"), [(How.GIVEN, [Detail.UNSURE]), (How.SEEN, [])], ids=["given", "seen"]
)
def test_given_after_it_was_told_as_taken_may_be_a_second_one(how: How, details: list[Detail]) -> None:
    """S1: no stated intake is discarded; to have seen it taken is the same one."""
    play = at_the_time("08:10")
    play.says(ConfirmDoses)
    play.until("08:20")

    decision = play.helper(SAM, RecordGiven, doses=(DOSE,), how=how)

    assert decision.reason is Reason.GIVEN_ALREADY
    assert [a.detail for a in play.chart.now.alerts if a.kind is AlertKind.INTAKE] == details
    assert [o.how for o in play.chart.now.outcomes] == [How.OWN_WORDS]


def test_a_dose_of_long_ago_is_not_written_any_more() -> None:
    play = at_the_time("2027-05-05 20:01")

    assert play.helper(SAM, RecordGiven, doses=(DOSE,), how=How.GIVEN).reason is Reason.GIVEN_ALREADY


# ---- test messages


def test_a_test_goes_to_every_way_in_which_a_person_may_be_reached() -> None:
    channels = (Channel.SMS, Channel.EMAIL, Channel.MAILBOX)
    play = at_the_time("08:30", contacts=(a_contact(SAM, channels=channels),))

    decision = play.do(SendTest, contact_id=SAM)

    assert (decision.reason, decision.facts) == (Reason.TEST_QUEUED, {"count": 3})
    queued = [e.message for e in decision.events if isinstance(e, MessageQueued)]
    assert [(m.kind, m.channel) for m in queued] == [(MessageKind.TEST, channel) for channel in channels]
    assert len({m.key for m in queued}) == 3


def test_two_tests_are_two_messages() -> None:
    play = at_the_time("08:30")

    for _ in range(2):
        play.do(SendTest, contact_id=SAM)
    play.deliver()

    assert play.told(SAM) == [MessageKind.TEST, MessageKind.TEST]


def test_a_test_to_nobody_is_refused() -> None:
    play = at_the_time("08:30")
    play.do(SetCareTeam, contacts=(), ladders=())

    with pytest.raises(NotFoundError, match="con_sam"):
        play.do(SendTest, contact_id=SAM)
