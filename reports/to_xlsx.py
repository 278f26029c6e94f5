"""A report as a workbook. The one door to the library that writes workbooks.

The library makes everything but the rows: styles, print set-up, charts, the parts of the file.
The rows are streamed into the archive in their place, so that a hundred thousand lines take
seconds and little memory. The same report gives the same bytes.
"""

from __future__ import annotations

import re
from datetime import datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from reports import charts_native, figures, sheets, words
from reports.archive import SheetArchive
from reports.model import Kind, LongSection, Section
from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openpyxl.worksheet.worksheet import Worksheet

    from reports.model import Report

NAME_MAX: Final = 31  # of a worksheet
FONT: Final = "Calibri"
INK, SOFT, LINE, ACCENT, WARNING = "16202A", "4A5660", "C6CDD3", "0B5563", "FBF3E6"
NUMBERS: Final = frozenset({Kind.MONEY, Kind.SHARE, Kind.COUNT})
MARGIN: Final = Decimal("0.5")  # inches


def to_xlsx(report: Report) -> bytes:
    """Write a report as a workbook: a cover, and a worksheet for every section.

    Errors: ``RuleViolation`` for more lines than a worksheet holds, ``ValueError`` if a long
            section does not add up.
    """
    book = Workbook()
    styles = _styles(book, report.language)
    names = _sheet_names(report)
    cover = book.worksheets[0]
    _set_up_cover(cover, report)
    bodies: list[tuple[str, Iterable[str]]] = [_cover(report, styles)]
    for section in report.sections:
        _check_length(section)
        sheet = book.create_sheet(names[section.key])
        rows = sheets.SectionRows(section, report, styles, names)
        _set_up(sheet, rows, report)
        bodies.append((rows.area, rows))
    for chart in report.charts:
        section = report.section(chart.name)
        assert isinstance(section, Section), "charts are drawn of short sections"
        charts_native.add_chart(book[names[section.key]], chart, section, report.language)
    _set_properties(book, report)
    out = BytesIO()
    ExcelWriter(book, SheetArchive(out, bodies)).save()
    return out.getvalue()


def _check_length(section: Section | LongSection) -> None:
    most = sheets.ROWS_MAX - sheets.FIRST_ROW
    if section.row_count > most:
        raise RuleViolation(
            "A worksheet holds {most} rows, and {title} has {count}.",
            "Choose a shorter period.",
            field="period",
            most=most,
            title=section.title,
            count=section.row_count,
        )


def _sheet_names(report: Report) -> dict[str, str]:
    """Name the worksheets after their sections, within what a workbook allows."""
    names: dict[str, str] = {}
    for section in report.sections:
        name = re.sub(r"[\[\]:*?/\\']", " ", section.title)[:NAME_MAX].strip()
        if name.casefold() in {taken.casefold() for taken in names.values()}:
            name = f"{name[: NAME_MAX - 3]} {len(names)}"
        names[section.key] = name
    return names


def _cover(report: Report, styles: Mapping[str, int]) -> tuple[str, list[str]]:
    """Write the cover: what the report is, what must be said of it, and where it comes from."""
    told = [
        sheets.row(1, [sheets.cell("A1", styles["cover"], report.title)]),
        sheets.row(2, [sheets.cell("A2", styles["subtitle"], report.subtitle)]),
    ]
    if report.note:
        told.append(
            sheets.row(3, [sheets.cell(f"{at}3", styles["warning"], text)
                           for at, text in (("A", report.note), ("B", None))])
        )  # fmt: skip
    for at, (name, value) in enumerate(report.about, sheets.FIRST_ROW):
        kind = next(kind for kind in Kind if isinstance(value, kind.value))
        style = styles["fact DATE"] if kind is Kind.DATE else styles["fact"]
        told.append(
            sheets.row(
                at,
                [sheets.cell(f"A{at}", styles["name"], name), sheets.cell(f"B{at}", style, value)],
            )
        )
    return f"A1:B{sheets.FIRST_ROW + len(report.about) - 1}", told


