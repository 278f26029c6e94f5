"""Finding the cost lines of a list: by the index over them, or in the books where that lags."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Integer, and_, exists, func, or_, select, text, tuple_

from tracker.domain.costs import CostFilter, CostOrder, CostState
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.commitments import CommitmentRow
from tracker.store.cost_index import CostGroupRow, CostPlaceRow
from tracker.store.costs import CostLineRow
from tracker.store.projects import CategoryRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

COUNTED_MAX = 10_000
"""Lines with a text are counted up to here; beyond it is said that there are more."""
TOGETHER = 400
"""Groups whose first lines are read in one statement."""
LETTERS_MIN = 3
"""Shorter texts are not in the index."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where to begin in a list, in which direction to go, and how many lines to take."""

    order: CostOrder
    begin: tuple[Any, int] | None
    downwards: bool
    limit: int

    def key(self, table: Any) -> tuple[Any, Any]:
        """Choose the columns by which the list is ordered."""
        by_amount = self.order in (CostOrder.LARGEST, CostOrder.SMALLEST)
        row_id = table.id if table is CostLineRow else table.cost_line_id
        return (table.amount if by_amount else table.incurred_on), row_id

    def beyond(self, table: Any) -> list[Any]:
        """Choose what comes after the beginning."""
        if self.begin is None:
            return []
        place, begin = tuple_(*self.key(table)), tuple_(*self.begin)
        return [place < begin if self.downwards else place > begin]

    def has_passed(self, year: int) -> bool:
        """Tell whether all days of a year come before the beginning."""
        if self.begin is None:
            return False
        begun: int = self.begin[0].year
        return year > begun if self.downwards else year < begun

    def ordered(self, table: Any) -> list[Any]:
        """Order by the columns of the list."""
        return [c.desc() if self.downwards else c.asc() for c in self.key(table)]


class Found(NamedTuple):
    """The lines of a page, and what the whole list adds up to.

    Shape:  ``is_counted`` is false where there are more than were counted.
    """

    line_ids: Sequence[int]
    line_count: int
    amount: Money
    is_counted: bool = True


class _Groups(NamedTuple):
    ids_by_year: dict[int, list[int]]
    line_count: int
    amount: int

    @property
    def ids(self) -> list[int]:
        return [key for keys in self.ids_by_year.values() for key in keys]


def plain_costs(session: Session, wish: CostFilter, reading: Reading) -> Found:
    """Find lines in the books themselves: always right, and slow where there are very many."""
    chosen = chosen_costs(wish)
    line = CostLineRow
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(line.amount), 0)).where(*chosen)
    ).one()
    query = select(line.id).where(*chosen, *reading.beyond(line))
    ids = session.scalars(query.order_by(*reading.ordered(line)).limit(reading.limit)).all()
    return Found(ids, count, Money(int(total)))


def indexed_costs(session: Session, wish: CostFilter, reading: Reading) -> Found:
    """Find lines by the index, which must be up to date."""
    groups = _groups(session, wish)
    if not groups.line_count:
        return Found([], 0, Money(0))
    if wish.text:
        return _saying(session, wish, reading, groups)
    return Found(_first_of(session, groups, reading), groups.line_count, Money(groups.amount))


def _groups(session: Session, wish: CostFilter) -> _Groups:
    """Choose the groups whose lines somebody wishes to see."""
    row = CostGroupRow
    wanted = {row.year: wish.year, row.cost_centre: wish.work_package, row.account: wish.account}
    wanted[row.state] = wish.state
    chosen: list[Any] = [column == value for column, value in wanted.items() if value]
    if wish.category:
        category = select(CategoryRow.id).where(CategoryRow.code == wish.category)
        chosen.append(row.category_id.in_(category))
    chosen += _by_payer(session, wish)
    found = session.execute(select(row.id, row.year, row.line_count, row.amount).where(*chosen))
    by_year: dict[int, list[int]] = defaultdict(list)
    count = total = 0
    for key, year, lines, amount in found:
        by_year[year].append(key)
        count += lines
        total += amount
    return _Groups(by_year, count, total)


