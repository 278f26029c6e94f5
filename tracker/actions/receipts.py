"""Matching money to commitments and their instalments, by hand, and undoing what was wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.receipts import (
    ASSIGNED,
    REPLACED,
    Part,
    Recognised,
    check_new_receipt,
    check_parts,
)
from tracker.domain.reporting_periods import counting_day
from tracker.store import audit, bank, instalments, receipts
from tracker.store.projects import the_project
from tracker.store.receipts import ReceiptRow, SetAsideRow
from tracker.store.reporting_periods import closed_periods
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.commitments import Receipt
    from tracker.domain.instalments import Instalment
    from tracker.domain.money import Money
    from tracker.domain.receipts import NewReceipt
    from tracker.store.receipts import Unmatched


def match(session: Session, entry_id: int, parts: Sequence[Part], *, by: Actor) -> None:
    """Match money of a bank entry to one or several commitments and instalments.

    Errors: ``NotFoundError``; ``RuleViolation`` on ``amount_<row>`` for more than the entry, or
            than an instalment still expects.
    """
    with transaction(session):
        keys, plans = _held(session, {part.commitment for part in parts})
        entry = _entry(session, entry_id)
        check_parts(parts, entry.left, _outstanding(plans))
        for part in parts:
            _receive(session, entry, part, keys, plans, Recognised.BY_PERSON.value, by)


def enter(session: Session, new: NewReceipt, *, today: date, by: Actor) -> None:
    """Enter a receipt whose bank statement is not there yet.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field, also for what the bank told already.
    """
    with transaction(session):
        part = new.part
        keys, plans = _held(session, {part.commitment})
        key = keys[part.commitment]
        check_new_receipt(new, today, bank.told_by_bank(session, key))
        check_parts([part], part.amount, _outstanding(plans))
        session.add(
            ReceiptRow(
                bank_entry_id=None,
                commitment_id=key,
                instalment_id=_instalment_id(part, plans),
                received_on=new.received_on,
                counted_on=_counted_on(session, new.received_on),
                amount=part.amount.cents,
                recognised_by=Recognised.BY_HAND.value,
                counterparty=new.counterparty.strip(),
                remittance=new.remittance.strip(),
                entered_by=by.name,
            )
        )
        _tell(session, "enter receipt", part, new.received_on, by)


def undo(session: Session, receipt_id: int, reason: str, *, by: Actor) -> None:
    """Undo a receipt: it stays in the list of what was undone, and its bank entry waits again.

    Errors: ``NotFoundError``, also for one that was undone; ``RuleViolation`` without a reason.
    """
    if not reason.strip():
        raise RuleViolation(
            "A receipt is not undone without a reason.",
            "Say what was wrong; it stays with the receipt.",
            field="reason",
        )
    with transaction(session):
        code, receipt = _standing(session, receipt_id)
        _undo(session, code, receipt, reason.strip(), by)


def assign(session: Session, receipt_id: int, instalment: int, *, by: Actor) -> None:
    """Let a receipt pay another instalment of its commitment, or none (0).

    Errors: ``NotFoundError``; ``RuleViolation`` on ``instalment`` for more than it still expects.
    """
    with transaction(session):
        code, receipt = _standing(session, receipt_id)
        if instalment == receipt.instalment:
            return
        row = _undo(session, code, receipt, ASSIGNED, by)
        keys, plans = _held(session, {code})
        part = Part(code, instalment, receipt.amount)
        try:
            check_parts([part], receipt.amount, _outstanding(plans))
        except RuleViolation as refusal:
            refusal.field = "instalment"
            raise
        session.add(
            ReceiptRow(
                bank_entry_id=row.bank_entry_id,
                commitment_id=keys[code],
                instalment_id=_instalment_id(part, plans),
                received_on=row.received_on,
                counted_on=_counted_on(session, row.received_on, row.counted_on),
                amount=row.amount,
                recognised_by=row.recognised_by,
                counterparty=row.counterparty,
                remittance=row.remittance,
                entered_by=by.name,
            )
        )
        _tell(session, "assign receipt", part, receipt.received_on, by)


def replace(session: Session, entry_id: int, receipt_id: int, *, by: Actor) -> None:
    """Put a bank entry in the place of the receipt that was entered by hand for it.

    Errors: ``NotFoundError``; ``RuleViolation`` where the receipt is more than the entry, or was
            not entered by hand.
    """
    with transaction(session):
        code, receipt = _standing(session, receipt_id)
        if receipt.entry_id:
            raise RuleViolation(
                "This receipt is on the bank statement itself.",
                "Only a receipt by hand makes way for a bank entry.",
            )
        entry = _entry(session, entry_id)
        _undo(session, code, receipt, REPLACED, by)
        keys, plans = _held(session, {code})
        part = Part(code, receipt.instalment, receipt.amount)
        check_parts([part], entry.left, _outstanding(plans))
        _receive(session, entry, part, keys, plans, Recognised.BY_PERSON.value, by)


def set_aside(session: Session, entry_id: int, reason: str, *, by: Actor) -> None:
    """Say that money is no funder's: it waits no longer, and can still be matched.

    Errors: ``NotFoundError``; ``RuleViolation`` without a reason, or where it was set aside.
    """
    if not reason.strip():
        raise RuleViolation(
            "Money is not set aside without a reason.", "Say whose it is.", field="reason"
        )
    with transaction(session):
        entry = _entry(session, entry_id)
        if entry.set_aside:
            raise RuleViolation(
                "This was set aside already: {reason}.", field="reason", reason=entry.set_aside
            )
        session.add(
            SetAsideRow(
                bank_entry_id=entry_id,
                reason=reason.strip(),
                entered_by=by.name,
                entered_at=datetime.now(UTC),
            )
        )
        audit.record(
            session,
            by=by,
            did="set money aside",
            subject=f"project/{the_project(session).code}/receipts",
            detail={
                "amount": entry.left.cents,
                "day": str(entry.booked_on),
                "payer": entry.counterparty,
                "reason": reason.strip(),
            },
        )


def _held(
    session: Session, codes: set[str]
) -> tuple[dict[str, int], dict[str, tuple[Instalment, ...]]]:
    """Hold the commitments still that may receive money; give their keys and their plans."""
    bank.hold_commitments(session, codes)
    known = {one.code: one for one in bank.candidates_of(session)}
    for code in sorted(codes - known.keys()):
        raise NotFoundError("{code} is no commitment that money can come in on.", code=code)
    return (
        {code: known[code].payer.commitment_id for code in codes},
        {
            code: instalments.instalments_of(session, known[code].payer.commitment_id)
            for code in codes
        },
    )


def _entry(session: Session, entry_id: int) -> Unmatched:
    bank.hold_entry(session, entry_id)
    return receipts.unmatched_entry(session, entry_id)


def _standing(session: Session, receipt_id: int) -> tuple[str, Receipt]:
    """Give a receipt that stands, its commitment held still."""
    code, _ = receipts.receipt_numbered(session, receipt_id)
    bank.hold_commitments(session, [code])
    return receipts.receipt_numbered(session, receipt_id)


def _outstanding(plans: dict[str, tuple[Instalment, ...]]) -> dict[tuple[str, int], Money]:
    return {(code, one.number): one.outstanding for code, plan in plans.items() for one in plan}


def _instalment_id(part: Part, plans: dict[str, tuple[Instalment, ...]]) -> int | None:
    ids: Iterable[int] = (one.id for one in plans[part.commitment] if one.number == part.instalment)
    return next(iter(ids), None)


def _receive(
    session: Session,
    entry: Unmatched,
    part: Part,
    keys: dict[str, int],
    plans: dict[str, tuple[Instalment, ...]],
    recognised_by: str,
    by: Actor,
) -> None:
    session.add(
        ReceiptRow(
            bank_entry_id=entry.id,
            commitment_id=keys[part.commitment],
            instalment_id=_instalment_id(part, plans),
            received_on=entry.booked_on,
            counted_on=_counted_on(session, entry.booked_on),
            amount=part.amount.cents,
            recognised_by=recognised_by,
            entered_by=by.name,
        )
    )
    _tell(session, "match receipt", part, entry.booked_on, by)


def _undo(session: Session, code: str, receipt: Receipt, reason: str, by: Actor) -> ReceiptRow:
    row = session.get_one(ReceiptRow, receipt.id)
    undoing = bank.undoing(row, row.recognised_by, reason, by.name)
    undoing.counted_on = _counted_on(session, row.received_on, row.counted_on)
    session.add(undoing)
    session.flush()
    audit.record(
        session,
        by=by,
        did="undo receipt",
        subject=f"commitment/{code}/receipts",
        detail={
            "amount": receipt.amount.cents,
            "day": str(receipt.received_on),
            "instalment": receipt.instalment or "",
            "reason": reason,
        },
    )
    return row


def _counted_on(session: Session, day: date, counted_on: date | None = None) -> date | None:
    """Give the day on which a receipt counts, where that is not its own: its period is closed."""
    closed = closed_periods(session, the_project(session).id)
    counts = counting_day(counted_on or day, closed)
    return None if counts == day else counts


def _tell(session: Session, did: str, part: Part, day: date, by: Actor) -> None:
    audit.record(
        session,
        by=by,
        did=did,
        subject=f"commitment/{part.commitment}/receipts",
        detail={"amount": part.amount.cents, "day": str(day), "instalment": part.instalment or ""},
    )
