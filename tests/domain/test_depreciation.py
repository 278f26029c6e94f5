"""An asset is written off in a straight line, never beyond its price, and charged once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.allocations import Reason
from tracker.domain.corrections import Part
from tracker.domain.depreciation import (
    Asset,
    NewDepreciation,
    check_asset,
    check_charged_once,
    check_moment,
    check_months,
    check_same_asset,
    depreciation,
    instead_of_price,
)
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


# What is written off is written off once: within its term, by one residual value, not yet reported.


def test_months_fill_the_term_and_one_more_is_refused() -> None:
    check_months(24, 60, 36)
    with pytest.raises(RuleViolation, match="36 have been written off") as refusal:
        check_months(25, 60, 36)
    assert (refusal.value.field, refusal.value.hint.facts["left"]) == ("months", 24)
    with pytest.raises(RuleViolation):
        check_months(0, 60, 0)


def test_an_asset_keeps_its_residual_value_and_its_term() -> None:
    price = Money.euros("480000")
    asset = Asset(price, Money(0), 60, 60)
    check_same_asset(asset, Asset(price, Money(0), 60, 1))
    for other, field in (
        (Asset(price, Money(1), 60, 1), "residual"),
        (Asset(price, Money(0), 72, 1), "term_months"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            check_same_asset(asset, other)
        assert refusal.value.field == field


def test_what_is_no_purchase_or_was_reported_is_not_written_off() -> None:
    price, none = Money.euros("480000"), Money(0)
    check_asset(price, is_valued=False, reported=none, reported_to="")
    for amount, is_valued in ((Money(0), False), (-price, False), (price, True)):
        with pytest.raises(RuleViolation, match="no purchase"):
            check_asset(amount, is_valued=is_valued, reported=none, reported_to="")
    with pytest.raises(RuleViolation, match=r"€ 100\.00 of the price is in a report"):
        check_asset(price, is_valued=False, reported=Money.euros("100"), reported_to="NGF-1")


def test_depreciation_is_counted_between_the_purchase_and_today() -> None:
    new = NewDepreciation(date(2025, 12, 31), Money(0), 60, 12, Decimal(1), "Isolator 2025")
    bought, today = date(2025, 1, 15), date(2025, 12, 31)
    check_moment(new, bought, today)
    for changes, field in (
        ({"counted_to": date(2026, 1, 1)}, "counted_to"),
        ({"counted_to": date(2025, 1, 14)}, "counted_to"),
        ({"use": Decimal(0)}, "use"),
        ({"description": " "}, "description"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            check_moment(replace(new, **changes), bought, today)
        assert refusal.value.field == field


def test_the_price_goes_to_nobody_and_what_never_counted_stays_as_it_is() -> None:
    parts = [
        Part(1, "", 600),
        Part(2, Reason.COMMITMENT_EXHAUSTED, 300),
        Part(None, Reason.ECONOMIC_USE, 100),
    ]
    moved = instead_of_price(parts)
    after: dict[str, int] = {}
    for part in (*parts, *moved):
        after[part.reason] = after.get(part.reason, 0) + part.cents
    assert {reason: cents for reason, cents in after.items() if cents} == {
        Reason.DEPRECIATED: 900,
        Reason.ECONOMIC_USE: 100,
    }
