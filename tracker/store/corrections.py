"""Corrections of cost lines: each says what was wrong, why, and who put what beside it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tracker.domain.corrections import (
    Correctable,
    Correction,
    CorrectionKind,
    MadeLine,
    Moved,
    Part,
)
from tracker.domain.costs import Origin
from tracker.domain.errors import NotFoundError
from tracker.domain.money import Money
from tracker.store.allocations import COUNTED_ON, AllocationRow, UnallocatedRow
from tracker.store.charging import last_judged
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow, key_of, listed
from tracker.store.imports import BookRow
from tracker.store.tables import Base, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class CorrectionRow(Base):
    """One correction of one cost line. Never changed, never deleted.

    The lines that it made point at the line that they reverse or replace; what it took back or
    charged anew belongs to its charge.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index(None, "cost_line_id"),
        CheckConstraint("reason <> ''", name="reason_given"),
        one_of("kind", CorrectionKind),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime]
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), default=None)


def correctable(session: Session, line_id: int) -> tuple[CostLineRow, Correctable]:
    """Give a cost line to be corrected, held still: of two corrections the second sees the first.

    Errors: ``NotFoundError``.
    """
    row = session.get(CostLineRow, line_id, with_for_update={"key_share": True})
    if row is None:
        raise NotFoundError("There is no such cost line.")
    lowering = _credits_of(session, line_id)
    other = select(CostLineRow.id).where(CostLineRow.reverses_id == line_id)
    settled_by = row.reverses_id or session.scalar(other)
    line = Correctable(
        id=line_id,
        cents=row.amount,
        lowered=sum(cents for _, cents in lowering),
        is_judged=row.charge_id is not None or line_id <= last_judged(session),
        parts=_parts_of(session, [line_id, *(key for key, _ in lowering)]),
        settled_by=_key_of(session, settled_by) if settled_by else "",
        reverses=row.reverses_id is not None,
        is_in_kind=session.get_one(BookRow, row.book_id).origin == Origin.IN_KIND,
    )
    return row, line


def paid_by(session: Session, line_id: int) -> dict[int, int]:
    """Add up what each commitment pays of one cost line alone, in cents."""
    rows = session.execute(
        select(AllocationRow.commitment_id, func.sum(AllocationRow.amount))
        .where(AllocationRow.cost_line_id == line_id)
        .group_by(AllocationRow.commitment_id)
    )
    return {commitment: int(cents) for commitment, cents in rows}


def keep_parts(
    session: Session, charge_id: int, line_id: int, parts: Iterable[Part], counted_on: date | None
) -> None:
    """Keep what changes in who pays a cost line; what makes room goes in first."""
    of: dict[str, Any] = {"charge_id": charge_id, "cost_line_id": line_id}
    of["counted_on"] = counted_on
    for commitment_id, reason, cents in sorted(parts, key=lambda part: part.cents):
        if reason:
            of_nobody = UnallocatedRow(
                **of, commitment_id=commitment_id, amount=cents, reason=reason
            )
            session.add(of_nobody)
        elif commitment_id is not None:
            session.add(AllocationRow(**of, commitment_id=commitment_id, amount=cents))
        session.flush()


def add_correction(
    session: Session,
    line_id: int,
    kind: CorrectionKind,
    reason: str,
    *,
    by: str,
    at: datetime,
    charge_id: int,
) -> int:
    """Keep a correction, and give its number."""
    row = CorrectionRow(
        cost_line_id=line_id,
        kind=kind.value,
        reason=reason,
        corrected_by=by,
        corrected_at=at,
        charge_id=charge_id,
    )
    session.add(row)
    session.flush()
    return row.id


def corrections_of(session: Session, line_id: int) -> list[Correction]:
    """List the corrections of a cost line, the newest first, each with what came of it."""
    rows = session.scalars(
        select(CorrectionRow)
        .where(CorrectionRow.cost_line_id == line_id)
        .order_by(CorrectionRow.id.desc())
    ).all()
    return [_correction(session, row) for row in rows]


def _correction(session: Session, row: CorrectionRow) -> Correction:
    charged = [row.charge_id] if row.charge_id is not None else []
    return Correction(
        id=row.id,
        line_id=row.cost_line_id,
        kind=CorrectionKind(row.kind),
        reason=row.reason,
        corrected_by=row.corrected_by,
        corrected_at=row.corrected_at,
        made=_made(session, row),
        moved=_moved(session, charged),
        left=_left(session, charged),
    )


