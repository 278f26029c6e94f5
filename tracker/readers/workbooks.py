"""Workbooks (.xlsx): looked at before they are read, and read row by row.

In here: which sheets there are, what speaks against reading them, and their rows. Not in here:
what the rows mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tracker.readers.archives import UNUSUAL, Archive
from tracker.readers.findings import refusal
from tracker.readers.markup import DOCUMENT_TYPE
from tracker.readers.sheet_cells import Cells, CellValue, Fault
from tracker.readers.sheet_markup import stretches
from tracker.readers.sheet_rows import (
    COLUMNS_MAX,
    attributes_in,
    letters_of,
    number_of,
    place_in,
    row_blocks,
    rows_in,
    too_wide,
)
from tracker.readers.workbook_parts import check_texts, front_of, shown_by, texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.readers.workbook_parts import Front, SheetPart

__all__ = ["CellValue", "Fault", "SheetLook", "SheetRow", "look", "rows_of"]

CELLS_MAX = 2_000_000
MERGED_MAX = 10_000
NAMED_MAX = 1_000  # rows and cells that are listed one by one

_HEAD = re.compile(rb'<c(?: r="([A-Z]{1,3})[0-9]{1,7}"|(?=[\s/>]))')
_ANY_HEAD = re.compile(rb"<c((?:\s[^>]*?)?)(/?)>")
_UNCOMPUTED = re.compile(
    rb"<c(\s[^>]*)?>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(<v\s*/>|<v\b[^>]*></v>)?</c>"
)
_MERGED = re.compile(rb"<mergeCell\s[^>]*\bref=\"([A-Za-z0-9$:]{1,30})\"")
_TYPED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class SheetRow(NamedTuple):
    """A row that holds something. ``number`` is the one that the spreadsheet shows."""

    number: int
    cells: tuple[CellValue, ...]


@dataclass(slots=True)
class SheetLook:
    """What can be told of a sheet without reading it.

    Shape:  of hidden rows and of formulas without a value the first ``NAMED_MAX`` are listed,
            all are counted.
    """

    name: str
    is_hidden: bool
    is_from_1904: bool
    last_row: int = 0
    last_column: int = 0
    cell_count: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_row_count: int = 0
    formulas_without_value: list[str] = field(default_factory=list)
    formula_without_value_count: int = 0
    merged: list[str] = field(default_factory=list)


def look(path: Path, name: str) -> tuple[SheetLook, ...]:
    """Look at all sheets of a workbook, in the order of their tabs.

    Errors: ``FileRefused`` for anything that is not to be read.
    """
    with Archive(path, name) as archive:
        front = front_of(archive, name)
        shown_by(archive, front.styles, name)
        check_texts(archive, front.texts, name)
        looks = tuple(_look_at(archive, front, sheet, name) for sheet in front.sheets)
        seen = {sheet.part for sheet in front.sheets} | {front.styles, front.texts}
        for part in archive.parts():
            if part not in seen:
                _unpack(archive, part, name)
        return looks


def rows_of(path: Path, name: str, sheet: str) -> Iterator[SheetRow]:
    """Give the rows of a sheet that hold something.

    Errors: ``FileRefused``, as late as in its last row; ``KeyError`` without such a sheet.
    """
    with Archive(path, name) as archive:
        front = front_of(archive, name)
        part = {found.name: found.part for found in front.sheets}[sheet]
        cells = Cells(
            name,
            sheet,
            shown_by(archive, front.styles, name),
            list(texts_in(archive, front.texts, name)),
            is_from_1904=front.is_from_1904,
        )
        blocks = row_blocks(stretches(archive, part, name), name, sheet)
        for number, _is_hidden, content in rows_in(blocks, name, sheet):
            if values := cells.values(number, content):
                yield SheetRow(number, values)


def _look_at(archive: Archive, front: Front, sheet: SheetPart, name: str) -> SheetLook:
    found = SheetLook(sheet.name, sheet.is_hidden, front.is_from_1904)
    blocks = row_blocks(_watched(archive, sheet, name, found), name, sheet.name)
    for number, is_hidden, content in rows_in(blocks, name, sheet.name):
        found.last_row = number
        if is_hidden:
            found.hidden_row_count += 1
            if found.hidden_row_count <= NAMED_MAX:
                found.hidden_rows.append(number)
        _count_cells(found, number, content, name)
        if b"<f" in content:
            _note_formulas(found, content)
    return found


def _watched(archive: Archive, sheet: SheetPart, name: str, found: SheetLook) -> Iterator[bytes]:
    """Give the stretches of a sheet, and note the merged cells in passing."""
    for stretch in stretches(archive, sheet.part, name):
        if b"<mergeCell " in stretch:
            found.merged.extend(ref.decode() for ref in _MERGED.findall(stretch))
            if len(found.merged) > MERGED_MAX:
                message = "The sheet has more than {most} merged cells."
                remedy = "Copy the table as values into a new workbook."
                raise refusal(name, sheet.name[:80], message, remedy, most=MERGED_MAX)
        yield stretch


def _count_cells(found: SheetLook, number: int, content: bytes, name: str) -> None:
    heads = _HEAD.findall(content)
    found.cell_count += len(heads)
    if found.cell_count > CELLS_MAX:
        message = "The sheet holds more than {most} cells."
        remedy = "Export a shorter period, or as csv."
        raise refusal(name, found.name[:80], message, remedy, most=CELLS_MAX)
    if not heads:
        return
    last = number_of(heads[-1])
    if b"" in heads or last > COLUMNS_MAX:
        last = _last_column(found, number, content, name)
    found.last_column = max(found.last_column, last)


def _last_column(found: SheetLook, number: int, content: bytes, name: str) -> int:
    at = 0
    for head, is_empty in _ANY_HEAD.findall(content):
        at = place_in(attributes_in(head), number, at, name, found.name)
        if at > COLUMNS_MAX and not is_empty:
            raise too_wide(name, found.name, f"{letters_of(at)}{number}")
    return at


def _note_formulas(found: SheetLook, content: bytes) -> None:
    for head, value in _UNCOMPUTED.findall(content):
        attributes = attributes_in(head)
        if value and attributes.get(b"t") == b"str":
            continue  # a formula whose result is an empty text
        found.formula_without_value_count += 1
        if found.formula_without_value_count <= NAMED_MAX:
            found.formulas_without_value.append(
                attributes.get(b"r", b"").decode("ascii", "replace")
            )


def _unpack(archive: Archive, part: str, name: str) -> None:
    """Unpack a part that is not read, to see what it holds."""
    before = b""
    for piece in archive.pieces(part):
        letters = before + piece.replace(b"\0", b"")
        if part.casefold().endswith((".xml", ".rels", ".vml")) and _TYPED.search(letters):
            raise refusal(name, part, DOCUMENT_TYPE, UNUSUAL)
        before = letters[-16:]
