"""Advances stay under their ceiling, and a plan pays no more than was promised."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.advances import (
    Planned,
    advance_ceiling,
    advance_limit,
    check_advances,
    check_plan,
    check_total,
    interim_room,
    pre_financing,
    quarterly_advance,
)
from tracker.domain.errors import RuleViolation
from tracker.domain.instalments import InstalmentKind
from tracker.domain.money import ZERO, Money

ADVANCE, BALANCE = InstalmentKind.ADVANCE, InstalmentKind.BALANCE
NINETY = Decimal("0.90")
CENT = Money(1)
amounts = st.integers(1, 10**11).map(Money)
shares = st.decimals(0, 1, places=4)
plans = st.lists(st.tuples(amounts, st.sampled_from(InstalmentKind)), max_size=8).map(
    lambda parts: [Planned(at, *part) for at, part in enumerate(parts, start=1)]
)


def plan_of(*parts: tuple[str, InstalmentKind]) -> list[Planned]:
    return [Planned(at, Money.euros(a), kind) for at, (a, kind) in enumerate(parts, start=1)]


def test_worked_number_18_advances_are_at_most_ninety_percent() -> None:
    award = Money.euros("900000")
    assert advance_limit(award, NINETY, None) == Money.euros("810000.00")
    assert advance_limit(award, None, Decimal("0.10")) == Money.euros("810000.00")
    check_plan(plan_of(("810000", ADVANCE), ("90000", BALANCE)), award, NINETY, None)
    with pytest.raises(RuleViolation, match="810,000.01.*810,000.00") as refusal:  # noqa: RUF043
        check_plan(plan_of(("800000", ADVANCE), ("10000.01", ADVANCE)), award, NINETY, None)
    assert refusal.value.field == "amount_2"
    assert refusal.value.hint.facts["room"] == Money.euros("10000")


def test_worked_number_18_the_advance_of_a_quarter() -> None:
    planned = Money.euros("480000")
    assert quarterly_advance(planned, Decimal("0.45"), NINETY) == Money.euros("48600.00")


def test_worked_number_18_pre_financing_and_what_is_left_for_interim_payments() -> None:
    maximum = Money.euros("1000000")
    first = pre_financing(Money.euros("333333.33"), maximum, Decimal("0.05"))
    assert first.paid == Money.euros("283333.33")
    room = interim_room(maximum, NINETY, Money.euros("333334"), [])
    assert room == Money.euros("566666")
    assert interim_room(maximum, NINETY, Money.euros("333334"), [room]) == ZERO


@given(amounts, amounts, shares)
def test_what_is_retained_and_what_is_paid_are_the_pre_financing(
    amount: Money, maximum: Money, share: Decimal
) -> None:
    first = pre_financing(amount, maximum, share)
    assert first.retained + first.paid == amount
    assert first.paid >= ZERO


@given(amounts, st.none() | shares, st.none() | shares)
def test_the_stricter_of_ceiling_and_retention_holds(
    amount: Money, ceiling: Decimal | None, retention: Decimal | None
) -> None:
    limit = advance_limit(amount, ceiling, retention)
    assert ZERO <= limit <= amount
    assert limit == min(
        advance_limit(amount, ceiling, None), advance_limit(amount, None, retention)
    )
    assert ceiling is None or limit.cents <= amount.cents * ceiling
    assert retention is None or limit.cents <= amount.cents * (1 - retention)
    assert advance_limit(amount, None, None) == amount


@given(plans, amounts, st.none() | shares, st.none() | shares)
def test_a_plan_passes_exactly_when_it_keeps_to_the_ceiling_and_the_commitment(
    plan: list[Planned], amount: Money, ceiling: Decimal | None, retention: Decimal | None
) -> None:
    total = Money.total(part.amount for part in plan)
    advances = advance_ceiling(advance_limit(amount, ceiling, retention), plan)
    if total <= amount and advances.used <= advances.amount:
        check_plan(plan, amount, ceiling, retention)
        return
    with pytest.raises(RuleViolation) as refusal:
        check_plan(plan, amount, ceiling, retention)
    first = int(refusal.value.field.removeprefix("amount_"))
    if total > amount:
        check_total(plan[: first - 1], amount)
    else:
        check_plan(plan[: first - 1], amount, ceiling, retention)
    room = refusal.value.hint.facts["room"]
    assert isinstance(room, Money)
    assert ZERO <= room < plan[first - 1].amount
    if room:
        check_advances([*plan[: first - 1], plan[first - 1]._replace(amount=room)], amount)


@given(plans, amounts)
def test_a_last_advance_may_fill_the_room_and_no_cent_more(
    plan: list[Planned], more: Money
) -> None:
    used = advance_ceiling(ZERO, plan).used
    last = Planned(len(plan) + 1, more, ADVANCE)
    check_advances([*plan, last], used + more)
    with pytest.raises(RuleViolation) as refusal:
        check_advances([*plan, last], used + more - CENT)
    assert refusal.value.field == f"amount_{last.number}"


@pytest.mark.parametrize("amount", [ZERO, -CENT])
def test_an_instalment_of_nothing_is_refused(amount: Money) -> None:
    with pytest.raises(RuleViolation, match="more than nothing") as refusal:
        check_plan([Planned(1, amount, BALANCE)], Money(100), None, None)
    assert refusal.value.field == "amount_1"
