"""Again, not yet, not taking it, don't remember, and remarks: each kept, each with its own consequence."""

from decimal import Decimal
from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.commands import (
    Answer,
    ConfirmDoses,
    DontRemember,
    MakeRemark,
    OpenSession,
    Reply,
    SayNotYet,
    SkipDoses,
    TakeAgain,
)
from skill.domain.doses import DoseState, SkipReason
from skill.domain.events import DoseSettled, Reason, StatementHeard, StatementKind
from skill.domain.identity import MedicationId
from skill.domain.intakes import IntakeKind
from skill.domain.messages import MessageKind
from skill.domain.regimen import Criticality
from skill.domain.said import Remark, Scope
from tests.builders import ANA, SAM, a_chart, a_medication, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
OTHER = a_medication("other", "08:00")
CRITICAL = a_medication("critical", "08:00", criticality=Criticality.CRITICAL)
UNRESOLVED = Scope(unresolved=True)


def named(*medications: Any) -> Scope:  # noqa: ANN401 - medications
    return Scope(medications=tuple(m.medication_id for m in medications))


def at_the_time(wall: str, *medications: Any) -> Play:  # noqa: ANN401 - medications
    play = Play(a_chart(*(medications or (TABLET,))))
    play.until(wall)
    return play


def states(play: Play) -> list[DoseState]:
    return [outcome.state for outcome in play.chart.now.outcomes]


# ---- again


def test_again_after_the_question_is_an_extra_intake_with_amount_and_time() -> None:
    """S1."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.wait(minutes=10)
    play.says(ConfirmDoses)

    decision = play.says(TakeAgain)

    assert (decision.reason, decision.facts) == (Reason.OVERDOSE, {"helper": SAM})
    [intake] = play.chart.now.intakes
    assert (intake.kind, intake.due, intake.at, intake.amount) == (
        IntakeKind.EXTRA,
        at("08:00"),
        at("08:14"),
        1,
    )
    alert = play.alert()
    assert (alert.kind, alert.detail, alert.doses) == (
        AlertKind.INTAKE,
        Detail.EXTRA,
        ((intake.medication_id, intake.due),),
    )
    assert play.chart.now.question is None


def test_again_without_a_question_means_the_last_packet() -> None:
    """S1: all of it, whatever the minutes between its doses."""
    play = at_the_time("08:40", TABLET, a_medication("later", "08:30"))
    play.says(ConfirmDoses)
    play.wait(minutes=5)

    play.says(TakeAgain)

    assert sorted(i.medication_id for i in play.chart.now.intakes) == ["med_later", "med_tablet"]


def test_again_of_one_that_is_named_means_that_one() -> None:
    play = at_the_time("08:04", TABLET, OTHER)
    play.says(ConfirmDoses)

    play.says(TakeAgain, scope=named(OTHER))

    assert [i.medication_id for i in play.chart.now.intakes] == [OTHER.medication_id]


def test_again_said_twice_within_half_a_minute_is_one() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.says(TakeAgain)

    decision = play.says(TakeAgain)

    assert (decision.reason, len(play.chart.now.intakes)) == (Reason.OVERDOSE, 1)


def test_again_of_what_was_never_told_leaves_the_dose_unsure() -> None:
    """S1: whether the first one was this one, nobody knows."""
    play = at_the_time("08:04")

    decision = play.says(TakeAgain)

    assert decision.reason is Reason.OVERDOSE
    assert states(play) == [DoseState.UNSURE]
    assert [i.kind for i in play.chart.now.intakes] == [IntakeKind.UNSCHEDULED]


def test_again_of_two_of_which_one_was_told() -> None:
    play = at_the_time("08:04", TABLET, OTHER)
    play.says(ConfirmDoses, scope=named(TABLET))

    play.says(TakeAgain, scope=named(TABLET, OTHER))

    assert [(i.kind, i.medication_id) for i in play.chart.now.intakes] == [
        (IntakeKind.EXTRA, TABLET.medication_id),
        (IntakeKind.UNSCHEDULED, OTHER.medication_id),
    ]
    assert {o.medication_id: o.state for o in play.chart.now.outcomes} == {
        TABLET.medication_id: DoseState.TAKEN,
        OTHER.medication_id: DoseState.UNSURE,
    }


@pytest.mark.parametrize(
    "scope", [UNRESOLVED, Scope()], ids=["an unknown name", "nothing told and nothing due"]
)
def test_again_of_something_unknown_is_recorded_all_the_same(scope: Scope) -> None:
    """S1: no stated intake is discarded."""
    play = Play(a_chart(TABLET), at("04:30"))

    decision = play.says(TakeAgain, scope=scope)

    assert decision.reason is Reason.OVERDOSE
    assert [i.medication_id for i in play.chart.now.intakes] == [None]


# ---- not yet


def test_not_yet_inside_the_window_changes_nothing() -> None:
    """S37."""
    play = at_the_time("08:30")

    decision = play.says(SayNotYet)

    assert (decision.reason, decision.facts["count"]) == (Reason.STAYS_OPEN, 1)
    assert [type(e) for e in decision.events] == [StatementHeard]
    play.until("09:59")
    assert play.chart.now.alerts == ()
    play.until("10:00")
    assert play.alert().opened_at == at("10:00")


def test_not_yet_after_the_window_is_not_taken() -> None:
    play = at_the_time("14:00")
    asked = play.says(OpenSession)

    decision = play.says(SayNotYet)

    assert (asked.reason, decision.reason) == (Reason.CLOSED_EARLIER, Reason.NOT_TAKEN)
    assert states(play) == [DoseState.NOT_TAKEN]
    assert play.chart.now.question is None


# ---- not taking it


def test_a_skip_ends_the_dose_and_the_reason_is_asked_once() -> None:
    """S37."""
    play = at_the_time("08:30")

    decision = play.says(SkipDoses)

    assert decision.reason is Reason.SKIPPED
    assert states(play) == [DoseState.SKIPPED]
    play.until("2027-05-05 06:00")
    assert play.told(SAM) == []


def test_a_skip_with_its_reason_is_not_asked_for_it() -> None:
    play = at_the_time("08:30")

    decision = play.says(SkipDoses, reason=SkipReason.RAN_OUT)

    assert (decision.reason, decision.asks) == (Reason.SKIPPED_NOTED, None)
    assert [e.reason for e in decision.events if isinstance(e, DoseSettled)] == ["ran_out"]


def test_a_skip_of_a_critical_one_is_told_at_once() -> None:
    """S37: only by that medication's ladder."""
    play = at_the_time("08:30", CRITICAL, TABLET)

    play.says(SkipDoses)

    assert (play.alert().detail, play.alert().doses) == (
        Detail.SKIPPED,
        ((CRITICAL.medication_id, at("08:00")),),
    )
    play.deliver()
    assert play.told(SAM) == [MessageKind.PAGE]


