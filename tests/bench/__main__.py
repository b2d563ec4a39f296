"""``python -m tests.bench [name ...]``: the budgets of design §9, each beside its baseline.

Exits 1 when a budget is not met, 2 when a name is not known. The table goes to standard output, progress to
standard error. Under four minutes in all on two cores.
"""

import importlib
import sys
import time
from collections.abc import Sequence

from skill.clock import use_pinned_zone_data
from tests.bench.row import Row

NAMES = ("sealing", "tick", "expansion", "voice_turn", "cold_import", "cold_bundle")
_HEADS = ("name (baseline)", "ours", "baseline", "unit", "ratio", "budget", "met")
_RIGHT = {1, 2, 4}


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.stderr.write(f"There is no benchmark called {unknown[0]}; there are: {', '.join(NAMES)}\n")
        return 2
    use_pinned_zone_data()
    rows: list[Row] = []
    for name in names or NAMES:
        sys.stderr.write(f"{name} ...\n")
        started = time.perf_counter()
        rows += importlib.import_module(f"tests.bench.{name}").run()
        sys.stderr.write(f"{name}: {time.perf_counter() - started:.0f} s\n")
    sys.stdout.write(table(rows))
    return 0 if all(row.met for row in rows) else 1


def table(rows: Sequence[Row]) -> str:
    """All rows under one another, numbers flush right."""
    cells = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
    lines = [
        "  ".join(
            text.rjust(width) if column in _RIGHT else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    ratio = f"{row.ours / row.baseline:,.2f}" if row.baseline else "-"
    met = "met" if row.met else "NOT MET"
    return row.name, _number(row.ours), _number(row.baseline), row.unit, ratio, row.budget, met


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
