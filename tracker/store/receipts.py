"""Bank entries, and the receipts that were recognised among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tracker.domain.commitments import Receipt
from tracker.domain.money import Money
from tracker.store.instalments import InstalmentRow
from tracker.store.tables import Base, Cents, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

REVERSED = "reversed"
"""How a receipt is recognised that takes back what the bank took back."""


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
    is_reversal: Mapped[bool] = mapped_column(default=False)


class ReceiptRow(Base):
    """Money from a funder on a commitment, all of a bank entry or a part of it.

    A receipt is never changed: one that was wrong is undone by another that points at it and
    takes its amount away. Without a bank entry it was entered by hand.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("undoes_id"),
        Index(None, "commitment_id", "amount"),
        Index(None, "bank_entry_id"),
        Index(None, "instalment_id"),
        CheckConstraint("(amount > 0) = (undoes_id IS NULL)", name="amount_positive_or_undone"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("undoes_id IS NULL OR reason <> ''", name="undone_for_reason"),
        CheckConstraint(
            "(bank_entry_id IS NULL) = (counterparty <> '')", name="by_hand_names_payer"
        ),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    bank_entry_id: Mapped[int | None] = mapped_column(ForeignKey("bank_entry.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    received_on: Mapped[date]
    amount: Mapped[Cents]
    recognised_by: Mapped[str]
    instalment_id: Mapped[int | None] = mapped_column(ForeignKey("instalment.id"), default=None)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")
    counterparty: Mapped[str] = mapped_column(default="")
    remittance: Mapped[str] = mapped_column(default="")
    entered_by: Mapped[str] = mapped_column(default="")


class SetAsideRow(Base):
    """Money that came in and is no funder's, with the reason; it waits no longer."""

    __tablename__ = "set_aside"
    __table_args__ = (
        UniqueConstraint("bank_entry_id"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    bank_entry_id: Mapped[int] = mapped_column(ForeignKey("bank_entry.id"))
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Money of a bank entry that belongs to no commitment yet."""

    id: int
    booked_on: date
    amount: Money
    left: Money
    counterparty: str
    counterparty_iban: str
    remittance: str


def receipts_of(
    session: Session, commitment_id: int, until: date | None = None
) -> tuple[Receipt, ...]:
    """The money that came in on a commitment, up to and including a day, in order.

    Shape:  what was undone is left out, and so is what undid it.
    """
    undoing = aliased(ReceiptRow)
    query = (
        select(ReceiptRow, BankEntryRow, InstalmentRow.number)
        .outerjoin(BankEntryRow, BankEntryRow.id == ReceiptRow.bank_entry_id)
        .outerjoin(InstalmentRow, InstalmentRow.id == ReceiptRow.instalment_id)
        .outerjoin(undoing, undoing.undoes_id == ReceiptRow.id)
        .where(
            ReceiptRow.commitment_id == commitment_id,
            ReceiptRow.undoes_id.is_(None),
            undoing.id.is_(None),
        )
        .order_by(ReceiptRow.received_on, ReceiptRow.id)
    )
    if until is not None:
        query = query.where(ReceiptRow.received_on <= until)
    return tuple(
        Receipt(
            receipt.received_on,
            Money(receipt.amount),
            entry.counterparty if receipt.bank_entry_id else receipt.counterparty,
            entry.remittance if receipt.bank_entry_id else receipt.remittance,
            receipt.recognised_by,
            receipt.id,
            receipt.bank_entry_id or 0,
            number or 0,
        )
        for receipt, entry, number in session.execute(query)
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


def unmatched_receipts(session: Session, most: int = 100) -> tuple[Unmatched, ...]:
    """List the newest money that came in and belongs, in whole or in part, to no commitment."""
    matched = _matched().subquery()
    left = BankEntryRow.amount - func.coalesce(matched.c.amount, 0)
    rows = session.execute(
        select(BankEntryRow, left)
        .outerjoin(matched, matched.c.bank_entry_id == BankEntryRow.id)
        .where(*_waits(left))
        .order_by(BankEntryRow.booked_on.desc(), BankEntryRow.id.desc())
        .limit(most)
    )
    return tuple(
        Unmatched(
            row.id,
            row.booked_on,
            Money(row.amount),
            Money(int(amount)),
            row.counterparty,
            row.counterparty_iban,
            row.remittance,
        )
        for row, amount in rows
    )


def unmatched(session: Session) -> tuple[int, Money]:
    """Count and add up the money that came in and belongs to no commitment."""
    matched = _matched().subquery()
    left = BankEntryRow.amount - func.coalesce(matched.c.amount, 0)
    count, amount = session.execute(
        select(func.count(), func.coalesce(func.sum(left), 0))
        .select_from(BankEntryRow)
        .outerjoin(matched, matched.c.bank_entry_id == BankEntryRow.id)
        .where(*_waits(left))
    ).one()
    return count, Money(int(amount))


def _matched() -> Select[int | None, int]:
    return (
        select(ReceiptRow.bank_entry_id, func.sum(ReceiptRow.amount).label("amount"))
        .where(ReceiptRow.bank_entry_id.is_not(None))
        .group_by(ReceiptRow.bank_entry_id)
    )


def _waits(left: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Choose the money that came in, is not matched in full, and was not set aside.

    What the bank took back itself waits for nobody.
    """
    taken_back = select(ReceiptRow.id).where(
        ReceiptRow.bank_entry_id == BankEntryRow.id, ReceiptRow.recognised_by == REVERSED
    )
    aside = select(SetAsideRow.bank_entry_id)
    return (
        BankEntryRow.amount > 0,
        left > 0,
        BankEntryRow.id.not_in(aside),
        ~taken_back.exists(),
    )
