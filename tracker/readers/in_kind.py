"""The list of hours that partners contribute: a file with a row for each contribution.

Headings in Dutch or English and in any order; a workbook, or csv with semicolons, commas or
tabs, in UTF-8, UTF-16 or Windows-1252. A finding names its cells as a spreadsheet does.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple, cast
from unicodedata import normalize

from tracker.domain.costs import InKindRow
from tracker.domain.mappings import Mapping
from tracker.domain.table_columns import TableKind, columns_of, named
from tracker.readers.cells import (
    UnreadableError,
    column_letters,
    day_in,
    number_in,
    text_in,
)
from tracker.readers.delimited import AS_CSV, UTF_16, encodings_of
from tracker.readers.findings import Findings, refusal
from tracker.readers.markup import check_size
from tracker.readers.table_rows import RowReader, is_blank
from tracker.readers.tables import is_workbook, likeliest, open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from decimal import Decimal
    from pathlib import Path
    from typing import TypeVar

    from tracker.readers.tables import Table

    Read = TypeVar("Read")

MEGABYTES_MAX = 10
DELIMITERS = ";,\t"

COLUMNS = {  # what a heading may be called, and what it then holds
    "partner": "partner",
    "datum": "worked_on",
    "date": "worked_on",
    "werkpakket": "work_package",
    "work package": "work_package",
    "uren": "hours",
    "hours": "hours",
    "tarief": "rate",
    "rate": "rate",
    "omschrijving": "description",
    "description": "description",
}
HEADINGS = "Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving"
PARTS = tuple(column.code for column in columns_of(TableKind.IN_KIND))  # as a row has them
REQUIRED = PARTS[:-1]


class Row(NamedTuple):
    """A row of the list, and the line of the file on which it begins."""

    line: int
    cells: list[str]


def read(path: Path, name: str) -> list[InKindRow]:
    """Read the list, in its order.

    Errors: ``FileRefused`` with all findings.
    """
    check_size(path, name, MEGABYTES_MAX)
    if is_workbook(path) or encodings_of(path, name)[0].startswith(UTF_16):
        return _read_table(path, name)
    findings = Findings(name)
    text = text_of(path.read_bytes(), name)
    rows = _rows(text, delimiter_of(text), findings)
    head = next(rows, Row(1, []))
    columns = _columns(head, findings)
    findings.check()
    contributions = [_contribution(row, head, columns, findings) for row in rows]
    findings.check()
    return [row for row in contributions if row is not None]


def text_of(content: bytes, name: str) -> str:
    """Decode a list as a person would: UTF-8, with or without its mark, or else Windows-1252.

    Errors: ``FileRefused`` for bytes that are no text in either, or that mix the two.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    escaped = content.decode("utf-8", errors="surrogateescape")
    is_mixed = any(letter > "\x7f" and not "\udc80" <= letter <= "\udcff" for letter in escaped)
    try:
        if not is_mixed:
            return content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    message = "Line {line} holds bytes that are no text in UTF-8 or in Windows-1252."
    raise refusal(name, f"A{line}", message, AS_CSV, line=str(line))


def delimiter_of(text: str) -> str:
    """Give the delimiter with which the first row holds most headings; a semicolon in a tie."""

    def headings_found(delimiter: str) -> int:
        head = next(_rows(text, delimiter, Findings("")), Row(1, []))
        return sum(_folded(cell) in COLUMNS for cell in head.cells)

    return max(DELIMITERS, key=headings_found)


def _read_table(path: Path, name: str) -> list[InKindRow]:
    """Read the list from the first table that has its headings."""
    findings = Findings(name)
    table, suggestion = likeliest(open_table(path, name), TableKind.IN_KIND)
    mapping = Mapping(TableKind.IN_KIND, suggestion.places, table.headings, table.heading_row)
    for column in columns_of(TableKind.IN_KIND):
        if column.is_required and column.code not in mapping.places:
            message = "There is no column “{value}”."
            remedy = "Put the headings in the first row: {headings}."
            place = table.place(0, table.heading_row)
            findings.add(
                place,
                message,
                remedy,
                value=named(TableKind.IN_KIND, column.code),
                headings=HEADINGS,
            )
    findings.check()
    contributions = _contributions(table, RowReader(table, mapping, findings))
    findings.check()
    return contributions