def test_a_skip_takes_over_from_the_silence_before_it() -> None:
    play = at_the_time("09:10", CRITICAL)
    silence = play.alert()

    play.says(SkipDoses)

    by_detail = {a.detail: a for a in play.chart.now.alerts}
    assert silence.detail is Detail.NO_WORD
    assert by_detail[Detail.NO_WORD].state is AlertState.RESOLVED
    assert by_detail[Detail.SKIPPED].state is AlertState.OPEN
    assert by_detail[Detail.SKIPPED].told == (SAM,)


def test_a_skip_of_ordinary_ones_is_an_all_clear_to_whoever_was_told() -> None:
    play = at_the_time("10:10")

    play.says(SkipDoses)
    play.deliver()

    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.CLOSED_SKIPPED]


def test_a_part_that_was_told_stays_told_when_the_rest_is_skipped() -> None:
    """S22."""
    play = at_the_time("08:04")
    play.says(ConfirmDoses, part=Decimal("0.5"))

    play.says(SkipDoses)

    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.part, outcome.at) == (DoseState.TAKEN, Decimal("0.5"), at("08:04"))


@pytest.mark.parametrize(
    ("scope", "reason"),
    [(UNRESOLVED, Reason.WHICH_MEDICINE), (Scope(), Reason.NOTHING_TO_SKIP)],
    ids=["an unknown name", "nothing open"],
)
def test_what_cannot_be_skipped(scope: Scope, reason: Reason) -> None:
    play = Play(a_chart(TABLET), at("04:30"))

    decision = play.says(SkipDoses, scope=scope)

    assert decision.reason is reason
    assert states(play) == []


def test_one_that_closed_is_skipped_by_its_name() -> None:
    play = at_the_time("14:00")

    play.says(SkipDoses, scope=named(TABLET))

    assert states(play) == [DoseState.SKIPPED]


def test_a_skip_does_not_swallow_an_intake_that_was_told() -> None:
    """S10: "I took my pills" (earlier ones?) "I'm not taking it" leaves what was taken to be found out."""
    play = at_the_time("14:00")
    asked = play.says(ConfirmDoses)

    play.says(SkipDoses, scope=named(TABLET))

    assert asked.reason is Reason.EARLIER_ONES
    assert [i.kind for i in play.chart.now.intakes] == [IntakeKind.UNSCHEDULED]