def _by_payer(session: Session, wish: CostFilter) -> list[Any]:
    """Choose groups by who pays, or by what is left of whose share and why."""
    if not (wish.commitment or wish.reason):
        return []
    named = select(CommitmentRow.id).where(CommitmentRow.code == wish.commitment)
    whose = str(session.scalar(named) or -1) if wish.commitment else ""
    if not wish.reason:
        return [CostGroupRow.paid_by.contains(f",{whose},")]
    before = f",{whose}" if whose else ""
    return [CostGroupRow.left_for.contains(f"{before}:{wish.reason},", autoescape=True)]


def _first_of(session: Session, groups: _Groups, reading: Reading) -> list[int]:
    """Read the first lines of the groups in their order, year by year where that is the order."""
    if reading.order in (CostOrder.LARGEST, CostOrder.SMALLEST):
        return _first_in(session, groups.ids, reading)
    found: list[int] = []
    for year in sorted(groups.ids_by_year, reverse=reading.downwards):
        if reading.has_passed(year):
            continue
        found += _first_in(session, groups.ids_by_year[year], reading)
        if len(found) >= reading.limit:
            break
    return found[: reading.limit]


def _first_in(session: Session, group_ids: list[int], reading: Reading) -> list[int]:
    if len(group_ids) <= TOGETHER:
        return _merged(session, group_ids, reading)
    return _read_off(session, group_ids, reading)  # most lines are of one of so many groups


def _read_off(
    session: Session, group_ids: list[int], reading: Reading, *wanted: ColumnElement[bool]
) -> list[int]:
    """Read lines in the order of the list, and take those of the groups."""
    place, line = CostPlaceRow, CostLineRow
    query = select(place.cost_line_id)
    if wanted:
        query = query.join(line, line.id == place.cost_line_id)
    # Plus nothing, so that no index by groups is used: it would have to be sorted.
    query = query.where((place.group_id + 0).in_(group_ids), *wanted, *reading.beyond(place))
    return list(session.scalars(query.order_by(*reading.ordered(place)).limit(reading.limit)))


def _merged(session: Session, group_ids: list[int], reading: Reading) -> list[int]:
    """Read the first lines of each group, and of those the first.

    Written out, because there are hundreds of parts: putting them together takes longer otherwise
    than carrying them out.
    """
    first = reading.key(CostPlaceRow)[0].key
    way, than = ("DESC", "<") if reading.downwards else ("ASC", ">")
    beyond = f"AND ({first}, cost_line_id) {than} (:first, :line)" if reading.begin else ""
    order = f"ORDER BY {first} {way}, cost_line_id {way} LIMIT {int(reading.limit)}"
    parts = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {first}, cost_line_id FROM cost_place"  # noqa: S608 - our own names
        f" WHERE group_id = {int(group)} {beyond} {order}) AS part"
        for group in group_ids
    )
    begin = dict(zip(("first", "line"), reading.begin or (), strict=False))
    found = session.execute(text(f"SELECT * FROM ({parts}) AS every {order}"), begin)  # noqa: S608
    return [line for _, line in found]


def _saying(session: Session, wish: CostFilter, reading: Reading, groups: _Groups) -> Found:
    """Find the lines of groups in which a text stands."""
    place, line = CostPlaceRow, CostLineRow
    said = select(place.cost_line_id, place.amount)
    if groups.line_count <= COUNTED_MAX or len(wish.text) < LETTERS_MIN:
        said = said.join(line, line.id == place.cost_line_id)
        said = said.where(place.group_id.in_(groups.ids), _says(wish.text))
    else:
        said = said.where((place.group_id + 0).in_(groups.ids))
        said = said.where(place.cost_line_id.in_(_lines_with(session, wish.text)))
    counted = said.limit(COUNTED_MAX + 1).subquery()
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(counted.c.amount), 0))
    ).one()
    if count > COUNTED_MAX:
        ids = _read_off(session, groups.ids, reading, _says(wish.text))
        return Found(ids, count, Money(int(total)), is_counted=False)
    query = said.where(*reading.beyond(place)).order_by(*reading.ordered(place))
    return Found(session.scalars(query.limit(reading.limit)).all(), count, Money(int(total)))


