"""Page, workbook, JSON and PDF of a funder's statement tie to the books, to the cent.

The faces are fetched as a finance officer fetches them, read back, and compared with sums that
the tests make themselves.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.actions.closing import NOW, close_until
from tests.actions.programme import OFFICER, load
from tests.conftest import closing_engine
from tests.reports.csv_files import csv_tables, plain_number
from tests.reports.programs import recalculated_all, text_of
from tests.reports.sums import Books, Euros, Row, written
from tracker import create_app
from tracker.actions import corrections, people, waivers
from tracker.config import Settings
from tracker.domain.actor import Actor
from tracker.domain.corrections import CorrectionKind, Wish
from tracker.domain.money import Money
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role
from tracker.domain.waivers import NewWaiver, Rule
from tracker.extensions import db, limiter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet
    from sqlalchemy import Engine

    from tests.conftest import Databases, SqliteFiles

SEED, INVOICES = 5, 40
BINDING = ["LUMC-1", "NGF-1", "PZH-1", "RMX-C", "RMX-K", "UL-1"]
PERIODS = {
    "2021": (date(2021, 1, 1), date(2021, 12, 31)),
    "2023": (date(2023, 1, 1), date(2023, 12, 31)),
    "2025": (date(2025, 1, 1), date(2025, 12, 31)),
    "2022-Q1": (date(2022, 1, 1), date(2022, 3, 31)),
    "2023-Q4": (date(2023, 10, 1), date(2023, 12, 31)),
}
EMAIL, PASSWORD = "officer@example.org", "tied to the books"
HEAD, FIRST = 4, 5  # rows of a worksheet
NOTHING_TO_ADD: Row = []
IN_WORDS = ("variances", "notes", "declaration")

each_award = pytest.mark.parametrize("code", BINDING)
each_period = pytest.mark.parametrize("period", PERIODS)


@dataclass(frozen=True)
class Office:
    """Books that were brought in and charged, and a finance officer who asks for statements."""

    engine: Engine
    client: FlaskClient
    fetched: dict[str, bytes] = field(default_factory=dict)

    def books(self, code: str, period: str) -> Books:
        return Books(self.engine, code, *PERIODS[period])

    def face(self, code: str, period: str, ending: str = "") -> bytes:
        address = f"/reports/statement/{code}/{period}{ending}"
        if address not in self.fetched:
            answer = self.client.get(address)
            assert answer.status_code == 200, answer.text
            self.fetched[address] = answer.data
        return self.fetched[address]


@pytest.fixture(scope="module")
def office(sqlite_files: SqliteFiles) -> Iterator[Office]:
    yield from open_office(sqlite_files)


@pytest.fixture
def own_office(databases: Databases) -> Iterator[Office]:
    """The same, on each kind of database, and for one test that may spoil it."""
    yield from open_office(databases)


def fill_office(session: Session) -> None:
    load(session, seed=SEED, invoices=INVOICES)
    add_officer(session)


def add_officer(session: Session) -> None:
    person = NewPerson(EMAIL, "O. Fficer", Role.FINANCE_OFFICER, PASSWORD)
    people.add(session, person, by=OFFICER)


def open_office(databases: Databases) -> Iterator[Office]:
    with databases.copy_of("office", fill_office) as url, closing_engine(url) as engine:
        yield from signed_in(url, engine)


def signed_in(url: str, engine: Engine) -> Iterator[Office]:
    app = create_app(Settings(secret_key="t" * 40, database_url=url))
    limiter.reset()
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    entry = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=entry).status_code == 302
    yield Office(engine, client)
    with app.app_context():
        db.engine.dispose()


class Tables(HTMLParser):
    """The texts of the rows of every table of a report, by the key of its section."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self.totals: dict[str, list[str]] = {}
        self._key, self._part = "", ""
        self._row: list[str] = []
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._key = (dict(attrs).get("class") or "").rpartition("figures--")[2]
            self.rows[self._key] = []
        elif tag in {"thead", "tbody", "tfoot"}:
            self._part = tag
        elif tag == "tr":
            self._row = []
        elif tag in {"td", "th"}:
            self._in_cell = True
            self._row.append("")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._row[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False
            self._row[-1] = " ".join(self._row[-1].split())
        elif tag == "tr" and self._part == "tbody":
            self.rows[self._key].append(self._row)
        elif tag == "tr" and self._part == "tfoot":
            self.totals[self._key] = self._row


def figures_in(row: Row) -> Row:
    """The amounts, days, shares and counts of a row, without words and empty cells."""
    return [cell for cell in row if cell is not ANY and not isinstance(cell, str | None)]


def check_page(page: str, books: Books) -> None:
    tables = Tables(page)
    for key, (rows, totals) in books.sections().items():
        shown = [[cell if cell is ANY else written(cell, books.language) for cell in row]
                 for row in rows]  # fmt: skip
        assert tables.rows[key] == shown, key
        if totals:
            last = [written(cell, books.language) for cell in figures_in(totals)]
            assert [text for text in tables.totals[key][1:] if text] == last, key


def check_pdf(pages: list[str], books: Books) -> None:
    """Find the figures of each row on a line of its own, row after row."""
    printed = iter(line for page in pages for line in page.splitlines())
    order = (
        "summary grant_lines award categories sources not_charged adjustments milestones waivers"
        " lines hours contributions receipts instalments"
    ).split()
    for key in sorted(books.sections(), key=order.index):
        rows, totals = books.sections()[key]
        for row in [*rows, totals] if totals else rows:
            figures = [re.escape(written(cell, books.language)) for cell in figures_in(row)]
            wanted = re.compile(r"(?<!\S)" + r"(?!\S).*?(?<!\S)".join(figures) + r"(?!\S)")
            assert any(wanted.search(line) for line in printed), (key, row)


def as_kept(cell: Any) -> Any:
    """A value as a file keeps it: euros as a number, a share as a fraction of one."""
    if isinstance(cell, Euros):
        return Decimal(cell.cents) / 100
    if isinstance(cell, Fraction):
        return round(Decimal(cell.numerator) / Decimal(cell.denominator), 12)
    return cell


def check_kept(rows: list[Row], totals: Row, expected: tuple[list[Row], Row], key: str) -> None:
    assert rows == [[as_kept(cell) for cell in row] for row in expected[0]], key
    if expected[1]:
        assert totals == [cell if cell is ANY else as_kept(cell) for cell in expected[1]], key


def check_json(told: dict[str, Any], books: Books) -> None:
    sections = {section["key"]: section for section in told["sections"]}
    for key, expected in books.sections().items():
        kinds = [column["kind"] for column in sections[key]["columns"]]
        rows = [
            [as_told(cell, kind) for cell, kind in zip(row, kinds, strict=True)]
            for row in [*sections[key]["rows"], sections[key]["totals"] or [None] * len(kinds)]
        ]
        check_kept(rows[:-1], rows[-1], expected, key)
    assert [row[-1]["cents"] for row in sections["checks"]["rows"]] == [0] * 5


def as_told(cell: Any, kind: str) -> Any:
    """A value of the JSON as `as_kept` has it."""
    if cell in ("", None):
        return None
    if kind == "money":
        assert Decimal(cell["amount"]) * 100 == cell["cents"]
        return Decimal(cell["amount"])
    if kind == "date":
        return date.fromisoformat(cell)
    return round(Decimal(cell), 12) if kind in {"share", "number"} else cell


def check_workbook(grids: dict[str, list[Row]], told: dict[str, Any], books: Books) -> None:
    """Compare the worksheets, given as rows of plain values by the key of their section."""
    sections = {section["key"]: section for section in told["sections"]}
    for key, expected in books.sections().items():
        kinds = [column["kind"] for column in sections[key]["columns"]]
        end = HEAD + len(sections[key]["rows"])
        rows = [
            [as_read(cell, kind) for cell, kind in zip(row, kinds, strict=False)]
            for row in grids[key]
        ]
        check_kept(rows[HEAD:end], rows[end] if end < len(rows) else NOTHING_TO_ADD, expected, key)
    checks = [as_read(row[3], "money") for row in grids["checks"][HEAD:]]
    assert len(checks) > 6, "five checks, their sum, and one for every total"
    assert set(checks) == {0}


def as_read(cell: Any, kind: str) -> Any:
    """A value of a worksheet as `as_kept` has it: numbers are exact to the cent or wrong."""
    if cell in ("", None):
        return None
    if kind in {"money", "share", "number"} and isinstance(cell, int | float):
        return Decimal(repr(cell)) if kind == "money" else round(Decimal(repr(cell)), 12)
    if kind == "count" and isinstance(cell, float):
        assert cell.is_integer()
        return int(cell)
    return cell.date() if isinstance(cell, datetime) else cell


def keys_of(told: dict[str, Any]) -> list[str]:
    return [section["key"] for section in told["sections"]]


def opened(workbook: bytes, *, values: bool) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook), data_only=values)


