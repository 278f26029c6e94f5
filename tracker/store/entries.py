"""Cost lines that are made in the tracker: entered by hand, or put there by a correction."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.costs import Origin
from tracker.domain.reporting_periods import counting_day
from tracker.store.costs import CostLineRow
from tracker.store.imports import add_book, book_named, lock
from tracker.store.projects import ProjectRow
from tracker.store.reporting_periods import closed_periods

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.entries import Entry, Provenance


def add_entry(session: Session, project_id: int, entry: Entry, provenance: Provenance) -> int:
    """Keep a cost line that was made here, and give its id.

    Shape:  it gets the next number of its journal in the year; what is incurred in a closed
            period counts on the first open day after it.
    """
    lock(session)  # one at a time: numbers follow each other, and no run passes a line by
    code = session.get_one(ProjectRow, project_id).code
    year = entry.incurred_on.year
    book = book_named(session, Origin.BY_HAND, code, year)
    book = book or add_book(session, Origin.BY_HAND, code, year, None)
    made = select(func.count()).where(
        CostLineRow.book_id == book.id, CostLineRow.journal == provenance.journal
    )
    own = provenance.counted_on or entry.incurred_on
    counted_on = counting_day(own, closed_periods(session, project_id))
    row = CostLineRow(
        **asdict(entry),
        project_id=project_id,
        book_id=book.id,
        import_id=None,
        journal=provenance.journal,
        transaction_number=str((session.scalar(made) or 0) + 1),
        line_number="1",
        counted_on=None if counted_on == entry.incurred_on else counted_on,
        corrects_id=provenance.corrects_id,
        reverses_id=provenance.reverses_id,
        charge_id=provenance.charge_id,
    )
    session.add(row)
    book.line_count += 1
    if entry.amount >= 0:
        book.debit += entry.amount
    else:
        book.credit -= entry.amount
    session.flush()
    return row.id
