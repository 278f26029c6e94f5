"""Nothing is written into a closed period, by whatever path: the database itself refuses it."""

from __future__ import annotations

import calendar
import re
import sys
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.actions.closing import NOW, close_until
from tests.actions.programme import OFFICER, load
from tests.conftest import DATABASES, closing_engine
from tracker.actions import allocations, imports, receipts
from tracker.actions import reporting_periods as periods
from tracker.actions.books import ComingBooks
from tracker.cli import cli
from tracker.domain.errors import FileRefused, RuleViolation
from tracker.domain.money import Money
from tracker.domain.receipts import NewReceipt, Part
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOSED_YEARS, OPEN_YEAR = (2021, 2022, 2023), 2024
REFUSED = "period_is_closed"


@pytest.fixture(scope="module", params=DATABASES)
def closed(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A charged programme whose first three years are closed; tests undo what they try."""
    with opened(request) as session:
        yield session


@pytest.fixture(params=DATABASES)
def own(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The same in a database of the test's own, which may change it."""
    with opened(request) as session:
        yield session


@contextmanager
def opened(request: pytest.FixtureRequest) -> Iterator[Session]:
    fixture = "sqlite_files" if request.param == "sqlite" else "postgresql_cluster"
    databases = request.getfixturevalue(fixture)
    with (
        databases.copy_of("closed", load_closed) as url,
        closing_engine(url) as engine,
        Session(engine) as session,
    ):
        yield session


def load_closed(session: Session) -> None:
    load(session)
    close_until(session, date(CLOSED_YEARS[-1], 12, 31))
    version = 3
    reason = "an invoice was overlooked"
    periods.ask_reopening(session, str(CLOSED_YEARS[0]), reason, version=version, by=OFFICER)
    periods.note_sent(
        session, str(CLOSED_YEARS[1]), "NGF-1", date(2023, 4, 1), "", today=NOW, by=OFFICER
    )


LINE = """INSERT INTO cost_line (project_id, book_id, import_id, journal, transaction_number,
  line_number, incurred_on, booked_on, amount, category_id, work_package_id, cost_centre, account,
  supplier, document, invoice, description, counted_on, vat, vat_deductible, ineligible,
  ineligible_for, person)
  SELECT project_id, book_id, import_id, 'RAW', '1', '1', {incurred}, NULL, 100, category_id,
  work_package_id, cost_centre, account, '', '', '', '', {counted}, 0, 0, 0, '', ''
  FROM cost_line ORDER BY id LIMIT 1"""
CHARGE = """INSERT INTO allocation (charge_id, cost_line_id, commitment_id, amount, counted_on)
  SELECT charge_id, cost_line_id, commitment_id, -1, {counted} FROM allocation a
  WHERE amount > 1 AND EXISTS (SELECT 1 FROM cost_line l WHERE l.id = a.cost_line_id
  AND l.incurred_on {lies} '2024-01-01') ORDER BY id LIMIT 1"""
LEFT = """INSERT INTO unallocated (charge_id, cost_line_id, commitment_id, amount, reason,
  counted_on) SELECT charge_id, cost_line_id, commitment_id, -1, reason, {counted}
  FROM unallocated u WHERE EXISTS (SELECT 1 FROM cost_line l WHERE l.id = u.cost_line_id
  AND l.incurred_on {lies} '2024-01-01') ORDER BY id LIMIT 1"""
RECEIPT = """INSERT INTO receipt (bank_entry_id, commitment_id, received_on, amount,
  recognised_by, reason, counterparty, remittance, entered_by, counted_on)
  SELECT NULL, commitment_id, {received}, 100, 'entered_by_hand', '', 'RVO', '', 'x', {counted}
  FROM receipt ORDER BY id LIMIT 1"""
BUDGET = """INSERT INTO budget_version (project_id, commitment_id, number, made_on, reason,
  entered_by, entered_at) SELECT id, NULL, 99, {made}, 'raw', 'x',
  '2026-01-01 00:00:00' FROM project LIMIT 1"""
OPEN = "'2024-07-01'"
# Each way in which a row can come to count on a day.
WAYS = {
    "cost_line": LINE.format(incurred="{day}", counted="NULL"),
    "cost_line, counted there": LINE.format(incurred=OPEN, counted="{day}"),
    "cost_line, twice there": LINE.format(incurred="{day}", counted="{day}"),
    "allocation, counted there": CHARGE.format(counted="{day}", lies=">="),
    "allocation of a line there": CHARGE.format(counted="{day}", lies="<"),
    "unallocated, counted there": LEFT.format(counted="{day}", lies=">="),
    "unallocated of a line there": LEFT.format(counted="{day}", lies="<"),
    "receipt": RECEIPT.format(received="{day}", counted="NULL"),
    "receipt, counted there": RECEIPT.format(received=OPEN, counted="{day}"),
    "budget_version": BUDGET.format(made="{day}"),
}
CLOSED_DAYS = [
    date(year, month, day)
    for year in CLOSED_YEARS
    for month in range(1, 13)
    for day in (1, calendar.monthrange(year, month)[1])
]
OPEN_DAYS = [date(OPEN_YEAR, 1, 1), date(OPEN_YEAR, 2, 29), date(2025, 6, 30), date(2030, 1, 1)]


def attempt(session: Session, statement: str) -> str:
    """Try to write something, and undo it; tell what the database said."""
    with session.begin_nested() as point:
        try:
            written: Any = session.execute(text(statement))
            assert written.rowcount > 0, "the attempt would write nothing"
        except DBAPIError as error:
            return str(error.orig)
        finally:
            point.rollback()
    return ""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("day", CLOSED_DAYS, ids=str)
def test_nothing_is_written_that_counts_in_a_closed_period(
    closed: Session, way: str, day: date
) -> None:
    assert REFUSED in attempt(closed, WAYS[way].format(day=f"'{day}'"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("day", OPEN_DAYS, ids=str)
def test_the_same_is_written_where_the_period_is_open(closed: Session, way: str, day: date) -> None:
    assert attempt(closed, WAYS[way].format(day=f"'{day}'")) == ""


@pytest.mark.parametrize("table", ["allocation", "unallocated"])
def test_a_charge_without_a_day_counts_where_its_line_does(closed: Session, table: str) -> None:
    way = {"allocation": CHARGE, "unallocated": LEFT}[table]
    assert REFUSED in attempt(closed, way.format(counted="NULL", lies="<"))
    assert attempt(closed, way.format(counted="NULL", lies=">=")) == ""


REWRITES = {
    "UPDATE cost_line SET counted_on = '2024-07-01' WHERE incurred_on < '2024-01-01'",
    "UPDATE cost_line SET incurred_on = '2022-07-01' WHERE incurred_on >= '2024-01-01'",
    "UPDATE cost_line SET amount = amount + 1",
    "DELETE FROM cost_line WHERE incurred_on < '2024-01-01'",
    "UPDATE allocation SET counted_on = '2022-07-01'",
    "UPDATE allocation SET amount = amount + 1",
    "DELETE FROM allocation",
    "UPDATE unallocated SET counted_on = '2022-07-01'",
    "DELETE FROM unallocated",
    "UPDATE receipt SET counted_on = '2022-07-01'",
    "UPDATE receipt SET received_on = '2022-07-01'",
    "DELETE FROM receipt",
    "UPDATE budget_version SET made_on = '2022-07-01'",
    "DELETE FROM budget_version",
    "DELETE FROM reporting_period",
    "DELETE FROM reporting_period WHERE state = 'closed'",
    "DELETE FROM reopening",
    "DELETE FROM sent_report",
    "UPDATE sent_report SET period_id = period_id + 1",
    "UPDATE reopening SET period_version = period_version + 1",
    "UPDATE reopening SET reason = 'another'",
    "UPDATE reopening SET asked_by = 'another'",
    "UPDATE reopening SET period_id = period_id + 1",
    "DELETE FROM correction",
    "DELETE FROM audit",
}


@pytest.mark.parametrize("statement", sorted(REWRITES))
def test_what_was_written_is_not_moved_into_or_out_of_a_period(
    closed: Session, statement: str
) -> None:
    with closed.begin_nested() as point:
        fill(closed)
        said = attempt(closed, statement)
        point.rollback()
    assert re.search("kept as it was written|is kept", said), said


def fill(session: Session) -> None:
    """Triggers on rows say nothing of a table without rows."""
    session.execute(text(BUDGET.format(made=OPEN)))
    session.execute(
        text(
            "INSERT INTO correction (cost_line_id, kind, reason, corrected_by, corrected_at)"
            " SELECT MIN(id), 'cancelled', 'x', 'x', '2026-01-01 00:00:00' FROM cost_line"
        )
    )


STATES = [
    f"UPDATE reporting_period SET state = '{state}', version = version + {step}"
    f" WHERE first_day = '{year}-01-01'"
    for state in ("open", "closing")
    for step in (0, 1, 2)
    for year in CLOSED_YEARS
]
MOVES = [
    f"UPDATE reporting_period SET {change}, version = version + 1 WHERE first_day = '{year}-01-01'"
    for change in (
        "last_day = '2020-12-31', first_day = '2020-01-01'",
        "first_day = '2019-01-01'",
        "last_day = '2031-12-31'",
        "version = version + 4",
        "project_id = project_id + 1",
    )
    for year in (*CLOSED_YEARS, OPEN_YEAR)
    if "version" not in change
]
OVERLAPS = [
    "INSERT INTO reporting_period (project_id, first_day, last_day, state, version)"
    f" SELECT id, '{first}', '{last}', '{state}', 1 FROM project"
    for first, last in (
        ("2021-06-01", "2021-06-30"),
        ("2020-01-01", "2021-01-01"),
        ("2023-12-31", "2031-01-01"),
        ("2000-01-01", "2040-01-01"),
    )
    for state in ("open", "closing", "closed")
]
BORN = [
    "INSERT INTO reporting_period (project_id, first_day, last_day, state, version)"
    f" SELECT id, '2040-01-01', '2040-12-31', '{state}', 1 FROM project"
    for state in ("closing", "closed")
]
LEAP = (
    "UPDATE reporting_period SET state = 'closed', version = version + 1"
    f" WHERE first_day = '{OPEN_YEAR}-01-01'"
)


@pytest.mark.parametrize("statement", [*STATES, *MOVES, *OVERLAPS, *BORN, LEAP])
def test_a_closed_period_is_not_opened_moved_or_covered_by_another(
    closed: Session, statement: str
) -> None:
    said = attempt(closed, statement)
    assert re.search(
        f"{REFUSED}|stays where it is|overlap|begins open|is checked first|in_order|unique",
        said,
        re.IGNORECASE,
    ), said


def test_an_open_period_is_closed_in_two_steps_and_a_new_one_is_put_at_the_end(
    closed: Session,
) -> None:
    step = (
        "UPDATE reporting_period SET state = '{}', version = version + 1"
        f" WHERE first_day = '{OPEN_YEAR}-01-01'"
    )
    with closed.begin_nested() as point:
        closed.execute(text(step.format("closing")))
        closed.execute(text(step.format("closed")))
        assert REFUSED in attempt(closed, WAYS["receipt"].format(day=OPEN))
        point.rollback()
    assert attempt(closed, BORN[0].replace("'closing'", "'open'")) == ""


CONFIRM = (
    "UPDATE reopening SET verdict = 'confirmed', decided_by = '{}',"
    " decided_at = '2026-01-01 00:00:00'"
)
REOPEN = (
    "UPDATE reporting_period SET state = 'open', version = version + 1 WHERE first_day = '{}-01-01'"
)


def test_a_period_opens_once_a_second_person_confirmed_it_and_no_report_was_sent(
    closed: Session,
) -> None:
    first, second, third = CLOSED_YEARS
    assert attempt(closed, CONFIRM.format(OFFICER.name))  # who asked does not decide
    with closed.begin_nested() as point:
        closed.execute(text(CONFIRM.format("somebody else")))
        assert "is kept" in attempt(closed, "UPDATE reopening SET verdict = 'dropped'")
        assert attempt(closed, REOPEN.format(first)) == ""
        assert REFUSED in attempt(closed, REOPEN.format(second))
        assert REFUSED in attempt(closed, REOPEN.format(third))
        point.rollback()


def test_a_confirmed_reopening_opens_the_period_once(closed: Session) -> None:
    step = (
        "UPDATE reporting_period SET state = '{}', version = version + 1"
        f" WHERE first_day = '{CLOSED_YEARS[0]}-01-01'"
    )
    with closed.begin_nested() as point:
        closed.execute(text(CONFIRM.format("somebody else")))
        for state in ("open", "closing", "closed"):
            closed.execute(text(step.format(state)))
        assert REFUSED in attempt(closed, step.format("open"))
        point.rollback()


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that forgets that periods close: what is left is the database."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tracker.") and hasattr(module, "closed_periods"):
            monkeypatch.setattr(module, "closed_periods", lambda *_: [])


def received(day: date) -> NewReceipt:
    return NewReceipt(
        received_on=day, counterparty="RVO", remittance="", part=Part("NGF-1", 0, Money(100))
    )


@pytest.mark.usefixtures("forgetful")
def test_what_an_application_forgets_the_database_refuses_in_words(own: Session) -> None:
    for day in CLOSED_DAYS[::9]:
        with pytest.raises(RuleViolation, match="period that is closed"):
            receipts.enter(own, received(day), today=NOW, by=OFFICER)
    with pytest.raises(RuleViolation, match="period that is closed"), transaction(own):
        own.execute(text(WAYS["cost_line"].format(day="'2022-05-05'")))
    receipts.enter(own, received(OPEN_DAYS[0]), today=NOW, by=OFFICER)


@pytest.mark.usefixtures("forgetful")
def test_a_run_of_the_rules_cannot_charge_into_a_closed_period(own: Session) -> None:
    for count, day in enumerate(("'2023-03-03'", OPEN)):
        with transaction(own):  # a line that came late, and still counts in the open year
            late = LINE.format(incurred=day, counted=OPEN).replace("'1', '1'", f"'1', '{count}'")
            own.execute(text(late))
    assert allocations.charge(own, by=OFFICER).lines == 2  # it counts where its line does


def test_what_comes_late_counts_in_the_first_open_period(own: Session) -> None:
    receipts.enter(own, received(date(2022, 5, 5)), today=NOW, by=OFFICER)
    row = own.execute(
        text("SELECT received_on, counted_on FROM receipt ORDER BY id DESC LIMIT 1")
    ).one()
    assert [str(day) for day in row] == ["2022-05-05", "2024-01-01"]


def hours_on(folder: Path, day: date) -> Path:
    """A list of one partner's hours, of one day."""
    path = folder / f"{day}.csv"
    row = f"Biomaterials BV;{day:%d-%m-%Y};WP3;1,00;60,00;{day}"
    path.write_text(f"Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving\n{row}\n", "utf-8")
    return path


def lines_in(session: Session) -> int:
    session.rollback()
    return int(session.execute(text("SELECT COUNT(*) FROM cost_line")).scalar_one())


@pytest.mark.usefixtures("forgetful")
def test_an_import_that_forgets_what_is_closed_is_refused_whole(
    own: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ComingBooks, "_counted_on", lambda *_: None)
    before = lines_in(own)
    for day in CLOSED_DAYS[::3]:
        file = hours_on(tmp_path, day)
        (outcome,) = imports.bring_in(own, [(file.name, file)], by=OFFICER)
        assert isinstance(outcome, FileRefused)
        assert "period that is closed" in str(outcome.findings[0])
    assert lines_in(own) == before
    file = hours_on(tmp_path, OPEN_DAYS[0])
    (outcome,) = imports.bring_in(own, [(file.name, file)], by=OFFICER)
    assert lines_in(own) == before + 1


@pytest.mark.usefixtures("forgetful")
def test_the_command_line_writes_nothing_into_a_closed_period_either(
    own: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ComingBooks, "_counted_on", lambda *_: None)
    bind: Any = own.get_bind()
    url = bind.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)
    before = lines_in(own)
    for day in CLOSED_DAYS[::9]:
        told = CliRunner().invoke(cli, ["import", str(hours_on(tmp_path, day))])
        assert told.exit_code == 1
        assert "period that is closed" in told.output
    assert lines_in(own) == before
    told = CliRunner().invoke(cli, ["import", str(hours_on(tmp_path, OPEN_DAYS[0]))])
    assert (told.exit_code, lines_in(own)) == (0, before + 1)
