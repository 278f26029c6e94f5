"""What funders set aside by cost category."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.money import Money
from tracker.store.projects import CategoryRow
from tracker.store.tables import Base, Cents, whole_cents


class BudgetRow(Base):
    """What a funder sets aside for a category. Changed by a new version, never overwritten."""

    __tablename__ = "budget"
    __table_args__ = (
        UniqueConstraint("commitment_id", "category_id", "version"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    version: Mapped[int]
    amount: Mapped[Cents]


def budget_of(session: Session, commitment_id: int) -> dict[str, Money]:
    """The newest version of a funder's budget by category; empty where it set none."""
    newest = (
        select(func.max(BudgetRow.version))
        .where(BudgetRow.commitment_id == commitment_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(CategoryRow.code, BudgetRow.amount)
        .join(CategoryRow, CategoryRow.id == BudgetRow.category_id)
        .where(BudgetRow.commitment_id == commitment_id, BudgetRow.version == newest)
        .order_by(CategoryRow.position)
    )
    return {code: Money(amount) for code, amount in rows}
