"""Lives that the properties have found, kept as small as they are."""

from datetime import time

from skill.domain import commands as cmd
from skill.domain import events as ev
from skill.domain.identity import SOMEONE, OperationId, SessionId
from skill.domain.said import Reply, Scope
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


def test_a_medicine_named_beside_one_already_taken_is_not_lost_when_the_time_is_unclear() -> None:
    """S1, S20: the one is asked about; about the other, which may not be written yet, a helper checks."""
    lisinopril, warfarin = a_medication("lisinopril", "20:00"), a_medication("warfarin", "20:00")
    play = Play(a_chart(lisinopril, warfarin), provider=None)
    play.until("20:05")
    play.says(cmd.ConfirmDoses, scope=Scope(medications=(warfarin.medication_id,)))
    play.until("22:10")

    both = Scope(medications=(lisinopril.medication_id, warfarin.medication_id))
    said = play.says(cmd.ConfirmDoses, scope=both, at=time(8))

    checked = [k.medication_id for e in said.events if isinstance(e, ev.AlertOpened) for k in e.alert.doses]
    assert said.reason is ev.Reason.SAME_OR_AGAIN
    assert checked == [lisinopril.medication_id]
    assert not any(isinstance(e, ev.DoseSettled) for e in said.events)