def _lines_with(session: Session, wanted: str) -> Any:
    """Choose the lines in which a text stands, by the index over texts."""
    if session.get_bind().dialect.name == "sqlite":
        quoted = '"' + wanted.lower().replace('"', '""') + '"'
        query = text("SELECT rowid FROM cost_text WHERE cost_text MATCH :said")
    else:
        quoted = "%" + re.sub(r"([\\%_])", r"\\\1", wanted.lower()) + "%"
        query = text("SELECT cost_line_id FROM cost_text WHERE said LIKE :said")
    return query.bindparams(said=quoted).columns(line=Integer).scalar_subquery()


def chosen_costs(wish: CostFilter) -> list[Any]:
    """Choose cost lines by what somebody wishes to see, as conditions of a query over them."""
    line = CostLineRow
    chosen: list[Any] = []
    if wish.year is not None:
        chosen.append(line.incurred_on.between(date(wish.year, 1, 1), date(wish.year, 12, 31)))
    if wish.category:
        category = select(CategoryRow.id).where(CategoryRow.code == wish.category)
        chosen.append(line.category_id.in_(category))
    if wish.work_package:
        chosen.append(line.cost_centre == wish.work_package)
    if wish.account:
        chosen.append(line.account == wish.account)
    if wish.text:
        chosen.append(_says(wish.text))
    return chosen + _chosen_by_share(wish)


def _chosen_by_share(wish: CostFilter) -> list[Any]:
    """Choose by what became of a line: who pays, what is left and why."""
    left = UnallocatedRow.cost_line_id == CostLineRow.id

    def some_left(*wanted: Any) -> Any:
        found = select(UnallocatedRow.cost_line_id).where(left, *wanted)  # less what is by hand
        found = found.group_by(UnallocatedRow.cost_line_id)
        return found.having(func.sum(UnallocatedRow.amount) != 0).exists()

    def some_paid(*wanted: Any) -> Any:
        found = select(AllocationRow.cost_line_id)  # less what was taken back
        found = found.where(AllocationRow.cost_line_id == CostLineRow.id, *wanted)
        found = found.group_by(AllocationRow.cost_line_id)
        return found.having(func.sum(AllocationRow.amount) != 0).exists()

    paid = some_paid()
    states = {
        CostState.CHARGED: and_(paid, ~some_left()),
        CostState.PARTLY: and_(paid, some_left()),
        CostState.NOT_CHARGED: and_(~paid, some_left()),
        CostState.WAITING: and_(
            ~exists().where(AllocationRow.cost_line_id == CostLineRow.id),
            ~exists().where(left),
            CostLineRow.amount != 0,
        ),
    }
    chosen = [states[wish.state]] if wish.state is not None else []
    commitment = select(CommitmentRow.id).where(CommitmentRow.code == wish.commitment)
    if wish.reason:
        paying = UnallocatedRow.commitment_id == commitment.scalar_subquery()
        wanted = [paying] if wish.commitment else []
        chosen.append(some_left(UnallocatedRow.reason == wish.reason, *wanted))
    elif wish.commitment:
        chosen.append(some_paid(AllocationRow.commitment_id == commitment.scalar_subquery()))
    return chosen


def _says(text: str) -> Any:
    return or_(
        *(
            column.icontains(text, autoescape=True)
            for column in (
                CostLineRow.supplier,
                CostLineRow.description,
                CostLineRow.document,
                CostLineRow.invoice,
            )
        )
    )
