"""Money at risk: each euro once, never more than it is part of, and nothing for what is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.milestones import Milestone, MilestoneStatus
from tracker.domain.money import ZERO, Money
from tracker.domain.risk import (
    Fund,
    Paying,
    Risk,
    RiskKind,
    Waiting,
    at_risk,
    reason_of,
    risks,
)

TODAY = date(2026, 1, 15)
END = date(2026, 12, 31)
SCHEDULED, NOT_MET, MET = MilestoneStatus.SCHEDULED, MilestoneStatus.NOT_MET, MilestoneStatus.MET


def milestone(number: int, day: date, status: MilestoneStatus = SCHEDULED) -> Milestone:
    met_on = TODAY if status is MET else None
    return Milestone(
        f"M{number}", "Title", "WP1", 1, day, (), met_on, id=number, project_id=1, status=status
    )


def fund(key: int, left: int, outstanding: int, after: int = 0) -> Fund:
    money = (Money(left), Money(outstanding), Money(after))
    return Fund(key, f"C-{key}", 1, END, *money)


def euros(amount: int) -> Money:
    return Money(amount * 100)


@pytest.mark.parametrize(
    ("day", "due_on", "status", "is_held"),
    [
        (date(2026, 2, 1), date(2026, 3, 1), SCHEDULED, False),
        (date(2026, 4, 1), date(2026, 3, 1), SCHEDULED, True),  # moved past its due date
        (date(2026, 1, 14), date(2026, 3, 1), SCHEDULED, True),  # late today
        (TODAY, date(2026, 3, 1), SCHEDULED, False),  # due today is not late
        (date(2026, 2, 1), date(2026, 3, 1), NOT_MET, True),
        (date(2026, 4, 1), date(2026, 3, 1), MET, False),
    ],
)
def test_an_instalment_is_held_back_by_a_milestone_that_is_late_or_past_its_due_date(
    day: date, due_on: date, status: MilestoneStatus, *, is_held: bool
) -> None:
    waiting = [Waiting(1, 1, due_on, euros(300))]
    one = milestone(1, day, status)
    found = risks([one], {1: fund(1, 100_000, 90_000)}, waiting, [], TODAY)
    assert at_risk(found) == (euros(300) if is_held else ZERO)
    assert [risk.kind for risk in found] == ([RiskKind.HELD_BACK] if is_held else [])


def test_what_a_commitment_pays_for_a_milestone_after_its_end_is_at_risk_as_far_as_it_is_left() -> (
    None
):
    later, funds = milestone(1, END + timedelta(1)), {1: fund(1, 40_000, 0)}
    (found,) = risks([later], funds, [], [Paying(1, 1, euros(500))], TODAY)
    assert (found.kind, found.amount, found.counts) == (RiskKind.ENDS_FIRST, euros(400), euros(400))
    assert str(reason_of(found)) == (
        "C-1 ends on 2026-12-31, before M1 on 2027-01-01: € 400.00 planned for it cannot be spent"
        " in time."
    )
    assert risks([milestone(1, END)], funds, [], [Paying(1, 1, euros(500))], TODAY) == ()


def test_what_was_to_be_paid_for_a_milestone_that_was_given_up_cannot_be_spent() -> None:
    given_up, funds = milestone(1, date(2026, 6, 1), NOT_MET), {1: fund(1, 90_000, 0)}
    (found,) = risks([given_up], funds, [], [Paying(1, 1, euros(500))], TODAY)
    assert (found.kind, found.counts) == (RiskKind.UNSPENDABLE, euros(500))


def test_a_budget_for_the_years_after_the_end_is_at_risk_but_not_twice() -> None:
    later, funds = milestone(1, date(2027, 6, 1)), {1: fund(1, 90_000, 0, after=70_000)}
    found = risks([later], funds, [], [Paying(1, 1, euros(500))], TODAY)
    assert [(risk.kind, risk.milestone, risk.counts) for risk in found] == [
        (RiskKind.ENDS_FIRST, "M1", euros(500)),
        (RiskKind.UNSPENDABLE, "", euros(200)),
    ]
    assert at_risk(found) == euros(700)


def test_what_a_milestone_holds_back_and_what_cannot_be_spent_on_it_is_the_same_money() -> None:
    later, funds = milestone(1, date(2027, 6, 1)), {1: fund(1, 90_000, 90_000)}
    waiting = [Waiting(1, 1, date(2026, 6, 1), euros(300))]
    found = risks([later], funds, waiting, [Paying(1, 1, euros(500))], TODAY)
    assert [(risk.amount, risk.counts) for risk in found] == [
        (euros(300), euros(300)),
        (euros(500), euros(200)),
    ]
    assert at_risk(found) == euros(500)


def test_without_milestones_nothing_is_at_risk() -> None:
    funds = {1: fund(1, 90_000, 90_000)}
    assert risks([], funds, [Waiting(1, 1, TODAY, euros(1))], [Paying(1, 1, euros(1))], TODAY) == ()
    assert at_risk(()) == ZERO


def test_a_commitment_that_does_not_bind_is_not_looked_at() -> None:
    late = milestone(1, date(2025, 12, 1))
    assert risks([late], {}, [Waiting(1, 9, TODAY, euros(1))], [], TODAY) == ()


days = st.integers(-500, 900).map(lambda n: TODAY + timedelta(n))
cents = st.integers(0, 10**9)
statuses = st.sampled_from([SCHEDULED, MilestoneStatus.PARTLY_MET, NOT_MET, MET])
milestones = st.lists(st.tuples(days, statuses), max_size=6).map(
    lambda found: [milestone(at, *one) for at, one in enumerate(found, 1)]
)


@st.composite
def projects(
    draw: st.DrawFn,
) -> tuple[list[Milestone], dict[int, Fund], list[Waiting], list[Paying]]:
    """Milestones, commitments, instalments of which none is more than outstanding, and plans."""
    found = draw(milestones)
    waiting, funds = [], {}
    for key in range(1, draw(st.integers(0, 3)) + 1):
        parts = draw(st.lists(st.tuples(st.integers(1, 7), days, cents), max_size=4))
        waiting += [Waiting(at, key, day, Money(amount)) for at, day, amount in parts]
        outstanding = sum(amount for *_, amount in parts) + draw(cents)
        funds[key] = fund(key, draw(cents), outstanding, draw(cents))
    plans = st.builds(Paying, st.integers(1, 7), st.integers(1, 4), cents.map(Money))
    return found, funds, waiting, draw(st.lists(plans, max_size=8))


@given(projects())
def test_risk_is_never_more_than_what_it_is_a_part_of(
    made: tuple[list[Milestone], dict[int, Fund], list[Waiting], list[Paying]],
) -> None:
    found = risks(*made, TODAY)
    for key, one in made[1].items():
        own = [risk for risk in found if risk.commitment_id == key]
        assert at_risk(own) <= max(one.left, one.outstanding)
        held = [risk for risk in own if risk.kind is RiskKind.HELD_BACK]
        assert at_risk(held) <= one.outstanding
        assert at_risk([risk for risk in own if risk not in held]) <= one.left
    assert all(ZERO <= risk.counts <= risk.amount for risk in found)


@given(projects())
def test_what_is_met_is_not_at_risk(
    made: tuple[list[Milestone], dict[int, Fund], list[Waiting], list[Paying]],
) -> None:
    met = {one.code for one in made[0] if one.met_on}
    assert not [risk for risk in risks(*made, TODAY) if risk.milestone in met]


def _of(found: tuple[Risk, ...], code: str) -> Money:
    return at_risk(risk for risk in found if risk.milestone == code)


@given(projects(), st.integers(0, 5), st.integers(0, 800))
def test_a_later_date_never_lowers_the_risk_of_a_milestone_nor_of_the_whole(
    made: tuple[list[Milestone], dict[int, Fund], list[Waiting], list[Paying]],
    at: int,
    later: int,
) -> None:
    found, funds, waiting, paying = made
    if at >= len(found) or found[at].current < TODAY:  # what is late today may become timely
        return
    moved = list(found)
    moved[at] = replace(found[at], baseline=found[at].baseline + timedelta(later))
    before = risks(found, funds, waiting, paying, TODAY)
    after = risks(moved, funds, waiting, paying, TODAY)
    assert _of(before, found[at].code) <= _of(after, found[at].code)
    assert at_risk(before) <= at_risk(after)
