"""Who is speaking, and linking by code."""

from datetime import timedelta

import pytest

from skill.service.linking import find_household
from tests.voice.envelopes import Echo
from tests.voice.house import ADA, BOB, SAM, House, a_contact

WHO = "Who is speaking? Please say: this is, and your first name."
WHO_AGAIN = "I don't know that name here. Who is speaking? Please say: this is, and your first name."
KEPT = (
    "I don't know that name here, so I can't tell whose it is. "
    "I wrote down what you said, without a name. Please ask whoever set me up."
)
UNKNOWN = "I don't know that name here, so nothing is written down. Please ask whoever set me up."


@pytest.fixture
def couple(house: House) -> House:
    """Ada takes lisinopril, Bob metformin, both at eight."""
    house.patient(BOB, "Bob Tom & Jerry <3")
    house.team(a_contact(SAM, "Sam"), patient_id=BOB)
    house.medicine("lisinopril")
    house.medicine("metformin", patient_id=BOB)
    house.at("08:04")
    return house


# ---- who is speaking


@pytest.mark.parametrize(
    ("intent", "slots", "words", "states"),
    [
        ("ConfirmIntent", {"Group": "my pills"}, "I wrote down one morning medicine", ["taken"]),
        ("ConfirmPacketIntent", {"Packet": "morning"}, "I wrote down one morning medicine", ["taken"]),
        ("ConfirmNamedIntent", {"Medicine": "lisinopril"}, "I wrote down one morning medicine", ["taken"]),
        ("ConfirmNamedIntent", {"Medicine": "metformin"}, "I couldn't tell which ones you mean", []),
        ("ConfirmIntent", {"Group": "my pills", "Time": "08:00"}, "Before I write it down: taken at", []),
        ("ConfirmPartlyIntent", {"Part": "half"}, "I wrote down part of it", []),
        ("ConfirmIntent", {"Group": "my pills", "Day": "2027-05-03"}, "I couldn't tell which ones", []),
        ("SkipIntent", {"Reason": "the cost"}, "All right. It's written down that you chose", ["skipped"]),
        ("DontRememberIntent", {}, "That's all right. Nothing is written down", ["unsure"]),
        ("NotYetIntent", {}, "All right. It stays open.", []),
        ("DidITakeIntent", {"Packet": "morning"}, "Nobody has told me about your morning medicines", []),
        ("WhatIsDueIntent", {}, "One medicine is due this morning.", []),
        ("ConfirmIntent", {"Group": "nonsense"}, "I couldn't tell which ones you mean", []),
    ],
    ids=[
        "pills",
        "morning",
        "named",
        "named from the other list",
        "with a time",
        "half",
        "yesterday",
        "skip",
        "unsure",
        "not yet",
        "did I take",
        "what is due",
        "unclear",
    ],
)
def test_what_was_said_waits_for_the_name_and_then_goes_on(
    couple: House, intent: str, slots: dict[str, str], words: str, states: list[str]
) -> None:
    asked = couple.says(intent, **slots)
    heard = couple.says("WhoIsSpeakingIntent", Name="ada")

    assert (asked.speech, asked.elicits, asked.open) == (WHO, "Name", True)
    assert heard.speech.startswith(f"Thank you, Ada. {words}")
    assert couple.states(ADA) == states
    assert (couple.states(BOB), couple.chart(BOB).now.statements) == ([], ())
    assert (couple.chart(ADA).now.unnamed, couple.chart(BOB).now.unnamed) == ((), ())


def test_the_session_holds_ids_and_no_words_while_it_waits(couple: House) -> None:
    asked = couple.says("ConfirmNamedIntent", Medicine="lisinopril", At="08:01")

    text = str(asked.attributes).casefold()
    assert "lisinopril" not in text.replace("med_lisinopril", "")
    assert "ada" not in text.replace("pat_ada", "")
    assert asked.attributes["pending"] == {
        "intent": "ConfirmNamedIntent",
        "at": "08:01",
        "known": {"pat_ada": ["med_lisinopril"], "pat_bob": []},
    }


@pytest.mark.parametrize("intent", ["AMAZON.YesIntent", "TakenIntent", "AMAZON.NoIntent", "SameOnesIntent"])
def test_a_bare_answer_before_the_name_becomes_the_question_of_the_day(couple: House, intent: str) -> None:
    couple.says(intent)

    heard = couple.says("WhoIsSpeakingIntent", Name="ada")

    assert heard.speech.startswith("Thank you, Ada. One medicine is due this morning.")
    assert couple.states(ADA) == []


def test_a_bare_answer_leaves_the_statement_waiting(couple: House) -> None:
    couple.says("ConfirmIntent", Group="my pills")
    couple.says("AMAZON.YesIntent")

    heard = couple.says("WhoIsSpeakingIntent", Name="ada")

    assert heard.speech.startswith("Thank you, Ada. I wrote down one morning medicine")


