"""Bank entries, and the receipts that were recognised among them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.commitments import Receipt
from tracker.domain.money import Money
from tracker.store.tables import Base, Cents, whole_cents


class BankEntryRow(Base):
    """One transaction on a bank account. Never changed, never deleted."""

    __tablename__ = "bank_entry"
    __table_args__ = (UniqueConstraint("key"), *whole_cents("amount"))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    key: Mapped[str]
    iban: Mapped[str]
    booked_on: Mapped[date]
    amount: Mapped[Cents]
    counterparty: Mapped[str]
    counterparty_iban: Mapped[str]
    remittance: Mapped[str]


class ReceiptRow(Base):
    """Money from a funder on a commitment, and by what it was recognised."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("bank_entry_id"),
        Index(None, "commitment_id", "amount"),
        CheckConstraint("amount > 0", name="amount_positive"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    bank_entry_id: Mapped[int] = mapped_column(ForeignKey("bank_entry.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    received_on: Mapped[date]
    amount: Mapped[Cents]
    recognised_by: Mapped[str]


def receipts_of(
    session: Session, commitment_id: int, until: date | None = None
) -> tuple[Receipt, ...]:
    """The money that came in on a commitment, up to and including a day, in order."""
    query = (
        select(ReceiptRow, BankEntryRow)
        .join(BankEntryRow, BankEntryRow.id == ReceiptRow.bank_entry_id)
        .where(ReceiptRow.commitment_id == commitment_id)
        .order_by(ReceiptRow.received_on, ReceiptRow.id)
    )
    if until is not None:
        query = query.where(ReceiptRow.received_on <= until)
    return tuple(
        Receipt(
            receipt.received_on,
            Money(receipt.amount),
            entry.counterparty,
            entry.remittance,
            receipt.recognised_by,
        )
        for receipt, entry in session.execute(query)
    )


def known_entries(session: Session, keys: list[str]) -> dict[str, BankEntryRow]:
    """Give the bank entries among these keys that have been brought in before."""
    found: dict[str, BankEntryRow] = {}
    for at in range(0, len(keys), 500):
        rows = session.scalars(
            select(BankEntryRow).where(BankEntryRow.key.in_(keys[at : at + 500]))
        )
        found.update((row.key, row) for row in rows)
    return found


def unmatched_receipts(session: Session, most: int = 100) -> tuple[Receipt, ...]:
    """List the newest money that came in and belongs to no commitment."""
    rows = session.scalars(
        select(BankEntryRow)
        .where(BankEntryRow.amount > 0, BankEntryRow.id.not_in(select(ReceiptRow.bank_entry_id)))
        .order_by(BankEntryRow.booked_on.desc(), BankEntryRow.id.desc())
        .limit(most)
    )
    return tuple(
        Receipt(row.booked_on, Money(row.amount), row.counterparty, row.remittance, "")
        for row in rows
    )


def unmatched(session: Session) -> tuple[int, Money]:
    """Count and add up the money that came in and belongs to no commitment."""
    matched = select(ReceiptRow.bank_entry_id)
    count, amount = session.execute(
        select(func.count(), func.coalesce(func.sum(BankEntryRow.amount), 0)).where(
            BankEntryRow.amount > 0, BankEntryRow.id.not_in(matched)
        )
    ).one()
    return count, Money(int(amount))
