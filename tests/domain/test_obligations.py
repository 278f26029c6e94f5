"""Orders: what is open of them, which are late, and which invoice can come of which."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.obligations import (
    Obligation,
    by_lateness,
    check_ending,
    check_invoiced,
    check_obligation,
    over_committed,
)

TODAY = date(2026, 3, 31)
ORDER = Obligation(
    id=1,
    reference="PO-1",
    supplier="LabSupply Europe",
    description="Isolator",
    ordered_on=date(2026, 1, 5),
    expected_on=date(2026, 3, 1),
    amount=Money.euros("84000"),
    category="equipment",
    work_package="WP2",
    invoiced=ZERO,
    entered_by="officer@example.org",
)
amounts = st.integers(1, 10**10).map(Money)


@given(amounts, amounts)
def test_what_is_open_and_invoiced_is_the_order_or_what_was_invoiced_above_it(
    amount: Money, invoiced: Money
) -> None:
    order = replace(ORDER, amount=amount, invoiced=invoiced)
    assert order.open + invoiced == amount + order.over
    assert not (order.open and order.over)
    assert replace(order, ended_on=TODAY, ended_for="Not needed").open == ZERO


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "po-2"}, "reference"),
        ({"supplier": " "}, "supplier"),
        ({"description": ""}, "description"),
        ({"amount": ZERO}, "amount"),
        ({"ordered_on": date(2026, 4, 1)}, "ordered_on"),
        ({"expected_on": date(2026, 1, 4)}, "expected_on"),
    ],
)
def test_an_order_that_cannot_be_is_refused_at_its_field(
    changes: dict[str, object], field: str
) -> None:
    check_obligation(ORDER, ["PO-2"], TODAY)
    with pytest.raises(RuleViolation) as refusal:
        check_obligation(replace(ORDER, **changes), ["PO-2"], TODAY)  # type: ignore[arg-type]
    assert refusal.value.field == field


@given(amounts, amounts)
def test_an_invoice_fulfils_what_is_open_of_the_order_and_left_of_the_cost_at_most(
    amount: Money, left: Money
) -> None:
    order = replace(ORDER, amount=amount)
    most = min(amount, left)
    check_invoiced(order, most, left)
    for wrong in (most + Money(1), ZERO, Money(-1)):
        with pytest.raises(RuleViolation) as refusal:
            check_invoiced(order, wrong, left)
        assert refusal.value.field == "part"


def test_an_order_that_ended_takes_no_invoice_and_does_not_end_again() -> None:
    ended = replace(ORDER, ended_on=TODAY, ended_for="Not needed")
    with pytest.raises(RuleViolation, match="ended on") as refusal:
        check_invoiced(ended, Money(1), Money(1))
    assert refusal.value.field == "obligation"
    with pytest.raises(RuleViolation, match="Nothing of PO-1 is open"):
        check_ending(ended, "Again")
    with pytest.raises(RuleViolation, match="will never be invoiced") as refusal:
        check_ending(ORDER, " ")
    assert refusal.value.field == "reason"
    check_ending(ORDER, "Not needed")


def test_the_latest_comes_first_and_what_is_done_last() -> None:
    late = replace(ORDER, id=2)
    later = replace(ORDER, id=3, expected_on=date(2026, 2, 1))
    soon = replace(ORDER, id=4, expected_on=date(2026, 5, 1))
    some_day = replace(ORDER, id=5, expected_on=None)
    done = replace(ORDER, id=6, expected_on=date(2026, 1, 10), invoiced=ORDER.amount)
    found = by_lateness([done, some_day, soon, late, later], TODAY)
    assert [one.id for one in found] == [3, 2, 4, 5, 6]
    assert [one.days_late(TODAY) for one in found] == [58, 30, 0, 0, 0]
    assert late.days_late(date(2026, 3, 1)) == 0
    assert late.days_late(date(2026, 3, 1) + timedelta(1)) == 1


@given(amounts, amounts, amounts)
def test_charges_and_orders_may_fill_a_commitment_and_no_more(
    committed: Money, charged: Money, ordered: Money
) -> None:
    over = over_committed(committed, charged, ordered)
    assert over == max(ZERO, charged + ordered - committed)
    assert over_committed(charged + ordered, charged, ordered) == ZERO