def values_in(workbook: bytes, keys: list[str]) -> dict[str, list[Row]]:
    """What openpyxl reads: the value that every cell carries, those of formulas too."""
    sheets = opened(workbook, values=True).worksheets[1:]
    return {
        key: [list(row) for row in sheet.iter_rows(values_only=True)]
        for key, sheet in zip(keys, sheets, strict=True)
    }


def values_by_calamine(workbook: bytes, keys: list[str]) -> dict[str, list[Row]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {
        key: book.get_sheet_by_index(at).to_python(skip_empty_area=False)
        for at, key in enumerate(keys, 1)
    }


def test_these_are_all_binding_commitments(office: Office) -> None:
    with office.engine.connect() as connection:
        codes = connection.execute(
            text("SELECT code FROM commitment WHERE status = 'awarded' ORDER BY code")
        )
        assert [code for (code,) in codes] == BINDING


@each_award
def test_every_section_is_compared_with_the_books(office: Office, code: str) -> None:
    """What is not is told in words; what changed is in test_statement_on_every_face.py."""
    for period in PERIODS:
        told = json.loads(office.face(code, period, ".json"))
        sections = {section["key"]: section for section in told["sections"]}
        compared = set(office.books(code, period).sections())
        assert compared <= set(sections)
        assert set(sections) - compared <= {*IN_WORDS, "checks"}
        for key in set(sections) & set(IN_WORDS):
            assert {column["kind"] for column in sections[key]["columns"]} <= {"text", "date"}


@each_period
@each_award
def test_the_page_ties_to_the_books(office: Office, code: str, period: str) -> None:
    check_page(office.face(code, period).decode(), office.books(code, period))


@each_period
@each_award
def test_the_json_ties_to_the_books(office: Office, code: str, period: str) -> None:
    check_json(json.loads(office.face(code, period, ".json")), office.books(code, period))


@each_period
@each_award
def test_the_workbook_ties_to_the_books(office: Office, code: str, period: str) -> None:
    told = json.loads(office.face(code, period, ".json"))
    workbook, books = office.face(code, period, ".xlsx"), office.books(code, period)
    check_workbook(values_in(workbook, keys_of(told)), told, books)
    check_workbook(values_by_calamine(workbook, keys_of(told)), told, books)


@each_period
@each_award
def test_the_csv_ties_to_the_books(office: Office, code: str, period: str) -> None:
    told = json.loads(office.face(code, period, ".json"))
    check_csv(office.face(code, period, ".csv"), told, office.books(code, period))


def check_csv(archive: bytes, told: dict[str, Any], books: Books) -> None:
    """Compare the files, which hold their totals as their last row."""
    sections = {section["key"]: section for section in told["sections"]}
    tables = csv_tables(archive, told["language"])
    for key, expected in books.sections().items():
        kinds = [column["kind"] for column in sections[key]["columns"]]
        rows = [
            [in_csv(cell, kind, told["language"]) for cell, kind in zip(row, kinds, strict=True)]
            for row in tables[key].rows
        ]
        end = len(sections[key]["rows"])
        check_kept(rows[:end], rows[end] if end < len(rows) else NOTHING_TO_ADD, expected, key)


def in_csv(field: str, kind: str, language: str) -> Any:
    """A field of a csv file as `as_kept` has it."""
    if not field:
        return None
    if kind == "date":
        return date.fromisoformat(field)
    if kind == "count":
        return int(field)
    if kind == "text":
        return field.removeprefix("'")
    number = Decimal(plain_number(field, language))
    return number if kind == "money" else round(number, 12)


@pytest.mark.parametrize(
    ("code", "period"), [("NGF-1", "2022-Q1"), *((code, "2023") for code in BINDING)]
)
def test_the_pdf_ties_to_the_books(office: Office, code: str, period: str) -> None:
    check_pdf(text_of(office.face(code, period, ".pdf")), office.books(code, period))


@pytest.fixture(scope="module")
def worked_out_again(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, list[Row]]]:
    """The workbooks of a year as LibreOffice works them out, and one with a cent typed over."""
    workbooks = {code: office.face(code, "2023", ".xlsx") for code in BINDING}
    keys = {code: keys_of(json.loads(office.face(code, "2023", ".json"))) for code in BINDING}
    book = opened(workbooks["NGF-1"], values=False)
    cell = book.worksheets[1 + keys["NGF-1"].index("lines")].cell(FIRST, 11)
    cell.value += 0.01
    book.save(changed := io.BytesIO())
    workbooks |= {"typed_over": changed.getvalue()}
    keys |= {"typed_over": keys["NGF-1"]}
    again = recalculated_all(workbooks, tmp_path_factory.mktemp("worked_out"))
    return {name: values_in(again[name], keys[name]) for name in again}


