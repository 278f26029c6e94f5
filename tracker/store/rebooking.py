"""Lines that say something else than when they were imported: found, taken back, replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tracker.domain.corrections import CorrectionKind
from tracker.domain.errors import Code
from tracker.domain.intakes import FieldChange
from tracker.domain.money import Money
from tracker.domain.reporting_periods import counting_day
from tracker.store import charging
from tracker.store.books import (
    COST_COLUMNS,
    ENDING,
    EXCLUDED_COLUMNS,
    MORE_COLUMNS,
    NOTHING_MORE,
    Line,
)
from tracker.store.corrections import CorrectionRow
from tracker.store.costs import CostLineRow
from tracker.store.ledgers import ExcludedLineRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from sqlalchemy.orm import Session

    from tracker.domain.errors import Fact
    from tracker.domain.periods import Period
    from tracker.store.imports import BookRow

    Key: TypeAlias = tuple[str, str]  # journal, transaction
    Kept: TypeAlias = CostLineRow | ExcludedLineRow

TOLD = (
    *("counted_as", "incurred_on", "booked_on", "account", "cost_centre", "project_code"),
    *("supplier", "document", "invoice", "description", "vat", "vat_deductible", "person"),
)
TOGETHER = 300  # entries that are looked up at a time


@dataclass(frozen=True, slots=True)
class Rebooking:
    """One line as it is kept, and as it comes; one of the two may be missing.

    Shape:  ``line_number`` is without an ending; ``version`` is that of the kept line. A line
            that a correction took back is settled, and so is an entry with such a line.
    """

    journal: str
    number: str
    line_number: str
    old: Kept | None
    version: int
    new: Line | None
    is_settled: bool

    @property
    def counts_on(self) -> date | None:
        """The day on which the kept line counts, if it is a cost of the project."""
        if isinstance(self.old, CostLineRow):
            return self.old.counted_on or self.old.incurred_on
        return None


@dataclass(frozen=True, slots=True)
class Deed:
    """Who takes lines back, when and why, and by which charge."""

    import_id: int
    charge_id: int
    reason: str
    by: str
    at: datetime
    closed: Sequence[Period]


def rebookings(
    session: Session, book_id: int, coming: Iterable[tuple[Any, ...]], *, is_whole: bool
) -> Iterator[Rebooking]:
    """Put the lines of entries that changed beside those that are kept.

    Shape:  ``coming`` are journal, transaction, line number, and the parts of a ``Line`` or
            nothing for one that is the same; the lines of an entry follow each other. Of whole
            entries, the lines that are kept and do not come are taken back.
    """
    together: list[tuple[Key, list[tuple[Any, ...]]]] = []
    for key, lines in groupby(coming, itemgetter(0, 1)):
        together.append((key, list(lines)))
        if len(together) >= TOGETHER:
            yield from _of_entries(session, book_id, together, is_whole=is_whole)
            together = []
    yield from _of_entries(session, book_id, together, is_whole=is_whole)


def _of_entries(
    session: Session,
    book_id: int,
    entries: list[tuple[Key, list[tuple[Any, ...]]]],
    *,
    is_whole: bool,
) -> Iterator[Rebooking]:
    kept = _newest(session, book_id, [key for key, _ in entries])
    settled = _settled(session, [row for row, _ in kept.values()])
    for (journal, number), lines in entries:
        found = [
            _rebooking(journal, number, line_number, kept, Line(*parts))
            for _, _, line_number, parts in lines
            if parts is not None
        ]
        if is_whole:
            come = {line_number for _, _, line_number, _ in lines}
            found += [
                _rebooking(journal, number, line_number, kept, None)
                for of, of_number, line_number in kept
                if (of, of_number) == (journal, number) and line_number not in come
            ]
        own = [each.old is not None and each.old in settled for each in found]
        for each, is_own in zip(found, own, strict=True):
            is_held = any(own) if is_whole else is_own
            yield replace(each, is_settled=True) if is_held else each


def _rebooking(
    journal: str,
    number: str,
    line_number: str,
    kept: dict[tuple[str, str, str], tuple[Kept, int]],
    new: Line | None,
) -> Rebooking:
    old, version = kept.get((journal, number, line_number), (None, 0))
    return Rebooking(journal, number, line_number, old, version, new, is_settled=False)


def _newest(
    session: Session, book_id: int, keys: list[Key]
) -> dict[tuple[str, str, str], tuple[Kept, int]]:
    """Give the newest version of every line of some entries, without those taken back."""
    found: dict[tuple[str, str, str], tuple[Kept, int]] = {}
    for journal, of_journal in groupby(sorted(keys), itemgetter(0)):
        numbers = [number for _, number in of_journal]
        for table in (CostLineRow, ExcludedLineRow):
            rows: Iterable[Any] = session.scalars(
                select(table)
                .where(table.book_id == book_id, table.journal == journal)
                .where(table.transaction_number.in_(numbers))
                .order_by(table.id)
            )
            for row in rows:
                base, _, ending = row.line_number.partition(ENDING)
                key, version = (journal, row.transaction_number, base), int(ending or 0)
                if key not in found or version > found[key][1]:
                    found[key] = (row, version)
    return {key: (row, version) for key, (row, version) in found.items() if version % 2 == 0}


def _settled(session: Session, rows: list[Kept]) -> set[Kept]:
    """Choose the cost lines among these that something takes back already."""
    costs = {row.id: row for row in rows if isinstance(row, CostLineRow)}
    back = CostLineRow.reverses_id
    found = session.scalars(select(back).where(back.in_(costs)))
    return {costs[key] for key in found if key is not None}


def fields_changed(each: Rebooking) -> tuple[FieldChange, ...]:
    """Tell field by field what a line said and what it says now; amounts are told apart."""
    if each.old is None or each.new is None:
        return ()
    before, now = _told_of_row(each.old), _told(each.new)
    names = [name for name in TOLD if name in before and name in now]
    changed = [name for name in names if before[name] != now[name]]
    return tuple(FieldChange(name, before[name], now[name]) for name in changed)


def _told_of_row(row: Kept) -> dict[str, Fact]:
    if isinstance(row, CostLineRow):
        values = tuple(getattr(row, name) for name in COST_COLUMNS)
        more = tuple(getattr(row, name) for name in MORE_COLUMNS)
        return _told(Line(is_cost=True, row=values, more=more))
    values = tuple(getattr(row, name) for name in EXCLUDED_COLUMNS)
    return _told(Line(is_cost=False, row=values))


def _told(line: Line) -> dict[str, Fact]:
    """Give what a line says by name, in values that people read."""
    columns = COST_COLUMNS if line.is_cost else EXCLUDED_COLUMNS
    parts = _dated(dict(zip(columns, line.row, strict=True)))
    if line.is_cost:
        more = line.more or NOTHING_MORE
        parts |= {"vat": Money(more[2]), "vat_deductible": Money(more[3]), "person": more[4]}
    parts["counted_as"] = Code("cost" if line.is_cost else parts["reason"])
    return {name: parts[name] for name in TOLD if parts.get(name) is not None}


def rebook(session: Session, book: BookRow, project_id: int, each: Rebooking, deed: Deed) -> None:
    """Take a kept line back, and put the line that comes in its place.

    Shape:  what counts in a closed period stays there; the difference counts on the first open
            day after it.
    """
    old_id = _take_back(session, book, each, deed) if each.old is not None else None
    if each.new is None:
        return
    number = f"{each.line_number}{ENDING}{each.version + 2}" if each.old else each.line_number
    new = each.new
    if not new.is_cost:
        parts = dict(zip(EXCLUDED_COLUMNS, new.row, strict=True)) | {"line_number": number}
        parts |= {"book_id": book.id, "import_id": deed.import_id}
        _add(session, book, ExcludedLineRow(**_dated(parts)))
        return
    parts = dict(zip(COST_COLUMNS, new.row, strict=True)) | {"line_number": number}
    parts |= dict(zip(MORE_COLUMNS, new.more or (), strict=bool(new.more)))
    row = CostLineRow(
        **_dated(parts),
        project_id=project_id,
        book_id=book.id,
        import_id=deed.import_id,
        corrects_id=old_id,
    )
    row.counted_on = _counted(row.incurred_on, None, deed)
    _add(session, book, row)


def _dated(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        key: date.fromisoformat(value) if key.endswith("_on") and isinstance(value, str) else value
        for key, value in parts.items()
    }


def _counted(own: date, counted_on: date | None, deed: Deed) -> date | None:
    day = counting_day(counted_on or own, deed.closed)
    return None if day == own else day


def _take_back(session: Session, book: BookRow, each: Rebooking, deed: Deed) -> int | None:
    old = each.old
    number = f"{each.line_number}{ENDING}{each.version + 1}"
    ids = {"book_id": book.id, "import_id": deed.import_id, "line_number": number}
    if isinstance(old, ExcludedLineRow):
        parts = {name: getattr(old, name) for name in EXCLUDED_COLUMNS}
        _add(session, book, ExcludedLineRow(**(parts | ids | {"amount": -old.amount})))
        return None
    assert old is not None
    parts = {name: getattr(old, name) for name in (*COST_COLUMNS, *MORE_COLUMNS)}
    opposite = {
        name: -getattr(old, name) for name in ("amount", "vat", "vat_deductible", "ineligible")
    }
    row = CostLineRow(
        **(parts | ids | opposite),
        project_id=old.project_id,
        ineligible_for=old.ineligible_for,
        reverses_id=old.id,
        charge_id=deed.charge_id,
    )
    row.counted_on = _counted(old.incurred_on, old.counted_on, deed)
    _add(session, book, row)
    session.add(
        CorrectionRow(
            cost_line_id=old.id,
            kind=CorrectionKind.REBOOKED,
            reason=deed.reason,
            corrected_by=deed.by,
            corrected_at=deed.at,
            charge_id=deed.charge_id,
        )
    )
    session.flush()
    charging.mirror(session, deed.charge_id, old.id, row.id)
    return old.id


def _add(session: Session, book: BookRow, row: Kept) -> None:
    session.add(row)
    session.flush()
    book.line_count += 1
    if row.amount >= 0:
        book.debit += row.amount
    else:
        book.credit -= row.amount
