"""A funder's own workbook with the figures of a report in it.

Only the cells that are pointed at get another value. Of formulas the values that were computed
before are taken out, and programs are told to compute them on opening, because they would be
wrong now. Every other byte of every part stays as the funder made it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import BadZipFile

from reports import figures as written_as
from reports import sheets
from reports.packages import STRICT, USUAL, Package, parse
from reports.worksheet_cells import Change, outline_of
from tracker.domain.errors import TrackerError
from tracker.domain.funder_workbooks import figures_named, in_place_of_marks
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.domain.funder_figures import Figure
    from tracker.domain.funder_workbooks import FunderWorkbook

_DAY_NUMBERS: Final = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
_UNPRINTED: Final = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h|m|s)[^\]]*\]')
_FROM_1904: Final = 1462  # days that such a workbook counts fewer
_TRUE: Final = frozenset({"1", "true", "on"})


class Filled(NamedTuple):
    """What goes into a cell: as a reader of the report's language reads it, and as it is kept."""

    cell: str
    figure: str
    text: str
    value: Figure


def fillings(
    workbook: FunderWorkbook, figures: Mapping[str, Figure], language: str
) -> tuple[Filled, ...]:
    """Say what goes into each cell of a funder's workbook.

    Shape:  a figure that the report does not have leaves its cell empty.
    """
    return tuple(
        Filled(one.cell, one.figure, _said(one.figure, figures, language), figures.get(one.figure))
        for one in workbook.pointed
    )


def fill(
    content: bytes, workbook: FunderWorkbook, figures: Mapping[str, Figure], language: str
) -> bytes:
    """Fill the figures of a report into a funder's workbook; the same ones give the same bytes.

    Errors: ``TrackerError`` where the template is not what was kept.
    """
    by_sheet: dict[str, dict[str, Filled]] = {}
    for filled in fillings(workbook, figures, language):
        at = workbook.shape[filled.cell]
        by_sheet.setdefault(at.sheet, {})[at.place] = filled
    try:
        return _filled(Package(content), by_sheet)
    except (BadZipFile, KeyError, ValueError) as error:
        raise TrackerError(
            "The workbook {file} cannot be filled.",
            "Save it anew in Excel or LibreOffice, and hand that in.",
            file=workbook.file_name,
        ) from error


def _said(figure: str, figures: Mapping[str, Figure], language: str) -> str:
    """Write a figure, or a text with figures in it, as people read them."""
    said = {name: _in_words(figures.get(name), language) for name in figures_named(figure)}
    return in_place_of_marks(figure, said) if "{{" in figure else said[figure]


def _in_words(value: Figure, language: str) -> str:
    if isinstance(value, Money):
        return written_as.money(value, language)
    if isinstance(value, date):
        return written_as.day(value, language)
    return "" if value is None else str(value)


def _filled(package: Package, by_sheet: Mapping[str, Mapping[str, Filled]]) -> bytes:
    front = package.linked("", "officeDocument")
    root = parse(package.read(front))
    dialect = STRICT if root.tag.startswith(f"{{{STRICT.main}}}") else USUAL
    name = f"{{{dialect.main}}}"
    links = {link.id: link.part for link in package.links(front) if link.kind == "worksheet"}
    told = root.find(f"{name}workbookPr")
    is_1904 = told is not None and told.get("date1904", "").lower() in _TRUE
    days = _styles_of_days(package, front, name)
    parts = {
        sheet.get("name"): links[sheet.get(f"{{{dialect.links}}}id")]
        for sheet in root.iterfind(f"{name}sheets/{name}sheet")
        if sheet.get(f"{{{dialect.links}}}id") in links
    }
    for missing in by_sheet.keys() - parts.keys():
        raise KeyError(missing)
    for sheet, part in parts.items():
        outline = outline_of(package.read(part))
        changes = [
            _change(place, filled, is_day=outline.style_at(place) in days, is_1904=is_1904)
            for place, filled in by_sheet.get(sheet, {}).items()
        ]
        if changes or outline.has_formulas:
            package.write(part, outline.changed(changes))
    package.write(front, _computed_on_opening(package.read(front)))
    return package.as_bytes()


def _change(place: str, filled: Filled, *, is_day: bool, is_1904: bool) -> Change:
    """Say how a cell is written: numbers as numbers, and days where the cell shows days."""
    value = filled.value
    if isinstance(value, date) and is_day:
        return Change(place, number=str(sheets.day_number(value) - (_FROM_1904 if is_1904 else 0)))
    if isinstance(value, Money | int):
        return Change(place, number=sheets.number(value))
    return Change(place, text=sheets.written(filled.text))


def _styles_of_days(package: Package, front: str, name: str) -> set[int]:
    """Tell which styles of cells show a number as a day."""
    part = package.linked(front, "styles")
    if part not in package:
        return set()
    root = parse(package.read(part))
    formats = {
        each.get("numFmtId"): each.get("formatCode", "") for each in root.iter(f"{name}numFmt")
    }
    used = [each.get("numFmtId", "0") for each in root.iterfind(f"{name}cellXfs/{name}xf")]
    return {at for at, number in enumerate(used) if _is_of_days(number, formats)}


def _is_of_days(number: str, formats: Mapping[str, str]) -> bool:
    if number in formats:
        printed = _UNPRINTED.sub("", formats[number].lower())
        return "d" in printed or "y" in printed or "j" in printed
    return number.isdecimal() and int(number) in _DAY_NUMBERS


_CALCULATION: Final = re.compile(rb"<((?:[\w.-]+:)?)calcPr\b([^>]*?)\s*(/?)>")
_ON_LOAD: Final = re.compile(rb"\s+fullCalcOnLoad\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_BEFORE_CALCULATION: Final = ("definedNames", "externalReferences", "functionGroups", "sheets")


def _computed_on_opening(front: bytes) -> bytes:
    """Have programs compute all formulas when they open the workbook."""
    found = _CALCULATION.search(front)
    if found:
        kept = _ON_LOAD.sub(b"", found[2])
        told = b'<%scalcPr%s fullCalcOnLoad="1"%s>' % (found[1], kept, found[3])
        return front[: found.start()] + told + front[found.end() :]
    at, prefix = _behind(front, _BEFORE_CALCULATION)
    return front[:at] + b'<%scalcPr fullCalcOnLoad="1"/>' % prefix + front[at:]


def _behind(front: bytes, names: Iterable[str]) -> tuple[int, bytes]:
    """Find the place behind the last of some elements, and the prefix that their names have."""
    for name in names:
        ends = re.compile(
            rb"</((?:[\w.-]+:)?)%s\s*>|<((?:[\w.-]+:)?)%s\s*/>" % (name.encode(), name.encode())
        )
        if found := ends.search(front):
            return found.end(), found[1] or found[2] or b""
    raise ValueError("a workbook has sheets")
