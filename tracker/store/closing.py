"""What counts in each reporting period, and what of it is not finished."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.instalments import InstalmentState
from tracker.domain.intakes import IntakeState
from tracker.domain.money import Money
from tracker.domain.reporting_periods import Check, PeriodFigures, Unfinished
from tracker.domain.waivers import WaiverState
from tracker.store import checks, receipts
from tracker.store.allocations import COUNTED_ON, LEFT_ON, AllocationRow, UnallocatedRow
from tracker.store.amendments import drafts
from tracker.store.charging import not_judged
from tracker.store.contributions import contributions_of
from tracker.store.costs import CostLineRow
from tracker.store.instalments import instalments_by_commitment
from tracker.store.intakes import IntakeRow
from tracker.store.ledgers import BookedTwiceRow, InvoiceRow
from tracker.store.receipts import BankEntryRow, ReceiptRow
from tracker.store.reporting_periods import reopenings_asked
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.periods import Period
    from tracker.domain.reporting_periods import ReportingPeriod

LINE_DAY = func.coalesce(CostLineRow.counted_on, CostLineRow.incurred_on)
ON_THEIR_WAY = (
    IntakeState.WAITING,
    IntakeState.READING,
    IntakeState.MAPPING,
    IntakeState.READY,
    IntakeState.KEEPING,
)
OF_BOOKS = frozenset(
    {
        "Every book still holds the lines, debit and credit that it was brought in with.",
        "Debit and credit of every ledger are equal.",
    }
)
"""The invariants that say that the books tie to their own control totals."""


def figures_in(session: Session, periods: Iterable[ReportingPeriod]) -> dict[int, PeriodFigures]:
    """Add up what counts in each period, by its key."""
    joined = CostLineRow.id == AllocationRow.cost_line_id
    left = CostLineRow.id == UnallocatedRow.cost_line_id
    sums = [
        _by_day(session, select(LINE_DAY, func.sum(CostLineRow.amount))),
        _by_day(
            session, select(COUNTED_ON, func.sum(AllocationRow.amount)).join(CostLineRow, joined)
        ),
        _by_day(session, select(LEFT_ON, func.sum(UnallocatedRow.amount)).join(CostLineRow, left)),
        _by_day(session, select(receipts.COUNTED_ON, func.sum(ReceiptRow.amount))),
    ]
    return {one.id: PeriodFigures(*(_within(days, one.period) for days in sums)) for one in periods}


def unfinished_in(session: Session, period: Period, today: date) -> list[Unfinished]:
    """List what is not finished in a period, what blocks before what warns."""
    return [
        *_of_invariants(session),
        *_of_lines(session, period),
        *_of_doubles(session, period),
        *_of_files(session),
        *_of_money(session, period),
        *_of_people(session, period),
        *_of_instalments(session, period, today),
        *_of_hours(session, period),
        *_of_waivers(session, period),
    ]


def count_unfinished(session: Session, periods: Iterable[ReportingPeriod]) -> dict[int, int]:
    """Count the lines that wait and the shares that are left in each period, by its key."""
    waiting = _by_day(session, select(LINE_DAY, func.count()).where(*not_judged(session)))
    shares = _left_by_line().subquery()
    left = _by_day(session, select(shares.c.day, func.count()), shares.c.day)
    return {
        one.id: _within(waiting, one.period).cents + _within(left, one.period).cents
        for one in periods
    }


def _by_day(session: Session, query: Any, day: Any = None) -> dict[date, int]:
    column = query.selected_columns[0] if day is None else day
    return {found: int(amount) for found, amount in session.execute(query.group_by(column))}


def _within(days: dict[date, int], period: Period) -> Money:
    return Money(sum(amount for day, amount in days.items() if day in period))


def _of_invariants(session: Session) -> Iterator[Unfinished]:
    found: dict[Check, int] = defaultdict(int)
    for name, rows in checks.broken(session):
        check = Check.BOOKS if name.template in OF_BOOKS else Check.INVARIANTS
        found[check] += len(rows)
    for check in (Check.INVARIANTS, Check.BOOKS):
        if found[check]:
            yield Unfinished(check, found[check])


def _of_lines(session: Session, period: Period) -> Iterator[Unfinished]:
    count, amount = session.execute(
        select(func.count(), func.coalesce(func.sum(CostLineRow.amount), 0)).where(
            LINE_DAY.between(period.first_day, period.last_day), *not_judged(session)
        )
    ).one()
    if count:
        yield Unfinished(Check.WAITING, count, Money(int(amount)))
    left = _left_by_line().where(LINE_DAY.between(period.first_day, period.last_day)).subquery()
    rows = session.execute(
        select(left.c.reason, func.count(), func.sum(left.c.amount)).group_by(left.c.reason)
    )
    found = {reason: (count, Money(int(amount))) for reason, count, amount in rows}
    for reason in Reason:
        if reason in found:
            yield Unfinished(Check.LEFT, *found[reason], reason=reason.value)


def _left_by_line() -> Any:
    """Add up what is left of each line that somebody may still be asked for, by reason.

    Shape:  with the day on which the line counts; what was charged since, whenever that counts,
            is not left any more.
    """
    amount = func.sum(UnallocatedRow.amount)
    return (
        select(UnallocatedRow.reason, LINE_DAY.label("day"), amount.label("amount"))
        .join(CostLineRow, CostLineRow.id == UnallocatedRow.cost_line_id)
        .where(UnallocatedRow.reason.not_in(sorted(INELIGIBLE)))
        .group_by(UnallocatedRow.reason, CostLineRow.id)
        .having(amount != 0)
    )


def _of_doubles(session: Session, period: Period) -> Iterator[Unfinished]:
    booked = (
        (CostLineRow.book_id == InvoiceRow.book_id)
        & (CostLineRow.journal == InvoiceRow.journal)
        & (CostLineRow.transaction_number == InvoiceRow.transaction_number)
    )
    count = session.scalar(
        select(func.count(func.distinct(InvoiceRow.signature)))
        .join(BookedTwiceRow, BookedTwiceRow.signature == InvoiceRow.signature)
        .join(CostLineRow, booked)
        .where(LINE_DAY.between(period.first_day, period.last_day))
    )
    if count:
        yield Unfinished(Check.DOUBLES, count)


def _of_files(session: Session) -> Iterator[Unfinished]:
    count = session.scalar(
        select(func.count()).select_from(IntakeRow).where(IntakeRow.state.in_(ON_THEIR_WAY))
    )
    if count:
        yield Unfinished(Check.FILES, count)


def _of_money(session: Session, period: Period) -> Iterator[Unfinished]:
    count, amount = receipts.unmatched(
        session, BankEntryRow.booked_on.between(period.first_day, period.last_day)
    )
    if count:
        yield Unfinished(Check.MONEY, count, amount)


def _of_people(session: Session, period: Period) -> Iterator[Unfinished]:
    """Count what was entered and waits for a second person."""
    waiting = [d for d in drafts(session) if d.decision.decided_on <= period.last_day]
    asked = [w for w in waivers_of(session) if not w.approved_by and w.ended_on is None]
    if count := len(waiting) + len(asked) + len(reopenings_asked(session)):
        yield Unfinished(Check.DRAFTS, count)


def _of_instalments(session: Session, period: Period, today: date) -> Iterator[Unfinished]:
    late = [
        one.outstanding
        for plan in instalments_by_commitment(session).values()
        for one in plan
        if one.due_on in period and one.state(today) is InstalmentState.OVERDUE
    ]
    if late:
        yield Unfinished(Check.INSTALMENTS, len(late), Money.total(late))


def _of_hours(session: Session, period: Period) -> Iterator[Unfinished]:
    unsigned = [
        one.value
        for one in contributions_of(session)
        if one.worked_on in period and one.declaration is None
    ]
    if unsigned:
        yield Unfinished(Check.HOURS, len(unsigned), Money.total(unsigned))


def _of_waivers(session: Session, period: Period) -> Iterator[Unfinished]:
    """Count the waivers that held once, and held no more at the end of the period."""
    over = [
        waiver
        for waiver in waivers_of(session)
        if waiver.approved_by
        and waiver.state(period.last_day) in (WaiverState.ENDED, WaiverState.EXPIRED)
        and min(waiver.until, waiver.ended_on or waiver.until) >= period.first_day
    ]
    if over:
        yield Unfinished(Check.WAIVERS, len(over))
