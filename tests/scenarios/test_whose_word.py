"""S1, S26: two people and a voice that is not known. What was said is kept, and closes nobody's dose."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.domain.care_team import Label
from skill.domain.events import StatementHeard
from skill.domain.identity import PatientId
from skill.domain.regimen import Criticality
from tests.scenarios.world import ADA, BOB, World, a_world, person

WHO = "Who is speaking? Please say: this is, and your first name."
OVERDOSE = "Thank you for telling me. If anyone has collapsed"
UNPLANNED = "Thank you for telling me. That wasn't planned for now"


@pytest.fixture
def couple(tmp_path: Path) -> Iterator[World]:
    """Ada (helped by Ana) takes lisinopril, Bob (helped by Sam) metformin, both at eight; it is 8:05."""
    with a_world(tmp_path) as world:
        world.patient("Ada", person("Ana"))
        world.patient("Bob", person("Sam", label=Label.DAD))
        world.link()
        world.medicine("lisinopril", "08:00")
        world.medicine("metformin", "08:00", patient_id=BOB)
        world.wind_to("08:05")
        yield world


def _kept(world: World, patient_id: PatientId) -> list[str]:
    """What stands in the ledger as said by somebody."""
    return [
        event.words
        for decision in world.house.app.charts.ledger(patient_id)
        for event in decision.events
        if isinstance(event, StatementHeard) and event.remark is not None
    ]


@pytest.mark.parametrize("ended", [True, False], ids=["alexa says it is over", "the echo was unplugged"])
def test_again_by_an_unknown_voice_is_told_to_both_helpers_before_the_name_is_asked(
    couple: World, ended: bool
) -> None:
    """S1: the overdose text and the alert wait for no name, and silence does not unsay it."""
    spoken = couple.says("TookAgainIntent")
    paged = [couple.messages_to("Ana"), couple.messages_to("Sam", patient_id=BOB)]
    if ended:
        couple.session_ends()
    couple.wind_to("08:08")

    assert spoken.startswith(OVERDOSE)
    assert spoken.endswith(WHO)
    assert [texts[0].split(" I'll call")[0] for texts in paged] == [
        "Mom's home, 8:05 AM: someone said: took more than planned. Call.",
        "Dad's home, 8:05 AM: someone said: took more than planned. Call.",
    ]
    for patient_id in (ADA, BOB):
        assert couple.alerts(patient_id) == ["intake someone_at_home open"]
        assert _kept(couple, patient_id) == ["again all due, said 2027-05-04T12:05Z, not known by whom"]
        assert (couple.states(patient_id), couple.intakes(patient_id)) == ([], [])


def test_the_page_says_that_it_may_be_somebody_else(couple: World) -> None:
    """S44: what the family reads behind the link."""
    couple.says("TookAgainIntent")

    shown = couple.opens_link("Ana")
    shown = couple.presses("Ana", shown.buttons[0])

    assert "More than planned: someone said that it was taken. Please call." in shown.text
    assert "it may be someone else at home" in shown.text


@pytest.mark.parametrize(
    ("intent", "slots", "words"),
    [
        (
            "ConfirmNamedIntent",
            {"Medicine": "lisinopril"},
            ["confirm med_lisinopril", "confirm name unknown"],
        ),
        ("ConfirmIntent", {"Group": "my pills"}, ["confirm pills", "confirm pills"]),
        ("NotYetIntent", {}, ["not_yet all due", "not_yet all due"]),
        ("SkipIntent", {}, ["skip all due", "skip all due"]),
        ("OthersDoseIntent", {}, ["remark others_dose", "remark others_dose"]),
        ("TakenIntent", {}, ["confirm all due", "confirm all due"]),
    ],
    ids=["named", "pills", "not yet", "skip", "ours", "taken"],
)
def test_what_an_unknown_voice_said_of_todays_doses_is_kept_in_both_charts_and_closes_none(
    couple: World, intent: str, slots: dict[str, str], words: list[str]
) -> None:
    """S1, S26: nobody is alarmed either: the doses stay due, and their ladders ask."""
    spoken = couple.says(intent, **slots)
    couple.wind_to("08:08")

    assert spoken == WHO
    assert [_kept(couple, p) for p in (ADA, BOB)] == [
        [f"{one}, said 2027-05-04T12:05Z, not known by whom"] for one in words
    ]
    for patient_id in (ADA, BOB):
        assert (couple.states(patient_id), couple.alerts(patient_id)) == ([], [])


def test_dont_remember_without_a_name_asks_both_helpers_to_check(couple: World) -> None:
    """S22: "I don't remember" is never the end of it."""
    couple.says("DontRememberIntent")
    couple.says("AMAZON.FallbackIntent")
    spoken = couple.says("AMAZON.FallbackIntent")
    before = couple.alerts()
    couple.wind_to("08:08")

    assert "I wrote down what you said, without a name." in spoken
    assert before == []
    for patient_id in (ADA, BOB):
        assert couple.alerts(patient_id) == ["intake unsure open"]
        assert couple.states(patient_id) == []


def test_a_medicine_that_nobody_has_to_take_now_is_told_before_the_name_is_asked(couple: World) -> None:
    """S10: a critical medicine by an unknown voice, planned for the evening of the one who takes it."""
    couple.medicine("warfarin", "20:00", criticality=Criticality.CRITICAL)

    spoken = couple.says("ConfirmNamedIntent", Medicine="warfarin")

    assert spoken.startswith(OVERDOSE)
    assert spoken.endswith(WHO)
    assert couple.alerts(ADA) == ["intake someone_at_home open"]


def test_an_ordinary_one_that_is_not_due_gets_the_words_of_the_pharmacist(couple: World) -> None:
    """S10: nothing critical was named."""
    couple.medicine("statin", "20:00")

    spoken = couple.says("ConfirmNamedIntent", Medicine="statin")

    assert spoken.startswith(UNPLANNED)
    assert spoken.endswith(WHO)


def test_pills_said_twice_without_a_name_are_checked(couple: World) -> None:
    """S1: everything is taken already; whether it is the same or a second one nobody has said."""
    couple.says("ConfirmIntent", Group="my pills")
    couple.says("WhoIsSpeakingIntent", Name="Ada")
    couple.leaves()
    couple.says("ConfirmIntent", Group="my pills")
    couple.says("WhoIsSpeakingIntent", Name="Bob")
    couple.leaves()
    couple.wind_to("08:20")

    couple.says("ConfirmIntent", Group="my pills")
    before = [couple.alerts(ADA), couple.alerts(BOB)]
    couple.wind_to("08:23")

    assert before == [[], []]
    assert [couple.alerts(ADA), couple.alerts(BOB)] == [["intake unsure open"], ["intake unsure open"]]


def test_the_name_moves_the_statement_to_its_patient_and_leaves_nothing_with_the_other(
    couple: World,
) -> None:
    """S26: the dose of the one who said it, and no row in the record of the other."""
    couple.says("ConfirmIntent", Group="my pills")

    spoken = couple.says("WhoIsSpeakingIntent", Name="Bob")
    couple.leaves()
    couple.wind_to("08:10")

    assert spoken.startswith("Thank you, Bob. I wrote down one morning medicine")
    assert (couple.states(BOB), couple.statements(BOB)) == (["metformin 08:00 taken"], ["confirm"])
    assert (couple.states(ADA), couple.statements(ADA)) == ([], [])


def test_another_request_before_the_name_does_not_wipe_out_what_was_said(couple: World) -> None:
    """S1: the name answers the later request; the earlier words stay as said by somebody."""
    couple.says("ConfirmIntent", Group="my pills")
    couple.says("WhatIsDueIntent")

    spoken = couple.says("WhoIsSpeakingIntent", Name="Ada")
    couple.leaves()
    couple.wind_to("08:08")

    assert spoken.startswith("Thank you, Ada. One medicine is due this morning.")
    for patient_id in (ADA, BOB):
        assert _kept(couple, patient_id) == ["confirm pills, said 2027-05-04T12:05Z, not known by whom"]


def test_the_same_request_delivered_twice_is_kept_once(couple: World) -> None:
    """A repeated request id has its effect once, and the same words."""
    first, second = couple.says_twice("TookAgainIntent")
    couple.wind_to("08:08")

    assert first == second
    assert _kept(couple, ADA) == ["again all due, said 2027-05-04T12:05Z, not known by whom"]


def test_an_overdose_by_an_unknown_voice_is_nobodys_intake_and_nothing_is_asked_for_again(
    couple: World,
) -> None:
    """S26, H5: both helpers are told, no open dose is prompted, and neither record says who took it."""
    couple.says("EmergencyIntent", Overdose="many pills")
    couple.leaves()
    couple.wind_to("08:08")

    for patient_id, dose in ((ADA, "lisinopril"), (BOB, "metformin")):
        assert couple.intakes(patient_id) == []
        assert couple.states(patient_id) == [f"{dose} 08:00 unsure"]
        assert "intake someone_at_home open" in couple.alerts(patient_id)
        assert _kept(couple, patient_id)[0].endswith("not known by whom")
