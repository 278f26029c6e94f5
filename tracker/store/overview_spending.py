"""Reading what was spent, set against forecast and budget: by project and by work package."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from tracker.domain.money import Money
from tracker.domain.overview import Spending
from tracker.store import budgets, forecasts
from tracker.store.budgets import BudgetRow, BudgetVersionRow
from tracker.store.forecasts import ForecastLineRow, ForecastRow
from tracker.store.projects import ProjectRow, WorkPackageRow
from tracker.store.spending import By, spent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

NOWHERE = 0
"""The key of what belongs to no work package."""


class SpendingOf(NamedTuple):
    """What was spent of a project, as a whole and by work package; none where nothing is known."""

    whole: tuple[Spending, ...]
    by_package: tuple[Spending, ...]


class _Forecast(NamedTuple):
    """What the newest forecast of a project expects by work package, from a day on."""

    first_day: date
    amounts: Mapping[int, Money]


class _Sums(NamedTuple):
    """What is known of a project by work package."""

    months: Mapping[int, Mapping[date, int]]
    budgets: Mapping[int, Money]
    forecast: _Forecast | None

    def of(self, code: str, name: str, packages: set[int] | None = None) -> Iterator[Spending]:
        """Add up some work packages; all of the project, where none are named."""
        chosen = packages if packages is not None else {*self.months, *self.budgets, *self._spoken}
        sums = [self.months.get(key, {}) for key in chosen]
        cents = sum(sum(months.values()) for months in sums)
        set_aside = [self.budgets[key] for key in chosen if key in self.budgets]
        ahead = [self._spoken[key] for key in chosen if key in self._spoken]
        expected = None
        if self.forecast:
            day = self.forecast.first_day
            before = sum(c for months in sums for month, c in months.items() if month < day)
            expected = Money.total(ahead) + Money(before)
        if cents or set_aside or ahead:
            budget = Money.total(set_aside) if set_aside else None
            yield Spending(code, name, Money(cents), expected, budget)

    @property
    def _spoken(self) -> Mapping[int, Money]:
        return self.forecast.amounts if self.forecast else {}


def spending_of(session: Session) -> dict[int, SpendingOf]:
    """Set the spending of each project against its forecast and its budget."""
    months: defaultdict[int, dict[int, dict[date, int]]] = defaultdict(dict)
    for (project, package, month), cents in spent(
        session, By.PROJECT, By.WORK_PACKAGE, By.MONTH
    ).items():
        months[project].setdefault(package, {})[month] = cents
    plans, ahead = _budgets(session), _forecasts(session)
    packages = _packages(session)
    found = {}
    for key, code, name in session.execute(select(ProjectRow.id, ProjectRow.code, ProjectRow.name)):
        sums = _Sums(months[key], plans[key], ahead.get(key))
        parts = (each for of, at, title in packages[key] for each in sums.of(at, title, {of}))
        found[key] = SpendingOf(tuple(sums.of(code, name)), tuple(parts))
    return found


def _packages(session: Session) -> defaultdict[int, list[tuple[int, str, str]]]:
    """List the work packages of each project in their order, and last what belongs to none."""
    row = WorkPackageRow
    found: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(lambda: [(NOWHERE, "", "")])
    for project, key, code, name in session.execute(
        select(row.project_id, row.id, row.code, row.name).order_by(row.position)
    ):
        found[project].insert(-1, (key, code, name))
    return found


def _budgets(session: Session) -> defaultdict[int, dict[int, Money]]:
    """Add up the newest version of each project's plan, by work package."""
    version, package = BudgetVersionRow, func.coalesce(BudgetRow.work_package_id, NOWHERE)
    found: defaultdict[int, dict[int, Money]] = defaultdict(dict)
    for project, of, cents in session.execute(
        select(version.project_id, package, func.sum(BudgetRow.amount))
        .join(BudgetRow, BudgetRow.version_id == version.id)
        .where(version.commitment_id.is_(None), version.id.in_(budgets.newest_versions()))
        .group_by(version.project_id, package)
    ):
        found[project][of] = Money(int(cents))
    return found


def _forecasts(session: Session) -> dict[int, _Forecast]:
    """Add up the newest version of each project's forecast, by work package."""
    row, line = ForecastRow, ForecastLineRow
    days: dict[int, date] = {}
    amounts: defaultdict[int, dict[int, Money]] = defaultdict(dict)
    for project, first_day, package, cents in session.execute(
        select(row.project_id, row.first_day, line.work_package_id, func.sum(line.amount))
        .join(line, line.forecast_id == row.id)
        .where(row.id.in_(forecasts.newest_versions()))
        .group_by(row.project_id, row.first_day, line.work_package_id)
    ):
        days[project] = first_day
        amounts[project][package] = Money(int(cents))
    return {project: _Forecast(day, amounts[project]) for project, day in days.items()}
