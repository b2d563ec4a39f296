"""Messages in words: the canonical texts to the letter, one SMS each, and nothing that must not be there."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from skill.domain.alerts import Alert, AlertKind, Detail
from skill.domain.care_team import Address, Channel, Contact, Label, Patient
from skill.domain.chart import Chart, Now, Plan, Statement
from skill.domain.doses import DoseKey, DoseState, How, Outcome
from skill.domain.events import StatementKind
from skill.domain.identity import AlertId, ContactId, MedicationId, PatientId, SpeakerKind, StatementId
from skill.domain.ladders import LadderKind
from skill.domain.messages import Message, MessageKind
from skill.domain.regimen import Form, Medication, Regimen
from skill.domain.timings import FixedTimes, Phase
from skill.errors import NotFoundError
from skill.phrases.catalogue import packaged
from skill.phrases.grammar import gsm7_length
from skill.phrases.written import ANSWERABLE, Handle, write
from skill.private import Private

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
EIGHT = datetime(2027, 5, 4, 12, tzinfo=UTC)  # 08:00 in New York
TWO = datetime(2027, 5, 4, 18, tzinfo=UTC)  # 14:00 there
HALF_PAST_NOON = datetime(2027, 5, 4, 16, 30, tzinfo=UTC)  # its clock time is as long as any
ANA, SAM = ContactId("con_ana"), ContactId("con_sam")
PILL = MedicationId("med_1")
FALL = AlertId("alr_1")
LONGEST_BASE = "https://" + "x" * 18  # 26 letters; with /a/ the 29 that the settings allow
LINK = f"{LONGEST_BASE}/a/{'T' * 43}"
BOTH = Handle(link=LINK, code="482913")
SHORT = Handle(link="https://m.example/a/T", code="482913")
URGENT = {AlertKind.FALL, AlertKind.HELP}
FORBIDDEN = {"stop", "end", "cancel", "quit", "remove", "start", "unsubscribe", "stopall", "yes", "no"}


def a_contact(contact_id: ContactId, name: str, label: Label = Label.MOM) -> Contact:
    addresses = (
        Address(channel=Channel.SMS, value=Private("+12025550111")),
        Address(channel=Channel.EMAIL, value=Private("a@example.org")),
    )
    return Contact(contact_id=contact_id, name=Private(name), label=label, zone=BERLIN, addresses=addresses)


def an_alert(kind: AlertKind = AlertKind.FALL, detail: Detail = Detail.NONE, **facts: object) -> Alert:
    usual = {
        "alert_id": FALL,
        "opened_at": EIGHT,
        "about": EIGHT,
        "ladder_kind": LadderKind.FALL,
        "ladder": None,
        "last_round": 0,
        "next_at": None,
    }
    return Alert(kind=kind, detail=detail, **usual | facts)


def doses_at(*moments: datetime) -> tuple[DoseKey, ...]:
    return tuple(DoseKey(PILL, moment) for moment in moments)


def an_outcome(due: datetime, state: DoseState, **facts: object) -> Outcome:
    usual = {
        "medication_id": PILL,
        "due": due,
        "state": state,
        "at": None,
        "by": SpeakerKind.SYSTEM,
        "contact_id": None,
        "how": How.SILENCE,
        "part": Decimal(1),
        "statement_id": None,
    }
    return Outcome(**usual | facts)


def taken(
    due: datetime, by: SpeakerKind, how: How = How.OWN_WORDS, by_whom: ContactId | None = None
) -> Outcome:
    statement = StatementId("stm_1")
    return an_outcome(
        due, DoseState.TAKEN, by=by, how=how, contact_id=by_whom, at=due, statement_id=statement
    )


def a_statement(*closed: AlertId) -> Statement:
    return Statement(
        statement_id=StatementId("stm_1"),
        kind=StatementKind.CONFIRM,
        words="all due",
        by=SpeakerKind.PATIENT,
        contact_id=None,
        session=None,
        at=EIGHT,
        closed_alerts=closed,
    )


def a_chart(
    *alerts: Alert,
    label: Label = Label.MOM,
    helper: str = "Ana",
    country: str = "US",
    outcomes: Sequence[Outcome] = (),
    form: Form = Form.TABLET,
) -> Chart:
    patient = Patient(
        patient_id=PatientId("pat_1"), name=Private("Ada Lovelace"), zone=NEW_YORK, country=country
    )
    every_day = Phase(first_day=date(2027, 5, 1), timing=FixedTimes(wall_times=(time(8),)))
    since = datetime(2027, 5, 1, tzinfo=UTC)
    regimen = Regimen(version=1, since=since, not_before=since, zone=NEW_YORK, phases=(every_day,))
    medication = Medication(medication_id=PILL, name=Private("lisinopril"), form=form, regimens=(regimen,))
    team = (a_contact(ANA, helper, label), a_contact(SAM, "Sam", label))
    return Chart(
        plan=Plan(patient=patient, medications=(medication,), care_team=team),
        now=Now(
            alerts=alerts,
            outcomes=tuple(outcomes),
            statements=(a_statement(*(alert.alert_id for alert in alerts)),),
            worked_to=EIGHT,
        ),
    )


def a_message(kind: MessageKind = MessageKind.PAGE, **facts: object) -> Message:
    usual = {
        "key": "alr_1/page/0.0/con_sam/sms",
        "contact_id": SAM,
        "channel": Channel.SMS,
        "alert_ids": (FALL,),
        "about": EIGHT,
        "queued_at": EIGHT,
        "ready_at": EIGHT,
    }
    return Message(kind=kind, **usual | facts)


def text(chart: Chart, message: Message, handle: Handle = SHORT) -> str:
    return write(packaged(), chart, message, handle).text


# ---- the canonical texts


@pytest.mark.parametrize(
    ("kind", "detail", "repeat", "wanted"),
    [
        (AlertKind.FALL, Detail.NONE, False, "FALL: Mom, 8:00 AM. Call now. No answer? 911. "),
        (AlertKind.FALL, Detail.NONE, True, "FALL (repeat): Mom, 8:00 AM. Call. No answer? 911. "),
        (AlertKind.FALL, Detail.SOMEONE_AT_HOME, False, "FALL: Mom's home, 8:00 AM. Call. No answer? 911. "),
        (
            AlertKind.FALL,
            Detail.SOMEONE_AT_HOME,
            True,
            "FALL (repeat): Mom's home, 8:00 AM. Call, else 911. ",
        ),
        (AlertKind.HELP, Detail.NONE, False, "HELP: Mom, 8:00 AM. Call now. No answer? 911. "),
        (AlertKind.HELP, Detail.EMERGENCY, False, "HELP: Mom, 8:00 AM. Call now. No answer? 911. "),
        (
            AlertKind.HELP,
            Detail.ASKED_THEN_SILENT,
            False,
            "Mom asked for help, then no answer, 8:00 AM. Call. ",
        ),
    ],
    ids=["fall", "fall again", "someone", "someone again", "help", "emergency word", "asked, then silent"],
)
def test_a_call_for_help_reads_to_the_letter(
    kind: AlertKind, detail: Detail, repeat: bool, wanted: str
) -> None:
    """S2, S33, texts 8a."""
    chart = a_chart(an_alert(kind, detail))

    read = text(chart, a_message(repeat=repeat, urgent=True))

    assert read == f"{wanted}I've got it: reply 482913 or https://m.example/a/T"


def test_silence_reads_to_the_letter_and_names_the_patients_clock() -> None:
    """Text 9; the reader lives in Berlin, where it is two in the afternoon."""
    chart = a_chart(an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(EIGHT)))

    read = text(chart, a_message())

    assert read == (
        "Mom: no word on 8:00 AM medicines, taken or not. I'll check: reply 482913 or https://m.example/a/T"
    )


def test_the_all_clear_reads_to_the_letter() -> None:
    """Text 10a."""
    chart = a_chart(an_alert())

    read = text(chart, a_message(MessageKind.CLOSED, named=ANA))

    assert read == "CLOSED: Mom, 8:00 AM. Ana has taken care of it. Nothing for you to do."


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (
            taken(EIGHT, SpeakerKind.PATIENT),
            "CLOSED: Mom said at 9:40 AM that the 8:00 AM medicines were taken.",
        ),
        (
            taken(EIGHT, SpeakerKind.SOMEONE),
            "CLOSED: someone at Mom's Echo said at 9:40 AM that the 8:00 AM medicines were taken.",
        ),
        (
            taken(EIGHT, SpeakerKind.CONTACT, How.GIVEN, ANA),
            "CLOSED: Mom, 8:00 AM medicines: given by Ana, 9:40 AM.",
        ),
        (
            taken(EIGHT, SpeakerKind.CONTACT, How.SEEN, ANA),
            "CLOSED: Mom, 8:00 AM medicines: seen by Ana, 9:40 AM.",
        ),
    ],
    ids=["a known voice", "an unknown voice", "given", "seen"],
)
def test_the_all_clear_after_a_word_says_whose_word_it_was(outcome: Outcome, wanted: str) -> None:
    """Text 10b, S27, S30."""
    alert = an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(EIGHT))
    chart = a_chart(alert, outcomes=[outcome])

    read = text(chart, a_message(MessageKind.CLOSED_BY_WORD, said_at=EIGHT + timedelta(minutes=100)))

    assert read == wanted


@pytest.mark.parametrize("kind", list(MessageKind), ids=lambda kind: kind.value)
def test_every_mail_has_the_same_subject(kind: MessageKind) -> None:
    """Text 19."""
    to = None if kind is MessageKind.PROMPT else SAM
    written = write(packaged(), a_chart(an_alert()), a_message(kind, contact_id=to), Handle())

    assert written.subject == "Dose Keeper: please look"


@pytest.mark.parametrize(
    ("form", "about", "wanted"),
    [
        (
            Form.TABLET,
            EIGHT,
            "It's eight o'clock. Have you already taken your morning medicines? Open Dose Keeper to tell me.",
        ),
        (
            Form.INSULIN,
            EIGHT,
            "It's eight o'clock. Have you already used your morning medicines? Open Dose Keeper to tell me.",
        ),
        (
            Form.TABLET,
            HALF_PAST_NOON,
            "It's twelve thirty. Have you already taken your noon medicines? Open Dose Keeper to tell me.",
        ),
    ],
    ids=["to swallow", "to inject", "at noon"],
)
def test_the_patient_is_asked_never_told(form: Form, about: datetime, wanted: str) -> None:
    """S16, text 18."""
    read = text(a_chart(form=form), a_message(MessageKind.PROMPT, contact_id=None, alert_ids=(), about=about))

    assert read == wanted


# ---- the other texts


@pytest.mark.parametrize(
    ("detail", "doses", "wanted"),
    [
        (Detail.EXTRA, doses_at(EIGHT), "Mom said at 9:40 AM: took a second one. Please call. I'll call: "),
        (Detail.UNSCHEDULED, (), "Mom said at 9:40 AM: took one not due. Please call. I'll call: "),
        (Detail.UNSURE, doses_at(EIGHT), "Mom: not sure: 8:00 AM medicines. Please check. I'll check: "),
        (Detail.UNSURE, (), "Mom: not sure what was taken, 9:40 AM: please check. I'll check: "),
    ],
    ids=["a second one", "not due", "not sure", "not sure of what"],
)
def test_an_intake_that_fits_no_dose_says_what_was_said(
    detail: Detail, doses: tuple[DoseKey, ...], wanted: str
) -> None:
    """S1, S10, S22."""
    later = EIGHT + timedelta(minutes=100)
    chart = a_chart(an_alert(AlertKind.INTAKE, detail, doses=doses, about=later))

    read = text(chart, a_message(about=later))

    assert read == f"{wanted}reply 482913 or https://m.example/a/T"


@pytest.mark.parametrize(
    ("kind", "facts", "wanted"),
    [
        (MessageKind.TAKEN_OVER, {"named": ANA}, "Mom, 8:00 AM: Ana has it. Nothing for you to do now."),
        (MessageKind.CLOSED_BY_PLAN, {}, "CLOSED: Mom, 8:00 AM medicines. The plan changed. Nothing for you"),
        (MessageKind.CLOSED_SKIPPED, {"said_at": TWO}, "CLOSED: Mom said at 2:00 PM: skipped the 8:00 AM"),
        (MessageKind.CORRECTION, {}, "Mom: the all-clear for the 8:00 AM medicines was taken back. Please"),
        (MessageKind.IM_OK, {}, 'Mom, 8:00 AM: someone said "I\'m OK". Please check. Got it: reply 482913'),
        (MessageKind.FOLLOW_UP, {}, "Mom, 8:00 AM: did you reach them? In 3 min I ask others. Yes: reply"),
        (MessageKind.WENT_ON, {}, "Mom, 8:00 AM: no answer from you. I ask others. I've got it: reply 4829"),
        (
            MessageKind.STOP_MEANT,
            {},
            "Mom, 8:00 AM: an answer of yours switched off our messages there. Was it meant?",
        ),
        (
            MessageKind.STOP_ASKED,
            {},
            "Mom, 8:00 AM: a word of yours may mean that you want no messages there. Was it meant?",
        ),
        (MessageKind.TEST, {}, "TEST: Dose Keeper can reach you about Mom. Nothing has happened. Try the l"),
    ],
    ids=lambda value: value.value if isinstance(value, MessageKind) else "",
)
def test_every_notice_says_whom_it_is_about(kind: MessageKind, facts: dict[str, object], wanted: str) -> None:
    read = text(a_chart(an_alert()), a_message(kind, **facts))

    assert read.startswith(wanted)


def test_every_message_about_an_alert_carries_a_moment_of_the_patients_clock() -> None:
    """S33: only a test of the line, and the parts of a message, carry none."""
    phrases = packaged().load("en-US")
    parts = ("sms.label.", "sms.answer.", "sms.a_helper", "sms.outage", "sms.times_more", "sms.test")

    without = [
        key
        for key in sorted(phrases.keys())
        if key.startswith("sms.") and not key.startswith(parts) and "time" not in phrases.blanks(key)
    ]

    assert without == []


def test_two_moments_stand_in_one_message() -> None:
    alert = an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(EIGHT, TWO))

    read = text(a_chart(alert), a_message())

    assert read.startswith("Mom: no word on 8:00 AM, 2:00 PM medicines, taken or not.")


def test_moments_that_find_no_room_are_counted_in_an_sms_and_named_in_a_mail() -> None:
    moments = [EIGHT + timedelta(hours=hours) for hours in range(0, 12, 2)]
    chart = a_chart(an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(*moments)))

    sms = text(chart, a_message(), BOTH)
    mail = text(chart, a_message(channel=Channel.EMAIL), Handle(link=LINK))

    assert sms.startswith("Mom: no word on 8:00 AM +5 medicines")
    assert mail.startswith("Mom: no word on 8:00 AM, 10:00 AM, 12:00 PM, 2:00 PM, 4:00 PM, 6:00 PM medicines")


def test_a_dose_that_was_spoken_of_since_is_not_called_silent() -> None:
    alert = an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(EIGHT, TWO))
    chart = a_chart(alert, outcomes=[taken(EIGHT, SpeakerKind.PATIENT)])

    read = text(chart, a_message())

    assert read.startswith("Mom: no word on 2:00 PM medicines")


def test_skipped_is_called_skipped_and_both_kinds_together_are_told_as_both() -> None:
    skipped = an_alert(AlertKind.DOSE, Detail.SKIPPED, doses=doses_at(EIGHT))
    silent = an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(TWO), alert_id=AlertId("alr_2"))
    chart = a_chart(skipped, silent, outcomes=[an_outcome(EIGHT, DoseState.SKIPPED)])

    alone = text(chart, a_message())
    together = text(chart, a_message(alert_ids=(FALL, AlertId("alr_2"))))

    assert alone.startswith("Mom: skipped the 8:00 AM medicines. I'll check: ")
    assert together.startswith("Mom: 8:00 AM, 2:00 PM medicines: no word, or skipped. I'll check: ")


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (MessageKind.PAGE, "Mom: we were out of service, no word on 8:00 AM. I'll check: reply 482913 or "),
        (MessageKind.TAKEN_OVER, "Mom, 8:00 AM: Ana has it. Nothing for you to do now. We were out of ser"),
        (MessageKind.CLOSED, "CLOSED: Mom, 8:00 AM. Ana has taken care of it. Nothing for you to do. We w"),
    ],
    ids=["page", "taken over", "closed"],
)
def test_a_silence_that_may_be_ours_says_that_we_were_out_of_service(kind: MessageKind, wanted: str) -> None:
    """S39."""
    alert = an_alert(AlertKind.DOSE, Detail.NO_WORD, doses=doses_at(EIGHT))
    chart = a_chart(alert, outcomes=[an_outcome(EIGHT, DoseState.NOT_OBSERVED)])

    read = text(chart, a_message(kind, named=ANA))

    assert read.startswith(wanted)


# ---- ways to answer


@pytest.mark.parametrize(
    ("handle", "ending"),
    [
        (SHORT, "I've got it: reply 482913 or https://m.example/a/T"),
        (Handle(code="482913"), "I've got it: reply 482913"),
        (Handle(link="https://m.example/a/T"), "I've got it: https://m.example/a/T"),
        (Handle(), "No answer? 911."),
    ],
    ids=["both", "no address of ours", "mail", "no way back"],
)
def test_only_the_ways_to_answer_that_there_are_stand_in_it(handle: Handle, ending: str) -> None:
    read = text(a_chart(an_alert()), a_message(), handle)

    assert read == f"FALL: Mom, 8:00 AM. Call now. No answer? 911. {ending}" or read.endswith(ending)
    assert read.count("Call now.") == 1


def test_where_no_emergency_number_is_known_for_sure_none_is_given() -> None:
    read = text(a_chart(an_alert(), country="DE"), a_message())

    assert read == "FALL: Mom, 8:00 AM. Call now. I've got it: reply 482913 or https://m.example/a/T"


def test_a_helper_whose_name_an_sms_cannot_write_is_somebody() -> None:
    read = text(a_chart(an_alert(), helper="Иван"), a_message(MessageKind.CLOSED, named=ANA))

    assert read == "CLOSED: Mom, 8:00 AM. Somebody has taken care of it. Nothing for you to do."


def test_a_page_about_an_alert_that_is_gone_is_not_written() -> None:
    with pytest.raises(NotFoundError):
        text(a_chart(), a_message())


def test_a_message_to_somebody_who_was_removed_is_not_written() -> None:
    """S32."""
    with pytest.raises(NotFoundError):
        text(a_chart(an_alert()), a_message(contact_id=ContactId("con_gone")))


# ---- one SMS, for everything that can be said


def every_alert() -> Iterator[Alert]:
    many = doses_at(*(HALF_PAST_NOON + timedelta(hours=hours) for hours in range(24)))
    for kind in AlertKind:
        for detail in Detail:
            if kind is AlertKind.DOSE and detail not in (Detail.NO_WORD, Detail.SKIPPED):
                continue
            if kind is AlertKind.INTAKE and detail not in (Detail.EXTRA, Detail.UNSCHEDULED, Detail.UNSURE):
                continue
            for doses in ((), doses_at(HALF_PAST_NOON), many) if kind not in URGENT else ((),):
                yield an_alert(kind, detail, about=HALF_PAST_NOON, doses=doses)


def every_message(alert: Alert) -> Iterator[Message]:
    facts = {"about": HALF_PAST_NOON, "said_at": HALF_PAST_NOON, "named": ANA, "urgent": alert.urgent}
    for kind, repeat, outage in product(MessageKind, (False, True), (False, True)):
        if kind is MessageKind.PROMPT or (outage and alert.kind in URGENT):
            continue
        yield a_message(kind, repeat=repeat, outage=outage, **facts)


@pytest.mark.parametrize("label", list(Label), ids=lambda label: label.value)
def test_everything_that_can_be_said_fits_one_sms(label: Label) -> None:
    """SMS arithmetic: a base address of 29 letters with its path, 43 of the token, 6 of the code."""
    other = an_alert(AlertKind.DOSE, Detail.SKIPPED, alert_id=AlertId("alr_2"), doses=doses_at(TWO))
    said = (
        taken(HALF_PAST_NOON, SpeakerKind.SOMEONE),
        taken(HALF_PAST_NOON, SpeakerKind.CONTACT, by_whom=ANA),
    )
    longest = 0
    for alert, word in product(every_alert(), said):
        ids = (FALL, AlertId("alr_2")) if alert.kind is AlertKind.DOSE else (FALL,)
        outcomes = [word, an_outcome(TWO, DoseState.SKIPPED)]
        chart = a_chart(alert, other, label=label, helper="W" * 12, outcomes=outcomes)
        for message in every_message(alert):
            longest = max(longest, gsm7_length(text(chart, replace(message, alert_ids=ids), BOTH)))

    assert 150 < longest <= 160


def test_every_clock_time_of_a_day_fits_a_prompt() -> None:
    texts = [
        text(a_chart(), a_message(MessageKind.PROMPT, contact_id=None, alert_ids=(), about=at))
        for at in (EIGHT + timedelta(minutes=minute) for minute in range(24 * 60))
    ]

    assert max(gsm7_length(read) for read in texts) <= 160


def test_no_label_has_more_than_nine_letters() -> None:
    words = [packaged().load("en-US").say(f"sms.label.{label.value}") for label in Label]

    assert max(len(word) for word in words) <= 9


def test_no_message_holds_a_name_a_medicine_or_a_word_that_would_switch_it_off() -> None:
    """S8: nothing invites an opt-out word; S33: never a name; a page that calls for help begins with HELP."""
    found = []
    for alert in every_alert():
        chart = a_chart(alert)
        for message in every_message(alert):
            read = text(chart, message, Handle(code="482913"))
            words = re.findall(r"[a-z']+", read.casefold())
            invited = re.findall(r"(?:reply|text|send|answer with)\W+([a-z]+)", read.casefold())
            unwanted = set(invited) | (set(words) & {"ada", "lovelace", "lisinopril", "stop", "unsubscribe"})
            if unwanted - {"or"} or words[0] in FORBIDDEN:
                found.append(read)

    assert found == []


def test_what_can_be_answered_says_how_and_nothing_else_does() -> None:
    chart = a_chart(an_alert())
    kinds = [kind for kind in MessageKind if kind is not MessageKind.PROMPT]

    offering = {kind for kind in kinds if "482913" in text(chart, a_message(kind), BOTH)}

    assert offering == ANSWERABLE
