"""Charging: what waits to be judged, in which order, and keeping what came of it."""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import case, func, insert, literal, select
from sqlalchemy.orm import aliased

from tracker.domain.allocations import (
    ByHand,
    Chargeable,
    ChargeKind,
    Judgement,
    Reason,
)
from tracker.domain.costs import Origin
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.domain.reporting_periods import counting_day
from tracker.store.allocations import AllocationRow, ChargeRow, UnallocatedRow
from tracker.store.bulk import as_stored, insert_many
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow
from tracker.store.projects import the_project
from tracker.store.reporting_periods import closed_periods
from tracker.store.splitting import NO_RULE, rule_of_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from tracker.domain.splitting import SplitRule

COLUMNS = ("charge_id", "cost_line_id", "commitment_id", "amount", "counted_on")


def last_judged(session: Session) -> int:
    """Give the newest cost line that the last run of the split rules looked at."""
    return session.scalar(select(func.max(ChargeRow.last_line))) or 0


def not_judged(session: Session) -> tuple[Any, ...]:
    """Choose what came after the last run: imports and runs wait for each other.

    Shape:  without what was judged when it was made, and what was taken back before it was judged.
    """
    line, reversing = CostLineRow, aliased(CostLineRow)
    taken_back = select(reversing.id).where(reversing.reverses_id == line.id).exists()
    return line.id > last_judged(session), line.amount != 0, line.charge_id.is_(None), ~taken_back


def chargeable(
    session: Session, project_id: int, rules: Sequence[SplitRule]
) -> Sequence[Chargeable]:
    """List the cost lines that no split rule has judged yet, in the order of charging.

    Shape:  by date incurred, fiscal year, journal, transaction, line; in-kind lines come after
            all others of the same date. Of two numbers the shorter comes first, so 9 before 10.
            Without the part that is not eligible.
    """
    line = CostLineRow
    query = (
        select(
            line.id.label("line_id"),
            line.incurred_on,
            (line.amount - line.ineligible).label("cents"),
            line.category_id,
            rule_of_line(rules).label("rule"),
            line.work_package_id,
            line.milestone_id,
        )
        .join(BookRow, BookRow.id == line.book_id)
        .where(line.project_id == project_id, *not_judged(session))
        .order_by(*order_of_charging(session))
    )
    # Not through the session, which looks at every row once more: there are very many.
    rows = session.connection().execute(query)
    return cast("Sequence[Chargeable]", rows.all())


def order_of_charging(session: Session) -> tuple[Any, ...]:
    """Order cost lines joined with their books as they are charged; see ``chargeable``."""
    line = CostLineRow
    plain = "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"
    of_books = BookRow.origin != Origin.IN_KIND.value
    return (
        line.incurred_on,
        case((of_books, 0), else_=1),
        case((of_books, BookRow.fiscal_year), else_=0),
        case((of_books, line.journal), else_="").collate(plain),
        case((of_books, func.length(line.transaction_number)), else_=0),
        case((of_books, line.transaction_number), else_="").collate(plain),
        func.length(line.line_number),
        line.line_number.collate(plain),
        line.id,
    )


def late_lines(session: Session, project_id: int, *chosen: Any) -> dict[int, date]:
    """Give the day on which lines count now whose own period was closed.

    Shape:  of what waits to be charged, unless others are chosen.
    """
    closed = closed_periods(session, project_id)
    if not closed:
        return {}
    day = func.coalesce(CostLineRow.counted_on, CostLineRow.incurred_on)
    late = case(*((day.between(p.first_day, p.last_day), True) for p in closed), else_=False)
    wanted = chosen or not_judged(session)
    rows = session.execute(select(CostLineRow.id, day).where(late, *wanted))
    return {line: counting_day(counted, closed) for line, counted in rows}


def chargeable_line(session: Session, line_id: int) -> Chargeable:
    """Give one cost line for charging by hand, and hold it still.

    Errors: ``NotFoundError``; ``RuleViolation`` for one that the rules have not judged yet, and
            for one that was taken back or takes another back.
    """
    row = session.get(CostLineRow, line_id, with_for_update={"key_share": True})
    if row is None:
        raise NotFoundError("There is no such cost line.")
    if row.charge_id is None and line_id > last_judged(session):
        raise RuleViolation(
            "The split rules have not judged this line yet.",
            "Charge the costs first; what they leave can be charged by hand.",
            field="amount",
        )
    back = select(CostLineRow.id).where(CostLineRow.reverses_id == line_id)
    if row.reverses_id is not None or session.scalar(back) is not None:
        raise RuleViolation(
            "This line was taken back, or takes another back: together they come to nothing.",
            "Look for the line that took its place; that one can be charged.",
            field="amount",
        )
    return _chargeable(row)


def looked_at(session: Session, line_id: int) -> Chargeable:
    """Give one cost line as charging sees it, without holding it still or asking whether it may."""
    return _chargeable(session.get_one(CostLineRow, line_id))


def _chargeable(row: CostLineRow) -> Chargeable:
    return Chargeable(
        row.id,
        row.incurred_on,
        row.amount,
        row.category_id,
        NO_RULE,
        row.work_package_id,
        row.milestone_id,
    )


def counts_on(session: Session, line_id: int) -> date | None:
    """Give the day on which a new charge of a cost line counts, if that is not the line's own."""
    row = session.get_one(CostLineRow, line_id)
    own = row.counted_on or row.incurred_on
    day = counting_day(own, closed_periods(session, row.project_id))
    return None if day == own else day


