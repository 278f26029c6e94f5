"""Reading what the overview shows, of one project or of all, in a fixed number of queries."""
# long: one question for each part of the page, all read together

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tracker.domain import overview_decisions as deciding
from tracker.domain.amendments import Verdict
from tracker.domain.commitments import Status, funding_totals
from tracker.domain.money import ZERO, Money
from tracker.domain.outlook import outlook
from tracker.domain.overview import (
    Dated,
    OverviewFacts,
    Past,
    ProjectOverview,
    Spending,
    Step,
    cash_ahead,
    days_of_year,
    headlines_of,
)
from tracker.domain.risk import at_risk
from tracker.domain.waivers import WaiverState
from tracker.store.amendments import AmendmentRow, drafts
from tracker.store.budgets import BudgetRow, BudgetVersionRow
from tracker.store.commitments import commitments_of
from tracker.store.endings import endings_of
from tracker.store.forecasts import ForecastLineRow, ForecastRow
from tracker.store.instalments import instalments_by_commitment
from tracker.store.milestones import milestones_of
from tracker.store.outlook import outlook_facts
from tracker.store.projects import ProjectRow, WorkPackageRow
from tracker.store.receipts import ReceiptRow
from tracker.store.remembered import remembered
from tracker.store.reporting_periods import ReopeningRow, ReportingPeriodRow, reopenings_asked
from tracker.store.risk import risks_by_day
from tracker.store.scope import scope_of
from tracker.store.spending import By, charged, spent
from tracker.store.waivers import WaiverRow, waivers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.milestones import Milestone
    from tracker.domain.outlook import Outlook
    from tracker.domain.overview_decisions import Decision
    from tracker.domain.risk import Risk

One = TypeVar("One")


class Known(NamedTuple):
    """What is read for all projects at once, before it is told project by project."""

    today: date
    commitments: Mapping[int, tuple[Commitment, ...]]
    milestones: Mapping[int, tuple[Milestone, ...]]
    pasts: Mapping[int, Past]
    risks: tuple[tuple[Risk, ...], ...]  # on each of the days of the year
    outlooks: Mapping[int, Outlook]


def overview_of(session: Session, today: date) -> OverviewFacts:
    """Give what the overview shows, as it was gathered since the last deed."""
    about = scope_of(session).project_id
    return remembered(session, ("overview", about, today), lambda: overview_facts(session, today))


def overview_facts(session: Session, today: date) -> OverviewFacts:
    """Gather what the overview shows, of every project that the session reads."""
    names = session.execute(
        select(ProjectRow.id, ProjectRow.code, ProjectRow.name).order_by(ProjectRow.id)
    ).all()
    commitments = _by_project(commitments_of(session), lambda one: one.project_id)
    milestones = _by_project(milestones_of(session), lambda one: one.project_id)
    owners = {one.id: project for project, of in commitments.items() for one in of}
    known = Known(
        today,
        commitments,
        milestones,
        pasts_of(session, owners, today),
        tuple(risks_by_day(session, days_of_year(today))),
        {key: outlook(facts) for key, facts in outlook_facts(session, today).items()},
    )
    projects = tuple(_project(key, code, name, known) for key, code, name in names)
    return OverviewFacts(
        as_of=today,
        projects=projects,
        decisions=deciding.in_order(_decisions(session, known, projects), today),
        spending=_spending(session, projects),
    )


def _project(key: int, code: str, name: str, known: Known) -> ProjectOverview:
    commitments = known.commitments.get(key, ())
    risks = [[risk for risk in of_day if risk.project_id == key] for of_day in known.risks]
    hanging: dict[str, Money] = {}
    for risk in risks[-1]:
        hanging[risk.milestone] = hanging.get(risk.milestone, ZERO) + risk.counts
    ahead = known.outlooks.get(key)
    return ProjectOverview(
        id=key,
        code=code,
        name=name,
        commitments=commitments,
        milestones=known.milestones.get(key, ()),
        headlines=headlines_of(
            funding_totals(commitments),
            known.pasts.get(key, Past()),
            [at_risk(of_day) for of_day in risks],
            known.today,
        ),
        at_risk=hanging,
        lapse=ahead.lapsing if ahead else None,
        cash=cash_ahead(ahead.months, ahead.cash, known.today) if ahead else None,
    )


