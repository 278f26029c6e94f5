"""A funder's own workbook: what may be pointed at in it, and whether a changed one still fits.

Not in here: which figures there are (``funder_figures``), and what a file is like inside.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from tracker.domain.errors import RuleViolation
from tracker.domain.sheet_places import column_and_row, is_cell, letters_of, lies_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

MOST_FIGURES: Final = 500
CELLS_NAMED: Final = 12
"""How many cells a refusal names; the others are counted."""
_MARK: Final = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


class Pointed(NamedTuple):
    """That a figure goes into a cell, or a named range, of a template.

    Shape:  ``sheet`` is empty for a named range; ``figure`` is the name of a figure, or a text
            with such names in it: ``Costs of {{ period.code }}``.
    """

    sheet: str
    place: str
    figure: str

    @property
    def cell(self) -> str:
        """Say where it goes, as a spreadsheet does: ``Costs!B7``, or the name of a range."""
        return f"{self.sheet}!{self.place}" if self.sheet else self.place


class TemplateCell(NamedTuple):
    """A cell of a template that holds something: a text, a number, or a formula."""

    text: str
    is_text: bool = True
    is_formula: bool = False


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """A sheet of a template: what its cells hold by place, and which cells are merged."""

    name: str
    is_hidden: bool
    cells: Mapping[str, TemplateCell]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A workbook as far as figures can be pointed at in it.

    Shape:  ``names`` give the sheet and the first cell of each named range.
    """

    sheets: tuple[TemplateSheet, ...]
    names: Mapping[str, tuple[str, str]]

    def sheet(self, name: str) -> TemplateSheet | None:
        """Give the sheet of a name, if there is one."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def found(self, pointed: Pointed) -> tuple[TemplateSheet, str] | None:
        """Find the sheet and the cell that a figure goes into."""
        where = self.names.get(pointed.place) if not pointed.sheet else None
        name, place = where or (pointed.sheet, pointed.place)
        sheet = self.sheet(name)
        return (sheet, place) if sheet and is_cell(place) else None


@dataclass(frozen=True, slots=True)
class FunderWorkbook:
    """A template with its mapping, under its number; ``shape`` is what must stay the same."""

    id: int
    programme_id: int
    number: int
    document_id: int
    file_name: str
    shape: Shape
    made_by: str
    made_at: datetime
    pointed: tuple[Pointed, ...] = ()

    @property
    def is_pointed(self) -> bool:
        """Whether there is a figure to fill in."""
        return bool(self.pointed)


class Beside(NamedTuple):
    """Where a figure goes, and the words that stand to the left of it and above it."""

    sheet: str
    place: str
    left: str
    above: str


Shape: TypeAlias = dict[str, Beside]
"""What stands beside each cell that is filled, by the cell or the named range."""


def figures_named(figure: str) -> tuple[str, ...]:
    """List the names in what goes into a cell: one figure, or a text with figures in it."""
    return tuple(_MARK.findall(figure)) if "{{" in figure else (figure,)


def in_place_of_marks(text: str, said: Mapping[str, str]) -> str:
    """Write a text with what its figures say."""
    return _MARK.sub(lambda mark: said[mark[1]], text)


def marked(template: Template, *, but: Iterable[Pointed] = ()) -> tuple[Pointed, ...]:
    """List the cells in which somebody wrote ``{{ figure }}``, but those that are filled anyway."""
    taken = {(found[0].name, found[1]) for one in but if (found := template.found(one))}
    return tuple(
        Pointed(sheet.name, place, _bare(cell.text))
        for sheet in template.sheets
        for place, cell in sheet.cells.items()
        if cell.is_text and not cell.is_formula and _MARK.search(cell.text)
        if (sheet.name, place) not in taken
    )


def _bare(text: str) -> str:
    alone = _MARK.fullmatch(text.strip())
    return alone[1] if alone else text


def check_pointed(
    template: Template, pointed: Sequence[Pointed], is_figure: Collection[str]
) -> None:
    """Refuse a mapping that points at what cannot be filled, or at figures that there are not.

    Errors: ``RuleViolation`` on field ``places`` that names the cells.
    """
    if len(pointed) > MOST_FIGURES:
        raise RuleViolation(
            "{count} cells are to be filled; {most} is the most.",
            "Let formulas of the workbook take figures over from one cell.",
            field="places",
            count=len(pointed),
            most=MOST_FIGURES,
        )
    _refuse(
        "There is no such cell, sheet or named range: {cells}.",
        "Choose a sheet of the workbook and a cell such as B7, or a named range of it.",
        [one for one in pointed if template.found(one) is None],
    )
    there = [(one, *found) for one in pointed if (found := template.found(one))]
    _refuse(
        "These cells hold formulas, which stay as they are: {cells}.",
        "Point at the cells that the formulas add up.",
        [one for one, sheet, place in there if _holds(sheet, place).is_formula],
    )
    _refuse(
        "These cells are covered by merged cells: {cells}.",
        "Point at the first cell of the merged ones.",
        [one for one, sheet, place in there if _is_covered(sheet, place)],
    )
    times = Counter((sheet.name, place) for _, sheet, place in there)
    _refuse(
        "More than one figure goes into the same cell: {cells}.",
        "Keep one figure for each cell.",
        [one for one, sheet, place in there if times[sheet.name, place] > 1],
    )
    check_figures(pointed, is_figure)


def check_figures(pointed: Sequence[Pointed], is_figure: Collection[str]) -> None:
    """Refuse a mapping that asks for figures that there are not.

    Errors: ``RuleViolation`` on field ``places`` that names the cells.
    """
    _refuse(
        "These cells ask for figures that there are not: {cells}.",
        "Choose figures from the list.",
        asking_in_vain(pointed, is_figure),
    )


def asking_in_vain(pointed: Iterable[Pointed], is_figure: Collection[str]) -> list[Pointed]:
    """List the cells that ask for figures that there are not, each with what it asks for."""
    return [
        one._replace(place=f"{one.place} ({one.figure})")
        for one in pointed
        if not all(name in is_figure for name in figures_named(one.figure))
    ]


def shape_of(template: Template, pointed: Iterable[Pointed]) -> Shape:
    """Tell what stands beside every cell that is filled."""
    shape: Shape = {}
    for one in pointed:
        found = template.found(one)
        if found is not None:
            sheet, place = found
            left, above = _label(sheet, place, 1, 0), _label(sheet, place, 0, 1)
            shape[one.cell] = Beside(sheet.name, place, left, above)
    return shape


def check_fits(template: Template, pointed: Sequence[Pointed], shape: Shape) -> None:
    """Refuse a changed template in which the figures would go to other places.

    Errors: ``RuleViolation`` on field ``document`` that names the cells.
    """
    hint = (
        "Ask the funder which version holds; or begin with an empty mapping, and point the"
        " figures at their cells anew."
    )
    _refuse(
        "The changed workbook lacks cells that were filled: {cells}.",
        hint,
        [one for one in pointed if template.found(one) is None],
        field="document",
    )
    now = shape_of(template, pointed)
    moved = [one for one in pointed if _words(one, now) != _words(one, shape)]
    _refuse(
        "Other words stand beside cells that are filled: {cells}.",
        hint,
        [one._replace(place=_moved(one, shape, now)) for one in moved],
        field="document",
    )
    there = [(one, *found) for one in pointed if (found := template.found(one))]
    _refuse(
        "Cells that were filled hold formulas now, or are covered by merged cells: {cells}.",
        hint,
        [
            one
            for one, sheet, place in there
            if _holds(sheet, place).is_formula or _is_covered(sheet, place)
        ],
        field="document",
    )


def _moved(one: Pointed, before: Shape, now: Shape) -> str:
    """Say what stood beside a cell and what stands there now."""
    pairs = zip(_words(one, before), _words(one, now), strict=True)
    told = [f"“{first}” → “{second}”" for first, second in pairs if first != second]
    return f"{one.place} ({', '.join(told)})"


def _words(one: Pointed, shape: Shape) -> tuple[str, str]:
    beside = shape.get(one.cell)
    return (beside.left, beside.above) if beside else ("", "")


def _refuse(message: str, hint: str, wrong: Sequence[Pointed], *, field: str = "places") -> None:
    if not wrong:
        return
    cells = ", ".join(dict.fromkeys(one.cell for one in wrong[:CELLS_NAMED]))
    more = len(wrong) - CELLS_NAMED
    told = f"{cells} (+{more})" if more > 0 else cells
    raise RuleViolation(message, hint, field=field, cells=told)


def _holds(sheet: TemplateSheet, place: str) -> TemplateCell:
    return sheet.cells.get(place, TemplateCell(""))


def _is_covered(sheet: TemplateSheet, place: str) -> bool:
    return any(
        place != first and lies_in(place, first, last)
        for first, _, last in (area.partition(":") for area in sheet.merged)
        if last
    )


def _label(sheet: TemplateSheet, place: str, left: int, up: int) -> str:
    """Give the nearest words to the left of a cell, or above it."""
    column, row = column_and_row(place)
    while (column := column - left) > 0 and (row := row - up) > 0:
        cell = sheet.cells.get(f"{letters_of(column)}{row}")
        if cell and cell.is_text and not cell.is_formula and not _MARK.search(cell.text):
            return cell.text
    return ""
