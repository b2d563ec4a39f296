"""Alerts: what they still want, and which further event joins them."""

from datetime import timedelta

import pytest

from skill.domain.alerts import Alert, AlertKind, AlertState, Detail
from skill.domain.ladders import Ladder
from tests.builders import SAM, TUESDAY, a_ladder, a_rung, an_alert

RUNNING = a_ladder(a_rung(SAM), a_rung("con_ana", wait=timedelta(minutes=30)))


@pytest.mark.parametrize(
    ("alert", "joins"),
    [
        (an_alert(), True),
        (an_alert(state=AlertState.ACKNOWLEDGED), False),
        (an_alert(state=AlertState.EXHAUSTED), False),
        (an_alert(state=AlertState.RESOLVED), False),
        (an_alert(calmed_at=TUESDAY), False),
        (an_alert(detail=Detail.SKIPPED), False),
        (an_alert(AlertKind.INTAKE), False),
        (an_alert(opened_at=TUESDAY - timedelta(hours=12)), True),
        (an_alert(opened_at=TUESDAY - timedelta(hours=12, minutes=1)), False),
        (an_alert(ladder=None), False),
    ],
    ids=[
        "open",
        "acknowledged",
        "exhausted",
        "resolved",
        "calmed",
        "says something else",
        "another kind",
        "half a day old",
        "older",
        "without a ladder",
    ],
)
def test_what_joins_an_alert(alert: Alert, joins: bool) -> None:
    assert alert.may_take_in(AlertKind.DOSE, Detail.NO_WORD, RUNNING, TUESDAY) is joins


@pytest.mark.parametrize(
    ("ladder", "joins"), [(None, True), (RUNNING, False)], ids=["nobody either", "somebody"]
)
def test_what_reaches_nobody_joins_what_reaches_nobody(ladder: Ladder | None, joins: bool) -> None:
    alert = an_alert(ladder=None)

    assert alert.may_take_in(AlertKind.DOSE, Detail.NO_WORD, ladder, TUESDAY) is joins


def test_what_reaches_nobody_does_not_join_an_alert_with_a_ladder() -> None:
    assert an_alert().may_take_in(AlertKind.DOSE, Detail.NO_WORD, None, TUESDAY) is False


@pytest.mark.parametrize("detail", list(Detail))
def test_a_fall_joins_a_fall_whatever_more_is_known(detail: Detail) -> None:
    alert = an_alert(AlertKind.FALL)

    assert alert.may_take_in(AlertKind.FALL, detail, RUNNING, TUESDAY)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rung": -1}, (0, 0)),
        ({"rung": 0}, (0, 1)),
        ({"rung": 1}, None),
        ({"rung": 1, "last_round": 2}, (1, 0)),
        ({"rung": 1, "round": 2, "last_round": 2}, None),
        ({"rung": -1, "ladder": None}, None),
    ],
    ids=["nothing yet", "the next", "the last", "a new round", "the last round", "no ladder"],
)
def test_the_next_rung(changes: dict[str, object], expected: tuple[int, int] | None) -> None:
    alert = an_alert(**{"ladder": RUNNING} | changes)

    assert alert.wants_rung() == expected


@pytest.mark.parametrize(
    ("state", "wants", "ended"),
    [
        (AlertState.OPEN, True, False),
        (AlertState.ACKNOWLEDGED, False, False),
        (AlertState.EXHAUSTED, True, False),
        (AlertState.RESOLVED, False, True),
    ],
    ids=str,
)
def test_who_has_answered_is_not_paged_any_more(state: AlertState, wants: bool, ended: bool) -> None:
    alert = an_alert(state=state)

    assert (alert.wants_pages, alert.state.ended) == (wants, ended)


@pytest.mark.parametrize("kind", list(AlertKind))
def test_falls_and_calls_for_help_are_urgent_and_nothing_else(kind: AlertKind) -> None:
    assert an_alert(kind).urgent is (kind in {AlertKind.FALL, AlertKind.HELP})
