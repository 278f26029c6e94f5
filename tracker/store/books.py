"""The lines of a book that is brought in: known again, staged, and kept very many at a time.

A line that said something else when it was imported is never changed: one line takes it back and
one puts the new one in its place, within the same book. Their line numbers are the old one with
an ending: ``3~1`` takes ``3`` back, ``3~2`` is what it says now.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, cast, func, select

from tracker.store.bulk import insert_many
from tracker.store.costs import CostLineRow
from tracker.store.ledgers import ExcludedLineRow, InvoiceRow
from tracker.store.staging import StagedRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from tracker.domain.costs import InvoiceSignature

    Row: TypeAlias = tuple[Any, ...]

ENDING = "~"
DIGEST = 16
IDS = ("project_id", "book_id", "import_id")

COST_COLUMNS = (
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
)
MORE_COLUMNS = (
    "counted_on",
    "paid_on",
    "vat",
    "vat_deductible",
    "person",
    "milestone_id",
)
"""What few cost lines have; a line without is staged without."""

EXCLUDED_COLUMNS = (
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
)
INVOICE_COLUMNS = ("book_id", "journal", "transaction_number", "signature")
NOTHING_MORE = (None, None, 0, 0, "", None)


class Line(NamedTuple):
    """A line of a book as it is to be kept: a cost or not, and its values.

    Shape:  ``row`` has ``COST_COLUMNS`` or ``EXCLUDED_COLUMNS``; ``more`` has ``MORE_COLUMNS``,
            or is nothing.
    """

    is_cost: bool
    row: Row
    more: Row | None = None

    @property
    def cents(self) -> int:
        """Its amount, debit positive."""
        cents: int = self.row[5 if self.is_cost else 4]
        return cents


def digest(said: str) -> bytes:
    """Give a short stand-in for a text, so that very many can be held and compared."""
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest()


def key_of_row(row: Sequence[Any]) -> bytes:
    """Give the stand-in for a row's key within its book."""
    return digest(f"{row[0]}\x1f{row[1]}\x1f{row[2]}")


def content_of(line: Line) -> bytes:
    """Give the stand-in for what a line must still say when its book is brought in again."""
    row = line.row
    if not line.is_cost:
        return digest(f"x\x1f{row[3]}\x1f{row[4]}\x1f{row[6]}\x1f{row[7]}\x1f{row[8]}")
    said = "\x1f".join(map(str, (row[3], row[4] or "", row[5], *row[8:14])))
    more = line.more
    if more is None or more[2:5] == NOTHING_MORE[2:5]:
        return digest(f"c\x1f{said}")
    return digest(f"c\x1f{said}\x1f{more[2]}\x1f{more[3]}\x1f{more[4]}")


class KnownLines:
    """What a book held so far, by stand-ins for keys and contents: 270,000 lines in a few dozen MB.

    Shape:  ``contents`` are those of the newest version of each line; ``endings`` are the numbers
            of their endings, of those that have one. A line that was taken back has no contents.
    """

    def __init__(self) -> None:
        self.contents: dict[bytes, bytes] = {}
        self.endings: dict[bytes, int] = {}

    def __bool__(self) -> bool:
        return bool(self.contents or self.endings)

    def add(self, line: Line) -> None:
        """Take a kept line in; a newer version stands in for an older one."""
        journal, number, line_number, *_ = line.row
        base, _, ending = line_number.partition(ENDING)
        if not ending:
            key = key_of_row(line.row)
            if key not in self.endings:
                self.contents[key] = content_of(line)
            return
        key, version = digest(f"{journal}\x1f{number}\x1f{base}"), int(ending)
        if version < self.endings.get(key, 0):
            return
        self.endings[key] = version
        if version % 2:
            self.contents.pop(key, None)
        else:
            self.contents[key] = content_of(line)


def known_lines(session: Session, book_id: int) -> KnownLines:
    """Read what a book held so far."""
    known = KnownLines()
    for line in _kept_lines(session, book_id):
        known.add(line)
    return known


