"""Keeping the lines of a book, very many at a time, and knowing them again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import select

from tracker.domain.costs import Exclusion
from tracker.store.bulk import CHUNK, insert_many
from tracker.store.costs import CostLineRow
from tracker.store.ledgers import ExcludedLineRow, InvoiceRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.costs import InvoiceSignature
    from tracker.domain.ledgers import LedgerLine, LedgerTransaction

    Key: TypeAlias = tuple[str, str, str]  # journal, transaction, line
    Content: TypeAlias = tuple[Any, ...]

COST_COLUMNS = [
    "project_id",
    "book_id",
    "import_id",
    "journal",
    "transaction_number",
    "line_number",
    "incurred_on",
    "booked_on",
    "amount",
    "category_id",
    "work_package_id",
    "cost_centre",
    "account",
    "supplier",
    "document",
    "invoice",
    "description",
]
EXCLUDED_COLUMNS = [
    "book_id",
    "import_id",
    "journal",
    "transaction_number",
    "line_number",
    "incurred_on",
    "amount",
    "reason",
    "account",
    "project_code",
    "cost_centre",
    "description",
]
INVOICE_COLUMNS = ["book_id", "journal", "transaction_number", "signature"]


def cost_content(booked_on: date | None, line: LedgerLine) -> Content:
    """What a kept cost line must still say when its book is brought in again."""
    return (
        line.cents,
        line.incurred_on,
        booked_on,
        line.account,
        line.cost_centre,
        line.supplier,
        line.document,
        line.invoice,
        line.description,
    )


def excluded_content(line: LedgerLine) -> Content:
    """What a kept excluded line must still say."""
    return (line.cents, line.incurred_on, line.account, line.cost_centre, line.project)


def known_lines(session: Session, book_id: int) -> dict[Key, Content]:
    """Give what a book held so far, by ledger key within the book."""
    cost, other = CostLineRow, ExcludedLineRow
    costs = session.execute(
        select(
            cost.journal,
            cost.transaction_number,
            cost.line_number,
            cost.amount,
            cost.incurred_on,
            cost.booked_on,
            cost.account,
            cost.cost_centre,
            cost.supplier,
            cost.document,
            cost.invoice,
            cost.description,
        ).where(cost.book_id == book_id)
    )
    known: dict[Key, Content] = {
        (journal, number, line): tuple(content) for journal, number, line, *content in costs
    }
    others = session.execute(
        select(
            other.journal,
            other.transaction_number,
            other.line_number,
            other.amount,
            other.incurred_on,
            other.account,
            other.cost_centre,
            other.project_code,
        ).where(other.book_id == book_id)
    )
    for journal, number, line, *content in others:
        known[journal, number, line] = tuple(content)
    return known


def known_invoices(session: Session, book_id: int) -> set[tuple[str, str]]:
    """The transactions of a book that are kept as invoices, by journal and number."""
    rows = session.execute(
        select(InvoiceRow.journal, InvoiceRow.transaction_number).where(
            InvoiceRow.book_id == book_id
        )
    )
    return {(journal, number) for journal, number in rows}


class BookWriter:
    """Keeps the lines of one book in large chunks; ``finish`` keeps what is left."""

    def __init__(self, session: Session, *, project_id: int, book_id: int, import_id: int) -> None:
        self._session = session
        self._cost_ids = (project_id, book_id, import_id)
        self._other_ids = (book_id, import_id)
        self._book_id = book_id
        self._costs: list[tuple[Any, ...]] = []
        self._excluded: list[tuple[Any, ...]] = []
        self._invoices: list[tuple[Any, ...]] = []
        self._as_text = session.get_bind().dialect.name == "sqlite"
        self._days: dict[date | None, Any] = {None: None}

    def cost(
        self,
        entry: LedgerTransaction,
        line: LedgerLine,
        category_id: int,
        work_package_id: int | None,
    ) -> None:
        """Keep a line that is a cost of the project."""
        self._costs.append(
            (
                *self._cost_ids,
                entry.journal,
                entry.number,
                line.line,
                self._day(line.incurred_on),
                self._day(entry.booked_on),
                line.cents,
                category_id,
                work_package_id,
                line.cost_centre,
                line.account,
                line.supplier,
                line.document,
                line.invoice,
                line.description,
            )
        )
        if len(self._costs) >= CHUNK:
            self._keep_costs()

    def exclude(self, entry: LedgerTransaction, line: LedgerLine, reason: Exclusion) -> None:
        """Keep a line that is no cost of the project, with the reason."""
        self._excluded.append(
            (
                *self._other_ids,
                entry.journal,
                entry.number,
                line.line,
                self._day(line.incurred_on),
                line.cents,
                reason.value,
                line.account,
                line.project,
                line.cost_centre,
                "" if reason is Exclusion.NOT_A_COST else line.description,
            )
        )
        if len(self._excluded) >= CHUNK:
            self._keep_excluded()

    def invoice(self, entry: LedgerTransaction, signature: InvoiceSignature) -> None:
        """Keep a purchase invoice, so that it is known when it is booked again."""
        said = f"{signature.supplier}\n{signature.invoice}\n{signature.dated}\n{signature.amounts}"
        seal = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
        self._invoices.append((self._book_id, entry.journal, entry.number, seal))

    def finish(self) -> None:
        """Keep everything that has not been kept yet."""
        self._keep_costs()
        self._keep_excluded()
        insert_many(self._session, InvoiceRow, INVOICE_COLUMNS, self._invoices)
        self._invoices = []

    def _day(self, day: date | None) -> Any:
        if not self._as_text:
            return day
        stored = self._days.get(day)
        if stored is None and day is not None:
            stored = self._days[day] = day.isoformat()
        return stored

    def _keep_costs(self) -> None:
        insert_many(self._session, CostLineRow, COST_COLUMNS, self._costs)
        self._costs = []

    def _keep_excluded(self) -> None:
        insert_many(self._session, ExcludedLineRow, EXCLUDED_COLUMNS, self._excluded)
        self._excluded = []
