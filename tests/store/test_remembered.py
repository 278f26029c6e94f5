"""What is remembered of projects is never older than what their records say."""

from __future__ import annotations

import multiprocessing
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.test_costs import COST
from tests.conftest import closing_engine
from tests.questions import questions
from tracker.actions import allocations, costs, milestones, terms
from tracker.actions.cost_index import CostIndex
from tracker.actions.milestones import NewDay
from tracker.domain.terms import DatedTerm
from tracker.store import audit, remembered
from tracker.store.commitments import commitments_of
from tracker.store.milestones import milestones_of
from tracker.store.overview import overview_facts, overview_of
from tracker.store.project_states import OF_ALL, WHOLE, from_now_on, still_holds
from tracker.store.projects import named_projects
from tracker.store.scope import in_project, over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.domain.overview import OverviewFacts

TODAY = date(2026, 1, 15)
LATER = TODAY + timedelta(900)
COUNTED = {
    **dict.fromkeys(("budget", "forecast_line", "forecast_explanation"), "by their versions"),
    **dict.fromkeys(("cost_line", "spent_month"), "by the number of cost lines"),
    **dict.fromkeys(("allocation", "charged_month"), "by the number of charges"),
    "spending_extent": "sums are exact, however far they are kept",
}
"""Tables of rows that are added and never changed, and how it is known that there are more."""


def the_second(session: Session) -> None:
    session.rollback()
    in_project(session, named_projects(session)[1].id)


def of_all(session: Session) -> OverviewFacts:
    session.rollback()
    with over_all(session):
        return overview_of(session, TODAY)


def gathered(session: Session) -> OverviewFacts:
    session.rollback()
    with over_all(session):
        return overview_facts(session, TODAY)


def move_a_milestone(session: Session) -> None:
    code, version = next((o.code, o.version) for o in milestones_of(session) if o.is_open)
    new = NewDay(LATER, "later")
    milestones.move(session, code, new, version=version, today=TODAY, by=OFFICER)


def spend(session: Session) -> None:
    costs.enter(session, COST, None, "lost", today=TODAY, by=OFFICER)


def spend_and_charge(session: Session) -> None:
    spend(session)
    allocations.charge(session, by=OFFICER)


def change_a_term(session: Session) -> None:
    programme = commitments_of(session)[0].programme_id
    term = DatedTerm("determination_weeks", "", "2", date(2020, 1, 1), "letter")
    terms.change_term(session, programme, term, by=OFFICER)


@pytest.mark.parametrize("deed", [move_a_milestone, spend, spend_and_charge])
def test_a_deed_in_one_project_leaves_what_is_remembered_of_the_others(
    two_projects: Session, deed: Callable[[Session], None]
) -> None:
    before = of_all(two_projects)
    the_second(two_projects)
    deed(two_projects)
    after = of_all(two_projects)
    assert after == gathered(two_projects)
    assert after != before
    assert after.projects[0] is before.projects[0]
    assert after.projects[1] is not before.projects[1]


def test_what_all_projects_have_in_common_changes_each_of_them(two_projects: Session) -> None:
    before = of_all(two_projects)
    the_second(two_projects)
    change_a_term(two_projects)
    after = of_all(two_projects)
    assert after == gathered(two_projects)
    assert after.projects[0] is not before.projects[0]


def test_a_page_of_one_project_is_put_together_from_what_that_of_all_remembers(
    two_projects: Session,
) -> None:
    whole = of_all(two_projects)
    for number, project in enumerate(named_projects(two_projects)):
        in_project(two_projects, project.id)
        facts = overview_of(two_projects, TODAY)
        assert facts.projects == (whole.projects[number],)
        assert facts.projects[0] is whole.projects[number]
        assert facts == overview_facts(two_projects, TODAY)


def test_keeping_the_sums_further_changes_nothing(two_projects: Session) -> None:
    the_second(two_projects)
    spend(two_projects)
    before = of_all(two_projects)
    CostIndex(two_projects).follow()
    the_second(two_projects)
    move_a_milestone(two_projects)
    after = of_all(two_projects)
    assert after.projects[0] is before.projects[0]
    assert after == gathered(two_projects)


def test_where_too_many_rows_came_everything_is_looked_at_anew(
    two_projects: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = of_all(two_projects)
    the_second(two_projects)
    spend(two_projects)
    CostIndex(two_projects).follow()
    monkeypatch.setattr(remembered, "MOST_ROWS", 0)
    after = of_all(two_projects)
    assert after == gathered(two_projects)
    assert after.projects[0] is not before.projects[0]


def test_what_is_done_while_a_value_is_worked_out_is_in_the_next(two_projects: Session) -> None:
    two_projects.rollback()
    told: list[Sequence[int]] = []

    def make(keys: Sequence[int]) -> dict[int, int]:
        told.append(keys)
        if len(told) == 1:
            with transaction(two_projects):
                audit.record(two_projects, by=OFFICER, did="measure", subject="tests")
        return dict.fromkeys(keys, len(told))

    def ask() -> dict[int, int]:
        with over_all(two_projects):
            return remembered.remembered_by_project(two_projects, "tests", make)

    assert [set(ask().values()) for _ in range(3)] == [{1}, {2}, {2}]


def test_a_database_that_was_put_back_from_a_backup_is_told_apart(two_projects: Session) -> None:
    since = from_now_on(two_projects)
    move_a_milestone(two_projects)
    assert still_holds(two_projects, since, most=0)
    assert not still_holds(two_projects, since._replace(seal="another"), most=0)
    assert not still_holds(two_projects, since._replace(seq=since.seq + 9), most=0)


def test_all_that_an_overview_reads_is_looked_at(two_projects: Session) -> None:
    with questions(two_projects.get_bind()) as asked:
        gathered(two_projects)
    read = (name for said in asked for name in re.findall(r"(?:FROM|JOIN) (\w+)(?![\w(])", said))
    tables = {name for name in read if not re.match(r"anon_|late_", name)}
    assert tables <= {*WHOLE, *OF_ALL, *COUNTED}
    assert {"milestone", "programme_term", "allocation"} <= tables


def move_elsewhere(url: str) -> None:
    """Move a milestone of the second project, in a process of its own."""
    with closing_engine(url) as engine, Session(engine) as session:
        the_second(session)
        move_a_milestone(session)


def test_a_deed_in_another_process_is_seen(two_projects: Session) -> None:
    before = of_all(two_projects)
    two_projects.rollback()
    url = two_projects.get_bind().engine.url.render_as_string(hide_password=False)
    other = multiprocessing.get_context("spawn").Process(target=move_elsewhere, args=(url,))
    other.start()
    other.join(120)
    assert other.exitcode == 0
    after = of_all(two_projects)
    assert after == gathered(two_projects)
    assert after.projects[0] is before.projects[0]
    assert LATER in {one.current for one in after.projects[1].milestones}
    assert LATER not in {one.current for one in before.projects[1].milestones}
