"""Worked numbers of the rules that live with other concepts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_commitments import commitment
from tracker.domain.amendments import check_separate
from tracker.domain.budgets import BudgetLine, Virement, check_consent, moves, needing_consent
from tracker.domain.commitments import (
    COMMITTED,
    PLEDGED,
    Commitment,
    Form,
    Status,
    funding_totals,
)
from tracker.domain.contributions import Contribution, Declaration, sums_of
from tracker.domain.errors import NotAllowedError, RuleViolation
from tracker.domain.financing import FinancingFacts, FinancingTerms, Side, Source
from tracker.domain.financing_rules import judged
from tracker.domain.labour import Rate, RateMethod, labour_cost
from tracker.domain.money import ZERO, Money

amounts = st.integers(0, 10**11).map(Money)
TENTH = Decimal("0.10")


def lines(equipment: str, personnel: str) -> list[BudgetLine]:
    return [
        BudgetLine("equipment", "", 0, Money.euros(equipment)),
        BudgetLine("personnel", "", 0, Money.euros(personnel)),
    ]


def test_worked_number_4_a_move_of_twelve_percent_needs_consent() -> None:
    before, after = lines("500000", "400000"), lines("440000", "460000")
    assert moves(before, after)[0].share_moved == Decimal("0.12")
    assert [m.category for m in needing_consent(before, after, TENTH)] == ["equipment"]
    assert needing_consent(before, lines("450000", "450000"), TENTH) == ()
    with pytest.raises(RuleViolation) as refusal:
        check_consent(before, after, Virement(TENTH), has_consent=False)
    assert refusal.value.field == "consent"
    assert check_consent(before, after, Virement(TENTH), has_consent=True) == ()


@given(st.integers(1, 10**10), st.integers(0, 10**10), st.decimals(0, 1, places=4))
def test_a_move_needs_consent_exactly_above_the_tolerance(
    budget: int, moved: int, tolerance: Decimal
) -> None:
    moved = min(moved, budget)
    before = [BudgetLine("a", "", 0, Money(budget)), BudgetLine("b", "", 0, ZERO)]
    after = [
        BudgetLine("a", "", 0, Money(budget - moved)),
        BudgetLine("b", "", 0, Money(moved)),
    ]
    needs = bool(needing_consent(before, after, tolerance))
    assert needs == (moved > budget * tolerance)


def source(code: str, side: Side, amount: Money, terms: FinancingTerms, form: Form) -> Source:
    return Source(code, code, f"programme of {code}", side, form, Status.AWARDED, amount, terms)


def public_of(costs: Money, *public: Money) -> tuple[Money, bool]:
    """What the rule on public funding finds, and whether it is broken."""
    sources = [
        source(f"P{at}", Side.PUBLIC, amount, FinancingTerms(), Form.CASH)
        for at, amount in enumerate(public)
    ]
    rules = judged(FinancingFacts(costs, tuple(sources)))
    found = next(rule for rule in rules if rule.what == "public_funding")
    return found.found, found.is_broken


@given(amounts, st.lists(amounts, min_size=1, max_size=5))
def test_rule_14_public_funding_stays_within_the_costs(costs: Money, public: list[Money]) -> None:
    total = Money.total(public)
    assert public_of(costs, *public) == (total, total > costs)
    assert public_of(total, *public) == (total, False)
    assert public_of(total, *public, Money(1)) == (total + Money(1), True)


INDUSTRIAL = FinancingTerms(
    private_minimum=Decimal("0.30"), research_minimum=Decimal("0.10"), cash_share=Decimal(2) / 3
)


def private_rules(costs: Money, cash: Money, in_kind: Money, own: Money) -> dict[str, Money]:
    """The room of each rule on co-financing: below zero where it is broken."""
    facts = FinancingFacts(
        costs,
        (
            source("PPP", Side.PUBLIC, ZERO, INDUSTRIAL, Form.CASH),
            source("C", Side.PRIVATE, cash, FinancingTerms(), Form.CASH),
            source("K", Side.PRIVATE, in_kind, FinancingTerms(), Form.IN_KIND),
            source("O", Side.OWN, own, FinancingTerms(), Form.CASH),
        ),
    )
    return {rule.what: rule.room for rule in judged(facts) if rule.is_minimum}


def test_worked_number_15_of_the_rules() -> None:
    euros = Money.euros
    room = private_rules(euros("1000000"), euros("120000"), euros("80000"), euros("100000"))
    assert room == {
        "private_minimum": euros("-100000"),  # 200,000 of the 300,000 that is asked
        "cash_share_large": euros("-80000"),  # 120,000 of the 200,000 that a large firm brings
        "research_minimum": ZERO,
    }
    enough = private_rules(euros("1000000"), euros("200000"), euros("100000"), euros("100000"))
    assert set(enough.values()) == {ZERO}


@given(amounts, amounts, amounts, amounts, amounts)
def test_rule_15_more_private_money_never_breaks_a_minimum(
    costs: Money, cash: Money, in_kind: Money, own: Money, more: Money
) -> None:
    before = private_rules(costs, cash, in_kind, own)
    after = private_rules(costs, cash + more, in_kind, own)
    assert all(after[what] >= before[what] for what in before)
    in_goods = private_rules(costs, cash, in_kind + more, own)
    assert in_goods["cash_share_large"] == before["cash_share_large"]


def test_worked_number_17_hours_count_once_they_are_signed_for() -> None:
    worked_on, rate = date(2023, 5, 1), Decimal(60)
    signed = Declaration(
        1, "Partner", date(2023, 1, 1), date(2023, 12, 31), "wages", "A", date(2024, 1, 8), 1, "B"
    )

    def hours(declaration: Declaration | None) -> Contribution:
        value = Money.euros("19200.00")
        return Contribution(
            1, "K", "Partner", worked_on, "WP1", Decimal(320), rate, value, "", declaration
        )

    (waiting,) = sums_of([hours(None)])
    assert (waiting.counted, waiting.waiting) == (ZERO, Money.euros("19200.00"))
    (counted,) = sums_of([hours(signed)])
    assert (counted.counted, counted.waiting) == (Money.euros("19200.00"), ZERO)


ledgers = st.lists(
    st.builds(
        commitment,
        st.sampled_from(Status),
        st.integers(0, 10**11),
        st.integers(0, 10**11),
        st.integers(0, 10**11),
        st.sampled_from(Form),
    ),
    max_size=8,
)


@given(ledgers)
def test_rule_17_what_is_in_kind_is_committed_and_never_cash(all_of_them: list[Commitment]) -> None:
    totals = funding_totals(all_of_them)
    in_kind = [c for c in all_of_them if c.form is Form.IN_KIND]
    money = funding_totals([c for c in all_of_them if c.form is not Form.IN_KIND])
    assert totals.committed - money.committed == Money.total(
        c.amount for c in in_kind if c.status in COMMITTED
    )
    assert totals.cash_on_hand == money.cash_on_hand
    assert all(c.cash_on_hand is None for c in in_kind)


@given(ledgers, st.sampled_from([Status.CONDITIONAL, *PLEDGED, Status.DRAFT]))
def test_rule_28_what_does_not_bind_never_counts_as_committed(
    all_of_them: list[Commitment], status: Status
) -> None:
    before = funding_totals(all_of_them)
    assert before.committed == Money.total(c.amount for c in all_of_them if c.status in COMMITTED)
    after = funding_totals([*all_of_them, commitment(status, 5_00)])
    assert after.committed == before.committed
    beside = after.conditional + after.pledged - before.conditional - before.pledged
    assert beside == Money(0 if status is Status.DRAFT else 5_00)


names = st.text(min_size=1, max_size=8)


@given(names, names)
def test_rule_31_two_people_are_always_two(entered_by: str, confirmed_by: str) -> None:
    if entered_by != confirmed_by:
        check_separate(entered_by, confirmed_by)
    with pytest.raises(NotAllowedError):
        check_separate(entered_by, entered_by)


@given(st.decimals(0, 8784, places=2), st.decimals(0, 500, places=2))
def test_rules_9_and_11_a_fixed_rate_is_hours_times_rate_and_nothing_beside_it(
    worked: Decimal, euros: Decimal
) -> None:
    for method in (RateMethod.FIXED_RATE, RateMethod.DAY_RATE):
        cost = labour_cost(worked, Rate(method, Fraction(euros)))
        assert cost.total == cost.direct
        assert abs(cost.total.cents - Fraction(worked) * Fraction(euros) * 100) <= Fraction(1, 2)


def test_worked_number_19_cash_on_hand() -> None:
    award = commitment(Status.AWARDED, 90_000_000, 81_000_000, 74_231_018)
    assert award.cash_on_hand == Money.euros("67689.82")


@given(amounts, amounts, amounts)
def test_rule_19_what_is_spent_before_it_is_received_shows_as_negative_cash(
    received: Money, spent: Money, more: Money
) -> None:
    cents = received.cents, spent.cents
    before = commitment(Status.AWARDED, 10**12, *cents).cash_on_hand
    after = commitment(Status.AWARDED, 10**12, cents[0], cents[1] + more.cents).cash_on_hand
    assert before is not None
    assert after == before - more
    assert (before < ZERO) == (spent > received)
