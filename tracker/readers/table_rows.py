"""One row of a table, read by its mapping: what stands in each column, and what is wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tracker.domain.table_columns import Holds, column_of
from tracker.readers.cells import UnreadableError
from tracker.readers.table_cells import cents_of, number_of, share_of, text_of, written
from tracker.readers.table_days import day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from decimal import Decimal

    from tracker.domain.errors import Fact
    from tracker.domain.mappings import Mapping
    from tracker.readers.findings import Findings
    from tracker.readers.tables import Row, Table
    from tracker.readers.workbooks import CellValue

    Value: TypeAlias = "str | int | Decimal | date | None"
    Read: TypeAlias = Callable[[CellValue], Value]

REMEMBERED_MAX = 10_000
BLANK = (None, "")
AMOUNTS = ("amount", "debit", "credit")
SHOWN_MAX = 80  # letters of a cell that a complaint repeats


class Remembered(dict["CellValue", "Value"]):
    """What cells were read as before: days, accounts and names come again and again."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: CellValue) -> Value:
        """Read a cell that did not come before, or not lately."""
        value = self._read(cell)
        if len(self) >= REMEMBERED_MAX:
            self.clear()
        self[cell] = value
        return value


class RowReader:
    """Reads the columns of a mapping, row by row, and notes what cannot be read.

    Shape:  a value is ``None`` where the cell is blank; a text is ``""``.
    Units:  amounts are cents, with the sign that is written.
    """

    def __init__(self, table: Table, mapping: Mapping, findings: Findings) -> None:
        self._table = table
        self._mapping = mapping
        self._findings = findings
        self._columns = [
            (code, index, self._reading(column_of(mapping.kind, code).holds))
            for code, index in mapping.columns
        ]
        self.places = mapping.places
        self.width = max(len(table.headings), *(index + 1 for _, index in mapping.columns), 1)

    def _reading(self, holds: Holds) -> Read:
        decimal = self._mapping.decimal
        if holds is Holds.TEXT:
            return Remembered(text_of).__getitem__
        if holds is Holds.DAY:
            return Remembered(lambda cell: None if is_blank(cell) else day_of(cell)).__getitem__
        if holds is Holds.AMOUNT:
            return lambda cell: None if is_blank(cell) else cents_of(cell, decimal)
        if holds is Holds.SHARE:
            return lambda cell: None if is_blank(cell) else share_of(cell)
        return Remembered(
            lambda cell: None if is_blank(cell) else number_of(cell, decimal)
        ).__getitem__

    def cells(self, row: Row) -> Sequence[CellValue]:
        """Give the cells of a row, as many as there are headings.

        Text beside the last column tells that the row is shifted, and is noted.
        """
        cells = row.cells
        if len(cells) < self.width:
            return (*cells, *[None] * (self.width - len(cells)))
        if len(cells) > self.width and not self._table.sheet:
            self._check_beside(row)
        return cells

    def values(self, row: Row, cells: Sequence[CellValue]) -> dict[str, Value]:
        """Read a row: a value for each column of the mapping, except for what cannot be read."""
        values: dict[str, Value] = {}
        for code, index, read in self._columns:
            try:
                values[code] = read(cells[index])
            except UnreadableError as error:
                self.unreadable(code, row.number, cells[index], error)
        return values

    def amounts(self, row: Row, cells: Sequence[CellValue]) -> dict[str, int]:
        """Read only the amounts of a row: of a total that the table states."""
        amounts = {}
        for code in AMOUNTS:
            index = self.places.get(code)
            if index is None or is_blank(cells[index]):
                continue
            try:
                amounts[code] = cents_of(cells[index], self._mapping.decimal)
            except UnreadableError as error:
                self.unreadable(code, row.number, cells[index], error)
        return amounts

    def is_whole(self, values: dict[str, Value]) -> bool:
        """Tell whether every cell of a row could be read."""
        return len(values) == len(self._columns)

    def unreadable(self, code: str, number: int, cell: CellValue, error: UnreadableError) -> None:
        """Note that a cell cannot be read, and why."""
        facts = {"value": written(cell)[:SHOWN_MAX], **error.facts}
        used = {
            key: fact for key, fact in facts.items() if f"{{{key}}}" in error.message + error.remedy
        }
        self.complain(code, number, error.message, error.remedy, **used)

    def complain(self, code: str, number: int, message: str, remedy: str, /, **facts: Fact) -> None:
        """Note what is wrong in a column of a row."""
        self._findings.add(self.place(code, number), message, remedy, **facts)

    def place(self, code: str, number: int) -> str:
        """Name the cell of a column in a row."""
        return self._table.place(self.places.get(code, 0), number)

    def ask_for(self, code: str, number: int) -> None:
        """Note that a cell is blank that must not be."""
        message = "There is nothing under “{heading}”."
        heading = self._mapping.heading_of(code)
        self.complain(code, number, message, "Fill it in.", heading=heading)

    def has_all(self, codes: Sequence[str], values: dict[str, Value], number: int) -> bool:
        """Tell whether nothing that must be there is blank, and note what is.

        A cell that could not be read has its complaint already.
        """
        blank = [code for code in codes if code in values and values[code] in BLANK]
        for code in blank:
            self.ask_for(code, number)
        return not blank

    def _check_beside(self, row: Row) -> None:
        for index in range(self.width, len(row.cells)):
            if not is_blank(row.cells[index]):
                message = "“{value}” stands beside the last column."
                remedy = "Put text that holds the delimiter between quotation marks."
                value = written(row.cells[index])[:SHOWN_MAX]
                self._findings.add(
                    self._table.place(index, row.number), message, remedy, value=value
                )


def is_blank(cell: CellValue) -> bool:
    """Tell whether a cell shows nothing."""
    return not cell.strip() if isinstance(cell, str) else cell is None
