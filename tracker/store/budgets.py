"""What is set aside for costs: by each funder, and by the project's own plan, in versions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, extract, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.amendments import Verdict
from tracker.domain.budgets import BudgetLine, BudgetVersion
from tracker.domain.money import Money
from tracker.store.amendments import AmendmentRow
from tracker.store.projects import (
    CategoryRow,
    WorkPackageRow,
    categories_of,
    the_project,
    work_packages_of,
)
from tracker.store.tables import Base, Cents, whole_cents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select

    from tracker.domain.budgets import NewBudget


class BudgetVersionRow(Base):
    """One version of a funder's budget, or of the project's plan. Never overwritten.

    A version that belongs to an amendment counts once that is confirmed.
    """

    __tablename__ = "budget_version"
    __table_args__ = (
        Index(
            "ix_budget_version_of_commitment",
            "commitment_id",
            "number",
            unique=True,
            sqlite_where=text("commitment_id IS NOT NULL"),
            postgresql_where=text("commitment_id IS NOT NULL"),
        ),
        Index(
            "ix_budget_version_of_project",
            "project_id",
            "number",
            unique=True,
            sqlite_where=text("commitment_id IS NULL"),
            postgresql_where=text("commitment_id IS NULL"),
        ),
        CheckConstraint("number > 0", name="number_from_1"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    number: Mapped[int]
    made_on: Mapped[date]
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), default=None)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)


class BudgetRow(Base):
    """What a version sets aside, for a category and, where told apart, a work package and year."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("budget_version.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    amount: Mapped[Cents]
    work_package_id: Mapped[int | None] = mapped_column(ForeignKey("work_package.id"), default=None)
    year: Mapped[int | None] = mapped_column(default=None)


def versions_of(
    session: Session, project_id: int, commitment_id: int | None
) -> list[BudgetVersion]:
    """Every version of a funder's budget, or of the project's plan for none, the newest first."""
    of = (
        BudgetVersionRow.commitment_id.is_(None)
        if commitment_id is None
        else BudgetVersionRow.commitment_id == commitment_id
    )
    rows = session.execute(
        select(BudgetVersionRow, AmendmentRow.number, AmendmentRow.verdict)
        .outerjoin(AmendmentRow, AmendmentRow.id == BudgetVersionRow.amendment_id)
        .where(BudgetVersionRow.project_id == project_id, of)
        .order_by(BudgetVersionRow.number.desc())
    ).all()
    lines = _lines(session, [row.id for row, _, _ in rows])
    return [
        BudgetVersion(
            id=row.id,
            number=row.number,
            made_on=row.made_on,
            reason=row.reason,
            entered_by=row.entered_by,
            document_id=row.document_id,
            amendment=amendment,
            counts=verdict in (None, Verdict.CONFIRMED.value),
            lines=tuple(lines.get(row.id, ())),
        )
        for row, amendment, verdict in rows
    ]


def version_that_counts(versions: Iterable[BudgetVersion]) -> BudgetVersion | None:
    """Choose the newest version that counts from a list with the newest first."""
    return next((version for version in versions if version.counts), None)


def plan_of(session: Session) -> tuple[BudgetLine, ...]:
    """The lines of the project's plan that counts now; none where nobody has entered one."""
    version = version_that_counts(versions_of(session, the_project(session).id, None))
    return version.lines if version else ()


def keep_version(
    session: Session,
    project_id: int,
    commitment_id: int | None,
    new: NewBudget,
    *,
    by: str,
    document_id: int | None = None,
) -> BudgetVersionRow:
    """Keep a version as the newest of its budget; lines of nothing are left out."""
    row = BudgetVersionRow(
        project_id=project_id,
        commitment_id=commitment_id,
        number=new.based_on + 1,
        made_on=new.made_on,
        reason=new.reason.strip(),
        entered_by=by,
        entered_at=datetime.now(UTC),
        amendment_id=new.amendment or None,
        document_id=document_id,
    )
    session.add(row)
    session.flush()
    categories = categories_of(session, project_id)
    packages = work_packages_of(session, project_id)
    session.add_all(
        BudgetRow(
            version_id=row.id,
            category_id=categories[line.category],
            amount=line.amount.cents,
            work_package_id=packages[line.work_package] if line.work_package else None,
            year=line.year or None,
        )
        for line in new.lines
        if line.amount
    )
    session.flush()
    return row


