"""Bank entries, and the receipts that were recognised among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tracker.domain.commitments import Receipt
from tracker.domain.errors import NotFoundError
from tracker.domain.money import Money
from tracker.domain.receipts import Recognised
from tracker.store.instalments import InstalmentRow
from tracker.store.scope import over_all
from tracker.store.tables import Base, Cents, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select


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
    counted_on: Mapped[date | None] = mapped_column(default=None)


COUNTED_ON = func.coalesce(ReceiptRow.counted_on, ReceiptRow.received_on)
"""The day on which a receipt counts: its own, unless its period was closed."""


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
    """Money of a bank entry that belongs to no commitment yet.

    Shape:  ``set_aside`` is why it is no funder's, empty for money that waits.
    """

    id: int
    booked_on: date
    amount: Money
    left: Money
    counterparty: str
    counterparty_iban: str
    remittance: str
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """A receipt that was undone: why, and by whom."""

    receipt: Receipt
    reason: str
    undone_by: str


def receipts_of(
    session: Session, commitment_id: int, until: date | None = None
) -> tuple[Receipt, ...]:
    """The money that came in on a commitment, up to and including a day, in order.

    Shape:  what was undone is left out, and so is what undid it.
    """
    query = _receipts().where(ReceiptRow.commitment_id == commitment_id, *_standing())
    if until is not None:
        query = query.where(until >= COUNTED_ON)
    return tuple(_receipt(*found[:3]) for found in session.execute(query))


def undone_of(session: Session, commitment_id: int) -> tuple[Undone, ...]:
    """The receipts on a commitment that were undone, the newest first."""
    undoing = aliased(ReceiptRow)
    rows = session.execute(
        _receipts()
        .add_columns(undoing.reason, undoing.entered_by)
        .join(undoing, undoing.undoes_id == ReceiptRow.id)
        .where(ReceiptRow.commitment_id == commitment_id)
        .order_by(None)
        .order_by(undoing.id.desc())
    )
    return tuple(
        Undone(_receipt(row, entry, number), reason, by)
        for row, entry, number, _, reason, by in rows
    )


def receipt_numbered(session: Session, key: int) -> tuple[str, Receipt]:
    """Give a receipt that stands, and the code of its commitment.

    Errors: ``NotFoundError``, also for one that was undone.
    """
    found = session.execute(_receipts().where(ReceiptRow.id == key, *_standing())).first()
    if found is None:
        raise NotFoundError("There is no such receipt, or it was undone.")
    row, entry, number, code = found
    return code, _receipt(row, entry, number)


def receipts_by_hand(session: Session) -> list[tuple[str, Receipt]]:
    """List the receipts by hand that stand, each with the code of its commitment."""
    query = _receipts().where(ReceiptRow.bank_entry_id.is_(None), *_standing())
    return [(code, _receipt(row, entry, n)) for row, entry, n, code in session.execute(query)]


def _receipts() -> Select[ReceiptRow, BankEntryRow, int, str]:
    from tracker.store.commitments import CommitmentRow  # the tables point at each other

    return (
        select(ReceiptRow, BankEntryRow, InstalmentRow.number, CommitmentRow.code)
        .join(CommitmentRow, CommitmentRow.id == ReceiptRow.commitment_id)
        .outerjoin(BankEntryRow, BankEntryRow.id == ReceiptRow.bank_entry_id)
        .outerjoin(InstalmentRow, InstalmentRow.id == ReceiptRow.instalment_id)
        .order_by(ReceiptRow.received_on, ReceiptRow.id)
    )


def _standing() -> tuple[ColumnElement[bool], ...]:
    undoing = aliased(ReceiptRow)
    undone = select(undoing.id).where(undoing.undoes_id == ReceiptRow.id).exists()
    return ReceiptRow.undoes_id.is_(None), ~undone


def _receipt(row: ReceiptRow, entry: BankEntryRow | None, number: int | None) -> Receipt:
    return Receipt(
        row.received_on,
        Money(row.amount),
        entry.counterparty if entry else row.counterparty,
        entry.remittance if entry else row.remittance,
        row.recognised_by,
        row.id,
        row.bank_entry_id or 0,
        number or 0,
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
    return _unmatched(session, *_waits(), most=most)


def set_aside(session: Session, most: int = 100) -> tuple[Unmatched, ...]:
    """List the newest money that was set aside as no funder's, and is not matched since."""
    return _unmatched(session, _left() > 0, SetAsideRow.reason.is_not(None), most=most)


def unmatched_entry(session: Session, key: int) -> Unmatched:
    """Give what is left of a bank entry, which may be nothing.

    Errors: ``NotFoundError``, also for money that left and for what the bank took back.
    """
    found = _unmatched(
        session, BankEntryRow.id == key, BankEntryRow.amount > 0, ~_was_taken_back(), most=1
    )
    if not found:
        raise NotFoundError("There is no such money that came in.")
    return found[0]


def _unmatched(session: Session, *which: ColumnElement[bool], most: int) -> tuple[Unmatched, ...]:
    query = (
        select(BankEntryRow, _left(), SetAsideRow.reason)
        .outerjoin(SetAsideRow, SetAsideRow.bank_entry_id == BankEntryRow.id)
        .where(*which)
        .order_by(BankEntryRow.booked_on.desc(), BankEntryRow.id.desc())
        .limit(most)
    )
    with over_all(session):  # an entry may be of any project
        rows = session.execute(query).all()
    return tuple(
        Unmatched(
            row.id,
            row.booked_on,
            Money(row.amount),
            Money(int(left)),
            row.counterparty,
            row.counterparty_iban,
            row.remittance,
            reason or "",
        )
        for row, left, reason in rows
    )


def unmatched(session: Session, *which: ColumnElement[bool]) -> tuple[int, Money]:
    """Count and add up the money that came in and belongs to no commitment."""
    found = select(func.count(), func.coalesce(func.sum(_left()), 0)).select_from(BankEntryRow)
    with over_all(session):
        count, amount = session.execute(found.where(*_waits(), *which)).one()
    return count, Money(int(amount))


def _left() -> ColumnElement[int]:
    matched = (
        select(func.coalesce(func.sum(ReceiptRow.amount), 0))
        .where(ReceiptRow.bank_entry_id == BankEntryRow.id)
        .scalar_subquery()
    )
    return BankEntryRow.amount - matched


def _waits() -> tuple[ColumnElement[bool], ...]:
    """Choose the money that came in, is not matched in full, and was not set aside.

    What the bank took back itself waits for nobody.
    """
    aside = select(SetAsideRow.bank_entry_id)
    not_aside = BankEntryRow.id.not_in(aside.correlate(None))
    return BankEntryRow.amount > 0, _left() > 0, not_aside, ~_was_taken_back()


def _was_taken_back() -> ColumnElement[bool]:
    return (
        select(ReceiptRow.id)
        .where(
            ReceiptRow.bank_entry_id == BankEntryRow.id,
            ReceiptRow.recognised_by == Recognised.REVERSED.value,
        )
        .exists()
    )
