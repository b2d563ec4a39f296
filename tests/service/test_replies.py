"""Replies by SMS: digits act, opt-out words silence one telephone only, everything else does nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from skill.domain.alerts import AlertState
from skill.domain.care_team import Address, Channel
from skill.domain.commands import Acknowledge, Resolve, SetCareTeam
from skill.domain.doses import DoseState
from skill.domain.identity import PatientId, contact
from skill.private import Private
from skill.service.act import App
from skill.service.ports import Change, Item, Place, Put
from skill.service.replies import WRONG_CODES, Heard, hear, is_opt_out
from tests.service.family import (
    ADA,
    ANA,
    ANAS_PHONE,
    EIGHT,
    SAM,
    SAMS_PHONE,
    TEN,
    Family,
    a_family,
    a_patient,
    an_operation,
    ana,
    code_in,
    sam,
)
from tests.small_house import SmallHouse, a_household_of, a_small_house

STRANGER = "+12025550199"


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    with a_family(tmp_path, ana(email="ana@example.org"), sam()) as made:
        yield made


def reply(family: Family, phone: str, text: str) -> Heard:
    return hear(family.app, phone, text, an_operation())


def code_of(family: Family, phone: str) -> str:
    return code_in(family.sms.texts(phone)[-1])


def state(family: Family) -> tuple[AlertState, str | None]:
    alert = family.chart.now.alerts[-1]
    return alert.state, alert.acknowledged_by


# ---- digits


def test_the_code_alone_says_that_somebody_has_it(family: Family) -> None:
    family.wind_to(TEN)

    heard = reply(family, ANAS_PHONE, code_of(family, ANAS_PHONE))

    assert heard is Heard.ANSWERED
    assert state(family) == (AlertState.ACKNOWLEDGED, ANA)
    assert [o.state for o in family.chart.now.outcomes] == []


def test_the_code_and_two_asks_the_next_person(family: Family) -> None:
    family.wind_to(TEN)

    reply(family, ANAS_PHONE, f"{code_of(family, ANAS_PHONE)} 2")
    family.deliver()

    assert state(family) == (AlertState.OPEN, None)
    assert family.sms.texts(SAMS_PHONE)[0].startswith("Mom: no word on 8:00 AM")


def test_the_code_and_three_closes_it_and_no_dose_changes(family: Family) -> None:
    """S30: closing is not confirming."""
    family.wind_to(TEN)

    reply(family, ANAS_PHONE, f"{code_of(family, ANAS_PHONE)} 3")
    family.wind_to(TEN + timedelta(hours=2))

    assert state(family)[0] is AlertState.RESOLVED
    assert [o.state for o in family.chart.now.outcomes] == [DoseState.UNCONFIRMED]


@pytest.mark.parametrize(
    "written",
    ["{}", " {} ", "{}.", "{}\n", "({})", "{0:.3} {0:.0}", "{}!"],
    ids=["bare", "blanks", "full stop", "line end", "brackets", "only three", "loud"],
)
def test_blanks_and_points_around_a_code_do_not_matter(family: Family, written: str) -> None:
    family.wind_to(TEN)
    code = code_of(family, ANAS_PHONE)
    whole = code in written.format(code)

    heard = reply(family, ANAS_PHONE, written.format(code))

    assert heard is (Heard.ANSWERED if whole else Heard.NOT_UNDERSTOOD)


def test_a_code_may_be_written_in_two_halves(family: Family) -> None:
    family.wind_to(TEN)
    code = code_of(family, ANAS_PHONE)

    heard = reply(family, ANAS_PHONE, f"{code[:3]} {code[3:]}, 3")

    assert heard is Heard.ANSWERED
    assert state(family)[0] is AlertState.RESOLVED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "I've got it",
        "yes",
        "2",
        "{}2",
        "{}3",
        "{} 1",
        "{} 4",
        "{} 33",
        "{} 2 3",
        "{} ok",
        "call me, {}",
        "٤٨٢٩١٣",
        "help",
        "taken",
        "x" * 2000,
    ],
)
def test_everything_but_a_code_and_its_command_does_nothing(family: Family, text: str) -> None:
    """S8: digits only. A digit typed twice must not close an alert."""
    family.wind_to(TEN)
    before = family.house.records.load(ADA).version

    heard = reply(family, ANAS_PHONE, text.format(code_of(family, ANAS_PHONE)))

    assert heard is Heard.NOT_UNDERSTOOD
    assert family.house.records.load(ADA).version == before


@pytest.mark.parametrize("phone", [STRANGER, SAMS_PHONE], ids=["a stranger", "another helper"])
def test_a_code_from_another_telephone_does_nothing(family: Family, phone: str) -> None:
    family.wind_to(TEN)

    heard = reply(family, phone, code_of(family, ANAS_PHONE))

    assert heard is Heard.WRONG_CODE
    assert state(family) == (AlertState.OPEN, None)


def test_with_two_alerts_open_a_code_means_its_own(family: Family) -> None:
    family.wind_to(TEN)
    silence = code_of(family, ANAS_PHONE)
    family.falls()
    family.deliver()

    reply(family, ANAS_PHONE, silence)

    states = {alert.kind.value: alert.state.value for alert in family.chart.now.alerts}
    assert states == {"dose": "acknowledged", "fall": "open"}


def test_the_answer_to_the_follow_up_says_that_they_spoke(family: Family) -> None:
    """S7: "did you reach them? Yes: reply …" must not be taken for one more "I've got it"."""
    family.falls()
    family.deliver()
    reply(family, ANAS_PHONE, code_of(family, ANAS_PHONE))
    family.wind_to(EIGHT - timedelta(minutes=50))
    question = family.sms.texts(ANAS_PHONE)[-1]

    reply(family, ANAS_PHONE, code_in(question.replace("Yes: ", "")))
    family.wind_to(EIGHT)

    assert "did you reach them?" in question
    assert family.chart.now.alerts[0].spoken_with
    assert state(family) == (AlertState.ACKNOWLEDGED, ANA)


def test_a_late_i_have_got_it_learns_that_another_one_has_it(family: Family) -> None:
    family.falls()
    family.deliver()
    family.do(Acknowledge, speaker=contact(SAM), alert_id=family.chart.now.alerts[0].alert_id)

    heard = reply(family, ANAS_PHONE, code_of(family, ANAS_PHONE))

    assert heard is Heard.ANSWERED
    assert state(family) == (AlertState.ACKNOWLEDGED, SAM)


def test_a_code_opens_nothing_a_day_after_the_end(family: Family) -> None:
    family.wind_to(TEN)
    family.do(Resolve, speaker=contact(ANA), alert_id=family.chart.now.alerts[0].alert_id)
    family.house.clock.wind_by(timedelta(hours=24))

    assert reply(family, ANAS_PHONE, code_of(family, ANAS_PHONE)) is Heard.WRONG_CODE


@pytest.mark.parametrize(
    "team",
    [(sam(),), (ana(consented=False), sam()), (ana(phone="+12025550177"), sam())],
    ids=["removed", "consent taken back", "another number by now"],
)
def test_a_code_of_somebody_who_may_not_answer_any_more_does_nothing(
    family: Family, team: tuple[object, ...]
) -> None:
    """S32."""
    family.wind_to(TEN)
    family.do(SetCareTeam, contacts=team, ladders=family.chart.plan.ladders[:0])

    heard = reply(family, ANAS_PHONE, code_of(family, ANAS_PHONE))

    assert heard is Heard.WRONG_CODE
    assert state(family) == (AlertState.OPEN, None)


def test_after_ten_wrong_codes_no_code_of_that_telephone_is_looked_at_for_an_hour(family: Family) -> None:
    family.falls()
    family.deliver()
    code = code_of(family, ANAS_PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    guesses = [reply(family, ANAS_PHONE, wrong) for _ in range(WRONG_CODES)]
    during = reply(family, ANAS_PHONE, code)
    others = reply(family, SAMS_PHONE, code_of(family, SAMS_PHONE))
    family.house.clock.wind_by(timedelta(hours=1))
    after = reply(family, ANAS_PHONE, code)

    assert set(guesses) == {Heard.WRONG_CODE}
    assert (during, others, after) == (Heard.TOO_MANY, Heard.ANSWERED, Heard.ANSWERED)


def test_the_same_reply_again_changes_nothing(family: Family) -> None:
    family.wind_to(TEN)
    code, operation = code_of(family, ANAS_PHONE), an_operation()

    hear(family.app, ANAS_PHONE, f"{code} 2", operation)
    version = family.house.records.load(ADA).version
    hear(family.app, ANAS_PHONE, f"{code} 2", operation)

    assert family.house.records.load(ADA).version == version


# ---- opting out


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "stop!!!",
        "S.T.O.P",
        "STOP ALL",
        "stopall",
        "Stop texting me",
        "stop, I'm driving",
        "END",
        "end it",
        "Cancel",
        "QUIT",
        "remove",
        "Unsubscribe please",
        "OptOut",
        "OPT-OUT",
        "opt out",
        "Revoke",
        "ARRET",
    ],
)
def test_what_a_carrier_takes_for_an_opt_out_is_one(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "482913",
        "482913 3",
        "482913 stop",
        "please don't stop",
        "stopping by now",
        "ending soon",
        "I quit smoking",
        "no",
        "opt",
        "o.k.",
        "...",
    ],
)
def test_what_no_carrier_takes_for_an_opt_out_is_none(text: str) -> None:
    assert not is_opt_out(text)


def test_an_opt_out_word_silences_that_telephone_and_moves_an_open_alert_on(family: Family) -> None:
    """S8: to the next channel at once, where it is asked whether it was meant."""
    family.falls()
    family.deliver()

    heard = reply(family, ANAS_PHONE, "Stop! I'm on my way")
    family.deliver()

    assert heard is Heard.OPTED_OUT
    assert len(family.sms.texts(ANAS_PHONE)) == 1
    assert any("Was it meant?" in text for text in family.email.texts())
    assert state(family) == (AlertState.OPEN, None)


def test_somebody_without_another_channel_makes_the_ladder_go_on_at_once(family: Family) -> None:
    family.team(sam(), ana())
    family.wind_to(TEN)

    reply(family, SAMS_PHONE, "STOP")
    family.deliver()

    assert len(family.sms.texts(SAMS_PHONE)) == 1
    assert len(family.sms.texts(ANAS_PHONE)) == 1


def test_an_opt_out_from_a_stranger_changes_nothing(family: Family) -> None:
    before = family.house.records.load(ADA).version

    heard = reply(family, STRANGER, "STOP")

    assert heard is Heard.OPTED_OUT
    assert family.house.records.load(ADA).version == before


def test_a_patient_who_opts_out_is_not_asked_there_any_more(tmp_path: Path) -> None:
    prompts = Address(channel=Channel.SMS, value=Private(STRANGER))
    with a_family(tmp_path, patient=a_patient(prompts=prompts)) as family:
        reply(family, STRANGER, "STOP")
        family.wind_to(EIGHT)

        assert family.chart.plan.patient.prompts is None
        assert family.sms.sent == []


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        a_household_of(made, "ada", "ben", "cora")
        yield made


def opted_out(app: App, name: str) -> list[bool]:
    team = app.charts.load(PatientId(f"pat_{name}")).chart.plan.care_team
    return [address.opted_out for person in team for address in person.addresses]


def test_an_opt_out_holds_for_every_patient_who_has_that_number(house: SmallHouse) -> None:
    hear(house.app, "+12025550111", "STOP", "sms/1")

    assert [opted_out(house.app, name) for name in ("ada", "ben", "cora")] == [[True, False]] * 3


def test_a_chart_that_cannot_be_read_does_not_stop_the_others(house: SmallHouse) -> None:
    damaged = Item(place=Place(pk="PAT#pat_ben", sk="CHART#PLAN"), body=b"not a chart")
    house.store.commit([Change(steps=(Put(item=damaged, expect=None),))])

    hear(house.app, "+12025550111", "STOP", "sms/1")

    assert opted_out(house.app, "ada") == opted_out(house.app, "cora") == [True, False]
