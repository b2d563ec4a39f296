"""The one writer: aligned tables, nothing that steers a terminal, and a yes only where one was said."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.cli import output


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("name", "n"), [("Ada", 1), ("Maximiliane", None)], empty="Nobody.")

    assert capsys.readouterr().out.splitlines() == [
        "name         n",
        "-----------  -",
        "Ada          1",
        "Maximiliane  -",
    ]


def test_an_empty_table_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("name",), [], empty="Nobody.")

    assert capsys.readouterr().out == "Nobody.\n"


@given(st.text(max_size=50))
def test_nothing_shown_can_steer_a_terminal_or_break_its_line(text: str) -> None:
    shown = output.shown(text)

    assert not any(letter in shown for letter in "\n\r\t\x1b\x07\u202e\u2066\u2028\x9b")
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [
        pytest.param("y\n", True, id="y"),
        pytest.param("YES\n", True, id="yes-in-capitals"),
        pytest.param(" y \n", True, id="blanks-around"),
        pytest.param("\n", False, id="enter-alone"),
        pytest.param("", False, id="nobody-there"),
        pytest.param("n\n", False, id="n"),
        pytest.param("yeah\n", False, id="another-word"),
    ],
)
def test_only_a_y_is_a_yes(capsys: pytest.CaptureFixture[str], typed: str, agreed: bool) -> None:
    assert output.agreed("Save?", yes=False, asked=io.StringIO(typed)) is agreed
    assert capsys.readouterr().err.startswith("Save? [y/N] ")


def test_who_said_yes_beforehand_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert output.agreed("Save?", yes=True, asked=io.StringIO("n\n"))
    assert capsys.readouterr().err == ""


def test_a_record_is_shown_field_by_field(capsys: pytest.CaptureFixture[str]) -> None:
    record = {"name": "Ada", "home_address": None, "speaks": True, "ways": {"sms": "+1"}, "days": ["a", "b"]}

    output.facts(record, json_wanted=False)

    assert capsys.readouterr().out.splitlines() == [
        "name          Ada",
        "home address  -",
        "speaks        yes",
        "ways          sms +1",
        "days          a, b",
    ]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        pytest.param(0, "0 entries", id="none"),
        pytest.param(1, "1 entry", id="one"),
        pytest.param(2, "2 entries", id="two"),
    ],
)
def test_numbers_agree_with_what_they_count(count: int, said: str) -> None:
    assert output.counted(count, "entry", "entries") == said