def charged_lines(session: Session, commitment_id: int) -> tuple[BudgetLine, ...]:
    """What a commitment paid so far, by category, work package and year of the cost."""
    from tracker.store.allocations import AllocationRow  # the tables point at each other

    return _spent(
        session, AllocationRow.amount, (AllocationRow, AllocationRow.commitment_id == commitment_id)
    )


def cost_lines(session: Session) -> tuple[BudgetLine, ...]:
    """What the project cost so far, by category, work package and year."""
    from tracker.store.costs import CostLineRow  # the tables point at each other

    return _spent(session, CostLineRow.amount, None)


def _spent(session: Session, amount: Any, paid: tuple[Any, Any] | None) -> tuple[BudgetLine, ...]:
    from tracker.store.costs import CostLineRow

    year = extract("year", CostLineRow.incurred_on)
    query = (
        select(CategoryRow.code, func.coalesce(WorkPackageRow.code, ""), year, func.sum(amount))
        .select_from(CostLineRow)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .outerjoin(WorkPackageRow, WorkPackageRow.id == CostLineRow.work_package_id)
        .group_by(
            CategoryRow.position,
            CategoryRow.code,
            WorkPackageRow.position,
            WorkPackageRow.code,
            year,
        )
        .order_by(CategoryRow.position, WorkPackageRow.position, year)
    )
    if paid is not None:
        allocations, mine = paid
        query = query.join(allocations, allocations.cost_line_id == CostLineRow.id).where(mine)
    return tuple(
        BudgetLine(category, package, int(when), Money(int(cents)))
        for category, package, when, cents in session.execute(query)
    )


def budget_of(session: Session, commitment_id: int) -> dict[str, Money]:
    """The newest version of a funder's budget by category; empty where it set none."""
    rows = session.execute(
        select(CategoryRow.code, func.sum(BudgetRow.amount))
        .join(CategoryRow, CategoryRow.id == BudgetRow.category_id)
        .join(BudgetVersionRow, BudgetVersionRow.id == BudgetRow.version_id)
        .where(
            BudgetVersionRow.commitment_id == commitment_id,
            BudgetVersionRow.id.in_(newest_versions()),
        )
        .group_by(CategoryRow.code, CategoryRow.position)
        .order_by(CategoryRow.position)
    )
    return {code: Money(int(amount)) for code, amount in rows}


def newest_versions() -> Select[int]:
    """Choose the version that counts now of each commitment's budget and each project's plan."""
    version = BudgetVersionRow
    rank = func.row_number().over(
        partition_by=(version.project_id, version.commitment_id), order_by=version.number.desc()
    )
    ranked = (
        select(version.id, rank.label("rank"))
        .outerjoin(AmendmentRow, AmendmentRow.id == version.amendment_id)
        .where(or_(AmendmentRow.id.is_(None), AmendmentRow.verdict == Verdict.CONFIRMED.value))
        .subquery()
    )
    return select(ranked.c.id).where(ranked.c.rank == 1)


def _lines(session: Session, versions: list[int]) -> dict[int, list[BudgetLine]]:
    rows = session.execute(
        select(
            BudgetRow.version_id,
            CategoryRow.code,
            func.coalesce(WorkPackageRow.code, ""),
            func.coalesce(BudgetRow.year, 0),
            BudgetRow.amount,
        )
        .join(CategoryRow, CategoryRow.id == BudgetRow.category_id)
        .outerjoin(WorkPackageRow, WorkPackageRow.id == BudgetRow.work_package_id)
        .where(BudgetRow.version_id.in_(versions))
        .order_by(CategoryRow.position, WorkPackageRow.position, BudgetRow.year)
    )
    found: dict[int, list[BudgetLine]] = {}
    for version, category, package, year, amount in rows:
        found.setdefault(version, []).append(BudgetLine(category, package, year, Money(amount)))
    return found
