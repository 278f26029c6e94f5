"""Cost lines that are made in the tracker: entered by hand, or put there by a correction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from tracker.domain.costs import Origin
from tracker.domain.errors import RuleViolation
from tracker.domain.reporting_periods import counting_day
from tracker.store.costs import CostLineRow, key_of, still_stands
from tracker.store.imports import BookRow, ImportRow, add_book, book_named, lock
from tracker.store.milestones import MilestoneRow
from tracker.store.projects import ProjectRow, categories_of, work_packages_of
from tracker.store.reporting_periods import closed_periods

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from tracker.domain.entries import Entry, NewCost, Provenance


@dataclass(frozen=True, slots=True)
class Places:
    """The ids of where a cost belongs: category, work package and milestone."""

    category_id: int
    work_package_id: int
    milestone_id: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a cost line came from."""

    import_id: int
    file_name: str
    sha256: str
    imported_at: datetime
    imported_by: str


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


def places_of(
    session: Session, project_id: int, category: str, work_package: str, milestone: str
) -> Places:
    """Give the ids of the codes that somebody chose.

    Errors: ``RuleViolation`` at the field of a code that the programme does not know.
    """
    milestones = milestone_ids(session, project_id)
    known: dict[str, tuple[str, dict[str, int]]] = {
        "category": (category, categories_of(session, project_id)),
        "work_package": (work_package, work_packages_of(session, project_id)),
        "milestone": (milestone, milestones | {"": 0}),
    }
    for field, (code, ids) in known.items():
        if code not in ids:
            raise RuleViolation(
                "“{code}” is not part of the programme.",
                "Choose one of the list.",
                field=field,
                code=code,
            )
    return Places(
        category_id=known["category"][1][category],
        work_package_id=known["work_package"][1][work_package],
        milestone_id=milestones.get(milestone),
    )


def milestone_ids(session: Session, project_id: int) -> dict[str, int]:
    """The ids of the milestones by code, in their order."""
    rows = session.execute(
        select(MilestoneRow.code, MilestoneRow.id)
        .where(MilestoneRow.project_id == project_id)
        .order_by(MilestoneRow.position)
    )
    return {code: key for code, key in rows}  # noqa: C416 - typed rows


def like_cost(session: Session, new: NewCost) -> str:
    """Give the key of a cost that looks like a new one; nothing where there is none.

    Shape:  the same supplier and amount, and the same invoice, or the same day where it has no
            number. Books may hold the net amount, so gross and net are compared too.
    """
    line = CostLineRow
    amounts = {new.cost.cents, new.gross.cents, new.net.cents}
    gross = line.amount + line.vat_deductible
    wanted: list[Any] = [
        func.lower(line.supplier) == new.supplier.strip().lower(),
        or_(*(one.in_(amounts) for one in (line.amount, gross, gross - line.vat))),
        *still_stands(),
    ]
    if invoice := new.invoice.strip():
        wanted.append(func.lower(line.invoice) == invoice.lower())
    else:
        wanted.append(line.incurred_on == new.incurred_on)
    found = session.execute(
        select(line, BookRow)
        .join(BookRow, BookRow.id == line.book_id)
        .where(*wanted)
        .order_by(line.id)
        .limit(1)
    ).first()
    if found is None:
        return ""
    row, book = found
    return key_of(book, row.journal, row.transaction_number, row.line_number)


def source_of(session: Session, line_id: int) -> Source | None:
    """Give the file that a cost line came from; nothing for one that was made here."""
    found = session.execute(
        select(ImportRow)
        .join(CostLineRow, CostLineRow.import_id == ImportRow.id)
        .where(CostLineRow.id == line_id)
    ).scalar()
    if found is None:
        return None
    return Source(found.id, found.file_name, found.sha256, found.imported_at, found.imported_by)
