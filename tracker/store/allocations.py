"""What each commitment pays of each cost line, and what stays unallocated and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    case,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.allocations import Charged, ChargeKind, Reason
from tracker.domain.money import Money
from tracker.domain.statements import NotCharged
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.projects import CategoryRow
from tracker.store.reporting_periods import closed_periods
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import Select


class ChargeRow(Base):
    """One deed that charged costs or took charges back, by the split rules or by hand.

    Every cost line of its project up to and including ``last_line`` has been judged then.
    """

    __tablename__ = "charge"
    __table_args__ = (one_of("kind", ChargeKind),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    charged_at: Mapped[datetime]
    charged_by: Mapped[str]
    last_line: Mapped[int]
    kind: Mapped[str] = mapped_column(default=ChargeKind.RULES)
    reason: Mapped[str] = mapped_column(default="")


class AllocationRow(Base):
    """The part of one cost line that one commitment pays. Never changed, never deleted.

    ``counted_on`` is filled only where it counts in another period than its cost line.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        Index(None, "cost_line_id", "amount"),
        Index(None, "commitment_id", "cost_line_id", "amount"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    amount: Mapped[Cents]
    counted_on: Mapped[date | None] = mapped_column(default=None)


class UnallocatedRow(Base):
    """A share of a cost line that nobody pays, with the reason."""

    __tablename__ = "unallocated"
    __table_args__ = (
        Index(None, "cost_line_id"),
        Index(None, "reason", "cost_line_id", "amount"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        one_of("reason", Reason),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    amount: Mapped[Cents]
    reason: Mapped[str]
    counted_on: Mapped[date | None] = mapped_column(default=None)


COUNTED_ON = func.coalesce(
    AllocationRow.counted_on, CostLineRow.counted_on, CostLineRow.incurred_on
)
"""The day on which a charge counts, in a query that joins it with its cost line."""
LEFT_ON = func.coalesce(UnallocatedRow.counted_on, CostLineRow.counted_on, CostLineRow.incurred_on)
"""The day on which what is left counts, likewise."""


class LeftShare(NamedTuple):
    """What stays unallocated of one commitment's shares, for one reason."""

    commitment: str
    reason: Reason
    shares: int
    amount: Money


def kept_in(session: Session, charge_id: int) -> tuple[Money, list[tuple[str, int, Money]]]:
    """Add up what a run charged, and what it left, by reason in the order in which they count."""
    charged = session.scalar(
        select(func.coalesce(func.sum(AllocationRow.amount), 0)).where(
            AllocationRow.charge_id == charge_id
        )
    )
    rows = session.execute(
        select(UnallocatedRow.reason, func.count(), func.sum(UnallocatedRow.amount))
        .where(UnallocatedRow.charge_id == charge_id)
        .group_by(UnallocatedRow.reason)
    )
    left = {reason: (reason, count, Money(int(amount))) for reason, count, amount in rows}
    return Money(int(charged or 0)), [left[reason] for reason in Reason if reason in left]


def not_charged(session: Session) -> list[NotCharged]:
    """Add up what stays unallocated, by reason, in the order in which reasons count."""
    left = left_by_line().subquery()
    rows = session.execute(
        select(left.c.reason, func.count(), func.sum(left.c.amount)).group_by(left.c.reason)
    )
    found = {Reason(reason): (count, Money(int(amount))) for reason, count, amount in rows}
    return [NotCharged(reason, *found[reason]) for reason in Reason if reason in found]


def not_charged_by_commitment(
    session: Session, commitment_id: int | None = None
) -> list[LeftShare]:
    """Add up what stays unallocated by commitment and reason; of one commitment if named."""
    query = left_by_line(UnallocatedRow.commitment_id)
    if commitment_id is not None:
        query = query.where(UnallocatedRow.commitment_id == commitment_id)
    left = query.subquery()
    rows = session.execute(
        select(CommitmentRow.code, left.c.reason, func.count(), func.sum(left.c.amount))
        .select_from(left)
        .outerjoin(CommitmentRow, CommitmentRow.id == left.c.commitment_id)
        .group_by(CommitmentRow.code, CommitmentRow.position, left.c.reason)
        .order_by(CommitmentRow.position, left.c.reason)
    )
    return [
        LeftShare(code or "", Reason(reason), count, Money(int(amount)))
        for code, reason, count, amount in rows
    ]


def left_of_line(session: Session, line_id: int) -> list[tuple[int | None, str, int]]:
    """What nobody pays of a cost line, by commitment and reason, in cents."""
    rows = session.execute(
        left_by_line(UnallocatedRow.commitment_id).where(UnallocatedRow.cost_line_id == line_id)
    )
    return [(commitment, reason, int(amount)) for reason, _, amount, commitment in rows]


def left_by_line(*apart: Any) -> Select[*tuple[Any, ...]]:
    """Add up what is left of each cost line, by reason; charging by hand takes away from it."""
    keys = (UnallocatedRow.reason, UnallocatedRow.cost_line_id)
    amount = func.sum(UnallocatedRow.amount)
    return select(*keys, amount.label("amount"), *apart).group_by(*keys, *apart).having(amount != 0)


def charged_until(session: Session, commitment_id: int, last_day: date) -> dict[str, int]:
    """Add up what a commitment pays that counts up to and including a day, by category."""
    rows = session.execute(
        select(CategoryRow.code, func.sum(AllocationRow.amount))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .where(AllocationRow.commitment_id == commitment_id, last_day >= COUNTED_ON)
        .group_by(CategoryRow.code)
    )
    return {code: int(amount) for code, amount in rows}


def charges_of(session: Session, project_id: int, line_id: int) -> dict[int, Charged]:
    """Give what each commitment pays of a cost line, and what of that a closed period holds."""
    found = charged_by_line(session, project_id, AllocationRow.cost_line_id == line_id)
    return found.get(line_id, {})


def charged_by_line(
    session: Session, project_id: int, *chosen: Any
) -> dict[int, dict[int, Charged]]:
    """Give what each commitment pays of cost lines, by line, as ``charges_of`` does."""
    closed = closed_periods(session, project_id)
    is_locked = or_(false(), *(COUNTED_ON.between(p.first_day, p.last_day) for p in closed))
    rows = session.execute(
        select(
            AllocationRow.cost_line_id,
            AllocationRow.commitment_id,
            func.sum(AllocationRow.amount),
            func.sum(case((is_locked, AllocationRow.amount), else_=0)),
        )
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(*chosen)
        .group_by(AllocationRow.cost_line_id, AllocationRow.commitment_id)
        .having(func.sum(AllocationRow.amount) != 0)
    )
    found: dict[int, dict[int, Charged]] = {}
    for line_id, commitment_id, amount, locked in rows:
        found.setdefault(line_id, {})[commitment_id] = Charged(int(amount), int(locked))
    return found
