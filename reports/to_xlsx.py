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
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.writer.excel import ExcelWriter

from reports import charts_native, figures, sheets, words
from reports.archive import SheetArchive
from reports.checks_sheet import ChecksRows, checks_of
from reports.cover_sheet import cover_of
from reports.model import Kind, LongSection, Section
from reports.section_rows import SectionRows
from reports.texts_table import texts_of
from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openpyxl.worksheet.worksheet import Worksheet

    from reports.model import Report
    from reports.named_tables import NamedTable

NAME_MAX: Final = 31  # of a worksheet
FONT: Final = "Calibri"
INK, SOFT, LINE, ACCENT, WARNING = "16202A", "4A5660", "C6CDD3", "0B5563", "FBF3E6"
ALARM: Final = "A32014"
NUMBERS: Final = frozenset({Kind.MONEY, Kind.SHARE, Kind.COUNT, Kind.NUMBER})
MARGIN: Final = Decimal("0.5")  # inches
LITERAL_MAX: Final = 100  # signs of a part of a head or foot, which hold 255 with all their marks
PROPERTY_MAX: Final = 255


def to_xlsx(report: Report) -> bytes:
    """Write a report as a workbook: a cover, and a worksheet for every section.

    Errors: ``RuleViolation`` for more lines than a worksheet holds, ``ValueError`` if a long
            section does not add up.
    """
    book = Workbook()
    styles = _styles(book, report.language)
    sections = _sections(report)
    names = _sheet_names(report, sections)
    cover = book.worksheets[0]
    _set_up_cover(cover, report)
    bodies: list[tuple[str, Iterable[str]]] = [cover_of(report, styles)]
    for rows in _rows_of(report, sections, styles, names):
        _check_length(rows.section)
        _set_up(book.create_sheet(names[rows.section.key]), rows, report)
        bodies.append((rows.area, rows))
    for chart in report.charts:
        section = report.section(chart.name)
        assert isinstance(section, Section), "charts are drawn of short sections"
        charts_native.add_chart(book[names[section.key]], chart, section, report.language)
    _set_properties(book, report)
    out = BytesIO()
    ExcelWriter(book, SheetArchive(out, bodies)).save()
    return out.getvalue()


def _sections(report: Report) -> list[Section | LongSection]:
    """Give what may have a worksheet: the sections, with checks in any case, and the texts."""
    sections = {section.key: section for section in (*report.sections, checks_of(report))}
    texts = texts_of(report)
    return [*sections.values(), *([texts] if texts else [])]


def _rows_of(
    report: Report,
    sections: Iterable[Section | LongSection],
    styles: Mapping[str, int],
    names: Mapping[str, str],
) -> list[SectionRows]:
    """Lay out the rows of every worksheet; the checks look at those of all others.

    Shape:  a report without figures that follow from others has no worksheet of checks.
    """
    told = {section.key: SectionRows(section, report, styles, names) for section in sections}
    checks = ChecksRows(checks_of(report), report, styles, names, told)
    told[checks.section.key] = checks
    return [
        rows for rows in told.values() if rows is not checks or checks.last_row >= sheets.FIRST_ROW
    ]


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


def _sheet_names(report: Report, sections: Iterable[Section | LongSection]) -> dict[str, str]:
    """Name the worksheets after their sections, within what a workbook allows."""
    names = {"": _cover_name(report)}
    for section in sections:
        clean = figures.as_text(section.title, report.language)
        name = re.sub(r"[\[\]:*?/\\'\s]", " ", clean)[:NAME_MAX].strip() or section.key
        if name.casefold() in {taken.casefold() for taken in names.values()}:
            name = f"{name[: NAME_MAX - 3]} {len(names)}"
        names[section.key] = name
    return names


def _cover_name(report: Report) -> str:
    return words.gettext_for(report.language)("Cover")


