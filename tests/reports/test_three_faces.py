"""Page, workbook and PDF tell the same figures, whatever people typed into the books.

The oracle works from the facts, with its own arithmetic and its own way of writing figures.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from reports.statement import build
from reports.to_html import to_html
from reports.to_json import to_json
from reports.to_pdf import to_pdf
from reports.to_xlsx import to_xlsx
from tests.reports.facts import BUDGETS, CATEGORIES, HOSTILE, PREVIOUSLY, carried_on, facts_of
from tests.reports.programs import recalculated_all, text_of

if TYPE_CHECKING:
    from tracker.domain.statements import ChargedLine, StatementFacts

COUNT = 140
KEYS = [section.key for section in build(carried_on(facts_of(1))).sections]
LINES_SHEET, CATEGORIES_SHEET, CHECKS_SHEET = (
    1 + KEYS.index(key) for key in ("lines", "categories", "checks")
)


@pytest.fixture(scope="module", params=["nl", "en"])
def facts(request: pytest.FixtureRequest) -> StatementFacts:
    return carried_on(facts_of(COUNT, request.param))


@pytest.fixture(scope="module")
def workbook(facts: StatementFacts) -> bytes:
    return to_xlsx(build(facts))


def written(cents: int, language: str) -> str:
    text = f"{Decimal(abs(cents)) / 100:,.2f}"
    if language == "nl":
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
    return ("−" if cents < 0 else "") + text


def readable(text: str) -> str:
    """What is left of a text on one line: no control characters, ends of lines as spaces."""
    if "\n" in text:
        text = " ".join(text.split())
    return "".join(c for c in text if c == "\t" or unicodedata.category(c) != "Cc")


def charged_by_category(facts: StatementFacts) -> dict[str, int]:
    lines = list(facts.lines())
    return {code: sum(x.charged for x in lines if x.category == code) for code in CATEGORIES}


class Tables(HTMLParser):
    """The texts of the cells of every table of a page, by the class of the table."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._table = ""
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._table = str(dict(attrs)["class"]).split("--")[-1]
            self.rows[self._table] = []
        elif tag == "tr":
            self.rows[self._table].append([])
        elif tag in {"td", "th"}:
            self.rows[self._table][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[self._table][-1][-1] += data


def test_the_page_tells_every_cost_line(facts: StatementFacts) -> None:
    head, *told, total = Tables(to_html(build(facts))).rows["lines"]
    assert len(head) == 11
    assert total[-1] == written(sum(line.charged for line in facts.lines()), facts.language)
    for row, line in zip(told, facts.lines(), strict=True):
        assert row[0] == line.key
        assert row[3:6] == [readable(line.supplier), line.document, readable(line.description)]
        assert row[9:] == [written(cents, facts.language) for cents in (line.amount, line.charged)]


def test_the_page_tells_the_costs_by_category(facts: StatementFacts) -> None:
    _head, *told, total = Tables(to_html(build(facts))).rows["categories"]
    spent = charged_by_category(facts)
    for row, code, budget, before in zip(told, CATEGORIES, BUDGETS, PREVIOUSLY, strict=True):
        to_date = before + spent[code]
        figures = (budget, before, 0, spent[code], to_date, budget - to_date)
        assert row[1:7] == [written(cents, facts.language) for cents in figures]
    to_date = sum(PREVIOUSLY) + sum(spent.values())
    assert total[5] == written(to_date, facts.language)
    assert total[6] == written(sum(BUDGETS) - to_date, facts.language)


def cents_in(value: Any) -> int:
    """The cents of a cell that must hold a number, and one of whole cents."""
    assert isinstance(value, int | float)
    cents = round(Decimal(repr(value)) * 100, 6)
    assert cents == int(cents)
    return int(cents)


def rows_by_openpyxl(workbook: bytes, sheet: int) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True)
    return [list(row) for row in book.worksheets[sheet].iter_rows(min_row=5, values_only=True)]


def rows_by_calamine(workbook: bytes, sheet: int) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)[4:]


def day_in(value: Any) -> date | None:
    if value in {None, ""}:
        return None
    assert isinstance(value, date), f"{value!r} is no day"
    return date(value.year, value.month, value.day)


