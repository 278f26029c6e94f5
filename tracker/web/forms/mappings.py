"""Saying what the columns of a table hold, over real rows of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from reports.sheets import letters
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import DecimalSign, Mapping, Sign
from tracker.domain.table_columns import TableKind, columns_of
from tracker.domain.texts import mark as _
from tracker.readers.headings import Sureness, suggest
from tracker.web.forms import AddressForm, TableForm
from tracker.web.language import label, said, say, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from tracker.domain.errors import Finding
    from tracker.domain.intakes import Intake, SheetSample, TableLook
    from tracker.readers.headings import Suggestion

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows (cp1252)",
    "iso8859-15": "ISO 8859-15",
    "cp850": "DOS (cp850)",
    "mac-roman": "Macintosh",
}
MAPPED = tuple(each for each in TableKind if each is not TableKind.IN_KIND)  # a list of its own
COLUMNS_MAX = 120  # columns of a file that are shown
ROWS_SHOWN = 3  # rows of the file under its headings


class ReadingForm(AddressForm):
    """Which table of the file it is about, and what the table holds; it is in the address."""

    kind = SelectField(_("What the table holds"))
    sheet = SelectField(_("Sheet"))
    row = IntegerField(_("Row of the headings"))


class TableInView(NamedTuple):
    """The table that somebody looks at: its kind, its headings, and some of its rows."""

    kind: TableKind
    sample: SheetSample
    heading_row: int

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, as they are written in the file."""
        found = [cells for number, cells in self.sample.rows if number == self.heading_row]
        return tuple(cell.strip() for cell in found[0]) if found else ()

    @property
    def rows(self) -> list[tuple[int, tuple[str, ...]]]:
        """The first rows below the headings, with their numbers."""
        return [row for row in self.sample.rows if row[0] > self.heading_row][:ROWS_SHOWN]

    @property
    def indexes(self) -> list[int]:
        """The columns in which anything stands."""
        shown = [self.headings, *(cells for _, cells in self.rows)]
        width = min(COLUMNS_MAX, max(map(len, shown)))
        return [at for at in range(width) if any(at < len(c) and c[at].strip() for c in shown)]

    @property
    def suggestion(self) -> Suggestion:
        """What the headings seem to stand for."""
        return suggest(self.headings, self.kind)


class MappingForm(TableForm):
    """What each column of a table holds, and how its figures are written."""

    columns: ClassVar[dict[str, Any]] = {"column": SelectField(_("Column"))}
    table: TableInView
    look: TableLook

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    decimal = SelectField(_("Cents are set apart by"))
    sign = SelectField(_("In the amounts"), default=Sign.DEBIT_POSITIVE)  # asked of costs only
    journal = StringField(_("Journal of all rows"), [Length(max=40)])
    project = StringField(_("Project of all rows"), [Length(max=40)])
    name = StringField(_("Name of the source"), [InputRequired(), Length(max=60)])

    @property
    def mapping(self) -> Mapping:
        """Hand over what was chosen."""
        cells = ((self.cell("column", row).data, int(row)) for row in self.rows)
        return Mapping(
            kind=self.table.kind,
            columns=tuple((code, index) for code, index in cells if code),
            headings=self.table.headings,
            heading_row=self.table.heading_row,
            sheet=self.table.sample.sheet,
            encoding=next(iter(self.look.encodings), ""),
            delimiter=self.look.delimiter,
            decimal=DecimalSign(self.decimal.data),
            sign=Sign(self.sign.data),
            journal=str(self.journal.data or "").strip(),
            project=str(self.project.data or "").strip(),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Judge each choice, and then all of them together."""
        if not super().validate(extra_validators):
            return False
        found = check_mapping(self.mapping)
        for finding in found:
            self._complain(finding)
        return not found

    def _complain(self, finding: Finding) -> None:
        """Say what is wrong at the last column with that choice, or else of the whole form."""
        complaint = f"{said(finding.message)} {said(finding.remedy)}".strip()
        chosen = [cell for row in self.rows if (cell := self.cell("column", row)).data]
        at = [cell for cell in chosen if cell.data == finding.place]
        if at:
            at[-1].errors = [*at[-1].errors, complaint]
        else:
            self.form_errors = [*self.form_errors, complaint]

    def sureness(self, row: str) -> Sureness | None:
        """Tell how well a column's heading is known, where its choice is what was suggested."""
        chosen = self.cell("column", row).data
        found = (each for each in self.table.suggestion.columns if each.index == int(row))
        return next((each.sureness for each in found if each.code == chosen), None)


def reading_form(look: TableLook, wishes: MultiDict[str, str]) -> tuple[ReadingForm, TableInView]:
    """Make the form that chooses a table, and give the table that was chosen."""
    form = ReadingForm(wishes)
    form.kind.choices = [(kind.value, label(kind)) for kind in MAPPED]
    form.sheet.choices = [(table.sheet, table.sheet) for table in look.tables]
    sample = next((t for t in look.tables if t.sheet == form.sheet.data), look.tables[0])
    numbers = {number for number, _ in sample.rows}
    row = form.row.data if form.row.data in numbers else sample.heading_row
    kind = form.kind.data if form.kind.data in MAPPED else ""
    in_view = TableInView(TableKind(kind or TableKind.COSTS), sample, row)
    if not kind and (guess := suggest(in_view.headings).kind) in MAPPED:
        in_view = in_view._replace(kind=guess)
    form.kind.data, form.sheet.data, form.row.data = in_view.kind, sample.sheet, row
    return form, in_view


def mapping_form(intake: Intake, look: TableLook, table: TableInView) -> MappingForm:
    """Make the form with the columns of a table, filled in with what its headings suggest."""
    names = {str(at): _heading(table.headings, at) for at in table.indexes}
    form = MappingForm.with_rows(names)()
    form.table, form.look = table, look
    form.decimal.choices = [(each.value, label(each)) for each in DecimalSign]
    form.sign.choices = [(each.value, label(each)) for each in Sign]
    choices = [
        ("", translate("Not used")),
        *((c.code, _offered(c)) for c in columns_of(table.kind)),
    ]
    for row in names:
        cell: Any = form.cell("column", row)
        cell.choices = choices
    if not form.is_submitted():
        _fill_in(form, intake)
    return form


def _fill_in(form: MappingForm, intake: Intake) -> None:
    """Fill a form in with what was chosen for the file before, or else with what is suggested."""
    before = intake.mapping
    is_same = before and (before.kind, before.headings) == (form.table.kind, form.table.headings)
    suggestion = form.table.suggestion
    places = before.columns if before and is_same else suggestion.places
    for code, index in places:
        if str(index) in form.rows:
            form.cell("column", str(index)).data = code
    form.version.data, form.name.data = intake.version, suggestion.source
    if before and is_same:
        form.decimal.data, form.sign.data = before.decimal, before.sign
        form.journal.data, form.project.data = before.journal, before.project


def _heading(headings: Sequence[str], at: int) -> str:
    """Name a column by its heading, or by its letter where it has none."""
    if at < len(headings) and headings[at]:
        return headings[at]
    return say("Column {letter}", letter=letters(at))


def _offered(column: Any) -> str:
    heading = translate(column.heading)
    return f"{heading} ({translate('required')})" if column.is_required else heading
