"""New lines that may be in the tracker already: by another book, by hand, or booked twice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.costs import Origin
from tracker.domain.intakes import Suspicion, SuspicionKind
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow
from tracker.store.costs import CostLineRow, key_of
from tracker.store.imports import BookRow
from tracker.store.ledgers import InvoiceRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from sqlalchemy.orm import Session

    from tracker.store.books import StagedBook

    Likeness: TypeAlias = tuple[str, int, str]  # day, cents, invoice or document

BOOKS = (Origin.LEDGER.value, Origin.EXPORT.value, Origin.BY_HAND.value)


class Invoice(NamedTuple):
    """A purchase invoice that comes in, by what two bookings of it have in common."""

    journal: str
    number: str
    cents: int
    dated: date
    supplier: str
    invoice: str

    @property
    def key(self) -> str:
        """What a choice calls it."""
        return f"{self.journal} {self.number}"


def of_costs(
    session: Session, book_id: int, staged: StagedBook, *, is_whole: bool
) -> Iterator[Suspicion]:
    """Find new cost lines with the day, amount and invoice or document of one in another book."""
    if not staged.days:
        return
    known = _likenesses(session, book_id, min(staged.days), max(staged.days))
    if not known:
        return
    for row in staged.cost_rows():
        like = next((known[each] for each in _likeness(row) if each in known), None)
        if like is not None:
            entry = f"{row[0]} {row[1]}"
            yield Suspicion(
                key=entry if is_whole else f"{entry}/{row[2]}",
                kind=like.kind,
                amount=Money(row[5]),
                incurred_on=date.fromisoformat(row[3]),
                supplier=row[10],
                invoice=row[12] or row[11],
                other_key=like.key,
                other_line_id=like.line_id,
            )


class _Like(NamedTuple):
    kind: SuspicionKind
    key: str
    line_id: int


def _likeness(row: tuple[Any, ...]) -> list[Likeness]:
    return [(row[3], row[5], said.casefold()) for said in (row[12], row[11]) if said]


def _likenesses(session: Session, book_id: int, first: str, last: str) -> dict[Likeness, _Like]:
    """Give the cost lines of other books between two days, by what would make them the same."""
    line, back = CostLineRow, aliased(CostLineRow)
    query = (
        select(
            line.id,
            cast(line.incurred_on, String),
            line.amount,
            line.invoice,
            line.document,
            line.journal,
            line.transaction_number,
            line.line_number,
            BookRow,
            select(AllocationRow.id).where(AllocationRow.cost_line_id == line.id).exists(),
        )
        .join(BookRow, BookRow.id == line.book_id)
        .where(
            line.book_id != book_id,
            line.incurred_on.between(date.fromisoformat(first), date.fromisoformat(last)),
            BookRow.origin.in_(BOOKS),
            or_(line.invoice != "", line.document != ""),
            line.amount != 0,
            line.reverses_id.is_(None),
            ~select(back.id).where(back.reverses_id == line.id).exists(),
        )
        .order_by(line.id)
    )
    found: dict[Likeness, _Like] = {}
    for row in session.execute(query, execution_options={"yield_per": 5_000}):
        line_id, day, cents, invoice, document, journal, number, line_number, book, paid = row
        kind = SuspicionKind.CHARGED if paid else SuspicionKind.TWO_BOOKS
        if book.origin == Origin.BY_HAND:
            kind = SuspicionKind.BY_HAND
        like = _Like(kind, key_of(book, journal, number, line_number), line_id)
        for said in (invoice, document):
            if said:
                found.setdefault((day, cents, said.casefold()), like)
    return found


def of_invoices(session: Session, coming: Mapping[str, list[Invoice]]) -> Iterator[Suspicion]:
    """Find invoices that are booked more than once: in what is kept, or in what comes in.

    Shape:  ``coming`` are the new bookings by the seal of their invoice.
    """
    kept: dict[str, str] = {}
    query = select(
        InvoiceRow.signature,
        BookRow,
        InvoiceRow.journal,
        InvoiceRow.transaction_number,
    ).join(BookRow, BookRow.id == InvoiceRow.book_id)
    if coming:
        for seal, book, journal, number in session.execute(
            query, execution_options={"yield_per": 5_000}
        ):
            if seal in coming:
                kept.setdefault(seal, f"{book.fiscal_year} {journal} {number}")
    for seal, bookings in coming.items():
        others = [kept[seal]] if seal in kept else []
        for invoice in bookings:
            if others:
                yield Suspicion(
                    key=invoice.key,
                    kind=SuspicionKind.BOOKED_TWICE,
                    amount=Money(invoice.cents),
                    incurred_on=invoice.dated,
                    supplier=invoice.supplier,
                    invoice=invoice.invoice,
                    other_key=others[0],
                )
            others.append(invoice.key)
