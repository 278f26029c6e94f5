"""What each commitment pays of each cost line, and what stays unallocated and why."""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, case, extract, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.allocations import ByHand, Chargeable, Judgement, Reason
from tracker.domain.costs import Origin
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.domain.statements import NotCharged
from tracker.store.bulk import insert_many
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow
from tracker.store.projects import IN_KIND_RULE, CategoryRow
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Select


NO_RULE = -1
"""The key of the rule that lines without a known work package follow: there is none."""


class ChargeRow(Base):
    """One run of the split rules. It judged every cost line up to and including ``last_line``."""

    __tablename__ = "charge"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    charged_at: Mapped[datetime]
    charged_by: Mapped[str]
    last_line: Mapped[int]


class AllocationRow(Base):
    """The part of one cost line that one commitment pays. Never changed, never deleted."""

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


class LeftShare(NamedTuple):
    """What stays unallocated of one commitment's shares, for one reason."""

    commitment: str
    reason: Reason
    shares: int
    amount: Money


def _not_judged(session: Session) -> tuple[Any, ...]:
    """Choose what came after the last run: imports and runs wait for each other."""
    last_line = session.scalar(select(func.max(ChargeRow.last_line))) or 0
    return (CostLineRow.id > last_line, CostLineRow.amount != 0)


def chargeable(session: Session, project_id: int) -> Sequence[Chargeable]:
    """List the cost lines that no split rule has judged yet, in the order of charging.

    Shape:  by date incurred, fiscal year, journal, transaction, line; in-kind lines come after
            ledger lines of the same date. Of two numbers the shorter comes first, so 9 before 10.
    """
    line = CostLineRow
    plain = "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"
    of_ledger = BookRow.origin == Origin.LEDGER.value
    rows = session.execute(
        select(
            line.id,
            line.incurred_on,
            line.amount,
            line.category_id,
            case((of_ledger, func.coalesce(line.work_package_id, NO_RULE)), else_=IN_KIND_RULE),
        )
        .join(BookRow, BookRow.id == line.book_id)
        .where(line.project_id == project_id, *_not_judged(session))
        .order_by(
            line.incurred_on,
            case((of_ledger, 0), else_=1),
            case((of_ledger, BookRow.fiscal_year), else_=0),
            case((of_ledger, line.journal), else_="").collate(plain),
            case((of_ledger, func.length(line.transaction_number)), else_=0),
            case((of_ledger, line.transaction_number), else_="").collate(plain),
            func.length(line.line_number),
            line.line_number.collate(plain),
            line.id,
        )
    )
    return cast("Sequence[Chargeable]", rows.all())


def chargeable_line(session: Session, line_id: int) -> Chargeable:
    """Give one cost line for charging by hand, and hold it still.

    Errors: ``NotFoundError``; ``RuleViolation`` for one that the rules have not judged yet.
    """
    row = session.get(CostLineRow, line_id, with_for_update={"key_share": True})
    if row is None:
        raise NotFoundError("There is no such cost line.")
    if line_id > (session.scalar(select(func.max(ChargeRow.last_line))) or 0):
        raise RuleViolation(
            "The split rules have not judged this line yet.",
            "Charge the costs first; what they leave can be charged by hand.",
            field="amount",
        )
    return Chargeable(row.id, row.incurred_on, row.amount, row.category_id, NO_RULE)


def add_charge(session: Session, moment: datetime, actor: str) -> int:
    """Begin a run of the split rules over every cost line that there is."""
    last_line = session.scalar(select(func.max(CostLineRow.id))) or 0
    row = ChargeRow(charged_at=moment, charged_by=actor, last_line=last_line)
    session.add(row)
    session.flush()
    return row.id


def keep_judgements(session: Session, charge_id: int, judgements: Iterable[Judgement]) -> None:
    """Keep what was charged, and what was left with its reason; the database checks both."""
    refunds: list[tuple[Any, ...]] = []
    charged: list[tuple[Any, ...]] = []
    left: list[tuple[Any, ...]] = []
    for line_id, commitment_id, cents, reason in judgements:
        if reason is not None:
            left.append((charge_id, line_id, commitment_id, cents, reason))
        elif cents > 0:
            charged.append((charge_id, line_id, commitment_id, cents))
        else:
            refunds.append((charge_id, line_id, commitment_id, cents))
    for rows in (refunds, charged, left):
        rows.sort(key=itemgetter(1))  # by cost line: indexes grow at their ends, twice as fast
    # What makes room goes in first, so that no balance is above its ceiling on the way.
    columns = ("charge_id", "cost_line_id", "commitment_id", "amount")
    insert_many(session, AllocationRow, columns, chain(refunds, charged))
    insert_many(session, UnallocatedRow, (*columns, "reason"), left)


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


def waiting(session: Session) -> tuple[int, Money]:
    """Count and add up the cost lines that no split rule has judged yet."""
    count, amount = session.execute(
        select(func.count(), func.coalesce(func.sum(CostLineRow.amount), 0)).where(
            *_not_judged(session)
        )
    ).one()
    return count, Money(int(amount))


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


def add_by_hand(session: Session, by_hand: ByHand, moment: datetime, actor: str) -> None:
    """Keep what a person charged to a commitment, and take it off what was left of the line."""
    last_line = session.scalar(select(func.max(ChargeRow.last_line))) or 0
    charge = ChargeRow(charged_at=moment, charged_by=actor, last_line=last_line)
    session.add(charge)
    session.flush()
    of = {"charge_id": charge.id, "cost_line_id": by_hand.line_id}
    for paying, reason, cents in by_hand.taken:
        session.add(UnallocatedRow(**of, commitment_id=paying, amount=-cents, reason=reason))
    paid = by_hand.amount.cents
    session.add(AllocationRow(**of, commitment_id=by_hand.commitment_id, amount=paid))
    session.flush()


def charged_by(session: Session, commitment_id: int) -> list[tuple[int, str, Money]]:
    """Add up what a commitment pays, by calendar year incurred and category."""
    year = extract("year", CostLineRow.incurred_on)
    rows = session.execute(
        select(year, CategoryRow.code, func.sum(AllocationRow.amount))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .where(AllocationRow.commitment_id == commitment_id)
        .group_by(year, CategoryRow.code, CategoryRow.position)
        .order_by(year, CategoryRow.position)
    )
    return [(int(year), code, Money(int(amount))) for year, code, amount in rows]


def charged_until(session: Session, commitment_id: int, last_day: date) -> dict[str, int]:
    """Add up what a commitment pays of costs incurred up to and including a day, by category."""
    rows = session.execute(
        select(CategoryRow.code, func.sum(AllocationRow.amount))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .where(AllocationRow.commitment_id == commitment_id, CostLineRow.incurred_on <= last_day)
        .group_by(CategoryRow.code)
    )
    return {code: int(amount) for code, amount in rows}
