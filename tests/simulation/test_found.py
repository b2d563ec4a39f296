"""Lives that the properties have found, kept as small as they are."""

from datetime import time

from skill.domain import commands as cmd
from skill.domain import events as ev
from skill.domain.identity import SOMEONE, OperationId, SessionId
from skill.domain.said import Reply
from tests.builders import a_chart, a_medication
from tests.doubles import Play


def test_a_yes_to_the_earlier_ones_is_not_lost_when_nobody_answers_about_the_time() -> None:
    """S1: asked "did you mean those?" she said yes; the silence after "at eight this morning?" is no no."""
    play = Play(a_chart(a_medication("lisinopril", "08:00")), provider=None)
    play.until("13:00")
    meant = play.says(cmd.ConfirmDoses, at=time(8))
    asked = play.says(cmd.Answer, question=meant.asks, reply=Reply.YES)

    play.says(cmd.EndSession, silent=True)

    assert (meant.reason, asked.reason) == (ev.Reason.EARLIER_ONES, ev.Reason.TIME_READ_BACK)
    kept = (ev.DoseSettled, ev.IntakeRecorded, ev.AlertOpened)
    assert [e for e in play.ledger[-1].events if isinstance(e, kept)] != []


def test_two_alerts_never_share_an_id_though_a_forgotten_question_comes_again() -> None:
    """What time brings about inside a command has ids of its own, also when that command is repeated."""
    play = Play(a_chart(a_medication("lisinopril", "08:00")), provider=None)
    play.sleep_until("11:00")
    asked = cmd.AskTaken(operation=OperationId("asked"), speaker=SOMEONE, session=SessionId("s1"))
    play.carry_out(asked)
    play.chart = play.chart.with_now(operations=())
    play.sleep_until("2027-05-05 11:00")

    play.carry_out(asked)

    opened = [event.alert.alert_id for event in play.events if isinstance(event, ev.AlertOpened)]
    assert len(opened) == 2
    assert len(set(opened)) == 2
