"""Commitments as they were on a day that has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tracker.domain.commitment_lists import on_day
from tracker.domain.money import ZERO, Money
from tracker.store.allocations import COUNTED_ON, AllocationRow
from tracker.store.amendments import confirmed_decisions
from tracker.store.commitments import commitments_of
from tracker.store.costs import CostLineRow
from tracker.store.receipts import ReceiptRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.amendments import Amendment
    from tracker.domain.commitments import Commitment


def commitments_on(session: Session, day: date) -> list[Commitment]:
    """List the commitments that were there on a day, as they were, in the programme's order.

    Units:  received until that day, and charged of costs that were incurred until that day.
    """
    decisions: dict[str, list[Amendment]] = {}
    for entered in confirmed_decisions(session):
        decisions.setdefault(entered.commitment, []).append(entered.decision)
    received, charged = _received_until(session, day), _charged_until(session, day)
    found = (
        on_day(
            commitment,
            decisions.get(commitment.code, ()),
            day,
            received.get(commitment.id, ZERO),
            charged.get(commitment.id, ZERO),
        )
        for commitment in commitments_of(session)
    )
    return [commitment for commitment in found if commitment]


def _received_until(session: Session, day: date) -> dict[int, Money]:
    """Add up what came in by commitment; what was undone later never came in."""
    undoing = aliased(ReceiptRow)
    rows = session.execute(
        select(ReceiptRow.commitment_id, func.sum(ReceiptRow.amount))
        .outerjoin(undoing, undoing.undoes_id == ReceiptRow.id)
        .where(ReceiptRow.undoes_id.is_(None), undoing.id.is_(None), ReceiptRow.received_on <= day)
        .group_by(ReceiptRow.commitment_id)
    )
    return {key: Money(int(amount)) for key, amount in rows}


def _charged_until(session: Session, day: date) -> dict[int, Money]:
    rows = session.execute(
        select(AllocationRow.commitment_id, func.sum(AllocationRow.amount))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(day >= COUNTED_ON)
        .group_by(AllocationRow.commitment_id)
    )
    return {key: Money(int(amount)) for key, amount in rows}
