"""Template workbooks: a table to fill in, the codes that are in use, and how to fill it in.

What is in use already can stand in the rows, so that a download is changed and uploaded again.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from reports import figures, sheets, words
from reports.archive import SheetArchive
from reports.column_guides import GENERAL, guide_to, is_asked, template_columns
from reports.comments import AUTHOR
from reports.plain_texts import is_risky
from reports.to_xlsx import ACCENT, FONT, INK, LINE, SOFT, WARNING
from tracker.domain.errors import Code
from tracker.domain.money import Money
from tracker.domain.table_columns import Holds, TableKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from reports.codes import Codes
    from reports.model import Value
    from tracker.domain.table_columns import Column

HEAD_ROW: Final = 3
FIRST_ROW: Final = 4
EMPTY_ROWS: Final = 500
UNDATED: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - as the parts of an archive without a date
MARGIN: Final = Decimal("0.5")  # inches
WIDTHS: Final = {Holds.TEXT: 16, Holds.DAY: 13, Holds.AMOUNT: 15, Holds.NUMBER: 12, Holds.SHARE: 13}
FIGURES: Final = frozenset({Holds.AMOUNT, Holds.NUMBER, Holds.SHARE})
WIDE: Final = {"description": 42, "title": 42, "reason": 36, "conditions": 42, "supplier": 24,
               "partner": 24, "funder": 24, "programme": 24, "reference": 22}  # fmt: skip
NAMED_BY_CODE: Final = frozenset({"category", "form", "outcome", "status"})


def blank_table(
    kind: TableKind, codes: Codes, language: str, rows: Sequence[Mapping[str, Value]] = ()
) -> bytes:
    """Write a template workbook of a kind of table.

    Shape:  ``rows`` are values by the code of their column; empty rows follow.
    """
    book = Workbook()
    _Template(book, kind, codes, language, rows).write()
    properties = book.properties
    properties.title, properties.creator = words.label(kind.value, language), AUTHOR
    properties.language = language
    properties.created = properties.modified = UNDATED
    out = BytesIO()
    ExcelWriter(book, _Archive(out, ())).save()
    return out.getvalue()


class _Archive(SheetArchive):
    """An archive that dates none of its files; the library writes the rows."""

    def write(self, filename: str, arcname: str) -> None:  # type: ignore[override]
        self.writestr(arcname, Path(filename).read_bytes())


class _Template:
    """A template workbook while it is made."""

    def __init__(
        self,
        book: Workbook,
        kind: TableKind,
        codes: Codes,
        language: str,
        rows: Sequence[Mapping[str, Value]],
    ) -> None:
        self._ = words.gettext_for(language)
        self.kind, self.codes, self.language, self.rows = kind, codes, language, rows
        self.columns = template_columns(kind)
        self.book = book
        self.table = book.worksheets[0]
        self.code_sheet = book.create_sheet(self._("Codes"))
        self.how = book.create_sheet(self._("How to fill in"))
        self.areas: dict[str, str] = {}
        self.last_row = HEAD_ROW + len(rows) + EMPTY_ROWS

    def write(self) -> None:
        """Write the three worksheets."""
        title = words.label(self.kind.value, self.language)
        self.table.title = title
        project = f" · {self.codes.project}" if self.codes.project else ""
        for sheet, text in ((self.table, title + project),
                            (self.code_sheet, self._("Codes in use") + project),
                            (self.how, f"{title}: {self._('how to fill in')}")):  # fmt: skip
            _put(sheet.cell(1, 1), text)
            sheet.cell(1, 1).font = Font(FONT, 14, bold=True, color=ACCENT)
            sheet.sheet_view.showGridLines = False
            _set_up_page(sheet)
        self._note(self.table, self._(GENERAL[self.kind]))
        self._write_codes()
        for at, column in enumerate(self.columns, 1):
            self._write_heading(at, column)
            self._write_cells(at, column)
            self._add_check(at, column)
        self._write_how()
        last = sheets.letters(len(self.columns) - 1)
        self.table.freeze_panes = f"A{FIRST_ROW}"
        self.table.auto_filter.ref = f"A{HEAD_ROW}:{last}{self.last_row}"
        self.table.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"

    def _note(self, sheet: Worksheet, text: str) -> None:
        sheet.cell(2, 1, text).font = Font(FONT, 10, color=SOFT)

    def _heading(self, column: Column) -> str:
        required = f" ({self._('required')})" if is_asked(self.kind, column) else ""
        return self._(column.heading) + required

    def _write_heading(self, at: int, column: Column) -> None:
        """Write the heading of a column, with a comment that says what to fill in."""
        head = self.table.cell(HEAD_ROW, at, self._heading(column))
        self._style_head(head, is_asked=is_asked(self.kind, column))
        head.alignment = Alignment(_side(column), "bottom", wrap_text=True)
        comment = Comment(self._said(column), AUTHOR)
        comment.width, comment.height = 280, 120
        head.comment = comment
        width = WIDE.get(column.code, WIDTHS[column.holds])
        self.table.column_dimensions[sheets.letters(at - 1)].width = width
        self.table.row_dimensions[HEAD_ROW].height = 30

    def _style_head(self, head: Cell, *, is_asked: bool = False) -> None:
        head.font = Font(FONT, 10, bold=True, color=INK)
        head.border = Border(bottom=Side("medium", color=INK))
        head.alignment = Alignment("left", "bottom", wrap_text=True)
        if is_asked:
            head.fill = PatternFill("solid", WARNING)

    def _said(self, column: Column) -> str:
        example = self._example(column)
        told = [self._(guide_to(self.kind, column.code).text)]
        if is_asked(self.kind, column):
            told.append(self._("Fill it in on every row."))
        if example:
            told.append(f"{self._('For example')}: {example}")
        return "\n".join(told)

    def _example(self, column: Column) -> str:
        """Give an example as one would type it, taken from the codes in use where there are."""
        listed = self.codes.lists(self.language).get(column.code)
        example = guide_to(self.kind, column.code).example
        if listed:
            return next(iter(listed))
        if isinstance(example, Code):
            return words.label(example, self.language)
        return figures.as_text(example, self.language)

    def _write_cells(self, at: int, column: Column) -> None:
        """Write the rows that are there and rule the empty ones."""
        look = self._look(column)
        standing = self.codes.project if column.code == "project" else None
        values = [*(row.get(column.code) for row in self.rows), *[standing] * EMPTY_ROWS]
        for row, value in enumerate(values, FIRST_ROW):
            cell = self.table.cell(row, at)
            cell.style = look
            is_code = column.code in NAMED_BY_CODE and isinstance(value, str) and value
            _put(cell, words.label(str(value), self.language) if is_code else value)

    def _look(self, column: Column) -> str:
        """Name the style of a column's cells: to style each by itself takes four times as long."""
        if column.holds not in self.book.named_styles:
            look = NamedStyle(column.holds, Font(FONT, 10, color=INK))
            look.number_format = _FORMATS[column.holds](self.language)
            look.border = Border(bottom=Side("thin", color=LINE))
            look.alignment = Alignment(_side(column), "top")
            self.book.add_named_style(look)
        return column.holds

    def _add_check(self, at: int, column: Column) -> None:
        """Have the program offer a list, or refuse what is no day or no number."""
        area = self.areas.get(column.code)
        if area:
            check = DataValidation("list", formula1=area, allow_blank=True)
            check.errorStyle = "warning"
            check.error = self._("This is not among the codes in use.")
        elif column.holds is Holds.TEXT:
            return
        elif column.holds is Holds.DAY:
            check = DataValidation("date", "36526", "73050", operator="between", allow_blank=True)
            check.error = self._("Fill in a date, such as 31-12-2026.")
        else:
            most = 10**13
            check = DataValidation("decimal", str(-most), str(most), operator="between",
                                   allow_blank=True)  # fmt: skip
            check.error = self._("Fill in a number.")
        check.showErrorMessage = True
        check.errorTitle = self._heading(column)[:32]
        name = sheets.letters(at - 1)
        check.add(f"{name}{FIRST_ROW}:{name}{self.last_row}")
        self.table.add_data_validation(check)

    def _write_codes(self) -> None:
        """List the codes that the columns are chosen from, and remember where they stand."""
        self._note(self.code_sheet, self._("Choose from these; a code that is missing is made in"
                                           " the tracker first."))  # fmt: skip
        at = 1
        lists = self.codes.lists(self.language)
        for column in self.columns:
            if listed := lists.get(column.code):
                self.areas[column.code] = self._list(at, self._(column.heading), listed)
                at += 3 if any(listed.values()) else 2
        self.code_sheet.freeze_panes = f"A{FIRST_ROW}"

    def _list(self, at: int, title: str, listed: Mapping[str, str]) -> str:
        """Write a list of codes from a column on, and give its area."""
        heads = (title, self._("Name")) if any(listed.values()) else (title,)
        for step, head in enumerate(heads):
            cell = self.code_sheet.cell(HEAD_ROW, at + step, head)
            self._style_head(cell)
            width = max([len(head), *(len(pair[step]) for pair in listed.items())]) + 3
            name = sheets.letters(at + step - 1)
            self.code_sheet.column_dimensions[name].width = min(60, max(14, width))
        for row, pair in enumerate(listed.items(), FIRST_ROW):
            for step, text in enumerate(pair[: len(heads)]):
                cell = self.code_sheet.cell(row, at + step)
                _put(cell, text)
                cell.font, cell.number_format = Font(FONT, 10, color=INK), "@"
        self.code_sheet.column_dimensions[sheets.letters(at + len(heads) - 1)].width = 4
        title, name = self.code_sheet.title.replace("'", "''"), sheets.letters(at - 1)
        return f"'{title}'!${name}${FIRST_ROW}:${name}${HEAD_ROW + len(listed)}"

    def _write_how(self) -> None:
        """Write a line about each column."""
        self._note(
            self.how,
            self._("Leave the headings as they are; columns that you do not need may stay empty."),
        )
        heads = (self._("Column"), self._("Required"), self._("What to fill in"), self._("Example"))
        for at, (head, width) in enumerate(zip(heads, (26, 12, 78, 24), strict=True), 1):
            self._style_head(self.how.cell(HEAD_ROW, at, head))
            self.how.column_dimensions[sheets.letters(at - 1)].width = width
        for row, column in enumerate(self.columns, FIRST_ROW):
            told = (
                self._(column.heading),
                self._("yes") if is_asked(self.kind, column) else "",
                self._(guide_to(self.kind, column.code).text),
                self._example(column),
            )
            self.how.row_dimensions[row].height = 16
            for at, text in enumerate(told, 1):
                cell = self.how.cell(row, at)
                _put(cell, text)
                cell.font = Font(FONT, 10, color=INK)
                cell.border = Border(bottom=Side("thin", color=LINE))
                cell.alignment = Alignment("left", "top", wrap_text=True)
        self.how.freeze_panes = f"A{FIRST_ROW}"


def _side(column: Column) -> Literal["left", "right"]:
    return "right" if column.holds in FIGURES else "left"


def _put(cell: Cell | MergedCell, value: Value) -> None:
    """Write a value into a cell; a text is never a formula."""
    if isinstance(value, Money | Fraction):
        cell.value = Decimal(sheets.number(value))
    elif not isinstance(value, str):
        cell.value = value
    elif value:
        cell.value, cell.data_type = sheets.cleaned(value), "s"
        cell.quotePrefix = is_risky(value)


def _set_up_page(sheet: Worksheet) -> None:
    """Print on A4, lying down, as wide as one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = MARGIN


_FORMATS: Final[dict[Holds, Callable[[str], str]]] = {
    Holds.TEXT: lambda _language: "@",  # or an account 0400 would lose its zero
    Holds.DAY: lambda language: figures.excel_format("DATE", language),
    Holds.AMOUNT: lambda language: figures.excel_format("MONEY", language),
    Holds.NUMBER: lambda _language: "General",
    Holds.SHARE: lambda language: figures.excel_format("SHARE", language),
}
