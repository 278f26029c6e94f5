"""The overview is read in a fixed number of questions, and over all it is the sum of projects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.benchmarks.projects import fill
from tests.books.cases import case_dir
from tests.conftest import EMPTY, closing_engine
from tests.questions import questions
from tracker.actions import milestones
from tracker.actions.milestones import NewDay
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.commitments import funding_totals
from tracker.domain.headlines import Measure, days_of_year
from tracker.domain.money import ZERO, Money
from tracker.domain.risk import at_risk
from tracker.store.budgets import keep_version
from tracker.store.commitment_lists import commitments_on
from tracker.store.commitments import CommitmentRow, commitments_of
from tracker.store.costs import CostLineRow
from tracker.store.forecasts import ForecastLineRow, ForecastRow
from tracker.store.milestones import milestones_of
from tracker.store.overview import overview_facts, overview_of
from tracker.store.overview_own import own_facts
from tracker.store.projects import CategoryRow, WorkPackageRow, named_projects, the_project
from tracker.store.risk import risks_by_day, risks_on
from tracker.store.scope import in_project, over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from tests.conftest import Databases

TODAY = date(2026, 1, 15)


def asked_for(session: Session) -> int:
    with questions(session.get_bind()) as asked, over_all(session):
        overview_facts(session, TODAY)
    return len(asked)


def plan_something(session: Session, number: int, cents: int) -> None:
    """Let a project have a plan of so much."""
    in_project(session, named_projects(session)[number].id)
    project = the_project(session)
    line = BudgetLine(project.categories[0], "WP1", 2025, Money(cents))
    new = NewBudget(date(2025, 6, 10), "first", (line,), based_on=0)
    with transaction(session):
        keep_version(session, project.id, None, new, by="tests")


def test_over_all_every_figure_is_the_sum_of_the_projects(two_projects: Session) -> None:
    plan_something(two_projects, 1, 5_000_000_000)
    with over_all(two_projects):
        whole = overview_facts(two_projects, TODAY)
    parts = []
    for project in named_projects(two_projects):
        in_project(two_projects, project.id)
        parts.append(overview_facts(two_projects, TODAY))
    assert [one.projects[0].code for one in parts] == [p.code for p in whole.projects]
    assert [one.projects[0] for one in parts] == list(whole.projects)
    for measure, headline in zip(Measure, whole.headlines, strict=True):
        amounts = [one.projects[0].amount(measure) for one in parts]
        assert headline.amount == Money.total(amount or ZERO for amount in amounts)
        assert headline.amount, measure
    assert whole.late == sum(one.late for one in parts)
    assert whole.lapse == Money.total(one.lapse for one in parts)
    assert sorted(map(str, whole.decisions)) == sorted(
        str(decision) for one in parts for decision in one.decisions
    )
    with over_all(two_projects):
        costs = Money(int(two_projects.scalar(select(func.sum(CostLineRow.amount))) or 0))
    assert Money.total(one.spent for one in whole.spending) == costs
    assert Money.total(row.spent for one in parts for row in one.spending) == costs


def test_a_work_package_that_the_forecast_leaves_out_is_expected_to_cost_no_more(
    loaded: Session,
) -> None:
    packages = loaded.scalars(select(WorkPackageRow).order_by(WorkPackageRow.position)).all()
    project = the_project(loaded)
    forecast = ForecastRow(
        project_id=project.id,
        number=99,
        first_day=date(2026, 4, 1),
        made_on=TODAY,
        made_by="lead",
        reason="only the first",
        made_at=datetime.now(UTC),
    )
    loaded.add(forecast)
    loaded.flush()
    loaded.add(
        ForecastLineRow(
            forecast_id=forecast.id,
            work_package_id=packages[0].id,
            category_id=loaded.scalars(select(CategoryRow.id)).all()[0],
            quarter=date(2026, 4, 1),
            amount=900_00,
        )
    )
    loaded.commit()
    told = {one.name: one for one in overview_facts(loaded, TODAY).spending}
    first = told.pop(packages[0].code)
    assert first.forecast == first.spent + Money(900_00)
    assert told
    assert all(one.forecast == one.spent for one in told.values())


def test_what_was_committed_received_and_charged_is_told_as_it_was_then(loaded: Session) -> None:
    headlines = {one.measure: one for one in overview_facts(loaded, TODAY).headlines}
    for at, day in enumerate(days_of_year(TODAY)[:-1]):
        then = funding_totals(commitments_on(loaded, day))
        for measure, amount in (
            (Measure.COMMITTED, then.committed),
            (Measure.RECEIVED, then.received),
            (Measure.CHARGED, then.charged),
        ):
            assert headlines[measure].amounts[at] == amount, (measure, day)
    now = funding_totals(commitments_of(loaded))
    assert headlines[Measure.COMMITTED].amount == now.committed
    assert headlines[Measure.CHARGED].amount == now.charged


def test_risks_of_many_days_read_at_once_are_those_read_for_each(loaded: Session) -> None:
    days = [TODAY - timedelta(70 * at) for at in reversed(range(20))]
    together = risks_by_day(loaded, days, milestones_of(loaded))
    assert together == [risks_on(loaded, day) for day in days]
    assert any(together)
    headline = overview_facts(loaded, TODAY).headlines[3]
    of_year = [at_risk(risks_on(loaded, day)) for day in days_of_year(TODAY)]
    assert list(headline.amounts) == of_year


def asked_with(databases: Databases, projects: int) -> int:
    """Count the questions of an overview of so many projects."""
    with databases.copy_of(EMPTY) as url:
        fill(url, str(case_dir(5, 40)), projects, 20 * projects)
        with closing_engine(url) as engine, Session(engine) as session:
            with over_all(session):
                assert session.scalar(select(func.count(CommitmentRow.id))) == 5 * projects
            return asked_for(session)


def test_the_overview_asks_no_more_for_many_projects_than_for_few(databases: Databases) -> None:
    assert asked_with(databases, 4) == asked_with(databases, 2)


def test_what_is_remembered_is_worked_out_anew_after_a_deed(loaded: Session) -> None:
    first = overview_of(loaded, TODAY)
    assert overview_of(loaded, TODAY) is first
    assert overview_of(loaded, TODAY + timedelta(1)) is not first
    with questions(loaded.get_bind()) as asked:
        overview_of(loaded, TODAY)
    assert len(asked) <= 2
    code = next(one.code for one in first.projects[0].milestones if one.is_open)
    moved_to = TODAY + timedelta(900)
    milestones.move(loaded, code, NewDay(moved_to, "later"), version=1, today=TODAY, by=OFFICER)
    found = {one.code: one for one in overview_of(loaded, TODAY).projects[0].milestones}
    assert found[code].current == moved_to


def test_a_funders_overview_is_worked_out_from_its_own_commitments(loaded: Session) -> None:
    own = [one for one in commitments_of(loaded) if one.code == "NGF-1"]
    facts = own_facts(loaded, own, TODAY)
    assert [headline.amount for headline in facts.headlines] == [
        own[0].amount,
        own[0].received,
        own[0].charged,
    ]
    assert facts.milestones
    assert {due.commitment for due in facts.dues} == {"NGF-1"}
    assert own_facts(loaded, [], TODAY).milestones == ()
