"""What leaves the house for clinicians: one file for each format, and this registry of them."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from skill.exports import csv_numbers, csv_table
from skill.exports.csv_cells import BYTE_ORDER_MARK
from skill.service.report_rows import Reported

__all__ = ["BYTE_ORDER_MARK", "EXPORTS", "Export"]


class Export(Struct, frozen=True, kw_only=True):
    """A format. ``write`` gives the pieces of the document in order, and holds no more than it must."""

    name: str
    says: str
    suffix: str
    media_type: str
    write: Callable[[Iterable[Reported]], Iterator[str]]


EXPORTS: dict[str, Export] = {
    export.name: export
    for export in (
        Export(
            name="csv",
            says="one row for each dose, intake and statement",
            suffix=".csv",
            media_type="text/csv; charset=utf-8",
            write=csv_table.write,
        ),
        Export(
            name="numbers",
            says="what the rows add up to, as CSV",
            suffix=".csv",
            media_type="text/csv; charset=utf-8",
            write=csv_numbers.write,
        ),
    )
}
