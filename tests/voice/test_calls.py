"""A call for help that cannot be written down is kept where it still can be, and raised later, once."""

import pytest
from msgspec.structs import replace

from skill.domain.alerts import AlertKind, Detail
from skill.errors import StoreDownError
from skill.phrases.catalogue import packaged
from skill.service.calls import Call
from skill.service.work import Work, raise_call
from skill.voice.skill import build_skill
from tests.voice.envelopes import SKILL_ID
from tests.voice.house import ADA, BOB, House

NOT_SENT = "I heard you, but I couldn't send a message, so nobody knows yet."


class Kept(list[Call]):
    """A second place in memory; ``down``: it takes nothing either."""

    down = False

    def __call__(self, call: Call) -> None:
        if self.down:
            raise StoreDownError(reason="the queue takes nothing")
        self.append(call)


@pytest.fixture
def kept(house: House) -> Kept:
    later = Kept()
    app = replace(house.app, later=later)
    house.answer = build_skill(app, packaged(), country="US", skill_id=SKILL_ID)
    return later


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("FallIntent", AlertKind.FALL),
        ("NeedHelpIntent", AlertKind.HELP),
        ("AMAZON.HelpIntent", AlertKind.HELP),
        ("SuicideIntent", AlertKind.HELP),
    ],
)
def test_an_alarm_with_the_store_down_is_kept_and_the_answer_stays_honest(
    house: House, kept: Kept, intent: str, kind: AlertKind
) -> None:
    """S5; fault 8."""
    house.store.close()

    heard = house.says(intent)

    assert [(call.kind, call.at) for call in kept] == [(kind, house.clock.now())]
    assert intent == "SuicideIntent" or heard.speech.startswith(NOT_SENT)


@pytest.mark.parametrize("intent", ["ConfirmIntent", "WhatIsDueIntent", "AMAZON.NoIntent"])
def test_nothing_else_is_kept(house: House, kept: Kept, intent: str) -> None:
    house.store.close()

    house.says(intent)

    assert kept == []


def test_an_alarm_that_was_written_is_not_kept(house: House, kept: Kept) -> None:
    house.says("FallIntent")

    assert kept == []
    assert len(house.chart().now.alerts) == 1


def test_an_alarm_that_nothing_takes_is_told_all_the_same(house: House, kept: Kept) -> None:
    house.store.close()
    kept.down = True

    heard = house.says("FallIntent")

    assert heard.speech.startswith(NOT_SENT)
    assert heard.open


def test_a_kept_call_is_raised_once_however_often_it_comes(house: House) -> None:
    call = Call(kind=AlertKind.FALL, account=house.echo.user, operation="alexa/one", at=house.clock.now())

    first = raise_call(house.app, call)
    second = raise_call(house.app, call)

    assert first == second == (ADA,)
    assert [(a.kind, a.detail) for a in house.chart().now.alerts] == [(AlertKind.FALL, Detail.NONE)]
    assert house.chart().now.messages


def test_a_call_that_was_written_after_all_is_not_raised_again(house: House, kept: Kept) -> None:
    house.says("FallIntent")
    operation = house.chart().now.operations[-1].operation
    call = Call(kind=AlertKind.FALL, account=house.echo.user, operation=operation, at=house.clock.now())

    raise_call(house.app, call)

    assert len(house.chart().now.alerts) == 1


def test_a_call_from_a_home_of_two_is_about_both(house: House) -> None:
    """S5."""
    house.patient(BOB, "Bob")
    call = Call(kind=AlertKind.HELP, account=house.echo.user, operation="alexa/one", at=house.clock.now())

    raised = raise_call(house.app, call)

    assert set(raised) == {ADA, BOB}
    assert {house.chart(who).now.alerts[0].detail for who in raised} == {Detail.SOMEONE_AT_HOME}


def test_a_call_from_an_account_that_is_linked_to_nobody_reaches_nobody(house: House) -> None:
    call = Call(kind=AlertKind.FALL, account="amzn1.nobody", operation="alexa/one", at=house.clock.now())

    assert raise_call(house.app, call) == ()


def test_a_call_holds_ids_and_a_moment_alone() -> None:
    assert Call.__struct_fields__ == ("kind", "account", "operation", "at")
    assert "call" in Work.__struct_fields__
