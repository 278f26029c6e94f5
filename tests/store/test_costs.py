"""The list of cost lines: every line once, whatever the order, and a key that no page gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker.actions.cost_index import CostIndex
from tracker.domain.costs import CostFilter, CostOrder, CostState
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.store import cost_index, cost_lists, costs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine


@pytest.fixture(params=["indexed", "plain"])
def listed(loaded: Session, request: pytest.FixtureRequest) -> Session:
    """The sample, with an index over its cost lines that is up to date, or with none."""
    if request.param == "indexed":
        CostIndex(loaded).follow()
    assert cost_index.is_current(loaded) == (request.param == "indexed")
    return loaded


@pytest.mark.parametrize("order", CostOrder)
def test_paging_forth_and_back_shows_every_line_once(listed: Session, order: CostOrder) -> None:
    wish = CostFilter(order=order)
    forth: list[CostLine] = []
    page = cost_lists.page_of_costs(listed, wish)
    assert page.previous_key is None
    while True:
        forth += page.lines
        if page.next_key is None:
            break
        page = cost_lists.page_of_costs(listed, wish, after=page.next_key)
    assert len({line.id for line in forth}) == len(forth) == page.line_count > 2 * cost_lists.PAGE
    assert Money.total(line.amount for line in forth) == page.amount
    back = list(page.lines)
    while page.previous_key is not None:
        page = cost_lists.page_of_costs(listed, wish, before=page.previous_key)
        back = [*page.lines, *back]
    assert back == forth


@pytest.mark.parametrize(
    "wish",
    [
        CostFilter(year=2022),
        CostFilter(category="travel"),
        CostFilter(work_package="WP3"),
        CostFilter(commitment="UL-1"),
        CostFilter(commitment="UL-1", reason="category_not_allowed"),
        CostFilter(reason="outside_period"),
        CostFilter(text="=SOM("),
        CostFilter(text="müller"),
        CostFilter(state=CostState.CHARGED),
        CostFilter(state=CostState.PARTLY),
        CostFilter(state=CostState.NOT_CHARGED),
        CostFilter(account="4000", year=2023, order=CostOrder.SMALLEST),
        CostFilter(text="müller", commitment="NGF-1", order=CostOrder.LARGEST),
        CostFilter(text="mü", state=CostState.CHARGED),
    ],
    ids=str,
)
def test_a_filter_shows_what_it_says_and_nothing_else(listed: Session, wish: CostFilter) -> None:
    shown = {line.id for line in cost_lists.all_costs(listed, wish)}
    expected = {line.id for line in cost_lists.all_costs(listed, CostFilter()) if fits(line, wish)}
    assert shown == expected != set()


def fits(line: CostLine, wish: CostFilter) -> bool:
    """Judge by the line itself, and not by a query."""
    said = f"{line.supplier} {line.description} {line.document} {line.invoice}".lower()
    shares = [share for share in line.shares if bool(share.reason) == bool(wish.reason)]
    return (
        wish.year in (None, line.incurred_on.year)
        and wish.category in ("", line.category)
        and wish.work_package in ("", line.work_package)
        and wish.text.lower() in said
        and wish.state in (None, line.state)
        and wish.account in ("", line.account)
        and (not wish.commitment or any(s.commitment == wish.commitment for s in shares))
        and (not wish.reason or any(s.reason == wish.reason for s in shares))
    )


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1 --"])
def test_signs_that_mean_something_to_a_database_are_looked_for_as_they_are(
    listed: Session, text: str
) -> None:
    found = list(cost_lists.all_costs(listed, CostFilter(text=text)))
    assert all(text in f"{c.supplier}{c.description}{c.document}{c.invoice}" for c in found)


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (CostOrder.NEWEST, "yesterday_1"),
        (CostOrder.NEWEST, "2023-01-01"),
        (CostOrder.NEWEST, f"2023-01-01_{10**30}"),
        (CostOrder.LARGEST, f"{10**30}_1"),
        (CostOrder.LARGEST, "2023-01-01_1"),
    ],
)
def test_a_key_that_no_page_gave_is_refused(loaded: Session, order: CostOrder, key: str) -> None:
    with pytest.raises(RuleViolation, match="address of this page"):
        cost_lists.page_of_costs(loaded, CostFilter(order=order), after=key)


def test_a_line_that_does_not_exist_is_not_found(loaded: Session) -> None:
    with pytest.raises(NotFoundError):
        costs.cost_line(loaded, 10**9)