def check_lines(told: list[list[Any]], lines: list[ChargedLine]) -> None:
    for row, line in zip(told, lines, strict=True):
        assert row[0] == line.key
        assert (day_in(row[1]), day_in(row[2])) == (line.incurred_on, line.booked_on)
        # An underscore is written so that Excel does not take `_x0041_` for a letter.
        texts = [str(row[at] or "").replace("_x005F_", "_") for at in (3, 5)]
        assert texts == [readable(line.supplier), readable(line.description)]
        assert row[8] == line.account
        assert [cents_in(value) for value in row[9:]] == [line.amount, line.charged]


@pytest.mark.parametrize("rows", [rows_by_openpyxl, rows_by_calamine])
def test_the_workbook_tells_every_cost_line(
    facts: StatementFacts, workbook: bytes, rows: Any
) -> None:
    *told, total = rows(workbook, LINES_SHEET)
    check_lines(told, list(facts.lines()))
    assert cents_in(total[10]) == sum(line.charged for line in facts.lines())


@pytest.mark.parametrize("rows", [rows_by_openpyxl, rows_by_calamine])
def test_formulas_bring_their_values_along(
    facts: StatementFacts, workbook: bytes, rows: Any
) -> None:
    *told, total = rows(workbook, CATEGORIES_SHEET)
    check_categories(told, total, facts)


def check_categories(told: list[list[Any]], total: list[Any], facts: StatementFacts) -> None:
    spent = charged_by_category(facts)
    for row, code, budget, before in zip(told, CATEGORIES, BUDGETS, PREVIOUSLY, strict=True):
        to_date = before + spent[code]
        assert [cents_in(value) for value in row[1:5]] == [budget, before, 0, spent[code]]
        assert [round(value * 100) for value in row[5:7]] == [to_date, budget - to_date]
        assert abs(Decimal(repr(row[7])) - Decimal(to_date) / budget) < Decimal("1e-12")
    to_date = sum(PREVIOUSLY) + sum(spent.values())
    sums = [sum(BUDGETS), sum(PREVIOUSLY), 0, to_date - sum(PREVIOUSLY), to_date]
    assert [round(value * 100) for value in total[1:7]] == [*sums, sum(BUDGETS) - to_date]


