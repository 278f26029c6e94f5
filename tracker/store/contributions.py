"""What makes partners' hours count: the method, the evidence and the contributor's signature."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tracker.domain.contributions import Contribution, Declaration, covering
from tracker.domain.costs import Origin
from tracker.domain.money import Money
from tracker.store.costs import CostLineRow, key_of
from tracker.store.imports import BookRow
from tracker.store.scope import named
from tracker.store.tables import Base


class DeclarationRow(Base):
    """A contributor's signed statement over the hours of a period. Never overwritten."""

    __tablename__ = "in_kind_declaration"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="period_in_order"),
        CheckConstraint("method <> ''", name="method_given"),
        CheckConstraint("signed_by <> ''", name="signed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    partner: Mapped[str] = mapped_column(index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    method: Mapped[str]
    signed_by: Mapped[str]
    signed_on: Mapped[date]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


def of_partner(session: Session, partner: str) -> str:
    """Name a partner as the audit trail and its documents do."""
    return f"in-kind/{named(session, partner)}"


def declarations_of(session: Session) -> list[Declaration]:
    """List the signed statements, by partner and period."""
    rows = session.scalars(
        select(DeclarationRow).order_by(
            DeclarationRow.partner, DeclarationRow.first_day, DeclarationRow.id
        )
    )
    return [
        Declaration(
            row.id,
            row.partner,
            row.first_day,
            row.last_day,
            row.method,
            row.signed_by,
            row.signed_on,
            row.document_id,
            row.entered_by,
        )
        for row in rows
    ]


def contributions_of(session: Session, partner: str = "", year: int = 0) -> list[Contribution]:
    """List partners' hours by day, of one partner and year where they are named.

    Shape:  without what was cancelled.
    """
    back = aliased(CostLineRow)
    cancelled = select(back.id).where(back.reverses_id == CostLineRow.id).exists()
    query = (
        select(CostLineRow, BookRow)
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .where(BookRow.origin == Origin.IN_KIND.value, ~cancelled)
        .order_by(BookRow.company, CostLineRow.incurred_on, CostLineRow.id)
    )
    if partner:
        query = query.where(BookRow.company == partner)
    if year:
        query = query.where(BookRow.fiscal_year == year)
    declarations = declarations_of(session)
    return [_contribution(line, book, declarations) for line, book in session.execute(query)]


def partners_of(session: Session) -> list[str]:
    """Name the partners that contributed or declared something, in the order of their names."""
    of_books = select(BookRow.company).where(BookRow.origin == Origin.IN_KIND.value)
    return sorted(
        set(session.scalars(of_books)) | set(session.scalars(select(DeclarationRow.partner)))
    )


def _contribution(
    line: CostLineRow, book: BookRow, declarations: list[Declaration]
) -> Contribution:
    hours, _, rate = line.document.partition(" × ")  # as bringing in such a line writes it
    return Contribution(
        line_id=line.id,
        key=key_of(book, line.journal, line.transaction_number, line.line_number),
        partner=book.company,
        worked_on=line.incurred_on,
        work_package=line.cost_centre,
        hours=Decimal(hours),
        rate=Decimal(rate),
        value=Money(line.amount),
        description=line.description,
        declaration=covering(declarations, book.company, line.incurred_on),
    )
