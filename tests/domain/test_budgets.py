"""A version of a budget divides exactly what was promised, and moves no more than is allowed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.budgets import (
    BudgetLine,
    BudgetVersion,
    Detail,
    NewBudget,
    Virement,
    at_detail,
    check_consent,
    check_new_budget,
    check_total,
    detail_of,
    key_name,
    moves,
    needing_consent,
)
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

DAY = date(2026, 6, 30)
TENTH = Decimal("0.1")
CATEGORIES = ("personnel", "materials", "travel")

amounts = st.integers(0, 10**9).map(Money)
details = st.sampled_from(list(Detail))


@st.composite
def budgets(draw: st.DrawFn, detail: Detail | None = None) -> tuple[BudgetLine, ...]:
    """The lines of a version, each key once."""
    told = detail or draw(details)
    packages = ("WP1", "WP2") if told in (Detail.WORK_PACKAGE, Detail.BOTH) else ("",)
    years = (2024, 2025) if told in (Detail.YEAR, Detail.BOTH) else (0,)
    keys = [(c, p, y) for c in CATEGORIES for p in packages for y in years]
    chosen = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1))
    return tuple(BudgetLine(*key, draw(amounts)) for key in chosen)


def lines(**euros: int) -> tuple[BudgetLine, ...]:
    return tuple(BudgetLine(name, "", 0, Money(amount * 100)) for name, amount in euros.items())


def version(number: int, made_of: tuple[BudgetLine, ...], **more: object) -> BudgetVersion:
    facts = {"document_id": None, "amendment": None, "counts": True} | more
    return BudgetVersion(number, number, DAY, "a reason", "officer", lines=made_of, **facts)  # type: ignore[arg-type]


def test_moving_60_000_of_500_000_is_12_percent_and_needs_consent_at_10() -> None:
    before, after = lines(personnel=500_000, travel=0), lines(personnel=440_000, travel=60_000)
    (move,) = needing_consent(before, after, TENTH)
    assert move.share_moved == Decimal("0.12")
    with pytest.raises(RuleViolation) as refusal:
        check_consent(before, after, Virement(TENTH), has_consent=False)
    assert refusal.value.field == "consent"
    assert refusal.value.message.facts["share"] == Decimal("0.12")
    assert refusal.value.message.facts["moved"] == Money(60_000_00)


def test_a_move_of_exactly_the_tolerance_needs_no_consent() -> None:
    before, after = lines(personnel=500_000), lines(personnel=450_000, travel=50_000)
    assert check_consent(before, after, Virement(TENTH), has_consent=False) == ()


@pytest.mark.parametrize(
    "rule", [Virement(TENTH, stops=False), Virement(TENTH, is_waived=True)], ids=["warn", "waived"]
)
def test_a_programme_that_only_warns_or_a_waiver_lets_it_pass_with_a_word(rule: Virement) -> None:
    before, after = lines(personnel=500_000), lines(personnel=440_000, travel=60_000)
    (said,) = check_consent(before, after, rule, has_consent=False)
    assert "may move without consent" in said.template


def test_the_funders_consent_or_a_programme_that_says_nothing_asks_for_nothing() -> None:
    before, after = lines(personnel=500_000), lines(travel=500_000)
    assert check_consent(before, after, Virement(TENTH), has_consent=True) == ()
    assert check_consent(before, after, Virement(None), has_consent=False) == ()


def test_a_move_between_years_of_one_category_is_no_virement() -> None:
    before = (BudgetLine("travel", "", 2024, Money(100)), BudgetLine("travel", "", 2025, ZERO))
    after = (BudgetLine("travel", "", 2024, ZERO), BudgetLine("travel", "", 2025, Money(100)))
    assert len(moves(before, after)) == 2
    assert needing_consent(before, after, TENTH) == ()


@given(budgets(), budgets(), st.decimals(0, 1, places=4))
def test_no_category_loses_more_than_the_tolerance_without_consent(
    agreed: tuple[BudgetLine, ...], new: tuple[BudgetLine, ...], tolerance: Decimal
) -> None:
    try:
        check_consent(agreed, new, Virement(tolerance), has_consent=False)
    except RuleViolation:
        return
    kept = {line.category: line.amount for line in at_detail(new, Detail.CATEGORY)}
    for line in at_detail(agreed, Detail.CATEGORY):
        lost = line.amount.cents - kept.get(line.category, ZERO).cents
        assert lost <= line.amount.cents * tolerance


@given(budgets(), budgets())
def test_what_moved_explains_the_whole_difference(
    before: tuple[BudgetLine, ...], after: tuple[BudgetLine, ...]
) -> None:
    moved = Money.total(move.difference for move in moves(before, after))
    assert moved == Money.total(x.amount for x in after) - Money.total(x.amount for x in before)


@given(budgets())
def test_nothing_moves_against_itself(made_of: tuple[BudgetLine, ...]) -> None:
    assert moves(made_of, made_of) == ()


@given(budgets(), details)
def test_a_coarser_look_adds_up_to_the_same(
    made_of: tuple[BudgetLine, ...], detail: Detail
) -> None:
    seen = at_detail(made_of, detail)
    assert Money.total(x.amount for x in seen) == Money.total(x.amount for x in made_of)
    assert len({line.key for line in seen}) == len(seen)
    assert detail_of(seen) in (detail, detail_of(made_of), Detail.CATEGORY)


@given(st.integers(1, 10**9), st.integers(-100, 100))
def test_a_budget_divides_exactly_the_commitment(cents: int, off: int) -> None:
    total, amount = Money(cents + 100 + off), Money(cents + 100)
    if off:
        with pytest.raises(RuleViolation) as refusal:
            check_total(total, amount, "NGF-1")
        assert refusal.value.field == "total"
        assert Money(abs(off)) in refusal.value.message.facts.values()
    else:
        check_total(total, amount, "NGF-1")


def test_a_version_compared_with_one_that_tells_other_things_apart_is_compared_by_category() -> (
    None
):
    before = lines(personnel=10, travel=5)
    after = (BudgetLine("personnel", "WP1", 0, Money(6_00)), *lines(travel=9))
    assert [(m.category, m.work_package, m.difference.cents) for m in moves(before, after)] == [
        ("personnel", "", -4_00),
        ("travel", "", 4_00),
    ]


def test_the_funder_agreed_to_the_award_to_amendments_and_to_what_it_wrote_of() -> None:
    made_of = lines(personnel=1)
    assert version(1, made_of).is_agreed
    assert not version(2, made_of).is_agreed
    assert version(2, made_of, document_id=5).is_agreed
    assert version(2, made_of, amendment=1).is_agreed
    assert not version(2, made_of, amendment=1, counts=False).is_agreed
    assert version(1, lines(personnel=1, travel=2)).total == Money(3_00)
    assert version(1, lines(personnel=1, travel=2)).by_category["travel"] == Money(2_00)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewBudget(date(2026, 7, 1), "why", lines(travel=1), 0), "made_on"),
        (NewBudget(DAY, " ", lines(travel=1), 0), "reason"),
        (NewBudget(DAY, "why", (), 0), "total"),
        (NewBudget(DAY, "why", lines(travel=5, personnel=-1), 0), "amount_personnel.."),
        (NewBudget(DAY, "why", lines(equipment=1), 0), "amount_equipment.."),
    ],
)
def test_a_version_that_cannot_be_is_refused_at_its_field(new: NewBudget, field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_new_budget(new, CATEGORIES, DAY)
    assert refusal.value.field == field


def test_a_version_that_can_be_is_not_refused() -> None:
    check_new_budget(NewBudget(DAY, "why", lines(travel=1), 0), CATEGORIES, DAY)
    assert key_name(("travel", "WP1", 2024)) == "travel.WP1.2024"
