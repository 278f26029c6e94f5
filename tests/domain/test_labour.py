"""An hour costs what its method says, a year has so many hours, and overhead has one base."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.claims import claim_of
from tracker.domain.errors import RuleViolation
from tracker.domain.labour import (
    Rate,
    RateMethod,
    TimeUnit,
    check_day,
    check_year,
    is_long_day,
    labour_cost,
    overhead,
    rate_of,
    time_left,
)
from tracker.domain.money import Money, cost_of_hours

amounts = st.integers(0, 10**10).map(Money)
hours = st.decimals(0, 2000, places=2)
bases = st.decimals(1, 2000, places=2)
shares = st.decimals(0, 1, places=4)


# Rules 8 and 9: the rate of an hour, never rounded.


def test_worked_number_8_wage_costs_with_a_surcharge() -> None:
    euros = rate_of(Money.euros("68400"), Decimal(1650))
    cost = labour_cost(Decimal("412.5"), Rate(RateMethod.WAGE_SURCHARGE, euros, Decimal("0.50")))
    assert cost.direct == Money.euros("17100.00")
    assert cost.surcharge == Money.euros("8550.00")
    assert cost.total == Money.euros("25650.00")


def test_a_rate_that_is_rounded_first_would_be_worth_less() -> None:
    rounded = Rate(RateMethod.INTEGRAL, Fraction("41.45"))
    assert labour_cost(Decimal("412.5"), rounded).total == Money.euros("17098.13")


def test_worked_number_9_a_fixed_rate_covers_the_overhead() -> None:
    cost = labour_cost(Decimal("412.5"), Rate(RateMethod.FIXED_RATE, Fraction(60)))
    assert (cost.total, cost.surcharge) == (Money.euros("24750.00"), Money(0))


@pytest.mark.parametrize("method", [m for m in RateMethod if m is not RateMethod.WAGE_SURCHARGE])
def test_a_surcharge_on_a_rate_that_covers_the_overhead_is_refused(method: RateMethod) -> None:
    Rate(RateMethod.WAGE_SURCHARGE, Fraction(60), Decimal("0.5"))
    with pytest.raises(RuleViolation, match="twice") as refusal:
        Rate(method, Fraction(60), Decimal("0.5"))
    assert refusal.value.field == "wage_surcharge"


@given(amounts, bases)
def test_all_hours_of_a_year_cost_exactly_the_year(annual: Money, basis: Decimal) -> None:
    rate = Rate(RateMethod.INTEGRAL, rate_of(annual, basis))
    assert labour_cost(basis, rate).total == annual


@given(amounts, bases, st.lists(hours, max_size=12), shares)
def test_hours_in_parts_cost_as_much_as_together_but_for_half_a_cent_each(
    annual: Money, basis: Decimal, parts: list[Decimal], surcharge: Decimal
) -> None:
    rate = Rate(RateMethod.WAGE_SURCHARGE, rate_of(annual, basis), surcharge)
    together = labour_cost(sum(parts, Decimal(0)), rate)
    apart = [labour_cost(part, rate).direct.cents for part in parts]
    assert abs(together.direct.cents - sum(apart)) * 2 <= len(parts) + 1
    assert together.surcharge == together.direct.share_nearest(surcharge)


def test_a_year_without_hours_has_no_rate() -> None:
    with pytest.raises(ValueError, match="no rate"):
        rate_of(Money(100), Decimal(0))


# Rule 10: a person's hours over all projects.


def test_worked_number_10_a_day_has_24_hours_and_more_than_10_is_a_question() -> None:
    check_day(Decimal(24))
    with pytest.raises(RuleViolation, match="24:15") as refusal:
        check_day(Decimal("24.25"))
    assert refusal.value.field == "hours"
    assert not is_long_day(Decimal(10))
    assert is_long_day(Decimal("10.25"))


def test_the_hours_that_are_left_are_named() -> None:
    with pytest.raises(RuleViolation, match=r"1650:30.*1650:00.*at most 0:30 hours"):
        check_year(Decimal(1), Decimal(1650), [Decimal("1600.5"), Decimal(49)])
    with pytest.raises(RuleViolation, match=r"215½ days.*215.*at most ½ days"):
        check_year(Decimal(1), Decimal(215), [Decimal("214.5")], TimeUnit.DAYS)


@given(bases, st.lists(hours, max_size=8))
def test_filling_a_year_is_allowed_and_more_is_refused(cap: Decimal, worked: list[Decimal]) -> None:
    left = time_left(cap, worked)
    assert left == 0 or sum(worked, left) == cap
    check_year(left, cap, worked)
    with pytest.raises(RuleViolation):
        check_year(left + Decimal("0.01"), cap, worked)


@given(hours)
def test_no_day_beyond_24_hours_passes(worked: Decimal) -> None:
    if worked <= 24:
        check_day(worked)
    else:
        with pytest.raises(RuleViolation):
            check_day(worked)
    assert is_long_day(worked) == (worked > 10)


# Rules 11 and 12: Horizon Europe.


def test_worked_number_11_a_day_rate() -> None:
    euros = rate_of(Money.euros("86000"), Decimal(215))
    assert euros == 400
    assert labour_cost(Decimal(40), Rate(RateMethod.DAY_RATE, euros)).total == Money.euros("16000")


def test_worked_number_12_overhead_on_a_base_without_subcontracting() -> None:
    costs = {
        "personnel": Money.euros("320000"),
        "third_parties": Money.euros("45000"),
        "equipment": Money.euros("110000"),
    }
    flat = overhead(costs, ("personnel", "equipment"), Decimal("0.25"))
    assert flat == Money.euros("107500")
    total = Money.total([*costs.values(), flat])
    assert total == Money.euros("582500")
    assert claim_of(total, Decimal("0.70")) == Money.euros("407750.00")


costs_by_category = st.dictionaries(st.sampled_from("ABCDE"), amounts)


@given(costs_by_category, st.sets(st.sampled_from("ABCDE")), shares, amounts)
def test_overhead_does_not_move_with_a_category_outside_its_base(
    costs: dict[str, Money], base: set[str], share: Decimal, other: Money
) -> None:
    flat = overhead(costs, base, share)
    assert overhead({**costs, "outside": other}, base, share) == flat
    inside = sum(costs[category].cents for category in base & costs.keys())
    assert abs(flat.cents - inside * share) <= Decimal("0.5")


# Rule 17: hours in kind.


def test_worked_number_17_hours_in_kind() -> None:
    assert cost_of_hours(Decimal(320), Decimal(60)) == Money.euros("19200.00")