def formulas_of(workbook: bytes) -> dict[tuple[str, str], tuple[str, Any]]:
    """Every formula of a workbook with the value that stands beside it."""
    formulas, values = (
        openpyxl.load_workbook(io.BytesIO(workbook), data_only=which) for which in (False, True)
    )
    return {
        (sheet.title, cell.coordinate): (
            str(cell.value),
            values[sheet.title][cell.coordinate].value,
        )
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def test_totals_and_what_follows_are_formulas(workbook: bytes) -> None:
    formulas = formulas_of(workbook)
    assert len(formulas) > 40
    written_as = [formula for formula, _value in formulas.values()]
    assert f"=SUM(K5:K{4 + COUNT})" in written_as
    assert f"=SUBTOTAL(109,K5:K{4 + COUNT})" in written_as
    assert {"=C5+D5+E5", "=B5-F5", "=F5/B5", "=F11/B11"} <= set(written_as)
    assert not [formula for formula in written_as if re.search("SOM|HYPERLINK", formula)]


@pytest.fixture(scope="module")
def worked_out_again(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The workbooks as LibreOffice works them out, and one with a wrong value beside a formula."""
    workbooks = {one: to_xlsx(build(carried_on(facts_of(COUNT, one)))) for one in ("nl", "en")}
    workbooks["wrong"] = with_wrong_value(workbooks["nl"])
    return recalculated_all(workbooks, tmp_path_factory.mktemp("faces"))


@pytest.mark.libreoffice
def test_a_program_that_calculates_comes_to_the_same_values(
    facts: StatementFacts, workbook: bytes, worked_out_again: dict[str, bytes]
) -> None:
    again = worked_out_again[facts.language]
    told, found = formulas_of(workbook), formulas_of(again)
    assert set(found) == set(told)
    for place, (formula, value) in told.items():
        off = Decimal(repr(found[place][1])) - Decimal(repr(value))
        assert abs(off) < Decimal("1e-6"), (place, formula)
    *categories, total = rows_by_openpyxl(again, CATEGORIES_SHEET)
    check_categories(categories, total, facts)
    *lines, _total = rows_by_openpyxl(again, LINES_SHEET)
    check_lines(lines, list(facts.lines()))
    assert {row[3] for row in rows_by_openpyxl(again, CHECKS_SHEET)} == {0}


@pytest.mark.libreoffice
def test_a_value_that_does_not_follow_would_be_found(worked_out_again: dict[str, bytes]) -> None:
    """The program does calculate: a wrong value beside a formula does not survive it."""
    workbook = to_xlsx(build(carried_on(facts_of(COUNT, "nl"))))
    place, right = next(
        (place, value) for place, (formula, value) in formulas_of(workbook).items()
        if formula == "=SUM(B5:B10)"
    )  # fmt: skip
    assert formulas_of(with_wrong_value(workbook))[place][1] == 9
    assert formulas_of(worked_out_again["wrong"])[place][1] == right


def with_wrong_value(workbook: bytes) -> bytes:
    return with_changed_part(
        workbook,
        f"xl/worksheets/sheet{CATEGORIES_SHEET + 1}.xml",
        b"<f>SUM(B5:B10)</f><v>1112000.00</v>",
        b"<f>SUM(B5:B10)</f><v>9.00</v>",
    )


def with_changed_part(archive: bytes, name: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as read, zipfile.ZipFile(out, "w") as changed:
        for part in read.namelist():
            text = read.read(part)
            if part == name:
                assert old in text
                text = text.replace(old, new)
            changed.writestr(part, text)
    return out.getvalue()


def test_json_tells_every_figure_exactly(facts: StatementFacts) -> None:
    told = json.loads(to_json(build(facts)))
    sections = {section["key"]: section for section in told["sections"]}
    assert [
        [row[0], row[1], row[2], row[9]["cents"], row[10]["amount"]]
        for row in sections["lines"]["rows"]
    ] == [
        [
            line.key,
            line.incurred_on.isoformat(),
            line.booked_on and line.booked_on.isoformat(),
            line.amount,
            f"{Decimal(line.charged) / 100:.2f}",
        ]
        for line in facts.lines()
    ]
    texts = {row[5] for row in sections["lines"]["rows"]}
    assert {" ".join(text.split()) if "\n" in text else text for text in HOSTILE} <= texts
    assert told["as_of"] == "2023-12-31"


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_pdf_tells_every_cost_line(facts: StatementFacts) -> None:
    pages = text_of(to_pdf(to_html(build(facts))))
    printed = squeezed("".join(pages))
    for line in facts.lines():
        assert squeezed(line.key) in printed
        assert written(line.amount, facts.language) in printed
        assert written(line.charged, facts.language) in printed
    for text in HOSTILE:
        if text.isascii():
            assert squeezed(readable(text)) in printed
    spent = charged_by_category(facts)
    for code, budget, before in zip(CATEGORIES, BUDGETS, PREVIOUSLY, strict=True):
        for cents in (budget, before, spent[code], before + spent[code]):
            assert written(cents, facts.language) in printed


HOURS_TOLD = {
    "nl": ("412,50", "−7,25", "41,4545", "405,25"),
    "en": ("412.50", "−7.25", "41.4545", "405.25"),
}


def test_every_face_tells_the_hours(facts: StatementFacts, workbook: bytes) -> None:
    """Numbers with decimals: as a reader writes them, and exact for programs."""
    report = build(facts)
    _head, *told, total = Tables(to_html(report)).rows["hours"]
    assert (told[0][4], told[1][4], told[0][6], total[1]) == HOURS_TOLD[facts.language]
    for rows in (rows_by_openpyxl, rows_by_calamine):
        *kept, sums = rows(workbook, 1 + KEYS.index("hours"))
        assert [row[4] or row[5] for row in kept] == [412.5, -7.25, 40]
        assert [row[6] for row in kept] == [41.4545, 60, 400]
        assert sums[4:6] == [405.25, 40]
    sections = {section["key"]: section for section in json.loads(to_json(report))["sections"]}
    assert [row[4:7] for row in sections["hours"]["rows"]] == [
        ["412.5", None, "41.4545"],
        ["-7.25", None, "60"],
        [None, "40", "400"],
    ]
    printed = squeezed("".join(text_of(to_pdf(to_html(report)))))
    for figure in HOURS_TOLD[facts.language]:
        assert figure in printed


def test_words_of_every_section_stay_words(workbook: bytes) -> None:
    for hostile in ("=P-08", "+Kapsel & Cel", "=SOM(A1)", "=bought ahead"):
        assert hostile not in {formula for formula, _value in formulas_of(workbook).values()}
        assert any(
            cell.value == hostile
            for sheet in openpyxl.load_workbook(io.BytesIO(workbook))
            for row in sheet.iter_rows()
            for cell in row
        )
