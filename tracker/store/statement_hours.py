"""Reading the hours that a statement tells: of the facility's people, and of its partners."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tracker.domain.contributions import covering
from tracker.domain.costs import Origin
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import month_of
from tracker.domain.shares import nearest
from tracker.domain.statement_parts import HoursLine, InKindLine
from tracker.store.allocations import AllocationRow
from tracker.store.contributions import declarations_of
from tracker.store.costs import CostLineRow, key_of
from tracker.store.imports import BookRow
from tracker.store.valuations import WorkedRow, worked_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Subquery
    from sqlalchemy.orm import Session

    from tracker.domain.worked import Worked

RATE_DECIMALS = 4


def hours_of(
    session: Session, rows: tuple[Any, ...], is_told: Callable[[date], bool]
) -> tuple[HoursLine, ...]:
    """List the working time among charged lines, by person, month, work package and rate.

    Shape:  ``rows`` is the condition of what was charged; ``is_told`` tells of the day on which a
            cost line counts whether the report tells it, and so its time.
    """
    line = CostLineRow
    told = _told(rows)
    found = session.execute(
        select(WorkedRow, line, told.c.charged)
        .join(line, WorkedRow.cost_line_id == func.coalesce(line.reverses_id, line.id))
        .join(told, told.c.cost_line_id == line.id)
    )
    added: dict[tuple[Any, ...], tuple[Decimal, Money, Money]] = {}
    for row, cost, cents in found:
        worked = worked_in(row)
        sign = 0 if not is_told(cost.counted_on or cost.incurred_on) else _sign(cost)
        month = month_of(cost.incurred_on)
        key = (worked.person, month, cost.cost_centre, worked.method, _rate(worked))
        time, amount, charged = added.get(key, (Decimal(0), ZERO, ZERO))
        added[key] = (
            time + sign * worked.time,
            amount + (Money(cost.amount) if sign else ZERO),
            charged + Money(int(cents)),
        )
    return tuple(
        HoursLine(person, month, package, method, time, rate, amount, charged)
        for (person, month, package, method, rate), (time, amount, charged) in sorted(added.items())
        if time or amount or charged
    )


def contributions_in(
    session: Session, rows: tuple[Any, ...], is_told: Callable[[date], bool]
) -> tuple[InKindLine, ...]:
    """List partners' hours among charged lines, by partner and day, as ``hours_of`` does."""
    line = CostLineRow
    told = _told(rows)
    found = session.execute(
        select(line, BookRow, told.c.charged)
        .join(BookRow, BookRow.id == line.book_id)
        .join(told, told.c.cost_line_id == line.id)
        .where(BookRow.origin == Origin.IN_KIND.value)
        .order_by(BookRow.company, line.incurred_on, line.id)
    )
    declarations = declarations_of(session)
    lines = []
    for cost, book, cents in found:
        sign = 0 if not is_told(cost.counted_on or cost.incurred_on) else _sign(cost)
        hours, rate = _valued(cost.document)
        signed = covering(declarations, book.company, cost.incurred_on)
        lines.append(
            InKindLine(
                key=key_of(book, cost.journal, cost.transaction_number, cost.line_number),
                partner=book.company,
                worked_on=cost.incurred_on,
                work_package=cost.cost_centre,
                description=cost.description,
                hours=sign * hours,
                rate=rate,
                value=Money(cost.amount) if sign else ZERO,
                charged=Money(int(cents)),
                signed_on=signed.signed_on if signed else None,
            )
        )
    return tuple(one for one in lines if one.value or one.charged)


def _told(rows: tuple[Any, ...]) -> Subquery:
    """Add up what is charged of each cost line that is told."""
    return (
        select(AllocationRow.cost_line_id, func.sum(AllocationRow.amount).label("charged"))
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(*rows)
        .group_by(AllocationRow.cost_line_id)
        .subquery()
    )


def _sign(cost: CostLineRow) -> int:
    return 1 if cost.amount > 0 else -1


def _rate(worked: Worked) -> Decimal:
    """Give the euros of an hour or a day, rounded as reports show them."""
    if worked.annual_cost is not None and worked.basis is not None:
        exact = Fraction(worked.annual_cost.as_decimal) / Fraction(worked.basis)
    else:
        exact = Fraction(worked.rate or 0)
    return Decimal(nearest(exact * 10**RATE_DECIMALS)).scaleb(-RATE_DECIMALS)


def _valued(document: str) -> tuple[Decimal, Decimal]:
    """Read hours and rate as bringing in such a line writes them; nothing of another document."""
    hours, _, rate = document.partition(" × ")
    try:
        return Decimal(hours), Decimal(rate)
    except InvalidOperation:
        return Decimal(0), Decimal(0)
