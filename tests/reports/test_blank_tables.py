from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from reports.blank_tables import EMPTY_ROWS, FIRST_ROW, HEAD_ROW, blank_table
from reports.codes import Codes
from reports.column_guides import _GUIDES, _OF_A_KIND, GENERAL, guide_to, is_asked, template_columns
from reports.model import Value
from reports.sheets import letters
from reports.words import LANGUAGES, code_of, gettext_for
from tests.reports.programs import recalculated
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import DecimalSign, Mapping
from tracker.domain.money import Money
from tracker.domain.table_columns import COLUMNS, TableKind
from tracker.readers import cost_tables
from tracker.readers.headings import OWN, Sureness, suggest
from tracker.readers.tables import Table, open_table

KINDS = list(TableKind)
CODES = Codes(
    project="P-100",
    work_packages={"WP1": "Facility", "WP2": "Process development"},
    categories=("personnel", "third_parties"),
    accounts={"0400": "Machines", "4000": "Materials"},
    milestones={"M1": "Cleanrooms open"},
    commitments={"NGF-1": "National Growth Fund"},
    funders=("RVO",),
    programmes=("PPS",),
)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def first_sheet(content: bytes) -> Worksheet:
    return opened(content).worksheets[0]


def places_in(sheet: Worksheet) -> dict[str, int]:
    """The number of each column, by its heading."""
    return {str(cell.value).split(" (")[0]: at for at, cell in enumerate(sheet[HEAD_ROW], 1)}


def table_in(content: bytes, folder: Path) -> Table:
    path = folder / "template.xlsx"
    path.write_bytes(content)
    return open_table(path, "template.xlsx").tables[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_tracker_knows_the_headings_of_its_own_template(
    kind: TableKind, language: str, tmp_path: Path
) -> None:
    table = table_in(blank_table(kind, CODES, language), tmp_path)
    found = suggest(table.headings)
    assert (found.kind, found.source) == (kind, OWN)
    assert {column.sureness for column in found.columns} == {Sureness.SURE}
    expected = [column.code for column in template_columns(kind)]
    assert [column.code for column in found.columns] == expected
    mapping = Mapping(kind, found.places, table.headings, table.heading_row, table.sheet)
    assert check_mapping(mapping) == ()


def filled(content: bytes, rows: list[dict[str, object]]) -> bytes:
    """Fill a template in by its headings, as a person would, on rows of their own choice."""
    book = opened(content)
    sheet = book.worksheets[0]
    places = places_in(sheet)
    for at, row in zip((FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 10), rows, strict=True):
        for heading, value in row.items():
            cell = sheet.cell(at, places[heading])
            cell.value = value  # type: ignore[assignment]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("saved_by", ["openpyxl", pytest.param("soffice",
                                      marks=pytest.mark.libreoffice)])  # fmt: skip
def test_what_is_filled_in_is_read_back_and_empty_rows_are_not(
    saved_by: str, tmp_path: Path
) -> None:
    row = {"Grootboek": "0400", "Boekdatum": datetime(2026, 3, 31),  # noqa: DTZ001
           "Bedrag": Decimal("1250.25"), "Werkpakket": "WP1", "Kostensoort": "Kosten derden",
           "Omschrijving": "Pipetten"}  # fmt: skip
    content = filled(blank_table(TableKind.COSTS, CODES, "nl"),
                     [row, row | {"Bedrag": Decimal("-0.25")}, row])  # fmt: skip
    if saved_by == "soffice":
        content = recalculated(content, tmp_path)
    table = table_in(content, tmp_path)
    places = suggest(table.headings, TableKind.COSTS).places
    mapping = Mapping(TableKind.COSTS, places, table.headings, table.heading_row, table.sheet,
                      decimal=DecimalSign.EITHER)  # fmt: skip
    costs = cost_tables.read(tmp_path / "template.xlsx", "template.xlsx", mapping)
    lines = list(costs.lines())
    assert [line.row for line in lines] == [FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 10]
    assert [line.cents for line in lines] == [125_025, -25, 125_025]
    assert {(line.account, line.project, line.cost_centre, line.booked_on) for line in lines} == {
        ("0400", "P-100", "WP1", date(2026, 3, 31))
    }
    assert {code_of(line.category, CODES.categories) for line in lines} == {"third_parties"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_says_what_to_fill_in_and_gives_an_example(kind: TableKind) -> None:
    book = opened(blank_table(kind, CODES, "nl"))
    sheet, codes, how = book.worksheets
    assert (codes.title, how.title) == ("Codes", "Zo vult u in")
    columns = template_columns(kind)
    for at, column in enumerate(columns):
        head, told = sheet.cell(HEAD_ROW, at + 1), how[FIRST_ROW + at]
        said = gettext_for("nl")(guide_to(kind, column.code).text)
        assert head.comment is not None
        assert head.comment.text.startswith(said)
        assert told[2].value == said
        assert ("(verplicht)" in str(head.value)) == is_asked(kind, column)
        assert (told[1].value == "ja") == is_asked(kind, column)
    assert how.max_row == HEAD_ROW + len(columns)
    assert sheet["A2"].value == gettext_for("nl")(GENERAL[kind])


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [
        (TableKind.COSTS,
         {"debit", "credit", "debit_credit", "currency", "fiscal_year", "period"}),
        (TableKind.HOURS, {"annual_cost"}),
        (TableKind.BUDGETS, set()),
    ],
)  # fmt: skip
def test_a_template_asks_everything_in_one_way(kind: TableKind, left_out: set[str]) -> None:
    asked = {column.code for column in template_columns(kind)}
    assert {column.code for column in COLUMNS[kind]} - asked == left_out