def _decisions(
    session: Session, known: Known, projects: Sequence[ProjectOverview]
) -> Iterator[Decision]:
    risks, today = known.risks[-1], known.today
    seen = [one for project in projects for one in project.commitments]
    deadlines = {one.commitment.id: one.next for one in endings_of(session, seen) if one.next}
    yield from deciding.of_endings(seen, deadlines, today)
    yield from deciding.of_instalments(seen, instalments_by_commitment(session), today)
    for project in projects:
        if ahead := known.outlooks.get(project.id):
            lapses = {lapse.commitment: lapse for lapse in ahead.lapses}
            yield from deciding.of_lapses(project.commitments, lapses, today)
        lowest = project.cash.lowest if project.cash else None
        yield from deciding.of_cash(project.id, project.code, lowest)
        of_it = [risk for risk in risks if risk.project_id == project.id]
        yield from deciding.of_milestones(project.milestones, of_it, today)
    yield from deciding.of_budgets(risks)
    owners = {one.code: one.project_id for one in seen}
    yield from deciding.of_drafts(drafts(session), owners)
    of_waivers = dict(iter(session.execute(select(WaiverRow.id, WaiverRow.project_id))))
    yield from deciding.of_waivers(
        (of_waivers[one.id], one)
        for one in waivers_of(session)
        if one.state(today) is WaiverState.ASKED
    )
    of_periods = dict(
        iter(
            session.execute(
                select(ReopeningRow.id, ReportingPeriodRow.project_id).join(
                    ReportingPeriodRow, ReportingPeriodRow.id == ReopeningRow.period_id
                )
            )
        )
    )
    yield from deciding.of_reopenings(
        (of_periods[one.id], one) for one in reopenings_asked(session)
    )


def pasts_of(session: Session, owners: Mapping[int, int], today: date) -> dict[int, Past]:
    """Read the past of each project: decisions, receipts, charges and plans.

    Shape:  ``owners`` names the project of each commitment; of others nothing is told.
    """
    first = days_of_year(today)[0]
    steps = _by_project(
        (one for one in _steps(session) if one.commitment_id in owners),
        lambda one: owners[one.commitment_id],
    )
    received, charges = _received_after(session, first), _charged_after(session, first)
    plans: defaultdict[int, list[Dated]] = defaultdict(list)
    version = BudgetVersionRow
    for project, made_on, cents in session.execute(
        select(version.project_id, version.made_on, func.coalesce(func.sum(BudgetRow.amount), 0))
        .outerjoin(BudgetRow, BudgetRow.version_id == version.id)
        .where(version.commitment_id.is_(None))
        .group_by(version.id, version.project_id, version.made_on, version.number)
        .order_by(version.project_id, version.number)
    ):
        plans[project].append(Dated(made_on, Money(int(cents))))
    return {
        project: Past(
            steps.get(project, ()),
            _of_commitments(received, project, owners),
            _of_commitments(charges, project, owners),
            tuple(plans[project]),
        )
        for project in {*owners.values(), *plans}
    }


def _of_commitments(
    dated: Iterable[tuple[int, Dated]], project: int, owners: Mapping[int, int]
) -> tuple[Dated, ...]:
    return tuple(each for key, each in dated if owners.get(key) == project)


def _steps(session: Session) -> list[Step]:
    row = AmendmentRow
    found = session.execute(
        select(row.commitment_id, row.decided_on, row.number, row.amount, row.status)
        .where(row.verdict == Verdict.CONFIRMED.value)
        .order_by(row.commitment_id, row.number)
    )
    return [
        Step(key, day, number, Money(cents), Status(status) if status else None)
        for key, day, number, cents, status in found
    ]