def test_each_name_chooses_its_own_chart(couple: House) -> None:
    couple.opens()

    heard = couple.says("WhoIsSpeakingIntent", Name="bob")
    couple.says("TakenIntent")

    assert heard.speech.startswith("Thank you, Bob Tom & Jerry <3. One medicine is due this morning.")
    assert "Bob Tom &amp; Jerry &lt;3" in heard.raw["response"]["outputSpeech"]["ssml"]
    assert (couple.states(ADA), couple.states(BOB)) == ([], ["taken"])


@pytest.mark.parametrize("name", ["carlos", "?", "b"])
def test_a_name_that_is_not_here_is_asked_once_more_and_then_no_more(couple: House, name: str) -> None:
    couple.says("ConfirmIntent", Group="my pills")

    again = couple.says("WhoIsSpeakingIntent", Name=name)
    over = couple.says("WhoIsSpeakingIntent", Name=name)

    assert again.speech == WHO_AGAIN
    assert (over.speech, over.open) == (KEPT, False)
    assert (couple.states(ADA), couple.states(BOB)) == ([], [])


def test_a_name_that_is_not_here_writes_nothing_when_nothing_was_said(couple: House) -> None:
    couple.opens()

    couple.says("WhoIsSpeakingIntent", Name="carlos")
    over = couple.says("WhoIsSpeakingIntent", Name="carlos")

    assert (over.speech, over.open) == (UNKNOWN, False)
    assert (couple.chart(ADA).now.unnamed, couple.chart(BOB).now.unnamed) == ((), ())


def test_a_name_at_the_second_try_still_carries_the_statement(couple: House) -> None:
    couple.says("ConfirmIntent", Group="my pills")
    couple.says("AMAZON.FallbackIntent")

    heard = couple.says("WhoIsSpeakingIntent", Name="Ada")

    assert heard.speech.startswith("Thank you, Ada. I wrote down one morning medicine")


def test_a_name_that_two_share_is_no_name(couple: House) -> None:
    couple.patient("pat_ada_two", "Ada")
    couple.opens()

    heard = couple.says("WhoIsSpeakingIntent", Name="ada")

    assert heard.speech == WHO_AGAIN


def test_without_a_name_in_the_slot_it_is_asked_again(couple: House) -> None:
    couple.opens()

    heard = couple.says("WhoIsSpeakingIntent")

    assert heard.speech == WHO_AGAIN


def test_the_name_holds_for_the_session_and_no_longer(couple: House) -> None:
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="ada")
    same = couple.says("WhatIsDueIntent")
    couple.echo.open = False

    fresh = couple.says("WhatIsDueIntent")

    assert same.speech.startswith("One medicine is due this morning.")
    assert fresh.speech == WHO


# ---- voices


def test_a_recognised_voice_that_told_its_name_is_known_from_then_on(couple: House) -> None:
    couple.echo.person = "ADA"
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="ada")
    couple.echo.open = False

    heard = couple.says("ConfirmIntent", Group="my pills")

    assert heard.speech.startswith("I wrote down one morning medicine")
    assert couple.chart(ADA).now.outcomes[0].by == "patient"


