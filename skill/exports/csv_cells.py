"""CSV as RFC 4180 has it, with cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | bool | None
BYTE_ORDER_MARK = "\ufeff"  # for spreadsheets that take a file without it for something else than UTF-8
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_ROWS_AT_ONCE = 500


def neutral(cell: Cell) -> str:
    """``cell`` as text. What a spreadsheet would run as a formula gets an apostrophe in front (OWASP)."""
    if isinstance(cell, str):
        return "'" + cell if cell[:1] in _FORMULA_STARTS else cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The document in pieces of some hundred lines: comma, CRLF, quotation marks where they are needed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(head)
    for number, row in enumerate(rows, start=1):
        writer.writerow([neutral(cell) for cell in row])
        if number % _ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
