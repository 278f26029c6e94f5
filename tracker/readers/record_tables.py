"""Milestones, budgets and commitments in a table: a record for each row.

In here: what each cell says. Not in here: whether the codes are known, and what may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.table_columns import columns_of
from tracker.readers.findings import Findings
from tracker.readers.table_rows import RowReader, is_blank
from tracker.readers.tables import table_for

if TYPE_CHECKING:
    from collections.abc import Mapping as Plain
    from pathlib import Path

    from tracker.domain.errors import Fact, Finding
    from tracker.domain.mappings import Mapping
    from tracker.readers.table_rows import Value


class Record(NamedTuple):
    """A row of a table: a value for each column of its mapping, by the column's code.

    Shape:  a text that is absent is ``""``, any other value ``None``.
    Units:  amounts are cents; a percentage is a share of one.
    """

    row: int
    values: Plain[str, Value]


class RecordTable(NamedTuple):
    """All records of a table, and a place to say what is wrong with them."""

    records: tuple[Record, ...]
    findings: Findings
    warnings: tuple[Finding, ...]
    reader: RowReader

    def complain(self, code: str, row: int, message: str, remedy: str, /, **facts: Fact) -> None:
        """Note what is wrong in a column of a record; ``findings.check()`` refuses the file."""
        self.reader.complain(code, row, message, remedy, **facts)


def read(path: Path, name: str, mapping: Mapping) -> RecordTable:
    """Read a table of records.

    Errors: ``FileRefused`` with all findings.
    """
    table, file = table_for(mapping, path, name)
    findings = Findings(name)
    reader = RowReader(table, mapping, findings)
    required = [column.code for column in columns_of(mapping.kind) if column.is_required]
    records = []
    for row in table.rows():
        cells = reader.cells(row)
        if all(is_blank(cells[index]) for index in reader.places.values()):
            continue
        values = reader.values(row, cells)
        if reader.has_all(required, values, row.number) and reader.is_whole(values):
            records.append(Record(row.number, values))
    if not (records or findings):
        place = table.place(0, table.heading_row)
        message = "There is no line under the headings."
        findings.add(place, message, "Choose the sheet and the row of its headings again.")
    findings.check()
    return RecordTable(tuple(records), findings, file.warnings, reader)
