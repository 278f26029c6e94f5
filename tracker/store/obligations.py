"""Obligations: what was ordered and not yet invoiced, and the invoices that came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.costs import Origin
from tracker.domain.errors import NotFoundError
from tracker.domain.money import ZERO, Money
from tracker.domain.obligations import Invoiced, Obligation, Ordered
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow, key_of, still_stands
from tracker.store.imports import BookRow
from tracker.store.milestones import MilestoneRow
from tracker.store.projects import CategoryRow, WorkPackageRow
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


def obligations_of(
    session: Session, project_id: int, commitment_id: int | None = None
) -> list[Obligation]:
    """List the obligations of a project in the order of entering; of a commitment if named."""
    query = _query().where(ObligationRow.project_id == project_id)
    if commitment_id is not None:
        query = query.where(ObligationRow.commitment_id == commitment_id)
    return [_obligation(row) for row in session.execute(query)]


def obligation_numbered(session: Session, key: int) -> Obligation:
    """Give one obligation.

    Errors: ``NotFoundError``.
    """
    row = session.execute(_query().where(ObligationRow.id == key)).first()
    if row is None:
        raise NotFoundError("There is no such obligation.")
    return _obligation(row)


def references_of(session: Session, project_id: int) -> list[str]:
    """The references that orders of a project have."""
    query = select(ObligationRow.reference).where(ObligationRow.project_id == project_id)
    return list(session.scalars(query))


def invoices_of(session: Session, key: int) -> list[Invoiced]:
    """List what was invoiced of an obligation, by cost line."""
    return _invoiced(session, InvoicedRow.obligation_id == key)


def fulfilled_by(session: Session, line_id: int) -> list[Invoiced]:
    """List the obligations that a cost line fulfils a part of."""
    return _invoiced(session, InvoicedRow.cost_line_id == line_id)


def left_of_cost(session: Session, line_id: int) -> Money:
    """Give what of a cost line belongs to no obligation.

    Shape:  nothing of one that was taken back, or of hours in kind: those nobody orders.
    """
    amount = session.scalar(
        select(CostLineRow.amount)
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .where(CostLineRow.id == line_id, BookRow.origin != Origin.IN_KIND, *still_stands())
    )
    used = session.scalar(
        select(func.coalesce(func.sum(InvoicedRow.amount), 0)).where(
            InvoicedRow.cost_line_id == line_id
        )
    )
    return max(ZERO, Money((amount or 0) - int(used or 0)))


def ordered_beside_spent(session: Session, project_id: int) -> list[Ordered]:
    """Add up costs and open orders by work package and category, where something is ordered."""
    open_of: dict[tuple[str, str], Money] = {}
    for one in obligations_of(session, project_id):
        key = (one.work_package, one.category)
        if one.open:
            open_of[key] = open_of.get(key, ZERO) + one.open
    rows = session.execute(
        select(WorkPackageRow.code, CategoryRow.code, func.sum(CostLineRow.amount))
        .join(WorkPackageRow, WorkPackageRow.id == CostLineRow.work_package_id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .where(CategoryRow.code.in_({category for _, category in open_of}))
        .group_by(WorkPackageRow.code, CategoryRow.code)
    )
    spent = {(package, category): Money(int(cents)) for package, category, cents in rows}
    return [
        Ordered(*key, spent=spent.get(key, ZERO), ordered=ordered)
        for key, ordered in sorted(open_of.items())
    ]


def carry_over(session: Session, line_id: int, to_line_id: int) -> None:
    """Let a line that replaces another fulfil the same orders."""
    rows = session.scalars(select(InvoicedRow).where(InvoicedRow.cost_line_id == line_id)).all()
    for row in rows:
        session.add(
            InvoicedRow(
                obligation_id=row.obligation_id,
                cost_line_id=to_line_id,
                amount=row.amount,
                entered_by=row.entered_by,
                entered_at=row.entered_at,
            )
        )
    session.flush()


def _query() -> Any:
    invoiced = (
        select(func.coalesce(func.sum(InvoicedRow.amount), 0))
        .join(CostLineRow, CostLineRow.id == InvoicedRow.cost_line_id)
        .where(InvoicedRow.obligation_id == ObligationRow.id, *still_stands())
        .scalar_subquery()
    )
    return (
        select(
            ObligationRow,
            CategoryRow.code.label("category"),
            WorkPackageRow.code.label("work_package"),
            MilestoneRow.code.label("milestone"),
            CommitmentRow.code.label("commitment"),
            invoiced.label("invoiced"),
        )
        .join(CategoryRow, CategoryRow.id == ObligationRow.category_id)
        .join(WorkPackageRow, WorkPackageRow.id == ObligationRow.work_package_id)
        .outerjoin(MilestoneRow, MilestoneRow.id == ObligationRow.milestone_id)
        .outerjoin(CommitmentRow, CommitmentRow.id == ObligationRow.commitment_id)
        .order_by(ObligationRow.id)
    )


def _obligation(found: Any) -> Obligation:
    row = found.ObligationRow
    return Obligation(
        id=row.id,
        reference=row.reference,
        supplier=row.supplier,
        description=row.description,
        ordered_on=row.ordered_on,
        expected_on=row.expected_on,
        amount=Money(row.amount),
        category=found.category,
        work_package=found.work_package,
        milestone=found.milestone or "",
        commitment=found.commitment or "",
        invoiced=Money(int(found.invoiced)),
        entered_by=row.entered_by,
        ended_on=row.ended_on,
        ended_for=row.ended_for,
        version=row.version,
    )


def _invoiced(session: Session, chosen: Any) -> list[Invoiced]:
    rows = session.execute(
        select(
            InvoicedRow.obligation_id,
            ObligationRow.reference,
            CostLineRow,
            BookRow,
            func.sum(InvoicedRow.amount).label("amount"),
        )
        .join(ObligationRow, ObligationRow.id == InvoicedRow.obligation_id)
        .join(CostLineRow, CostLineRow.id == InvoicedRow.cost_line_id)
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .where(chosen, *still_stands())
        .group_by(InvoicedRow.obligation_id, ObligationRow.reference, CostLineRow.id, BookRow.id)
        .having(func.sum(InvoicedRow.amount) != 0)
        .order_by(CostLineRow.id, InvoicedRow.obligation_id)
    )
    return [
        Invoiced(
            found.obligation_id,
            found.reference,
            (line := found.CostLineRow).id,
            key_of(found.BookRow, line.journal, line.transaction_number, line.line_number),
            line.incurred_on,
            Money(int(found.amount)),
        )
        for found in rows
    ]
