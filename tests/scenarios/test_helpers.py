"""S30: only "I gave it" changes a dose. S33: whose parent, whose clock, which 911."""

from zoneinfo import ZoneInfo

import pytest

from skill.domain.care_team import Label, Role
from tests.scenarios.world import World, person

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def _nobody_says_a_word(world: World) -> None:
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:01")
    assert len(world.messages_to("Ana")) == 1


# ---- S30


def test_taking_over_and_closing_an_alert_never_changes_a_dose(world: World) -> None:
    """S30: "done" is not "taken"; the late statement is still possible and the export says no word."""
    _nobody_says_a_word(world)

    world.opens_link_and_presses("Ana", "got_it", "closed")
    world.wind_to("13:00")

    assert world.alerts() == ["dose no_word resolved"]
    assert world.states() == ["lisinopril 08:00 unconfirmed"]
    assert [row["state"] for row in world.table()] == ["unconfirmed (unknown)"]


def test_a_look_at_the_link_changes_nothing(world: World) -> None:
    """S30: must not: scanners of mail open links."""
    _nobody_says_a_word(world)

    shown = world.opens_link("Ana")

    assert shown.status == 200
    assert world.alerts() == ["dose no_word open"]
    assert world.states() == []


def test_i_gave_it_writes_the_dose_with_the_name_and_everybody_told_hears_it(world: World) -> None:
    """S30: by a named person with the confirm role; the patient's next prompt says who wrote it."""
    _nobody_says_a_word(world)
    world.wind_to("10:31")

    shown = world.opens_link_and_presses("Ana", "got_it", "gave_it")
    world.leaves()

    assert "Written down, with your name." in shown.text
    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.alerts() == ["dose no_word resolved"]
    assert world.messages_to("Sam")[-1].startswith("CLOSED: Mom, 8:00 AM medicines: given by Ana, 10:31 AM.")
    assert world.opens() == "Ana wrote down one morning medicine, taken at ten thirty-one."
    rows = [(row["state"], row["source"], row["helper"], row["who"]) for row in world.table()]
    assert rows == [("taken, given, Ana", "given", "Ana", "page")]


def test_i_saw_it_taken_is_observed_and_not_given(world: World) -> None:
    """S30: the two are kept apart."""
    _nobody_says_a_word(world)

    world.opens_link_and_presses("Ana", "got_it", "saw_it")

    assert [(row["state"], row["source"]) for row in world.table()] == [("taken, observed, Ana", "observed")]


def test_a_helper_who_may_only_look_is_not_offered_the_buttons_and_a_press_writes_nothing(
    empty: World,
) -> None:
    """S30: must not: only the confirm role, checked at the press."""
    empty.patient("Ada", person("Ana", role=Role.VIEW))
    empty.link()
    _nobody_says_a_word(empty)

    shown = empty.opens_link_and_presses("Ana", "got_it")
    path, _ = empty.opened["Ana"]
    forced = empty.posts("Ana", path, action="gave_it", due="20270504T1200Z", turn="1")

    assert shown.buttons == ["closed", "next"]
    assert "nothing is marked as taken" in forced.text
    assert empty.states() == []


def test_i_gave_it_after_the_patient_said_taken_is_checked_against_the_chart(world: World) -> None:
    """S30, S1: an old page in the hand writes no second record, and a possible second dose is looked at."""
    _nobody_says_a_word(world)
    world.opens_link_and_presses("Ana", "got_it")
    world.says("TakenIntent")

    shown = world.presses("Ana", "gave_it")

    assert "Something was written down about it already, and that stays." in shown.text
    assert world.states() == ["lisinopril 08:00 taken"]
    assert [row["source"] for row in world.table() if row["kind"] == "dose"] == ["self-report"]
    assert "intake unsure open" in world.alerts()


def test_a_medicine_that_a_helper_gives_is_not_asked_of_the_patient(empty: World) -> None:
    """S30: neither at launch nor by a prompt; "taken" of the patient does not close it."""
    empty.patient("Ada", person("Ana"), person("Sam"), prompts=True)
    empty.link()
    empty.medicine("lisinopril", "08:00")
    empty.medicine("denosumab", "09:00", given_by="Sam")
    empty.wind_to("09:05")

    spoken = empty.opens()
    empty.says("TakenIntent")

    assert spoken.startswith("One medicine is due this morning.")
    assert empty.states() == ["lisinopril 08:00 taken"]
    assert len(empty.messages_to("patient")) == 1
    assert empty.messages_to("patient")[0].startswith("It's eight o'clock. Have you already taken")


