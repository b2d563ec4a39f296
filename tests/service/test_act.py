"""Whatever happens to a patient happens once, is durable when it is answered, and never half."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.commands import Answer, AskDue, ConfirmDoses, OpenSession, RaiseAlert, Reply, SayNotYet
from skill.domain.doses import DoseState
from skill.domain.events import Reason
from skill.domain.identity import SOMEONE, OperationId, PatientId, SessionId
from skill.errors import ConflictError, NotFoundError, StoreDownError
from skill.service.act import App, act, attempt
from skill.service.ports import Place, Row
from tests.small_house import SmallHouse, a_household_of, a_small_house

ADA = PatientId("pat_ada")
EIGHT_OH_FOUR = datetime(2027, 5, 4, 6, 4, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        a_household_of(made, "ada")
        made.clock.wind_to(EIGHT_OH_FOUR)
        yield made


def took(operation: str, session: str = "s1") -> ConfirmDoses:
    return ConfirmDoses(operation=OperationId(operation), speaker=SOMEONE, session=SessionId(session))


def test_a_confirmation_is_in_the_store_when_it_is_answered(house: SmallHouse) -> None:
    acted = act(house.app, ADA, took("once"))

    assert acted.decision.reason is Reason.WRITTEN
    assert [o.state for o in house.records.load(ADA).chart.now.outcomes] == [DoseState.TAKEN]


def test_the_same_request_again_has_its_effect_once_and_the_same_words(house: SmallHouse) -> None:
    first = act(house.app, ADA, took("once"))
    version = house.records.load(ADA).version

    again = act(house.app, ADA, took("once"))

    assert (again.decision.reason, again.decision.facts) == (first.decision.reason, first.decision.facts)
    assert house.records.load(ADA).version == version


def test_sixteen_that_speak_at_once_are_all_heard_or_told_that_they_were_not(house: SmallHouse) -> None:
    def speak(number: int) -> bool:
        try:
            act(house.app, ADA, SayNotYet(operation=OperationId(f"op{number}"), speaker=SOMEONE))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        heard = list(pool.map(speak, range(16)))

    written = {decision.operation for decision in house.records.ledger(ADA)}
    assert {f"op{number}" for number, was_heard in enumerate(heard) if was_heard} <= written
    assert {f"op{number}" for number, was_heard in enumerate(heard) if not was_heard}.isdisjoint(written)
    assert any(heard)


def test_a_fall_is_never_given_up_because_others_speak_at_the_same_time(house: SmallHouse) -> None:
    over = threading.Event()

    def chatter(name: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            try:
                act(house.app, ADA, SayNotYet(operation=OperationId(f"{name}{number}"), speaker=SOMEONE))
            except ConflictError:
                continue

    with ThreadPoolExecutor(4) as pool:
        for name in "abc":
            pool.submit(chatter, name)
        fall = RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL)
        acted = act(house.app, ADA, fall)
        over.set()

    assert acted.decision.reason is Reason.PAGED


def test_a_decision_on_a_chart_that_has_moved_on_is_not_written(house: SmallHouse) -> None:
    stale = house.records.load(ADA)
    act(house.app, ADA, took("faster"))

    outcome = attempt(house.app, stale, took("slower"))

    assert outcome is None
    assert "slower" not in {decision.operation for decision in house.records.ledger(ADA)}


def test_records_that_belong_to_a_decision_are_written_with_it(house: SmallHouse) -> None:
    place = Place(pk="LINK#test", sk="-")

    act(
        house.app, ADA, took("with a row"), rows_for=lambda *_: (Row(place=place, value="pat_ada", expect=0),)
    )

    assert house.records.read(place, str) == ("pat_ada", 1)


def test_a_decision_whose_record_cannot_be_written_is_not_written_either(house: SmallHouse) -> None:
    place = Place(pk="LINK#test", sk="-")
    house.records.write([Row(place=place, value="somebody", expect=0)])

    with pytest.raises(ConflictError):
        act(house.app, ADA, took("with a row"), rows_for=lambda *_: (Row(place=place, value="me", expect=0),))

    assert house.records.load(ADA).chart.now.outcomes == ()


def test_a_question_about_the_day_that_asks_nothing_writes_nothing(house: SmallHouse) -> None:
    act(house.app, ADA, took("taken"))
    version = house.records.load(ADA).version

    acted = act(house.app, ADA, AskDue(operation=OperationId("due"), speaker=SOMEONE))

    assert acted.decision.reason is Reason.NOTHING_DUE
    assert house.records.load(ADA).version == version


def test_a_yes_belongs_to_the_session_in_which_it_was_asked_for(house: SmallHouse) -> None:
    launch = OpenSession(operation=OperationId("open"), speaker=SOMEONE, session=SessionId("s1"))
    asked = act(house.app, ADA, launch).decision.asks

    yes = Answer(
        operation=OperationId("yes"),
        speaker=SOMEONE,
        session=SessionId("s2"),
        question=asked,
        reply=Reply.YES,
    )
    acted = act(house.app, ADA, yes)

    assert acted.decision.reason is Reason.YES_TO_NOTHING
    assert house.records.load(ADA).chart.now.outcomes == ()


def test_delivery_is_hinted_when_a_commit_leaves_something_to_be_sent(house: SmallHouse) -> None:
    hinted: list[PatientId] = []
    app = App(charts=house.records, clock=house.clock, hint=hinted.append)

    act(app, ADA, took("nothing to send"))
    act(app, ADA, RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL))

    assert hinted == [ADA]


def test_somebody_who_is_not_here_is_named(house: SmallHouse) -> None:
    with pytest.raises(NotFoundError) as caught:
        act(house.app, PatientId("pat_nobody"), took("once"))

    assert caught.value.facts == {"kind": "patient", "id": "pat_nobody"}


def test_a_store_that_does_not_answer_is_never_called_written_down(house: SmallHouse) -> None:
    house.store.close()

    with pytest.raises(StoreDownError):
        act(house.app, ADA, took("once"))
