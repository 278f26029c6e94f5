"""Handing in a funder's own workbook, and pointing figures at its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from tracker.domain.funder_workbooks import MOST_FIGURES, Pointed
from tracker.domain.texts import mark as _
from tracker.web.forms import TableForm
from tracker.web.forms.commitments import DocumentForm
from tracker.web.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wtforms import Field

    from tracker.domain.commitments import Commitment
    from tracker.domain.funder_workbooks import FunderWorkbook

SPARE_ROWS = 5
FIGURE_MAX = 500


class WorkbookForm(DocumentForm):
    """A workbook as the funder sends it."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    is_anew = BooleanField(_("Begin with an empty mapping"))


class PointingForm(TableForm):
    """Which figure goes into which cell; a row without a cell is left out."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    code = SelectField(_("With the figures of"), validate_choice=False)
    period = StringField(_("Period"), [Length(max=7)])
    columns: ClassVar[Mapping[str, Any]] = {
        "where": StringField(_("Cell"), [Length(max=300)]),
        "figure": StringField(_("Name of the figure"), [Length(max=FIGURE_MAX)]),
    }

    @property
    def pointed(self) -> tuple[Pointed, ...]:
        """Hand over what was typed: of each row the cell and the figure."""
        return tuple(
            _pointed(_typed(self.cell("where", row)), _typed(self.cell("figure", row)))
            for row in self.rows
            if _typed(self.cell("where", row)) and _typed(self.cell("figure", row))
        )

    @property
    def empty_row(self) -> str:
        """The first row in which no cell was named."""
        return next(row for row in self.rows if not _typed(self.cell("where", row)))

    def add(self, cell: str) -> str:
        """Name a cell in the first empty row, and give that; or the row that names it."""
        for row in self.rows:
            if _typed(self.cell("where", row)) == cell:
                return row
        row = self.empty_row
        self.cell("where", row).data = cell
        return row


def pointing_form(
    workbook: FunderWorkbook, seen: Sequence[Commitment], sent: Mapping[str, str], period: str
) -> PointingForm:
    """Make the form for the mapping of a workbook, filled in with what holds."""
    named = [name for name in sent if name.startswith("where_") and sent[name].strip()]
    filled = max([int(name[6:]) for name in named if name[6:].isdecimal()], default=0)
    count = min(MOST_FIGURES, max(len(workbook.pointed), filled) + SPARE_ROWS)
    rows = {str(at): say("line {number}", number=at) for at in range(1, count + 1)}
    known: dict[str, object] = {"version": workbook.number, "period": period}
    for at, one in enumerate(workbook.pointed, 1):
        known |= {f"where_{at}": one.cell, f"figure_{at}": one.figure}
    form = PointingForm.with_rows(rows)(data=known)
    form.code.choices = [(commitment.code, commitment.code) for commitment in seen]
    return form


def _pointed(cell: str, figure: str) -> Pointed:
    sheet, mark, place = cell.rpartition("!")
    if len(sheet) > 1 and sheet[0] == sheet[-1] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    return Pointed(sheet, place.replace("$", "").upper() if mark else place, figure)


def _typed(field: Field) -> str:
    return str(field.data or "").strip()
