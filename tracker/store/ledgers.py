"""Lines of the ledgers that are no costs, and the invoices that were booked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.costs import Exclusion
from tracker.domain.money import Money
from tracker.store.imports import BookRow
from tracker.store.projects import the_project
from tracker.store.tables import Base, Cents, one_of, whole_cents


class ExcludedLineRow(Base):
    """A line of the books that is no cost of the project, with the reason.

    Of lines that can never be a cost, the description is not kept: payroll and bank details do
    not belong here.
    """

    __tablename__ = "excluded_line"
    __table_args__ = (
        UniqueConstraint("book_id", "journal", "transaction_number", "line_number"),
        Index(None, "reason", "amount"),
        one_of("reason", Exclusion),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    journal: Mapped[str]
    transaction_number: Mapped[str]
    line_number: Mapped[str]
    incurred_on: Mapped[date]
    amount: Mapped[Cents]
    reason: Mapped[str]
    account: Mapped[str]
    project_code: Mapped[str]
    cost_centre: Mapped[str]
    description: Mapped[str]


class InvoiceRow(Base):
    """A purchase invoice as one transaction booked it; equal signatures are booked twice."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("book_id", "journal", "transaction_number"),
        Index(None, "signature"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    journal: Mapped[str]
    transaction_number: Mapped[str]
    signature: Mapped[str]


class BookedTwiceRow(Base):
    """The signature of an invoice that more than one transaction books."""

    __tablename__ = "booked_twice"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    signature: Mapped[str] = mapped_column(primary_key=True)


def note_doubles(session: Session) -> None:
    """Note the invoices that are booked more than once, after a book has been brought in."""
    project_id = the_project(session).id
    known = select(BookedTwiceRow.signature).where(BookedTwiceRow.project_id == project_id)
    own_books = select(BookRow.id).where(BookRow.project_id == project_id)
    doubles = (
        select(literal(project_id), InvoiceRow.signature)
        .where(InvoiceRow.signature.not_in(known), InvoiceRow.book_id.in_(own_books))
        .group_by(InvoiceRow.signature)
        .having(func.count() > 1)
    )
    session.execute(insert(BookedTwiceRow).from_select(["project_id", "signature"], doubles))


def excluded(session: Session) -> list[tuple[Exclusion, int, Money]]:
    """Count and add up the lines of the books that are no costs, in the order of the reasons."""
    rows = session.execute(
        select(ExcludedLineRow.reason, func.count(), func.sum(ExcludedLineRow.amount)).group_by(
            ExcludedLineRow.reason
        )
    )
    found = {reason: (count, Money(int(amount))) for reason, count, amount in rows}
    return [(reason, *found[reason]) for reason in Exclusion if reason in found]


def count_booked_twice(session: Session) -> int:
    """Count the invoices that are booked more than once."""
    return session.scalar(select(func.count()).select_from(BookedTwiceRow)) or 0


def booked_twice(session: Session) -> list[tuple[str, ...]]:
    """List the transactions that book the same invoice, each group by its keys.

    Shape:  keys such as ``2023INK000097``: fiscal year, journal, number of at least six digits.
    """
    rows = session.execute(
        select(
            InvoiceRow.signature,
            BookRow.fiscal_year,
            InvoiceRow.journal,
            InvoiceRow.transaction_number,
        )
        .join(BookedTwiceRow, BookedTwiceRow.signature == InvoiceRow.signature)
        .join(BookRow, BookRow.id == InvoiceRow.book_id)
        .order_by(BookRow.fiscal_year, InvoiceRow.id)
    )
    groups: dict[str, list[str]] = {}
    for signature, year, journal, number in rows:
        groups.setdefault(signature, []).append(f"{year}{journal}{number.zfill(6)}")
    return [tuple(keys) for keys in groups.values()]
