"""Reading what pays for the project, as far as one of its funders may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tracker.domain.commitments import COMMITTED, Form
from tracker.domain.financing import side_of
from tracker.domain.money import Money
from tracker.domain.statement_parts import SourcePart, SourceSum, told_together
from tracker.store import receipts
from tracker.store.allocations import COUNTED_ON, AllocationRow
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.funders import FunderRow, ProgrammeRow
from tracker.store.obligations import obligations_of
from tracker.store.receipts import ReceiptRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment


def sources_of(session: Session, commitment: Commitment, day: date) -> tuple[SourceSum, ...]:
    """List what pays for the project: this funder's own commitments, then others together."""
    received, charged = _received(session, day), _charged(session, day)
    own: list[SourceSum] = []
    others: list[SourcePart] = []
    for key, code, reference, form, committed, funder_id, kind in _binding(session, commitment):
        side = side_of(kind)
        amounts = (Money(committed), Money(received.get(key, 0)), Money(charged.get(key, 0)))
        if funder_id == commitment.funder_id:
            own.append(SourceSum((side,), (Form(form),), *amounts, code, reference))
        else:
            others.append(SourcePart(funder_id, side, Form(form), *amounts))
    own.sort(key=lambda source: source.commitment != commitment.code)
    return (*own, *told_together(others))


def ordered_of(session: Session, commitment: Commitment, day: date) -> Money:
    """Add up what orders of up to a day, that a commitment is to pay, still have open."""
    orders = obligations_of(session, commitment.project_id, commitment.id)
    return Money.total(order.open for order in orders if order.ordered_on <= day)


def spent_beside(session: Session, commitment: Commitment, day: date) -> Money:
    """Add up what others bring to the costs that a commitment pays a part of, up to a day."""
    mine = (
        select(AllocationRow.cost_line_id, func.sum(AllocationRow.amount).label("charged"))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(AllocationRow.commitment_id == commitment.id, day >= COUNTED_ON)
        .group_by(AllocationRow.cost_line_id)
        .having(func.sum(AllocationRow.amount) != 0)
        .subquery()
    )
    beside = CostLineRow.amount - CostLineRow.ineligible - mine.c.charged
    found = session.scalar(
        select(func.coalesce(func.sum(beside), 0)).join(mine, mine.c.cost_line_id == CostLineRow.id)
    )
    return Money(int(found or 0))


def _binding(session: Session, commitment: Commitment) -> list[Any]:
    found = session.execute(
        select(
            CommitmentRow.id,
            CommitmentRow.code,
            CommitmentRow.reference,
            CommitmentRow.form,
            CommitmentBalanceRow.committed,
            FunderRow.id,
            FunderRow.kind,
        )
        .join(CommitmentBalanceRow, CommitmentBalanceRow.commitment_id == CommitmentRow.id)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .join(FunderRow, FunderRow.id == ProgrammeRow.funder_id)
        .where(
            CommitmentRow.project_id == commitment.project_id,
            CommitmentRow.status.in_([status.value for status in COMMITTED]),
        )
        .order_by(CommitmentRow.position, CommitmentRow.id)
    )
    return list(found)


def _received(session: Session, day: date) -> dict[int, int]:
    rows = session.execute(
        select(ReceiptRow.commitment_id, func.sum(ReceiptRow.amount))
        .where(day >= receipts.COUNTED_ON)
        .group_by(ReceiptRow.commitment_id)
    )
    return {key: int(cents) for key, cents in rows}


def _charged(session: Session, day: date) -> dict[int, int]:
    rows = session.execute(
        select(AllocationRow.commitment_id, func.sum(AllocationRow.amount))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(day >= COUNTED_ON)
        .group_by(AllocationRow.commitment_id)
    )
    return {key: int(cents) for key, cents in rows}
