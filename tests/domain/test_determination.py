"""What is settled, what must be reported, who must look at it, and what an error weighs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.claims import claim_ceiling
from tracker.domain.determination import (
    Arrangement,
    Deviation,
    Opinion,
    Settlement,
    arrangement_of,
    error_total,
    materiality,
    needs_auditor,
    opinion_on,
)
from tracker.domain.money import ZERO, Money

amounts = st.integers(0, 10**11).map(Money)
signed = st.integers(-(10**11), 10**11).map(Money)
shares = st.decimals(0, 1, places=4)
QUARTER = Decimal("0.25")
SMALL, LARGE = Money.euros("25000"), Money.euros("125000")
CENT = Money(1)


# Rule 20: settlement.


@pytest.mark.parametrize(
    ("eligible", "determined", "to_receive", "to_repay"),
    [("1843217.44", "829447.85", "19447.85", "0"), ("1700000", "765000", "0", "45000")],
)
def test_worked_number_20_of_the_rules(
    eligible: str, determined: str, to_receive: str, to_repay: str
) -> None:
    ceiling = claim_ceiling(Money.euros(eligible), Decimal("0.45"), Money.euros("900000"), ZERO)
    assert ceiling.amount == Money.euros(determined)
    settlement = Settlement(ceiling.amount, Money.euros("810000"))
    assert settlement.to_receive == Money.euros(to_receive)
    assert settlement.to_repay == Money.euros(to_repay)


@given(amounts, amounts)
def test_a_settlement_goes_one_way_and_makes_advances_equal_to_what_was_determined(
    determined: Money, advances: Money
) -> None:
    settlement = Settlement(determined, advances)
    assert ZERO in {settlement.to_receive, settlement.to_repay}
    assert advances + settlement.to_receive - settlement.to_repay == determined


# Rule 21: deviation.


def test_worked_number_21_of_the_rules() -> None:
    deviation = Deviation(Money.euros("480000"), Money.euros("342000"))
    assert deviation.share == Decimal("-0.2875")
    assert deviation.is_reportable(QUARTER)
    assert not Deviation(Money.euros("480000"), Money.euros("360000")).is_reportable(QUARTER)


@given(amounts, amounts, shares)
def test_a_deviation_is_reported_either_way_and_only_above_the_threshold(
    budget: Money, off: Money, threshold: Decimal
) -> None:
    over, under = Deviation(budget, budget + off), Deviation(budget, budget - off)
    assert over.is_reportable(threshold) == under.is_reportable(threshold)
    assert over.is_reportable(threshold) == (off.cents > budget.cents * threshold)
    assert not over.is_reportable(None)


def test_a_cost_without_a_budget_deviates_and_has_no_share() -> None:
    assert Deviation(ZERO, CENT).is_reportable(QUARTER)
    assert Deviation(ZERO, CENT).share is None
    assert not Deviation(ZERO, ZERO).is_reportable(QUARTER)


# Rule 23: arrangement, auditor, materiality.


@pytest.mark.parametrize(
    ("award", "arrangement"),
    [
        ("24999.99", Arrangement.DIRECT),
        ("25000", Arrangement.PERFORMANCE),
        ("80000", Arrangement.PERFORMANCE),  # four times 20,000 in one decision
        ("124999.99", Arrangement.PERFORMANCE),
        ("125000", Arrangement.COSTS_AND_PERFORMANCE),
    ],
)
def test_worked_number_23_the_arrangement_by_award(award: str, arrangement: Arrangement) -> None:
    assert arrangement_of(Money.euros(award), SMALL, LARGE) is arrangement


@given(amounts, amounts)
def test_a_larger_award_is_never_accounted_for_more_lightly(award: Money, more: Money) -> None:
    order = list(Arrangement)
    lighter = arrangement_of(award, SMALL, LARGE)
    heavier = arrangement_of(award + more, SMALL, LARGE)
    assert order.index(lighter) <= order.index(heavier)


@pytest.mark.parametrize("threshold", ["125000", "430000"])  # an award; a certificate of Horizon
def test_worked_number_23_an_auditor_looks_from_the_threshold_on(threshold: str) -> None:
    least = Money.euros(threshold)
    assert needs_auditor(least, least)
    assert not needs_auditor(least - CENT, least)
    assert not needs_auditor(least, None)


@given(amounts, amounts, amounts)
def test_an_auditor_who_looks_at_an_amount_looks_at_every_larger_one(
    amount: Money, more: Money, threshold: Money
) -> None:
    assert needs_auditor(amount + more, threshold) >= needs_auditor(amount, threshold)


def test_worked_number_23_materiality() -> None:
    limits = materiality(Money.euros("1843217.44"), Decimal("0.01"), Decimal("0.03"))
    assert limits.unqualified == Money.euros("18432.17")
    assert limits.adverse == Money.euros("55296.52")
    assert opinion_on([limits.unqualified - CENT], limits) is Opinion.UNQUALIFIED
    assert opinion_on([limits.unqualified], limits) is Opinion.QUALIFIED
    assert opinion_on([limits.adverse], limits) is Opinion.QUALIFIED
    assert opinion_on([limits.adverse, -CENT], limits) is Opinion.ADVERSE


@given(st.lists(signed, max_size=8), amounts)
def test_errors_are_never_netted(errors: list[Money], total: Money) -> None:
    assert error_total(errors) == error_total([-error for error in errors])
    assert error_total(errors) == Money(sum(abs(error.cents) for error in errors))
    limits = materiality(total, Decimal("0.01"), Decimal("0.03"))
    assert limits.unqualified <= limits.adverse <= total
    order = list(Opinion)
    before, after = opinion_on(errors, limits), opinion_on([*errors, CENT, -CENT], limits)
    assert order.index(before) <= order.index(after)
    assert opinion_on([], limits) is Opinion.UNQUALIFIED
