"""What is said about taking, through the whole skill."""

from datetime import date, timedelta

import pytest

from skill.domain.regimen import Criticality, Form
from tests.voice.house import ADA, House, a_contact

WEDNESDAY = date(2027, 5, 5)


def test_what_was_due_is_written_and_nothing_else(house: House) -> None:
    house.medicine("lisinopril", "08:00", "20:00")
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group="my pills")

    assert heard.speech == (
        "I wrote down one morning medicine, taken at eight oh four. If that's not right, say: that's wrong."
    )
    assert house.states() == ["taken"]


def test_one_sentence_is_enough_without_opening_the_skill_first(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("TakenIntent")

    assert heard.speech.startswith("I wrote down one morning medicine")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("my pills", "I wrote down one morning medicine, taken at eight oh four. What about your injection"),
        ("the injection", "I wrote down one morning medicine, taken at eight oh four. What about your pills"),
        ("everything", "Before I write it down: both, your injection too, already done. Is that right?"),
        ("meds", "Before I write it down: both, your injection too, already done. Is that right?"),
    ],
    ids=["pills", "injection", "everything", "medicines"],
)
def test_a_group_closes_its_own_forms_only(house: House, said: str, words: str) -> None:
    """S21."""
    house.medicine("lisinopril")
    house.medicine("humalog", form=Form.INSULIN)
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group=said)

    assert heard.speech.startswith(words)


def test_a_critical_medicine_is_read_back_before_it_is_written(house: House) -> None:
    """Text 2a."""
    house.medicine("lisinopril")
    house.medicine("warfarin", criticality=Criticality.CRITICAL)
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group="my pills")

    assert heard.speech == "Before I write it down: both, already done. Is that right?"
    assert house.states() == []


@pytest.mark.parametrize("said", ["supper", "my horoscope", "?"])
def test_a_group_that_is_none_records_nothing(house: House, said: str) -> None:
    """S21: a name that is not resolved records nothing at all."""
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group=said)

    assert heard.speech.startswith("I couldn't tell which ones you mean, so nothing is written down yet.")
    assert heard.open
    assert house.states() == []


# ---- names


@pytest.mark.parametrize(
    "said",
    ["lisinopril", "Lisinopril", "my lisinopril", "zestril", "water pill", "my water pill"],
)
def test_a_medicine_is_known_by_its_names_on_the_list(house: House, said: str) -> None:
    house.medicine("lisinopril", nickname="water pill")
    house.medicine("metformin")
    house.at("08:04")

    heard = house.says("ConfirmNamedIntent", Medicine=said)

    assert heard.speech == (
        "I wrote down water pill, taken at eight oh four. If that's not right, say: that's wrong."
    )
    assert [o.medication_id for o in house.chart().now.outcomes] == ["med_lisinopril"]


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (("lisinopril",), "metformin"),
        (("lisinopril",), "lisinopryl"),
        (("hydroxyzine", "hydralazine"), "hydroxazine"),
        (("metformin", "metformine"), "metformin"),
        (("lisinopril", "zestril"), "zestril"),
    ],
    ids=["not on the list", "nearly", "between two", "look-alike on the list", "two names of one"],
)
def test_a_name_that_may_mean_none_or_two_records_nothing(
    house: House, listed: tuple[str, ...], said: str
) -> None:
    """H6."""
    for name in listed:
        house.medicine(name)
    house.at("08:04")

    heard = house.says("ConfirmNamedIntent", Medicine=said)

    assert heard.speech.startswith("I couldn't tell which ones you mean, so nothing is written down yet.")
    assert said not in heard.speech
    assert house.states() == []


def test_a_medicine_said_in_the_place_of_a_group_is_a_medicine(house: House) -> None:
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group="metformin")

    assert heard.speech.startswith("I wrote down metformin, taken at eight oh four.")


