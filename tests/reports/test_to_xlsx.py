from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from reports import sheets
from reports.model import LongSection
from reports.statement import build
from reports.to_xlsx import to_xlsx
from tests.reports.facts import facts_of, line_of
from tests.reports.test_model import long_section, report_of, section_of
from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

    from reports.model import Report


def opened(report: Report) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(report)))


@pytest.fixture(scope="module")
def book() -> Workbook:
    return opened(build(facts_of(60, "en")))


def test_there_is_a_cover_and_a_worksheet_for_every_section(book: Workbook) -> None:
    titles = [section.title for section in build(facts_of(60, "en")).sections]
    assert book.sheetnames == ["Cover", *titles]


def test_the_cover_says_what_it_is_and_what_must_be_said(book: Workbook) -> None:
    told = {row[0]: row[1] for row in book["Cover"].iter_rows(values_only=True)}
    assert "Statement of costs 2023" in told
    assert "Fictitious amounts. See README.md for what is public fact." in told
    assert told["As at"] == datetime(2023, 12, 31)  # noqa: DTZ001
    assert told["Reference of the award"] == "NGF-RMXB-2021-07"


def test_heads_stay_in_sight_and_lists_can_be_filtered(book: Workbook) -> None:
    lines = book["Cost lines"]
    assert lines.freeze_panes == "B5"
    table = lines.tables["statement_lines"]  # 60 lines, and not the totals below
    assert (table.ref, table.autoFilter.ref) == ("A4:K64", "A4:K64")
    assert lines.auto_filter.ref is None, "a filter besides that of the table breaks the file"
    assert [cell.value for cell in lines[4]][:3] == ["Ledger key", "Incurred on", "Booked on"]
    assert lines["A65"].value == "Total"


def test_it_is_set_up_for_paper(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        fitting, foot = sheet.sheet_properties.pageSetUpPr, sheet.oddFooter
        assert fitting is not None
        assert foot is not None
        assert fitting.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$4:$4"
        assert foot.right.text == "Page &P of &N"
        assert "118-3fa9c07d21be" in str(foot.left.text)


def test_figures_are_written_as_figures(book: Workbook) -> None:
    line = book["Cost lines"][5]
    assert "".join(cell.data_type for cell in line) == "sdnssssssnn"  # an empty cell is an n
    assert line[9].number_format == "#,##0.00;−#,##0.00"
    assert line[1].number_format == "d mmm yyyy"
    assert book["Costs by category"]["H5"].number_format.startswith("0.0%")


@pytest.mark.parametrize("text", ["=SOM(A1)", "+31 6 1234", "@x", "-10%", '=HYPERLINK("x")'])
def test_what_looks_like_a_formula_stays_a_text(text: str) -> None:
    line = line_of(1)._replace(description=text, supplier=text)
    sheet = opened(build(facts_of(lines=lambda: iter([line]))))["Kostenregels"]
    for cell in (sheet["D5"], sheet["F5"]):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert not sheet["A5"].quotePrefix


def test_in_the_list_of_receipts_too() -> None:
    cell = opened(build(facts_of(5)))["Ontvangsten"]["C6"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=termijn 2", "s", True)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * 32_767, "a" * 32_767),
        ("a" * 32_768, "a" * 32_763 + " […]"),
        ("🧬" * 16_384, "🧬" * 16_381 + " […]"),
    ],
    ids=["fits", "one too long", "counted as Excel counts"],
)
def test_a_text_that_is_too_long_is_cut_where_one_sees_it(text: str, kept: str) -> None:
    line = line_of(1)._replace(description=text)
    book = opened(build(facts_of(lines=lambda: iter([line]))))
    assert book["Kostenregels"]["F5"].value == kept


def test_every_part_is_well_formed_and_says_where_it_is() -> None:
    report = build(facts_of(60))
    parts = zipfile.ZipFile(io.BytesIO(to_xlsx(report)))
    for name in parts.namelist():
        ET.fromstring(parts.read(name))
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    number = 2 + [section.key for section in report.sections].index("lines")
    sheet = ET.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
    dimension = sheet.find(f"{main}dimension")
    assert dimension is not None
    assert dimension.get("ref") == "A1:K65"
    for row in sheet.iter(f"{main}row"):
        assert all(cell.get("r", "").strip("ABCDEFGHIJK") == row.get("r") for cell in row)


def test_the_chart_is_a_chart_of_the_program() -> None:
    parts = zipfile.ZipFile(io.BytesIO(to_xlsx(build(facts_of(60, "en")))))
    chart = parts.read("xl/charts/chart1.xml").decode()
    for column in "BCD":
        assert f"'Costs by category'!${column}$5:${column}$10" in chart


def test_the_same_report_gives_the_same_bytes_and_its_own_day() -> None:
    report = build(facts_of(30))
    assert to_xlsx(report) == to_xlsx(report)
    core = zipfile.ZipFile(io.BytesIO(to_xlsx(report))).read("docProps/core.xml").decode()
    assert core.count("2026-11-21T00:00:00Z") == 2
    other = replace(report, made_on=date(2026, 11, 22))
    assert to_xlsx(other) != to_xlsx(report)


def test_names_of_worksheets_fit_and_differ() -> None:
    sections = [
        replace(section_of([1], 1), key=f"k{at}", title=title)
        for at, title in enumerate(["A/B: [x]?*'s", "A title that is far longer than it may be",
                                    "a TITLE that is far longer than it may be"])
    ]  # fmt: skip
    names = opened(report_of(*sections)).sheetnames
    assert names[1] == "A B   x    s"
    assert (names[0], names[-1]) == ("Cover", "Checks")
    assert len({name.casefold() for name in names}) == 5
    assert all(len(name) <= 31 for name in names)


def test_a_list_without_lines_has_totals_and_no_formula_around_them() -> None:
    sheet = opened(build(facts_of(0, "en")))["Cost lines"]
    assert (sheet["A5"].value, sheet["K5"].value) == ("Total", 0)
    assert sheet.auto_filter.ref == "A4:K4"


def test_more_lines_than_a_worksheet_holds_are_refused() -> None:
    section = replace(long_section([], 0), row_count=sheets.ROWS_MAX)
    with pytest.raises(RuleViolation, match="A worksheet holds 1048571 rows"):
        to_xlsx(report_of(section))


def peak_of(count: int) -> int:
    facts = facts_of(lines=lambda: (line_of(at) for at in range(count)))
    report = build(facts)
    assert isinstance(report.section("lines"), LongSection)
    to_xlsx(report)
    tracemalloc.start()
    to_xlsx(report)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_lines_are_not_held_in_memory() -> None:
    few, many = peak_of(6_000), peak_of(24_000)
    assert (
        many - few < 18_000 * 800
    )  # the file itself and what waits for its cleaning; held, a line takes 2,000


@pytest.mark.parametrize(
    ("at", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_worksheets_name_them(at: int, name: str) -> None:
    assert sheets.letters(at) == name