@pytest.mark.libreoffice
@each_award
def test_the_workbook_ties_to_the_books_when_it_is_worked_out_again(
    office: Office, worked_out_again: dict[str, dict[str, list[Row]]], code: str
) -> None:
    told = json.loads(office.face(code, "2023", ".json"))
    check_workbook(worked_out_again[code], told, office.books(code, "2023"))


@pytest.mark.libreoffice
def test_a_cent_that_is_typed_over_shows_in_the_checks(
    office: Office, worked_out_again: dict[str, dict[str, list[Row]]]
) -> None:
    told = json.loads(office.face("NGF-1", "2023", ".json"))
    again = worked_out_again["typed_over"]
    *checks, together = again["checks"][HEAD:]
    section = told["sections"][keys_of(told).index("checks")]
    own = [round(row[3], 2) for row in checks[: len(section["rows"])]]
    assert own == [0, 0, 0, 0, 0.01]
    off = [row[0] for row in checks if row[3]]
    assert any(what.startswith("Kostenregels") for what in off), off
    assert together[3] == pytest.approx(0.01 * len(off))
    assert again["checks"][2][3] == len(off), "told above the list"


def test_every_database_gives_the_same_statement(own_office: Office) -> None:
    for code in BINDING:
        for period in PERIODS:
            told = json.loads(own_office.face(code, period, ".json"))
            check_json(told, own_office.books(code, period))


