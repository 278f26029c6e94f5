"""The ledgers beside the tracker: every cent is told, and a cent that is astray is seen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.actions.lived_through import live_through
from tracker.domain.imports import FileKind
from tracker.domain.intakes import Change, IntakeState, Preview
from tracker.domain.money import ZERO, Money
from tracker.domain.reconciliation import By, Reconciliation, Standing
from tracker.store import checks, plain
from tracker.store.imports import ImportRow
from tracker.store.intakes import IntakeRow
from tracker.store.projects import the_project
from tracker.store.reconciliation import reconcile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@pytest.fixture
def lived(loaded: Session) -> Session:
    live_through(loaded)
    assert checks.broken(loaded) == []
    return loaded


def reconciled(session: Session, by: By = By.YEAR) -> Reconciliation:
    return reconcile(session, the_project(session).id, by)


def one(session: Session, sql: str, **given: Any) -> Money:
    return Money(int(session.execute(text(sql), given).scalar() or 0))


@pytest.mark.parametrize("by", By)
def test_books_as_they_were_brought_in_tie_but_for_hours_in_kind(loaded: Session, by: By) -> None:
    found = reconciled(loaded, by)
    assert found.rows
    assert {row.standing for row in found.rows} <= {Standing.TIES, Standing.EXPLAINED}
    for row in found.rows:
        assert row.items == row.in_kind
    assert {payer.standing for payer in found.payers} == {Standing.TIES}
    assert {book.standing for book in found.books} == {Standing.TIES}


@pytest.mark.parametrize("by", By)
def test_whatever_happened_both_equations_hold_for_every_row(lived: Session, by: By) -> None:
    for row in reconciled(lived, by).rows:
        assert row.standing is not Standing.APART
        assert row.ledger - row.excluded + row.items == row.tracker
        assert row.charged + row.left + row.ineligible + row.waiting == row.tracker


@pytest.mark.parametrize("by", By)
def test_the_rows_come_to_what_plain_sums_over_the_tables_say(lived: Session, by: By) -> None:
    total = reconciled(lived, by).total
    of_book = (
        "SELECT SUM(line.amount) FROM cost_line line JOIN book ON book.id = line.book_id"
        " WHERE book.origin = :origin"
    )
    assert total.of_ledger == one(lived, of_book, origin="ledger")
    assert total.in_kind == one(lived, of_book, origin="in_kind")
    assert total.by_hand == one(lived, of_book + " AND line.journal = 'HAND'", origin="by_hand")
    assert total.corrections == one(lived, of_book + " AND line.journal = 'CORR'", origin="by_hand")
    assert total.tracker == one(lived, "SELECT SUM(amount) FROM cost_line")
    assert total.charged == one(lived, "SELECT SUM(amount) FROM allocation")
    left = one(lived, "SELECT SUM(amount) FROM unallocated WHERE reason <> 'not_eligible'")
    assert total.left == left
    assert (
        total.ineligible
        == one(lived, "SELECT SUM(amount) FROM unallocated WHERE reason = 'not_eligible'")
        == Money(100)
    )
    assert total.waiting == Money(5_005)
    assert total.moved == ZERO


def test_each_year_says_what_was_entered_and_corrected_in_it(lived: Session) -> None:
    years = {row.key: row for row in reconciled(lived).rows}
    assert years["2023"].by_hand == Money(150_001 - 2_000)
    assert years["2023"].corrections < ZERO
    assert years["2021"].by_hand == Money(77_777)
    assert years["2021"].moved == ZERO


def test_what_came_late_counts_in_the_period_after_the_closed_one(lived: Session) -> None:
    periods = {row.key: row for row in reconciled(lived, By.PERIOD).rows}
    assert periods["2021"].by_hand == ZERO
    assert periods["2022"].by_hand == Money(77_777 + 5_005)


def test_a_line_of_the_ledger_that_came_late_has_moved_from_one_period_to_another(
    lived: Session,
) -> None:
    lived.execute(
        text(
            "INSERT INTO cost_line (project_id, book_id, import_id, journal, transaction_number,"
            " line_number, incurred_on, counted_on, amount, category_id, cost_centre, account,"
            " supplier, document, invoice, description)"
            " SELECT project_id, book_id, import_id, 'LATE', '1', '1', :incurred, :counted,"
            " 4321, category_id, cost_centre, account, '', '', '', '' FROM cost_line"
            " WHERE import_id IS NOT NULL AND account <> '' ORDER BY id LIMIT 1"
        ),
        {"incurred": date(2021, 3, 3), "counted": date(2022, 1, 1)},
    )
    periods = {row.key: row for row in reconciled(lived, By.PERIOD).rows}
    assert periods["2021"].moved == Money(-4321)
    assert periods["2022"].moved == Money(4321)
    assert {row.standing for row in periods.values()} <= {Standing.TIES, Standing.EXPLAINED}
    book = next(b for b in reconciled(lived).books if b.standing is Standing.APART)
    assert book.lines_kept == book.lines_told + 1
    assert book.difference == Money(4321)


def test_a_book_that_lost_a_line_does_not_tie(loaded: Session) -> None:
    loaded.execute(text("UPDATE book SET line_count = line_count + 1, debit = debit + 5"))
    shown = reconciled(loaded).without_ties()
    assert len(shown.books) == len(reconciled(loaded).books)
    assert {book.difference for book in shown.books} == {Money(-5)}


def test_a_newest_file_that_leaves_lines_out_or_says_otherwise_is_told(loaded: Session) -> None:
    file = loaded.query(ImportRow).filter_by(kind="ledger").order_by(ImportRow.id.desc()).first()
    assert file is not None
    changed = Change("2023 INK 1/1", Money(500), Money(700))
    preview = Preview(
        kind=FileKind.LEDGER,
        company="NECST",
        first_day=date(2023, 1, 1),
        missing=2,
        changed=1,
        changes=(changed,),
    )
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    row = IntakeRow(
        project_id=1, file_name="again.xaf", sha256="a" * 64, size=1, asked_by="x", asked_at=moment
    )
    row.state, row.kind, row.import_id = IntakeState.KEPT, FileKind.LEDGER, file.id
    row.preview = plain.written(preview)
    loaded.add(row)
    loaded.flush()
    (told,) = reconciled(loaded).without_ties().files
    assert (told.file_name, told.missing, told.unapplied) == ("again.xaf", 2, 1)
    assert told.amount == Money(200)
