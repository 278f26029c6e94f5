"""Aid stays under its ceiling, and private money earns an allowance."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.aid import (
    AidPart,
    AllowanceTerms,
    aid_ceiling,
    aid_intensity,
    allowance_of,
    check_aid,
)
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

amounts = st.integers(0, 10**11).map(Money)
shares = st.decimals(0, 1, places=4)
parts = st.lists(st.builds(AidPart, amounts, shares), max_size=4)


# Rule 13: aid intensity.


def test_worked_number_13_an_infrastructure_at_half() -> None:
    eligible = Money.euros("4000000")
    promised = [Money.euros("1600000"), Money.euros("300000")]
    ceiling = aid_ceiling([AidPart(eligible, Decimal("0.50"))], promised)
    assert ceiling.amount == Money.euros("2000000")
    assert aid_intensity(promised, eligible) == Decimal("0.475")
    assert ceiling.room == Money.euros("100000")
    check_aid(Money.euros("100000"), ceiling, eligible)
    with pytest.raises(RuleViolation, match=r"2,050,000.00.*2,000,000.00.*100,000.00") as refusal:
        check_aid(Money.euros("150000"), ceiling, eligible)
    assert refusal.value.field == "amount"


def test_worked_number_13_a_mix_of_research() -> None:
    mix = [
        AidPart(Money.euros("200000"), Decimal(1)),
        AidPart(Money.euros("500000"), Decimal("0.50")),
        AidPart(Money.euros("300000"), Decimal("0.25")),
    ]
    ceiling = aid_ceiling(mix, [])
    assert ceiling.amount == Money.euros("525000")
    assert aid_intensity([ceiling.amount], Money.euros("1000000")) == Decimal("0.525")


@given(parts, st.lists(amounts, max_size=6))
def test_filling_the_room_reaches_the_ceiling_and_a_cent_more_is_refused(
    mix: list[AidPart], promised: list[Money]
) -> None:
    eligible = Money.total(part.eligible for part in mix)
    ceiling = aid_ceiling(mix, promised)
    assert ceiling.amount <= eligible
    assert ceiling.room in {ZERO, ceiling.amount - Money.total(promised)}
    check_aid(ceiling.room, ceiling, eligible)
    with pytest.raises(RuleViolation) as refusal:
        check_aid(ceiling.room + Money(1), ceiling, eligible)
    assert refusal.value.hint.facts["room"] == ceiling.room


@given(parts)
def test_a_ceiling_is_never_above_the_exact_one(mix: list[AidPart]) -> None:
    exact = sum(part.eligible.cents * part.ceiling for part in mix)
    assert exact - len(mix) < aid_ceiling(mix, []).amount.cents <= exact or not mix


def test_without_costs_there_is_no_intensity() -> None:
    assert aid_intensity([Money(1)], ZERO) is None


# Rule 16: the allowance that private money earns.

PPS = AllowanceTerms(Money.euros("20000"), Decimal("0.40"), Decimal("0.30"), Decimal("0.25"))


def test_worked_number_16_of_the_rules() -> None:
    assert allowance_of(Money.euros("150000"), ZERO, PPS) == Money.euros("47000.00")
    assert allowance_of(Money.euros("20000"), ZERO, PPS) == Money.euros("8000.00")
    assert allowance_of(ZERO, Money.euros("10000"), PPS) == Money.euros("2500.00")


@given(amounts, amounts, amounts)
def test_more_private_money_never_earns_less_and_never_more_than_the_highest_share(
    private: Money, more: Money, charity: Money
) -> None:
    before = allowance_of(private, charity, PPS)
    after = allowance_of(private + more, charity, PPS)
    assert before <= after
    assert after.cents - before.cents <= more.cents * Decimal("0.40") + 2
    assert after.cents <= (private + more + charity).cents * Decimal("0.40") + 2
