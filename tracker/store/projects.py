"""Projects, their work packages, cost categories and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker import demo
from tracker.domain.commitments import Status
from tracker.domain.costs import INELIGIBLE
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.periods import Period
from tracker.store.scope import in_project, over_all
from tracker.store.tables import Base

if TYPE_CHECKING:
    from sqlalchemy import Select


class ProjectRow(Base):
    """Work that is funded, with costs that count. ``case_hash`` tells what it was set up from."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("first_day <= last_day", name="period_in_order"),
        CheckConstraint("currency = 'EUR'", name="currency_euro"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    note: Mapped[str]
    currency: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    is_sample: Mapped[bool]
    case_hash: Mapped[str]


class WorkPackageRow(Base):
    """A coherent part of the plan; the books name it as cost centre."""

    __tablename__ = "work_package"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]


class CategoryRow(Base):
    """A kind of cost that funders tell apart."""

    __tablename__ = "cost_category"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str]
    position: Mapped[int]


class AccountRow(Base):
    """A ledger account: its cost category, or ineligible, or no account of costs at all."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("NOT (ineligible AND category_id IS NOT NULL)", name="one_judgement"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str]
    name: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("cost_category.id"))
    ineligible: Mapped[bool]


class InKindRuleRow(Base):
    """The category of partners' hours; a split rule says which commitment they are."""

    __tablename__ = "in_kind_rule"
    __table_args__ = (UniqueConstraint("project_id"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))


@dataclass(frozen=True, slots=True)
class Project:
    """The project as pages and reports name it; codes are in the order of showing."""

    id: int
    code: str
    name: str
    note: str
    is_sample: bool
    period: Period
    categories: tuple[str, ...]
    work_packages: dict[str, str]


class Named(NamedTuple):
    """A project as somebody chooses it."""

    id: int
    code: str
    name: str


def named_projects(session: Session, funder_id: int | None = None) -> list[Named]:
    """List the projects in the order in which they were set up; those of a funder, if asked.

    Shape:  a project is a funder's where that has a commitment in it that is no draft.
    """
    row = ProjectRow
    query = select(row.id, row.code, row.name).order_by(row.id)
    if funder_id is not None:
        query = query.where(row.id.in_(_funded_by(funder_id)))
    with over_all(session):
        return [Named(*found) for found in session.execute(query)]


def _funded_by(funder_id: int) -> Select[int]:
    from tracker.store.commitments import CommitmentRow  # the tables point at each other
    from tracker.store.funders import ProgrammeRow

    return (
        select(CommitmentRow.project_id)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .where(ProgrammeRow.funder_id == funder_id, CommitmentRow.status != Status.DRAFT.value)
    )


def choose_project(session: Session, code: str) -> None:
    """Let a session be about the project with this code; without one, about the only project.

    Errors: ``NotFoundError``; ``RuleViolation`` where there are several and none is named.
    """
    known = named_projects(session)
    codes = ", ".join(project.code for project in known)
    chosen = [project for project in known if project.code == code] if code else known
    if not chosen and code:
        raise NotFoundError(
            "There is no project {code} in this database.",
            "It holds: {codes}.",
            code=code,
            codes=codes or "–",
        )
    if len(chosen) > 1:
        raise RuleViolation(
            "This database holds {count} projects: {codes}.",
            "Say which one is meant, for example: --project {code}",
            count=len(known),
            codes=codes,
            code=known[0].code,
        )
    if chosen:
        in_project(session, chosen[0].id)


def project_of(session: Session) -> Project | None:
    """Give the project that the session is about, if one has been set up."""
    row = session.scalars(select(ProjectRow).order_by(ProjectRow.id).limit(1)).first()
    if row is None:
        return None
    categories = session.scalars(
        select(CategoryRow.code)
        .where(CategoryRow.project_id == row.id)
        .order_by(CategoryRow.position)
    )
    packages = session.execute(
        select(WorkPackageRow.code, WorkPackageRow.name)
        .where(WorkPackageRow.project_id == row.id)
        .order_by(WorkPackageRow.position)
    )
    return Project(
        id=row.id,
        code=row.code,
        name=row.name,
        note=row.note,
        is_sample=row.is_sample,
        period=Period(row.first_day, row.last_day),
        categories=tuple(categories),
        work_packages=dict(iter(packages)),
    )


def day_of_sample(session: Session) -> date | None:
    """Give the day that it always is in the sample, if the session is about that."""
    row = select(ProjectRow.is_sample).order_by(ProjectRow.id).limit(1)
    return demo.DAY if session.scalar(row) else None


def the_project(session: Session) -> Project:
    """Give the project, or say that there is none yet.

    Errors: ``NotFoundError``.
    """
    if project := project_of(session):
        return project
    raise NotFoundError(
        "No programme has been set up in this database yet.",
        "Load one with: tracker setup CASE.json",
    )


def categories_of(session: Session, project_id: int) -> dict[str, int]:
    """The ids of the cost categories by code, in their order."""
    rows = session.execute(
        select(CategoryRow.code, CategoryRow.id)
        .where(CategoryRow.project_id == project_id)
        .order_by(CategoryRow.position)
    )
    return {code: key for code, key in rows}  # noqa: C416 - typed rows


def work_packages_of(session: Session, project_id: int) -> dict[str, int]:
    """The ids of the work packages by code, in their order."""
    rows = session.execute(
        select(WorkPackageRow.code, WorkPackageRow.id)
        .where(WorkPackageRow.project_id == project_id)
        .order_by(WorkPackageRow.position)
    )
    return {code: key for code, key in rows}  # noqa: C416 - typed rows


@dataclass(frozen=True, slots=True)
class Account:
    """A ledger account as lines are judged by it; ``category`` as the rules name it."""

    id: int
    category: str | None
    category_id: int | None


def accounts_of(session: Session, project_id: int) -> dict[str, Account]:
    """The accounts of the project's map by code."""
    rows = session.execute(
        select(AccountRow, CategoryRow.code)
        .outerjoin(CategoryRow, CategoryRow.id == AccountRow.category_id)
        .where(AccountRow.project_id == project_id)
    )
    return {
        row.code: Account(row.id, INELIGIBLE if row.ineligible else category, row.category_id)
        for row, category in rows
    }


def account_names(session: Session, project_id: int) -> dict[str, str]:
    """The names of the accounts of costs by code, in the order of the codes."""
    rows = session.execute(
        select(AccountRow.code, AccountRow.name)
        .where(
            AccountRow.project_id == project_id,
            or_(AccountRow.category_id.is_not(None), AccountRow.ineligible),
        )
        .order_by(AccountRow.code)
    )
    return {code: name for code, name in rows}  # noqa: C416 - typed rows


def in_kind_category_of(session: Session, project_id: int) -> int | None:
    """The category of partners' hours, where the programme knows in-kind contributions."""
    return session.scalar(
        select(InKindRuleRow.category_id).where(InKindRuleRow.project_id == project_id)
    )
