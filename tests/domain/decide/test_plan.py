"""The plan: a change makes a new version, and never prompts a dose too many."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from skill.domain.alerts import AlertKind, AlertState
from skill.domain.chart import empty_chart
from skill.domain.commands import (
    AddMedication,
    AskWhetherHelp,
    ChangePlan,
    ConfirmDoses,
    Discharge,
    Enrol,
    OpenSession,
    RaiseAlert,
    Resolve,
    Restored,
    SetProfile,
    SkipDoses,
    TakeAgain,
)
from skill.domain.decide.plan import FallOpenError
from skill.domain.doses import DoseState, How
from skill.domain.events import Ended, MessageEnded, PatientEnrolled, Reason
from skill.domain.identity import OPERATOR, MedicationId, PatientId
from skill.domain.messages import MessageKind
from skill.domain.names import called
from skill.domain.regimen import Medication
from skill.domain.said import Scope, Start
from skill.domain.timing import planned
from skill.domain.timings import (
    STANDARD_ROUTINE,
    AsNeeded,
    AtEvent,
    AtEvents,
    EveryHours,
    FixedTimes,
    Phase,
    Routine,
    TimesADay,
    Timing,
    Weekly,
    When,
)
from skill.domain.wake import next_wake
from skill.errors import InvalidError, NotFoundError
from skill.private import Private
from tests.builders import (
    ANA,
    BERLIN,
    SAM,
    TUESDAY,
    a_chart,
    a_medication,
    a_patient,
    a_phase,
    a_regimen,
    an_address,
    at,
    walls,
)
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00", "20:00")


def at_the_time(wall: str, *medications: Any) -> Play:  # noqa: ANN401 - medications
    play = Play(a_chart(*(medications or (TABLET,))))
    play.until(wall)
    return play


def change(play: Play, *texts: str, start: Start = Start.NEXT_DAY) -> Any:  # noqa: ANN401 - a decision
    phases = (a_phase(*texts),) if texts else ()
    return play.do(
        ChangePlan, medication_id=TABLET.medication_id, phases=phases, start=start, speaker=OPERATOR
    )


def dues(play: Play, start: str = "2027-05-04 03:00", end: str = "2027-05-06 03:00") -> list[str]:
    medication = play.chart.get_medication(TABLET.medication_id)
    return [f"{due.astimezone(BERLIN):%d %H:%M}" for due, _ in planned(medication, at(start), at(end))]


def states(play: Play) -> list[DoseState]:
    return [outcome.state for outcome in play.chart.now.outcomes]


# ---- people and profiles


def test_a_patient_is_enrolled() -> None:
    play = Play(empty_chart(a_patient(), TUESDAY))

    decision = play.do(Enrol, patient=a_patient())

    assert decision.events == (PatientEnrolled(patient=a_patient()),)


def test_a_profile_may_change() -> None:
    play = at_the_time("08:30")

    play.do(SetProfile, patient=a_patient(prompts=an_address()))

    assert play.chart.plan.patient.prompts == an_address()
    play.until("19:00")
    assert play.told(None) == []  # what was due before is not asked about now


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"patient_id": PatientId("pat_eve")}, "patient"), ({"zone": at("08:00").tzinfo}, "zone")],
    ids=["somebody else", "another zone"],
)
def test_what_a_profile_may_not_change(changes: dict[str, Any], field: str) -> None:
    play = at_the_time("08:30")

    with pytest.raises(InvalidError) as refused:
        play.do(SetProfile, patient=a_patient(**changes))

    assert refused.value.field == field


# ---- a new medicine


def a_new(name: str = "new", **others: Any) -> Medication:  # noqa: ANN401 - fields of Medication
    return a_medication(name, regimens=(), **others)


def named(medication: Medication, name: str, nickname: str | None = None) -> Medication:
    return replace(medication, name=Private(name), nickname=Private(nickname) if nickname else None)


@pytest.mark.parametrize(
    ("name", "nickname", "field"),
    [
        pytest.param("Lisinopril", None, "name", id="the same name"),
        pytest.param("my lisinopril tablets", None, "name", id="the same but for small words"),
        pytest.param("water pill", None, "name", id="its nickname"),
        pytest.param("zestril", "lisinopril", "nickname", id="its name as a nickname"),
    ],
)
def test_a_second_medicine_that_is_called_alike_is_refused(
    name: str, nickname: str | None, field: str
) -> None:
    play = at_the_time("08:00")
    first = named(a_new("one"), "lisinopril", "water pill")
    play.do(AddMedication, medication=first, phases=(a_phase("09:00"),))
    before = play.chart
    second = named(a_new("two"), name, nickname)

    with pytest.raises(InvalidError) as refused:
        play.do(AddMedication, medication=second, phases=(a_phase("09:00"),))

    assert refused.value.field == field
    assert play.chart == before


def test_what_is_stopped_leaves_its_name_free_and_a_strength_tells_two_apart() -> None:
    play = at_the_time("08:00")
    first = named(a_new("one"), "lisinopril")
    play.do(AddMedication, medication=first, phases=(a_phase("09:00"),))
    apart = named(a_new("two"), "lisinopril 20 mg")
    play.do(AddMedication, medication=apart, phases=(a_phase("09:00"),))
    play.do(ChangePlan, medication_id=first.medication_id, phases=())

    again = named(a_new("three"), "lisinopril")
    play.do(AddMedication, medication=again, phases=(a_phase("09:00"),))

    assert called(play.chart.active(), "lisinopril") == (play.chart.get_medication(again.medication_id),)


def test_a_new_medicine_begins_with_the_first_moment_that_lies_ahead() -> None:
    play = at_the_time("08:00")

    play.do(AddMedication, medication=a_new(), phases=(a_phase("07:00", "08:00", "09:00"),))

    medication = play.chart.get_medication(MedicationId("med_new"))
    first = planned(medication, at("2027-05-01 00:00"), at("2027-05-10 00:00"))[0]
    assert (first[0], first[1].version) == (at("09:00"), 1)


@pytest.mark.parametrize(
    ("medication", "phases", "field"),
    [
        (a_new("tablet"), (a_phase(),), "medication"),
        (a_new(), (), "times"),
    ],
    ids=["on the list already", "without a time"],
)
def test_a_new_medicine_is_checked(medication: Medication, phases: tuple[Phase, ...], field: str) -> None:
    play = at_the_time("08:30")

    with pytest.raises(InvalidError) as refused:
        play.do(AddMedication, medication=medication, phases=phases)

    assert refused.value.field == field
    assert len(play.chart.plan.medications) == 1


def test_who_gives_it_is_on_the_care_team() -> None:
    play = at_the_time("08:30")

    with pytest.raises(NotFoundError, match="con_eve"):
        play.do(AddMedication, medication=a_new(given_by="con_eve"), phases=(a_phase(),))


def test_the_list_has_an_end() -> None:
    play = Play(a_chart(*(a_medication(f"m{n}") for n in range(48))))

    with pytest.raises(InvalidError, match="at most 48"):
        play.do(AddMedication, medication=a_new(), phases=(a_phase(),))


def test_a_day_has_at_most_200_doses() -> None:
    """The outcomes that the chart keeps then reach back beyond any late report."""
    every_hour = [f"{hour:02d}:00" for hour in range(24)]
    play = Play(a_chart(TABLET, *(a_medication(f"m{n}", *every_hour) for n in range(8))))

    with pytest.raises(InvalidError, match="at most 200 doses"):
        play.do(AddMedication, medication=a_new(), phases=(a_phase(*every_hour),))
    with pytest.raises(InvalidError, match="at most 200 doses"):
        change(play, *every_hour)
    change(play, "08:00", "14:00", "20:00")


@pytest.mark.parametrize(
    ("timing", "fits"),
    [
        (EveryHours(hours=1), False),
        (EveryHours(hours=5), False),
        (TimesADay(n=5), True),
        (AtEvents(events=(AtEvent(when=When.C), AtEvent(when=When.AC))), False),
        (EveryHours(hours=36), True),
        (AsNeeded(), True),
    ],
    ids=["hourly", "five hours", "five a day", "six at meals", "36 hours", "as needed"],
)
def test_every_kind_counts_towards_the_doses_of_a_day(timing: Timing, *, fits: bool) -> None:
    every_hour = [f"{hour:02d}:00" for hour in range(24)]
    some = a_medication("some", *every_hour[:3])
    play = Play(a_chart(some, *(a_medication(f"m{n}", *every_hour) for n in range(8))))  # 195 a day
    new = Phase(first_day=date(2027, 5, 1), timing=timing)

    try:
        play.do(AddMedication, medication=a_new(), phases=(new,))
    except InvalidError as error:
        assert (error.field, fits) == ("times", False)
    else:
        assert fits


# ---- a change


def test_by_default_a_change_holds_from_the_next_three_in_the_morning_on() -> None:
    """Design §3."""
    play = at_the_time("08:30")

    decision = change(play, "09:00", "21:00")

    assert decision.facts == {"version": 2, "since": at("2027-05-05 03:00")}
    assert dues(play) == ["04 08:00", "04 20:00", "05 09:00", "05 21:00"]
    assert states(play) == []


def test_from_the_next_dose_on() -> None:
    play = at_the_time("10:00")

    change(play, "09:00", "21:00", start=Start.NEXT_DOSE)

    assert dues(play) == ["04 08:00", "04 21:00", "05 09:00", "05 21:00"]
    assert states(play) == []


def test_the_next_dose_may_be_one_of_the_new_plan() -> None:
    """An evening must not be lost because the new one is earlier."""
    play = at_the_time("10:00")

    change(play, "07:00", "19:00", start=Start.NEXT_DOSE)

    assert dues(play) == ["04 08:00", "04 19:00", "05 07:00", "05 19:00"]


def test_now_means_now_and_the_open_dose_is_superseded() -> None:
    play = at_the_time("08:30")

    change(play, "09:00", "21:00", start=Start.NOW)

    assert dues(play) == ["04 08:00", "04 21:00", "05 09:00", "05 21:00"]
    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.how) == (DoseState.SUPERSEDED, How.PLAN)


def test_a_stop_waits_for_nothing() -> None:
    play = at_the_time("08:30")

    change(play)

    assert dues(play) == ["04 08:00"]
    assert states(play) == [DoseState.SUPERSEDED]
    assert play.chart.get_medication(TABLET.medication_id).stopped


def test_a_part_that_was_told_stays_told_when_the_plan_changes() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses, part=Decimal("0.5"))

    change(play)

    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.part, outcome.at) == (DoseState.TAKEN, Decimal("0.5"), at("08:04"))


def test_only_the_doses_of_this_medicine_are_superseded() -> None:
    play = at_the_time("08:30", TABLET, a_medication("other", "08:00"))

    change(play)

    assert [o.medication_id for o in play.chart.now.outcomes] == [TABLET.medication_id]


def test_a_window_that_a_new_plan_shortens_into_the_past_closes_at_once_as_silence() -> None:
    """And not as an outage of ours."""
    once = a_medication("tablet", regimens=(a_regimen("02:00", since=TUESDAY),))
    play = at_the_time("2027-05-05 02:50", once)

    change(play, "03:00")
    play.wait(seconds=5)

    assert states(play) == [DoseState.UNCONFIRMED]


def test_a_dose_open_under_the_old_plan_is_superseded_though_its_window_would_be_over_under_the_new() -> None:
    play = at_the_time("11:00")

    change(play, "11:30", start=Start.NOW)

    assert states(play) == [DoseState.SUPERSEDED]


def test_a_later_change_replaces_one_that_never_began() -> None:
    play = at_the_time("08:30")
    change(play, "09:00", "21:00")

    change(play, "10:00")

    medication = play.chart.get_medication(TABLET.medication_id)
    assert [regimen.version for regimen in medication.regimens] == [1, 3]
    assert dues(play) == ["04 08:00", "04 20:00", "05 10:00"]


def test_old_versions_stay_as_long_as_their_doses() -> None:
    play = at_the_time("08:30")
    change(play, "09:00")
    play.until("2027-05-21 08:30")

    change(play, "10:00")

    medication = play.chart.get_medication(TABLET.medication_id)
    assert [regimen.version for regimen in medication.regimens] == [2, 3]


@pytest.mark.parametrize(
    ("command", "fields", "first"),
    [
        (OpenSession, {}, "04 07:30"),
        (ConfirmDoses, {}, "04 13:30"),
        (ConfirmDoses, {"part": Decimal("0.5")}, "04 13:30"),
        (TakeAgain, {}, "04 13:30"),
        (TakeAgain, {"scope": Scope(unresolved=True)}, "04 13:30"),
        (ConfirmDoses, {"day": date(2027, 5, 4)}, "04 13:30"),
    ],
    ids=["nothing told", "taken", "partly", "again", "something unknown", "nobody said when"],
)
def test_nothing_is_prompted_closer_to_the_last_intake_than_half_the_shorter_interval(
    command: Any,  # noqa: ANN401 - commands
    fields: dict[str, Any],
    first: str,
) -> None:
    """Design §3: three hours, half of the six of the new plan."""
    play = at_the_time("07:10")
    play.says(command, **fields)

    change(play, "07:30", "13:30", "19:30", start=Start.NOW)

    assert dues(play)[0] == first


def weekly(weekday: int, wall: str = "08:00") -> Phase:
    days = Weekly(weekdays=(weekday,), anchor=date(2027, 5, 3))
    return Phase(first_day=date(2027, 5, 1), days=days, timing=FixedTimes(wall_times=walls(wall)))


def a_weekly_play(*said: Any) -> Play:  # noqa: ANN401 - commands
    """Once a week, on Tuesday morning; ``said`` at 08:04."""
    play = at_the_time("08:04", a_medication("tablet", regimens=(a_regimen(phases=(weekly(1),)),)))
    for command in said:
        play.says(command)
    return play


@pytest.mark.parametrize("said", [(ConfirmDoses,), ()], ids=["taken", "not a word"])
@pytest.mark.parametrize(
    ("weekday", "first"),
    [(2, "12 08:00"), (4, "14 08:00"), (5, "08 08:00")],
    ids=["the day after", "three days after", "four days after"],
)
def test_a_weekly_dose_is_not_followed_by_another_within_half_a_week(
    said: tuple[Any, ...], weekday: int, first: str
) -> None:
    play = a_weekly_play(*said)

    play.do(ChangePlan, medication_id=TABLET.medication_id, phases=(weekly(weekday),), start=Start.NEXT_DAY)

    assert dues(play, "2027-05-05 03:00", "2027-05-16 03:00")[0] == first


def test_a_weekly_dose_that_was_skipped_may_be_planned_for_the_next_day() -> None:
    play = a_weekly_play(SkipDoses)

    play.do(ChangePlan, medication_id=TABLET.medication_id, phases=(weekly(2),), start=Start.NEXT_DAY)

    assert dues(play, "2027-05-05 03:00", "2027-05-06 03:00") == ["05 08:00"]


def test_a_weekly_medicine_that_was_stopped_keeps_its_distance_when_it_begins_again() -> None:
    play = a_weekly_play(ConfirmDoses)
    change(play)

    play.do(ChangePlan, medication_id=TABLET.medication_id, phases=(weekly(2),), start=Start.NEXT_DAY)

    assert dues(play, "2027-05-05 03:00", "2027-05-16 03:00") == ["12 08:00"]


def test_a_version_keeps_the_routine_it_was_made_with_until_another_is_given() -> None:
    once = Phase(first_day=date(2027, 5, 1), timing=TimesADay(n=1))
    late = Routine(times_a_day=(walls("11:00"), *STANDARD_ROUTINE.times_a_day[1:]))
    play = at_the_time("06:30", a_medication("tablet", regimens=(a_regimen(phases=(once,), routine=late),)))
    fields = {"medication_id": TABLET.medication_id, "phases": (once,), "start": Start.NOW}

    play.do(ChangePlan, **fields)
    kept = dues(play, end="2027-05-05 03:00")
    play.do(ChangePlan, **fields, routine=Routine())

    assert kept == ["04 11:00"]
    assert dues(play, end="2027-05-05 03:00") == ["04 08:00"]
    assert play.chart.get_medication(TABLET.medication_id).regimens[-1].routine is STANDARD_ROUTINE


def test_a_day_never_has_more_doses_than_the_fuller_of_its_plans() -> None:
    """Design §3."""
    play = at_the_time("09:00")

    change(play, "10:00", "14:00", "22:00", start=Start.NOW)

    assert dues(play, end="2027-05-05 03:00") == ["04 08:00", "04 14:00", "04 22:00"]


def test_edits_one_after_the_other_do_not_add_up() -> None:
    play = at_the_time("08:10")
    for hour in range(9, 20):
        change(play, f"{hour:02d}:15", start=Start.NOW)
        play.until(f"{hour:02d}:30")

    assert len(dues(play, end="2027-05-05 03:00")) <= 2


def test_a_stopped_medicine_may_begin_again() -> None:
    play = at_the_time("08:30")
    change(play)

    change(play, "08:00", "20:00", start=Start.NOW)

    assert dues(play) == ["04 08:00", "04 20:00", "05 08:00", "05 20:00"]


def test_a_plan_without_any_dose_ahead_begins_now() -> None:
    over = a_medication("tablet", regimens=(a_regimen(phases=(a_phase(last_day=date(2027, 5, 2)),)),))
    play = at_the_time("08:30", over)

    decision = play.do(
        ChangePlan,
        medication_id=over.medication_id,
        phases=(a_phase(first_day=date(2027, 6, 30)),),
        start=Start.NEXT_DOSE,
    )

    assert decision.facts["since"] == at("08:30")


def test_a_medicine_that_is_not_on_the_list_cannot_change() -> None:
    play = at_the_time("08:30")

    with pytest.raises(NotFoundError, match="med_none"):
        play.do(ChangePlan, medication_id=MedicationId("med_none"), phases=(a_phase(),))


# ---- leaving, and coming back from a backup


def test_whoever_leaves_is_not_prompted_nor_asked_about() -> None:
    play = at_the_time("10:10")
    play.says(OpenSession)

    decision = play.do(Discharge)
    play.until("2027-05-06 08:00")

    assert decision.reason is Reason.DISCHARGED
    assert play.alert().state is AlertState.RESOLVED
    assert (play.chart.now.question, play.chart.now.messages) == (None, ())
    assert play.told(SAM) == [MessageKind.PAGE]
    assert next_wake(play.chart) is None


def test_messages_that_wait_are_dropped() -> None:
    """S34."""
    play = Play(a_chart(TABLET), provider=None)
    play.until("10:00")

    play.do(Discharge)

    assert [e.ended for e in play.events if isinstance(e, MessageEnded)] == [Ended.DROPPED]


@pytest.mark.parametrize("call", ["fall", "asked whether help is needed"])
def test_nobody_leaves_while_a_call_for_help_is_open(call: str) -> None:
    """Fault 84."""
    play = at_the_time("08:30")
    if call == "fall":
        play.says(RaiseAlert, kind=AlertKind.FALL)
    else:
        play.says(AskWhetherHelp)

    with pytest.raises(FallOpenError):
        play.do(Discharge)

    assert play.chart.plan.discharged_at is None


def test_once_it_is_closed_they_may() -> None:
    play = at_the_time("08:30")
    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.helper(ANA, Resolve, alert_id=play.alert().alert_id)

    assert play.do(Discharge).reason is Reason.DISCHARGED
    assert play.alert().state is AlertState.RESOLVED


def test_after_a_restore_what_was_waiting_is_not_sent_again() -> None:
    """Fault 20."""
    play = Play(a_chart(TABLET), provider=None)
    play.until("10:00")
    play.says(RaiseAlert, kind=AlertKind.FALL)

    decision = play.do(Restored, made_at=play.now)

    assert decision.reason is Reason.RESTORED
    assert play.chart.now.messages == ()


def test_what_was_queued_after_the_backup_stays() -> None:
    play = Play(a_chart(TABLET), provider=None)
    play.until("10:00")

    play.do(Restored, made_at=play.now - timedelta(seconds=1))

    assert len(play.chart.now.messages) == 1
