"""A session reads one project only, by whatever table; and every table says whose its rows are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from tests.actions.second_project import FIRST, SECOND
from tracker.store import schema, scope
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.budgets import BudgetRow
from tracker.store.checks import broken
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow
from tracker.store.instalments import InstalmentRow
from tracker.store.ledgers import ExcludedLineRow
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow
from tracker.store.projects import CategoryRow, Named, WorkPackageRow, named_projects, the_project
from tracker.store.scope import OF_PROJECT, SHARED, Scope, in_project, over_all

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TABLES = (
    *(AllocationRow, BookRow, BudgetRow, CommitmentRow, CostLineRow, ExcludedLineRow),
    *(InstalmentRow, MilestoneMoveRow, MilestoneRow, UnallocatedRow),
)


def counts(session: Session) -> dict[str, int]:
    return {
        table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
        for table in TABLES
    }


def test_every_table_says_whose_its_rows_are() -> None:
    known = set(schema.metadata.tables)
    assert set(OF_PROJECT) | SHARED == known
    assert not set(OF_PROJECT) & SHARED


@pytest.mark.parametrize("table", sorted(OF_PROJECT))
def test_the_way_to_the_project_leads_along_columns_that_are_there(table: str) -> None:
    column, parent = OF_PROJECT[table]
    assert column in schema.metadata.tables[table].columns
    while parent:
        table, (column, parent) = parent, OF_PROJECT[parent]
    assert (table, column) == ("project", "id") or column == "project_id"


def test_the_parts_of_all_projects_are_the_whole(two_projects: Session) -> None:
    parts = []
    for project in named_projects(two_projects):
        in_project(two_projects, project.id)
        parts.append(counts(two_projects))
    with over_all(two_projects):
        whole = counts(two_projects)
    assert {name: sum(part[name] for part in parts) for name in whole} == whole
    assert all(part[name] for part in parts for name in whole), parts


def test_a_session_is_about_the_first_project_until_another_is_chosen(
    two_projects: Session,
) -> None:
    first, second = named_projects(two_projects)
    assert (first.code, second.code) == (FIRST, SECOND)
    assert project_as_named(two_projects) == first
    in_project(two_projects, second.id)
    assert project_as_named(two_projects) == second
    with over_all(two_projects):
        assert two_projects.scalar(select(func.count(CommitmentRow.id))) == 2 * _commitments(
            two_projects
        )
    assert project_as_named(two_projects) == second


def project_as_named(session: Session) -> Named:
    """The project that a session is about, its codes being its own."""
    project = the_project(session)
    with over_all(session):
        known = [
            session.scalars(
                select(table.code).where(table.project_id == project.id).order_by(table.position)
            ).all()
            for table in (CategoryRow, WorkPackageRow)
        ]
    assert known == [[*project.categories], [*project.work_packages]]
    assert all(known)
    return Named(project.id, project.code, project.name)


def _commitments(session: Session) -> int:
    return session.scalar(select(func.count()).where(CommitmentRow.project_id == 1)) or 0


def test_rows_of_another_project_are_not_found_in_any_way(two_projects: Session) -> None:
    line, other = CostLineRow, aliased(CostLineRow)
    with over_all(two_projects):
        theirs = two_projects.scalar(select(func.max(line.id)))
    assert theirs is not None
    whole = select(func.count()).select_from(select(line.id).where(line.id == theirs).subquery())
    joined = select(AllocationRow.id).join(line, line.id == AllocationRow.cost_line_id)
    either = select(line.id).where(line.id == theirs)
    none = (
        two_projects.get(line, theirs),
        two_projects.scalar(whole) or None,
        two_projects.scalar(select(other.id).where(other.id == theirs)),
        two_projects.scalar(joined.where(line.id == theirs)),
        two_projects.scalar(either.union(select(other.id).where(other.id == theirs))),
        two_projects.scalar(select(CommitmentRow.id).where(either.exists())),
        two_projects.scalar(select(UnallocatedRow.id).where(UnallocatedRow.cost_line_id == theirs)),
    )
    assert none == (None,) * len(none)
    with over_all(two_projects):
        assert two_projects.get(line, theirs) is not None
        assert two_projects.scalar(whole) == 1
        assert two_projects.scalar(select(CommitmentRow.id).where(either.exists())) is not None


def test_rows_of_another_project_are_not_changed(two_projects: Session) -> None:
    row = MilestoneRow
    with over_all(two_projects):
        theirs = two_projects.scalar(select(func.max(row.id)))
    titled = select(func.count()).where(row.title == "changed")
    changing = update(row).where(row.id == theirs).values(title="changed")
    removing = delete(row).where(row.id == theirs)
    two_projects.execute(changing)
    two_projects.execute(removing)
    with over_all(two_projects):
        assert two_projects.scalar(titled) == 0
        two_projects.execute(changing)
        assert two_projects.scalar(titled) == 1
    two_projects.rollback()


def test_one_project_alone_is_read_as_it_always_was(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scope.scope_of(loaded) == Scope(None)
    monkeypatch.setattr(scope, "_condition", lambda _: pytest.fail("a condition was added"))
    assert all(counts(loaded).values())


def test_codes_within_a_project_have_a_name_of_their_own_in_every_project(
    two_projects: Session,
) -> None:
    first, second = named_projects(two_projects)
    in_project(two_projects, first.id)
    assert scope.named(two_projects, "M1") == "M1"
    in_project(two_projects, second.id)
    assert scope.named(two_projects, "M1") == f"{SECOND}:M1"


def test_what_must_hold_holds_for_both(two_projects: Session) -> None:
    assert broken(two_projects) == []
    assert two_projects.info[scope.SCOPE].project_id == 1


def test_a_charge_across_projects_is_found_by_the_checks(two_projects: Session) -> None:
    with over_all(two_projects):
        found = two_projects.execute(
            select(AllocationRow.charge_id, AllocationRow.commitment_id, CostLineRow)
            .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
            .where(CostLineRow.project_id == 2, AllocationRow.amount > 0)
            .order_by(AllocationRow.id)
        ).first()
        assert found is not None
        paying = two_projects.scalar(select(CommitmentRow.id).where(CommitmentRow.project_id == 1))
        assert paying is not None
        line = found[2]
        taken = two_projects.execute(
            select(AllocationRow.commitment_id, func.sum(AllocationRow.amount))
            .where(AllocationRow.cost_line_id == line.id)
            .group_by(AllocationRow.commitment_id)
        ).all()
        of = {"charge_id": found.charge_id, "cost_line_id": line.id}
        for commitment_id, cents in taken:
            two_projects.add(AllocationRow(**of, commitment_id=commitment_id, amount=-cents))
        two_projects.flush()
        two_projects.add(AllocationRow(**of, commitment_id=paying, amount=line.amount))
        two_projects.flush()
        names = [name.template for name, _ in broken(two_projects)]
    two_projects.rollback()
    assert "What a commitment pays is a cost of its own project." in names


def test_a_revision_that_knows_one_project_does_not_take_a_database_of_two(
    two_projects: Session,
) -> None:
    url = two_projects.get_bind().engine.url.render_as_string(hide_password=False)
    two_projects.rollback()
    with pytest.raises(RuntimeError, match="holds one project"):
        schema.downgrade(url, "0005")
    assert [project.code for project in named_projects(two_projects)] == [FIRST, SECOND]
