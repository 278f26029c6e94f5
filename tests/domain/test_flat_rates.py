"""Flat rates: overhead is computed to the cent, and always fits beside what is charged."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.flat_rates import FlatRate, claim_with
from tracker.domain.money import Money

shares = st.decimals(min_value=0, max_value=1, places=4)
cents = st.integers(0, 10**10)


def test_overhead_and_claim_of_a_horizon_project() -> None:
    """Domain rule 12: subcontracting is not in the base."""
    costs = [
        ("personnel", Money.euros(320_000)),
        ("third_parties", Money.euros(45_000)),
        ("equipment", Money.euros(110_000)),
    ]
    claim = claim_with(
        costs,
        ("personnel", "equipment"),
        Decimal("0.25"),
        funding_share=Decimal("0.70"),
        committed=Money.euros(500_000),
    )
    assert claim.overhead == Money.euros("107500.00")
    assert claim.total == Money.euros("582500.00")
    assert claim.asked == claim.amount == Money.euros("407750.00")


def test_a_claim_is_never_more_than_was_committed() -> None:
    """Domain rule 3."""
    claim = claim_with(
        [("personnel", Money.euros("1843217.44"))],
        (),
        None,
        funding_share=Decimal("0.45"),
        committed=Money.euros(800_000),
    )
    assert claim.overhead == Money(0)
    assert claim.asked == Money.euros("829447.85")
    assert claim.amount == Money.euros(800_000)


@given(shares, cents, cents)
def test_the_most_that_can_be_charged_fits_with_its_overhead_and_a_cent_more_does_not(
    share: Decimal, charged: int, left: int
) -> None:
    rate = FlatRate(share, frozenset({1}), frozenset(), charged)
    most = rate.most(left)
    assert rate.cost_of(most) <= left
    assert rate.cost_of(most + 1) > left


@given(shares, cents, st.lists(cents, max_size=6))
def test_the_overhead_is_that_on_the_whole_however_it_was_charged(
    share: Decimal, first: int, more: list[int]
) -> None:
    rate = FlatRate(share, frozenset({1}), frozenset(), first)
    used = 0
    for part in more:
        used += rate.cost_of(part)
        rate = rate.after(part)
    start = FlatRate(share, frozenset({1}), frozenset(), first)
    assert used == start.cost_of(sum(more))
