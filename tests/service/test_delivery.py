"""Claim, send, settle: nothing is lost, nothing is sent to somebody who may not have it, falls go first."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from skill.domain.alerts import AlertKind, AlertState
from skill.domain.care_team import Address, Channel
from skill.domain.commands import (
    Acknowledge,
    ClaimMessages,
    ConfirmDoses,
    OptOut,
    RaiseAlert,
    RecordGiven,
    Resolve,
    SendTest,
    SetCareTeam,
    Tick,
)
from skill.domain.doses import How
from skill.domain.events import MessageClaimed, MessageEnded
from skill.domain.identity import SOMEONE, contact
from skill.domain.messages import LEASE
from skill.errors import StoreDownError
from skill.private import Private
from skill.service.act import App, act
from skill.service.delivery import AT_ONCE, DeliveryPool, run
from skill.service.outgoing import GIVE_UP, PERHAPS, TRY_AGAIN, Outgoing
from skill.service.sending import Delivery
from tests.service.family import (
    ADA,
    ANA,
    ANAS_PHONE,
    BASE_URL,
    EIGHT,
    SAM,
    SAMS_PHONE,
    TEN,
    Family,
    Recorder,
    a_family,
    a_medicine,
    a_patient,
    an_operation,
    ana,
    sam,
)

ANAS_MAIL = "ana@example.org"


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    with a_family(tmp_path, ana(email=ANAS_MAIL), sam()) as made:
        yield made


def settled(family: Family) -> list[str]:
    """What became of the messages of the ledger, in order."""
    ledger = family.house.records.ledger(ADA)
    return [e.ended.value for decision in ledger for e in decision.events if isinstance(e, MessageEnded)]


# ---- who is told what, and by what


def test_a_dose_without_a_word_reaches_the_first_helper_and_half_an_hour_later_the_second(
    family: Family,
) -> None:
    family.wind_to(TEN)
    first = family.sms.texts()
    family.wind_to(TEN + timedelta(minutes=30))

    assert [text[:54] for text in first] == ["Mom: no word on 8:00 AM medicines, taken or not. I'll "]
    assert [o.to.value for o in family.sms.sent] == [ANAS_PHONE, SAMS_PHONE]


def test_a_fall_reaches_everybody_on_every_channel_at_once(family: Family) -> None:
    family.falls()

    handed_over = family.deliver()

    assert handed_over == 3
    assert {o.to.value for o in family.sms.sent} == {ANAS_PHONE, SAMS_PHONE}
    assert [o.to.value for o in family.email.sent] == [ANAS_MAIL]
    assert all(o.urgent for o in family.sms.sent + family.email.sent)


def test_falls_go_before_everything_else(family: Family) -> None:
    family.house.clock.wind_to(TEN)
    family.do(Tick)
    family.falls()

    family.deliver()

    first, second, third = family.sms.texts()
    assert {first[:9], second[:9]} == {"FALL: Mom"}
    assert third.startswith("Mom: no word")


def test_a_repeated_message_is_the_same_message_with_another_attempt(family: Family) -> None:
    family.sms.answers = [TRY_AGAIN]
    family.wind_to(TEN)
    family.wind_to(TEN + timedelta(seconds=2))

    first, second = family.sms.sent
    assert (first.key, first.attempt) == (second.key, 1)
    assert second.attempt == 2


def test_a_mail_has_the_one_subject_and_nothing_about_health_in_it(family: Family) -> None:
    family.falls()
    family.deliver()

    assert family.email.sent[0].subject == "Dose Keeper: please look"


def test_the_all_clear_reaches_those_who_were_told_and_nobody_else(family: Family) -> None:
    family.wind_to(TEN)
    family.says(ConfirmDoses)
    family.deliver()

    assert [o.to.value for o in family.sms.sent] == [ANAS_PHONE, ANAS_PHONE]
    assert family.sms.texts()[-1] == (
        "CLOSED: someone at Mom's Echo said at 10:00 AM that the 8:00 AM medicines were taken."
    )


def test_the_all_clear_names_the_helper_who_gave_it(family: Family) -> None:
    """S30."""
    family.wind_to(TEN)
    family.wind_to(TEN + timedelta(minutes=30))
    doses = family.chart.now.alerts[0].doses

    family.do(RecordGiven, speaker=contact(SAM), doses=doses, how=How.GIVEN)
    family.deliver()

    assert "CLOSED: Mom, 8:00 AM medicines: given by Sam, 10:30 AM." in family.sms.texts(ANAS_PHONE)


def test_the_patient_is_asked_at_the_due_moment_by_the_channel_that_was_chosen(tmp_path: Path) -> None:
    """Text 18, and the patient before any helper."""
    prompts = Address(channel=Channel.SMS, value=Private("+12025550199"))
    with a_family(tmp_path, patient=a_patient(prompts=prompts)) as family:
        family.wind_to(EIGHT)

        assert family.sms.texts("+12025550199") == [
            "It's eight o'clock. Have you already taken your morning medicines? Open Dose Keeper to tell me."
        ]
        assert len(family.sms.sent) == 1


def test_a_test_message_has_a_link_to_try_and_no_code(family: Family) -> None:
    family.do(SendTest, contact_id=SAM)

    family.deliver()

    (text,) = family.sms.texts()
    assert text.startswith(
        f"TEST: Dose Keeper can reach you about Mom. Nothing has happened. Try the link: {BASE_URL}"
    )


# ---- as of now


def test_somebody_who_was_removed_meanwhile_gets_nothing_more(family: Family) -> None:
    """S32: consent, opt-out and presence as of the moment of sending, the all-clear included."""
    family.wind_to(TEN)
    alert = family.chart.now.alerts[0]
    family.do(Resolve, speaker=contact(SAM), alert_id=alert.alert_id)
    family.do(SetCareTeam, contacts=(sam(),), ladders=())

    family.deliver()

    assert [o.to.value for o in family.sms.sent] == [ANAS_PHONE]
    assert "CLOSED" not in family.sms.texts()[0]


def test_an_answer_drops_what_was_not_sent_yet(family: Family) -> None:
    family.wind_to(TEN)
    alert = family.chart.now.alerts[0]
    family.house.clock.wind_to(TEN + timedelta(minutes=30))
    family.do(Tick)

    family.do(Acknowledge, speaker=contact(ANA), alert_id=alert.alert_id)
    family.deliver()

    assert [o.to.value for o in family.sms.sent] == [ANAS_PHONE]


def test_a_message_goes_to_the_present_address(family: Family) -> None:
    family.house.clock.wind_to(TEN)
    family.do(Tick)
    new = "+12025550177"
    family.do(SetCareTeam, contacts=(ana(phone=new), sam()), ladders=family.chart.plan.ladders)

    family.deliver()

    assert [o.to.value for o in family.sms.sent] == [new]


def test_an_opted_out_telephone_is_silent_and_the_next_channel_speaks(family: Family) -> None:
    """S8."""
    family.wind_to(TEN)
    family.do(OptOut, speaker=contact(ANA), contact_id=ANA, channel=Channel.SMS)

    family.deliver()

    assert len(family.sms.sent) == 1
    assert sorted(text.split(":")[0] for text in family.email.texts()) == ["Mom", "Mom, 8"]
    assert any("Was it meant?" in text for text in family.email.texts())
    assert any("no word on 8:00 AM" in text for text in family.email.texts())


def test_when_the_first_person_may_not_be_told_any_more_the_next_is_told_in_the_same_breath(
    family: Family,
) -> None:
    """S8, S32: what was only dropped leaves nobody to wait for the next sweep."""
    family.house.clock.wind_to(TEN)
    family.do(Tick)
    family.do(SetCareTeam, contacts=(ana(consented=False), sam()), ladders=family.chart.plan.ladders)

    sent = family.deliver()

    assert sent == 1
    assert [o.to.value for o in family.sms.sent] == [SAMS_PHONE]


# ---- outcomes


def test_what_was_not_taken_is_tried_again_after_two_five_and_fifteen_seconds(family: Family) -> None:
    family.sms.answers = [TRY_AGAIN] * 3
    family.wind_to(TEN)
    for seconds in (1, 2, 6, 7, 21, 22):
        family.wind_to(TEN + timedelta(seconds=seconds))

    assert [(o.at - TEN).total_seconds() for o in family.sms.sent] == [0, 2, 7, 22]
    assert settled(family) == ["accepted"]


def test_a_provider_that_gives_up_is_followed_by_the_next_at_once(tmp_path: Path) -> None:
    first, second = Recorder(Channel.SMS, "first", [GIVE_UP]), Recorder(Channel.SMS, "second")
    with a_family(tmp_path, providers={Channel.SMS: (first, second)}) as family:
        family.wind_to(TEN)

        assert len(first.sent) == len(second.sent) == 1
        assert settled(family) == ["accepted"]


def test_a_channel_that_gives_up_is_followed_by_the_persons_next_channel_at_once(family: Family) -> None:
    family.sms.answers = [GIVE_UP]

    family.wind_to(TEN)

    assert [o.to.value for o in family.email.sent] == [ANAS_MAIL]
    assert settled(family) == ["gave_up", "accepted"]


def test_when_nothing_reaches_a_person_the_next_one_is_told_at_once(family: Family) -> None:
    family.sms.answers, family.email.answers = [GIVE_UP], [GIVE_UP]

    family.wind_to(TEN)

    assert [o.to.value for o in family.sms.sent] == [ANAS_PHONE, SAMS_PHONE]
    assert settled(family) == ["gave_up", "gave_up", "accepted"]


def test_when_nothing_reaches_anybody_the_alert_is_exhausted_and_the_operator_hears_of_it(
    family: Family, caplog: pytest.LogCaptureFixture
) -> None:
    family.sms.answers, family.email.answers = [GIVE_UP] * 9, [GIVE_UP] * 9

    with caplog.at_level(logging.ERROR):
        family.wind_to(TEN)

    assert family.chart.now.alerts[0].state is AlertState.EXHAUSTED
    assert [r.happened for r in caplog.records] == ["alert_exhausted"]


def test_an_outcome_that_nobody_knows_is_repeated_and_a_fall_says_so(family: Family) -> None:
    family.sms.answers = [PERHAPS]
    family.falls()
    family.deliver()
    family.wind_to(family.house.clock.now() + timedelta(seconds=2))

    repeated = [text for text in family.sms.texts() if text.startswith("FALL (repeat): Mom, 7:00 AM. Call.")]

    assert len(family.sms.sent) == 3
    assert len(repeated) == 1


def test_a_channel_without_any_provider_gives_up_and_the_next_channel_speaks(tmp_path: Path) -> None:
    email = Recorder(Channel.EMAIL)
    with a_family(tmp_path, ana(email=ANAS_MAIL), providers={Channel.EMAIL: (email,)}) as family:
        family.wind_to(TEN)

        assert len(email.sent) == 1


def test_a_provider_that_breaks_keeps_nobody_else_waiting(
    family: Family, caplog: pytest.LogCaptureFixture
) -> None:
    def break_for_ana(outgoing: Outgoing) -> None:
        if outgoing.to.value == ANAS_PHONE:
            raise ZeroDivisionError

    family.sms.before = break_for_ana
    family.falls()

    with caplog.at_level(logging.ERROR):
        family.deliver()

    assert [o.to.value for o in family.sms.sent] == [SAMS_PHONE]
    assert "provider_failed" in [r.happened for r in caplog.records]
    assert [m.tries for m in family.chart.now.messages] == [1]


# ---- crashes, leases, repeats


def test_a_crash_between_sending_and_settling_repeats_and_does_not_lose(family: Family) -> None:
    """Fault 2: the outcome is unknown, so it is sent once more when the lease has ended, "(repeat)"."""

    def crash(_: Outgoing) -> None:
        raise KeyboardInterrupt

    family.email.before = crash
    family.falls()
    with pytest.raises(KeyboardInterrupt):
        family.deliver()
    family.email.before = lambda _: None
    held = family.deliver()
    family.house.clock.wind_by(LEASE)
    family.deliver()

    assert held == 0
    assert family.email.texts()[0].startswith("FALL (repeat): Mom")
    assert family.chart.now.messages == ()


def test_while_somebody_sends_a_message_nobody_else_does(family: Family) -> None:
    claimed_meanwhile: list[int] = []
    family.sms.before = lambda _: claimed_meanwhile.append(family.deliver())
    family.wind_to(TEN)

    assert claimed_meanwhile == [0]
    assert len(family.sms.sent) == 1


def test_a_message_whose_lease_would_end_while_it_is_sent_is_left_for_later(family: Family) -> None:
    """The first provider is slow; what comes after it would be claimed by somebody else while it is sent."""
    family.email.before = lambda _: family.house.clock.wind_by(timedelta(seconds=26))
    family.falls()

    family.deliver()

    assert (len(family.email.sent), len(family.sms.sent)) == (1, 0)
    family.email.before = lambda _: None
    family.house.clock.wind_by(LEASE)
    family.deliver()
    assert (len(family.email.sent), len(family.sms.sent)) == (1, 2)


def test_an_answer_about_an_attempt_that_was_overtaken_changes_nothing(family: Family) -> None:
    def overtaken(_: Outgoing) -> None:
        family.sms.before = lambda _: None
        family.house.clock.wind_by(LEASE)
        family.do(ClaimMessages)

    family.sms.before = overtaken
    family.sms.answers = [GIVE_UP]
    family.wind_to(TEN)

    (waiting,) = family.chart.now.messages
    assert waiting.attempt == 2
    assert waiting.repeat
    assert family.email.sent == []


def test_every_claim_and_every_settlement_is_in_the_ledger(family: Family) -> None:
    family.falls()
    family.deliver()

    ledger = list(family.house.records.ledger(ADA))
    claimed = [e for decision in ledger for e in decision.events if isinstance(e, MessageClaimed)]
    assert len(claimed) == 3
    assert settled(family) == ["accepted"] * 3
    assert all(d.operation.startswith("settle/alr_") for d in ledger[-3:])


def test_when_there_is_nothing_to_send_nothing_is_written(family: Family) -> None:
    before = family.house.records.load(ADA).version

    handed_over = family.deliver()

    assert handed_over == 0
    assert family.house.records.load(ADA).version == before


def test_a_store_that_fails_stops_delivery_and_what_is_left_is_found_later(family: Family) -> None:
    family.falls()
    family.sms.before = lambda _: family.house.store.close()

    with pytest.raises(StoreDownError):
        family.deliver()


# ---- side by side


def test_messages_go_out_side_by_side_and_each_is_settled(family: Family) -> None:
    """Five seconds of a stalled provider are five seconds for all of them together, not for each."""
    together = threading.Barrier(3, timeout=10)

    def wait_for_the_others(_: Outgoing) -> None:
        together.wait()

    family.sms.before = family.email.before = wait_for_the_others
    family.falls()
    delivery = Delivery(
        app=family.app,
        chance=family.house.chance,
        providers=family.providers,
        catalogue=family.catalogue,
        base_url=BASE_URL,
        at_once=AT_ONCE,
    )

    handed_over = run(delivery, ADA)

    assert handed_over == 3
    assert settled(family) == ["accepted"] * 3


def test_nothing_that_is_logged_says_who_where_or_what(
    family: Family, caplog: pytest.LogCaptureFixture
) -> None:
    family.sms.answers = [TRY_AGAIN, GIVE_UP, PERHAPS]
    with caplog.at_level(logging.DEBUG):
        family.falls()
        family.deliver()
        family.wind_to(TEN)

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "message_sent" in logged
    secrets = [ANAS_PHONE, SAMS_PHONE, ANAS_MAIL, "Ana", "Sam", "Mom", "FALL", "lisinopril", "/a/", "reply "]
    assert [secret for secret in secrets if secret in logged] == []


# ---- the pool


@pytest.fixture
def pool(family: Family) -> Iterator[DeliveryPool]:
    made = DeliveryPool(
        family.app, family.house.chance, family.providers, family.catalogue, base_url=BASE_URL
    )
    yield made
    made.close()


def test_a_hint_is_all_that_a_fall_needs(family: Family, pool: DeliveryPool) -> None:
    app = App(charts=family.house.records, clock=family.house.clock, hint=pool.hint)

    act(app, ADA, RaiseAlert(operation=an_operation(), speaker=SOMEONE, kind=AlertKind.FALL))

    assert {o.to.value for o in family.sms.wait_for(2)} == {ANAS_PHONE, SAMS_PHONE}


def test_calls_for_help_pass_routine_messages_that_hang(tmp_path: Path) -> None:
    """I13: a fall is never queued behind a routine message."""
    release = threading.Event()

    def hang(outgoing: Outgoing) -> None:
        if not outgoing.urgent:
            release.wait(10)

    medicines = [a_medicine("lisinopril", "08:00")]
    with a_family(tmp_path, medicines=medicines) as family:
        family.sms.before = hang
        family.house.clock.wind_to(TEN)
        family.do(Tick)
        parts = (family.app, family.house.chance, family.providers, family.catalogue)
        pool = DeliveryPool(*parts, base_url=BASE_URL)
        pool.hint(ADA)
        family.falls()
        pool.hint(ADA)

        sent = family.sms.wait_for(2)
        release.set()
        pool.close()

        assert [o.urgent for o in sent] == [True, True]


def test_a_hint_while_its_patient_is_served_leads_to_another_look(family: Family, pool: DeliveryPool) -> None:
    def fall_now(_: Outgoing) -> None:
        family.sms.before = lambda _: None
        family.falls()
        pool.hint(ADA)

    family.sms.before = fall_now
    family.house.clock.wind_to(TEN)
    family.do(Tick)
    pool.hint(ADA)

    texts = [o.text.value[:9] for o in family.sms.wait_for(3)]

    assert sorted(texts)[:2] == ["FALL: Mom", "FALL: Mom"]


def test_a_patient_who_is_not_there_harms_nobody_else(
    family: Family, pool: DeliveryPool, caplog: pytest.LogCaptureFixture
) -> None:
    family.falls()
    with caplog.at_level(logging.ERROR):
        pool.hint(ADA.replace("ada", "gone"))
        pool.hint(ADA)
        family.sms.wait_for(2)
        pool.close()

    assert "delivery_failed" in [r.happened for r in caplog.records]


def test_a_closed_pool_sends_what_it_had_begun_and_starts_nothing_more(family: Family) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(_: Outgoing) -> None:
        begun.set()
        go_on.wait(10)

    parts = (family.app, family.house.chance, family.providers, family.catalogue)
    pool = DeliveryPool(*parts, base_url=BASE_URL)
    family.sms.before = slowly
    family.house.clock.wind_to(TEN)
    family.do(Tick)
    pool.hint(ADA)
    begun.wait(10)
    closing = threading.Thread(target=pool.close)
    closing.start()
    go_on.set()
    closing.join(10)

    family.falls()
    pool.hint(ADA)
    pool.close()

    assert not closing.is_alive()
    assert len(family.sms.sent) == 1
    assert settled(family) == ["accepted"]
    assert not [t for t in threading.enumerate() if t.name.startswith("delivery-")]
