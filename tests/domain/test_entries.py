"""A cost by hand: what VAT comes back, what it costs, what of it counts, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.entries import NewCost, check_cost, check_double, vat_of
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

TODAY = date(2026, 3, 31)
COST = NewCost(
    incurred_on=date(2026, 3, 1),
    supplier="LabSupply Europe",
    description="Filters",
    gross=Money.euros("12100"),
    vat=Money.euros("2100"),
    category="materials",
    work_package="WP1",
)
shares = st.decimals(0, 1, places=4)


def refusal_of(**changes: object) -> RuleViolation:
    with pytest.raises(RuleViolation) as refusal:
        check_cost(replace(COST, **changes), TODAY)  # type: ignore[arg-type]
    return refusal.value


# Rule 7: VAT counts only where it does not come back.


def test_worked_number_7_vat_that_comes_back_is_no_cost() -> None:
    assert vat_of(COST.gross, Decimal("0.21"), None) == Money.euros("2100")
    assert (COST.net, COST.cost) == (Money.euros("10000"), Money.euros("10000"))
    assert COST.vat_deductible == Money.euros("2100")


def test_worked_number_7_of_vat_that_comes_back_in_part_the_rest_is_a_cost() -> None:
    partly = replace(COST, deductible=Decimal("0.60"))
    assert partly.cost == Money.euros("10840.00")
    assert partly.vat_deductible == Money.euros("1260.00")
    assert replace(COST, deductible=Decimal(0)).cost == COST.gross


@given(st.integers(1, 10**11), shares, shares)
def test_cost_and_what_comes_back_are_the_whole_invoice(
    cents: int, rate: Decimal, deductible: Decimal
) -> None:
    gross = Money(cents)
    vat = vat_of(gross, rate, None)
    new = replace(COST, gross=gross, vat=vat, deductible=deductible)
    assert new.cost + new.vat_deductible == gross
    assert ZERO <= new.vat_deductible <= vat
    assert new.net <= new.cost <= gross


def test_a_told_vat_may_round_each_line_but_not_contradict_the_rate() -> None:
    rate = Decimal("0.21")
    assert vat_of(COST.gross, rate, Money.euros("2100.03")) == Money.euros("2100.03")
    assert vat_of(COST.gross, None, Money.euros("900")) == Money.euros("900")
    assert vat_of(COST.gross, None, None) == ZERO
    with pytest.raises(RuleViolation, match=r"2,100\.00, and not € 1,210\.00") as refusal:
        vat_of(COST.gross, rate, Money.euros("1210"))
    assert refusal.value.field == "vat"


# What cannot be.


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gross": ZERO, "vat": ZERO}, "gross"),
        ({"gross": Money(-1), "vat": ZERO}, "gross"),
        ({"vat": COST.gross}, "vat"),
        ({"vat": Money(-1)}, "vat"),
        ({"supplier": " "}, "supplier"),
        ({"description": ""}, "description"),
        ({"incurred_on": date(2026, 4, 1)}, "incurred_on"),
        ({"booked_on": date(2026, 4, 1)}, "booked_on"),
        ({"paid_on": date(2026, 4, 1)}, "paid_on"),
    ],
)
def test_a_cost_that_cannot_be_is_refused_at_its_field(
    changes: dict[str, object], field: str
) -> None:
    check_cost(COST, TODAY)
    assert refusal_of(**changes).field == field


@given(st.integers(1, 1_000_000))
def test_all_of_a_cost_may_be_left_out_and_a_cent_more_may_not(cents: int) -> None:
    new = replace(COST, ineligible=Money(cents), ineligible_for="economic_use")
    check_cost(new, TODAY)
    assert new.eligible + new.ineligible == new.cost
    beyond = refusal_of(ineligible=COST.cost + Money(1), ineligible_for="economic_use")
    assert beyond.field == "ineligible"


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in INELIGIBLE])
def test_a_part_is_left_out_for_a_reason_that_holds_for_every_funder(reason: Reason) -> None:
    part = Money.euros("100")
    check_cost(replace(COST, ineligible=part, ineligible_for="not_eligible"), TODAY)
    assert refusal_of(ineligible=part, ineligible_for=reason.value).field == "ineligible_for"


def test_a_part_that_is_left_out_has_an_amount_and_a_reason() -> None:
    assert refusal_of(ineligible=Money(1)).field == "ineligible_for"
    assert refusal_of(ineligible_for="not_eligible").field == "ineligible"


def test_of_what_is_written_off_no_part_of_the_price_counts() -> None:
    whole = replace(COST, ineligible=COST.cost, ineligible_for="depreciated")
    check_cost(whole, TODAY)
    part = refusal_of(ineligible=Money(1), ineligible_for="depreciated")
    assert part.hint.facts["cost"] == COST.cost


def test_what_looks_like_another_cost_needs_a_reason() -> None:
    check_double(COST, "")
    check_double(replace(COST, double_because="Delivered twice"), "2026 INK 3/1")
    with pytest.raises(RuleViolation, match="2026 INK 3/1") as refusal:
        check_double(COST, "2026 INK 3/1")
    assert refusal.value.field == "double_because"