@pytest.mark.parametrize("table", ["allocation", "budget", "receipt"])
def test_a_flipped_cent_in_the_books_is_noticed(own_office: Office, table: str) -> None:
    code, period = "NGF-1", "2023"
    faces = {ending: own_office.face(code, period, ending) for ending in ("", ".json", ".xlsx")}
    told = json.loads(faces[".json"])
    flip_a_cent(own_office, code, table)
    books = own_office.books(code, period)
    with pytest.raises(AssertionError):
        check_page(faces[""].decode(), books)
    with pytest.raises(AssertionError):
        check_json(told, books)
    with pytest.raises(AssertionError):
        check_workbook(values_in(faces[".xlsx"], keys_of(told)), told, books)


@pytest.mark.faces
@pytest.mark.parametrize("about", ["NGF-1", ""])
def test_a_waiver_is_printed_on_every_face(own_office: Office, about: str) -> None:
    code, period, today = "NGF-1", "2023", date(2025, 6, 30)
    assert "waivers" not in own_office.books(code, period).sections()
    new = NewWaiver(Rule.VIREMENT, about, "Equipment was bought ahead", date(2026, 1, 31))
    letter = ("leave.pdf", "application/pdf", b"%PDF-1.7 you may")
    with Session(own_office.engine) as session:
        key = waivers.ask(session, new, letter, today=today, by=OFFICER)
        controller = Actor("controller@example.org", Role.CONTROLLER)
        waivers.approve(session, key, today=today, by=controller)
    books = own_office.books(code, period)
    assert "waivers" in books.sections()
    told = json.loads(own_office.face(code, period, ".json"))
    check_page(own_office.face(code, period).decode(), books)
    check_json(told, books)
    grids = values_in(own_office.face(code, period, ".xlsx"), keys_of(told))
    check_workbook(grids, told, books)
    check_csv(own_office.face(code, period, ".csv"), told, books)
    check_pdf(text_of(own_office.face(code, period, ".pdf")), books)


