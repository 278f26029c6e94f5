"""The database itself refuses what must never be, by whatever path it comes."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.actions.programme import load
from tracker.store.allocations import AllocationRow, ChargeRow
from tracker.store.amendments import AmendmentRow
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.session import open_engine, transaction

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

KEPT = [
    "allocation",
    "amendment",
    "audit",
    "bank_entry",
    "budget",
    "budget_version",
    "charge",
    "correction",
    "cost_line",
    "depreciation",
    "determination_request",
    "document",
    "excluded_line",
    "forecast",
    "forecast_explanation",
    "forecast_line",
    "in_kind_declaration",
    "intake_piece",
    "invoice",
    "invoiced",
    "milestone_move",
    "programme_term",
    "receipt",
    "reminded",
    "sent_report",
    "set_aside",
    "split_share",
    "unallocated",
    "worked",
]
LASTING = [
    "bank_statement",
    "book",
    "commitment",
    "commitment_balance",
    "funder",
    "import",
    "instalment",
    "intake",
    "mapping_profile",
    "milestone",
    "obligation",
    "programme",
    "reopening",
    "reporting_period",
    "scenario",
    "split_rule",
    "waiver",
]


def unpaid_line(session: Session) -> CostLineRow:
    """A cost line that nobody pays anything of."""
    paid = select(AllocationRow.cost_line_id)
    row = session.scalars(select(CostLineRow).where(CostLineRow.id.not_in(paid)).limit(1)).first()
    assert row is not None
    return row


def allocate(session: Session, line: int, cents: int, commitment: str = "NGF-1") -> None:
    charge = session.scalars(select(ChargeRow.id)).first()
    paying = session.scalars(select(CommitmentRow.id).where(CommitmentRow.code == commitment)).one()
    assert charge is not None
    with transaction(session):
        session.execute(
            text(
                "INSERT INTO allocation (charge_id, cost_line_id, commitment_id, amount)"
                " VALUES (:charge, :line, :paying, :cents)"
            ),
            {"charge": charge, "line": line, "paying": paying, "cents": cents},
        )


@pytest.mark.parametrize("cent", [1, -1])
def test_a_cost_line_can_be_charged_to_its_last_cent_and_no_further(
    session: Session, cent: int
) -> None:
    load(session, charge=False)
    with transaction(session):
        session.add(
            ChargeRow(project_id=1, charged_at=datetime.now(UTC), charged_by="test", last_line=0)
        )
    line = add_line(session, unpaid_line(session), 5_000 * cent)
    with pytest.raises(DBAPIError, match="allocation_within_cost_line"):
        allocate(session, line, -cent)
    allocate(session, line, 4_999 * cent)
    allocate(session, line, cent, "LUMC-1")
    with pytest.raises(DBAPIError, match="allocation_within_cost_line"):
        allocate(session, line, cent, "LUMC-1")


def test_a_commitment_can_be_charged_to_its_last_cent_and_no_further(loaded: Session) -> None:
    balance = loaded.scalars(
        select(CommitmentBalanceRow)
        .join(CommitmentRow, CommitmentRow.id == CommitmentBalanceRow.commitment_id)
        .where(CommitmentRow.code == "NGF-1")
    ).one()
    room = balance.committed - balance.charged
    template = unpaid_line(loaded)
    line_id = add_line(loaded, template, room + 2)
    with pytest.raises(IntegrityError, match="charged_within_committed"):
        allocate(loaded, line_id, room + 1)
    allocate(loaded, line_id, room)
    with pytest.raises(IntegrityError, match="charged_within_committed"):
        allocate(loaded, line_id, 1)
    allocate(loaded, line_id, -1)
    allocate(loaded, line_id, 1)


def add_line(session: Session, like: CostLineRow, cents: int) -> int:
    row = CostLineRow(
        project_id=like.project_id,
        book_id=like.book_id,
        import_id=like.import_id,
        journal="TEST",
        transaction_number="1",
        line_number=str(cents),
        incurred_on=date(2023, 3, 3),
        booked_on=None,
        amount=cents,
        category_id=like.category_id,
        work_package_id=like.work_package_id,
        cost_centre=like.cost_centre,
        account=like.account,
        supplier="",
        document="",
        invoice="",
        description="",
    )
    with transaction(session):
        session.add(row)
    return row.id


def test_an_amendment_cannot_take_away_what_has_been_charged(loaded: Session) -> None:
    commitment = loaded.scalars(select(CommitmentRow.id).where(CommitmentRow.code == "PZH-1")).one()
    amendment = AmendmentRow(
        commitment_id=commitment,
        number=1,
        decided_on=date(2024, 1, 1),
        amount=-200_000_000,
        reason="withdrawn",
        entered_by="somebody",
        entered_at=datetime.now(UTC),
    )
    with transaction(loaded):
        loaded.add(amendment)
    with pytest.raises(IntegrityError, match="charged_within_committed"), transaction(loaded):
        amendment.verdict, amendment.confirmed_by = "confirmed", "somebody else"


@pytest.mark.parametrize("table", [*KEPT, *LASTING])
def test_what_was_written_of_money_is_not_deleted(loaded: Session, table: str) -> None:
    assert_filled(loaded, table)
    with pytest.raises(DBAPIError, match="kept as it was written"), transaction(loaded):
        loaded.execute(text(f'DELETE FROM "{table}"'))


@pytest.mark.parametrize("table", KEPT)
def test_what_was_written_of_money_is_not_changed(loaded: Session, table: str) -> None:
    assert_filled(loaded, table)
    column = KEYS.get(table, "id")
    with pytest.raises(DBAPIError, match="kept as it was written"), transaction(loaded):
        loaded.execute(text(f'UPDATE "{table}" SET {column} = {column} + 100000'))


KEYS = {
    "audit": "seq",
    "depreciation": "cost_line_id",
    "intake_piece": "intake_id",
    "worked": "cost_line_id",
}
NEEDS = {
    "forecast_explanation": "forecast",
    "forecast_line": "forecast",
    "invoiced": "obligation",
    "reminded": "person",
    "reopening": "reporting_period",
    "sent_report": "reporting_period",
}
RECORDS = {
    "correction": (
        "INSERT INTO correction (cost_line_id, kind, reason, corrected_by, corrected_at)"
        " SELECT MIN(id), 'cancelled', 'x', 'a', '2026-01-01' FROM cost_line"
    ),
    "depreciation": (
        "INSERT INTO depreciation (cost_line_id, asset_line_id, price, residual, life_months,"
        ' months, "use") SELECT MAX(id), MIN(id), 100, 0, 60, 1, 1000000 FROM cost_line'
    ),
    "worked": (
        "INSERT INTO worked (cost_line_id, person, method, time, rate, surcharge)"
        " SELECT MIN(id), 'p', 'fixed_rate', 60, 6000, 0 FROM cost_line"
    ),
    "mapping_profile": (
        "INSERT INTO mapping_profile (project_id, name, kind, fingerprint, mapping, entered_by,"
        " entered_at, version) VALUES (1, 'a', 'costs', 'x', '', 'a', '2026-01-01', 1)"
    ),
    "obligation": (
        "INSERT INTO obligation (id, project_id, reference, supplier, description, ordered_on,"
        " amount, category_id, work_package_id, entered_by, entered_at, ended_for, version)"
        " VALUES (1, 1, 'PO-1', '', '', '2026-01-01', 1, 1, 1, 'a', '2026-01-01', '', 1)"
    ),
    "invoiced": (
        "INSERT INTO invoiced (obligation_id, cost_line_id, amount, entered_by, entered_at)"
        " SELECT 1, MIN(id), 1, 'a', '2026-01-01' FROM cost_line"
    ),
    "reporting_period": (
        "INSERT INTO reporting_period (id, project_id, first_day, last_day, state, version)"
        " VALUES (1, 1, '2031-01-01', '2031-12-31', 'open', 1)"
    ),
    "reopening": (
        "INSERT INTO reopening (period_id, period_version, reason, asked_by, asked_at, verdict)"
        " VALUES (1, 1, 'x', 'a', '2026-01-01', 'draft')"
    ),
    "sent_report": (
        "INSERT INTO sent_report (period_id, commitment_id, sent_on, note, entered_by, entered_at)"
        " VALUES (1, 1, '2026-01-01', '', 'a', '2026-01-01')"
    ),
    "forecast": (
        "INSERT INTO forecast (id, project_id, number, first_day, made_on, made_at, made_by,"
        " reason) VALUES (1, 1, 1, '2026-01-01', '2026-01-01', '2026-01-01', 'a', '')"
    ),
    "forecast_line": (
        "INSERT INTO forecast_line (forecast_id, work_package_id, category_id, quarter, amount)"
        " VALUES (1, 1, 1, '2026-01-01', 1)"
    ),
    "forecast_explanation": (
        "INSERT INTO forecast_explanation (forecast_id, against, year, said)"
        " VALUES (1, 'budget', 2026, 'x')"
    ),
    "scenario": (
        "INSERT INTO scenario (project_id, name, note, made_by, made_at, version)"
        " VALUES (1, 'a', '', 'a', '2026-01-01', 1)"
    ),
    "person": (
        "INSERT INTO person (id, email, name, password, role, language, active, is_sample,"
        " fs_uniquifier) VALUES (1, 'a', 'a', '', 'director', 'en', true, false, 'a')"
    ),
    "reminded": (
        "INSERT INTO reminded (person_id, line, step, sent_at)"
        " VALUES (1, 'x', 'overdue', '2026-01-01')"
    ),
    "document": (
        "INSERT INTO document (subject, name, media_type, size, sha256, content, added_by,"
        " added_at) VALUES ('funder/1', 'letter', 'text/plain', 1, 'x', 'x', 'a', '2026-01-01')"
    ),
    "determination_request": (
        "INSERT INTO determination_request (commitment_id, requested_on, claimed, entered_by,"
        " entered_at) VALUES (1, '2026-01-01', 1, 'a', '2026-01-01')"
    ),
    "set_aside": (
        "INSERT INTO set_aside (bank_entry_id, reason, entered_by, entered_at)"
        " SELECT MIN(id), 'a customer', 'a', '2026-01-01' FROM bank_entry"
    ),
    "in_kind_declaration": (
        "INSERT INTO in_kind_declaration (project_id, partner, first_day, last_day, method,"
        " signed_by, signed_on, document_id, entered_by, entered_at) SELECT 1, 'p', '2026-01-01',"
        " '2026-01-01', 'hours', 'x', '2026-01-01', MIN(id), 'a', '2026-01-01' FROM document"
    ),
    "waiver": (
        "INSERT INTO waiver (project_id, rule, reason, until, entered_by, entered_at)"
        " VALUES (1, 'aid_intensity', 'x', '2026-01-01', 'a', '2026-01-01')"
    ),
}


def test_a_waiver_that_was_approved_is_not_rewritten_and_never_approved_by_who_asked(
    loaded: Session,
) -> None:
    assert_filled(loaded, "waiver")
    approve = "UPDATE waiver SET approved_by = '{}', approved_at = '2026-01-02'"
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction(loaded):
        loaded.execute(text(approve.format("a")))
    with transaction(loaded):
        loaded.execute(text(approve.format("b")))
    with pytest.raises(DBAPIError, match="kept as it was written"), transaction(loaded):
        loaded.execute(text("UPDATE waiver SET until = '2030-01-01'"))


def assert_filled(session: Session, table: str) -> None:
    """Triggers on rows say nothing of a table without rows."""
    with transaction(session):
        for record in [n for n in ("document", NEEDS.get(table), table) if n in RECORDS]:
            session.execute(text(RECORDS[record]))
    assert session.scalar(text(f'SELECT COUNT(*) FROM "{table}"'))
    session.rollback()


def test_amounts_are_whole_cents(loaded: Session) -> None:
    line = unpaid_line(loaded)
    if loaded.get_bind().dialect.name == "postgresql":
        pytest.skip("BIGINT holds nothing else on PostgreSQL")
    with pytest.raises(IntegrityError, match="amount_whole"), transaction(loaded):
        loaded.execute(
            text(
                "INSERT INTO allocation (charge_id, cost_line_id, commitment_id, amount)"
                " VALUES (1, :line, 1, 0.5)"
            ),
            {"line": line.id},
        )


RACERS = 4
ROUNDS = 8


def race(url: str, line: int, cents: int, barrier: Barrier, won: list[int]) -> None:
    engine = open_engine(url)
    with Session(engine) as session:
        for _ in range(ROUNDS):
            barrier.wait(300)
            try:
                allocate(session, line, cents)
                won.append(1)
            except IntegrityError:
                won.append(0)
    engine.dispose()


def test_nobody_wins_the_last_euro_twice(loaded: Session, loaded_url: str) -> None:
    session = loaded
    balance = session.scalars(
        select(CommitmentBalanceRow)
        .join(CommitmentRow, CommitmentRow.id == CommitmentBalanceRow.commitment_id)
        .where(CommitmentRow.code == "NGF-1")
    ).one()
    room = balance.committed - balance.charged
    line = add_line(session, unpaid_line(session), room * 2)
    share = room // 5  # five of the 32 attempts can win
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier, won = manager.Barrier(RACERS), manager.list()
        racers = [
            context.Process(target=race, args=(loaded_url, line, share, barrier, won))
            for _ in range(RACERS)
        ]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(600)
        assert [racer.exitcode for racer in racers] == [0] * RACERS
        assert len(won) == RACERS * ROUNDS
        assert sum(won) == 5
    session.expire_all()
    assert balance.charged <= balance.committed
