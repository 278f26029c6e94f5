"""Split rules: which takes all of another's costs, and where a new one finds its place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.allocations import Share, Terms
from tracker.domain.commitments import Status
from tracker.domain.errors import RuleViolation
from tracker.domain.periods import Period
from tracker.domain.splitting import (
    WEIGHT_MAX,
    SplitRule,
    check_rule,
    hidden_by,
    out_of_time,
    place_among,
)

SHARES = (Share(1, 60), Share(2, 40))


def rule(key: int = 1, **of: Any) -> SplitRule:
    said: dict[str, Any] = {"id": key, "position": key, "name": "R", "shares": SHARES}
    return SplitRule(**(said | of))


def test_a_rule_for_all_hides_those_after_it_and_none_before_it() -> None:
    narrow, wide = rule(1, work_package_id=2), rule(2)
    assert hidden_by([narrow, wide]) == {}
    assert hidden_by([wide, narrow]) == {1: wide}


@pytest.mark.parametrize(
    ("first", "second", "hides"),
    [
        ({"category_id": 1}, {"category_id": 1, "account": "4000"}, True),
        ({"category_id": 1}, {"category_id": 2}, False),
        ({"supplier": "ACME"}, {"supplier": "acme", "work_package_id": 3}, True),
        ({"is_in_kind": True}, {}, False),
        ({"first_day": date(2024, 1, 1)}, {"first_day": date(2024, 6, 1)}, True),
        ({"first_day": date(2024, 1, 1)}, {"first_day": date(2023, 6, 1)}, False),
        ({"last_day": date(2024, 1, 1)}, {}, False),
        ({}, {"last_day": date(2024, 1, 1)}, True),
    ],
)
def test_a_rule_is_hidden_by_one_that_asks_no_more_than_it_does(
    first: dict[str, Any], second: dict[str, Any], hides: bool
) -> None:
    assert bool(hidden_by([rule(1, **first), rule(2, **second)])) is hides


def test_a_commitment_that_pays_on_none_of_the_days_of_a_rule_is_named() -> None:
    terms = {
        1: Terms(Status.AWARDED, Period(date(2022, 1, 1), date(2023, 12, 31)), frozenset()),
        2: Terms(Status.AWARDED, Period(date(2022, 1, 1), date(2024, 12, 31)), frozenset()),
    }
    assert out_of_time(rule(first_day=date(2024, 1, 1)), terms) == (1,)
    assert out_of_time(rule(last_day=date(2021, 12, 31)), terms) == (1, 2)
    assert out_of_time(rule(last_day=date(2022, 1, 1)), terms) == ()


@pytest.mark.parametrize(
    ("of", "field"),
    [
        ({"name": ""}, "name"),
        ({"shares": ()}, "shares"),
        ({"shares": (Share(1, 0),)}, "shares"),
        ({"shares": (Share(1, WEIGHT_MAX + 1),)}, "shares"),
        ({"first_day": date(2024, 2, 1), "last_day": date(2024, 1, 31)}, "last_day"),
    ],
)
def test_what_is_no_rule_is_refused_at_its_field(of: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_rule(rule(**of))
    assert refused.value.field == field


def test_a_rule_for_one_day_is_a_rule() -> None:
    check_rule(rule(first_day=date(2024, 2, 1), last_day=date(2024, 2, 1)))


@given(st.lists(st.integers(-10_000, 10_000), unique=True).map(sorted), st.integers(-2, 50))
def test_a_place_lies_between_its_neighbours_or_there_is_none(
    positions: list[int], at: int
) -> None:
    place = place_among(positions, at)
    index = min(max(at, 0), len(positions))
    if place is None:
        assert positions[index] - positions[index - 1] == 1
    else:
        assert all(before < place for before in positions[:index])
        assert all(after > place for after in positions[index:])
