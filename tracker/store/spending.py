"""What was spent, and what was charged, by month: sums over the books that are always exact.

The sums of the rows up to a certain one are kept; the rows after it are added when they are asked
for. Money rows are never changed, so a sum that was right stays right.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, cast, extract, func, literal, select, union_all
from sqlalchemy import Integer as WholeNumber
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow
from tracker.store.costs import CostLineRow
from tracker.store.projects import CategoryRow, WorkPackageRow
from tracker.store.scope import over_all
from tracker.store.tables import Base, Cents, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, ScalarSelect, Select
    from sqlalchemy.orm import InstrumentedAttribute

CHUNK = 200_000  # rows of the books that are added up in one transaction


class SpentMonthRow(Base):
    """What the books say was spent in a month, such as 202506; 0 where a place is not known."""

    __tablename__ = "spent_month"
    __table_args__ = (
        Index("ix_spent_month_month", "month", "project_id", "amount"),
        *whole_cents("amount"),
    )

    project_id: Mapped[int] = mapped_column(primary_key=True)
    work_package_id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Cents]


class ChargedMonthRow(Base):
    """What was charged to a commitment in a month; 0 where a place is not known."""

    __tablename__ = "charged_month"
    __table_args__ = (
        Index("ix_charged_month_month", "month", "commitment_id", "amount"),
        *whole_cents("amount"),
    )

    commitment_id: Mapped[int] = mapped_column(primary_key=True)
    work_package_id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Cents]


class SpendingExtentRow(Base):
    """Up to which rows of the books the sums are kept. There is one row."""

    __tablename__ = "spending_extent"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_line: Mapped[int]
    last_allocation: Mapped[int]


class By(StrEnum):
    """What sums are told apart by."""

    PROJECT = "project_id"
    COMMITMENT = "commitment_id"
    WORK_PACKAGE = "work_package_id"
    CATEGORY = "category_id"
    MILESTONE = "milestone_id"
    MONTH = "month"


def spent(
    session: Session, *by: By, since: date | None = None, until: date | None = None
) -> dict[tuple[Any, ...], int]:
    """Add up what the books say was spent, from the month of a day to the month of another.

    Shape:  keyed by the values of ``by``: keys of rows, 0 where there is none, and the first day
            of a month. Costs that nobody pays are in it; partners' hours too.
    Units:  cents; by the month in which a cost counts.
    """
    tail = _lines_after(_reached(SpendingExtentRow.last_line))
    return _sums(session, SpentMonthRow, tail, by, (since, until))


def charged(
    session: Session,
    *by: By,
    commitment_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> dict[tuple[Any, ...], int]:
    """Add up what was charged to commitments, or to the one that is named, likewise."""
    tail = _allocations_after(_reached(SpendingExtentRow.last_allocation), of=commitment_id)
    return _sums(session, ChargedMonthRow, tail, by, (since, until), commitment_id)


def charged_by_year(session: Session, commitment_id: int) -> list[tuple[int, str, Money]]:
    """Add up what a commitment pays, by the calendar year in which it counts, and category."""
    by_year: Counter[tuple[int, int]] = Counter()
    sums = charged(session, By.MONTH, By.CATEGORY, commitment_id=commitment_id)
    for (month, category), cents in sums.items():
        by_year[month.year, category] += cents
    known = select(CategoryRow.id, CategoryRow.code).order_by(CategoryRow.position)
    codes = session.execute(known).all()
    return [
        (year, code, Money(by_year[year, category]))
        for year in sorted({year for year, _category in by_year})
        for category, code in codes
        if by_year[year, category]
    ]


def lag(session: Session) -> int:
    """Tell how many rows of the books are not in the kept sums yet, at most."""
    extent = session.get_one(SpendingExtentRow, 1)
    tables = (CostLineRow, AllocationRow)
    with over_all(session):
        newest = sum(session.scalar(select(func.max(of.id))) or 0 for of in tables)
    return newest - extent.last_line - extent.last_allocation


def follow(session: Session, last_line: int, last_allocation: int) -> bool:
    """Keep the sums of a part of the books, up to a line and a charge; tell whether that is all.

    Shape:  nobody may still be writing rows up to them; see ``cost_index.settle``.
    """
    extent = session.scalars(select(SpendingExtentRow).with_for_update()).one()
    line = min(last_line, extent.last_line + CHUNK)
    allocation = min(last_allocation, extent.last_allocation + CHUNK)
    lines = _lines_after(extent.last_line).where(CostLineRow.id <= line)
    allocations = _allocations_after(extent.last_allocation, allocation)
    if line > extent.last_line:
        _keep(session, SpentMonthRow, lines)
    if allocation > extent.last_allocation:
        _keep(session, ChargedMonthRow, allocations)
    extent.last_line = max(line, extent.last_line)
    extent.last_allocation = max(allocation, extent.last_allocation)
    session.flush()
    return line >= last_line and allocation >= last_allocation


def _reached(column: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Ask how far the sums go within the statement that adds to them.

    Asked before, they could have moved on by then, and rows would count twice.
    """
    return select(column).scalar_subquery()


