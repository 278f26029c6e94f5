"""The five figures of the overview are sums over projects, each with the year behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.commitments import Commitment, Form, Status, funding_totals
from tracker.domain.headlines import (
    Dated,
    Headline,
    Measure,
    Past,
    Step,
    committed_on,
    days_of_year,
    headlines_of,
    together,
)
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import Period

TODAY = date(2026, 1, 15)
AMOUNTS = st.integers(-(10**12), 10**12).map(Money)
DAYS = st.dates(date(2023, 1, 1), date(2026, 1, 15))


def commitment(key: int = 1, amount: int = 100_000_00, **others: object) -> Commitment:
    return replace(
        Commitment(
            id=key,
            code=f"C-{key}",
            funder_id=1,
            funder="Province South Holland",
            programme="Campus",
            reference="R",
            status=Status.AWARDED,
            form=Form.CASH,
            decided_on=date(2024, 1, 1),
            period=Period(date(2024, 1, 1), date(2026, 2, 25)),
            award=Money(amount),
            amount=Money(amount),
            received=Money(amount // 2),
            charged=Money(amount // 4),
            project_id=1,
        ),
        **others,  # type: ignore[arg-type]
    )


def test_a_year_is_twelve_ends_of_months_and_today() -> None:
    days = days_of_year(TODAY)
    assert len(days) == 13
    assert days[0] == date(2025, 1, 31)
    assert days[1] == date(2025, 2, 28)
    assert days[-2:] == (date(2025, 12, 31), TODAY)
    assert days_of_year(date(2026, 1, 31))[-2:] == (date(2025, 12, 31), date(2026, 1, 31))


def test_an_amendment_counts_as_committed_from_the_day_of_its_decision() -> None:
    steps = [
        Step(1, date(2025, 3, 1), 0, Money(100), Status.AWARDED),
        Step(1, date(2025, 6, 15), 1, Money(50), None),
        Step(2, date(2025, 4, 1), 0, Money(900), Status.CONDITIONAL),
        Step(2, date(2025, 9, 1), 1, ZERO, Status.AWARDED),
    ]
    expected = {
        date(2025, 2, 28): 0,
        date(2025, 4, 30): 100,
        date(2025, 6, 15): 150,
        date(2025, 8, 31): 150,
        date(2025, 9, 1): 1050,
    }
    assert {day: committed_on(steps, day).cents for day in expected} == expected


def test_the_five_figures_are_worked_out_for_each_end_of_a_month() -> None:
    past = Past(
        steps=(Step(1, date(2024, 1, 1), 0, Money(100_000_00), Status.AWARDED),),
        received=(Dated(date(2025, 7, 10), Money(20_000_00)),),
        charged=(
            Dated(date(2025, 2, 1), Money(5_000_00)),
            Dated(date(2025, 12, 1), Money(1_000_00)),
        ),
        plans=(
            Dated(date(2025, 5, 20), Money(150_000_00)),
            Dated(date(2026, 1, 2), Money(130_000_00)),
        ),
    )
    risks = [Money(at) for at in range(13)]
    now = funding_totals([commitment()])
    found = {h.measure: h for h in headlines_of(now, past, risks, TODAY)}
    received, charged, gap = (found[m] for m in (Measure.RECEIVED, Measure.CHARGED, Measure.GAP))
    assert [a.cents for a in received.amounts] == [30_000_00] * 6 + [50_000_00] * 7
    assert [a.cents for a in charged.amounts] == [
        *([19_000_00] * 1),
        *([24_000_00] * 10),
        *([25_000_00] * 2),
    ]
    assert gap.months[0] == date(2025, 5, 31)
    assert [a.cents for a in gap.amounts] == [50_000_00] * 8 + [30_000_00]
    assert found[Measure.AT_RISK].amount == Money(12)
    assert found[Measure.COMMITTED].change == ZERO
    assert received.change == Money(20_000_00)


def test_without_a_plan_no_gap_is_known() -> None:
    gap = headlines_of(funding_totals([commitment()]), Past(), [ZERO] * 13, TODAY)[-1]
    assert gap.measure is Measure.GAP
    assert gap.amount is None
    assert gap.amounts == ()


@given(
    st.lists(st.tuples(DAYS, AMOUNTS), max_size=20),
    st.lists(st.tuples(DAYS, AMOUNTS), max_size=5),
    AMOUNTS,
)
def test_the_last_of_a_year_is_the_figure_as_it_is_now(
    charged: list[tuple[date, Money]], plans: list[tuple[date, Money]], risk: Money
) -> None:
    past = Past(
        charged=tuple(Dated(*each) for each in charged),
        plans=tuple(Dated(*each) for each in sorted(plans, key=lambda plan: plan[0])),
    )
    now = funding_totals([commitment()])
    for headline in headlines_of(now, past, [risk] * 13, TODAY):
        assert (headline.amount is None) == (not headline.amounts)
        if headline.amounts:
            assert headline.amounts[-1] == headline.amount
            assert headline.months[-1] == TODAY
            assert headline.amounts[0] + headline.change == headline.amount


@st.composite
def headlines(draw: st.DrawFn) -> Headline:
    known = draw(st.integers(0, 13))
    months = days_of_year(TODAY)[13 - known :]
    amounts = tuple(draw(AMOUNTS) for _ in months)
    return Headline(Measure.GAP, amounts[-1] if amounts else None, months, amounts)


@given(st.lists(headlines(), min_size=1, max_size=6))
def test_a_figure_over_all_is_the_sum_of_the_projects(found: list[Headline]) -> None:
    over_all = together(found)
    known = [each.amount for each in found if each.amount is not None]
    assert over_all.amount == (Money.total(known) if known else None)
    for month, amount in zip(over_all.months, over_all.amounts, strict=True):
        parts = [dict(zip(each.months, each.amounts, strict=True)).get(month) for each in found]
        assert amount == Money.total(part for part in parts if part is not None)
    if over_all.amounts:
        assert over_all.amounts[-1] == over_all.amount
