"""Cost lines in a table of any administration: its ledger lines, read by a mapping.

In here: whether the lines agree with the totals that the table states, and what is said of all
of them at the end. Not in here: whether a line is a cost of the project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.mappings import Sign
from tracker.domain.money import Money
from tracker.readers.cost_rows import CostRows, CostTableLine
from tracker.readers.findings import Findings
from tracker.readers.table_rows import Remembered, is_blank
from tracker.readers.tables import table_for
from tracker.readers.totals import Totals, is_total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tracker.domain.errors import Finding
    from tracker.domain.mappings import Mapping
    from tracker.readers.tables import Row, Table
    from tracker.readers.workbooks import CellValue

__all__ = ["CostTable", "CostTableLine", "read"]

# What may stand in the rows of a template before anybody fills them in.
STANDING = frozenset(
    {"journal", "line", "debit_credit", "currency", "fiscal_year", "period", "project"}
)


class CostTable:
    """A table of cost lines, read from its beginning each time that its lines are asked for.

    Shape:  ``findings`` tells what was wrong in the last reading: cells, or contradictions where
            every cell could be read. The sums are of the lines read so far.
    Units:  sums are cents; ``debit`` and ``credit`` are both positive, ``total`` is their
            difference. ``stated_total`` is the total that the table itself states at its end.
    """

    def __init__(
        self, table: Table, mapping: Mapping, name: str, warnings: tuple[Finding, ...] = ()
    ) -> None:
        self.table = table
        self.name = name
        self.warnings = warnings
        self._mapping = mapping
        self._restart()

    def _restart(self) -> None:
        self.findings = Findings(self.name)
        self._contradictions = Findings(self.name)
        self._rows = CostRows(self.table, self._mapping, self.findings, self._contradictions)
        self._sums = Totals()
        self.line_count = 0

    @property
    def total(self) -> int:
        """What the lines add up to, debit positive."""
        return self._sums.cents

    @property
    def debit(self) -> int:
        """What the debit lines add up to."""
        return self._sums.debit

    @property
    def credit(self) -> int:
        """What the credit lines add up to."""
        return self._sums.credit

    @property
    def stated_total(self) -> int | None:
        """The total of all lines that the table itself states; none where it states none."""
        return self._sums.stated

    def place(self, code: str, row: int) -> str:
        """Name the cell of a column in a row, as ``findings`` has it."""
        return self._rows.reader.place(code, row)

    def lines(self) -> Iterator[CostTableLine]:
        """Read the lines, one at a time.

        Errors: ``FileRefused`` at the end, with all findings.
        """
        self._restart()
        account = self._mapping.places["account"]
        has_none = Remembered(lambda cell: is_blank(cell) or is_total(cell))
        for row in self.table.rows():
            cells = self._rows.reader.cells(row)
            if has_none[cells[account]] and self._is_passed(row, cells):
                continue
            if line := self._rows.line(row, cells):
                self.line_count += 1
                self._sums.add(line.cents)
                yield line
        self._finish()

    def _finish(self) -> None:
        if not (self.line_count or self.findings or self._contradictions):
            place = self._rows.reader.place("account", self.table.heading_row)
            message = "There is no line under the headings."
            self.findings.add(place, message, "Choose the sheet and the row of its headings again.")
        self.findings.check()
        if self._contradictions:
            self.findings = self._contradictions
        self.findings.check()

    def _is_passed(self, row: Row, cells: Sequence[CellValue]) -> bool:
        """Tell whether a row without an account is no line: not filled in, or a total."""
        if any(map(is_total, cells)):
            self._check_total(row, cells)
            return True
        return all(
            is_blank(cells[index]) or not cells[index]
            for code, index in self._mapping.columns
            if code not in STANDING
        )

    def _check_total(self, row: Row, cells: Sequence[CellValue]) -> None:
        """Compare a total that the table states with its lines above it."""
        reader = self._rows.reader
        amounts = reader.amounts(row, cells)
        if not amounts:
            return
        if "amount" in amounts:
            is_turned = self._mapping.sign is Sign.CREDIT_POSITIVE
            stated = -amounts["amount"] if is_turned else amounts["amount"]
            agrees = self._sums.agrees(stated)
        else:
            stated = amounts.get("debit", 0) - amounts.get("credit", 0)
            agrees = self._sums.agrees_on_sides(amounts.get("debit", 0), amounts.get("credit", 0))
        if not agrees:
            self._contradictions.add(
                reader.place(next(iter(amounts)), row.number),
                "The table states a total of {stated}; the lines above it add up to {total}.",
                "Export the file anew, with all lines that the total counts.",
                stated=Money(stated),
                total=Money(self.total),
            )


def read(path: Path, name: str, mapping: Mapping) -> CostTable:
    """Open a table of costs; its lines are read when they are asked for.

    Errors: ``FileRefused`` for a file that the mapping was not made for.
    """
    table, file = table_for(mapping, path, name)
    return CostTable(table, mapping, name, file.warnings)