def test_a_voice_that_is_not_recognised_is_someone(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    house.says("TakenIntent")

    assert house.chart().now.outcomes[0].by == "someone"


def test_a_visitors_voice_in_a_house_of_one_is_someone(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "VISITOR"

    house.says("TakenIntent")

    assert house.chart().now.outcomes[0].by == "someone"


def test_in_a_house_of_one_a_voice_may_tell_its_name_too(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "ADA"

    told = house.says("WhoIsSpeakingIntent", Name="ada")
    house.says("TakenIntent")

    assert told.speech.startswith("Thank you, Ada. One medicine is due this morning.")
    assert house.chart().now.outcomes[0].by == "patient"


def test_another_name_in_a_house_of_one_writes_nothing_and_ends(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says("WhoIsSpeakingIntent", Name="carlos")

    assert (heard.speech, heard.open) == (UNKNOWN, False)
    assert house.states() == []


def test_a_known_voice_that_gives_another_name_is_not_rebound(couple: House) -> None:
    couple.echo.person = "ADA"
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="ada")

    couple.says("WhoIsSpeakingIntent", Name="bob")
    couple.says("TakenIntent")
    couple.echo.open = False
    next_day = couple.says("WhatIsDueIntent")

    assert couple.chart(BOB).now.outcomes[0].by == "someone"
    assert next_day.speech.startswith("One medicine is due this morning.")


def test_a_session_whose_voice_changes_starts_over(couple: House) -> None:
    for person, name in (("BOB", "bob"), ("ADA", "ada")):
        couple.echo.person = person
        couple.opens()
        couple.says("WhoIsSpeakingIntent", Name=name)
        couple.echo.open = False
    couple.opens()
    couple.echo.person = "BOB"

    heard = couple.says("AMAZON.YesIntent")

    assert heard.speech.startswith("One medicine is due this morning. Have you already taken it?")
    assert (couple.states(ADA), couple.states(BOB)) == ([], [])
    assert heard.attributes["patient"] == BOB


def test_a_voice_that_vanishes_among_several_is_asked_who_it_is(couple: House) -> None:
    couple.echo.person = "ADA"
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="ada")
    couple.echo.person = None

    heard = couple.says("AMAZON.YesIntent")

    assert heard.speech == WHO
    assert couple.states(ADA) == []


def test_another_voice_in_a_house_of_one_does_not_answer_the_first_ones_question(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "ADA"
    house.opens()
    house.echo.person = "VISITOR"

    heard = house.says("AMAZON.YesIntent")

    assert heard.speech.startswith("One medicine is due this morning.")
    assert house.states() == []


def test_a_voice_heard_less_clearly_in_a_house_of_one_may_go_on(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "ADA"
    house.opens()
    house.echo.person = None

    heard = house.says("AMAZON.YesIntent")

    assert heard.speech.startswith("I wrote down one morning medicine")
    assert house.chart().now.outcomes[0].by == "someone"


# ---- linking


def test_an_echo_that_is_not_linked_tells_how_to_link(empty_house: House) -> None:
    heard = empty_house.opens()

    assert heard.speech == (
        "This Echo isn't linked to a person yet. Please ask whoever set me up for a six-digit code. "
        "Then say: link code, and the digits one by one."
    )
    assert heard.open


def test_the_code_links_the_echo(empty_house: House) -> None:
    empty_house.patient()
    code = empty_house.code()
    empty_house.opens()

    heard = empty_house.says("LinkIntent", Code=code)

    assert heard.speech == ("Thank you. This Echo is linked now. You can say: what's due. Or: how to use.")
    household = find_household(empty_house.app, empty_house.echo.user)
    assert household is not None
    assert household.patients == (ADA,)


def test_zeros_at_the_start_of_a_code_may_be_lost_on_the_way(empty_house: House) -> None:
    code = empty_house.code()
    while not code.startswith("0"):
        code = empty_house.code()

    heard = empty_house.says("LinkIntent", Code=str(int(code)))

    assert heard.speech.startswith("Thank you. This Echo is linked now.")


@pytest.mark.parametrize(
    "said",
    [None, "?", "1234567", "12 34 56", "-12345", "１２３４５６"],
    ids=["nothing", "unheard", "seven", "apart", "minus", "wide digits"],
)
def test_a_code_that_is_none_is_asked_for_and_counts_as_no_try(empty_house: House, said: str | None) -> None:
    slots = {"Code": said} if said is not None else {}

    heard = [empty_house.says("LinkIntent", **slots) for _ in range(7)][-1]

    assert heard.speech == ("What are the six digits? Please say: link code, and the digits one by one.")
    assert heard.elicits == "Code"


def test_a_wrong_code_may_be_tried_again_until_there_were_too_many(empty_house: House) -> None:
    heard = [empty_house.says("LinkIntent", Code=f"00000{n}").speech for n in range(6)]

    assert {words.split(".")[0] for words in heard[:5]} == {"That code didn't fit"}
    assert heard[5].startswith("There were too many tries for now.")
    assert find_household(empty_house.app, empty_house.echo.user) is None


def test_a_repeated_request_counts_as_one_try_and_gets_the_same_words(empty_house: House) -> None:
    envelope = empty_house.echo.envelope(
        {
            "type": "IntentRequest",
            "intent": {"name": "LinkIntent", "slots": {"Code": {"name": "Code", "value": "000001"}}},
        },
        empty_house.clock.now(),
    )

    repeated = [empty_house.receives(envelope).speech for _ in range(6)]
    fresh = empty_house.says("LinkIntent", Code="000002").speech

    assert len(set(repeated)) == 1
    assert fresh.startswith("That code didn't fit.")


def test_a_repeated_good_code_gets_the_same_words(empty_house: House) -> None:
    envelope = empty_house.echo.envelope(
        {
            "type": "IntentRequest",
            "intent": {
                "name": "LinkIntent",
                "slots": {"Code": {"name": "Code", "value": empty_house.code()}},
            },
        },
        empty_house.clock.now(),
    )

    first, second = empty_house.receives(envelope), empty_house.receives(envelope)

    assert first.speech == second.speech
    assert first.speech.startswith("Thank you. This Echo is linked now.")


def test_a_code_lives_ten_minutes(empty_house: House) -> None:
    code = empty_house.code()
    empty_house.clock.wind_by(timedelta(minutes=10))

    heard = empty_house.says("LinkIntent", Code=code)

    assert heard.speech.startswith("That code didn't fit. It may be too old")


def test_two_echoes_of_two_accounts_may_belong_to_one_household(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    daughters = Echo(user="amzn1.ask.account.DAUGHTER")
    house.link(daughters)

    heard = house.says("WhatIsDueIntent", echo=daughters)

    assert heard.speech.startswith("One medicine is due this morning.")
