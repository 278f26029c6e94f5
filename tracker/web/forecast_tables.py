"""Forecasts laid out as tables: spent, expected and budgeted side by side, and by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from reports.charts import Bullet, Bullets
from tracker.domain.budgets import Detail, detail_of
from tracker.domain.forecasts import quarters_between
from tracker.domain.money import ZERO, Money
from tracker.domain.variances import Variance, added_up, budgeted, expected
from tracker.web.language import translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tracker.domain.forecasting import Forecasting
    from tracker.domain.forecasts import Forecast, ForecastLine
    from tracker.domain.variances import Key


@dataclass(frozen=True, slots=True)
class OutlayRow:
    """What was spent, what is forecast, and what was budgeted; no budget where none is told."""

    key: Key
    spent: Money
    forecast: Money
    budget: Money | None

    @property
    def expected(self) -> Money:
        """Spent and forecast together."""
        return self.spent + self.forecast

    @property
    def variance(self) -> Variance | None:
        """What is expected beside the budget."""
        return None if self.budget is None else Variance(*self.key, self.budget, self.expected)


@dataclass(frozen=True, slots=True)
class OutlayTable:
    """Rows that are told apart by one thing, and all of them together."""

    rows: tuple[OutlayRow, ...]
    total: OutlayRow


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """What is forecast for a work package, a category or both, by quarter."""

    work_package: str
    category: str
    amounts: tuple[Money, ...]

    @property
    def total(self) -> Money:
        """All quarters."""
        return Money.total(self.amounts)


@dataclass(frozen=True, slots=True)
class QuarterTable:
    """What a version forecasts by quarter: a row for each work package, category or both."""

    quarters: tuple[date, ...]
    rows: tuple[QuarterRow, ...]
    totals: tuple[Money, ...]

    @property
    def total(self) -> Money:
        """All quarters."""
        return Money.total(self.totals)


def outlay(
    facts: Forecasting,
    forecast: Forecast,
    *,
    packages: bool = False,
    categories: bool = False,
    years: bool = False,
) -> OutlayTable:
    """Set what was spent, is forecast and was budgeted side by side, by one thing."""
    told = {"packages": packages, "categories": categories, "years": years}
    spent = added_up(expected(facts.spent, forecast.first_day, ()), **told)
    coming = added_up(expected({}, forecast.first_day, forecast.lines), **told)
    detail = detail_of(facts.budget)
    tells = facts.budget and (
        (not packages or detail in (Detail.WORK_PACKAGE, Detail.BOTH))
        and (not years or detail in (Detail.YEAR, Detail.BOTH))
    )
    budget = added_up(budgeted(facts.budget), **told) if tells else {}
    keys = sorted({*spent, *coming, *budget}, key=lambda key: _place(facts, key))
    rows = tuple(
        OutlayRow(
            key,
            spent.get(key, ZERO),
            coming.get(key, ZERO),
            budget.get(key, ZERO) if tells else None,
        )
        for key in keys
    )
    return OutlayTable(rows, _sum(rows, facts))


def bullets(table: OutlayTable) -> Bullets:
    """Show what each work package spent and will have spent, against its budget."""
    rows = (
        Bullet(
            row.key[0] or translate("No work package"),
            row.spent,
            row.expected,
            row.budget,
            url_for("costs.show_list", work_package=row.key[0]) if row.key[0] else "",
        )
        for row in table.rows
    )
    return Bullets(
        "outlay",
        translate("Spent, expected and budgeted"),
        translate(
            "A row for each work package: what is spent, what is expected at the end, and the"
            " budget. The table below gives the figures."
        ),
        tuple(rows),
    )


def _sum(rows: Sequence[OutlayRow], facts: Forecasting) -> OutlayRow:
    budget = Money.total(line.amount for line in facts.budget) if facts.budget else None
    return OutlayRow(
        ("", "", 0),
        Money.total(row.spent for row in rows),
        Money.total(row.forecast for row in rows),
        budget,
    )


def _place(facts: Forecasting, key: Key) -> tuple[int, int, int]:
    """Tell where a row stands: in the order of the project, what has no code last."""
    package, category, year = key
    packages, categories = facts.work_packages, facts.categories
    return (
        year,
        packages.index(package) if package in packages else len(packages),
        categories.index(category) if category in categories else len(categories),
    )


def by_quarter(facts: Forecasting, forecast: Forecast, by: str) -> QuarterTable:
    """Lay a version out by quarter: for work packages, for categories, or for both."""
    last = max((line.quarter for line in forecast.lines), default=forecast.first_day)
    quarters = quarters_between(forecast.first_day, last)
    cells = _cells(forecast.lines, packages=by != "category", categories=by != "work_package")
    keys = sorted({(p, c) for p, c, _ in cells}, key=lambda place: _place(facts, (*place, 0)))
    rows = tuple(
        QuarterRow(*place, tuple(cells.get((*place, quarter), ZERO) for quarter in quarters))
        for place in keys
    )
    totals = tuple(Money.total(row.amounts[at] for row in rows) for at in range(len(quarters)))
    return QuarterTable(quarters, rows, totals)


def _cells(
    lines: Iterable[ForecastLine], *, packages: bool, categories: bool
) -> dict[tuple[str, str, date], Money]:
    found: dict[tuple[str, str, date], Money] = {}
    for line in lines:
        key = (
            line.work_package if packages else "",
            line.category if categories else "",
            line.quarter,
        )
        found[key] = found.get(key, ZERO) + line.amount
    return found