def _styles(book: Workbook, language: str) -> dict[str, int]:
    """Make the styles of cells, and give the number of each by its name."""
    made: dict[str, int] = {}

    def make(name: str, font: Font, **parts: object) -> None:
        cell = book.worksheets[0].cell(len(made) + 1, 1)  # its row is replaced when it is written
        cell.font = font
        for part in ("alignment", "border", "fill", "number_format", "quotePrefix"):
            setattr(cell, part, parts.get(part, _PLAIN[part]))
        made[name] = cell.style_id

    ink, soft = Font(FONT, 10, color=INK), Font(FONT, 10, color=SOFT)
    strong = Font(FONT, 10, bold=True, color=INK)
    top, wrapped = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
    under, ruled = Border(bottom=_THIN), Border(top=_THICK, bottom=_THICK)
    make("cover", Font(FONT, 20, bold=True, color=ACCENT))
    make("subtitle", Font(FONT, 13, color=INK))
    make("warning", strong, fill=PatternFill("solid", WARNING))
    make("name", soft, border=under, alignment=wrapped)
    make("fact", ink, border=under, alignment=wrapped)
    make("title", Font(FONT, 14, bold=True, color=ACCENT))
    make("note", soft)
    make("LINE", ink, border=under, alignment=top)
    make("risky LINE", ink, border=under, alignment=top, quotePrefix=True)
    make("risky TEXT", ink, border=under, alignment=wrapped, quotePrefix=True)
    for kind in Kind:
        looks = {"number_format": figures.excel_format(kind.name, language)}
        side = _side(kind, "top", wraps=kind is Kind.TEXT)
        make(kind.name, ink, border=under, alignment=side, **looks)
        make(f"total {kind.name}", strong, border=ruled, alignment=side, **looks)
        head = _side(kind, "bottom", wraps=True)
        make(f"head {kind.name}", strong, border=Border(bottom=_THICK), alignment=head)
    looks = {"number_format": figures.excel_format("DATE", language)}
    make("fact DATE", ink, border=under, alignment=Alignment("left", "top"), **looks)
    return made


def _side(kind: Kind, vertical: Literal["top", "bottom"], *, wraps: bool) -> Alignment:
    """Put figures to the right, a space away from the text of the next column."""
    if kind in NUMBERS:
        return Alignment("right", vertical, wrap_text=wraps, indent=1)
    return Alignment("left", vertical, wrap_text=wraps)


_THIN: Final = Side("thin", color=LINE)
_THICK: Final = Side("medium", color=INK)
_PLAIN: Final = {
    "alignment": Alignment(),
    "border": Border(),
    "fill": PatternFill(),
    "number_format": "General",
    "quotePrefix": False,
}


def _set_up_cover(sheet: Worksheet, report: Report) -> None:
    sheet.title = words.gettext_for(report.language)("Cover")
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 80
    _set_up_page(sheet, report)


def _set_up(sheet: Worksheet, rows: sheets.SectionRows, report: Report) -> None:
    """Set up a section's worksheet: widths, what stays in sight, what can be filtered."""
    for at, column in enumerate(rows.section.columns):
        sheet.column_dimensions[sheets.letters(at)].width = column.width
    sheet.freeze_panes = f"{'B' if rows.is_long else 'A'}{sheets.FIRST_ROW}"
    sheet.auto_filter.ref = rows.filter_area
    sheet.print_title_rows = f"{sheets.HEAD_ROW}:{sheets.HEAD_ROW}"
    _set_up_page(sheet, report)


def _set_up_page(sheet: Worksheet, report: Report) -> None:
    """Print on A4, as wide as one page, with what it is at the head and the page at the foot."""
    _ = words.gettext_for(report.language)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = MARGIN
    as_of = figures.as_text(report.as_of, report.language)
    made_on = figures.as_text(report.made_on, report.language)
    head, foot = sheet.oddHeader, sheet.oddFooter
    assert head is not None
    assert foot is not None
    head.left.text = _literal(f"{report.title} · {report.subtitle}")
    head.right.text = _literal(f"{_('As at')} {as_of}")
    foot.left.text = _literal(
        f"{report.version} · {_('Made on')} {made_on}"
        f" · {_('State of the books')} {report.ledger_state}"
    )
    page = _("Page {page} of {pages}")
    foot.right.text = page.format(page="&P", pages="&N")


def _literal(text: str) -> str:
    return text.replace("&", "&&")


def _set_properties(book: Workbook, report: Report) -> None:
    properties = book.properties
    properties.title = f"{report.title} · {report.subtitle}"
    properties.creator = properties.lastModifiedBy = report.author
    properties.description = report.note
    properties.language = report.language
    properties.version = report.version
    properties.created = properties.modified = datetime.combine(report.made_on, time())