def test_a_group_said_in_the_place_of_a_medicine_is_a_group(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmNamedIntent", Medicine="pills")

    assert heard.speech.startswith("I wrote down one morning medicine")


def test_a_name_with_markup_in_it_is_said_as_it_is(house: House) -> None:
    house.medicine("Tom & Jerry <3")
    house.at("08:04")

    heard = house.says("ConfirmNamedIntent", Medicine="tom jerry 3")

    assert heard.speech.startswith("I wrote down Tom & Jerry <3, taken at eight oh four.")
    assert "Tom &amp; Jerry &lt;3" in heard.raw["response"]["outputSpeech"]["ssml"]


# ---- packets, times and days


@pytest.mark.parametrize(
    ("slots", "states"),
    [
        ({"Packet": "evening", "Group": "pills"}, ["unconfirmed", "taken"]),
        ({"Time": "20:00", "Group": "pills"}, ["unconfirmed", "taken"]),
        ({"Time": "EV"}, ["unconfirmed", "taken"]),
        ({"Packet": "morning"}, ["taken"]),
        ({"Time": "MO"}, ["taken"]),
    ],
    ids=["evening", "twenty hundred", "this evening", "morning", "this morning"],
)
def test_a_packet_is_called_by_its_time(house: House, slots: dict[str, str], states: list[str]) -> None:
    house.medicine("lisinopril", "08:00", "20:00")
    house.at("12:01")
    house.tick()
    house.at("20:04")

    house.says("ConfirmPacketIntent", **slots)

    assert house.states() == states


@pytest.mark.parametrize(
    "slots",
    [{"Packet": "teatime"}, {"Time": "sometime"}, {"Time": "25:00"}, {"Packet": "morning", "Time": "EV"}],
    ids=["no packet", "no time", "impossible", "contradiction"],
)
def test_a_packet_that_is_none_records_nothing(house: House, slots: dict[str, str]) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmPacketIntent", **slots)

    assert heard.speech.startswith("I couldn't tell which ones you mean")
    assert house.states() == []


def test_a_bare_eight_is_read_back_with_its_part_of_the_day(house: House) -> None:
    """S20."""
    house.medicine("lisinopril", "20:00")
    house.at("20:30")

    heard = house.says("ConfirmIntent", Group="my pills", Time="08:00")

    assert heard.speech == "Before I write it down: taken at eight o'clock this evening. Is that right?"
    assert house.states() == []


def test_a_time_that_can_mean_one_moment_only_is_written_at_once(house: House) -> None:
    house.medicine("lisinopril", "20:00")
    house.at("20:30")

    heard = house.says("ConfirmNamedIntent", Medicine="lisinopril", At="20:10")

    assert heard.speech.startswith("I wrote down lisinopril, taken at eight ten.")


@pytest.mark.parametrize("said", ["?", "2027-W18", "8 o'clock", "24:00", "8:00"])
def test_a_stated_time_that_cannot_be_read_records_nothing(house: House, said: str) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group="my pills", Time=said)

    assert heard.speech.startswith("I couldn't tell which ones you mean")
    assert house.states() == []


def test_taken_yesterday_never_closes_what_is_due_today(house: House) -> None:
    house.medicine("lisinopril")
    house.at("12:01")
    house.tick()
    house.at("08:04", WEDNESDAY)

    heard = house.says("ConfirmIntent", Group="my pills", Day="2027-05-04")

    outcomes = house.chart().now.outcomes
    assert "from yesterday morning" in heard.speech
    assert [(o.due.isoformat(), o.state.value) for o in outcomes] == [("2027-05-04T12:00:00+00:00", "taken")]


def test_taken_today_is_what_is_due_today(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group="my pills", Day="2027-05-04TMO")

    assert heard.speech.startswith("I wrote down one morning medicine")


@pytest.mark.parametrize("day", ["2027-05-01", "2027-05-05", "2027-W18", "2027-05", "?", "2027-02-30"])
def test_a_day_without_doses_that_can_be_written_records_nothing(house: House, day: str) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmIntent", Group="my pills", Day=day)

    assert heard.speech.startswith("I couldn't tell which ones you mean")
    assert house.states() == []


