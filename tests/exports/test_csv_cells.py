"""CSV that every reader reads alike, with cells that no spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.exports.csv_cells import lines, neutral

_CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\r=1", "'\r=1", id="carriage-return"),
        pytest.param("\n=1", "'\n=1", id="line-feed"),
        pytest.param("＝1", "'＝1", id="full-width-equals"),
        pytest.param("a=1", "a=1", id="inside-is-harmless"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="nothing"),
        pytest.param(True, "yes", id="true"),
        pytest.param(False, "no", id="false"),
        pytest.param(0, "0", id="nought"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(
    cell: str | bool | int | None, written: str
) -> None:
    assert neutral(cell) == written


@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=5))
def test_what_is_written_is_read_again_cell_for_cell(rows: list[tuple[str, str]]) -> None:
    document = "".join(lines(("one", "two"), rows))

    head, *read = list(csv.reader(io.StringIO(document, newline=""), strict=True))

    assert head == ["one", "two"]
    assert read == [[neutral(one), neutral(two)] for one, two in rows]


@given(_CELLS)
def test_no_cell_begins_with_what_a_spreadsheet_runs(cell: str) -> None:
    assert not neutral(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_lines_end_as_the_standard_has_it_and_quotation_marks_are_doubled() -> None:
    document = "".join(lines(("name",), [('5" tablet, blue',)]))

    assert document == 'name\r\n"5"" tablet, blue"\r\n'


def test_rows_come_in_pieces_and_not_all_at_once() -> None:
    taken = 0

    def rows() -> object:
        nonlocal taken
        for number in range(2000):
            taken = number
            yield (str(number),)

    pieces = lines(("n",), rows())  # type: ignore[arg-type]
    next(pieces)

    assert taken < 600
