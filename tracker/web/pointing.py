"""The screen on which figures are pointed at the cells of a funder's workbook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flask import request
from flask_login import current_user

from reports import catalogue
from reports.filled import fillings
from tracker.domain.errors import RuleViolation
from tracker.domain.funder_figures import LINE, MEASURES, SINGLE, figures_of
from tracker.domain.funder_workbooks import Pointed, check_pointed, shape_of
from tracker.domain.periods import Period, period_named
from tracker.domain.sheet_places import column_and_row, is_cell, letters_of, lies_in
from tracker.domain.texts import mark as _
from tracker.extensions import db
from tracker.readers.template_process import template_in
from tracker.store.commitments import commitments_of
from tracker.store.documents import intact
from tracker.store.funder_workbooks import figures_there_are
from tracker.store.statements import facts_of
from tracker.web.clock import today
from tracker.web.forms.funder_workbooks import PointingForm, pointing_form
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from tracker.domain.commitments import Commitment
    from tracker.domain.funder_workbooks import FunderWorkbook, Template, TemplateSheet
    from tracker.domain.statements import StatementFacts
    from tracker.store.documents import Upload

ROWS_SHOWN = 80
COLUMNS_SHOWN = 16
TEXT_SHOWN = 60


class GridCell(NamedTuple):
    """A cell as the grid shows it: what it holds, or what goes into it.

    Shape:  ``place`` is given where a figure may go.
    """

    text: str
    place: str = ""
    is_pointed: bool = False
    is_formula: bool = False


class Grid(NamedTuple):
    """A sheet as a table: its columns, its rows with their numbers, and whether there is more."""

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[GridCell, ...]], ...]
    is_cut: bool


class NamedFigure(NamedTuple):
    """A figure by its name, and what it is."""

    name: str
    says: str


def commitments_under(programme_id: int) -> list[Commitment]:
    """List the commitments of a programme that reports are made of."""
    return [
        commitment
        for commitment in commitments_of(db.session())
        if commitment.programme_id == programme_id and commitment.is_committed
    ]


def facts_to_try(code: str, period: Period) -> StatementFacts:
    """Gather the facts of a statement, to see a workbook filled with them."""
    return facts_of(db.session(), code, period, made_on=today(), author=str(current_user.name))


@dataclass
class Pointing:
    """What the screen shows of a workbook and of the mapping that is being typed."""

    workbook: FunderWorkbook

    @cached_property
    def commitments(self) -> list[Commitment]:
        """The commitments whose figures can be tried."""
        return commitments_under(self.workbook.programme_id)

    @cached_property
    def form(self) -> PointingForm:
        """The mapping as it is typed, or as it holds."""
        wished = request.form.get("code", "")
        chosen = [c for c in self.commitments if c.code == wished] or self.commitments
        last = min(chosen[0].period.last_day.year, today().year - 1) if chosen else today().year
        return pointing_form(self.workbook, self.commitments, request.form, str(last))

    @cached_property
    def template(self) -> Template:
        """What is in the workbook."""
        content = intact(db.session(), self.workbook.document_id)
        return template_in(content, self.workbook.file_name)

    @cached_property
    def focus(self) -> str:
        """The row to type in: that of the cell that was chosen in the grid."""
        cell = request.form.get("point", "")
        return self.form.add(cell) if cell else ""

    @cached_property
    def values(self) -> dict[str, str]:
        """What goes into each cell that is pointed at, as people read it; where that is asked."""
        if not self.form.is_submitted() or self.form.errors or not self.form.code.data:
            return {}
        try:
            facts, tried = self.facts, self.tried
        except RuleViolation as error:
            self.form.refuse(error)
            return {}
        told = fillings(tried, figures_of(facts), facts.language)
        return {filled.cell: filled.text for filled in told}

    @property
    def facts(self) -> StatementFacts:
        """The facts with which the workbook is tried.

        Errors: ``RuleViolation`` for a period that is none; ``NotFoundError``.
        """
        form = self.form
        return facts_to_try(str(form.code.data), period_named(str(form.period.data).strip()))

    @property
    def tried(self) -> FunderWorkbook:
        """The workbook with the mapping that is typed.

        Errors: ``RuleViolation`` for what cannot be pointed at.
        """
        template, pointed = self.template, self.form.pointed
        check_pointed(template, pointed, self._names)
        return replace(self.workbook, pointed=pointed, shape=shape_of(template, pointed))

    def filled(self) -> Upload:
        """Fill the workbook with the mapping that is typed.

        Errors: ``RuleViolation``; ``NotFoundError``.
        """
        return catalogue.filled(db.session(), self.tried, self.facts)

    @property
    def sheet(self) -> TemplateSheet:
        """The sheet that is shown."""
        wished = request.form.get("sheet") or request.form.get("shown", "")
        point = request.form.get("point", "").rpartition("!")[0]
        found = self.template.sheet(point or wished)
        return found or self.template.sheets[0]

    @cached_property
    def figures(self) -> list[NamedFigure]:
        """The figures that there are, each with what it is."""
        return [NamedFigure(name, _says(name)) for name in self._names]

    def meaning(self, row: str) -> str:
        """Say what the figure of a row is; nothing for what is none."""
        typed = str(self.form.cell("figure", row).data or "").strip()
        if "{{" in typed:
            return translate(_("A text with figures"))
        return next((one.says for one in self.figures if one.name == typed), "")

    @cached_property
    def ranges(self) -> list[str]:
        """The named ranges that a figure may go into, and that no row names yet."""
        taken = {str(self.form.cell("where", row).data or "").strip() for row in self.form.rows}
        return [name for name in self.template.names if name not in taken and self._is_free(name)]

    def _is_free(self, name: str) -> bool:
        found = self.template.found(Pointed("", name, ""))
        if found is None:
            return False
        sheet, place = found
        held = sheet.cells.get(place)
        return not (held and held.is_formula) and not _is_covered(sheet, place)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return figures_there_are(db.session(), self.workbook.programme_id)

    @cached_property
    def grid(self) -> Grid:
        """The sheet as a table."""
        sheet = self.sheet
        held = [column_and_row(place) for place in sheet.cells]
        wide = min(COLUMNS_SHOWN, max((column for column, _ in held), default=1))
        high = max((row for _, row in held), default=1)
        targets = {
            (found[0].name, found[1]): one.cell
            for one in self.form.pointed
            if (found := self.template.found(one))
        }
        rows = tuple(
            (row, tuple(self._row(sheet, row, wide, targets)))
            for row in range(1, min(high, ROWS_SHOWN) + 1)
        )
        columns = tuple(letters_of(at) for at in range(1, wide + 1))
        is_cut = high > ROWS_SHOWN or any(column > COLUMNS_SHOWN for column, _ in held)
        return Grid(sheet.name, columns, rows, is_cut)

    def _row(
        self, sheet: TemplateSheet, row: int, wide: int, targets: dict[tuple[str, str], str]
    ) -> list[GridCell]:
        cells, has_words = [], False
        for column in range(1, wide + 1):
            place = f"{letters_of(column)}{row}"
            held = sheet.cells.get(place)
            if cell := targets.get((sheet.name, place)):
                said = self.values.get(cell) or self._figure_in(cell)
                cells.append(GridCell(said[:TEXT_SHOWN], place, is_pointed=True))
            elif held and held.is_formula:
                cells.append(GridCell(held.text[:TEXT_SHOWN], is_formula=True))
            elif held and held.is_text:
                has_words = True
                cells.append(GridCell(held.text[:TEXT_SHOWN]))
            else:
                free = has_words and not _is_covered(sheet, place)
                said = held.text[:TEXT_SHOWN] if held else ""
                cells.append(GridCell(said, place if free else ""))
        return cells

    def _figure_in(self, cell: str) -> str:
        return next(one.figure for one in self.form.pointed if one.cell == cell)


def _is_covered(sheet: TemplateSheet, place: str) -> bool:
    areas = (area.partition(":") for area in sheet.merged)
    return any(
        is_cell(last) and place != first and lies_in(place, first, last)
        for first, _colon, last in areas
    )


def _says(name: str) -> str:
    """Say what a figure is, by its name."""
    if name in SINGLE:
        return translate(SINGLE[name])
    if name in MEASURES:
        return say("{measure}, all together", measure=translate(MEASURES[name]))
    if name.startswith(LINE):
        code, _dot, measure = name.removeprefix(LINE).rpartition(".")
        return say("{measure}, line {code}", measure=translate(MEASURES[measure]), code=code)
    measure, _dot, category = name.partition(".")
    return f"{translate(MEASURES[measure])}, {label(category)}"