# ---- all but one, a part, again


def test_everything_but_one_is_read_back_and_leaves_that_one_open(house: House) -> None:
    """S21."""
    for name in ("lisinopril", "metformin", "warfarin"):
        house.medicine(name)
    house.at("08:04")

    asked = house.says("ConfirmExceptIntent", Medicine="metformin")
    house.says("AMAZON.YesIntent")

    assert asked.speech == "Before I write it down: both, already done. Is that right?"
    assert [o.medication_id for o in house.chart().now.outcomes] == ["med_lisinopril", "med_warfarin"]


def test_everything_but_the_injection_leaves_every_injection_open(house: House) -> None:
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.medicine("humalog", form=Form.INSULIN)
    house.at("08:04")

    house.says("ConfirmExceptIntent", ExceptGroup="my shot")
    house.says("AMAZON.YesIntent")

    assert [o.medication_id for o in house.chart().now.outcomes] == ["med_lisinopril", "med_metformin"]


@pytest.mark.parametrize(
    "slots",
    [{"Medicine": "aspirin"}, {"ExceptGroup": "patch"}, {"ExceptGroup": "the blue one"}, {}],
    ids=["not on the list", "no such form", "no group", "nothing"],
)
def test_an_exception_that_fits_nothing_records_nothing(house: House, slots: dict[str, str]) -> None:
    """S21."""
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.at("08:04")

    heard = house.says("ConfirmExceptIntent", **slots)

    assert heard.speech.startswith("I couldn't tell which ones you mean")
    assert house.states() == []


@pytest.mark.parametrize(
    ("amount", "slots", "part"),
    [
        ("1", {"Part": "half"}, "0.5"),
        ("1", {"Part": "a quarter"}, "0.25"),
        ("2", {"Part": "one of two"}, "0.5"),
        ("2", {"Part": "one"}, "0.5"),
        ("4", {"Part": "one pill", "Medicine": "lisinopril"}, "0.25"),
    ],
    ids=["half", "quarter", "one of two", "one of its two", "one of its four"],
)
def test_a_part_is_kept_and_the_rest_stays_open(
    house: House, amount: str, slots: dict[str, str], part: str
) -> None:
    """S22."""
    house.medicine("lisinopril", amount=amount)
    house.at("08:04")

    heard = house.says("ConfirmPartlyIntent", **slots)

    assert heard.speech.startswith("I wrote down part of it, taken at eight oh four. The rest stays open.")
    assert [str(p.part) for p in house.chart().now.parts] == [part]


@pytest.mark.parametrize(
    ("listed", "part"),
    [(("lisinopril",), "some"), (("lisinopril",), "one"), (("lisinopril", "metformin"), "half")],
    ids=["some", "one of one", "half of which"],
)
def test_a_part_that_cannot_be_told_is_asked_for(house: House, listed: tuple[str, ...], part: str) -> None:
    """Nothing is guessed: neither how much, nor of which."""
    for name in listed:
        house.medicine(name)
    house.at("08:04")

    heard = house.says("ConfirmPartlyIntent", Part=part)

    assert heard.speech.startswith("I couldn't tell how much that was, so nothing is written down yet.")
    assert (house.states(), house.chart().now.parts) == ([], ())