def _styles(book: Workbook, language: str) -> dict[str, int]:
    """Make the styles of cells, and give the number of each by its name.

    Shape:  each has a twin for a text that could be taken for a formula.
    """
    made: dict[str, int] = {}

    def make(name: str, font: Font, **parts: object) -> None:
        for named, quoted in ((name, False), (f"risky {name}", True)):
            cell = book.worksheets[0].cell(len(made) + 1, 1)  # its row is written later
            cell.font = font
            for part in ("alignment", "border", "fill", "number_format"):
                setattr(cell, part, parts.get(part, _PLAIN[part]))
            cell.quotePrefix = quoted
            made[named] = cell.style_id

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
    make("note", soft, alignment=wrapped)
    make("LINE", ink, border=under, alignment=top)
    for kind in Kind:
        looks = {"number_format": figures.excel_format(kind.name, language)}
        side = _side(kind, "top", wraps=kind is Kind.TEXT)
        make(kind.name, ink, border=under, alignment=side, **looks)
        make(f"strong {kind.name}", strong, border=under, alignment=side, **looks)
        make(f"total {kind.name}", strong, border=ruled, alignment=side, **looks)
        head = _side(kind, "bottom", wraps=True)
        make(f"head {kind.name}", strong, border=Border(bottom=_THICK), alignment=head)
    for name in ("name COUNT", "fact DATE"):
        looks = {"number_format": figures.excel_format(name.split()[1], language)}
        make(name, ink, border=under, alignment=Alignment("left", "top"), **looks)
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
}


def _set_up_cover(sheet: Worksheet, report: Report) -> None:
    sheet.title = _cover_name(report)
    sheet.print_area = f"A1:B{sheets.FIRST_ROW + len(report.about) - 1}"
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 80
    _set_up_page(sheet, report)


def _set_up(sheet: Worksheet, rows: SectionRows, report: Report) -> None:
    """Set up a section's worksheet: widths, what stays in sight, what can be filtered."""
    for at, column in enumerate(rows.section.columns):
        sheet.column_dimensions[sheets.letters(at)].width = column.width
    sheet.freeze_panes = f"{'B' if rows.is_long else 'A'}{sheets.FIRST_ROW}"
    if table := rows.table:
        _add_table(sheet, table)
    else:
        sheet.auto_filter.ref = rows.filter_area
    if isinstance(rows, ChecksRows):
        _mark_what_is_not_nil(sheet, rows.differences)
    sheet.merge_cells(rows.note_area)
    sheet.print_area = rows.area
    sheet.print_title_rows = f"{sheets.HEAD_ROW}:{sheets.HEAD_ROW}"
    _set_up_page(sheet, report)


def _add_table(sheet: Worksheet, table: NamedTable) -> None:
    """Make the lines a table, which brings its own filter; its cells are dressed already."""
    # With its columns told, the library does not walk through a hundred thousand cells.
    columns = [TableColumn(id=at, name=name) for at, name in enumerate(table.headings, 1)]
    sheet.add_table(
        Table(
            displayName=table.name,
            name=table.name,
            ref=table.area,
            autoFilter=AutoFilter(ref=table.area),
            tableColumns=columns,
        )
    )


def _mark_what_is_not_nil(sheet: Worksheet, differences: str) -> None:
    marked = DifferentialStyle(font=Font(bold=True, color=ALARM), fill=PatternFill(bgColor=WARNING))
    for area in (differences, "D3"):
        rule = Rule("cellIs", dxf=marked, operator="notEqual", formula=["0"])
        sheet.conditional_formatting.add(area, rule)


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
    """Write a text for the head or the foot of a page, which hold only so much."""
    return _told(text, LITERAL_MAX).replace("&", "&&")


def _told(text: str, most: int) -> str:
    clean = " ".join(figures.as_text(text, "").split())
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def _set_properties(book: Workbook, report: Report) -> None:
    properties = book.properties
    properties.title = _told(f"{report.title} · {report.subtitle}", PROPERTY_MAX)
    properties.creator = properties.lastModifiedBy = _told(report.author, PROPERTY_MAX)
    properties.description = _told(report.note, PROPERTY_MAX)
    properties.subject = f"{report.as_of.isoformat()} · {_told(report.ledger_state, LITERAL_MAX)}"
    properties.identifier = _told(report.file_stem, PROPERTY_MAX)
    properties.language = report.language
    properties.version = properties.contentStatus = _told(report.version, PROPERTY_MAX)
    properties.created = properties.modified = datetime.combine(report.made_on, time())