def test_the_alert_about_a_given_medicine_goes_to_the_giver_first(world: World) -> None:
    """S30: Sam gives it, so Sam is asked before Ana."""
    world.medicine("denosumab", "08:00", given_by="Sam")

    world.wind_to("10:01")

    assert [text.split(".")[0] for text in world.messages_to("Sam")] == [
        "Mom: no word on 8:00 AM medicines, taken or not"
    ]
    assert world.messages_to("Ana") == []


def test_done_closed_and_got_it_by_sms_never_become_taken(world: World) -> None:
    """S30: must not: by no door but "I gave it" and "I saw it"."""
    _nobody_says_a_word(world)

    world.replies_by_sms("Ana", "{code}")
    world.replies_by_sms("Ana", "done")
    world.replies_by_sms("Ana", "{code} 3")

    assert world.alerts() == ["dose no_word resolved"]
    assert world.states() == []


# ---- S33


@pytest.fixture
def far(empty: World) -> World:
    """Ana calls Ada Grandma and lives in Los Angeles; Sam calls her Person B."""
    empty.patient(
        "Ada",
        person("Ana", label=Label.GRANDMA, zone=LOS_ANGELES),
        person("Sam", label=Label.PERSON_B),
    )
    empty.link()
    empty.wind_to("09:00")
    return empty


def test_each_message_carries_the_label_of_that_contact_and_the_patients_clock(far: World) -> None:
    """S33: a label chosen for that contact, never a name; the patient's local time."""
    far.says("FallIntent")

    assert far.messages_to("Ana")[0].startswith("FALL: Grandma, 9:00 AM. Call now.")
    assert far.messages_to("Sam")[0].startswith("FALL: Person B, 9:00 AM. Call now.")


def test_the_page_shows_both_clocks(far: World) -> None:
    """S33: the patient's time, and the reader's where it differs."""
    far.says("FallIntent")

    shown = far.opens_link("Ana")

    assert "Tuesday, 9:00 AM (Tuesday, 6:00 AM on your clock)" in shown.text
    assert "on your clock" not in far.opens_link("Sam").text


def test_after_i_have_got_it_the_page_shows_address_dispatch_number_and_what_911_reaches(far: World) -> None:
    """S33: the address and the ten digits stored at set-up; 911 reaches the centre near the caller."""
    far.says("FallIntent")
    before = far.opens_link("Ana")

    shown = far.presses("Ana", "got_it")

    assert "12 Elm Street" not in before.text
    assert "518-555-0143" not in before.text
    assert "12 Elm Street, Albany, New York" in shown.text
    assert "518-555-0143" in shown.text
    assert "911 reaches the center near the caller" in shown.text


def test_whoever_has_not_taken_over_is_not_shown_the_address(far: World) -> None:
    """S33: must not: Sam looks after Ana has taken over."""
    far.says("FallIntent")
    far.opens_link_and_presses("Ana", "got_it")

    shown = far.opens_link_and_presses("Sam", "got_it")

    assert "Ana already has it." in shown.text
    assert "12 Elm Street" not in shown.text


def test_no_message_of_a_whole_day_holds_the_patients_name_or_a_medicine(far: World) -> None:
    """S33: must not: never a name."""
    far.medicine("lisinopril", "10:00")
    far.wind_to("12:31")
    far.says("DontRememberIntent")
    far.says("FallIntent")
    far.opens_link_and_presses("Sam", "got_it", "spoke", "closed")

    texts = [text for name in ("Ana", "Sam") for text in far.messages_to(name)]
    assert len(texts) >= 6
    assert [text for text in texts if "Ada" in text or "lisinopril" in text.lower()] == []
    assert all("Grandma" in text for text in far.messages_to("Ana"))
    assert all("Person B" in text for text in far.messages_to("Sam"))


def test_a_taken_over_fall_without_news_goes_on_to_the_next_after_thirteen_minutes(far: World) -> None:
    """S33, S7: "I've got it" is asked after: ten minutes, one question, three minutes more."""
    far.says("FallIntent")
    far.opens_link_and_presses("Ana", "got_it")
    told = len(far.messages_to("Sam"))

    far.wind_to("09:12")
    quiet = [text for text in far.messages_to("Sam")[told:] if text.startswith("FALL")]
    far.wind_to("09:14")

    assert quiet == []
    assert [text for text in far.messages_to("Sam")[told:] if text.startswith("FALL")] != []
