"""The words that a patient hears: to the letter where safety.md has them, and never an order or a blame."""

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from skill.domain.care_team import Address, Channel, Contact, Patient
from skill.domain.chart import Chart, Now, Plan
from skill.domain.doses import DoseKey, DoseState, How, Outcome
from skill.domain.events import Decision, FactValue, Question, QuestionKind, Reason, Told
from skill.domain.identity import (
    SOMEONE,
    ContactId,
    MedicationId,
    OperationId,
    PatientId,
    QuestionId,
    SpeakerKind,
    StatementId,
    derived_id,
)
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Form, Medication, Regimen
from skill.domain.timings import FixedTimes, Phase
from skill.phrases.catalogue import load
from skill.phrases.spoken import plain_speech, speech
from skill.private import Private

NEW_YORK = ZoneInfo("America/New_York")
ANA = ContactId("con_ana")
QUESTION = QuestionId("que_1")
OPERATION = OperationId("alexa/1")
WORDS = load("en-US")
CRISIS = "nine eight eight, nine eight eight"
POISON = "one, eight zero zero, two two two, one two two two"


def new_york(wall: str, day: str = "2027-05-04") -> datetime:
    """A wall time in New York; the default day is a Tuesday."""
    return datetime.fromisoformat(f"{day}T{wall}").replace(tzinfo=NEW_YORK).astimezone(UTC)


NOW = new_york("09:40")


def a_medicine(name: str, form: Form = Form.TABLET, nickname: str | None = None) -> Medication:
    regimen = Regimen(
        version=1,
        since=new_york("00:00", "2027-05-01"),
        not_before=new_york("00:00", "2027-05-01"),
        zone=NEW_YORK,
        phases=(Phase(first_day=date(2027, 5, 1), timing=FixedTimes(wall_times=(time(8),))),),
    )
    return Medication(
        medication_id=MedicationId(f"med_{name}"),
        name=Private(name),
        nickname=Private(nickname) if nickname else None,
        form=form,
        regimens=(regimen,),
    )


def a_chart(
    *medicines: Medication,
    helper: str = "Ana",
    helper_spoken: bool = True,
    country: str = "US",
    names_spoken: bool = False,
    asked: bool = False,
    outcomes: tuple[Outcome, ...] = (),
) -> Chart:
    """``asked``: the open question is about today's eight o'clock dose of every medicine."""
    patient = Patient(
        patient_id=PatientId("pat_ada"),
        name=Private("Ada"),
        zone=NEW_YORK,
        country=country,
        medicine_names_spoken=names_spoken,
    )
    ana = Contact(
        contact_id=ANA,
        name=Private(helper),
        name_may_be_spoken=helper_spoken,
        zone=NEW_YORK,
        addresses=(Address(channel=Channel.SMS, value=Private("+12025550123")),),
    )
    question = Question(
        question_id=QUESTION,
        kind=QuestionKind.DUE,
        session=None,
        expires_at=NOW,
        doses=tuple(DoseKey(m.medication_id, new_york("08:00")) for m in medicines),
        reason=Reason.DUE_NOW,
    )
    plan = Plan(
        patient=patient,
        medications=medicines,
        care_team=(ana,),
        ladders=standard_ladders([ANA], Waits()),
    )
    return Chart(plan=plan, now=Now(worked_to=NOW, question=question if asked else None, outcomes=outcomes))


def an_outcome(medicine: Medication, state: DoseState, operation: OperationId = OPERATION) -> Outcome:
    return Outcome(
        medication_id=medicine.medication_id,
        due=new_york("08:00"),
        state=state,
        at=new_york("08:04") if state is DoseState.TAKEN else None,
        by=SpeakerKind.SOMEONE,
        contact_id=None,
        how=How.OWN_WORDS,
        part=Decimal(1),
        statement_id=StatementId(derived_id("stm", operation)),
    )


def said(
    reason: Reason,
    chart: Chart | None = None,
    *,
    now: datetime = NOW,
    key: str | None = None,
    named: tuple[MedicationId, ...] = (),
    asks: QuestionId | None = None,
    **facts: FactValue,
) -> str:
    decision = Decision(
        operation=OPERATION, speaker=SOMEONE, at=now, reason=reason, facts=Told(facts), asks=asks
    )
    return speech(WORDS, decision, chart or a_chart(), now, key=key, named=named)


THIS_MORNING: dict[str, FactValue] = {"due": new_york("08:00"), "period": "morning"}


