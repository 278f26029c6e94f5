"""Eligible, economic use, not eligible and not charged are all costs of a year, and no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.allocations import Reason
from tracker.domain.eligibility import whole_of, years_of_costs
from tracker.domain.money import Money

amounts = st.integers(0, 10**9).map(Money)
YEARS = (2024, 2025)


@given(st.lists(st.tuples(st.sampled_from(YEARS), st.sampled_from(list(Reason)), amounts)), amounts)
def test_the_parts_of_a_year_add_up_to_its_costs(
    left: list[tuple[int, Reason, Money]], waiting: Money
) -> None:
    charged = {2025: Money(500)}
    totals = {
        year: Money.total(amount for of, _, amount in left if of == year)
        + charged.get(year, Money(0))
        + waiting
        for year in YEARS
    }
    found = years_of_costs(totals, charged, left)
    assert [one.year for one in found] == [2024, 2025]
    for one in found:
        assert one.waiting == waiting
        economic = [a for of, why, a in left if (of, why) == (one.year, Reason.ECONOMIC_USE)]
        assert one.economic == Money.total(economic)
    whole = whole_of(found)
    assert whole.total == Money.total(totals.values())
    assert whole.waiting == waiting + waiting
