"""S39: our outage never looks like their miss."""

from tests.scenarios.world import World

OUTAGE = "Mom: we were out of service, no word on 8:00 AM."


def test_a_dose_whose_window_met_an_outage_is_not_observed(world: World) -> None:
    """S39: "we were out of service", never "no word" as if the patient had been silent."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    world.out_of_service_until("11:00")
    world.wind_to("12:30")

    assert world.states() == ["lisinopril 08:00 not_observed"]


def test_every_message_about_that_dose_says_so(world: World) -> None:
    """S39: the page, the taking over and the page of the next person."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    world.out_of_service_until("09:00")
    world.wind_to("10:31")
    world.replies_by_sms("Ana", "{code}")

    assert world.messages_to("Ana")[0].startswith(OUTAGE)
    assert world.messages_to("Sam")[0].startswith(OUTAGE)
    assert world.messages_to("Sam")[1].startswith("Mom, 8:00 AM: Ana has it.")
    assert "We were out of service." in world.messages_to("Sam")[1]


def test_the_all_clear_by_a_helper_says_so_too(world: World) -> None:
    """S39: "closed" about such a dose."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    world.out_of_service_until("09:00")
    world.wind_to("10:31")
    world.replies_by_sms("Ana", "{code} 3")

    assert world.messages_to("Sam")[-1].startswith("CLOSED: Mom, 8:00 AM. Ana has taken care of it.")
    assert world.messages_to("Sam")[-1].endswith("We were out of service.")


def test_the_all_clear_by_a_late_word_says_so_too(world: World) -> None:
    """S39: every message about it says so."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    world.out_of_service_until("09:00")
    world.wind_to("12:30")
    world.opens()
    world.says("AMAZON.YesIntent")

    assert world.messages_to("Ana")[-1].startswith("CLOSED: ")
    assert "We were out of service." in world.messages_to("Ana")[-1]


def test_the_page_of_the_helper_and_the_clinicians_table_say_so(world: World) -> None:
    """S39: "system outage, out of the denominator"."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    world.out_of_service_until("09:00")
    world.wind_to("12:30")

    shown = world.opens_link_and_presses("Ana", "got_it")

    assert "we were out of service" in shown.text
    assert "no word" not in shown.text
    rows = [(row["code"], row["state"], row["outage"]) for row in world.table()]
    assert rows == [("not_observed", "system outage, out of the denominator", "yes")]


def test_the_patient_is_told_that_it_was_us(world: World) -> None:
    """S39: no blame in the question about the closed dose."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    world.out_of_service_until("09:00")
    world.wind_to("12:30")

    spoken = world.opens()

    assert spoken.startswith(
        "I was out of service at eight o'clock this morning, and nothing is written down."
    )


def test_a_dose_taken_during_the_outage_may_be_told_afterwards(world: World) -> None:
    """S39: not_observed is not the end."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("07:50")
    world.out_of_service_until("13:00")
    world.opens()

    world.says("AMAZON.YesIntent")

    assert world.states() == ["lisinopril 08:00 taken"]


def test_a_silent_window_without_an_outage_is_not_excused_by_one_of_another_time(world: World) -> None:
    """S39: must not: an outage before the window opened is no reason."""
    world.medicine("lisinopril", "12:00")
    world.wind_to("07:00")
    world.out_of_service_until("07:30")
    world.wind_to("16:30")

    assert world.states() == ["lisinopril 12:00 unconfirmed"]
    assert world.messages_to("Ana")[0].startswith("Mom: no word on 12:00 PM medicines, taken or not.")


def test_a_taken_dose_is_not_touched_by_an_outage(world: World) -> None:
    """S39: must not: what was said before stays."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")
    world.out_of_service_until("13:00")

    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.messages_to("Ana") == []


def test_when_the_store_refuses_the_words_part_the_note_from_the_pill(world: World) -> None:
    """S39: "I heard you; only my note failed", and nothing is half written."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")

    spoken = world.says_while_the_store_is_held("ConfirmIntent", Group="pills")

    assert spoken == (
        "I heard you, but I couldn't write it down. Only my note failed. "
        "Please tell me once more in a few minutes."
    )
    assert world.states() == []
    assert "taken at eight oh four" in world.says("ConfirmIntent", Group="pills")