def _received_after(session: Session, day: date) -> list[tuple[int, Dated]]:
    """Add up what came in after a day, by commitment and day; what was undone never came in."""
    undoing = aliased(ReceiptRow)
    rows = session.execute(
        select(ReceiptRow.commitment_id, ReceiptRow.received_on, func.sum(ReceiptRow.amount))
        .outerjoin(undoing, undoing.undoes_id == ReceiptRow.id)
        .where(ReceiptRow.undoes_id.is_(None), undoing.id.is_(None), ReceiptRow.received_on > day)
        .group_by(ReceiptRow.commitment_id, ReceiptRow.received_on)
    )
    return [(key, Dated(on, Money(int(cents)))) for key, on, cents in rows]


def _charged_after(session: Session, day: date) -> list[tuple[int, Dated]]:
    """Add up what was charged in the months after that of a day, by commitment and month."""
    found = charged(session, By.COMMITMENT, By.MONTH, since=day)
    return [(key, Dated(month, Money(cents))) for (key, month), cents in found.items()]


def _spending(session: Session, projects: Sequence[ProjectOverview]) -> tuple[Spending, ...]:
    """Set spending against forecast and budget: by work package, or by project for several."""
    by = (By.PROJECT, By.MONTH) if len(projects) > 1 else (By.WORK_PACKAGE, By.MONTH)
    budgets, forecasts = _budgets(session, by[0]), _forecasts(session, by[0])
    sums: defaultdict[int, int] = defaultdict(int)
    before: defaultdict[int, int] = defaultdict(int)
    for (key, month), cents in spent(session, *by).items():
        sums[key] += cents
        if key in forecasts and month < forecasts[key].day:
            before[key] += cents
    rows = _named(session, projects)
    return tuple(
        Spending(
            name,
            title,
            Money(sums[key]),
            forecasts[key].amount + Money(before[key]) if key in forecasts else None,
            budgets.get(key),
        )
        for key, name, title in rows
        if sums[key] or key in forecasts or key in budgets
    )


def _named(session: Session, projects: Sequence[ProjectOverview]) -> list[tuple[int, str, str]]:
    if len(projects) > 1:
        return [(one.id, one.code, one.name) for one in projects]
    row = WorkPackageRow
    packages = session.execute(select(row.id, row.code, row.name).order_by(row.position)).all()
    return [*((key, code, name) for key, code, name in packages), (0, "", "")]


def _budgets(session: Session, by: By) -> dict[int, Money]:
    """Add up the newest version of each project's plan, by project or by work package."""
    version = BudgetVersionRow
    newest = (
        select(version.project_id, func.max(version.number).label("number"))
        .where(version.commitment_id.is_(None))
        .group_by(version.project_id)
        .subquery()
    )
    key = version.project_id if by is By.PROJECT else func.coalesce(BudgetRow.work_package_id, 0)
    rows = session.execute(
        select(key, func.sum(BudgetRow.amount))
        .select_from(version)
        .join(BudgetRow, BudgetRow.version_id == version.id)
        .join(
            newest,
            (newest.c.project_id == version.project_id) & (newest.c.number == version.number),
        )
        .where(version.commitment_id.is_(None))
        .group_by(key)
    )
    return {of: Money(int(cents)) for of, cents in rows}


def _forecasts(session: Session, by: By) -> dict[int, Dated]:
    """Add up the newest version of each project's forecast, with the day from which it speaks."""
    newest = (
        select(ForecastRow.project_id, func.max(ForecastRow.number).label("number"))
        .group_by(ForecastRow.project_id)
        .subquery()
    )
    key = ForecastRow.project_id if by is By.PROJECT else ForecastLineRow.work_package_id
    rows = session.execute(
        select(key, ForecastRow.first_day, func.sum(ForecastLineRow.amount))
        .select_from(ForecastRow)
        .join(ForecastLineRow, ForecastLineRow.forecast_id == ForecastRow.id)
        .join(
            newest,
            (newest.c.project_id == ForecastRow.project_id)
            & (newest.c.number == ForecastRow.number),
        )
        .group_by(key, ForecastRow.first_day)
    )
    return {of: Dated(first_day, Money(int(cents))) for of, first_day, cents in rows}


def _by_project(found: Iterable[One], of: Callable[[One], int]) -> dict[int, tuple[One, ...]]:
    grouped: defaultdict[int, list[One]] = defaultdict(list)
    for one in found:
        grouped[of(one)].append(one)
    return {key: tuple(ones) for key, ones in grouped.items()}