def add_charge(
    session: Session,
    moment: datetime,
    actor: str,
    kind: ChargeKind = ChargeKind.RULES,
    reason: str = "",
) -> int:
    """Begin a deed that charges; a run of the split rules judges every line that there is."""
    last_line = last_judged(session)
    if kind is ChargeKind.RULES:
        last_line = session.scalar(select(func.max(CostLineRow.id))) or 0
    row = ChargeRow(
        project_id=the_project(session).id,
        charged_at=moment,
        charged_by=actor,
        last_line=last_line,
        kind=kind,
        reason=reason,
    )
    session.add(row)
    session.flush()
    return row.id


def keep_judgements(
    session: Session, charge_id: int, judgements: Iterable[Judgement], late: Mapping[int, date]
) -> None:
    """Keep what was charged, and what was left with its reason; the database checks both.

    Shape:  ``late`` says on which day a line counts whose own period was closed.
    """
    days = {line_id: as_stored(session, day) for line_id, day in late.items()}
    refunds: list[tuple[Any, ...]] = []
    charged: list[tuple[Any, ...]] = []
    left: list[tuple[Any, ...]] = []
    for line_id, commitment_id, cents, reason in judgements:
        counted_on = days.get(line_id) if days else None
        if reason is not None:
            left.append((charge_id, line_id, commitment_id, cents, counted_on, reason))
        elif cents > 0:
            charged.append((charge_id, line_id, commitment_id, cents, counted_on))
        else:
            refunds.append((charge_id, line_id, commitment_id, cents, counted_on))
    for rows in (refunds, charged, left):
        rows.sort(key=itemgetter(1))  # by cost line: indexes grow at their ends, twice as fast
    # What makes room goes in first, so that no balance is above its ceiling on the way.
    insert_many(session, AllocationRow, COLUMNS, chain(refunds, charged))
    insert_many(session, UnallocatedRow, (*COLUMNS, "reason"), left)


def ineligible_parts(session: Session) -> list[Judgement]:
    """Judge the parts of what waits that no funder may be asked for: they are left."""
    line = CostLineRow
    rows = session.execute(
        select(line.id, line.ineligible, line.ineligible_for).where(
            line.ineligible != 0, *not_judged(session)
        )
    )
    return [Judgement(line_id, None, cents, Reason(reason)) for line_id, cents, reason in rows]


def add_by_hand(session: Session, charge_id: int, by_hand: ByHand, counted_on: date | None) -> None:
    """Keep what a person charged to a commitment, and take it off what was left of the line."""
    of: dict[str, Any] = {"charge_id": charge_id, "cost_line_id": by_hand.line_id}
    of["counted_on"] = counted_on
    for paying, reason, cents in by_hand.taken:
        session.add(UnallocatedRow(**of, commitment_id=paying, amount=-cents, reason=reason))
    paid = by_hand.amount.cents
    session.add(AllocationRow(**of, commitment_id=by_hand.commitment_id, amount=paid))
    session.flush()


def take_back(
    session: Session,
    charge_id: int,
    line_id: int,
    parts: Iterable[tuple[int, int]],
    reason: Reason,
    counted_on: date | None,
) -> None:
    """Take charges of a cost line back, by commitment in cents; they are left with a reason."""
    of: dict[str, Any] = {"charge_id": charge_id, "cost_line_id": line_id}
    of["counted_on"] = counted_on
    for paying, cents in parts:
        session.add(AllocationRow(**of, commitment_id=paying, amount=-cents))
        session.add(UnallocatedRow(**of, commitment_id=paying, amount=cents, reason=reason))
    session.flush()


def mirror(session: Session, charge_id: int, line_id: int, reversing_id: int) -> None:
    """Judge a line that takes another back: whatever became of that, it becomes the opposite of.

    Shape:  of a line that the rules have not judged yet, both are left with a reason.
    """
    for row, apart in ((AllocationRow, ()), (UnallocatedRow, (UnallocatedRow.reason,))):
        table: Any = row
        total = func.sum(table.amount)
        taken = (
            select(literal(charge_id), literal(reversing_id), table.commitment_id, -total, *apart)
            .where(table.cost_line_id == line_id)
            .group_by(table.commitment_id, *apart)
            .having(total != 0)
        )
        columns = ["charge_id", "cost_line_id", "commitment_id", "amount"]
        columns += [column.key for column in apart]
        session.execute(insert(table).from_select(columns, taken))
    judged = select(UnallocatedRow.id).where(UnallocatedRow.cost_line_id == line_id).exists()
    charged = select(AllocationRow.id).where(AllocationRow.cost_line_id == line_id).exists()
    if not session.scalar(select(judged | charged)):
        amount = session.get_one(CostLineRow, line_id).amount
        for key, cents in ((line_id, amount), (reversing_id, -amount)):
            left: dict[str, Any] = {"charge_id": charge_id, "cost_line_id": key}
            left |= {"commitment_id": None, "counted_on": counts_on(session, key)}
            session.add(UnallocatedRow(**left, amount=cents, reason=Reason.TAKEN_BACK))
        session.flush()


def waiting(session: Session) -> tuple[int, Money]:
    """Count and add up the cost lines that no split rule has judged yet."""
    count, amount = session.execute(
        select(func.count(), func.coalesce(func.sum(CostLineRow.amount), 0)).where(
            *not_judged(session)
        )
    ).one()
    return count, Money(int(amount))
