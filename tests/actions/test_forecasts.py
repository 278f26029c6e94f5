"""Forecasts are kept in versions: none is overwritten, and none goes unexplained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.test_record_tables import figures, findings, looked_at, place, template
from tests.actions.test_record_tables import kept as keep_table
from tests.conftest import closing_engine
from tracker.actions import budgets, forecasts
from tracker.domain.actor import Actor
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.errors import RuleViolation, StaleEditError
from tracker.domain.forecasts import (
    Against,
    Forecast,
    ForecastExplanation,
    ForecastLine,
    NewForecast,
)
from tracker.domain.intakes import IntakeState
from tracker.domain.money import Money
from tracker.domain.overview_decisions import Subject
from tracker.domain.policy import Role
from tracker.domain.table_columns import TableKind
from tracker.store import spending
from tracker.store.audit import history_of
from tracker.store.commitments import commitment_named
from tracker.store.costs import CostLineRow
from tracker.store.deadlines import deadlines_on
from tracker.store.forecasting import (
    deviations_to_report,
    forecast_records,
    forecasting,
    spent_by_place,
    thresholds,
)
from tracker.store.forecasts import (
    ForecastExplanationRow,
    ForecastLineRow,
    ForecastRow,
    forecasts_of,
    newest_forecasts,
)
from tracker.store.funders import ProgrammeTermRow
from tracker.store.overview import overview_facts
from tracker.store.projects import CategoryRow, WorkPackageRow, the_project
from tracker.store.session import transaction

if TYPE_CHECKING:
    from tracker.domain.intakes import Intake
    from tracker.store.records import Held

LEAD = Actor("lead@example.org", Role.PROJECT_LEAD)
TODAY = date(2026, 1, 15)
FIRST = date(2026, 1, 1)
TABLES = (ForecastRow, ForecastLineRow, ForecastExplanationRow)


def wants_to_know(session: Session, code: str, share: str) -> None:
    """Let the programme of a commitment want to know of deviations above a share."""
    programme = commitment_named(session, code).programme_id
    with transaction(session):
        session.add(
            ProgrammeTermRow(
                programme_id=programme,
                name="deviation_threshold",
                value=share,
                first_day=date(2020, 1, 1),
                source="the decision",
            )
        )


def plan(session: Session, *lines: BudgetLine) -> None:
    """Plan these costs by year."""
    new = NewBudget(date(2025, 12, 1), "plan", lines, 0)
    budgets.plan(session, new, today=TODAY, by=OFFICER)


def version(euros: int, based_on: int = 0, *said: ForecastExplanation) -> NewForecast:
    """A forecast of so many euros in the first quarter of 2026, and 10 in the last."""
    lines = (
        ForecastLine("WP3", "personnel", FIRST, Money(euros * 100)),
        ForecastLine("WP3", "personnel", date(2026, 10, 1), Money(1_000)),
        ForecastLine("WP3", "travel", FIRST, Money(0)),
    )
    return NewForecast(FIRST, "more people", lines, said, based_on)


def make(session: Session, new: NewForecast) -> int:
    return forecasts.make(session, new, today=TODAY, by=LEAD)


def kept(session: Session) -> list[Forecast]:
    found = forecasts_of(session, the_project(session).id)
    session.rollback()
    return found


def counts(session: Session) -> list[int]:
    found = [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]
    session.rollback()
    return found


@pytest.fixture
def planned(loaded: Session) -> Session:
    """A project with 1,000 euros planned for 2026, which its forecast may not miss by a quarter."""
    wants_to_know(loaded, "NGF-1", "25")
    plan(loaded, BudgetLine("personnel", "WP3", 2026, Money.euros(1_000)))
    return loaded


def because(against: Against, year: int = 2026) -> ForecastExplanation:
    return ForecastExplanation(against, "WP3", "", year, " two people more ")


def test_a_version_is_kept_as_it_was_said_and_the_one_before_stays(planned: Session) -> None:
    assert make(planned, version(1_000)) == 1
    assert make(planned, version(1_100, 1)) == 2
    second, first = kept(planned)
    assert (first.total, second.total) == (Money.euros(1_010), Money.euros(1_110))
    assert (first.number, first.first_day, first.made_on) == (1, FIRST, TODAY)
    assert (first.made_by, first.reason) == (LEAD.name, "more people")
    assert first.lines == version(1_000).lines[:2], "lines of nothing are left out"
    project = the_project(planned).id
    assert newest_forecasts(planned) == {project: second}


def test_a_deviation_that_is_not_explained_keeps_nothing_and_an_explained_one_is_kept(
    planned: Session,
) -> None:
    before = counts(planned)
    with pytest.raises(RuleViolation, match="Growth Fund") as refused:
        make(planned, version(1_300))
    assert refused.value.field == "why_budget.WP3.personnel.2026"
    assert counts(planned) == before == [0, 0, 0]
    make(planned, version(1_300, 0, because(Against.BUDGET)))
    assert counts(planned) == [1, 2, 1]
    (made,) = kept(planned)
    assert made.explanations == (replace(because(Against.BUDGET), said="two people more"),)


def test_up_to_the_threshold_nothing_is_asked(planned: Session) -> None:
    make(planned, version(1_240))  # with 10 in the last quarter exactly a quarter more
    assert counts(planned)[0] == 1


def test_what_changes_since_the_version_before_is_explained_too(planned: Session) -> None:
    make(planned, version(790))
    with pytest.raises(RuleViolation) as refused:
        make(planned, version(1_100, 1))
    assert refused.value.field == "why_previous.WP3.personnel.2026"
    make(planned, version(1_100, 1, because(Against.PREVIOUS)))
    assert len(kept(planned)) == 2


def test_who_builds_on_an_older_version_is_told_who_was_first(planned: Session) -> None:
    make(planned, version(1_000))
    with pytest.raises(StaleEditError, match="made version 1") as told:
        make(planned, version(1_001))
    assert told.value.version == 1
    assert len(kept(planned)) == 1


def test_a_forecast_that_begins_where_the_books_are_is_refused(planned: Session) -> None:
    with pytest.raises(RuleViolation) as refused:
        make(planned, replace(version(1_000), first_day=date(2025, 10, 1)))
    assert refused.value.field == "first_day"


def test_the_trail_says_who_made_a_version_and_what_it_comes_to(planned: Session) -> None:
    make(planned, version(1_000))
    (entry,) = history_of(planned, "project/NECST/forecast")
    assert (entry.did, entry.by) == ("make forecast", LEAD.name)
    assert entry.detail["total"] == 101_000


def test_of_two_who_build_on_the_same_version_one_is_kept_and_the_other_is_told(
    planned: Session, loaded_url: str
) -> None:
    gate = Barrier(2)
    numbers: list[int] = []
    told: list[str] = []

    def race(euros: int) -> None:
        with closing_engine(loaded_url) as engine, Session(engine) as session:
            gate.wait(60)
            try:
                numbers.append(make(session, version(euros)))
            except StaleEditError as error:
                told.append(str(error))

    planned.rollback()
    racers = [Thread(target=race, args=(euros,)) for euros in (1_000, 1_001)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert numbers == [1]
    assert len(told) == 1
    assert "made version 1" in told[0]
    assert len(kept(planned)) == 1


# What a forecast is judged with.


def test_what_was_spent_is_every_cost_line_by_the_month_in_which_it_counts(
    loaded: Session,
) -> None:
    by_hand: dict[tuple[str, str, date], int] = {}
    for line, package, category in loaded.execute(
        select(CostLineRow, WorkPackageRow.code, CategoryRow.code)
        .outerjoin(WorkPackageRow, WorkPackageRow.id == CostLineRow.work_package_id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
    ):
        month = (line.counted_on or line.incurred_on).replace(day=1)
        key = (package or "", category, month)
        by_hand[key] = by_hand.get(key, 0) + line.amount
    found = {key: amount.cents for key, amount in spent_by_place(loaded).items()}
    assert found == {key: cents for key, cents in by_hand.items() if cents}
    assert len(found) > 20


def test_the_strictest_of_the_awarded_programmes_asks(loaded: Session) -> None:
    project = the_project(loaded).id
    assert thresholds(loaded, TODAY) == {}
    wants_to_know(loaded, "EFRO-C", "5")  # conditional: it asks nothing yet
    wants_to_know(loaded, "NGF-1", "25")
    assert thresholds(loaded, TODAY)[project].share == Decimal("0.25")
    wants_to_know(loaded, "PZH-1", "10")
    strictest = thresholds(loaded, TODAY)[project]
    assert (strictest.share, strictest.source) == (Decimal("0.1"), "the decision")
    assert "Province" in strictest.programme


def test_a_forecast_goes_on_to_the_end_of_project_commitments_and_plan(loaded: Session) -> None:
    project = the_project(loaded)
    found = forecasting(loaded, project, TODAY)
    assert found.last_day == date(2025, 12, 31)
    assert found.quarters(FIRST) == ()
    loaded.rollback()
    plan(loaded, BudgetLine("personnel", "WP3", 2027, Money(1)))
    found = forecasting(loaded, the_project(loaded), TODAY)
    assert found.quarters(FIRST)[-1] == date(2027, 10, 1)


def test_the_year_of_the_rule_is_reported_and_one_at_the_threshold_is_not(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """480,000 budgeted and 342,000 spent: −28.75 %."""
    wants_to_know(loaded, "NGF-1", "25")
    plan(loaded, BudgetLine("personnel", "WP3", 2025, Money.euros(480_000)))
    project = the_project(loaded).id
    for euros, is_told in ((342_000, True), (360_000, False), (600_000, False), (600_001, True)):
        spent = {(project, date(2025, 6, 1)): euros * 100}
        monkeypatch.setattr(spending, "spent", lambda *_by, spent=spent, **_of: spent)
        found = deviations_to_report(loaded, TODAY)
        assert bool(found) is is_told
        if found and euros == 342_000:
            (deviation,) = found
            assert deviation.variance.share == Decimal("-0.2875")
            assert (deviation.project_id, deviation.variance.year) == (project, 2025)


def test_this_year_is_reported_by_what_is_forecast_for_it(planned: Session) -> None:
    assert deviations_to_report(planned, TODAY) == (), "without a forecast nothing is expected yet"
    planned.rollback()
    make(planned, version(1_300, 0, because(Against.BUDGET)))
    (found,) = deviations_to_report(planned, TODAY)
    assert found.variance.expected == Money.euros(1_310)
    assert found.variance.year == 2026


def test_what_is_to_be_reported_is_a_deadline_and_a_decision_of_one_day(planned: Session) -> None:
    def told() -> list[tuple[date | None, Money | None]]:
        decisions = overview_facts(planned, TODAY).decisions
        return [(d.due_on, d.amount) for d in decisions if d.subject is Subject.DEVIATION]

    assert told() == []
    planned.rollback()
    make(planned, version(1_300, 0, because(Against.BUDGET)))
    due = [d for d in deadlines_on(planned, TODAY) if d.kind is DeadlineKind.NOTIFICATION]
    assert told() == [(one.due_on, one.amount) for one in due] != []


# A version that comes in as a table.


def row(euros: int, quarter: str = "2026-Q1", why: str = "") -> Held:
    return {
        "work_package": "WP3",
        "category": "personnel",
        "quarter": quarter,
        "amount": Money(euros * 100),
        "explanation": why,
    }


def brought(session: Session, folder: Path, *rows: Held, name: str = "a") -> Intake:
    found = looked_at(
        session, template(folder, TableKind.FORECASTS, list(rows), name=f"{name}.xlsx")
    )
    session.rollback()
    return found


def test_a_table_makes_a_version_with_its_explanations(planned: Session, tmp_path: Path) -> None:
    found = brought(planned, tmp_path, row(1_300, why="two people more"), row(10, "2026-Q4"))
    assert figures(found) == (2, 0, 0)
    assert keep_table(planned, found, "from the table").state is IntakeState.KEPT
    (made,) = kept(planned)
    assert (made.total, made.reason, made.number) == (Money.euros(1_310), "from the table", 1)
    assert made.first_day == FIRST
    assert [why.said for why in made.explanations] == ["two people more"]


def test_a_table_that_does_not_explain_is_refused_at_its_cell(
    planned: Session, tmp_path: Path
) -> None:
    found = brought(planned, tmp_path, row(1_300), row(10, "2026-Q4"))
    (finding,) = findings(found)
    assert f"Prognose!{place(TableKind.FORECASTS, 'explanation')}: WP3" in finding
    assert kept(planned) == []


def test_a_table_that_is_downloaded_and_comes_back_changes_nothing(
    planned: Session, tmp_path: Path
) -> None:
    make(planned, version(1_300, 0, because(Against.BUDGET)))
    rows = forecast_records(planned)
    planned.rollback()
    assert [each["explanation"] for each in rows] == ["two people more"] * 2
    found = brought(planned, tmp_path, *rows)
    assert figures(found) == (0, 0, 2)
    keep_table(planned, found)
    assert len(kept(planned)) == 1


def test_a_table_that_differs_makes_the_next_version_where_that_is_decided(
    planned: Session, tmp_path: Path
) -> None:
    make(planned, version(1_000))
    found = brought(planned, tmp_path, row(1_100), row(10, "2026-Q4"))
    assert figures(found) == (0, 1, 1)
    keep_table(planned, found, "not yet", apply_changes=False)
    assert len(kept(planned)) == 1
    found = brought(planned, tmp_path, row(1_100), row(10, "2026-Q4"), row(1, "2026-Q3"), name="b")
    keep_table(planned, found, "more people")
    newest, _first = kept(planned)
    assert (newest.number, newest.total) == (2, Money.euros(1_111))


@pytest.mark.parametrize("quarter", ["2025-Q4", "2027-Q1", "2026", "soon"])
def test_a_quarter_that_cannot_be_forecast_is_refused_at_its_cell(
    planned: Session, tmp_path: Path, quarter: str
) -> None:
    (finding,) = findings(brought(planned, tmp_path, row(1_000, quarter)))
    assert f"Prognose!{place(TableKind.FORECASTS, 'quarter')}: " in finding
    assert kept(planned) == []


def test_a_row_that_stands_there_twice_or_is_below_zero_is_refused(
    planned: Session, tmp_path: Path
) -> None:
    assert len(findings(brought(planned, tmp_path, row(500), row(500)))) == 1
    (finding,) = findings(brought(planned, tmp_path, row(-1), name="b"))
    assert f"Prognose!{place(TableKind.FORECASTS, 'amount')}: " in finding


def test_a_table_that_was_looked_at_before_somebody_else_made_a_version_is_refused(
    planned: Session, tmp_path: Path
) -> None:
    found = brought(planned, tmp_path, row(1_000))
    make(planned, version(1_000))
    done = keep_table(planned, found, "too late")
    assert done.state is not IntakeState.KEPT
    assert len(kept(planned)) == 1
