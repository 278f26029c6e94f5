"""A programme in which everything happened that makes figures differ: tests look at it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.actions.closing import NOW, close_until
from tests.actions.programme import OFFICER
from tracker.actions import allocations, corrections
from tracker.domain.corrections import CorrectionKind, Wish
from tracker.domain.entries import BY_HAND, Entry, Provenance
from tracker.domain.money import Money
from tracker.store import costs
from tracker.store.allocations import AllocationRow
from tracker.store.costs import CostLineRow
from tracker.store.entries import add_entry
from tracker.store.imports import BookRow
from tracker.store.projects import categories_of, the_project, work_packages_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine


def live_through(session: Session) -> None:
    """Correct, enter, charge by hand and take back, before and after a year was closed."""
    _enter(session, date(2023, 5, 4), 150_001)
    _enter(session, date(2023, 6, 1), -2_000)
    allocations.charge(session, by=OFFICER)
    _correct(session, _paid(session, 2023, 0), CorrectionKind.CANCELLED)
    line = _paid(session, 2023, 1)
    share = line.shares[0]
    allocations.take_back(session, line.id, share.commitment, Money(100), "not theirs", by=OFFICER)
    session.rollback()
    allocations.charge_by_hand(session, line.id, share.commitment, Money(60), by=OFFICER)
    first = _paid(session, 2021, 0)
    close_until(session, date(2021, 6, 1))
    _correct(session, first, CorrectionKind.NOT_ELIGIBLE, "not_eligible")
    _enter(session, date(2021, 7, 7), 77_777)
    allocations.charge(session, by=OFFICER)
    _enter(session, date(2022, 2, 2), 5_005)  # it waits


def _enter(session: Session, day: date, cents: int) -> int:
    project = the_project(session)
    packages = work_packages_of(session, project.id)
    entry = Entry(
        incurred_on=day,
        amount=cents,
        category_id=categories_of(session, project.id)["personnel"],
        work_package_id=packages["WP1"],
        cost_centre="WP1",
        account="",
        supplier="Bakker",
        document="",
        invoice="",
        description="entered by hand",
    )
    line = add_entry(session, project.id, entry, Provenance(journal=BY_HAND))
    session.commit()
    return line


def _paid(session: Session, year: int, at: int) -> CostLine:
    """A line of the ledger of a year of which a commitment pays a part."""
    days = CostLineRow.incurred_on.between(date(year, 1, 1), date(year, 12, 31))
    key = session.scalars(
        select(CostLineRow.id)
        .join(AllocationRow, AllocationRow.cost_line_id == CostLineRow.id)
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .where(CostLineRow.amount > 1000, AllocationRow.amount > 1000, days)
        .where(BookRow.origin == "ledger")
        .distinct()
        .order_by(CostLineRow.id)
        .offset(at)
        .limit(1)
    ).one()
    session.rollback()
    found = costs.cost_line(session, key)
    session.rollback()
    return found


def _correct(session: Session, line: CostLine, kind: CorrectionKind, why: str = "") -> None:
    given = Wish(kind=kind, reason="booked wrong", amount=Money(100), ineligible_for=why)
    corrections.correct(session, line.id, given, today=NOW, by=OFFICER)
    session.rollback()
