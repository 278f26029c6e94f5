"""Forecasts: what they begin with, what they come to, and which differences are to be explained."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.budgets import BudgetLine
from tracker.domain.errors import RuleViolation, StaleEditError
from tracker.domain.forecasting import Forecasting
from tracker.domain.forecasts import (
    Against,
    Beginnings,
    Forecast,
    ForecastExplanation,
    ForecastLine,
    NewForecast,
    beginnings,
    burn_rate,
    monthly,
    quarter_after,
    quarter_code,
    quarter_of,
    quarters_between,
)
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import Period, months_after
from tracker.domain.prefilling import Basis, Known, budget_left, lines_of, prefilled
from tracker.domain.variances import (
    Threshold,
    Variance,
    added_up,
    against_budget,
    against_previous,
    budgeted,
    expected,
    variances,
)

PACKAGES, CATEGORIES = ("WP1", "WP2"), ("personnel", "materials")
PLACES = tuple((package, category) for package in PACKAGES for category in CATEGORIES)
FIRST = date(2026, 1, 1)
QUARTERS = quarters_between(FIRST, date(2027, 12, 31))
A_QUARTER = Threshold(Decimal("0.25"), "Growth Fund", "Kaderbesluit, art. 37")
BEFORE = tuple(months_after(FIRST, -back) for back in range(1, 19))

places = st.sampled_from(PLACES)
amounts = st.integers(0, 10**9).map(Money)
spendings = st.dictionaries(
    st.tuples(places, st.sampled_from(BEFORE)).map(lambda found: (*found[0], found[1])),
    st.integers(-(10**6), 10**9).map(Money),
)
line_lists = st.dictionaries(st.tuples(places, st.sampled_from(QUARTERS)), amounts).map(
    lambda found: tuple(
        ForecastLine(*place, quarter, amount) for (place, quarter), amount in found.items()
    )
)


@st.composite
def budgets(draw: st.DrawFn) -> tuple[BudgetLine, ...]:
    """A budget that tells work packages apart or not, and years or not."""
    by_package, by_year = draw(st.booleans()), draw(st.booleans())
    keys = st.tuples(
        st.sampled_from(CATEGORIES),
        st.sampled_from(PACKAGES) if by_package else st.just(""),
        st.sampled_from((2024, 2025, 2026, 2027)) if by_year else st.just(0),
    )
    found = draw(st.dictionaries(keys, amounts))
    return tuple(BudgetLine(*key, amount) for key, amount in found.items())


def forecast(lines: tuple[ForecastLine, ...], number: int = 1, first: date = FIRST) -> Forecast:
    return Forecast(number, number, first, first, "officer", "first", lines)


def known(
    spent: dict[tuple[str, str, date], Money],
    budget: tuple[BudgetLine, ...] = (),
    previous: Forecast | None = None,
) -> Known:
    return Known(QUARTERS, PLACES, spent, budget, previous)


def facts(versions: tuple[Forecast, ...] = (), budget: tuple[BudgetLine, ...] = ()) -> Forecasting:
    return Forecasting(
        PACKAGES, CATEGORIES, Beginnings(FIRST, FIRST), date(2027, 12, 31), {}, budget,
        A_QUARTER, versions,
    )  # fmt: skip


# The worked numbers of the rules.


def test_a_year_at_342_of_480_thousand_is_28_75_percent_less_and_is_to_be_reported() -> None:
    year = Variance("", "", 2025, Money.euros(480_000), Money.euros(342_000))
    assert year.share == Decimal("-0.2875")
    assert year.difference == Money.euros(-138_000)
    assert year.is_above(A_QUARTER.share)


@pytest.mark.parametrize("cents", [-1, 1])
def test_exactly_a_quarter_is_not_above_a_quarter_and_a_cent_more_is(cents: int) -> None:
    budget, quarter = Money(48_000_000), Money(12_000_000)
    at_it = Variance("", "", 0, budget, budget + Money(cents * quarter.cents))
    past_it = Variance("", "", 0, budget, at_it.expected + Money(cents))
    assert not at_it.is_above(A_QUARTER.share)
    assert past_it.is_above(A_QUARTER.share)


def test_what_was_not_budgeted_at_all_is_above_any_threshold() -> None:
    assert Variance("WP1", "travel", 2026, ZERO, Money(1)).is_above(Decimal(1))
    assert Variance("WP1", "travel", 2026, ZERO, Money(1)).share is None
    assert not Variance("WP1", "travel", 2026, ZERO, ZERO).is_above(Decimal(0))


def test_the_burn_rate_of_the_rule_is_41_239_45_a_month() -> None:
    months = {months_after(FIRST, -back): Money(0) for back in range(1, 18)}
    months[months_after(FIRST, -18)] = Money.euros("742310.18")
    assert burn_rate(months, months_after(FIRST, -1), 18) == Money.euros("41239.45")
    assert burn_rate(months, months_after(FIRST, -1), 17) == ZERO
    with pytest.raises(ValueError, match="one month"):
        burn_rate(months, FIRST, 0)


# Quarters and months.


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_quarter_and_before_the_next(day: date) -> None:
    assert quarter_of(day) <= day < quarter_after(day)
    assert quarter_code(quarter_of(day)) == f"{day.year}-Q{(day.month + 2) // 3}"


@given(line_lists)
def test_months_add_up_to_quarters_and_quarters_to_the_forecast(
    lines: tuple[ForecastLine, ...],
) -> None:
    made = forecast(lines)
    months = monthly(made)
    assert Money.total(months.values()) == made.total
    by_quarter: dict[tuple[str, str, date], Money] = {}
    for (package, category, month), amount in months.items():
        key = package, category, quarter_of(month)
        by_quarter[key] = by_quarter.get(key, ZERO) + amount
    assert by_quarter == {(x.work_package, x.category, x.quarter): x.amount for x in lines}


# With which quarter a forecast begins.

PROJECT = Period(date(2023, 1, 1), date(2027, 12, 31))
JANUARY = date(2026, 1, 15)


def closed_until(*last_days: date) -> list[Period]:
    return [Period(date(day.year, 1, 1), day) for day in last_days]


def test_it_begins_after_the_last_closed_period() -> None:
    found = beginnings(
        closed_until(date(2025, 9, 30)), date(2025, 11, 1), PROJECT, date(2025, 11, 8)
    )
    assert found == Beginnings(date(2025, 10, 1), date(2025, 10, 1))


def test_a_period_that_ends_within_a_quarter_leaves_that_quarter_to_the_books() -> None:
    found = beginnings(
        closed_until(date(2025, 10, 31)), date(2025, 11, 1), PROJECT, date(2025, 12, 8)
    )
    assert found.usual == date(2026, 1, 1)


def test_without_periods_it_begins_after_the_last_month_with_costs() -> None:
    assert beginnings([], date(2025, 12, 1), PROJECT, JANUARY).usual == date(2026, 1, 1)
    assert beginnings([], date(2025, 5, 1), PROJECT, JANUARY).usual == date(2025, 7, 1)
    assert beginnings([], None, PROJECT, JANUARY).usual == date(2023, 1, 1)


def test_the_rest_of_the_quarter_of_today_is_still_forecast_though_it_has_costs() -> None:
    found = beginnings([], date(2025, 11, 1), PROJECT, date(2025, 11, 8))
    assert found.usual == date(2025, 10, 1)


def test_where_the_books_run_on_past_the_closed_periods_one_may_choose() -> None:
    found = beginnings(closed_until(date(2025, 3, 31)), date(2025, 12, 1), PROJECT, JANUARY)
    assert [quarter_code(day) for day in found.choices] == [
        "2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2",
    ]  # fmt: skip
    found.check(date(2025, 4, 1))
    for refused in (date(2025, 1, 1), date(2026, 4, 1), date(2025, 5, 1)):
        with pytest.raises(RuleViolation):
            found.check(refused)


# What a forecast begins with.


@given(spendings, budgets())
def test_begun_with_the_budget_it_adds_up_to_exactly_what_is_left(
    spent: dict[tuple[str, str, date], Money], budget: tuple[BudgetLine, ...]
) -> None:
    facts = known(spent, budget)
    made = lines_of(prefilled(Basis.BUDGET_LEFT, facts))
    left = ZERO  # by arithmetic of its own
    for line in budget:
        if line.year and line.year < FIRST.year:
            continue
        used = Money.total(
            amount
            for (package, category, month), amount in spent.items()
            if category == line.category
            and line.work_package in ("", package)
            and line.year in (0, month.year)
        )
        left += max(ZERO, line.amount - used)
    assert Money.total(line.amount for line in made) == left == budget_left(facts)
    assert all(line.amount >= ZERO for line in made)


def test_a_budget_by_year_falls_in_the_quarters_of_its_year() -> None:
    budget = (
        BudgetLine("personnel", "WP1", 2026, Money(10)),
        BudgetLine("personnel", "WP1", 2025, Money(9)),
    )
    rows = prefilled(Basis.BUDGET_LEFT, known({}, budget))
    row = next(row for row in rows if (row.work_package, row.category) == ("WP1", "personnel"))
    assert [amount.cents for _, amount in row.amounts] == [3, 3, 2, 2]
    assert {quarter.year for quarter, _ in row.amounts} == {2026}
    assert str(row.comes_from) == "Budget € 0.10, spent € 0.00"


def test_a_budget_of_a_category_is_divided_as_the_work_packages_spent() -> None:
    spent = {
        ("WP1", "personnel", BEFORE[0]): Money(300),
        ("WP2", "personnel", BEFORE[0]): Money(100),
    }
    rows = prefilled(
        Basis.BUDGET_LEFT, known(spent, (BudgetLine("personnel", "", 0, Money(1200)),))
    )
    totals = {(row.work_package, row.category): row.total for row in rows}
    assert totals["WP1", "personnel"] == Money(600)
    assert totals["WP2", "personnel"] == Money(200)


def test_the_pace_is_that_of_the_last_four_quarters() -> None:
    spent = {("WP1", "personnel", months_after(FIRST, -back)): Money(100) for back in range(1, 19)}
    rows = prefilled(Basis.BURN_RATE, known(spent))
    assert {amount for row in rows for _, amount in row.amounts} == {Money(300)}
    assert [len(row.amounts) for row in rows] == [len(QUARTERS), 0, 0, 0]
    assert str(rows[0].comes_from) == "€ 12.00 in 4 quarters to 2025-Q4"


def test_of_a_young_project_the_pace_is_that_of_the_quarters_there_were() -> None:
    spent = {("WP1", "personnel", months_after(FIRST, -2)): Money(100)}
    assert prefilled(Basis.BURN_RATE, known(spent))[0].amounts[0] == (FIRST, Money(100))


@given(line_lists, spendings)
def test_begun_with_the_version_before_it_says_the_same(
    lines: tuple[ForecastLine, ...], spent: dict[tuple[str, str, date], Money]
) -> None:
    previous = forecast(lines)
    again = lines_of(prefilled(Basis.PREVIOUS, known(spent, (), previous)))
    assert set(again) == set(lines)
    now, then = (expected(spent, FIRST, found) for found in (again, lines))
    assert against_previous(now, then, A_QUARTER, 2026).differing == ()


# Variances.


@given(spendings, line_lists, budgets())
def test_the_rows_of_a_variance_add_up_to_the_whole_of_it(
    spent: dict[tuple[str, str, date], Money],
    lines: tuple[ForecastLine, ...],
    budget: tuple[BudgetLine, ...],
) -> None:
    now = expected(spent, FIRST, lines)
    found = against_budget(now, budget, A_QUARTER, 2026)
    if found is None:
        assert budget == ()
        return
    whole = Money.total([*spent.values(), *(line.amount for line in lines)])
    planned = Money.total(line.amount for line in budget)
    assert found.total.difference == whole - planned
    assert Money.total(row.difference for row in found.differing) == whole - planned
    assert found.hidden + len(found.differing) == len(found.rows)
    earlier = found.earlier.difference if found.earlier else ZERO
    assert Money.total(row.difference for row in found.shown) + earlier == whole - planned


@given(spendings, line_lists)
def test_amounts_are_compared_by_what_they_are_of_and_not_by_their_place(
    spent: dict[tuple[str, str, date], Money], lines: tuple[ForecastLine, ...]
) -> None:
    now = expected(spent, FIRST, lines)
    turned = dict(reversed(now.items()))
    assert not any(row.difference for row in variances(now, turned))
    for key in now:
        without = {other: amount for other, amount in now.items() if other != key}
        (row,) = (row for row in variances(now, without) if row.difference or row.key == key)
        assert (row.key, row.difference, row.before) == (key, now[key], ZERO)


def test_a_year_is_what_was_spent_in_it_and_what_is_forecast_for_it() -> None:
    lines = (ForecastLine("WP1", "personnel", date(2025, 10, 1), Money(7)),)
    spent = {("WP1", "personnel", date(2025, month, 1)): Money(1) for month in range(1, 13)}
    assert expected(spent, date(2025, 10, 1), lines) == {("WP1", "personnel", 2025): Money(16)}


def test_what_is_added_up_keeps_the_sum() -> None:
    found = {("WP1", "personnel", 2025): Money(1), ("WP2", "personnel", 2025): Money(2)}
    assert added_up(found, categories=True) == {("", "personnel", 0): Money(3)}
    assert added_up(found) == {("", "", 0): Money(3)}
    assert budgeted((BudgetLine("personnel", "WP1", 2025, Money(4)),)) == {
        ("WP1", "personnel", 2025): Money(4)
    }


# Explanations.

BUDGET = (
    BudgetLine("personnel", "WP1", 2026, Money(100)),
    BudgetLine("materials", "WP1", 2026, Money(100)),
    BudgetLine("personnel", "WP1", 2025, Money(100)),
)
TWICE = (
    ForecastLine("WP1", "personnel", FIRST, Money(200)),
    ForecastLine("WP1", "materials", FIRST, Money(200)),
)


def explained(*said: tuple[str, str, int]) -> NewForecast:
    why = tuple(ForecastExplanation(Against.BUDGET, *place, "because") for place in said)
    return NewForecast(FIRST, "first", TWICE, why, 0)


def test_every_row_above_the_threshold_is_asked_but_not_of_the_years_before() -> None:
    (found,) = facts(budget=BUDGET).comparisons(FIRST, TWICE, None)
    assert [row.key for row in found.asked] == [
        ("WP1", "materials", 2026),
        ("WP1", "personnel", 2026),
    ]
    assert found.earlier == Variance("", "", 0, Money(100), ZERO)


@pytest.mark.parametrize(
    "said",
    [
        (("WP1", "materials", 2026), ("WP1", "personnel", 2026)),
        (("WP1", "", 2026),),
        (("", "", 2026),),
        (("", "materials", 2026), ("", "personnel", 2026)),
    ],
)
def test_a_row_is_explained_by_its_own_words_or_those_for_more(
    said: tuple[tuple[str, str, int], ...],
) -> None:
    facts(budget=BUDGET).check(explained(*said))


@pytest.mark.parametrize(
    "said", [(), (("WP1", "personnel", 2026),), (("WP2", "", 2026),), (("WP1", "", 2025),)]
)
def test_what_is_not_explained_is_refused_at_its_field_with_the_figures(
    said: tuple[tuple[str, str, int], ...],
) -> None:
    with pytest.raises(RuleViolation, match=r"€ 2\.00 is expected where € 1\.00 was") as refused:
        facts(budget=BUDGET).check(explained(*said))
    assert refused.value.field == "why_budget.WP1.materials.2026"


def test_what_the_version_before_said_is_explained_apart_from_the_budget() -> None:
    half = tuple(ForecastLine(x.work_package, x.category, x.quarter, Money(100)) for x in TWICE)
    now = facts((forecast(half),), BUDGET)
    with pytest.raises(RuleViolation) as refused:
        now.check(NewForecast(FIRST, "x", TWICE, explained(("", "", 2026)).explanations, 1))
    assert refused.value.field == "why_previous.WP1.materials.2026"


def test_a_version_built_on_an_older_one_is_refused_with_who_was_first() -> None:
    with pytest.raises(StaleEditError, match="officer made version 1"):
        facts((forecast(TWICE),)).check(explained())


@pytest.mark.parametrize(
    ("lines", "reason", "field"),
    [
        ((), "first", "total"),
        (TWICE, " ", "reason"),
        ((ForecastLine("WP9", "personnel", FIRST, Money(1)),), "first", ""),
        ((ForecastLine("WP1", "personnel", date(2026, 2, 1), Money(1)),), "first", ""),
        (
            (ForecastLine("WP1", "personnel", FIRST, Money(-1)),),
            "first",
            "amount_WP1.personnel.2026-Q1",
        ),
    ],
)
def test_what_cannot_be_a_forecast_is_refused(
    lines: tuple[ForecastLine, ...], reason: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        facts().check(NewForecast(FIRST, reason, lines, (), 0))
    assert refused.value.field == field


@given(st.lists(st.tuples(st.integers(800, 1_200), st.integers(0, 4)), max_size=6))
def test_versions_are_numbered_in_the_order_in_which_they_were_made(
    steps: list[tuple[int, int]],
) -> None:
    made: list[Forecast] = []
    why = (ForecastExplanation(Against.PREVIOUS, "", "", 2026, "because"),)
    for cents, based_on in steps:
        lines = (ForecastLine("WP1", "personnel", FIRST, Money(cents)),)
        new = NewForecast(FIRST, "again", lines, why, based_on)
        if based_on != len(made):
            with pytest.raises(StaleEditError) as told:
                facts(tuple(reversed(made))).check(new)
            assert told.value.version == len(made)
        else:
            facts(tuple(reversed(made))).check(new)
            made.append(forecast(lines, len(made) + 1))
    assert [each.number for each in made] == list(range(1, len(made) + 1))


def test_the_example_of_the_document_is_what_the_rule_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "forecasts.md").read_text("utf-8")
    lines = page.partition("## An example")[2].partition("##")[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")][2:]
    above = []
    for name, *figures, share in rows:
        budget, before, coming, told, difference = (
            Money.euros(figure.strip().replace(",", "")) for figure in figures
        )
        line = ForecastLine("WP1", "personnel", date(2025, 10, 1), coming)
        spent = {("WP1", "personnel", date(2025, 9, 1)): before}
        (year,) = variances(
            expected(spent, date(2025, 10, 1), (line,)), {("WP1", "personnel", 2025): budget}
        )
        assert (year.expected, year.difference) == (told, difference)
        assert year.share is not None
        assert f"{year.share:.2%}" == share.strip()
        above.append((name.strip(), year.is_above(A_QUARTER.share)))
    assert above == [("less", True), ("at the threshold", False), ("more", True)]
