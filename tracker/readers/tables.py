"""Tables in workbooks and in delimited text, read alike: headings, rows, and where they stand.

In here: what a table is. Not in here: what its columns mean; a mapping says that.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.errors import FileRefused, Finding, Sentence
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import fingerprint_of, folded
from tracker.readers import workbooks
from tracker.readers.delimited import open_text
from tracker.readers.findings import place_of, refusal
from tracker.readers.headings import is_known, suggest
from tracker.readers.markup import check_size
from tracker.readers.table_cells import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tracker.domain.errors import Fact
    from tracker.domain.mappings import Mapping
    from tracker.domain.table_columns import TableKind
    from tracker.readers.headings import Suggestion
    from tracker.readers.workbooks import CellValue, SheetLook

ZIPPED = b"PK\x03\x04"
TEXT_MEGABYTES_MAX = 200
HEAD_ROWS = 20  # among which the headings stand
HEADING_MAX = 80  # letters of a heading that are shown
PLACES_NAMED = 12


class Row(NamedTuple):
    """A row of a table. ``number`` is the row of the sheet, or the line of the file."""

    number: int
    cells: Sequence[CellValue]


class Table:
    """A table in a file: its headings, and its rows for as often as they are asked for.

    Shape:  ``sheet`` is ``""`` in delimited text. Blank rows are left out; no row is held.
    """

    def __init__(
        self, sheet: str, source: Callable[[], Iterable[Row]], heading_row: int | None = None
    ) -> None:
        self.sheet = sheet
        self._source = source
        self.heading_row = heading_row or _heading_row(list(islice(source(), HEAD_ROWS)))
        head = next((row for row in source() if row.number >= self.heading_row), None)
        is_there = head and head.number == self.heading_row
        self._head = tuple(head.cells) if head and is_there else ()
        self.headings = tuple(written(cell).strip() for cell in self._head)

    @property
    def fingerprint(self) -> str:
        """What tables with these headings have in common, in whatever order they stand."""
        return fingerprint_of(self.headings)

    @cached_property
    def row_count(self) -> int:
        """How many rows there are below the headings; the file is read to its end for it."""
        return sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row]:
        """Give the rows below the headings, without those that repeat them on every page.

        Errors: ``FileRefused``, as late as in the last row.
        """
        above, head = self.heading_row, self._head
        return (row for row in self._source() if row.number > above and row.cells != head)

    def first_rows(self, count: int) -> list[Row]:
        """Give the first rows of all, the headings and what is above them too."""
        return list(islice(self._source(), count))

    def sample(self, count: int) -> list[Row]:
        """Give the first rows, for somebody to look at."""
        return list(islice(self.rows(), count))

    def at(self, heading_row: int) -> Table:
        """Give the same table with its headings in another row."""
        if heading_row == self.heading_row:
            return self
        return Table(self.sheet, self._source, heading_row)

    def place(self, index: int, number: int) -> str:
        """Name a cell, as ``findings`` has it."""
        return place_of(self.sheet, index, number)


class TableFile(NamedTuple):
    """A file with tables in it.

    Shape:  ``encodings`` are those in which delimited text can be read, the one in use first,
            and none of a workbook; ``warnings`` tell what of a workbook is not seen by looking.
    """

    name: str
    encodings: tuple[str, ...]
    delimiter: str
    tables: tuple[Table, ...]
    warnings: tuple[Finding, ...]


def is_workbook(path: Path) -> bool:
    """Tell whether a file begins as a workbook does."""
    with path.open("rb") as file:
        return file.read(len(ZIPPED)) == ZIPPED


def open_table(path: Path, name: str, *, encoding: str = "", delimiter: str = "") -> TableFile:
    """Open a workbook or a file of delimited text, and find its tables.

    Shape:  an encoding that is given is taken where the bytes leave a choice; a delimiter is.
    Errors: ``FileRefused`` for what is neither, or holds no table.
    """
    if is_workbook(path):
        return _open_workbook(path, name)
    check_size(path, name, TEXT_MEGABYTES_MAX)
    text = open_text(path, name, encoding=encoding, delimiter=delimiter, known=is_known)
    table = Table("", lambda: map(Row._make, text.rows()))
    return TableFile(name, text.encodings, text.delimiter, (table,), ())


def likeliest(file: TableFile, kind: TableKind | None = None) -> tuple[Table, Suggestion]:
    """Give the table of a file that most columns are recognised of, and what it seems to be."""
    suggestions = [suggest(table.headings, kind) for table in file.tables]
    most = max(range(len(suggestions)), key=lambda each: len(suggestions[each].columns))
    return file.tables[most], suggestions[most]


def table_for(mapping: Mapping, path: Path, name: str) -> tuple[Table, TableFile]:
    """Open the table that a mapping was made for.

    Errors: ``FileRefused`` for a mapping that cannot be used, and for a file without that sheet
            or with other headings.
    """
    if unusable := check_mapping(mapping):
        raise FileRefused(name, unusable)
    file = open_table(path, name, encoding=mapping.encoding, delimiter=mapping.delimiter)
    of_sheet = [table for table in file.tables if table.sheet == mapping.sheet]
    found = of_sheet or (file.tables if not mapping.sheet else ())
    if not found:
        message = "There is no sheet “{sheet}” with a table in it."
        remedy = "The sheets are: {sheets}."
        sheets = ", ".join(table.sheet for table in file.tables)
        raise refusal(name, "", message, remedy, sheet=mapping.sheet, sheets=sheets)
    table = found[0].at(mapping.heading_row)
    _check_headings(table, mapping, name)
    return table, file


def _check_headings(table: Table, mapping: Mapping, name: str) -> None:
    for code, index in mapping.columns:
        wanted = mapping.headings[index] if index < len(mapping.headings) else ""
        found = table.headings[index] if index < len(table.headings) else ""
        if index >= len(table.headings) or (wanted and folded(wanted) != folded(found)):
            message = "The column is called “{value}” where “{heading}” is expected."
            remedy = "Choose the columns of this file again."
            raise refusal(
                name,
                table.place(index, table.heading_row),
                message,
                remedy,
                value=found[:HEADING_MAX],
                heading=mapping.heading_of(code),
            )


def _open_workbook(path: Path, name: str) -> TableFile:
    looks = workbooks.look(path, name)
    seen = [each for each in looks if each.cell_count and not each.is_hidden]
    if not seen:
        message = "No sheet of the workbook shows anything."
        raise refusal(name, "", message, "Save the workbook with its table on a visible sheet.")
    tables = tuple(Table(each.name, _source_of(path, name, each.name)) for each in seen)
    return TableFile(name, (), "", tables, tuple(_warnings(looks)))


def _source_of(path: Path, name: str, sheet: str) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        for number, cells in workbooks.rows_of(path, name, sheet):
            if any(cell is True or cell is False for cell in cells):  # equal to the numbers 1 and 0
                yield Row(number, [written(c) if isinstance(c, bool) else c for c in cells])
            else:
                yield Row(number, cells)

    return rows


def _warnings(looks: Iterable[SheetLook]) -> Iterator[Finding]:
    """Say what of a workbook is not seen by looking at it."""
    for look in looks:
        if look.is_hidden and look.cell_count:
            message = "The sheet “{sheet}” is hidden; it is not read."
            remedy = Sentence("Show the sheet if it is to be imported.")
            yield Finding(look.name, Sentence(message, {"sheet": look.name}), remedy)
        elif look.hidden_row_count:
            places = [place_of(look.name, 0, row) for row in look.hidden_rows[:PLACES_NAMED]]
            message = (
                "{count} rows of the sheet “{sheet}” are hidden; they are read like the others."
            )
            facts: dict[str, Fact] = {"count": look.hidden_row_count, "sheet": look.name}
            remedy = Sentence("Delete the rows if they do not belong to the table.")
            yield Finding(", ".join(places), Sentence(message, facts), remedy)


def _heading_row(head: Sequence[Row]) -> int:
    """Find the row with most headings that are known, or else the first of the widest rows."""

    def order(row: Row) -> tuple[int, int, int]:
        texts = [written(cell) for cell in row.cells]
        filled = sum(1 for text in texts if text.strip())
        return sum(map(is_known, texts)), filled, -row.number

    return max(head, key=order).number if head else 1
