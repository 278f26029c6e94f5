"""What counts of a cost, and how much of it can be claimed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.ceilings import Ceiling
from tracker.domain.claims import (
    CostBasis,
    Counting,
    VatRule,
    category_ceiling,
    check_claim,
    check_incurred,
    claim_ceiling,
    claim_of,
    counting_on,
    eligible_cost,
    net_of,
)
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import Period

amounts = st.integers(0, 10**12).map(Money)
signed = st.integers(-(10**12), 10**12).map(Money)
shares = st.decimals(0, 1, places=4)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
CENT = Money(1)


# Rule 1: claim = eligible × share, half up.


def test_worked_number_1_of_the_rules() -> None:
    assert claim_of(Money.euros("1250000"), Decimal("0.45")) == Money.euros("562500.00")


@given(signed, shares)
def test_a_claim_is_within_half_a_cent_of_its_exact_share(eligible: Money, share: Decimal) -> None:
    off = abs(claim_of(eligible, share).cents - eligible.cents * share)
    assert off <= Decimal("0.5")
    assert claim_of(-eligible, share) == -claim_of(eligible, share)


@given(amounts, shares)
def test_a_claim_is_never_more_than_the_costs(eligible: Money, share: Decimal) -> None:
    assert ZERO <= claim_of(eligible, share) <= eligible


# Rule 3: cumulative claims stay within the share of the costs, and within the commitment.


def test_worked_number_3_of_the_rules() -> None:
    ceiling = claim_ceiling(Money.euros("1843217.44"), Decimal("0.45"), Money.euros("900000"), ZERO)
    assert ceiling.amount == Money.euros("829447.85")
    spent = claim_ceiling(Money.euros("2100000"), Decimal("0.45"), Money.euros("900000"), ZERO)
    assert spent.amount == Money.euros("900000")


@given(amounts, shares, amounts, amounts)
def test_claiming_all_the_room_reaches_the_ceiling_and_a_cent_more_is_refused(
    eligible: Money, share: Decimal, committed: Money, claimed: Money
) -> None:
    ceiling = claim_ceiling(eligible, share, committed, claimed)
    assert ceiling.amount <= committed
    assert ceiling.amount <= claim_of(eligible, share)
    check_claim(ceiling.room, ceiling)
    assert claimed + ceiling.room == max(claimed, ceiling.amount)
    with pytest.raises(RuleViolation) as refusal:
        check_claim(ceiling.room + CENT, ceiling)
    assert refusal.value.field == "amount"
    assert refusal.value.hint.facts["room"] == ceiling.room


@given(amounts, amounts)
def test_a_correction_downwards_is_never_refused(most: Money, claimed: Money) -> None:
    check_claim(-CENT, Ceiling(most, claimed))


# Rule 4: a category may be exceeded by the tolerance.


def test_worked_number_4_a_category_may_grow_by_its_tolerance_to_the_cent() -> None:
    ceiling = category_ceiling(Money.euros("500000"), Decimal("0.10"), Money.euros("545000"))
    assert (ceiling.amount, ceiling.room) == (Money.euros("550000"), Money.euros("5000"))


@given(amounts, shares, amounts)
def test_a_category_cap_lies_between_the_budget_and_the_exact_tolerance(
    budget: Money, tolerance: Decimal, claimed: Money
) -> None:
    ceiling = category_ceiling(budget, tolerance, claimed)
    assert budget <= ceiling.amount
    assert ceiling.amount.cents <= budget.cents * (1 + tolerance) < ceiling.amount.cents + 1


# Rule 5: only costs in the eligible period, and not before the application.

PERIOD = Period(date(2022, 7, 1), date(2026, 6, 30))


def test_worked_number_5_a_cost_after_the_last_day_is_refused() -> None:
    check_incurred(date(2026, 6, 30), PERIOD)
    with pytest.raises(RuleViolation, match=r"2026-07-02.*2026-06-30") as refusal:
        check_incurred(date(2026, 7, 2), PERIOD)
    assert refusal.value.field == "incurred_on"


@given(days, days, st.integers(0, 3000), st.none() | days)
def test_a_cost_counts_in_its_period_and_from_the_application_on_and_nowhere_else(
    day: date, first_day: date, length: int, applied_on: date | None
) -> None:
    period = Period(first_day, first_day + timedelta(length))
    may = day in period and (applied_on is None or day >= applied_on)
    if may:
        check_incurred(day, period, applied_on)
    else:
        with pytest.raises(RuleViolation):
            check_incurred(day, period, applied_on)


# Rule 6: incurred and paid.


def test_worked_number_6_what_is_not_paid_by_the_cut_off_is_an_obligation() -> None:
    cut_off, incurred = date(2023, 12, 31), date(2023, 12, 1)
    late = date(2024, 1, 1)
    assert counting_on(cut_off, CostBasis.PAID, incurred, cut_off) is Counting.ELIGIBLE
    assert counting_on(cut_off, CostBasis.PAID, incurred, late) is Counting.OBLIGATION
    assert counting_on(cut_off, CostBasis.PAID, incurred, None) is Counting.OBLIGATION
    assert counting_on(cut_off, CostBasis.INCURRED, incurred, None) is Counting.ELIGIBLE
    assert counting_on(cut_off, CostBasis.INCURRED, late, None) is Counting.LATER


@given(days, st.sampled_from(CostBasis), days, st.none() | days)
def test_what_counts_once_counts_in_every_later_report(
    cut_off: date, basis: CostBasis, incurred: date, paid: date | None
) -> None:
    order = [Counting.LATER, Counting.OBLIGATION, Counting.ELIGIBLE]
    now = counting_on(cut_off, basis, incurred, paid)
    later = counting_on(cut_off + timedelta(1), basis, incurred, paid)
    assert order.index(now) <= order.index(later)
    is_paid = paid is not None and paid <= cut_off
    assert (now is Counting.ELIGIBLE) == (
        incurred <= cut_off and (basis is CostBasis.INCURRED or is_paid)
    )


# Rule 7: VAT counts as far as it cannot be deducted.


def test_worked_number_7_of_the_rules() -> None:
    gross = Money.euros("12100")
    net = net_of(gross, Decimal("0.21"))
    vat = gross - net
    assert (net, vat) == (Money.euros("10000"), Money.euros("2100"))
    assert eligible_cost(net, vat, Decimal(0)) == Money.euros("10000")
    assert eligible_cost(net, vat, Decimal("0.40")) == Money.euros("10840.00")
    assert eligible_cost(net, vat, Decimal(1)) == Money.euros("12100")
    assert eligible_cost(net, vat, Decimal(1), VatRule.NEVER) == Money.euros("10000")


@given(amounts, shares, shares)
def test_what_counts_lies_between_the_net_and_the_gross_amount(
    gross: Money, rate: Decimal, not_deductible: Decimal
) -> None:
    net = net_of(gross, rate)
    assert ZERO <= net <= gross
    assert abs(gross.cents - net.cents * (1 + rate)) <= 1
    assert net <= eligible_cost(net, gross - net, not_deductible) <= gross
