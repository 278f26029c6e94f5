"""Obligations: what was ordered and not yet invoiced, and the invoices that came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.store.tables import Base, Cents, whole_cents


class ObligationRow(Base):
    """An order or contract that will cost money; never deleted, but it can end early."""

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("project_id", "reference"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("reference <> ''", name="reference_given"),
        CheckConstraint("(ended_on IS NULL) = (ended_for = '')", name="ended_for_reason"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    reference: Mapped[str]
    supplier: Mapped[str]
    description: Mapped[str]
    ordered_on: Mapped[date]
    expected_on: Mapped[date | None]
    amount: Mapped[Cents]
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    work_package_id: Mapped[int] = mapped_column(ForeignKey("work_package.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    ended_on: Mapped[date | None] = mapped_column(default=None)
    ended_for: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class InvoicedRow(Base):
    """The part of an obligation that a cost line fulfilled; a negative one takes that back."""

    __tablename__ = "invoiced"
    __table_args__ = (
        Index(None, "obligation_id"),
        Index(None, "cost_line_id"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"))
    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"))
    amount: Mapped[Cents]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
