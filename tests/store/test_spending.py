"""Sums of months are exact, however far they are kept."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests.conftest import closing_engine
from tracker.actions.cost_index import CostIndex
from tracker.store import spending
from tracker.store.allocations import AllocationRow
from tracker.store.costs import CostLineRow
from tracker.store.projects import CategoryRow
from tracker.store.session import transaction
from tracker.store.spending import By, SpentMonthRow

ALL = (By.WORK_PACKAGE, By.CATEGORY, By.MILESTONE, By.MONTH)


def added_up(session: Session) -> tuple[dict[Any, int], dict[Any, int]]:
    """The same sums, made here from the rows of the books, one by one."""
    spent: dict[Any, int] = defaultdict(int)
    charged: dict[Any, int] = defaultdict(int)
    places = {}
    for row in session.scalars(select(CostLineRow)):
        counted = row.counted_on or row.incurred_on
        places[row.id] = (row.work_package_id or 0, row.category_id, row.milestone_id or 0)
        spent[(*places[row.id], counted.replace(day=1))] += row.amount
    for paid, line in session.execute(
        select(AllocationRow, CostLineRow).join(
            CostLineRow, CostLineRow.id == AllocationRow.cost_line_id
        )
    ):
        day = paid.counted_on or line.counted_on or line.incurred_on
        charged[(paid.commitment_id, *places[line.id], day.replace(day=1))] += paid.amount
    return (
        {key: cents for key, cents in spent.items() if cents},
        {key: cents for key, cents in charged.items() if cents},
    )


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_sums_are_those_of_the_books_however_much_of_them_is_kept(
    loaded: Session, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending, "CHUNK", 50)
    spent, charged = added_up(loaded)
    assert len(spent) > 20
    assert len(charged) > 20
    for _ in range(parts):
        with transaction(loaded):
            done = spending.follow(loaded, 10**6, 10**6)
        assert not done
    assert spending.spent(loaded, *ALL) == spent
    assert spending.charged(loaded, By.COMMITMENT, *ALL) == charged
    of_years: dict[Any, int] = defaultdict(int)
    for (commitment, _package, category, _milestone, month), cents in charged.items():
        of_years[commitment, month.year, category] += cents
    codes = {row.id: row.code for row in loaded.scalars(select(CategoryRow))}
    for one in {key[0] for key in charged}:
        told = spending.charged_by_year(loaded, one)
        wanted = {(y, codes[c]): cents for (of, y, c), cents in of_years.items() if of == one}
        assert {(y, code): amount.cents for y, code, amount in told} == wanted
        assert [y for y, _code, _amount in told] == sorted(y for y, _code in wanted)


def test_the_kept_sums_are_all_there_is_once_they_have_caught_up(loaded: Session) -> None:
    spent, charged = added_up(loaded)
    CostIndex(loaded).follow()
    assert spending.lag(loaded) == 0
    assert spending.spent(loaded, *ALL) == spent
    assert spending.charged(loaded, By.COMMITMENT, *ALL) == charged
    with transaction(loaded):  # the twin: they are what is read
        loaded.execute(update(SpentMonthRow).values(amount=SpentMonthRow.amount + 1))
    assert spending.spent(loaded, *ALL) != spent


def test_a_span_of_months_has_both_its_ends(loaded: Session) -> None:
    spent, _ = added_up(loaded)
    CostIndex(loaded).follow()
    first, last = date(2022, 3, 15), date(2023, 2, 1)
    wanted: dict[Any, int] = defaultdict(int)
    for key, cents in spent.items():
        if date(2022, 3, 1) <= key[-1] <= date(2023, 2, 1):
            wanted[key[-1:]] += cents
    assert spending.spent(loaded, By.MONTH, since=first, until=last) == dict(wanted)
    assert loaded.scalar(text("SELECT COUNT(*) FROM spent_month"))


def test_sums_are_right_for_who_asks_while_they_move_on(loaded_url: str) -> None:
    with closing_engine(loaded_url) as engine, Session(engine) as reader, Session(engine) as other:
        before = spending.spent(reader, *ALL), spending.charged(reader, By.COMMITMENT, *ALL)
        CostIndex(other).follow()  # within the reader's transaction
        after = spending.spent(reader, *ALL), spending.charged(reader, By.COMMITMENT, *ALL)
        assert spending.lag(other) == 0
    assert before == after
