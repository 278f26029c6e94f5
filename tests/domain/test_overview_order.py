"""Milestones and projects stand in the order that is asked for, and none is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.cash_ahead import CashAhead, cash_ahead
from tracker.domain.headlines import Headline, Measure
from tracker.domain.milestones import Milestone, Move
from tracker.domain.money import ZERO, Money
from tracker.domain.overview import OverviewFacts, ProjectOverview
from tracker.domain.overview_order import PAGE, ProjectOrder, Wish, projects_in_order, timeline_page

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = date(2026, 1, 15)


def milestone(code: str, current: date, met_on: date | None = None, project: int = 1) -> Milestone:
    moves = (Move(date(2024, 1, 1), current, "took longer"),)
    baseline = current - timedelta(10)
    return Milestone(code, "Line", "WP1", 1, baseline, moves, met_on, id=1, project_id=project)


def project(
    key: int = 1,
    milestones: Sequence[Milestone] = (),
    at_risk: dict[str, Money] | None = None,
    headlines: tuple[Headline, ...] = (),
    cash: CashAhead | None = None,
) -> ProjectOverview:
    return ProjectOverview(
        key,
        f"P{key}",
        f"Project {key}",
        (),
        tuple(milestones),
        headlines,
        at_risk or {},
        ZERO,
        cash,
    )


def test_over_several_projects_what_is_late_comes_first_then_what_money_hangs_on() -> None:
    late, soon = milestone("M1", date(2025, 9, 1)), milestone("M2", date(2026, 9, 1))
    risky = milestone("M3", date(2026, 10, 1), project=2)
    met = milestone("M4", date(2025, 2, 1), date(2025, 2, 1), project=2)
    facts = OverviewFacts(
        TODAY, (project(1, [soon, late]), project(2, [met, risky], {"M3": Money(5)}))
    )
    page = timeline_page(facts, Wish.ALL)
    assert [one.code for _project, one in page.rows] == ["M1", "M3", "M2", "M4"]
    wished = {
        wish: [one.code for _project, one in timeline_page(facts, wish).rows] for wish in Wish
    }
    assert wished == {
        Wish.ALL: ["M1", "M3", "M2", "M4"],
        Wish.OPEN: ["M1", "M3", "M2"],
        Wish.LATE: ["M1"],
        Wish.AT_RISK: ["M3"],
        Wish.MET: ["M4"],
    }


@given(st.integers(0, 350), st.integers(-3, 9))
def test_pages_hold_a_hundred_milestones_at_most_and_every_one_once(
    count: int, number: int
) -> None:
    found = [milestone(f"M{at}", TODAY + timedelta(at)) for at in range(count)]
    facts = OverviewFacts(TODAY, (project(1, found),))
    page = timeline_page(facts, Wish.ALL, number)
    assert 1 <= page.number <= page.page_count
    assert len(page.rows) <= PAGE
    pages = [timeline_page(facts, Wish.ALL, at + 1).rows for at in range(page.page_count)]
    assert [one for rows in pages for _project, one in rows] == found


@pytest.mark.parametrize("order", ["", *ProjectOrder, *(f"-{order}" for order in ProjectOrder)])
def test_projects_can_be_put_in_every_order_and_none_is_lost(order: str) -> None:
    cash = cash_ahead((date(2026, 1, 1),), (Money(-4),), TODAY)

    def figures(*amounts: int | None) -> tuple[Headline, ...]:
        return tuple(
            Headline(measure, None if cents is None else Money(cents))
            for measure, cents in zip(Measure, amounts, strict=True)
        )

    facts = OverviewFacts(
        TODAY,
        (
            project(1, headlines=figures(3, 1, 2, 5, None)),
            project(2, [milestone("M1", date(2025, 1, 1))], headlines=figures(1, 2, 3, 4, 9)),
            project(3, headlines=figures(2, 3, 1, 6, -9), cash=cash),
        ),
    )
    found = projects_in_order(facts, order)
    assert sorted(one.id for one in found) == [1, 2, 3]
    if order.endswith("gap"):
        assert found[-1].id == 1  # not known: last, whichever way
        assert [one.id for one in found[:2]] == ([2, 3] if order.startswith("-") else [3, 2])
    if order.endswith("late"):
        assert found[0 if order.startswith("-") else -1].id == 2
