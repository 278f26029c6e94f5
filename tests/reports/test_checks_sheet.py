"""The worksheet of checks, the named tables it adds up, and what shows once a figure is changed."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries

from reports.model import ADDING, Column, Kind, LongSection, Prose, Report, Section
from reports.statement import build
from reports.to_xlsx import to_xlsx
from tests.reports.facts import facts_of
from tests.reports.programs import recalculated_all
from tests.reports.test_model import long_section, report_of, section_of

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEAD, FIRST, COUNT = 4, 5, "D3"
IN_ORDER = ("sheetData", "conditionalFormatting", "ignoredErrors", "drawing", "tableParts")
LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


@pytest.fixture(scope="module", params=["nl", "en"])
def report(request: pytest.FixtureRequest) -> Report:
    return build(facts_of(60, request.param))


@pytest.fixture(scope="module")
def book(report: Report) -> Workbook:
    return opened(to_xlsx(report))


def opened(workbook: bytes, *, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook), data_only=values)


def sheet_of(book: Workbook, report: Report, key: str) -> Worksheet:
    return book.worksheets[1 + [section.key for section in report.sections].index(key)]


def checks_in(book: Workbook, report: Report) -> list[tuple[Any, ...]]:
    """The checks, without the totals below them."""
    sheet = sheet_of(book, report, "checks")
    return list(sheet.iter_rows(min_row=FIRST, max_row=sheet.max_row - 1, values_only=True))


def totals_of(section: Section | LongSection) -> list[Column]:
    return [
        column
        for column, total in zip(section.columns, section.totals, strict=False)
        if column.kind in ADDING and total is not None
    ]


def test_every_section_with_lines_is_a_table_with_a_name(report: Report, book: Workbook) -> None:
    names = []
    for section in report.sections:
        tables = list(sheet_of(book, report, section.key).tables.values())
        assert len(tables) == bool(section.row_count)
        for table in tables:
            names.append(table.displayName)
            assert table.totalsRowCount is None
            left, top, right, bottom = range_boundaries(table.ref)
            assert (left, top, right) == (1, HEAD, len(section.columns))
            extra = 0 if section.key != "checks" else len(checks_in(book, report))
            assert bottom == HEAD + (extra or section.row_count)
            cells = sheet_of(book, report, section.key)[HEAD]
            assert [column.name for column in table.tableColumns] == [cell.value for cell in cells]
    assert len({name.casefold() for name in names}) == len(names) > 8
    assert {"statement_lines", "statement_categories", "statement_checks"} <= set(names)


def test_every_total_stands_on_the_sheet_beside_its_lines(report: Report, book: Workbook) -> None:
    checks = {what: (found, expected) for what, found, expected, _nil in checks_in(book, report)}
    compared = 0
    for section in report.sections:
        if section.key == "checks":
            continue
        for column in totals_of(section) if section.row_count else ():
            name = f"{section.title} · {column.title}: "
            of = {what.removeprefix(name): told for what, told in checks.items()
                  if what.startswith(name)}  # fmt: skip
            rows = f"=SUM(statement_{section.key}[{column.title}])"
            assert rows in [expected for _found, expected in of.values()]
            constants = [told for _found, told in of.values() if isinstance(told, int | float)]
            assert len(constants) == 1, "the figure as the report was made"
            compared += 1
    assert compared > 15


def test_every_figure_that_follows_stands_on_the_sheet(report: Report, book: Workbook) -> None:
    told = [found for _what, found, _expected, _nil in checks_in(book, report)]
    for section in report.sections:
        if isinstance(section, Section) and section.key != "checks":
            name = sheet_of(book, report, section.key).title
            for row, column in section.ties:
                assert f"='{name}'!{'ABCDEFGH'[column]}{FIRST + row}" in told


def test_differences_are_formulas_and_never_hide_each_other(report: Report, book: Workbook) -> None:
    sheet = sheet_of(book, report, "checks")
    last = sheet.max_row - 1
    for at in range(FIRST, last + 1):
        assert re.fullmatch(rf"=ROUND\(B{at}-C{at},[24]\)", str(sheet.cell(at, 4).value))
    assert sheet[COUNT].value == f'=COUNTIF(D{FIRST}:D{last},"<>0")'
    assert sheet.cell(last + 1, 4).value == f"=SUMPRODUCT(ABS(D{FIRST}:D{last}))"
    marked = {str(area.sqref) for area in sheet.conditional_formatting}
    assert marked == {f"D{FIRST}:D{last}", COUNT}


def test_all_of_them_bring_nil_along(report: Report) -> None:
    book = opened(to_xlsx(report), values=True)
    assert {row[3] for row in checks_in(book, report)} == {0}
    assert sheet_of(book, report, "checks")[COUNT].value == 0
    for _what, found, expected, _nil in checks_in(book, report):
        assert found == pytest.approx(expected, abs=0.001)


def test_a_report_without_checks_of_its_own_has_those_of_its_totals() -> None:
    book = opened(to_xlsx(report_of(section_of([1, 2], 3), long_section([5], 5))))
    sheet = book["Checks"]
    told = [row[0] for row in sheet.iter_rows(min_row=FIRST, values_only=True)]
    assert told[:2] == [
        "Made · Amount: total and rows",
        "Made · Amount: total and the report as it was made",
    ]
    assert len(told) == 5


def test_one_without_figures_that_follow_has_no_such_sheet() -> None:
    words = Section("words", "Words", (Column("Word"), Column("Count", Kind.COUNT)), (("a", 1),))
    assert opened(to_xlsx(report_of(words))).sheetnames == ["Cover", "Words"]


@pytest.mark.parametrize("titles", [("Amount", "amount"), ("", "Amount"), ("a" * 256, "b")])
def test_headings_that_a_table_cannot_have_make_a_list_with_a_filter(
    titles: tuple[str, str],
) -> None:
    section = section_of([1, 2], 3)
    columns = tuple(
        replace(column, title=title)
        for column, title in zip(section.columns, titles, strict=True)
    )  # fmt: skip
    book = opened(to_xlsx(report_of(replace(section, columns=columns))))
    assert not book["Made"].tables
    assert book["Made"].auto_filter.ref == "A4:B6"
    assert book["Checks"]["C5"].value == "=SUM('Made'!B5:B6)"


def test_signs_that_mean_something_in_a_formula_are_escaped() -> None:
    section = section_of([1, 2], 3)
    columns = (section.columns[0], replace(section.columns[1], title="It's #1 [a@b]"))
    book = opened(to_xlsx(report_of(replace(section, columns=columns))))
    assert book["Checks"]["C5"].value == "=SUM(test_made[It''s '#1 '[a'@b']])"


def test_all_of_a_sheet_is_printed_its_chart_too(report: Report, book: Workbook) -> None:
    for section in report.sections:
        sheet = sheet_of(book, report, section.key)
        area: Any = range_boundaries(str(sheet.print_area).rpartition("!")[2])
        _left, _top, right, bottom = area
        assert right >= len(section.columns)
        assert bottom >= sheet.max_row
        for chart in sheet._charts:  # type: ignore[attr-defined]
            assert chart.anchor._from.row + 1 + 2 * chart.height <= bottom


def test_a_filter_stands_in_the_table_only(report: Report) -> None:
    """A filter of the sheet over that of a table is a file that Excel mends."""
    parts = zipfile.ZipFile(io.BytesIO(to_xlsx(report)))
    sheets = [name for name in parts.namelist() if re.search(r"worksheets/sheet\d+\.xml$", name)]
    assert len(sheets) > 8
    for name in sheets:
        xml = parts.read(name).decode()
        assert ("<autoFilter" in xml) + ("<tableParts" in xml) <= 1
        order = [xml.find(f"<{one}") for one in IN_ORDER]
        found = [at for at in order if at >= 0]
        assert found == sorted(found), "the order that the standard asks for"


def test_words_are_kept_as_they_were_written_on_a_sheet_of_their_own() -> None:
    markdown = "# What we did\n\n* one\n* two\n\n" + "=not a sum " * 400
    text = Prose("summary", "Summary", markdown, "made")
    report = replace(report_of(section_of([1], 1)), texts=(text,))
    book = opened(to_xlsx(report))
    assert book.sheetnames == ["Cover", "Made", "Checks", "Texts"]
    rows = list(book["Texts"].iter_rows(min_row=FIRST))
    assert [row[2].value for row in rows[:2]] == ["# What we did", "* one\n* two"]
    assert "".join(str(row[2].value) for row in rows[2:]) == "=not a sum " * 400
    assert all(row[2].alignment.wrap_text for row in rows)
    assert [row[2].quotePrefix for row in rows[:3]] == [False, False, True]


def test_no_row_is_higher_than_excel_takes() -> None:
    section = Section("made", "Made", (Column("What"),), (("word " * 6_000,),))
    book = opened(to_xlsx(report_of(section)))
    assert book["Made"].row_dimensions[FIRST].height == 409


def test_it_says_in_its_properties_what_it_is(book: Workbook, report: Report) -> None:
    properties = book.properties
    assert properties.title == f"{report.title} · {report.subtitle}"
    assert report.ledger_state in str(properties.subject)
    assert properties.contentStatus == properties.version == report.version
    assert properties.identifier == report.file_stem


@pytest.fixture(scope="module")
def worked_out_again(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """The workbooks as LibreOffice works them out, and one in which three figures were changed."""
    workbooks = {one: to_xlsx(build(facts_of(60, one))) for one in ("nl", "en")}
    changed = build(facts_of(20, "en"))
    book = opened(to_xlsx(changed))
    sheet_of(book, changed, "receipts")["E5"].value += 1
    sheet_of(book, changed, "not_charged")["C5"].value -= 1
    sheet_of(book, changed, "award")["D7"].value = 5
    book.save(typed_over := io.BytesIO())
    workbooks["typed_over"] = typed_over.getvalue()
    again = recalculated_all(workbooks, tmp_path_factory.mktemp("checks"))
    return {name: opened(one, values=True) for name, one in again.items()}


@pytest.mark.libreoffice
def test_worked_out_again_all_checks_are_nil(
    report: Report, worked_out_again: dict[str, Workbook]
) -> None:
    book = worked_out_again[report.language]
    checks = checks_in(book, report)
    assert len(checks) > 40
    assert [row for row in checks if row[3] != 0] == []
    assert sheet_of(book, report, "checks")[COUNT].value == 0


@pytest.mark.libreoffice
def test_what_is_typed_over_shows(worked_out_again: dict[str, Workbook]) -> None:
    """Also where one figure goes up by what another goes down: no difference hides another."""
    report, again = build(facts_of(20, "en")), worked_out_again["typed_over"]
    off = {row[0]: row[3] for row in checks_in(again, report) if row[3]}
    assert off["Receipts · Amount: total and the report as it was made"] == 1
    assert off["Award and amendments · Amount: total and rows"] == 5 - 1_112_000
    assert off["Not charged · Amount: total and the report as it was made"] == -1
    sheet = sheet_of(again, report, "checks")
    assert sheet[COUNT].value == len(off)
    assert sheet.cell(sheet.max_row, 4).value == pytest.approx(sum(map(abs, off.values())))
