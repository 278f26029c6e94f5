"""Reading the figures of a statement a second way, each from another table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.costs import Origin
from tracker.domain.errors import Sentence
from tracker.domain.money import Money
from tracker.domain.statements import Check
from tracker.store import amendments
from tracker.store.allocations import AllocationRow
from tracker.store.commitments import CommitmentBalanceRow
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow
from tracker.store.ledgers import ExcludedLineRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.statements import CategoryLine, Earlier


def checks_of(
    session: Session,
    commitment: Commitment,
    categories: tuple[CategoryLine, ...],
    listed: Money,
    earlier: Earlier | None,
) -> tuple[Check, ...]:
    """Work out the figures of the statement a second way, each from another table."""
    balance = session.get_one(CommitmentBalanceRow, commitment.id)
    booked = _booked(session)
    declared = session.scalar(
        select(func.coalesce(func.sum(BookRow.debit - BookRow.credit), 0)).where(
            BookRow.origin == Origin.LEDGER.value
        )
    )
    amended = Money.total(a.amount for a in amendments.amendments_of(session, commitment.id))
    return (
        Check(
            Sentence("Costs by category, this period, and the list of cost lines"),
            Money.total(line.this_period + line.adjustments for line in categories),
            listed,
        ),
        *_as_reported(categories, earlier),
        Check(
            Sentence("All costs charged to the award, and its balance"),
            _charged(session, commitment),
            Money(balance.charged),
        ),
        Check(
            Sentence("The award with its amendments, and the amount committed"),
            amended,
            Money(balance.committed),
        ),
        Check(
            Sentence("Lines taken from the ledgers, and the ledgers' own control totals"),
            booked,
            Money(int(declared or 0)),
        ),
    )


def _as_reported(
    categories: tuple[CategoryLine, ...], earlier: Earlier | None
) -> tuple[Check, ...]:
    """Compare what the last report told with what the books say of the same days today."""
    if earlier is None:
        return ()
    what = Sentence(
        "What was reported up to {day}, and the books of the same days",
        {"day": earlier.period.last_day},
    )
    told = Money.total(amount for _category, amount in earlier.to_date)
    return (Check(what, told, Money.total(line.previously for line in categories)),)


def _charged(session: Session, commitment: Commitment) -> Money:
    mine = AllocationRow.commitment_id == commitment.id
    return Money(int(session.scalar(select(func.sum(AllocationRow.amount)).where(mine)) or 0))


def _booked(session: Session) -> Money:
    total = 0
    for table in (CostLineRow, ExcludedLineRow):
        total += int(
            session.scalar(
                select(func.coalesce(func.sum(table.amount), 0))
                .join(BookRow, BookRow.id == table.book_id)
                .where(BookRow.origin == Origin.LEDGER.value)
            )
            or 0
        )
    return Money(total)
