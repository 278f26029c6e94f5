"""What the bank brought, as the recognising of receipts needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.money import Money
from tracker.domain.receipts import TAKEN_BACK, BankEntry, Recognised
from tracker.domain.suggestions import Candidate
from tracker.store.commitments import CommitmentRow, commitments_of, payers_of
from tracker.store.instalments import instalments_by_commitment
from tracker.store.receipts import BankEntryRow, ReceiptRow, SetAsideRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session


def hold_commitments(session: Session, codes: Iterable[str] | None = None) -> dict[str, int]:
    """Let nobody else match money to commitments before this transaction ends; give their keys.

    Shape:  all commitments, or those with these codes; a code that nobody knows is left out.
    """
    query = (
        select(CommitmentRow.code, CommitmentRow.id)
        .order_by(CommitmentRow.id)
        .with_for_update(key_share=True)
    )
    if codes is not None:
        query = query.where(CommitmentRow.code.in_(list(codes)))
    return dict(iter(session.execute(query)))


def hold_entry(session: Session, key: int) -> None:
    """Let nobody else match this bank entry before this transaction ends."""
    session.execute(select(BankEntryRow.id).where(BankEntryRow.id == key).with_for_update())


def candidates_of(session: Session) -> tuple[Candidate, ...]:
    """The commitments that money may belong to, with the instalments still to be paid."""
    known = {commitment.id: commitment for commitment in commitments_of(session)}
    plans = instalments_by_commitment(session)
    return tuple(
        Candidate(
            known[payer.commitment_id].code,
            known[payer.commitment_id].funder,
            payer,
            tuple(one for one in plans.get(payer.commitment_id, ()) if one.outstanding.cents),
        )
        for payer in payers_of(session)
    )


def entry_of(row: BankEntryRow) -> BankEntry:
    """Give a bank entry as the rules know it."""
    return BankEntry(
        row.key,
        row.booked_on,
        row.amount,
        row.counterparty,
        row.counterparty_iban,
        row.remittance,
        row.is_reversal,
    )


def reversals(session: Session) -> list[BankEntry]:
    """List the entries by which the bank took money back."""
    rows = session.scalars(
        select(BankEntryRow).where(BankEntryRow.is_reversal.is_(True), BankEntryRow.amount < 0)
    )
    return [entry_of(row) for row in rows]


def entries_amounting_to(session: Session, cents: int) -> list[BankEntryRow]:
    """List the entries of an amount, the newest first."""
    return list(
        session.scalars(
            select(BankEntryRow)
            .where(BankEntryRow.amount == cents)
            .order_by(BankEntryRow.booked_on.desc(), BankEntryRow.id.desc())
        )
    )


def taken_back(session: Session) -> set[int]:
    """Name the entries that the bank took back."""
    undone = select(ReceiptRow.bank_entry_id).where(
        ReceiptRow.recognised_by == Recognised.REVERSED.value,
        ReceiptRow.bank_entry_id.is_not(None),
    )
    aside = select(SetAsideRow.bank_entry_id).where(SetAsideRow.reason == TAKEN_BACK)
    return {key for key in session.scalars(undone.union(aside)) if key is not None}


def are_set_aside(session: Session) -> set[int]:
    """Name the entries that were set aside, by a person or because the bank took them back."""
    return set(session.scalars(select(SetAsideRow.bank_entry_id)))


def receipts_from(session: Session, entry_id: int) -> list[ReceiptRow]:
    """List the receipts of a bank entry that stand."""
    undone = select(ReceiptRow.undoes_id).where(ReceiptRow.undoes_id.is_not(None))
    return list(
        session.scalars(
            select(ReceiptRow).where(
                ReceiptRow.bank_entry_id == entry_id,
                ReceiptRow.undoes_id.is_(None),
                ReceiptRow.id.not_in(undone),
            )
        )
    )


def undoing(receipt: ReceiptRow, recognised_by: str, reason: str, entered_by: str) -> ReceiptRow:
    """Make the receipt that takes another one back, exactly."""
    return ReceiptRow(
        bank_entry_id=receipt.bank_entry_id,
        commitment_id=receipt.commitment_id,
        instalment_id=receipt.instalment_id,
        received_on=receipt.received_on,
        amount=-receipt.amount,
        recognised_by=recognised_by,
        undoes_id=receipt.id,
        reason=reason,
        counterparty=receipt.counterparty,
        remittance=receipt.remittance,
        entered_by=entered_by,
    )


def told_by_bank(session: Session, commitment_id: int) -> list[tuple[date, Money]]:
    """The days and amounts that the bank brought on a commitment, without what was undone."""
    undone = select(ReceiptRow.undoes_id).where(ReceiptRow.undoes_id.is_not(None))
    rows = session.execute(
        select(ReceiptRow.received_on, ReceiptRow.amount).where(
            ReceiptRow.commitment_id == commitment_id,
            ReceiptRow.bank_entry_id.is_not(None),
            ReceiptRow.undoes_id.is_(None),
            ReceiptRow.id.not_in(undone),
        )
    )
    return [(day, Money(amount)) for day, amount in rows]
