"""Reading both sides of a reconciliation, each from its own table and added up in the database."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, func, literal, select

from tracker.domain.allocations import INELIGIBLE
from tracker.domain.costs import Exclusion, Origin
from tracker.domain.entries import CORRECTION
from tracker.domain.imports import FileKind
from tracker.domain.intakes import IntakeState, Preview
from tracker.domain.money import Money
from tracker.domain.periods import calendar_year
from tracker.domain.reconciliation import (
    BookTie,
    By,
    NewestFile,
    Payer,
    Reconciled,
    Reconciliation,
)
from tracker.store import plain
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.charging import not_judged
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow, ImportRow
from tracker.store.intakes import IntakeRow, choice_in
from tracker.store.ledgers import ExcludedLineRow
from tracker.store.reporting_periods import periods_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.periods import Period

IN_NO_PERIOD = ""


class _Keys(NamedTuple):
    """What tells rows apart: costs by where they belong, the same as they count, what is none."""

    incurred: Any
    counted: Any
    excluded: Any


class _Found(NamedTuple):
    """What many lines of a book come to that one file brought in, by the keys of their rows.

    Shape:  among the costs a correction is apart, among what is excluded what is no cost at all.
    """

    incurred: str
    counted: str
    book: int
    file: int | None
    is_apart: bool
    number: int
    debit: int
    credit: int

    @property
    def cents(self) -> int:
        return self.debit - self.credit


def reconcile(session: Session, project_id: int, by: By) -> Reconciliation:
    """Put the ledgers beside the tracker, told apart by one thing."""
    keys = _keys(session, project_id, by)
    books = session.scalars(
        select(BookRow).order_by(BookRow.origin.desc(), BookRow.company, BookRow.fiscal_year)
    ).all()
    costs, excluded = _costs(session, keys), _excluded(session, keys)
    return Reconciliation(
        by,
        rows=_rows(session, keys, {book.id: book.origin for book in books}, costs, excluded),
        payers=_payers(session, [b.id for b in books if b.origin != Origin.LEDGER]),
        books=_ties(session, books, [*costs, *excluded]),
        files=_newest_files(session),
    )


def _keys(session: Session, project_id: int, by: By) -> _Keys:
    line, other = CostLineRow, ExcludedLineRow
    if by is By.ACCOUNT:
        return _Keys(line.account, line.account, other.account)
    if by is By.WORK_PACKAGE:
        return _Keys(line.cost_centre, line.cost_centre, other.cost_centre)
    if by is By.PERIOD:
        periods = [known.period for known in periods_of(session, project_id)]
        counted = func.coalesce(line.counted_on, line.incurred_on)
        return _Keys(
            _named(line.incurred_on, periods),
            _named(counted, periods),
            _named(other.incurred_on, periods),
        )
    years = [calendar_year(year) for year in _years(session)]
    incurred = _named(line.incurred_on, years)
    return _Keys(incurred, incurred, _named(other.incurred_on, years))


def _years(session: Session) -> list[int]:
    days: list[date] = []
    for row in (CostLineRow, ExcludedLineRow):
        for end in (func.min, func.max):
            days += filter(None, [session.scalar(select(end(row.incurred_on)))])
    return list(range(min(days).year, max(days).year + 1)) if days else []


def _named(day: Any, periods: list[Period]) -> Any:
    """Name the period in which a day lies; quicker than taking dates apart."""
    if not periods:
        return literal(IN_NO_PERIOD)
    whens = [(day.between(p.first_day, p.last_day), p.code) for p in periods]
    return case(*whens, else_=IN_NO_PERIOD)


def _costs(session: Session, keys: _Keys) -> list[_Found]:
    """Add up all cost lines by everything that is told apart, in one reading."""
    line = CostLineRow
    is_correction = case((line.journal == CORRECTION, 1), else_=0)
    days = (keys.incurred,) if keys.counted is keys.incurred else (keys.incurred, keys.counted)
    return _read(session, days, (line.book_id, line.import_id, is_correction), line.amount)


def _excluded(session: Session, keys: _Keys) -> list[_Found]:
    other, key = ExcludedLineRow, keys.excluded
    is_no_cost = case((other.reason == Exclusion.NOT_A_COST.value, 1), else_=0)
    return _read(session, (key,), (other.book_id, other.import_id, is_no_cost), other.amount)


def _read(
    session: Session, days: tuple[Any, ...], apart: tuple[Any, ...], amount: Any
) -> list[_Found]:
    debit = func.sum(case((amount >= 0, amount), else_=0))
    credit = func.sum(case((amount < 0, -amount), else_=0))
    named = [column.label(f"key_{at}") for at, column in enumerate((*days, *apart))]
    query: Any = select(*named, func.count(), debit, credit).group_by(*named)
    found = []
    for *told, book, file, is_apart, count, plus, minus in session.execute(query):
        keys = (told[0], told[-1])
        found.append(_Found(*keys, book, file, bool(is_apart), count, int(plus), int(minus)))
    return found


def _rows(
    session: Session,
    keys: _Keys,
    origins: dict[int, str],
    costs: list[_Found],
    excluded: list[_Found],
) -> tuple[Reconciled, ...]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for found in (lines for lines in excluded if not lines.is_apart):
        sums[found.incurred]["ledger"] += found.cents
        sums[found.incurred]["excluded"] += found.cents
    for found in costs:
        origin = origins[found.book]
        if origin != Origin.LEDGER:
            is_correction = origin == Origin.BY_HAND and found.is_apart
            sums[found.counted]["corrections" if is_correction else origin] += found.cents
            continue
        sums[found.incurred]["ledger"] += found.cents
        if found.incurred != found.counted:
            sums[found.incurred]["moved"] -= found.cents
            sums[found.counted]["moved"] += found.cents
    for name, key, cents in _becoming(session, keys.counted):
        sums[key][name] += int(cents)
    return tuple(
        Reconciled(key, **{name: Money(cents) for name, cents in sums[key].items()})
        for key in sorted(sums)
    )


def _becoming(session: Session, key: Any) -> Iterator[tuple[str, str, int]]:
    """Add up the costs by key, and what became of them: charged, left, not eligible or waiting.

    Shares are added up by line before lines are looked at: that is the quickest.
    """
    line = CostLineRow
    for name, cents, on in (
        ("tracker", line.amount, None),
        ("charged", *_of_lines(AllocationRow)),
        ("left", *_of_lines(UnallocatedRow)),
        ("ineligible", *_of_lines(UnallocatedRow, UnallocatedRow.reason.in_(sorted(INELIGIBLE)))),
    ):
        query = select(key.label("key"), func.sum(cents)).select_from(line)
        query = query if on is None else query.join(on, on.c.line == line.id)
        for found, total in session.execute(query.group_by("key")):
            yield name, found, total
            if name == "ineligible":
                yield "left", found, -total
    waiting = select(key.label("key"), func.sum(line.amount)).where(*not_judged(session))
    for found, total in session.execute(waiting.group_by("key")):
        yield "waiting", found, total


def _of_lines(row: Any, *chosen: Any) -> tuple[Any, Any]:
    query = select(row.cost_line_id.label("line"), func.sum(row.amount).label("cents"))
    by_line = query.where(*chosen).group_by(row.cost_line_id).subquery()
    return by_line.c.cents, by_line


def _payers(session: Session, other_books: list[int]) -> tuple[Payer, ...]:
    """Add up what each commitment pays; what comes from no ledger is little, and is told apart."""
    line, row = CostLineRow, AllocationRow
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    whole = select(row.commitment_id, func.sum(row.amount)).group_by(row.commitment_id)
    for commitment, cents in session.execute(whole):
        found[commitment]["ledger"] = int(cents)
    corrects = (BookRow.origin == Origin.BY_HAND.value) & (line.journal == CORRECTION)
    origin = case((corrects, "corrections"), else_=BookRow.origin).label("origin")
    others = (
        select(row.commitment_id, origin, func.sum(row.amount))
        .join(line, line.id == row.cost_line_id)
        .join(BookRow, BookRow.id == line.book_id)
        .where(line.book_id.in_(other_books))
        .group_by(row.commitment_id, origin)
    )
    for commitment, name, cents in session.execute(others):
        found[commitment][name] += int(cents)
        found[commitment]["ledger"] -= int(cents)
    balances = session.execute(
        select(CommitmentRow.id, CommitmentRow.code, CommitmentBalanceRow.charged)
        .join(CommitmentBalanceRow, CommitmentBalanceRow.commitment_id == CommitmentRow.id)
        .order_by(CommitmentRow.position, CommitmentRow.id)
    )
    return tuple(
        Payer(code, **{n: Money(c) for n, c in found[key].items()}, balance=Money(charged))
        for key, code, charged in balances
        if charged or any(found[key].values())
    )


def _ties(
    session: Session, books: Sequence[BookRow], lines: Iterable[_Found]
) -> tuple[BookTie, ...]:
    kept: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    files: dict[int, set[int]] = defaultdict(set)
    for found in lines:
        for at, amount in enumerate((found.number, found.debit, found.credit)):
            kept[found.book][at] += amount
        if found.file is not None:
            files[found.book].add(found.file)
    rows = session.execute(select(ImportRow.id, ImportRow.file_name))
    names = {key: name for key, name in rows}  # noqa: C416 - typed rows
    return tuple(
        BookTie(
            origin=book.origin,
            company=book.company,
            year=book.fiscal_year,
            files=tuple(names[file] for file in sorted(files[book.id])),
            lines_told=book.line_count,
            lines_kept=kept[book.id][0],
            debit_told=Money(book.debit),
            debit_kept=Money(kept[book.id][1]),
            credit_told=Money(book.credit),
            credit_kept=Money(kept[book.id][2]),
        )
        for book in books
    )


def _newest_files(session: Session) -> tuple[NewestFile, ...]:
    """Tell of the newest file of each book what it says otherwise, as its preview found."""
    kinds = (FileKind.LEDGER.value, FileKind.TABLE.value)
    rows = session.scalars(
        select(IntakeRow)
        .where(IntakeRow.state == IntakeState.KEPT.value, IntakeRow.kind.in_(kinds))
        .order_by(IntakeRow.import_id.desc())
    )
    found: dict[tuple[str, str, int], NewestFile] = {}
    for row in rows:
        preview = plain.read(row.preview) if row.preview else None
        if isinstance(preview, Preview) and row.import_id is not None:
            year = preview.first_day.year if preview.first_day else 0
            found.setdefault((row.kind, preview.company, year), _newest(row, preview, year))
    return tuple(found.values())


def _newest(row: IntakeRow, preview: Preview, year: int) -> NewestFile:
    choice = choice_in(row)[0] if row.accepted else None
    is_applied = choice is not None and choice.apply_changes
    held = [change for change in preview.changes if change.is_settled or not is_applied]
    return NewestFile(
        intake_id=row.id,
        file_name=row.file_name,
        company=preview.company,
        year=year,
        missing=preview.missing,
        unapplied=preview.settled if is_applied else preview.changed,
        amount=Money.total((change.now or Money(0)) - change.before for change in held),
    )