def test_a_part_of_an_unknown_medicine_records_nothing(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("ConfirmPartlyIntent", Part="half", Medicine="aspirin")

    assert heard.speech.startswith("I couldn't tell which ones you mean")


def test_half_of_what_was_just_asked_about_is_half_of_that(house: House) -> None:
    house.medicine("lisinopril")
    house.at("12:01")
    house.tick()
    house.opens()

    house.says("ConfirmPartlyIntent", Part="half")

    assert [(o.state.value, str(o.part)) for o in house.chart().now.outcomes] == [("taken", "0.5")]


def test_a_second_one_is_recorded_and_a_helper_is_told(house: House) -> None:
    """S1; text 6."""
    house.medicine("lisinopril")
    house.at("08:04")
    house.says("ConfirmNamedIntent", Medicine="lisinopril")
    house.later(minutes=5)

    heard = house.says("TookAgainIntent", Medicine="lisinopril")

    assert "call Poison Control now" in heard.speech
    assert heard.speech.endswith("I wrote it down. I'm sending Ana a message.")
    assert [(i.kind.value, i.medication_id) for i in house.chart().now.intakes] == [
        ("extra", "med_lisinopril")
    ]
    assert [a.kind.value for a in house.alerts()] == ["intake"]


def test_taken_when_nothing_is_due_is_recorded_all_the_same(house: House) -> None:
    """S10."""
    house.medicine("lisinopril", "20:00")
    house.at("08:04")

    heard = house.says("ConfirmNamedIntent", Medicine="lisinopril")

    assert heard.speech.startswith("Thank you for telling me. That wasn't planned for now")
    assert [i.kind.value for i in house.chart().now.intakes] == ["unscheduled"]


# ---- what closes nothing


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("NotYetIntent", "All right. It stays open."),
        ("TakingNowIntent", "All right. I'll wait with my note. When that's finished, say: done."),
        ("OthersDoseIntent", "Thank you for telling me. I keep notes for one person at a time"),
        ("AskAdviceIntent", "I can't advise on that."),
        ("WhatIsDueIntent", "One medicine is due this morning."),
        ("DidITakeIntent", "Nobody has told me about your morning medicines today."),
    ],
)
def test_what_is_no_statement_about_the_past_writes_no_dose(house: House, intent: str, words: str) -> None:
    """S24, S26, S37."""
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says(intent)

    assert heard.speech.startswith(words)
    assert house.states() == []
    assert house.alerts() == ()


def test_done_after_taking_it_now_is_the_statement(house: House) -> None:
    """S24."""
    house.medicine("lisinopril")
    house.at("08:04")
    house.says("TakingNowIntent")
    house.later(seconds=20)

    heard = house.says("TakenIntent")

    assert heard.speech.startswith("I wrote down one morning medicine, taken at eight oh four.")


def test_a_skip_with_its_reason_asks_no_more(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("SkipIntent", Medicine="lisinopril", Reason="the cost")

    assert heard.speech == "All right. It's written down that you chose not to take it."
    assert house.states() == ["skipped"]


def test_unsure_stops_every_prompt_and_asks_a_helper(house: House) -> None:
    """S22; text 4."""
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("DontRememberIntent")
    due = house.says("WhatIsDueIntent")

    assert heard.speech.endswith("I won't remind you about this one again. I'm asking Ana to check with you.")
    assert due.speech.startswith("Nothing is waiting right now.")


def test_without_helpers_nobody_is_said_to_be_told(house: House) -> None:
    house.team()
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("DontRememberIntent")

    assert heard.speech.endswith("I won't remind you about this one again.")


def test_a_late_dose_is_written_with_both_times(house: House) -> None:
    """Text 12."""
    house.medicine("lisinopril")
    house.at("10:40")

    heard = house.says("ConfirmNamedIntent", Medicine="lisinopril")

    assert heard.speech == (
        "Thank you. I wrote down lisinopril for eight o'clock, taken at ten forty. "
        "That's later than planned. I can't say what it means for the next one; your pharmacist can."
    )


def test_the_same_words_within_half_a_minute_are_one_statement(house: House) -> None:
    """S1."""
    house.medicine("lisinopril")
    house.at("08:04")
    first = house.says("ConfirmIntent", Group="my pills")
    house.clock.wind_by(timedelta(seconds=20))

    second = house.says("ConfirmIntent", Group="my pills")

    assert second.speech == first.speech
    assert house.states() == ["taken"]


def test_a_helper_who_wrote_it_is_named_only_if_that_is_allowed(house: House) -> None:
    house.team(a_contact(spoken=False), patient_id=ADA)
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("DontRememberIntent")

    assert heard.speech.endswith("I'm asking your helper to check with you.")