# ---- to the letter (safety.md, section 2; the number of the text is the parameter's id)


@pytest.mark.parametrize(
    ("reason", "facts", "words"),
    [
        pytest.param(
            Reason.DUE_NOW,
            {"count": 1, **THIS_MORNING},
            "One medicine is due this morning. Have you already taken it? "
            "Say: taken, not yet, or I don't remember.",
            id="1a",
        ),
        pytest.param(
            Reason.DUE_NOW,
            {"count": 3, **THIS_MORNING},
            "Three medicines are due this morning. Have you already taken them? "
            "Say: taken, not yet, or I don't remember.",
            id="1b",
        ),
        pytest.param(
            Reason.CLOSED_EARLIER,
            {"count": 2, **THIS_MORNING},
            "Nothing is written down for eight o'clock this morning. Did you take those earlier? "
            "Say: taken, no, or I don't remember.",
            id="1c",
        ),
        pytest.param(
            Reason.READ_BACK,
            {"count": 3, "forms": ("insulin",), **THIS_MORNING},
            "Before I write it down: all three, your injection too, already done. Is that right?",
            id="2a",
        ),
        pytest.param(
            Reason.WRITTEN,
            {"count": 3, "at": new_york("08:04"), **THIS_MORNING},
            "I wrote down three morning medicines, taken at eight oh four. "
            "If that's not right, say: that's wrong.",
            id="2b",
        ),
        pytest.param(
            Reason.SAME_OR_AGAIN,
            {"count": 3, "at": new_york("08:04"), **THIS_MORNING},
            "Those are already written down, taken at eight oh four. "
            "Are you telling me about the same ones, or did you take them again?",
            id="3",
        ),
        pytest.param(
            Reason.SAME_OR_AGAIN,
            {"count": 3, "at": new_york("08:04"), "by": ANA, **THIS_MORNING},
            "Those are already written down, taken at eight oh four, by Ana. "
            "Are you telling me about the same ones, or did you take them again?",
            id="3 with a helper",
        ),
        pytest.param(Reason.NOTHING_CHANGED, {}, "Good. Nothing changed.", id="3 the same"),
        pytest.param(
            Reason.UNSURE,
            {"count": 3, **THIS_MORNING},
            "That's all right. Nothing is written down for eight o'clock, and that doesn't tell us either "
            "way. Please look at your pill box. I can't tell you whether to take them; your pharmacist can. "
            "I won't remind you about these again.",
            id="4",
        ),
        pytest.param(
            Reason.UNSURE,
            {"count": 3, "helper": ANA, **THIS_MORNING},
            "That's all right. Nothing is written down for eight o'clock, and that doesn't tell us either "
            "way. Please look at your pill box. I can't tell you whether to take them; your pharmacist can. "
            "I won't remind you about these again. I'm asking Ana to check with you.",
            id="4 with a helper",
        ),
        pytest.param(
            Reason.NO_ADVICE,
            {},
            "I can't advise on that. Please ask your pharmacist or doctor, or look at the leaflet. "
            "If you feel very unwell, call nine one one, nine one one.",
            id="5",
        ),
        pytest.param(
            Reason.OVERDOSE,
            {"helper": ANA},
            "Thank you for telling me. If anyone has collapsed, has a seizure, can't breathe well or can't "
            "be woken, call nine one one, nine one one now. "
            f"Otherwise call Poison Control now: {POISON}. Again: {POISON}. "
            "It's free, day and night. I wrote it down. I'm sending Ana a message.",
            id="6",
        ),
        pytest.param(
            Reason.PAGED,
            {},
            "I'm messaging your helpers now. I can't call nine one one myself: if you can reach a phone and "
            "need an ambulance, call nine one one. I'll keep trying until someone answers. "
            "If you're all right, say “I'm OK”.",
            id="7b",
        ),
        pytest.param(
            Reason.WRITTEN_LATE,
            {"count": 3, "at": new_york("09:40"), "helper": ANA, **THIS_MORNING},
            "Thank you. I wrote down the eight o'clock medicines, taken at nine forty. "
            "That's later than planned. I can't say what it means for the next ones; your pharmacist can. "
            "I'm telling Ana.",
            id="12",
        ),
        pytest.param(
            Reason.TOLD_NOTHING,
            {"count": 3, **THIS_MORNING},
            "Nobody has told me about your morning medicines today. That doesn't mean you didn't take them. "
            "Please check your pill box, or ask your pharmacist before taking more.",
            id="13",
        ),
        pytest.param(
            Reason.HELP_ASKED,
            {},
            "Do you need a person now? Say “help now”. Or say “how to use”, and I'll explain.",
            id="14",
        ),
        pytest.param(
            Reason.NEWS_ANSWERED,
            {"helper": ANA, "at": new_york("09:42")},
            "Ana answered at nine forty-two.",
            id="16 somebody",
        ),
        pytest.param(Reason.NEWS_NONE, {}, "Nobody has answered yet. I'm still trying.", id="16 nobody"),
    ],
)
def test_a_text_of_the_safety_page_is_said_to_the_letter(
    reason: Reason, facts: dict[str, FactValue], words: str
) -> None:
    spoken = said(reason, **facts)

    assert spoken == words