def _lines_after(last: int | ScalarSelect[int]) -> Select[*tuple[Any, ...]]:
    line = CostLineRow
    counted_on = func.coalesce(line.counted_on, line.incurred_on)
    of = (line.project_id, *_places(counted_on))
    return select(*of, func.sum(line.amount).label("amount")).where(line.id > last).group_by(*of)


def _allocations_after(
    last: int | ScalarSelect[int], until: int | None = None, of: int | None = None
) -> Select[*tuple[Any, ...]]:
    """Add up the charges after one; of a project, those of its cost lines.

    They are taken by their numbers first: SQLite would look through all lines of the project.
    """
    rows: Any = AllocationRow.__table__
    late = select(rows.c.commitment_id, rows.c.cost_line_id, rows.c.counted_on, rows.c.amount)
    late = late.where(rows.c.id > last)
    if until is not None:
        late = late.where(rows.c.id <= until)
    new = late.cte("late_charge").prefix_with("MATERIALIZED")
    line = CostLineRow
    counted_on = func.coalesce(new.c.counted_on, line.counted_on, line.incurred_on)
    places = (new.c.commitment_id, *_places(counted_on))
    sums = (
        select(*places, func.sum(new.c.amount).label("amount"))
        .select_from(new)
        .join(line, line.id == new.c.cost_line_id)
        .group_by(*places)
    )
    return sums if of is None else sums.where(new.c.commitment_id == of)


def _places(counted_on: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    line = CostLineRow
    month = cast(extract("year", counted_on) * 100 + extract("month", counted_on), WholeNumber)
    return (
        func.coalesce(line.work_package_id, 0).label("work_package_id"),
        line.category_id.label("category_id"),
        func.coalesce(line.milestone_id, 0).label("milestone_id"),
        month.label("month"),
    )


def _keep(session: Session, table: type[Any], sums: Select[*tuple[Any, ...]]) -> None:
    """Add sums to those that are kept."""
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]

    made = table.__table__
    columns = [column.name for column in made.columns]
    adding = insert(made).from_select(columns, sums)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=list(made.primary_key.columns),
            set_={"amount": made.c.amount + adding.excluded.amount},
        )
    )


def _sums(
    session: Session,
    table: type[Any],
    tail: Select[*tuple[Any, ...]],
    by: tuple[By, ...],
    months: tuple[date | None, date | None],
    commitment_id: int | None = None,
) -> dict[tuple[Any, ...], int]:
    late = tail.subquery()
    of, new = [getattr(table, each) for each in by], [late.c[each] for each in by]
    kept = select(*of, func.sum(table.amount)).group_by(*of)
    added = select(*new, func.sum(late.c.amount)).group_by(*new)
    if commitment_id is not None:
        kept = kept.where(table.commitment_id == commitment_id)
    for day, is_within in zip(months, ("__ge__", "__le__"), strict=True):
        if day is not None:
            number = literal(day.year * 100 + day.month)
            kept = kept.where(getattr(table.month, is_within)(number))
            added = added.where(getattr(late.c.month, is_within)(number))
    found: dict[tuple[Any, ...], int] = {}
    for *key, amount in session.execute(union_all(kept, added)):
        place = tuple(
            date(value // 100, value % 100, 1) if name is By.MONTH else value
            for name, value in zip(by, key, strict=True)
        )
        found[place] = found.get(place, 0) + int(amount or 0)
    return {place: cents for place, cents in found.items() if cents}


def codes_of(session: Session) -> dict[By, dict[int, str]]:
    """The codes of work packages and categories by their keys, to name sums with."""
    packages = session.execute(select(WorkPackageRow.id, WorkPackageRow.code))
    categories = session.execute(select(CategoryRow.id, CategoryRow.code))
    return {
        By.WORK_PACKAGE: {key: code for key, code in packages},  # noqa: C416 - typed rows
        By.CATEGORY: {key: code for key, code in categories},  # noqa: C416 - typed rows
    }
