"""What a statement tells beside costs ties to the books on every face, and tells of nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from tests.actions.issued import OTHER, issue
from tests.actions.programme import OFFICER
from tests.actions.test_budgets import version
from tests.actions.test_obligations import ORDER
from tests.actions.test_worked import HOURS, WAGE
from tests.reports.csv_files import csv_tables, texts_in
from tests.reports.programs import text_of
from tests.reports.sums import written
from tests.reports.test_ties_to_the_books import (
    Office,
    Tables,
    check_csv,
    check_json,
    check_page,
    check_pdf,
    check_workbook,
    keys_of,
    open_office,
    rows_in,
    values_by_calamine,
    values_in,
)
from tracker.actions import allocations, amendments, budgets, obligations, terms, worked
from tracker.domain.amendments import Amendment
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.money import Money
from tracker.domain.terms import DatedTerm
from tracker.store.budgets import budget_of
from tracker.store.commitments import commitment_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Databases

TODAY = date(2026, 6, 30)
CODE, PERIOD = "NGF-1", "2023"
NAMES = {
    "NGF-1": "National Growth Fund",
    "PZH-1": "Province South Holland",
    "UL-1": "Leiden University",
    "RMX-C": "RegMed XB partners",
}

pytestmark = pytest.mark.faces


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    """Books on each kind of database, and a finance officer who asks for statements."""
    yield from open_office(databases)


def enter_hours(office: Office) -> None:
    with Session(office.engine) as session:
        programme = commitment_named(session, CODE).programme_id
        session.rollback()
        for code, value in WAGE:
            term = DatedTerm(code, "", value, date(2021, 1, 1), "Kaderbesluit, art. 11-14")
            terms.change_term(session, programme, term, by=OFFICER)
        for person, first, time in (("P-007", 1, "412.5"), ("=P-008", 4, "7.125")):
            new = replace(
                HOURS,
                person=person,
                time=Decimal(time),
                programme_id=programme,
                first_day=date(2023, first, 1),
                last_day=date(2023, first + 2, 28),
                work_package="WP3",
            )
            worked.enter(session, new, today=TODAY, by=OFFICER)
        allocations.charge(session, by=OFFICER)


def decide(office: Office, code: str, decision: Amendment) -> None:
    with Session(office.engine) as session:
        key = amendments.amend(session, code, decision, today=TODAY, by=OFFICER)
        amendments.confirm(session, key, version=1, today=TODAY, by=OTHER)


def check_every_face(office: Office, code: str, period: str) -> dict[str, Any]:
    books = office.books(code, period)
    told: dict[str, Any] = json.loads(office.face(code, period, ".json"))
    check_json(told, books)
    check_page(office.face(code, period).decode(), books)
    workbook = office.face(code, period, ".xlsx")
    check_workbook(values_in(workbook, keys_of(told)), told, books)
    check_workbook(values_by_calamine(workbook, keys_of(told)), told, books)
    check_csv(office.face(code, period, ".csv"), told, books)
    check_pdf(text_of(office.face(code, period, ".pdf")), books)
    return told


def test_hours_orders_and_what_others_must_bring_tie_to_the_books(office: Office) -> None:
    enter_hours(office)
    with Session(office.engine) as session:
        order = replace(ORDER, ordered_on=date(2023, 4, 1), expected_on=None)
        obligations.enter(session, order, today=TODAY, by=OFFICER)
        later = replace(order, reference="PO-2", ordered_on=date(2024, 1, 1))
        obligations.enter(session, later, today=TODAY, by=OFFICER)
    share = Amendment(2, date(2026, 4, 1), Money(0), "a share", share=Decimal("0.45"))
    decide(office, CODE, share)
    told = check_every_face(office, CODE, PERIOD)
    assert [row[0] for row in rows_in(told, "hours")] == ["=P-008", "P-007"]
    lines = {row[0]: row[2] for row in rows_in(told, "grant_lines")}
    assert lines["f"]["amount"] == "15000.00"
    assert [*lines] == [*"abcdefghijk"]
    assert "hours" not in keys_of(json.loads(office.face(CODE, "2021", ".json")))


def test_contributions_in_kind_tie_to_the_books(office: Office) -> None:
    told = check_every_face(office, "RMX-K", PERIOD)
    assert len(rows_in(told, "contributions")) > 10
    assert rows_in(told, "sources")[1][0].startswith("RMX-C")


def test_a_budget_by_year_says_what_was_planned_to_date(office: Office) -> None:
    with Session(office.engine) as session:
        held = budget_of(session, commitment_named(session, CODE).id)
        session.rollback()
        early, late = ({code: amount.cents // 3 for code, amount in held.items()} for _ in "12")
        lines = [BudgetLine(code, "", 2022, Money(cents)) for code, cents in early.items()]
        lines += [
            BudgetLine(code, "", 2024, held[code] - Money(cents)) for code, cents in late.items()
        ]
        new = NewBudget(date(2026, 5, 1), "By year", tuple(lines), 1)
        budgets.divide(session, CODE, new, today=TODAY, by=OFFICER)
    told = json.loads(office.face(CODE, PERIOD, ".json"))
    rows = rows_in(told, "categories")
    assert [row[8]["cents"] for row in rows] == list(early.values())
    assert [row[9]["cents"] for row in rows] == [
        row[5]["cents"] - planned for row, planned in zip(rows, early.values(), strict=True)
    ]
    language = told["language"]
    page = Tables(office.face(CODE, PERIOD).decode()).rows["categories"]
    assert [row[8] for row in page] == [written_cents(cents, language) for cents in early.values()]
    in_quarter = json.loads(office.face(CODE, "2022-Q1", ".json"))
    assert len(rows_in(in_quarter, "categories")[0]) == 8, "a quarter ends with no year"


def written_cents(cents: int, language: str) -> str:
    from tests.reports.sums import Euros

    return written(Euros(cents), language)


def test_what_changed_since_the_last_report_ties_to_the_books(office: Office) -> None:
    """The books of before are looked at before anything changes: the tests remember them."""
    with Session(office.engine) as session:
        issue(session, CODE, "2021")
    before = office.books(CODE, "2021").known()
    more = Amendment(2, date(2026, 4, 1), Money(60_000_00), "more travel")
    decide(office, CODE, more)
    with Session(office.engine) as session:
        held = budget_of(session, commitment_named(session, CODE).id)
        session.rollback()
        raised = held | {"travel": held["travel"] + Money(60_000_00)}
        budgets.divide(session, CODE, version(raised), today=TODAY, by=OFFICER)
    office.fetched.clear()
    books = replace_period(office, "2022")
    now = books.known()
    amounts = [key for key in now.amounts if now.amounts[key] != before.amounts[key]]
    assert [*amounts] == ["award", "travel", "received"]
    told = json.loads(office.face(CODE, "2022", ".json"))
    for row, key in zip(rows_in(told, "changed_amounts"), amounts, strict=True):
        difference = now.amounts[key] - before.amounts[key]
        assert [cell["cents"] for cell in row[2:]] == [
            before.amounts[key], now.amounts[key], difference,
        ]  # fmt: skip
    moved = {code for code in now.planned if now.planned[code] != before.planned[code]}
    days = [row for row in rows_in(told, "changes") if row[1].split(" ")[0] in moved]
    found = {row[1].split(" ")[0]: (row[2], row[3]) for row in days if row[2][:1].isdigit()}
    assert moved
    assert found == {
        code: tuple(
            written(day, told["language"]) for day in (before.planned[code], now.planned[code])
        )
        for code in moved
    }
    check_told_everywhere(office, told)


def replace_period(office: Office, year: str) -> Any:
    from tests.reports.sums import Books

    return Books(office.engine, CODE, date(int(year), 1, 1), date(int(year), 12, 31))


def check_told_everywhere(office: Office, told: dict[str, Any]) -> None:
    """Page, workbook, csv and PDF tell the changes that the JSON tells."""
    tables = Tables(office.face(CODE, "2022").decode())
    grids = values_in(office.face(CODE, "2022", ".xlsx"), keys_of(told))
    files = csv_tables(office.face(CODE, "2022", ".csv"), told["language"])
    printed = "".join("".join(text_of(office.face(CODE, "2022", ".pdf"))).split())
    for key in ("changed_amounts", "changes"):
        rows = [[as_written(cell, told["language"]) for cell in row] for row in rows_in(told, key)]
        assert tables.rows[key] == rows
        kept = [[in_a_file(cell, told["language"]) for cell in row] for row in rows_in(told, key)]
        assert [texts_in(row) for row in files[key].rows] == kept
        for row in rows:
            assert all("".join(cell.split()) in printed for cell in row)
    for row, cells in zip(rows_in(told, "changed_amounts"), grids["changed_amounts"][4:],
                          strict=False):  # fmt: skip
        assert [round(cell * 100) for cell in cells[2:5]] == [cell["cents"] for cell in row[2:]]


def in_a_file(cell: Any, language: str) -> str:
    """What is told as a spreadsheet of the language reads it."""
    if not isinstance(cell, dict):
        return str(cell or "")
    amount: str = cell["amount"]
    return amount.replace(".", ",") if language == "nl" else amount


def as_written(cell: Any, language: str) -> str:
    return written_cents(cell["cents"], language) if isinstance(cell, dict) else str(cell or "")


def told_of(office: Office, code: str) -> dict[str, Any]:
    """The whole report as JSON, without the state of the books, which every deed changes."""
    office.fetched.clear()
    told: dict[str, Any] = json.loads(office.face(code, PERIOD, ".json"))
    state = told.pop("ledger_state")
    told["about"] = [fact for fact in told["about"] if fact["value"] != state]
    return told


def test_two_worlds_that_differ_in_anothers_data_are_told_alike(office: Office) -> None:
    """A thousand euros are of one funder, and then of another that is told with it."""
    thousand = Money.euros("1000")
    at_first = told_of(office, CODE)
    decide(office, "UL-1", Amendment(1, date(2026, 4, 1), thousand, "more"))
    one_world = told_of(office, CODE)
    decide(office, "UL-1", Amendment(2, date(2026, 4, 2), -thousand, "less"))
    decide(office, "LUMC-1", Amendment(1, date(2026, 4, 1), thousand, "more"))
    assert told_of(office, CODE) == one_world
    assert one_world != at_first, "their sum is told"
    decide(office, "LUMC-1", Amendment(2, date(2026, 4, 2), -thousand, "less"))
    decide(office, "PZH-1", Amendment(1, date(2026, 4, 1), thousand, "more"))
    assert told_of(office, CODE) not in (one_world, at_first), "it is told with others than these"


@pytest.mark.parametrize("code", NAMES)
def test_no_other_funder_is_named(office: Office, code: str) -> None:
    with Session(office.engine) as session:
        others = {
            other: commitment_named(session, other).reference for other in NAMES if other != code
        }
    faces = [office.face(code, PERIOD).decode(), office.face(code, PERIOD, ".json").decode()]
    faces.append(" ".join(text_of(office.face(code, PERIOD, ".pdf"))))
    own = commitment_named(Session(office.engine), code)
    for face in faces:
        assert own.reference in face, "names would be found"
        for other, reference in others.items():
            assert reference not in face
            assert NAMES[other] not in face