def test_words_of_suicide_are_answered_to_the_letter() -> None:
    """Text 15."""
    spoken = said(Reason.PAGED, key="say.suicide")

    assert spoken == (
        "I'm glad you told me. Please call or text nine eight eight, nine eight eight now, day or night. "
        "If you are in danger, call nine one one, nine one one."
    )


@pytest.mark.parametrize("error", ["store_down", "conflict", "damaged", "key_unavailable"])
def test_a_note_that_failed_is_told_apart_from_the_pill(error: str) -> None:
    """Text 17; S39."""
    spoken = plain_speech(WORDS, f"error.{error}", country="US")

    assert spoken == (
        "I heard you, but I couldn't write it down. Only my note failed. "
        "Please tell me once more in a few minutes."
    )


# ---- who and what may be named


def test_a_helper_whose_name_may_not_be_spoken_is_your_helper() -> None:
    chart = a_chart(helper_spoken=False)

    spoken = said(Reason.NEWS_ANSWERED, chart, helper=ANA, at=new_york("09:42"))

    assert spoken == "Your helper answered at nine forty-two."


def test_a_helper_who_has_left_the_care_team_is_your_helper() -> None:
    spoken = said(Reason.NEWS_ANSWERED, helper=ContactId("con_gone"), at=new_york("09:42"))

    assert spoken == "Your helper answered at nine forty-two."


def test_the_overdose_words_of_a_page_name_who_is_paged_first() -> None:
    spoken = said(Reason.PAGED, key="say.overdose")

    assert spoken.endswith("I wrote it down. I'm sending Ana a message.")


def test_a_name_cannot_break_the_markup() -> None:
    spoken = said(Reason.NEWS_ANSWERED, a_chart(helper="T & J <3"), helper=ANA, at=new_york("09:42"))

    assert spoken == "T &amp; J &lt;3 answered at nine forty-two."


def test_no_medicine_is_named_by_default() -> None:
    medicine = a_medicine("lisinopril")
    chart = a_chart(medicine, asked=True, outcomes=(an_outcome(medicine, DoseState.TAKEN),))

    due = said(Reason.DUE_NOW, chart, asks=QUESTION, count=1, **THIS_MORNING)
    written = said(Reason.WRITTEN, chart, count=1, at=new_york("08:04"), **THIS_MORNING)

    assert "lisinopril" not in due + written


def test_the_medicine_named_in_this_turn_is_read_back_by_name() -> None:
    medicine = a_medicine("lisinopril")
    chart = a_chart(medicine, outcomes=(an_outcome(medicine, DoseState.TAKEN),))

    spoken = said(
        Reason.WRITTEN,
        chart,
        named=(medicine.medication_id,),
        count=1,
        at=new_york("08:04"),
        **THIS_MORNING,
    )

    assert spoken == (
        "I wrote down lisinopril, taken at eight oh four. If that's not right, say: that's wrong."
    )


def test_what_was_written_besides_the_named_medicine_is_counted_not_named() -> None:
    named, other = a_medicine("lisinopril"), a_medicine("metformin")
    outcomes = (an_outcome(named, DoseState.TAKEN), an_outcome(other, DoseState.TAKEN))

    spoken = said(
        Reason.WRITTEN,
        a_chart(named, other, outcomes=outcomes),
        named=(named.medication_id,),
        count=2,
        at=new_york("08:04"),
        **THIS_MORNING,
    )

    assert spoken.startswith("I wrote down two morning medicines")


def test_the_nickname_is_said_where_there_is_one() -> None:
    medicine = a_medicine("lisinopril", nickname="water pill")

    spoken = said(
        Reason.TOLD_TAKEN,
        a_chart(medicine),
        named=(medicine.medication_id,),
        count=1,
        at=new_york("08:04"),
    )

    assert spoken == "Your water pill is written down, taken at eight oh four."