def test_nothing_is_explained_that_no_template_asks() -> None:
    asked = {column.code for kind in KINDS for column in template_columns(kind)}
    assert set(_GUIDES) <= asked
    assert {code for _kind, code in _OF_A_KIND} <= asked


def test_codes_in_use_can_be_chosen() -> None:
    book = opened(blank_table(TableKind.COSTS, CODES, "nl"))
    sheet = book.worksheets[0]
    heads = {heading: letters(at - 1) for heading, at in places_in(sheet).items()}
    offered = {}
    for check in sheet.data_validations.dataValidation:
        letter = str(check.sqref)[0]
        if check.type == "list":
            area = str(check.formula1).removeprefix("'Codes'!").replace("$", "")
            offered[letter] = [row[0].value for row in book["Codes"][area]]
    assert offered == {
        heads["Grootboek"]: ["0400", "4000"],
        heads["Werkpakket"]: ["WP1", "WP2"],
        heads["Kostensoort"]: ["Personeel", "Kosten derden"],
        heads["Mijlpaal"]: ["M1"],
    }
    assert [cell.value for cell in book["Codes"][HEAD_ROW]][:2] == ["Grootboek", "Naam"]
    assert [cell.value for cell in book["Codes"][FIRST_ROW]][:2] == ["0400", "Machines"]


def test_without_codes_there_is_nothing_to_choose_from() -> None:
    sheet = first_sheet(blank_table(TableKind.COSTS, Codes(), "en"))
    kinds = {check.type for check in sheet.data_validations.dataValidation}
    assert kinds == {"date", "decimal"}


def test_cells_are_set_up_for_what_they_hold() -> None:
    sheet = first_sheet(blank_table(TableKind.COSTS, CODES, "nl"))
    heads = places_in(sheet)
    for row in (FIRST_ROW, HEAD_ROW + EMPTY_ROWS):
        looks = {name: sheet.cell(row, at).number_format for name, at in heads.items()}
        assert looks["Grootboek"] == "@"
        assert looks["Boekdatum"] == "dd-mm-yyyy"
        assert looks["Bedrag"].startswith("#,##0.00")
    assert sheet.freeze_panes == f"A{FIRST_ROW}"
    assert sheet.auto_filter.ref == f"A{HEAD_ROW}:T{HEAD_ROW + EMPTY_ROWS}"
    assert sheet.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}"


BUDGETS: list[dict[str, Value]] = [
    {"commitment": "NGF-1", "category": "third_parties", "work_package": "WP1", "year": 2026,
     "amount": Money(123_456)},
    {"commitment": "=NGF", "category": "materials", "work_package": "", "year": None,
     "amount": Money(-1)},
]  # fmt: skip


def test_what_is_in_use_stands_in_the_rows() -> None:
    sheet = first_sheet(blank_table(TableKind.BUDGETS, CODES, "nl", BUDGETS))
    rows = sheet.iter_rows(FIRST_ROW, FIRST_ROW + 2, values_only=True)
    assert list(rows) == [
        ("NGF-1", "Kosten derden", "WP1", 2026, 1234.56),
        ("=NGF", "Materialen", None, None, -0.01),
        (None,) * 5,
    ]
    assert (sheet.cell(FIRST_ROW + 1, 1).data_type, sheet.cell(FIRST_ROW + 1, 1).quotePrefix) == (
        "s", True,
    )  # fmt: skip
    assert sheet.max_row == HEAD_ROW + 2 + EMPTY_ROWS


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (TableKind.MILESTONES, {"code": "M1", "title": "Open", "work_package": "WP1", "weight": 0,
                                "baseline": date(2026, 6, 1), "current": date(2026, 7, 1)}),
        (TableKind.COMMITMENTS, {"code": "NGF-1", "form": "in_kind", "status": "conditional",
                                 "amount": Money(0), "share": Decimal("0.5")}),
    ],
)  # fmt: skip
def test_values_of_every_kind_stand_in_the_rows(kind: TableKind, row: dict[str, Value]) -> None:
    sheet = first_sheet(blank_table(kind, CODES, "en", [row]))
    found = {
        column.code: cell.value
        for column, cell in zip(template_columns(kind), sheet[FIRST_ROW], strict=True)
        if cell.value is not None
    }
    told: dict[Value, object] = {"in_kind": "In kind", "conditional": "Conditional", Money(0): 0,
            date(2026, 6, 1): datetime(2026, 6, 1),  # noqa: DTZ001
            date(2026, 7, 1): datetime(2026, 7, 1)}  # fmt: skip  # noqa: DTZ001
    assert found == {code: told.get(value, value) for code, value in row.items()}


def test_the_same_gives_the_same_bytes() -> None:
    first = blank_table(TableKind.HOURS, CODES, "nl")
    assert first == blank_table(TableKind.HOURS, CODES, "nl")
    assert first != blank_table(TableKind.HOURS, CODES, "en")


@pytest.mark.libreoffice
def test_a_program_keeps_the_lists_and_the_comments(tmp_path: Path) -> None:
    again = first_sheet(recalculated(blank_table(TableKind.BUDGETS, CODES, "nl"), tmp_path))
    assert {check.type for check in again.data_validations.dataValidation} == {"list", "decimal"}
    assert all(cell.comment for cell in again[HEAD_ROW])


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kosten derden", "third_parties"), (" third  PARTIES ", "third_parties"),
     ("third_parties", "third_parties"), ("Personnel", "personnel"), ("Reis", ""), ("", "")],
)  # fmt: skip
def test_a_code_is_known_by_its_name_in_any_language(name: str, code: str) -> None:
    assert code_of(name, CODES.categories) == code