def _made(session: Session, row: CorrectionRow) -> tuple[MadeLine, ...]:
    """List the lines that a correction made: those of its charge, and what replaces the line."""
    line = CostLineRow
    ours = line.charge_id == row.charge_id
    if _takes_back(session, row):
        ours = or_(ours, (line.corrects_id == row.cost_line_id) & line.charge_id.is_(None))
    last = last_judged(session)
    return tuple(
        MadeLine(
            id=made.id,
            key=key_of(book, made.journal, made.transaction_number, made.line_number),
            amount=Money(made.amount),
            incurred_on=made.incurred_on,
            counts_on=made.counted_on or made.incurred_on,
            work_package=made.cost_centre,
            category=category,
            is_reversal=made.reverses_id is not None,
            waits=made.charge_id is None and made.id > last,
        )
        for made, book, category in session.execute(listed().where(ours).order_by(line.id))
    )


def _takes_back(session: Session, row: CorrectionRow) -> bool:
    """Tell whether the correction is the one that took the whole line back."""
    back = select(CostLineRow.id).where(
        CostLineRow.reverses_id == row.cost_line_id, CostLineRow.charge_id == row.charge_id
    )
    return session.scalar(back) is not None


def _moved(session: Session, charges: list[int]) -> tuple[Moved, ...]:
    amount = func.sum(AllocationRow.amount)
    rows = session.execute(
        select(CommitmentRow.code, amount, COUNTED_ON)
        .select_from(AllocationRow)
        .join(CommitmentRow, CommitmentRow.id == AllocationRow.commitment_id)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(AllocationRow.charge_id.in_(charges))
        .group_by(CommitmentRow.code, CommitmentRow.position, COUNTED_ON)
        .having(amount != 0)
        .order_by(amount, CommitmentRow.position)
    )
    return tuple(Moved(code, Money(int(cents)), day) for code, cents, day in rows)


def _left(session: Session, charges: list[int]) -> tuple[tuple[str, Money], ...]:
    amount = func.sum(UnallocatedRow.amount)
    rows = session.execute(
        select(UnallocatedRow.reason, amount)
        .where(UnallocatedRow.charge_id.in_(charges))
        .group_by(UnallocatedRow.reason)
        .having(amount != 0)
        .order_by(amount, UnallocatedRow.reason)
    )
    return tuple((reason, Money(int(cents))) for reason, cents in rows)


def _credits_of(session: Session, line_id: int) -> list[tuple[int, int]]:
    """List the credit notes and refunds on a line that stand: their ids and cents."""
    line, back = CostLineRow, aliased(CostLineRow)
    taken_back = select(back.id).where(back.reverses_id == line.id).exists()
    rows = session.execute(
        select(line.id, line.amount).where(
            line.corrects_id == line_id, line.charge_id.is_not(None), ~taken_back
        )
    )
    return [(key, cents) for key, cents in rows]


def _parts_of(session: Session, line_ids: list[int]) -> tuple[Part, ...]:
    found: list[Part] = []
    for commitment, cents in session.execute(
        select(AllocationRow.commitment_id, func.sum(AllocationRow.amount))
        .where(AllocationRow.cost_line_id.in_(line_ids))
        .group_by(AllocationRow.commitment_id)
        .order_by(AllocationRow.commitment_id)
    ):
        found.append(Part(commitment, "", int(cents)))
    keys = (UnallocatedRow.commitment_id, UnallocatedRow.reason)
    for share_of, reason, cents in session.execute(
        select(*keys, func.sum(UnallocatedRow.amount))
        .where(UnallocatedRow.cost_line_id.in_(line_ids))
        .group_by(*keys)
        .order_by(func.min(UnallocatedRow.id))
    ):
        found.append(Part(share_of, reason, int(cents)))
    return tuple(part for part in found if part.cents)


def _key_of(session: Session, line_id: int) -> str:
    """Write the ledger key of a line."""
    row = session.get_one(CostLineRow, line_id)
    book = session.get_one(BookRow, row.book_id)
    return key_of(book, row.journal, row.transaction_number, row.line_number)
