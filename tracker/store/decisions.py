"""What confirming a decision on a commitment must respect, as the books have it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.amendments import Verdict
from tracker.domain.commitments import Status
from tracker.domain.decisions import Before
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow
from tracker.store.amendments import AmendmentRow, standing_of
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.projects import CategoryRow
from tracker.store.receipts import ReceiptRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def before_of(session: Session, commitment_id: int) -> Before:
    """Give what confirming a decision on a commitment must respect, and hold it still."""
    balance = session.scalars(
        select(CommitmentBalanceRow)
        .where(CommitmentBalanceRow.commitment_id == commitment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row = session.get_one(CommitmentRow, commitment_id, populate_existing=True)
    between, categories = _charged(session, commitment_id)
    return Before(
        code=row.code,
        status=Status(row.status),
        amount=Money(balance.committed),
        charged=Money(balance.charged),
        received=_received(session, commitment_id),
        determined=standing_of(session, commitment_id, date.max).determined,
        stepped_on=session.scalar(
            select(func.max(AmendmentRow.decided_on)).where(
                AmendmentRow.commitment_id == commitment_id,
                AmendmentRow.verdict == Verdict.CONFIRMED.value,
                AmendmentRow.status.is_not(None),
            )
        ),
        charged_between=between,
        charged_categories=categories,
    )


def _received(session: Session, commitment_id: int) -> Money:
    received = select(func.coalesce(func.sum(ReceiptRow.amount), 0))
    return Money(
        int(session.scalar(received.where(ReceiptRow.commitment_id == commitment_id)) or 0)
    )


def _charged(
    session: Session, commitment_id: int
) -> tuple[tuple[date, date] | None, frozenset[str]]:
    """Tell between which days the costs charged were incurred, and of which categories they are."""
    rows = session.execute(
        select(
            CategoryRow.code, func.min(CostLineRow.incurred_on), func.max(CostLineRow.incurred_on)
        )
        .join(CostLineRow, CostLineRow.category_id == CategoryRow.id)
        .join(AllocationRow, AllocationRow.cost_line_id == CostLineRow.id)
        .where(AllocationRow.commitment_id == commitment_id)
        .group_by(CategoryRow.code)
    ).all()
    days = [day for _, first, last in rows for day in (first, last)]
    return (min(days), max(days)) if days else None, frozenset(code for code, _, _ in rows)
