"""The index over the cost lines: lines that are alike in all that is filtered by form a group.

A list of a million lines is counted and added up from a few thousand groups, and its pages are
read off in order. The index follows the books; while it lags, lists read the books themselves.
It says nothing that the books do not, and can be made anew at any time.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.costs import CostLineRow
from tracker.store.scope import over_all
from tracker.store.tables import Base, Cents, whole_cents


class CostGroupRow(Base):
    """Cost lines that are alike in all that lists are filtered by, counted and added up.

    Shape:  ``paid_by`` holds the ids of the commitments that pay, as ``,3,7,``; ``left_for`` what
            is left of whose share and why, as ``,3:outside_period,0:no_split_rule,``.
    """

    __tablename__ = "cost_group"
    __table_args__ = (
        UniqueConstraint(
            *("year", "category_id", "account", "cost_centre", "state", "paid_by", "left_for"),
            name="uq_cost_group_of",
        ),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    year: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    account: Mapped[str]
    cost_centre: Mapped[str]
    state: Mapped[str]
    paid_by: Mapped[str]
    left_for: Mapped[str]
    line_count: Mapped[int]
    amount: Mapped[Cents]


class CostPlaceRow(Base):
    """Where a cost line stands: in which group, and by what it is ordered there."""

    __tablename__ = "cost_place"
    __table_args__ = (
        Index("ix_cost_place_group_incurred_on", "group_id", "incurred_on", "cost_line_id"),
        Index("ix_cost_place_group_amount", "group_id", "amount", "cost_line_id"),
        Index("ix_cost_place_incurred_on", "incurred_on", "cost_line_id", "group_id"),
        Index("ix_cost_place_amount", "amount", "cost_line_id", "group_id"),
        *whole_cents("amount"),
    )

    cost_line_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int]
    incurred_on: Mapped[date]
    amount: Mapped[Cents]


class CostIndexRow(Base):
    """Up to which rows of the books the index goes. There is one row."""

    __tablename__ = "cost_index"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_line: Mapped[int]
    last_allocation: Mapped[int]
    last_unallocated: Mapped[int]


class Extent(NamedTuple):
    """How far the books go, or the index: the newest line, charge and rest."""

    line: int
    allocation: int
    unallocated: int


def extent_of_books(session: Session) -> Extent:
    """Tell how far the books go, of all projects together."""
    tables = (CostLineRow, AllocationRow, UnallocatedRow)
    with over_all(session):
        return Extent(*(session.scalar(select(func.max(table.id))) or 0 for table in tables))


def extent_of_index(session: Session) -> Extent:
    """Tell how far the index goes."""
    row = CostIndexRow
    found = session.execute(select(row.last_line, row.last_allocation, row.last_unallocated)).one()
    return Extent(*found)


def lag(session: Session) -> int:
    """Tell how many rows of the books the index does not know yet, at most."""
    pairs = zip(extent_of_books(session), extent_of_index(session), strict=True)
    return sum(books - index for books, index in pairs)


def is_current(session: Session) -> bool:
    """Tell whether the index says all that the books say."""
    return not lag(session)


def settle(session: Session) -> Extent:
    """Wait until nobody is writing to the books, and tell how far they go; commit soon after.

    On PostgreSQL a row with a lower number can be committed after one with a higher.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE cost_line, allocation, unallocated IN SHARE MODE"))
    return extent_of_books(session)