def _kept_lines(session: Session, book_id: int) -> Iterator[Line]:
    cost, other = CostLineRow, ExcludedLineRow
    query = select(
        *(_plain(cost, name) for name in COST_COLUMNS), cost.vat, cost.vat_deductible, cost.person
    ).where(cost.book_id == book_id)
    wide = len(COST_COLUMNS)
    for row in _streamed(session, query):
        vat, deductible, person = row[wide:]
        more = (None, None, vat, deductible, person, None) if vat or deductible or person else None
        yield Line(True, row[:wide], more)
    others = select(*(_plain(other, name) for name in EXCLUDED_COLUMNS))
    for row in _streamed(session, others.where(other.book_id == book_id)):
        yield Line(False, row)


def _plain(table: Any, name: str) -> Any:
    column = getattr(table, name)
    return cast(column, String) if name.endswith("_on") else column


def _streamed(session: Session, query: Select[Any]) -> Iterator[Row]:
    found = session.execute(query, execution_options={"yield_per": 5_000})
    for rows in found.partitions():
        yield from map(tuple, rows)


def known_invoices(session: Session, book_id: int) -> set[tuple[str, str]]:
    """The transactions of a book that are kept as invoices, by journal and number."""
    rows = session.execute(
        select(InvoiceRow.journal, InvoiceRow.transaction_number).where(
            InvoiceRow.book_id == book_id
        )
    )
    return {(journal, number) for journal, number in rows}


def seal_of(signature: InvoiceSignature) -> str:
    """Give the stand-in for an invoice by which it is known when it is booked again."""
    said = f"{signature.supplier}\n{signature.invoice}\n{signature.dated}\n{signature.amounts}"
    return blake2b(said.encode(), digest_size=DIGEST).hexdigest()


class StagedBook:
    """The lines that are coming into one book: nothing of them is in the database yet.

    Shape:  ``debit`` and ``credit`` are cents, both positive, of the lines that are new; ``days``
            are those on which costs were incurred.
    """

    def __init__(self) -> None:
        self.costs = StagedRows()
        self.wide = StagedRows()
        self.excluded = StagedRows()
        self.invoices = StagedRows()
        self.days: set[str] = set()
        self.count = self.debit = self.credit = 0

    def add(self, line: Line) -> None:
        """Stage a line that is new."""
        self.count += 1
        if not line.is_cost:
            cents = line.row[4]
            self.excluded.add(line.row)
        else:
            cents = line.row[5]
            self.days.add(line.row[3])
            if line.more is None:
                self.costs.add(line.row)
            else:
                self.wide.add((*line.row, *line.more))
        if cents >= 0:
            self.debit += cents
        else:
            self.credit -= cents

    def cost_rows(self) -> Iterator[Row]:
        """Give the new cost lines; the first values of a row are ``COST_COLUMNS``."""
        yield from self.costs
        yield from self.wide

    def insert(self, session: Session, project_id: int, book_id: int, import_id: int) -> None:
        """Keep everything, in the transaction that goes on."""
        ids = (project_id, book_id, import_id)
        columns: tuple[str, ...] = (*IDS, *COST_COLUMNS)
        for rows in self.costs.chunks():
            insert_many(session, CostLineRow, columns, [(*ids, *row) for row in rows])
        columns = (*columns, *MORE_COLUMNS)
        for rows in self.wide.chunks():
            insert_many(session, CostLineRow, columns, [(*ids, *row) for row in rows])
        columns = (*IDS[1:], *EXCLUDED_COLUMNS)
        for rows in self.excluded.chunks():
            insert_many(session, ExcludedLineRow, columns, [(*ids[1:], *row) for row in rows])
        for rows in self.invoices.chunks():
            insert_many(session, InvoiceRow, INVOICE_COLUMNS, [(book_id, *row) for row in rows])


class State(NamedTuple):
    """What judging a file rests on besides the programme; the same again if nothing changed."""

    last_line: int
    last_import: int
    last_charge: int
    periods: int


def state_of(session: Session) -> State:
    """Tell what the books hold, to see later whether that is still so."""
    from tracker.store.allocations import ChargeRow
    from tracker.store.imports import ImportRow
    from tracker.store.reporting_periods import ReportingPeriodRow

    versions = func.sum(ReportingPeriodRow.version)
    ends = (func.max(CostLineRow.id), func.max(ImportRow.id), func.max(ChargeRow.id), versions)
    lines, brought_in, charges, periods = (int(session.scalar(select(end)) or 0) for end in ends)
    return State(lines, brought_in, charges, periods)
