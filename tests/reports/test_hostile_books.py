"""Whatever stands in the books: every report and every list that is handed out stays what it is.

The texts are written into the tables themselves, past everything that looks at what is typed.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from reports import catalogue
from tests.conftest import closing_engine
from tests.reports.hostile_texts import hostile_texts
from tests.reports.programs import recalculated_all
from tests.reports.test_every_kind import OF_COMMITMENT, OF_PROJECT, write_all
from tests.reports.test_hostile_texts import cells_of, is_worked_out, starts_a_formula
from tests.reports.test_ties_to_the_books import add_officer, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.conftest import SqliteFiles

MANY = 12_000
SHORT = 400  # signs; longer ones are tried where a report is made by hand
TEXTS = {
    "project": ("name", "note"),
    "funder": ("name",),
    "programme": ("name",),
    "programme_term": ("source",),
    "commitment": ("reference", "conditions"),
    "amendment": ("reason",),
    "budget_version": ("reason",),
    "forecast": ("reason", "made_by"),
    "charge": ("reason",),
    "split_rule": ("name",),
    "work_package": ("name",),
    "account": ("name",),
    "milestone": ("title", "owner", "criteria"),
    "milestone_move": ("reason",),
    "instalment": ("held_back_reason",),
    "receipt": ("reason", "counterparty", "remittance"),
    "bank_entry": ("counterparty", "remittance"),
    "cost_line": ("supplier", "invoice", "description", "person"),
    "excluded_line": ("description",),
    "worked": ("person",),
    "in_kind_declaration": ("signed_by", "method"),
    "document": ("name",),
    "intake": ("file_name",),
    "import": ("file_name",),
}
EMPTY_TOO = ("supplier", "invoice", "description")
LISTS = ("/commitments", "/milestones", "/outlook", "/reconciliation", "/forecasts/1")
ADDRESSES = [
    *(f"{address}/export.{face}" for address in LISTS for face in ("csv", "xlsx")),
    *("/costs/export.csv", "/calendar/export.csv"),
    *(f"/reports/{slug}.{face}" for slug in OF_PROJECT for face in ("csv", "xlsx")),
    *(
        f"/reports/{slug}/{code}/2023.{face}"
        for slug in ("statement", *OF_COMMITMENT)
        for code in (("RMX-K",) if slug == "in_kind" else ("NGF-1",))
        for face in ("csv", "xlsx")
    ),
]
WORKBOOKS = [address for address in ADDRESSES if address.endswith(".xlsx")]
TABLES = [address for address in ADDRESSES if address.endswith(".csv")]
FIGURE = re.compile(r"-?\d+(?:[.,]\d+)?|\d{4}-\d\d-\d\d")

Files = dict[str, bytes]


class Worlds(NamedTuple):
    """The same files of books as they are, and of books full of hostile texts."""

    clean: Files
    hostile: Files
    texts: int


def fill(session: Session) -> None:
    write_all(session)
    add_officer(session)


@pytest.fixture(scope="module")
def worlds(sqlite_files: SqliteFiles) -> Worlds:
    with sqlite_files.copy_of("hostile_books", fill) as url:
        clean = handed_out(url)
    with sqlite_files.copy_of("hostile_books", fill) as url:
        with closing_engine(url) as engine:
            texts = poison(engine)
        return Worlds(clean, handed_out(url), texts)


def handed_out(url: str) -> Files:
    files: Files = {}
    with closing_engine(url) as engine:
        for office in signed_in(url, engine):
            files |= {address: fetched(office.client, address) for address in ADDRESSES}
    return files


def fetched(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text)
    return answer.data


def poison(engine: Engine) -> int:
    """Put another text in the place of every one; give their number. A person stays one person."""
    made = (one for one in hostile_texts(MANY) if len(one) < SHORT and is_kept(one))
    used, persons = 0, dict[str, str]()
    with engine.begin() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        for table, columns in TEXTS.items():
            for column in columns:
                is_filled = "1 = 1" if column in EMPTY_TOO else f"COALESCE({column}, '') <> ''"
                rows = connection.execute(
                    text(f'SELECT rowid, {column} FROM "{table}" WHERE {is_filled}')
                ).all()
                change = text(f'UPDATE "{table}" SET {column} = :text WHERE rowid = :id')
                for key, before in rows:
                    other = next(made)
                    if column == "person":
                        other = persons.setdefault(before, other)
                    connection.execute(change, {"text": other, "id": key})
                used += len(rows)
    return used


def is_kept(one: str) -> bool:
    """Whether a database can keep a text."""
    try:
        return bool(one.strip("\x00").encode())
    except UnicodeEncodeError:
        return False


def columns_of(workbook: bytes) -> Counter[Any]:
    """The figures and the formulas of every column; rows may stand in another order."""
    found: Counter[Any] = Counter()
    for (sheet, place), told in cells_of(workbook).items():
        if told.is_text:
            assert told.is_quoted or not starts_a_formula(told.value), (sheet, place)
        else:
            found[sheet, place.rstrip("0123456789"), told.kind, str(told.value)] += 1
    return found


def test_the_texts_are_many(worlds: Worlds) -> None:
    assert worlds.texts > 3_000


@pytest.mark.parametrize("address", WORKBOOKS)
def test_a_workbook_holds_its_own_figures_and_formulas_alone(worlds: Worlds, address: str) -> None:
    clean, hostile = columns_of(worlds.clean[address]), columns_of(worlds.hostile[address])
    assert hostile == clean
    assert sum(clean.values()) > 5
    assert figures_by_calamine(worlds.hostile[address]) == figures_by_calamine(
        worlds.clean[address]
    )


def figures_by_calamine(workbook: bytes) -> Counter[Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return Counter(
        (sheet, get_column_letter(at), value)
        for sheet in range(len(book.sheet_names))
        for row in book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)
        for at, value in enumerate(row, 1)
        if not isinstance(value, str)
    )


def tables_of(content: bytes) -> Iterator[str]:
    if content[:2] != b"PK":
        yield content.decode("utf-8-sig")
        return
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        for name in files.namelist():
            if name.endswith(".csv"):
                yield files.read(name).decode("utf-8-sig")


def rows_of(table: str, sign: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline=""), delimiter=sign))


@pytest.mark.parametrize("address", TABLES)
def test_a_table_holds_its_own_figures_and_no_formula(worlds: Worlds, address: str) -> None:
    compared = 0
    tables = zip(*map(tables_of, (worlds.clean[address], worlds.hostile[address])), strict=True)
    for clean, hostile in tables:
        sign = max(",;", key=clean.partition("\r\n")[0].count)
        head, *rows = rows_of(clean, sign)
        _head, *others = rows_of(hostile, sign)
        assert _head == head
        assert len(rows) == len(others)
        for at in range(len(head)):
            told, expected = (Counter(row[at] for row in some) for some in (others, rows))
            if all(not one or FIGURE.fullmatch(one) for one in expected) and told != expected:
                assert head[at] in {"Document", "Invoice"}, head[at]
            compared += told == expected
            assert not [one for one in told if starts_a_formula(one) and not FIGURE.fullmatch(one)]
        for other in ",;\t":
            fields = [field for row in rows_of(hostile, other) for field in row]
            assert not [field[:80] for field in fields if is_worked_out(field)]
    assert compared > 1


@pytest.mark.libreoffice
def test_a_program_that_calculates_finds_the_figures_that_were_without_them(
    worlds: Worlds, tmp_path: Path
) -> None:
    named = {f"book{at}": worlds.hostile[address] for at, address in enumerate(WORKBOOKS)}
    again = recalculated_all(named, tmp_path)
    for address, workbook in zip(WORKBOOKS, again.values(), strict=True):
        told, expected = (
            Counter(rounded(*one) for one in figures_by_calamine(book).elements())
            for book in (workbook, worlds.clean[address])
        )
        assert told == expected, address


def rounded(sheet: int, column: str, value: Any) -> Any:
    is_number = isinstance(value, int | float)
    return sheet, column, round(Decimal(repr(value)), 6) if is_number else value


def test_every_kind_of_report_is_among_them() -> None:
    told = " ".join(ADDRESSES)
    assert all(f"/reports/{slug}" in told for slug in catalogue.CATALOGUE)