# ---- I don't remember


def test_not_remembering_stops_every_prompt_and_asks_a_helper() -> None:
    """S22."""
    play = at_the_time("08:30")

    decision = play.says(DontRemember)
    play.until("2027-05-05 06:00")

    assert (decision.reason, decision.facts["helper"]) == (Reason.UNSURE, SAM)
    assert states(play) == [DoseState.UNSURE]
    alert = play.alert()
    assert (alert.kind, alert.detail, alert.opened_at) == (AlertKind.INTAKE, Detail.UNSURE, at("08:30"))
    assert play.told(SAM) == [MessageKind.PAGE]
    assert play.told(ANA) == [MessageKind.PAGE]


def test_not_remembering_takes_over_from_the_silence_before_it() -> None:
    play = at_the_time("10:40")

    play.says(DontRemember)

    silence, unsure = play.chart.now.alerts
    assert (silence.state, unsure.detail) == (AlertState.RESOLVED, Detail.UNSURE)
    assert unsure.told == (SAM, ANA)


@pytest.mark.parametrize(
    ("told", "reason"),
    [(True, Reason.TOLD_TAKEN), (False, Reason.TOLD_NOTHING)],
    ids=["it is written down", "nothing is"],
)
def test_not_remembering_what_is_not_open(told: bool, reason: Reason) -> None:
    play = Play(a_chart(TABLET), at("04:30"))
    if told:
        play.until("08:04")
        play.says(ConfirmDoses)
        play.wait(minutes=1)

    decision = play.says(DontRemember)

    assert decision.reason is reason
    assert DoseState.UNSURE not in states(play)


def test_not_remembering_a_name_that_is_unknown_touches_nothing() -> None:
    """S21."""
    play = at_the_time("08:30")

    decision = play.says(DontRemember, scope=UNRESOLVED)

    assert (decision.reason, states(play)) == (Reason.WHICH_MEDICINE, [])


def test_not_remembering_leaves_what_was_skipped_alone() -> None:
    play = at_the_time("08:30")
    play.says(SkipDoses, reason=SkipReason.OTHER)
    play.until("14:00")

    decision = play.says(DontRemember)

    assert (decision.reason, states(play)) == (Reason.TOLD_NOTHING, [DoseState.SKIPPED])


def test_not_remembering_is_about_what_was_asked() -> None:
    play = at_the_time("14:00")
    play.says(OpenSession)

    play.says(DontRemember)

    assert states(play) == [DoseState.UNSURE]
    assert play.chart.now.question is None


def test_a_part_is_kept_when_the_rest_is_unsure() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses, part=Decimal("0.5"))
    play.wait(minutes=5)

    play.says(DontRemember)

    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.part) == (DoseState.UNSURE, Decimal("0.5"))


# ---- remarks


@pytest.mark.parametrize(
    ("remark", "reason"),
    [
        (Remark.OTHERS_DOSE, Reason.OTHERS_DOSE),
        (Remark.TAKING_NOW, Reason.TELL_WHEN_DONE),
        (Remark.ADVICE_ASKED, Reason.NO_ADVICE),
        (Remark.NAME_UNKNOWN, Reason.NAME_UNKNOWN),
    ],
    ids=str,
)
def test_a_remark_is_kept_and_closes_nothing(remark: Remark, reason: Reason) -> None:
    play = at_the_time("08:30")

    decision = play.says(MakeRemark, remark=remark)

    assert decision.reason is reason
    [heard] = decision.events
    assert isinstance(heard, StatementHeard)
    assert (heard.kind, heard.remark, states(play)) == (StatementKind.REMARK, remark, [])


def test_a_medicine_that_is_on_no_plan_any_more_may_be_told_again() -> None:
    play = Play(a_chart(TABLET), at("04:30"))

    play.says(TakeAgain, scope=Scope(medications=(MedicationId("med_gone"),)))

    assert [(i.medication_id, i.amount) for i in play.chart.now.intakes] == [("med_gone", None)]


def test_a_yes_after_not_remembering_writes_nothing() -> None:
    """H4: the question was answered."""
    play = at_the_time("14:00")
    asked = play.says(OpenSession)
    play.says(DontRemember)

    decision = play.says(Answer, question=asked.asks, reply=Reply.YES)

    assert (decision.reason, states(play)) == (Reason.YES_TO_NOTHING, [DoseState.UNSURE])
    assert play.chart.now.question is None