def _contributions(table: Table, reader: RowReader) -> list[InKindRow]:
    contributions = []
    for row in table.rows():
        cells = reader.cells(row)
        if all(is_blank(cells[index]) for index in reader.places.values()):
            continue
        values = reader.values(row, cells)
        if reader.has_all(REQUIRED, values, row.number) and reader.is_whole(values):
            parts = [values.get(code) or "" for code in PARTS]
            contributions.append(
                InKindRow(*cast("tuple[str, date, str, Decimal, Decimal, str]", parts))
            )
    return contributions


def _rows(text: str, delimiter: str, findings: Findings) -> Iterator[Row]:
    """Give the rows that are not blank; a quoted line break makes a row of several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            clean = [normalize("NFC", cell).strip() for cell in cells]
            if any(clean) and not clean[0].lower().startswith("sep="):
                yield Row(line, clean)
            line = reader.line_num + 1
    except csv.Error:
        message = "The row that begins on line {line} opens a quotation mark and does not close it."
        findings.add(f"A{line}", message, AS_CSV, line=str(line))


def _folded(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _columns(head: Row, findings: Findings) -> dict[str, int]:
    """Find the column of each thing that is asked for; note what is missing or unknown."""
    columns: dict[str, int] = {}
    for index, heading in enumerate(head.cells):
        place = f"{column_letters(index)}{head.line}"
        column = COLUMNS.get(_folded(heading))
        if heading and column is None:
            message = "The heading “{value}” is not known."
            remedy = "The headings are {headings}; leave other columns out."
            findings.add(place, message, remedy, value=heading[:80], headings=HEADINGS)
        elif column in columns:
            message = "There are two columns “{value}”."
            findings.add(place, message, "Leave one of them out.", value=heading)
        elif column:
            columns[column] = index
    for missing in [what for what in HEADINGS.split(";") if COLUMNS[_folded(what)] not in columns]:
        message = "There is no column “{value}”."
        remedy = "Put the headings in the first row: {headings}."
        findings.add(f"A{head.line}", message, remedy, value=missing, headings=HEADINGS)
    return columns


def _contribution(
    row: Row, head: Row, columns: dict[str, int], findings: Findings
) -> InKindRow | None:
    def read_cell(column: str, reading: Callable[[str], Read]) -> Read | None:
        index = columns[column]
        cell = row.cells[index] if index < len(row.cells) else ""
        place = f"{column_letters(index)}{row.line}"
        if not cell and column != "description":
            message = "There is nothing under “{heading}”."
            findings.add(place, message, "Fill it in.", heading=head.cells[index])
            return None
        try:
            return reading(cell)
        except UnreadableError as error:
            findings.add(place, error.message, error.remedy, value=cell[:80])
            return None

    for index in range(len(head.cells), len(row.cells)):
        if row.cells[index]:
            message = "“{value}” stands beside the last column."
            remedy = "Put text that holds the delimiter between quotation marks."
            place = f"{column_letters(index)}{row.line}"
            findings.add(place, message, remedy, value=row.cells[index][:80])
    partner = read_cell("partner", text_in)
    worked_on = read_cell("worked_on", day_in)
    work_package = read_cell("work_package", text_in)
    hours = read_cell("hours", number_in)
    rate = read_cell("rate", number_in)
    description = read_cell("description", text_in)
    if not partner or worked_on is None or not work_package or hours is None or rate is None:
        return None
    return InKindRow(partner, worked_on, work_package, hours, rate, description or "")
