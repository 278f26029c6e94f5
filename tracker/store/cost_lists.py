"""Lists of cost lines: filtered, ordered, page by page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select

from tracker.domain.costs import CostFilter, CostLine, CostOrder, CostPage, CostState
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow, lines_of, listed
from tracker.store.projects import CategoryRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

PAGE = 100
NUMBER_MAX = 2**63
"""What a database holds as a whole number is less."""


def page_of_costs(
    session: Session, wish: CostFilter, after: str | None = None, before: str | None = None
) -> CostPage:
    """Give one page of the cost lines that somebody wishes to see.

    Shape:  the lines after, or before, a key that an earlier page gave; from the top without one.
    Errors: ``RuleViolation`` for a key that no page gave.
    """
    chosen = _chosen(wish)
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(CostLineRow.amount), 0)).where(*chosen)
    ).one()
    query = listed().where(*chosen)
    columns, descending = _order(wish.order)
    backwards = before is not None and after is None
    if key := before if backwards else after:
        query = query.where(_beyond(columns, _read_key(wish.order, key), descending != backwards))
    downwards = descending != backwards
    query = query.order_by(*(c.desc() if downwards else c.asc() for c in columns)).limit(PAGE + 1)
    lines = lines_of(session, query)
    more, lines = len(lines) > PAGE, lines[:PAGE]
    if backwards:
        lines.reverse()
    has_next, has_previous = (True, more) if backwards else (more, key is not None)
    return CostPage(
        lines=tuple(lines),
        line_count=count,
        amount=Money(int(total)),
        next_key=_key(wish.order, lines[-1]) if lines and has_next else None,
        previous_key=_key(wish.order, lines[0]) if lines and has_previous else None,
    )


def all_costs(session: Session, wish: CostFilter) -> Iterable[CostLine]:
    """Read all cost lines that somebody wishes to see, page by page."""
    after: str | None = None
    while True:
        page = page_of_costs(session, wish, after=after)
        yield from page.lines
        if page.next_key is None:
            return
        after = page.next_key


def _chosen(wish: CostFilter) -> list[Any]:
    line = CostLineRow
    chosen: list[Any] = []
    if wish.year is not None:
        chosen.append(line.incurred_on.between(date(wish.year, 1, 1), date(wish.year, 12, 31)))
    if wish.category:
        category = select(CategoryRow.id).where(CategoryRow.code == wish.category)
        chosen.append(line.category_id.in_(category))
    if wish.work_package:
        chosen.append(line.cost_centre == wish.work_package)
    if wish.text:
        chosen.append(_says(wish.text))
    return chosen + _chosen_by_share(wish)


def _chosen_by_share(wish: CostFilter) -> list[Any]:
    """Choose by what became of a line: who pays, what is left and why."""
    charged = AllocationRow.cost_line_id == CostLineRow.id
    left = UnallocatedRow.cost_line_id == CostLineRow.id

    def some_left(*wanted: Any) -> Any:
        found = select(UnallocatedRow.cost_line_id).where(left, *wanted)  # less what is by hand
        found = found.group_by(UnallocatedRow.cost_line_id)
        return found.having(func.sum(UnallocatedRow.amount) != 0).exists()

    paid = exists().where(charged)
    states = {
        CostState.CHARGED: and_(paid, ~some_left()),
        CostState.PARTLY: and_(paid, some_left()),
        CostState.NOT_CHARGED: and_(~paid, some_left()),
        CostState.WAITING: and_(~paid, ~exists().where(left), CostLineRow.amount != 0),
    }
    chosen = [states[wish.state]] if wish.state is not None else []
    commitment = select(CommitmentRow.id).where(CommitmentRow.code == wish.commitment)
    if wish.reason:
        paying = UnallocatedRow.commitment_id == commitment.scalar_subquery()
        wanted = [paying] if wish.commitment else []
        chosen.append(some_left(UnallocatedRow.reason == wish.reason, *wanted))
    elif wish.commitment:
        paid_by = AllocationRow.commitment_id == commitment.scalar_subquery()
        chosen.append(exists().where(charged, paid_by))
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


def _order(order: CostOrder) -> tuple[tuple[Any, Any], bool]:
    by_amount = order in (CostOrder.LARGEST, CostOrder.SMALLEST)
    first = CostLineRow.amount if by_amount else CostLineRow.incurred_on
    return (first, CostLineRow.id), order in (CostOrder.NEWEST, CostOrder.LARGEST)


def _beyond(columns: tuple[Any, Any], key: tuple[Any, int], downwards: bool) -> Any:  # noqa: FBT001
    first, second = columns
    if downwards:
        return or_(first < key[0], and_(first == key[0], second < key[1]))
    return or_(first > key[0], and_(first == key[0], second > key[1]))


def _key(order: CostOrder, line: CostLine) -> str:
    by_amount = order in (CostOrder.LARGEST, CostOrder.SMALLEST)
    return f"{line.amount.cents if by_amount else line.incurred_on}_{line.id}"


def _read_key(order: CostOrder, key: str) -> tuple[Any, int]:
    refusal = RuleViolation(
        "The address of this page is not one that the list gave.",
        "Go back to the first page of the list.",
        field="after",
    )
    first, _, second = key.partition("_")
    try:
        by_amount = order in (CostOrder.LARGEST, CostOrder.SMALLEST)
        found = int(first) if by_amount else date.fromisoformat(first)
        line_id = int(second)
    except ValueError:
        raise refusal from None
    if max(abs(line_id), abs(found) if isinstance(found, int) else 0) >= NUMBER_MAX:
        raise refusal
    return found, line_id
