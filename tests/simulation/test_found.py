"""Lives that the properties have found, kept as small as they are."""

from datetime import time

from skill.domain import commands as cmd
from skill.domain import events as ev
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


def test_a_stated_time_does_not_lose_a_medicine_named_beside_one_that_is_not_due() -> None:
    """S1, S10: "I took lisinopril and the aspirin at eight", and only the aspirin was not due."""
    lisinopril, aspirin = a_medication("lisinopril", "08:00"), a_medication("aspirin", "20:00")
    play = Play(a_chart(lisinopril, aspirin), provider=None)
    play.until("09:00")
    named = Scope(medications=(lisinopril.medication_id, aspirin.medication_id))

    said = play.says(cmd.ConfirmDoses, scope=named, at=time(8))

    written = [e.outcome.medication_id for e in said.events if isinstance(e, ev.DoseSettled)]
    asked = [
        k.medication_id for e in said.events if isinstance(e, ev.QuestionAsked) for k in e.question.doses
    ]
    assert lisinopril.medication_id in (*written, *asked)
