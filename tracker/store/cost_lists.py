"""Lists of cost lines: filtered, ordered, page by page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.domain.costs import CostFilter, CostLine, CostOrder, CostPage
from tracker.domain.errors import RuleViolation
from tracker.store import cost_index
from tracker.store.cost_reading import Reading, indexed_costs, plain_costs
from tracker.store.costs import CostLineRow, lines_of, listed

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
    descending = wish.order in (CostOrder.NEWEST, CostOrder.LARGEST)
    backwards = before is not None and after is None
    key = before if backwards else after
    begin = _read_key(wish.order, key) if key else None
    reading = Reading(wish.order, begin, descending != backwards, PAGE + 1)
    source = indexed_costs if cost_index.is_current(session) else plain_costs
    found = source(session, wish, reading)
    ids = list(found.line_ids)
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if backwards:
        ids.reverse()
    lines = _in_order(session, ids)
    has_next, has_previous = (True, more) if backwards else (more, key is not None)
    return CostPage(
        lines=lines,
        line_count=found.line_count,
        amount=found.amount,
        next_key=_key(wish.order, lines[-1]) if lines and has_next else None,
        previous_key=_key(wish.order, lines[0]) if lines and has_previous else None,
        is_counted=found.is_counted,
    )


def _in_order(session: Session, ids: list[int]) -> tuple[CostLine, ...]:
    lines = {line.id: line for line in lines_of(session, listed().where(CostLineRow.id.in_(ids)))}
    return tuple(lines[line_id] for line_id in ids)


def all_costs(session: Session, wish: CostFilter) -> Iterable[CostLine]:
    """Read all cost lines that somebody wishes to see, page by page."""
    after: str | None = None
    while True:
        page = page_of_costs(session, wish, after=after)
        yield from page.lines
        if page.next_key is None:
            return
        after = page.next_key


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
