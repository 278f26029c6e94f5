"""Money is exact to the cent, and every rounding is the one that its name says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.money import Money, cents_of, cost_of_hours, share_out

cents = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any)


@given(cents, weights)
def test_parts_add_up_to_the_cent(amount: int, over: list[int]) -> None:
    assert sum(share_out(amount, over)) == amount


@given(cents, weights)
def test_a_part_is_within_a_cent_of_its_exact_share(amount: int, over: list[int]) -> None:
    for part, weight in zip(share_out(amount, over), over, strict=True):
        assert abs(part * sum(over) - amount * weight) < sum(over)


@given(cents, weights)
def test_a_negative_amount_mirrors_its_positive(amount: int, over: list[int]) -> None:
    assert share_out(-amount, over) == tuple(-part for part in share_out(amount, over))


@given(cents, weights)
def test_the_cents_left_over_go_to_those_that_lost_most_and_ties_to_the_earlier(
    amount: int, over: list[int]
) -> None:
    whole = sum(over)
    lost = [abs(amount) * weight % whole for weight in over]
    extra = [
        abs(part) - abs(amount) * weight // whole
        for part, weight in zip(share_out(amount, over), over, strict=True)
    ]
    ranked = sorted(range(len(over)), key=lambda at: (-lost[at], at))
    assert [extra[at] for at in ranked] == sorted(extra, reverse=True)


def test_worked_number_2_of_the_rules() -> None:
    assert share_out(4_825_055, [45, 30, 25]) == (2_171_275, 1_447_516, 1_206_264)
    assert share_out(10_000, [1, 1, 1]) == (3334, 3333, 3333)


@pytest.mark.parametrize("over", [[], [0], [0, 0], [-1, 2], [3, -3]])
def test_weights_that_mean_nothing_are_refused(over: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot share out"):
        share_out(100, over)


@given(cents)
def test_euros_and_cents_are_the_same_amount(amount: int) -> None:
    assert cents_of(Money(amount).as_decimal) == amount
    assert Money.euros(str(Money(amount).as_decimal)) == Money(amount)


@pytest.mark.parametrize("euros", ["0.001", "NaN", "Infinity", "1e-3", "12.345"])
def test_a_fraction_of_a_cent_is_refused_and_not_rounded(euros: str) -> None:
    with pytest.raises(ValueError, match=r"cent|not an amount"):
        Money.euros(euros)


def test_a_ceiling_rounds_down_and_a_claim_half_up() -> None:
    assert Money(1001).share_down(Decimal("0.5")) == Money(500)
    assert Money(1001).share_nearest(Decimal("0.5")) == Money(501)
    assert Money(-1001).share_nearest(Decimal("0.5")) == Money(-501)
    assert Money.euros("1250000").share_nearest(Decimal("0.45")) == Money.euros("562500")


def test_hours_are_valued_at_a_rate_that_is_never_rounded() -> None:
    rate = Decimal(68_400) / 1_650
    assert cost_of_hours(Decimal("412.5"), rate) == Money.euros("17100.00")
    assert cost_of_hours(Decimal("412.5"), Decimal(60)) == Money.euros("24750.00")
    assert cost_of_hours(Decimal("0.25"), Decimal("60.02")) == Money(1501)  # 15.005, half up


def test_money_reads_as_people_write_it() -> None:
    assert str(Money(-125_000_005)) == "-€ 1,250,000.05"
    assert not Money(0)
