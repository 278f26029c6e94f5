"""Funders' own workbooks: the sheets, cells, merged cells and named ranges of a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.domain.funder_workbooks import Template, TemplateCell, TemplateSheet
from tracker.domain.sheet_places import letters_of
from tracker.readers.archives import SAVE_ANEW, Archive
from tracker.readers.findings import refusal
from tracker.readers.sheet_cells import Cells, Fault
from tracker.readers.sheet_markup import stretches, text_of
from tracker.readers.sheet_rows import attributes_in, row_blocks, rows_in
from tracker.readers.workbook_parts import FRONT, front_of, shown_by, texts_in
from tracker.readers.workbook_reach import asks_outside, check_inert, refuse_asking
from tracker.readers.workbooks import look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.readers.sheet_cells import CellValue
    from tracker.readers.workbook_parts import Front

CELLS_MAX = 20_000  # that a form has; a list of costs has more
NAMES_MAX = 2_000

_FORMULA = re.compile(rb"<c\s([^>]*?)>\s*<f([\s/>][^>]*)")
_WRITTEN = re.compile(rb"<c\s([^>]*?)>\s*<f(?:\s[^>]*)?>([^<]*)</f>")
_WITHOUT_PLACE = re.compile(rb"<c(?=[\s/>])(?![^>]*\sr=)")
_NAME = re.compile(rb"<definedName\s([^>]*)>([^<]*)</definedName>")
_AREA = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!:,()]+))!\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?[A-Z]{1,3}\$?[0-9]+)?"
)
_REACH = re.compile(r"([A-Z]{1,3}[1-9][0-9]{0,6}):([A-Z]{1,3}[1-9][0-9]{0,6})")


def read_template(path: Path, name: str) -> Template:
    """Read what figures can be pointed at in a workbook.

    Errors: ``FileRefused`` for what is no workbook, has more than a form has, or reaches for
            what is outside it when it is opened.
    """
    looks = look(path, name)
    if (count := sum(sheet.cell_count for sheet in looks)) > CELLS_MAX:
        message = "The workbook has {count} cells that hold something; a form has at most {most}."
        remedy = "Take out the lists that the form does not need."
        raise refusal(name, "", message, remedy, count=count, most=CELLS_MAX)
    with Archive(path, name) as archive:
        check_inert(archive, name)
        front = front_of(archive, name)
        reading = _Reading(archive, front, name)
        sheets = tuple(
            TemplateSheet(
                sheet.name, sheet.is_hidden, dict(reading.cells(sheet.name)), tuple(sheet.merged)
            )
            for sheet in looks
        )
        return Template(sheets, _names(archive, name))


class _Reading:
    """What is held while the sheets of one workbook are read."""

    def __init__(self, archive: Archive, front: Front, name: str) -> None:
        self._archive, self._name = archive, name
        self._parts = {sheet.name: sheet.part for sheet in front.sheets}
        self._shown = shown_by(archive, front.styles, name)
        self._texts = list(texts_in(archive, front.texts, name))
        self._is_from_1904 = front.is_from_1904

    def cells(self, sheet: str) -> Iterator[tuple[str, TemplateCell]]:
        """Give the cells of a sheet that hold something, by rows."""
        cells = Cells(self._name, sheet, self._shown, self._texts, is_from_1904=self._is_from_1904)
        blocks = row_blocks(
            stretches(self._archive, self._parts[sheet], self._name), self._name, sheet
        )
        for number, _is_hidden, content in rows_in(blocks, self._name, sheet):
            if _WITHOUT_PLACE.search(content):
                message = "Cells of row {row} do not say where they stand."
                raise refusal(self._name, sheet[:80], message, SAVE_ANEW, row=str(number))
            formulas = set(_formulas(content))
            refuse_asking((f"{sheet}!{place}" for place in _asking(content)), self._name)
            for column, value in enumerate(cells.values(number, content), 1):
                place = f"{letters_of(column)}{number}"
                if place in formulas:
                    formulas.discard(place)
                    yield place, TemplateCell(_said(value), is_text=False, is_formula=True)
                elif value is not None:
                    yield place, TemplateCell(_said(value), isinstance(value, str))
            for place in formulas:  # that were never computed
                yield place, TemplateCell("", is_text=False, is_formula=True)


def _formulas(content: bytes) -> Iterator[str]:
    """List the cells of a row that hold formulas."""
    for cell, formula in _FORMULA.findall(content):
        yield attributes_in(b" " + cell)[b"r"].decode().upper()
        reach = attributes_in(formula).get(b"ref", b"").decode()
        if b"array" in formula and (area := _REACH.fullmatch(reach)) and area[1] != area[2]:
            yield area[2]  # of a row of results the last is one of them too


def _asking(content: bytes) -> Iterator[str]:
    """List the cells of a row whose formulas ask what is outside the workbook."""
    for cell, formula in _WRITTEN.findall(content):
        if asks_outside(formula):
            yield attributes_in(b" " + cell)[b"r"].decode().upper()


def _said(value: CellValue) -> str:
    if value is None:
        return ""
    return value.text if isinstance(value, Fault) else str(value)


def _names(archive: Archive, name: str) -> dict[str, tuple[str, str]]:
    """Give the named ranges that lie on one place of one sheet."""
    front = archive.part(FRONT)
    if front is None:
        message = "The workbook is damaged: its part {part} is missing."
        raise refusal(name, "", message, SAVE_ANEW, part=FRONT)
    content = b"".join(stretches(archive, front, name))
    found: dict[str, tuple[str, str]] = {}
    for head, written in _NAME.findall(content)[:NAMES_MAX]:
        attributes = attributes_in(b" " + head)
        called = text_of(attributes.get(b"name", b""))
        if asks_outside(written):
            refuse_asking([called], name)
        area = _AREA.fullmatch(text_of(written))
        if (
            area
            and called
            and not called.startswith("_xlnm.")
            and b"localSheetId" not in attributes
        ):
            sheet = area[1].replace("''", "'") if area[1] else area[2]
            found[called] = (sheet, f"{area[3]}{area[4]}")
    return found