def test_a_patient_who_opted_in_hears_the_names_of_what_is_due() -> None:
    chart = a_chart(a_medicine("lisinopril"), a_medicine("metformin"), asked=True, names_spoken=True)

    spoken = said(Reason.DUE_NOW, chart, asks=QUESTION, count=2, **THIS_MORNING)

    assert spoken == (
        "Two medicines are due this morning: lisinopril and metformin. Are they already done? "
        "Say: done, not yet, or I don't remember."
    )


def test_a_list_too_long_for_the_ear_is_counted() -> None:
    names = ("ambien", "bumex", "coreg", "diovan", "eliquis", "flomax", "glucotrol")
    chart = a_chart(*(a_medicine(name) for name in names), asked=True, names_spoken=True)

    spoken = said(Reason.DUE_NOW, chart, asks=QUESTION, count=7, **THIS_MORNING)

    assert spoken.startswith("Seven medicines are due this morning. Have you already taken them?")


def test_names_of_the_longest_kind_still_fit_into_an_answer() -> None:
    chart = a_chart(*(a_medicine(f"{n}" + "&" * 79) for n in range(6)), asked=True, names_spoken=True)

    spoken = said(Reason.DUE_NOW, chart, asks=QUESTION, count=6, **THIS_MORNING)

    assert "&amp;" in spoken
    assert len(spoken) < 8000


# ---- forms, days, outages


@pytest.mark.parametrize(
    ("form", "verb"),
    [(Form.CAPSULE, "taken"), (Form.LIQUID, "taken"), (Form.PATCH, "used"), (Form.DROPS, "used")],
    ids=["capsule", "liquid", "patch", "drops"],
)
def test_what_is_not_swallowed_is_used(form: Form, verb: str) -> None:
    chart = a_chart(a_medicine("one", form), asked=True)

    spoken = said(Reason.DUE_NOW, chart, asks=QUESTION, count=1, **THIS_MORNING)

    assert spoken.startswith(f"One medicine is due this morning. Have you already {verb} it?")


@pytest.mark.parametrize("form", Form, ids=[form.value for form in Form])
def test_every_form_can_be_asked_for_next(form: Form) -> None:
    spoken = said(
        Reason.REST_ASKED, count=1, at=new_york("08:04"), form=form.value, rest=1, late=False, **THIS_MORNING
    )

    assert spoken.startswith("I wrote down one morning medicine, taken at eight oh four. What about your ")


def test_two_forms_with_one_name_are_said_once() -> None:
    spoken = said(Reason.READ_BACK, count=2, forms=("insulin", "injection"), **THIS_MORNING)

    assert spoken == "Before I write it down: both, your injection too, already done. Is that right?"


def test_a_window_that_met_an_outage_of_ours_says_so() -> None:
    """S39."""
    medicine = a_medicine("lisinopril")
    outcome = an_outcome(medicine, DoseState.NOT_OBSERVED)
    chart = a_chart(medicine, asked=True, outcomes=(outcome,))

    spoken = said(Reason.CLOSED_EARLIER, chart, asks=QUESTION, count=1, **THIS_MORNING)

    assert spoken.startswith(
        "I was out of service at eight o'clock this morning, and nothing is written down."
    )


def test_a_dose_of_yesterday_is_said_with_its_day() -> None:
    yesterday = new_york("20:00", "2027-05-03")

    late = said(Reason.WRITTEN_LATE, count=2, due=yesterday, at=NOW, period="evening")
    nothing = said(Reason.TOLD_NOTHING, count=2, due=yesterday, period="evening")
    unsure = said(Reason.UNSURE, count=1, due=yesterday, period="evening")

    assert "the eight o'clock medicines from yesterday evening, taken at nine forty." in late
    assert "your medicines for eight o'clock yesterday evening." in nothing
    assert "written down for eight o'clock yesterday evening," in unsure


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (0, "Two morning medicines are written down, taken at eight oh four."),
        (
            1,
            "Two morning medicines are written down, taken at eight oh four. "
            "Nobody has told me about the other one.",
        ),
        (
            2,
            "Two morning medicines are written down, taken at eight oh four. "
            "Nobody has told me about the other two.",
        ),
    ],
    ids=["all", "but one", "but two"],
)
def test_what_nobody_has_told_is_said_beside_what_is_written(rest: int, words: str) -> None:
    """S17: "taken" is said of those alone that were told as taken."""
    spoken = said(Reason.TOLD_TAKEN, count=2, at=new_york("08:04"), rest=rest, **THIS_MORNING)

    assert spoken == words