def test_a_statement_of_books_that_do_not_tie_is_not_made(own_office: Office) -> None:
    flip_a_cent(own_office, "NGF-1", "allocation")
    answer = own_office.client.get("/reports/statement/NGF-1/2023.xlsx")
    assert answer.status_code == 500
    assert "does not tie" in answer.text


def flip_a_cent(office: Office, code: str, table: str) -> None:
    """Add a cent to a row of a commitment, past the guards that keep rows as they were written."""
    day = {"allocation": "l.incurred_on", "receipt": "t.received_on"}.get(table, "'2023-06-01'")
    lines = "JOIN cost_line l ON l.id = t.cost_line_id" if table == "allocation" else ""
    paying = "t"
    if table == "budget":
        lines, paying = "JOIN budget_version v ON v.id = t.version_id", "v"
    with office.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {table}_no_update"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        done = connection.execute(
            text(
                f"UPDATE {table} SET amount = amount + 1 WHERE id = (SELECT MIN(t.id)"
                f" FROM {table} t {lines} JOIN commitment c ON c.id = {paying}.commitment_id"
                f" WHERE c.code = :code AND {day} BETWEEN '2023-01-01' AND '2023-12-31')"
            ),
            {"code": code},
        )
        assert done.rowcount == 1


class TestTheWorkbook:
    """What a workbook must be, besides right."""

    @pytest.fixture(params=BINDING)
    def told(self, office: Office, request: pytest.FixtureRequest) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(office.face(request.param, "2023", ".json"))
        told["workbook"] = office.face(request.param, "2023", ".xlsx")
        return told

    @pytest.fixture
    def sheets(self, told: dict[str, Any]) -> list[tuple[dict[str, Any], Worksheet]]:
        book = opened(told["workbook"], values=False)
        return list(zip(told["sections"], book.worksheets[1:], strict=True))

    def test_every_total_is_a_formula_that_carries_its_value(self, told, sheets) -> None:
        values = values_in(told["workbook"], keys_of(told))
        found = 0
        for section, sheet in sheets:
            at = FIRST + len(section["rows"])
            for column, total in enumerate(section["totals"], 1):
                if section["key"] == "checks":
                    continue  # more checks follow there: tests/reports/test_checks_sheet.py
                if section["rows"] and isinstance(total, dict | int):
                    assert str(sheet.cell(at, column).value).startswith("=SUM("), section["key"]
                    assert isinstance(values[section["key"]][at - 1][column - 1], int | float)
                    found += 1
        assert found >= 5

    def test_what_follows_from_other_figures_is_a_formula(self, told, sheets) -> None:
        by_key = {section["key"]: sheet for section, sheet in sheets}
        summary = [by_key["summary"].cell(at, 2).value for at in range(FIRST, FIRST + 7)]
        assert all(str(value).startswith("=") for value in summary), summary
        to_date = by_key["categories"].cell(FIRST, 6).value
        assert to_date == f"=C{FIRST}+D{FIRST}+E{FIRST}"

    def test_amounts_are_numbers_and_days_are_days(self, sheets) -> None:
        for section, sheet in sheets:
            for at, column in enumerate(section["columns"], 1):
                for row in range(FIRST, FIRST + len(section["rows"])):
                    cell = sheet.cell(row, at)
                    if cell.value is None:
                        continue
                    if column["kind"] == "date":
                        assert cell.is_date
                    elif column["kind"] == "text":
                        assert cell.data_type in {"s", "inlineStr"}, cell.value
                    else:
                        assert cell.data_type in {"n", "f"}, cell.value

    def test_heads_stay_in_sight_and_can_be_filtered(self, sheets) -> None:
        for section, sheet in sheets:
            last = max(HEAD, HEAD + len(section["rows"]))
            if section["key"] == "checks":
                last = sheet.max_row - 1  # those of the workbook come behind those of the report
            letter = openpyxl.utils.get_column_letter(len(section["columns"]))
            assert sheet.freeze_panes in {f"A{FIRST}", f"B{FIRST}"}
            filters = [table.autoFilter for table in sheet.tables.values()] or [sheet.auto_filter]
            assert [one.ref for one in filters] == [f"A{HEAD}:{letter}{last}"]
            assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
            assert [cell.value for cell in sheet[HEAD]] == [
                column["title"] for column in section["columns"]
            ]


