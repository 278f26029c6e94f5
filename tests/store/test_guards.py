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
    "crosswalk",
    "crosswalk_line",
    "crosswalk_part",
    "depreciation",
    "determination_request",
    "document",
    "excluded_line",
    "forecast",
    "forecast_explanation",
    "forecast_line",
    "funder_workbook",
    "in_kind_declaration",
    "intake_piece",
    "invoice",
    "invoiced",
    "issued_figure",
    "issued_file",
    "issued_report",
    "milestone_move",
    "programme_term",
    "receipt",
    "reminded",
    "report_answer",
    "report_comment",
    "report_download",
    "report_withdrawal",
    "sent_report",
    "set_aside",
    "split_share",
    "unallocated",
    "workbook_figure",
    "worked",
]
LASTING = [
    "bank_statement",
    "book",
    "commitment",
    "commitment_balance",
    "funder",
    "funder_report",
    "import",
    "instalment",
    "intake",
    "mapping_profile",
    "milestone",
    "obligation",
    "programme",
    "reopening",
    "report_job",
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


ISSUED = [
    "audit",
    "document",
    "issued_figure",
    "issued_file",
    "issued_report",
    "report_answer",
    "report_download",
    "report_withdrawal",
]


@pytest.mark.parametrize("table", ISSUED)
def test_what_was_issued_is_neither_replaced_nor_emptied_out(loaded: Session, table: str) -> None:
    """A replaced row is deleted in passing; an emptied table loses rows that nobody deletes."""
    assert_filled(loaded, table)
    before = loaded.execute(text(f'SELECT * FROM "{table}"')).all()
    is_sqlite = loaded.get_bind().dialect.name == "sqlite"
    replace = f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'
    empty = f'TRUNCATE "{table}" CASCADE'
    loaded.rollback()
    with pytest.raises(DBAPIError, match="kept as it was written"), transaction(loaded):
        loaded.execute(text(replace if is_sqlite else empty))
    assert loaded.execute(text(f'SELECT * FROM "{table}"')).all() == before


KEYS = {
    "audit": "seq",
    "crosswalk_part": "line_id",
    "depreciation": "cost_line_id",
    "intake_piece": "intake_id",
    "worked": "cost_line_id",
}
_ISSUED = ("funder_report", "issued_report")
NEEDS: dict[str, tuple[str, ...]] = {
    "crosswalk_line": ("crosswalk",),
    "crosswalk_part": ("crosswalk", "crosswalk_line"),
    "forecast_explanation": ("forecast",),
    "forecast_line": ("forecast",),
    "invoiced": ("obligation",),
    "issued_figure": _ISSUED,
    "issued_file": _ISSUED,
    "issued_report": ("funder_report",),
    "reminded": ("person",),
    "reopening": ("reporting_period",),
    "report_answer": _ISSUED,
    "report_comment": ("funder_report",),
    "report_download": _ISSUED,
    "report_withdrawal": _ISSUED,
    "sent_report": ("reporting_period",),
    "workbook_figure": ("funder_workbook",),
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
    "funder_report": (
        "INSERT INTO funder_report (id, commitment_id, kind, first_day, last_day, state, version,"
        " prepared_by, prepared_at, asked_by, approved_by) VALUES (1, 1, 'statement',"
        " '2021-01-01', '2021-12-31', 'report_approved', 1, 'a', '2026-01-01', 'a', 'b')"
    ),
    "issued_report": (
        "INSERT INTO issued_report (id, report_id, number, ledger_state, prepared_by,"
        " approved_by, issued_by, issued_at, facts_id) SELECT 1, 1, 1, 'x', 'a', 'b', 'a',"
        " '2026-01-01', MIN(id) FROM document"
    ),
    "issued_file": (
        "INSERT INTO issued_file (issued_id, face, document_id) SELECT 1, 'pdf', MIN(id)"
        " FROM document"
    ),
    "issued_figure": (
        "INSERT INTO issued_figure (issued_id, category_id, previously, adjustments, this_period,"
        " to_date) VALUES (1, 1, 1, 2, 3, 6)"
    ),
    "report_answer": (
        "INSERT INTO report_answer (issued_id, answer, said, answered_by, answered_at)"
        " VALUES (1, 'report_accepted', '', 'a', '2026-01-01')"
    ),
    "report_withdrawal": (
        "INSERT INTO report_withdrawal (issued_id, reason, withdrawn_by, withdrawn_at)"
        " VALUES (1, 'x', 'a', '2026-01-01')"
    ),
    "report_download": (
        'INSERT INTO report_download (issued_id, face, "by", role, at)'
        " VALUES (1, 'pdf', 'a', 'auditor', '2026-01-01')"
    ),
    "report_comment": (
        "INSERT INTO report_comment (report_id, place, said, written_by, written_at)"
        " VALUES (1, '', 'x', 'a', '2026-01-01')"
    ),
    "report_job": (
        "INSERT INTO report_job (project_id, key, what, state, version, done, whole, why,"
        " asked_by, role, asked_at, seen_at) VALUES (1, 'x', '{}', 'job_waiting', 1, 0, 0, '',"
        " 'a', 'auditor', '2026-01-01', '2026-01-01')"
    ),
    "crosswalk": (
        "INSERT INTO crosswalk (id, programme_id, number, language, made_by, made_at)"
        " VALUES (1, 1, 1, 'en', 'a', '2026-01-01')"
    ),
    "crosswalk_line": (
        "INSERT INTO crosswalk_line (id, crosswalk_id, position, code, title, kind)"
        " VALUES (1, 1, 1, 'A', 'x', 'line')"
    ),
    "crosswalk_part": "INSERT INTO crosswalk_part (line_id, category) VALUES (1, 'travel')",
    "funder_workbook": (
        "INSERT INTO funder_workbook (id, programme_id, number, document_id, shape, made_by,"
        " made_at) SELECT 1, 1, 1, MIN(id), '', 'a', '2026-01-01' FROM document"
    ),
    "workbook_figure": (
        "INSERT INTO workbook_figure (workbook_id, sheet, place, figure)"
        " VALUES (1, 'x', 'A1', 'award')"
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
        for record in [n for n in ("document", *NEEDS.get(table, ()), table) if n in RECORDS]:
            session.execute(text(RECORDS[record]))
    assert session.scalar(text(f'SELECT COUNT(*) FROM "{table}"'))
    session.rollback()


@pytest.mark.parametrize("approver", ["a", "the one who asked"])
def test_no_report_is_approved_by_who_prepared_it_or_asked_for_it(
    loaded: Session, approver: str
) -> None:
    assert_filled(loaded, "funder_report")
    asked = "UPDATE funder_report SET asked_by = 'the one who asked', approved_by = '{}'"
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction(loaded):
        loaded.execute(text(asked.format(approver)))
    with transaction(loaded):
        loaded.execute(text(asked.format("somebody else")))


def test_what_an_issued_report_told_adds_up(loaded: Session) -> None:
    assert_filled(loaded, "issued_figure")
    wrong = (
        "INSERT INTO issued_figure (issued_id, category_id, previously, adjustments, this_period,"
        " to_date) VALUES (1, 2, 1, 2, 3, {})"
    )
    with pytest.raises(IntegrityError, match="adds_up"), transaction(loaded):
        loaded.execute(text(wrong.format(7)))
    with transaction(loaded):
        loaded.execute(text(wrong.format(6)))


def test_two_reports_over_the_same_days_exist_only_if_one_was_dropped(loaded: Session) -> None:
    assert_filled(loaded, "funder_report")
    again = RECORDS["funder_report"].replace("(1, 1,", "(2, 1,")
    with pytest.raises(IntegrityError), transaction(loaded):
        loaded.execute(text(again))
    with transaction(loaded):
        loaded.execute(text("UPDATE funder_report SET state = 'report_dropped'"))
        loaded.execute(text(again))


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
