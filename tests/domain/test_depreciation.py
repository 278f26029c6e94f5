"""An asset is written off in a straight line, never beyond its price, and charged once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.depreciation import Asset, check_charged_once, depreciation
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

shares = st.decimals(0, 1, places=4)


@st.composite
def assets(draw: st.DrawFn) -> Asset:
    price = draw(st.integers(0, 10**11))
    residual = draw(st.integers(0, price))
    return Asset(Money(price), Money(residual), draw(st.integers(60, 480)), 60)


def test_worked_number_24_of_the_rules() -> None:
    asset = Asset(Money.euros("480000"), ZERO, 60, 60)
    assert depreciation(asset, 18, Decimal("0.75")) == Money.euros("108000.00")


@given(assets(), shares, st.data())
def test_months_in_two_stretches_count_as_much_as_together_but_for_a_cent(
    asset: Asset, use: Decimal, data: st.DataObject
) -> None:
    months = data.draw(st.integers(0, asset.term_months))
    rest = asset.term_months - months
    parts = depreciation(asset, months, use) + depreciation(asset, rest, use)
    whole = depreciation(asset, asset.term_months, use)
    assert abs(parts.cents - whole.cents) <= 1
    assert ZERO <= whole <= asset.price - asset.residual


@given(assets())
def test_the_whole_term_in_full_use_counts_the_price_without_the_residual_value(
    asset: Asset,
) -> None:
    assert depreciation(asset, asset.term_months, Decimal(1)) == asset.price - asset.residual
    assert depreciation(asset, 0, Decimal(1)) == ZERO


@given(st.integers(1, 240), st.integers(-240, 240))
def test_a_term_is_never_shorter_than_the_scheme_asks(shortest: int, over: int) -> None:
    term = shortest + over
    if over >= 0:
        assert Asset(Money(100), ZERO, term, shortest).term_months == term
    else:
        with pytest.raises(RuleViolation, match=str(shortest)) as refusal:
            Asset(Money(100), ZERO, term, shortest)
        assert refusal.value.field == "term_months"


@pytest.mark.parametrize("residual", [Money(-1), Money(101)])
def test_a_residual_value_lies_between_nothing_and_the_price(residual: Money) -> None:
    assert Asset(Money(100), Money(100), 60, 60).depreciable == ZERO
    with pytest.raises(RuleViolation) as refusal:
        Asset(Money(100), residual, 60, 60)
    assert refusal.value.field == "residual"


@pytest.mark.parametrize(
    ("months", "use", "field"),
    [(61, "1", "months"), (-1, "1", "months"), (1, "1.01", "use"), (1, "-0.01", "use")],
)
def test_more_use_than_there_is_is_refused(months: int, use: str, field: str) -> None:
    asset = Asset(Money(100), ZERO, 60, 60)
    with pytest.raises(RuleViolation) as refusal:
        depreciation(asset, months, Decimal(use))
    assert refusal.value.field == field


@given(st.integers(-100, 100).map(Money), st.integers(-100, 100).map(Money))
def test_price_and_depreciation_of_an_asset_are_never_both_charged(
    price: Money, written_off: Money
) -> None:
    if price and written_off:
        with pytest.raises(RuleViolation, match="Freezer"):
            check_charged_once("Freezer", price, written_off)
    else:
        check_charged_once("Freezer", price, written_off)