@pytest.mark.parametrize("sign", ["=SOM(", "+31 71", "-10%", "@onderhoud"])
def test_a_text_that_looks_like_a_formula_stays_a_text(office: Office, sign: str) -> None:
    found = 0
    for code in BINDING:
        book = opened(office.face(code, "2023", ".xlsx"), values=False)
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str) and cell.value.startswith(sign):
                assert cell.data_type in {"s", "inlineStr"}
                assert cell.quotePrefix, "typed over, it would become a formula"
                found += 1
    assert found


@pytest.mark.faces
@pytest.mark.parametrize("code", ["NGF-1", "LUMC-1"])
def test_adjustments_of_a_closed_period_show_in_the_next_on_every_face(
    own_office: Office, code: str
) -> None:
    """Domain rules 25 and 26: what was reported stays, what changes since is told apart."""
    before = json.loads(own_office.face(code, "2021", ".json"))
    with Session(own_office.engine) as session:
        correct_after_closing(session, code)
    own_office.fetched.clear()
    again = json.loads(own_office.face(code, "2021", ".json"))
    keys = ("summary", "categories", "lines")
    assert [rows_in(again, key) for key in keys] == [rows_in(before, key) for key in keys]
    books = Books(own_office.engine, code, date(2022, 1, 1), date(2022, 12, 31))
    assert "adjustments" in books.sections()
    told = json.loads(own_office.face(code, "2022", ".json"))
    check_json(told, books)
    check_page(own_office.face(code, "2022").decode(), books)
    check_workbook(values_in(own_office.face(code, "2022", ".xlsx"), keys_of(told)), told, books)
    check_csv(own_office.face(code, "2022", ".csv"), told, books)
    check_pdf(text_of(own_office.face(code, "2022", ".pdf")), books)


def rows_in(told: dict[str, Any], key: str) -> Any:
    return next(section["rows"] for section in told["sections"] if section["key"] == key)


def correct_after_closing(session: Session, code: str) -> None:
    """Close the first year, and then cancel a line of it and credit another in part."""
    close_until(session, date(2021, 12, 31))
    rows = session.execute(
        text(
            "SELECT l.id FROM cost_line l JOIN allocation a ON a.cost_line_id = l.id"
            " JOIN commitment c ON c.id = a.commitment_id JOIN book b ON b.id = l.book_id"
            " WHERE c.code = :code AND l.amount > 1000 AND b.origin = 'ledger'"
            " AND l.incurred_on <= '2021-12-31' ORDER BY l.amount DESC LIMIT 2"
        ),
        {"code": code},
    ).all()
    session.rollback()
    kinds = (CorrectionKind.CANCELLED, CorrectionKind.CREDIT_NOTE)
    for (line,), kind in zip(rows, kinds, strict=True):
        wish = Wish(kind=kind, reason="it was wrong", amount=Money(501))
        corrections.correct(session, line, wish, today=NOW, by=OFFICER)
