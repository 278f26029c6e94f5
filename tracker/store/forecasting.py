"""What a forecast is made and judged with, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.commitments import COMMITTED
from tracker.domain.forecasting import Forecasting
from tracker.domain.forecasts import Against, beginnings, quarter_code
from tracker.domain.money import ZERO, Money
from tracker.domain.reporting_periods import PeriodState
from tracker.domain.variances import Threshold, Variance, expected
from tracker.store import spending
from tracker.store.budgets import (
    BudgetRow,
    BudgetVersionRow,
    newest_versions,
    version_that_counts,
    versions_of,
)
from tracker.store.commitments import CommitmentRow
from tracker.store.forecasts import forecasts_of, newest_forecasts
from tracker.store.funders import ProgrammeRow
from tracker.store.projects import the_project
from tracker.store.reporting_periods import periods_of
from tracker.store.spending import By
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.store.projects import Project
    from tracker.store.records import Held

TERM = "deviation_threshold"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A calendar year in which a project spends more or less than a programme lets pass unsaid.

    Shape:  ``variance.expected`` is what was spent in the year and what is still forecast for it.
    """

    project_id: int
    variance: Variance
    threshold: Threshold


def forecasting(session: Session, project: Project, today: date) -> Forecasting:
    """Give everything that a forecast of a project is made and judged with."""
    plan = version_that_counts(versions_of(session, project.id, None))
    spent = spent_by_place(session)
    budget = plan.lines if plan else ()
    last_month = max((month for _, _, month in spent), default=None)
    closed = (p.period for p in periods_of(session, project.id) if p.state is PeriodState.CLOSED)
    ends = [project.period.last_day, *_ends_of_awards(session, project.id)]
    ends += [date(line.year, 12, 31) for line in budget if line.year]
    return Forecasting(
        work_packages=tuple(project.work_packages),
        categories=project.categories,
        beginnings=beginnings(closed, last_month, project.period, today),
        last_day=max(ends),
        spent=spent,
        budget=budget,
        threshold=thresholds(session, today).get(project.id),
        versions=tuple(forecasts_of(session, project.id)),
    )


def forecast_records(session: Session) -> list[Held]:
    """Give the newest version as the rows of a table, with why it differs from the budget."""
    project = the_project(session)
    newest = newest_forecasts(session).get(project.id)
    if newest is None:
        return []
    said = {
        (why.work_package, why.category, why.year): why.said
        for why in newest.explanations
        if why.against is Against.BUDGET
    }
    return [
        {
            "work_package": line.work_package,
            "category": line.category,
            "quarter": quarter_code(line.quarter),
            "amount": line.amount,
            "explanation": said.get((line.work_package, line.category, line.quarter.year))
            or said.get((line.work_package, "", line.quarter.year), ""),
        }
        for line in newest.lines
    ]


def spent_by_place(session: Session) -> dict[tuple[str, str, date], Money]:
    """What was spent by work package, category and month; an empty code where there is none."""
    codes = spending.codes_of(session)
    packages, categories = codes[By.WORK_PACKAGE], codes[By.CATEGORY]
    sums = spending.spent(session, By.WORK_PACKAGE, By.CATEGORY, By.MONTH)
    return {
        (packages.get(package, ""), categories.get(category, ""), month): Money(cents)
        for (package, category, month), cents in sums.items()
    }


def thresholds(session: Session, today: date) -> dict[int, Threshold]:
    """Give the strictest threshold of each project's awarded programmes that have one."""
    sheets = term_sheets(session)
    found: dict[int, Threshold] = {}
    for project, programme, name in session.execute(
        select(CommitmentRow.project_id, ProgrammeRow.id, ProgrammeRow.name)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .where(CommitmentRow.status.in_(COMMITTED))
        .order_by(CommitmentRow.project_id, CommitmentRow.position)
    ):
        share = sheets[programme].share(TERM, day=today)
        term = sheets[programme].term(TERM, day=today)
        if share is None or term is None:
            continue
        if project not in found or share < found[project].share:
            found[project] = Threshold(share, name, term.source)
    return found


def deviations_to_report(session: Session, today: date) -> tuple[Deviation, ...]:
    """List the years of all projects in which spending deviates more than has to be reported.

    Shape:  this year where there is a forecast for it, and last year; of projects whose plan
            tells years apart and whose programmes have a threshold.
    Source: Kaderbesluit nationale EZ-subsidies, art. 37; domain rule 21.
    """
    wanted = thresholds(session, today)
    if not wanted:
        return ()
    budget, newest = _budget_by_year(session), newest_forecasts(session)
    spent = _spent_by_month(session, since=date(today.year - 1, 1, 1))
    found = []
    for project, threshold in wanted.items():
        forecast, mine = newest.get(project), spent.get(project, {})
        first_day = forecast.first_day if forecast else date(today.year, 1, 1)
        lines = forecast.lines if forecast else ()
        by_year: dict[int, Money] = {}
        for (_, _, year), amount in expected(mine, first_day, lines).items():
            by_year[year] = by_year.get(year, ZERO) + amount
        years = (today.year - 1, *([today.year] if forecast else ()))
        for year in years:
            before = budget.get((project, year), ZERO)
            variance = Variance("", "", year, before, by_year.get(year, ZERO))
            if before and variance.is_above(threshold.share):
                found.append(Deviation(project, variance, threshold))
    return tuple(found)


def _spent_by_month(session: Session, since: date) -> dict[int, dict[tuple[str, str, date], Money]]:
    found: dict[int, dict[tuple[str, str, date], Money]] = {}
    sums = spending.spent(session, By.PROJECT, By.MONTH, since=since)
    for (project, month), cents in sums.items():
        found.setdefault(project, {})["", "", month] = Money(cents)
    return found


def _budget_by_year(session: Session) -> dict[tuple[int, int], Money]:
    """Add up the newest plan of each project by year."""
    version = BudgetVersionRow
    rows = session.execute(
        select(version.project_id, BudgetRow.year, func.sum(BudgetRow.amount))
        .join(BudgetRow, BudgetRow.version_id == version.id)
        .where(
            version.commitment_id.is_(None),
            version.id.in_(newest_versions()),
            BudgetRow.year.is_not(None),
        )
        .group_by(version.project_id, BudgetRow.year)
    )
    return {(project, year or 0): Money(int(cents)) for project, year, cents in rows}


def _ends_of_awards(session: Session, project_id: int) -> list[date]:
    return list(
        session.scalars(
            select(CommitmentRow.last_day).where(
                CommitmentRow.project_id == project_id, CommitmentRow.status.in_(COMMITTED)
            )
        )
    )
