"""What holds of a commitment on a day, and which decisions can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.amendments import Amendment, check_changes, check_separate, standing_on
from tracker.domain.commitments import COMMITTED, LADDER, Status, check_step, next_steps
from tracker.domain.decisions import Before, check_decision
from tracker.domain.errors import NotAllowedError, RuleViolation
from tracker.domain.money import Money
from tracker.domain.periods import Period

TODAY = date(2026, 6, 30)
YEARS = Period(date(2021, 4, 9), date(2025, 12, 31))
AWARD = Amendment(
    0,
    date(2021, 4, 9),
    Money(23_000_000_00),
    "award",
    status=Status.AWARDED,
    period=YEARS,
    share=Decimal("0.45"),
    categories=("personnel", "travel"),
)
AWARDED = Before("NGF-1", Status.AWARDED, Money(1_000_00), Money(600_00), Money(700_00))
NOTHING = Before("NGF-2", Status.DRAFT, Money(0), Money(0), Money(0))
STEPS = {
    Status.DRAFT: {Status.PLEDGE, Status.RESERVED, Status.CONDITIONAL, Status.AWARDED},
    Status.PLEDGE: {Status.RESERVED, Status.CONDITIONAL, Status.AWARDED, Status.WITHDRAWN},
    Status.RESERVED: {Status.CONDITIONAL, Status.AWARDED, Status.WITHDRAWN},
    Status.CONDITIONAL: {Status.AWARDED, Status.WITHDRAWN},
    Status.AWARDED: {Status.DETERMINED, Status.WITHDRAWN},
    Status.DETERMINED: {Status.SETTLED},
    Status.SETTLED: {Status.CLOSED},
    Status.CLOSED: set(),
    Status.WITHDRAWN: set(),
}
days = st.dates(date(2021, 1, 1), date(2026, 12, 31))
changes = st.builds(
    Amendment,
    number=st.just(0),
    decided_on=days,
    amount=st.integers(-(10**9), 10**11).map(Money),
    reason=st.just("a letter"),
)


@pytest.mark.parametrize("after", list(Status))
@pytest.mark.parametrize("before", list(Status))
def test_every_pair_of_states_is_a_step_or_is_refused(before: Status, after: Status) -> None:
    if after in STEPS[before]:
        check_step(before, after)
        assert after in next_steps(before)
        return
    with pytest.raises(RuleViolation, match=r"The ladder is: pledge") as refusal:
        check_step(before, after)
    assert refusal.value.field == "status"
    assert after not in next_steps(before)


def test_the_ladder_names_no_step_that_is_not_expected_here() -> None:
    assert set(LADDER) == {(before, after) for before in STEPS for after in STEPS[before]}


def test_only_awarded_and_later_counts_as_committed() -> None:
    assert {Status.AWARDED, Status.DETERMINED, Status.SETTLED, Status.CLOSED} == COMMITTED


@given(st.lists(changes, max_size=12), days)
def test_the_amount_on_a_day_is_the_sum_of_what_was_decided_to_that_day(
    decided: list[Amendment], day: date
) -> None:
    numbered = [replace(change, number=number) for number, change in enumerate(decided)]
    amount = standing_on(numbered, day).amount
    assert amount.cents == sum(d.amount.cents for d in numbered if d.decided_on <= day)


@given(st.permutations(range(4)), days)
def test_the_order_in_which_letters_are_entered_does_not_matter(
    order: list[int], day: date
) -> None:
    decided = [
        AWARD,
        Amendment(1, date(2022, 7, 1), Money(33_000_000_00), "conditional part"),
        Amendment(2, date(2023, 1, 1), Money(0), "longer", period=Period(*LONGER)),
        Amendment(3, date(2024, 1, 1), Money(0), "higher share", share=Decimal("0.5")),
    ]
    assert standing_on([decided[at] for at in order], day) == standing_on(decided, day)


LONGER = (date(2021, 4, 9), date(2026, 12, 31))


def test_worked_number_28_the_conditional_part_counts_from_its_decision_on() -> None:
    decided = [AWARD, Amendment(1, date(2022, 7, 1), Money(33_000_000_00), "made definitive")]
    assert standing_on(decided, date(2022, 6, 30)).amount == Money(23_000_000_00)
    assert standing_on(decided, date(2022, 7, 1)).amount == Money(56_000_000_00)
    assert standing_on(decided, date(2021, 4, 8)).status is Status.DRAFT


def test_what_a_decision_leaves_out_stays_as_it_was() -> None:
    standing = standing_on([AWARD, Amendment(1, TODAY, Money(-1), "a cent less")], TODAY)
    assert (standing.period, standing.share) == (YEARS, Decimal("0.45"))
    assert standing.categories == ("personnel", "travel")
    assert standing.status is Status.AWARDED


def test_worked_number_31_nobody_confirms_what_they_entered() -> None:
    check_separate("fenna@example.org", "coen@example.org")
    with pytest.raises(NotAllowedError, match="somebody else confirms it"):
        check_separate("fenna@example.org", "fenna@example.org")


def test_a_decision_that_changes_nothing_is_refused() -> None:
    check_changes(Amendment(1, TODAY, Money(0), "x", share=Decimal(0)))
    with pytest.raises(RuleViolation, match="changes nothing"):
        check_changes(Amendment(1, TODAY, Money(0), "x"))


@given(st.integers(-100_000, 100_000))
def test_a_commitment_can_be_lowered_to_what_was_charged_and_no_further(cents: int) -> None:
    decision = Amendment(1, TODAY, Money(cents), "lower")
    if 1_000_00 + cents >= 600_00:
        check_decision(decision, AWARDED, TODAY)
        return
    with pytest.raises(RuleViolation, match=r"€ 600.00 has been charged|more than nothing"):
        check_decision(decision, AWARDED, TODAY)


@pytest.mark.parametrize(
    ("decision", "before", "field", "complaint"),
    [
        (replace(AWARD, decided_on=TODAY + timedelta(1)), NOTHING, "decided_on", "still to come"),
        (replace(AWARD, period=None), NOTHING, "first_day", "an eligible period"),
        (replace(AWARD, categories=()), NOTHING, "categories", "at least one cost category"),
        (replace(AWARD, status=None), NOTHING, "status", "begins as a pledge"),
        (replace(AWARD, amount=Money(0)), NOTHING, "amount", "more than nothing"),
        (
            Amendment(1, TODAY, Money(0), "x", status=Status.WITHDRAWN),
            AWARDED,
            "status",
            "has received € 700.00 and paid € 600.00",
        ),
        (
            Amendment(1, TODAY, Money(0), "x", status=Status.DETERMINED),
            AWARDED,
            "determined",
            "Enter the amount of the determination",
        ),
        (
            Amendment(
                1, TODAY, Money(0), "x", status=Status.DETERMINED, determined=Money(1_000_01)
            ),
            AWARDED,
            "determined",
            "from nothing to that",
        ),
        (
            Amendment(2, TODAY, Money(0), "x", status=Status.SETTLED),
            replace(AWARDED, status=Status.DETERMINED, determined=Money(900_00)),
            "status",
            "€ 200.00 is still open",
        ),
        (
            Amendment(2, TODAY, Money(1), "x"),
            replace(AWARDED, status=Status.DETERMINED),
            "amount",
            "change no more",
        ),
        (
            Amendment(1, date(2024, 1, 1), Money(0), "x", status=Status.WITHDRAWN),
            replace(AWARDED, stepped_on=date(2024, 1, 2)),
            "decided_on",
            "since 2024-01-02",
        ),
        (
            Amendment(1, TODAY, Money(0), "x", period=Period(date(2022, 1, 2), TODAY)),
            replace(AWARDED, charged_between=(date(2022, 1, 1), TODAY)),
            "first_day",
            "outside the new period",
        ),
        (
            Amendment(1, TODAY, Money(0), "x", categories=("travel",)),
            replace(AWARDED, charged_categories=frozenset({"personnel", "travel"})),
            "categories",
            "category personnel",
        ),
    ],
)
def test_a_decision_that_cannot_be_is_refused_with_the_figures(
    decision: Amendment, before: Before, field: str, complaint: str
) -> None:
    with pytest.raises(RuleViolation, match=complaint) as refusal:
        check_decision(decision, before, TODAY)
    assert refusal.value.field == field


def test_decisions_that_fit_are_let_through() -> None:
    check_decision(AWARD, NOTHING, TODAY)
    determined = Amendment(
        1, TODAY, Money(0), "x", status=Status.DETERMINED, determined=Money(900_00)
    )
    check_decision(determined, AWARDED, TODAY)
    settled = Amendment(2, TODAY, Money(0), "x", status=Status.SETTLED)
    received = Money(900_00)
    before = replace(AWARDED, status=Status.DETERMINED, determined=Money(900_00), received=received)
    check_decision(settled, before, TODAY)