def test_more_than_one_time_of_day_is_not_called_morning() -> None:
    spoken = said(Reason.WRITTEN, count=2, due=new_york("08:00"), at=NOW)

    assert spoken.startswith("I wrote down two medicines, taken at nine forty.")


# ---- numbers


@pytest.mark.parametrize(
    ("country", "poison", "crisis"),
    [
        ("US", POISON, "nine eight eight, nine eight eight"),
        (
            "CA",
            "one, eight four four, seven six four, seven six six nine",
            "nine eight eight, nine eight eight",
        ),
    ],
    ids=["United States", "Canada"],
)
def test_numbers_come_from_the_patients_country(country: str, poison: str, crisis: str) -> None:
    chart = a_chart(country=country)

    overdose = said(Reason.OVERDOSE, chart)
    suicide = said(Reason.PAGED, chart, key="say.suicide")

    assert f"Poison Control now: {poison}. Again: {poison}." in overdose
    assert f"call or text {crisis} now" in suicide


def test_a_country_without_a_sourced_number_hears_no_number() -> None:
    chart = a_chart(country="DE")

    overdose = said(Reason.OVERDOSE, chart)
    suicide = said(Reason.PAGED, chart, key="say.suicide")

    assert overdose == (
        "Thank you for telling me. If anyone has collapsed, has a seizure, can't breathe well or can't be "
        "woken, call your emergency number now. I wrote it down."
    )
    assert suicide == "I'm glad you told me. If you are in danger, call your emergency number."


# ---- every phrase


def phrases() -> dict[str, str]:
    path = resources.files("skill.phrases") / "locales" / "en-US.json"
    written = json.loads(path.read_text("utf-8"))
    return {key: text for key, text in written.items() if key.startswith(("say.", "ask.", "error."))}


EVERY_FACT: dict[str, FactValue] = {
    "count": 2,
    "due": new_york("08:00"),
    "at": new_york("08:04"),
    "period": "morning",
    "helper": ANA,
    "by": ANA,
    "first": new_york("08:00"),
    "second": new_york("20:00"),
    "forms": ("insulin",),
    "form": "insulin",
    "rest": 1,
}


@pytest.mark.parametrize("reason", [r for r in Reason if r.value.startswith(("say.", "ask."))])
def test_every_reason_has_words(reason: Reason) -> None:
    spoken = said(reason, **EVERY_FACT)

    assert spoken.endswith((".", "?"))
    assert "{" not in spoken
    assert spoken[0].isupper()


@pytest.mark.parametrize("key", sorted(phrases()))
def test_a_phrase_gives_no_order_to_take_anything(key: str) -> None:
    """S16: questions, never orders."""
    text = phrases()[key]

    assert not re.search(r"(^|[.:!?] |please |now )(take|use|swallow) ", text, re.IGNORECASE)
    assert not re.search(r"\btime (for|to)\b|\byou (should|must|need to|have to)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("key", sorted(phrases()))
def test_a_phrase_never_says_no_or_you_have_not(key: str) -> None:
    """S17: no answer about a past dose begins with "no"; none says "you haven't"."""
    text = phrases()[key]

    assert not re.match(r"no\b", text, re.IGNORECASE)
    assert not re.search(r"\byou (haven't|have not|didn't take it yet|forgot|missed)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("key", sorted(phrases()))
def test_a_phrase_uses_no_word_that_blames_or_promises(key: str) -> None:
    """S44: "missed" is no state; and help is never said to be coming."""
    text = phrases()[key]

    assert not re.search(r"\bmiss(ed)?\b|\bforgot|\bfail(ed|ure) to\b|\bcomplian", text, re.IGNORECASE)
    assert not re.search(r"\b(help|someone|somebody|ambulance) is (coming|on)|\bon (the|their) way\b", text)


@pytest.mark.parametrize("key", sorted(phrases()))
def test_a_phrase_asks_one_thing_and_says_numbers_in_words(key: str) -> None:
    text = phrases()[key]

    assert text.count("?") <= 1
    assert not re.search("[0-9]", text)


@pytest.mark.parametrize("key", sorted(phrases()))
def test_a_phrase_names_no_illness_and_no_medicine(key: str) -> None:
    text = phrases()[key]

    assert not re.search(r"insulin|diabet|sugar|blood|heart|warfarin|cancer", text, re.IGNORECASE)
