"""Crosswalks: no amount is lost on its way to the funder's own lines, and none told twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.crosswalks import (
    MOST_LINES,
    Crosswalk,
    CrosswalkLine,
    LineKind,
    check_crosswalk,
    in_own_lines,
    unplaced,
)
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money

CATEGORIES = ("personnel", "materials", "travel", "equipment")
SUBTOTAL = LineKind.SUBTOTAL
PERSONNEL = CrosswalkLine("1", "Loon", categories=("personnel",))
REST = CrosswalkLine("2", "Overig", categories=("materials", "travel", "equipment"))


@st.composite
def crosswalks(draw: st.DrawFn) -> Crosswalk:
    """Lines and subtotals in any order, and every category on one of the lines."""
    kinds = draw(st.lists(st.sampled_from(LineKind), min_size=1, max_size=9))
    kinds.append(LineKind.LINE)
    holders = [at for at, kind in enumerate(kinds) if kind is LineKind.LINE]
    on = {category: draw(st.sampled_from(holders)) for category in CATEGORIES}
    lines = tuple(
        CrosswalkLine(f"{at}.0", "Titel", kind, tuple(c for c in CATEGORIES if on[c] == at))
        for at, kind in enumerate(kinds)
    )
    return Crosswalk(1, "nl", lines)


amounts = st.dictionaries(st.sampled_from(CATEGORIES), st.integers(-(10**11), 10**11).map(Money))


@given(crosswalks(), amounts)
def test_the_lines_add_up_to_what_the_categories_do(
    crosswalk: Crosswalk, by_category: dict[str, Money]
) -> None:
    check_crosswalk(crosswalk.lines, CATEGORIES)
    told = in_own_lines(crosswalk, by_category)
    lines = [amount for line, amount in told if line.kind is LineKind.LINE]
    assert Money.total(lines) == Money.total(by_category.values())
    assert [line for line, _ in told] == list(crosswalk.lines)


@given(crosswalks(), amounts)
def test_a_subtotal_adds_up_the_lines_since_the_one_before_it(
    crosswalk: Crosswalk, by_category: dict[str, Money]
) -> None:
    since = 0
    for line, amount in in_own_lines(crosswalk, by_category):
        if line.kind is SUBTOTAL:
            assert amount.cents == since
            since = 0
        else:
            since += amount.cents


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((PERSONNEL,), "“materials” stands on 0 lines"),
        ((PERSONNEL, REST, CrosswalkLine("3", "Reis", categories=("travel",))), "on 2 lines"),
        ((PERSONNEL, REST, CrosswalkLine("1", "Sub", SUBTOTAL)), "code 1 stands on 2 lines"),
        ((PERSONNEL, CrosswalkLine("2", "Sub", SUBTOTAL, REST.categories)), "holds categories"),
        ((CrosswalkLine("1 a", "Alles", categories=CATEGORIES),), "“1 a” “Alles” has no code"),
        ((CrosswalkLine("1", " ", categories=CATEGORIES),), "or no title"),
        ((CrosswalkLine("1", "Sub", SUBTOTAL),), "no lines"),
        ((), "no lines"),
        (
            (PERSONNEL, REST, *(CrosswalkLine(f"x{at}", "Leeg") for at in range(MOST_LINES))),
            f"{MOST_LINES} is the most",
        ),
    ],
)
def test_lines_that_lose_or_double_something_are_refused(
    lines: tuple[CrosswalkLine, ...], said: str
) -> None:
    with pytest.raises(RuleViolation, match=said) as refusal:
        check_crosswalk(lines, CATEGORIES)
    assert refusal.value.field == "lines"


def test_lines_that_hold_every_category_once_are_fine() -> None:
    check_crosswalk((PERSONNEL, REST, CrosswalkLine("S", "Sub", SUBTOTAL)), CATEGORIES)


def test_a_category_that_came_later_is_on_no_line() -> None:
    crosswalk = Crosswalk(1, "nl", (PERSONNEL, REST))
    assert unplaced(crosswalk, (*CATEGORIES, "construction")) == ("construction",)
    assert unplaced(crosswalk, CATEGORIES) == ()
