"""Every question that the skill asks, and every short answer to it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from skill.domain.regimen import Form
from tests.voice.house import Heard, House


def due(house: House) -> Heard:
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.at("08:04")
    return house.opens()


def closed(house: House) -> Heard:
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.at("12:01")
    house.tick()
    return house.opens()


def read_back(house: House) -> Heard:
    house.medicine("lisinopril")
    house.medicine("humalog", form=Form.INSULIN)
    house.at("08:04")
    return house.says("ConfirmIntent", Group="everything")


def time_read_back(house: House) -> Heard:
    house.medicine("lisinopril")
    house.at("08:30")
    return house.says("ConfirmIntent", Group="my pills", Time="08:10")


def which_time(house: House) -> Heard:
    house.medicine("lisinopril", "08:00", "12:00")
    house.at("11:01")
    house.tick()
    house.at("11:45")
    return house.says("ConfirmNamedIntent", Medicine="lisinopril")


def same_or_again(house: House) -> Heard:
    house.medicine("lisinopril")
    house.at("08:04")
    house.says("ConfirmIntent", Group="my pills")
    house.later(minutes=10)
    return house.says("ConfirmIntent", Group="my pills")


def earlier(house: House) -> Heard:
    house.medicine("lisinopril")
    house.at("12:01")
    house.tick()
    return house.says("ConfirmIntent", Group="my pills")


def rest(house: House) -> Heard:
    house.medicine("lisinopril")
    house.medicine("humalog", form=Form.INSULIN)
    house.at("08:04")
    return house.says("ConfirmIntent", Group="my pills")


def skip_reason(house: House) -> Heard:
    house.medicine("lisinopril")
    house.at("08:04")
    return house.says("SkipIntent", Medicine="lisinopril")


DUE = (
    "Two medicines are due this morning. Have you already taken them? "
    "Say: taken, not yet, or I don't remember."
)
CLOSED = (
    "Nothing is written down for eight o'clock this morning. Did you take those earlier? "
    "Say: taken, no, or I don't remember."
)
READ_BACK = "Before I write it down: both, your injection too, already done. Is that right?"
TIME = "Before I write it down: taken at eight ten this morning. Is that right?"
WHICH = (
    "There are two of those: one for eight o'clock this morning, and one for noon today. "
    "Which one do you mean?"
)
DOUBLE = (
    "That one is already written down, taken at eight oh four. "
    "Are you telling me about the same one, or did you take it again?"
)
EARLIER = (
    "Nothing is open right now. Do you mean the one for eight o'clock this morning? "
    "Say: yes, no, or I don't remember."
)
REST = (
    "I wrote down one morning medicine, taken at eight oh four. What about your injection: already done too? "
    "Say: done, not yet, or I don't remember."
)
SKIP = "I wrote down that you chose not to take it. May I ask why? You don't have to say."
ASKED: dict[Callable[[House], Heard], str] = {
    due: DUE,
    closed: CLOSED,
    read_back: READ_BACK,
    time_read_back: TIME,
    which_time: WHICH,
    same_or_again: DOUBLE,
    earlier: EARLIER,
    rest: REST,
    skip_reason: SKIP,
}

TWO = "I wrote down two morning medicines, taken at eight oh four."
ONE = "I wrote down one morning medicine, taken at eight oh four."
OPEN_ONE = "All right. It stays open."
OPEN_TWO = "All right. They stay open."
DOUBT = "That's all right. Nothing is written down for eight o'clock, and that doesn't tell us either way."
AGAIN = "Thank you for telling me. If anyone has collapsed"
AGAIN_FROM_NOTHING = "All right. Nothing is written down."
CHOSE = "All right. It's written down that you chose not to take it."
NOTHING_NEW = "All right. I wrote nothing new down."
LATE = (
    "Thank you. I wrote down the eight o'clock medicine as taken. I can't say what it means for the next one;"
)
LATE_TWO = (
    "Thank you. I wrote down the eight o'clock medicines as taken. I can't say what it means for the next"
)
NOT_TAKEN = "Thank you for telling me. I wrote down: not taken."
EXTRA = "Thank you for telling me. That wasn't planned for now, so I wrote it down as an extra one."
CHECK = "That's all right. I left my notes as they are. I'm asking Ana to check with you."
BACK = "I changed that back. Everything is as it was before."

YES, NO, TAKEN, SAME = "AMAZON.YesIntent", "AMAZON.NoIntent", "TakenIntent", "SameOnesIntent"
NOT_SURE, DONT_REMEMBER, NOT_YET = "NotSureIntent", "DontRememberIntent", "NotYetIntent"
TOOK_AGAIN, WRONG, MUMBLE = "TookAgainIntent", "UndoIntent", "AMAZON.FallbackIntent"

ANSWERS = [
    (due, YES, TWO, ["taken", "taken"]),
    (due, TAKEN, TWO, ["taken", "taken"]),
    (due, NO, OPEN_TWO, []),
    (due, NOT_YET, OPEN_TWO, []),
    (due, SAME, DUE, []),
    (due, NOT_SURE, DOUBT, ["unsure", "unsure"]),
    (due, DONT_REMEMBER, DOUBT, ["unsure", "unsure"]),
    (due, TOOK_AGAIN, AGAIN, ["unsure", "unsure"]),
    (due, WRONG, AGAIN_FROM_NOTHING, []),
    (due, MUMBLE, DUE, []),
    (closed, YES, LATE_TWO, ["taken", "taken"]),
    (closed, TAKEN, LATE_TWO, ["taken", "taken"]),
    (closed, NO, NOT_TAKEN, ["not_taken", "not_taken"]),
    (closed, NOT_YET, NOT_TAKEN, ["not_taken", "not_taken"]),
    (closed, SAME, CLOSED, ["unconfirmed", "unconfirmed"]),
    (closed, NOT_SURE, DOUBT, ["unsure", "unsure"]),
    (closed, DONT_REMEMBER, DOUBT, ["unsure", "unsure"]),
    (closed, WRONG, AGAIN_FROM_NOTHING, ["unconfirmed", "unconfirmed"]),
    (closed, MUMBLE, CLOSED, ["unconfirmed", "unconfirmed"]),
    (read_back, YES, TWO, ["taken", "taken"]),
    (read_back, TAKEN, TWO, ["taken", "taken"]),
    (read_back, NO, AGAIN_FROM_NOTHING, []),
    (read_back, NOT_YET, OPEN_TWO, []),
    (read_back, SAME, READ_BACK, []),
    (read_back, NOT_SURE, DOUBT, ["unsure", "unsure"]),
    (read_back, WRONG, AGAIN_FROM_NOTHING, []),
    (read_back, MUMBLE, READ_BACK, []),
    (time_read_back, YES, "I wrote down one morning medicine, taken at eight ten.", ["taken"]),
    (time_read_back, TAKEN, "I wrote down one morning medicine, taken at eight ten.", ["taken"]),
    (time_read_back, NO, AGAIN_FROM_NOTHING, []),
    (time_read_back, SAME, TIME, []),
    (time_read_back, WRONG, AGAIN_FROM_NOTHING, []),
    (time_read_back, MUMBLE, TIME, []),
    (which_time, YES, WHICH, ["unconfirmed"]),
    (which_time, NO, WHICH, ["unconfirmed"]),
    (which_time, TAKEN, WHICH, ["unconfirmed"]),
    (which_time, SAME, WHICH, ["unconfirmed"]),
    (which_time, NOT_SURE, DOUBT, ["unsure", "unsure"]),
    (which_time, WRONG, AGAIN_FROM_NOTHING, ["unconfirmed"]),
    (which_time, MUMBLE, WHICH, ["unconfirmed"]),
    (same_or_again, SAME, "Good. Nothing changed.", ["taken"]),
    (same_or_again, TOOK_AGAIN, AGAIN, ["taken"]),
    (same_or_again, YES, DOUBLE, ["taken"]),
    (same_or_again, NO, DOUBLE, ["taken"]),
    (same_or_again, TAKEN, DOUBLE, ["taken"]),
    (same_or_again, NOT_SURE, CHECK, ["taken"]),
    (same_or_again, DONT_REMEMBER, CHECK, ["taken"]),
    (same_or_again, NOT_YET, NOTHING_NEW, ["taken"]),
    (same_or_again, MUMBLE, DOUBLE, ["taken"]),
    (earlier, YES, LATE, ["taken"]),
    (earlier, TAKEN, LATE, ["taken"]),
    (earlier, NO, EXTRA, ["unconfirmed"]),
    (earlier, SAME, EARLIER, ["unconfirmed"]),
    (earlier, NOT_SURE, DOUBT, ["unsure"]),
    (earlier, DONT_REMEMBER, DOUBT, ["unsure"]),
    (earlier, WRONG, EXTRA, ["unconfirmed"]),
    (earlier, MUMBLE, EARLIER, ["unconfirmed"]),
    (rest, YES, ONE, ["taken", "taken"]),
    (rest, TAKEN, ONE, ["taken", "taken"]),
    (rest, NO, OPEN_ONE, ["taken"]),
    (rest, NOT_YET, OPEN_ONE, ["taken"]),
    (rest, SAME, REST, ["taken"]),
    (rest, NOT_SURE, DOUBT, ["taken", "unsure"]),
    (rest, DONT_REMEMBER, DOUBT, ["taken", "unsure"]),
    (rest, WRONG, BACK, []),
    (rest, MUMBLE, REST, ["taken"]),
    (skip_reason, YES, CHOSE, ["skipped"]),
    (skip_reason, NO, CHOSE, ["skipped"]),
    (skip_reason, SAME, SKIP, ["skipped"]),
    (skip_reason, NOT_SURE, CHOSE, ["skipped"]),
    (skip_reason, DONT_REMEMBER, CHOSE, ["skipped"]),
    (skip_reason, WRONG, BACK, []),
    (skip_reason, MUMBLE, CHOSE, ["skipped"]),
]


@pytest.mark.parametrize("ask", ASKED, ids=[ask.__name__ for ask in ASKED])
def test_a_question_is_asked_once_more_after_silence(house: House, ask: Callable[[House], Heard]) -> None:
    heard = ask(house)

    assert heard.speech == ASKED[ask]
    assert heard.open
    assert heard.reprompt == (None if ask is skip_reason else ASKED[ask])
    assert heard.attributes["question"] == house.chart().now.question.question_id


@pytest.mark.parametrize(
    ("ask", "answer", "words", "states"),
    ANSWERS,
    ids=[f"{ask.__name__} {answer.removeprefix('AMAZON.')}" for ask, answer, _, _ in ANSWERS],
)
def test_an_answer_means_this(
    house: House, ask: Callable[[House], Heard], answer: str, words: str, states: list[str]
) -> None:
    ask(house)

    heard = house.says(answer)

    assert heard.speech.startswith(words)
    assert house.states() == states


@pytest.mark.parametrize("ask", ASKED, ids=[ask.__name__ for ask in ASKED])
@pytest.mark.parametrize("reason", ["EXCEEDED_MAX_REPROMPTS", "USER_INITIATED", "ERROR"])
def test_silence_after_a_question_writes_no_dose(
    house: House, ask: Callable[[House], Heard], reason: str
) -> None:
    ask(house)
    before = house.states()

    heard = house.ends(reason)

    assert heard.speech == ""
    assert house.states() == before
    assert house.chart().now.question is None


@pytest.mark.parametrize("answer", [YES, NO, NOT_SURE, SAME, "WhichTimeIntent"])
def test_an_answer_to_nothing_writes_nothing(house: House, answer: str) -> None:
    """H4: yes belongs to the last question only."""
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says(answer)

    assert heard.speech.startswith("I wasn't waiting for an answer, so nothing is changed.")
    assert house.states() == []


def test_an_answer_that_comes_too_late_writes_nothing(house: House) -> None:
    due(house)
    house.later(minutes=2, seconds=1)

    heard = house.says(YES)

    assert heard.speech.startswith("I wasn't waiting for an answer")
    assert house.states() == []


def test_a_yes_in_a_new_session_answers_no_old_question(house: House) -> None:
    due(house)
    house.echo.open = False

    heard = house.says(YES)

    assert heard.speech.startswith("I wasn't waiting for an answer")
    assert house.states() == []


@pytest.mark.parametrize(
    ("slots", "words", "states"),
    [
        ({"Time": "08:00"}, "Thank you. I wrote down the eight o'clock medicine", ["taken"]),
        ({"Packet": "morning"}, "Thank you. I wrote down the eight o'clock medicine", ["taken"]),
        ({"Time": "12:00"}, "I wrote down one noon medicine", ["unconfirmed", "taken"]),
        ({"Time": "MO"}, "Thank you. I wrote down the eight o'clock medicine", ["taken"]),
        ({"Time": "17:00"}, WHICH, ["unconfirmed"]),
        ({"Time": "?"}, WHICH, ["unconfirmed"]),
        ({"Packet": "teatime"}, WHICH, ["unconfirmed"]),
        ({}, WHICH, ["unconfirmed"]),
    ],
    ids=[
        "a clock",
        "a part of the day",
        "noon",
        "this morning",
        "neither",
        "unheard",
        "no packet",
        "no slot",
    ],
)
def test_the_time_that_is_chosen_is_written(
    house: House, slots: dict[str, str], words: str, states: list[str]
) -> None:
    """S20."""
    which_time(house)

    heard = house.says("WhichTimeIntent", **slots)

    assert heard.speech.startswith(words)
    assert house.states() == states


def test_another_time_instead_of_the_one_read_back_is_read_back_in_its_turn(house: House) -> None:
    time_read_back(house)

    corrected = house.says("WhichTimeIntent", Time="08:05")
    written = house.says(YES)

    assert corrected.speech == "Before I write it down: taken at eight oh five this morning. Is that right?"
    assert written.speech.startswith("I wrote down one morning medicine, taken at eight oh five.")


def test_the_part_of_the_day_confirms_the_time_read_back(house: House) -> None:
    time_read_back(house)

    other = house.says("WhichTimeIntent", Packet="evening")
    same = house.says("WhichTimeIntent", Packet="morning")

    assert other.speech == TIME
    assert same.speech.startswith("I wrote down one morning medicine, taken at eight ten.")


def test_after_a_note_the_echo_listens_for_a_correction(house: House) -> None:
    """S23."""
    due(house)
    written = house.says(TAKEN)

    heard = house.says(WRONG)

    assert (written.open, written.reprompt) == (True, None)
    assert heard.speech == BACK
    assert house.states() == []


def test_a_correction_after_two_minutes_makes_it_unsure(house: House) -> None:
    """S23."""
    due(house)
    house.says(TAKEN)
    house.clock.wind_by(timedelta(minutes=3))

    heard = house.says(WRONG)

    assert heard.speech.startswith("I changed that back. Now my notes say nothing about it, either way")
    assert house.states() == ["unsure", "unsure"]


@pytest.mark.parametrize(
    ("reason", "kept"),
    [("it makes me dizzy", "side_effects"), ("the cost", "cost"), ("my horoscope", "other")],
    ids=["side effects", "cost", "on no list"],
)
def test_the_reason_for_a_skip_is_kept_in_a_code(house: House, reason: str, kept: str) -> None:
    asked = skip_reason(house)

    heard = house.says("SkipIntent", Reason=reason)

    given = [
        e.reason
        for d in house.app.charts.ledger(house.chart().plan.patient.patient_id)
        for e in d.events
        if type(e).__name__ == "SkipReasonGiven"
    ]
    assert asked.elicits == "Reason"
    assert heard.speech == "Thank you. I wrote that down."
    assert given == [kept]


def test_no_is_no_reason(house: House) -> None:
    skip_reason(house)

    heard = house.says("SkipIntent", Reason="no")

    assert heard.speech == CHOSE


def test_another_skip_is_no_reason_for_the_first(house: House) -> None:
    house.medicine("metformin")
    skip_reason(house)

    heard = house.says("SkipIntent", Medicine="metformin", Reason="the cost")

    assert heard.speech == CHOSE
    assert house.states() == ["skipped", "skipped"]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (due, TAKEN),
        (closed, TAKEN),
        (earlier, TAKEN),
        (earlier, YES),
        (earlier, DONT_REMEMBER),
        (same_or_again, SAME),
        (same_or_again, TOOK_AGAIN),
        (rest, TAKEN),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_question_that_was_answered_has_no_silence(
    house: House, ask: Callable[[House], Heard], answer: str
) -> None:
    ask(house)
    house.says(answer)
    before = (house.states(), house.chart().now.intakes, [a.kind for a in house.alerts()])

    house.ends("EXCEEDED_MAX_REPROMPTS")
    house.later(minutes=3)
    house.tick()

    assert (house.states(), house.chart().now.intakes, [a.kind for a in house.alerts()]) == before
