"""Scenarios suppose, beside the outlook as it is; none of them brings money out of nothing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.outlooks import DAYS, TODAY, any_facts, commitment, facts, forecast, funding
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.outlook import Awaited, OutlookFacts, outlook
from tracker.domain.periods import Period
from tracker.domain.scenarios import (
    Beside,
    Change,
    ChangeKind,
    NewScenario,
    cash_over,
    check_scenario,
)
from tracker.domain.supposing import misfits, supposing

MOVE, DROP = ChangeKind.MOVE_MILESTONE, ChangeKind.DROP_COMMITMENT
ADD, PACE = ChangeKind.ADD_COMMITMENT, ChangeKind.PACE
JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


def project() -> OutlookFacts:
    """A commitment of 10,000.00 that pays for all, with one instalment behind a milestone."""
    waits = Awaited(1, Money(500_000), date(2026, 3, 1), "M1", date(2026, 7, 20))
    lines = [("WP1", "personnel", date(2026, q, 1), 300_000) for q in (4, 7, 10)]
    of = funding(commitment(), (waits,))
    return facts(of, forecast=forecast(*lines), milestones={"M1": date(2026, 7, 20)})


@given(any_facts())
def test_a_scenario_without_changes_is_the_outlook_as_it_is(one: OutlookFacts) -> None:
    assert outlook(supposing(one, ())) == outlook(one)


def test_a_scenario_with_a_change_is_another_outlook() -> None:
    for change in (
        Change(MOVE, "M1", first_day=OCTOBER),
        Change(DROP, "A", first_day=JULY),
        Change(PACE, "", share=Decimal("0.5")),
        Change(PACE, "WP1", share=Decimal("1.2")),
    ):
        assert outlook(supposing(project(), (change,))) != outlook(project())


@given(any_facts(), st.sampled_from(["M1", "M2"]), st.integers(0, 900))
def test_moving_a_milestone_later_never_brings_money_earlier(
    one: OutlookFacts, code: str, days: int
) -> None:
    later = one.milestones[code] + timedelta(days)
    now, then = outlook(one), outlook(supposing(one, (Change(MOVE, code, first_day=later),)))
    months = [*now.months, *(month for month in then.months if month not in now.months)]
    came, would = 0, 0
    for month in months:
        came += dict(zip(now.months, now.receipts, strict=True)).get(month, Money(0)).cents
        would += dict(zip(then.months, then.receipts, strict=True)).get(month, Money(0)).cents
        assert would <= came
    assert would == came


def test_an_instalment_follows_its_milestone() -> None:
    then = outlook(supposing(project(), (Change(MOVE, "M1", first_day=OCTOBER),)))

    assert then.receipts[then.months.index(OCTOBER)] == Money(500_000)
    assert then.receipts[then.months.index(JULY)] == Money(0)


def test_a_dropped_commitment_pays_nothing_more_and_is_settled() -> None:
    beside = Beside(
        outlook(project()), outlook(supposing(project(), (Change(DROP, "A", first_day=JULY),)))
    )
    (dropped,) = beside.as_supposed.by_commitment

    assert dropped.going_out == Money(300_000)  # the second quarter only
    assert dropped.coming_in == Money(300_000)  # its share, and not the instalment of July
    assert dropped.lapse is None
    assert [one.commitment for one in beside.disappearing] == ["A"]
    assert Money.total(beside.as_supposed.uncovered) == Money(600_000)


def test_one_that_is_dropped_before_it_begins_pays_nothing() -> None:
    change = Change(DROP, "A", first_day=date(2024, 1, 1))
    (dropped,) = outlook(supposing(project(), (change,))).by_commitment

    assert (dropped.going_out, dropped.coming_in) == (Money(0), Money(0))


def test_an_added_commitment_pays_its_share_of_what_nobody_else_pays() -> None:
    lacking = replace(project(), rules=())
    change = Change(ADD, "NEW", Money(400_000), Decimal("0.5"), JULY, date(2026, 12, 31))
    then = outlook(supposing(lacking, (change,)))
    added = then.by_commitment[-1]

    assert added.going_out == Money(300_000)  # half of the third and the fourth quarter
    assert added.coming_in == Money(300_000)  # 400,000 month by month, 100,000 repaid
    assert added.received[then.months.index(JULY)] == Money(66_667)
    assert Money.total(then.uncovered) == Money(600_000)


def test_an_added_commitment_without_days_lasts_as_long_as_money_is_spent() -> None:
    spring = forecast(("WP1", "personnel", date(2028, 4, 1), 300_000))
    lacking = replace(project(), rules=(), forecast=spring)
    assert lacking.period.last_day < date(2028, 4, 1)
    added = outlook(supposing(lacking, (Change(ADD, "NEW", Money(400_000)),))).by_commitment[-1]

    assert added.commitment.period == Period(TODAY, date(2028, 6, 30))
    assert added.going_out == Money(300_000)


@given(any_facts(), st.integers(0, 5_000_000), st.integers(0, 100), DAYS)
def test_an_added_commitment_never_pays_more_than_it_has(
    one: OutlookFacts, cents: int, percent: int, day: date
) -> None:
    assume(day >= TODAY)
    share = Decimal(percent).scaleb(-2)
    change = Change(ADD, "NEW", Money(cents), share, date(2025, 1, 1), day)
    now, then = outlook(one), outlook(supposing(one, (change,)))
    added = then.by_commitment[-1]

    assert 0 <= added.going_out.cents <= cents
    assert Money.total(now.uncovered) - Money.total(then.uncovered) == added.going_out
    assert then.by_commitment[:-1] == () or added.commitment.code == "NEW"


def test_a_pace_holds_for_its_work_package_from_its_month_on() -> None:
    change = Change(PACE, "WP1", share=Decimal("1.1"), first_day=date(2026, 7, 31))
    then = outlook(supposing(project(), (change,)))

    spent = dict(zip(then.months, then.spending, strict=True))
    assert spent[date(2026, 6, 1)] == Money(100_000)
    assert spent[JULY] == Money(110_000)
    other = Change(PACE, "WP2", share=Decimal("1.1"))
    assert outlook(supposing(project(), (other,))) == outlook(project())


def test_what_does_not_fit_any_more_is_said_and_left_out() -> None:
    changes = (
        Change(MOVE, "M9", first_day=JULY),
        Change(DROP, "GONE", first_day=JULY),
        Change(ADD, "A", Money(1), first_day=JULY, last_day=OCTOBER),
        Change(ADD, "OLD", Money(1), first_day=date(2024, 1, 1), last_day=date(2025, 1, 1)),
        Change(PACE, "WP9", share=Decimal(2)),
    )

    assert outlook(supposing(project(), changes)) == outlook(project())
    said = misfits(project(), changes)
    assert [sentence.facts["code"] for sentence in said] == ["M9", "GONE", "A", "OLD", "WP9"]
    assert misfits(project(), (Change(MOVE, "M1", first_day=JULY),)) == ()


def test_lapses_that_appear_are_told() -> None:
    slower = (Change(PACE, "", share=Decimal(0)),)
    full = replace(project(), funding=(funding(commitment(amount=Money(900_000))),), milestones={})
    beside = Beside(outlook(full), outlook(supposing(full, slower)))

    assert beside.as_is.lapses == ()
    assert [(one.commitment, one.amount) for one in beside.appearing] == [("A", Money(900_000))]
    assert Beside(beside.as_supposed, beside.as_is).disappearing == beside.appearing


def test_cash_is_told_over_the_months_of_another_outlook() -> None:
    made = outlook(project())
    before, after = date(2024, 12, 1), date(2031, 1, 1)

    assert cash_over(made, (before, made.months[0], after)) == (
        Money(0),
        made.cash[0],
        made.cash[-1],
    )


@pytest.mark.parametrize(
    ("new", "names", "field"),
    [
        (NewScenario(" ", "", (Change(PACE),)), [], "name"),
        (NewScenario("Late", "", (Change(PACE),)), ["late"], "name"),
        (NewScenario("Late", "", ()), [], ""),
        (NewScenario("Late", "", (Change(ADD, "X"),)), [], ""),
        (NewScenario("Late", "", (Change(ADD, "X", Money(1), None, OCTOBER, JULY),)), [], ""),
    ],
)
def test_a_scenario_has_a_name_of_its_own_and_supposes_what_can_be(
    new: NewScenario, names: list[str], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_scenario(new, names)
    assert refused.value.field == field
    check_scenario(NewScenario("Late", "", (Change(PACE),)), ["Early"])
