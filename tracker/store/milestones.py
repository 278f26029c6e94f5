"""Milestones and the moves of their dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.milestones import Milestone, MilestoneStatus, Move, Release
from tracker.domain.money import Money
from tracker.store.commitments import CommitmentRow
from tracker.store.funders import ProgrammeRow
from tracker.store.instalments import InstalmentRow
from tracker.store.projects import WorkPackageRow
from tracker.store.scope import named
from tracker.store.splitting import SplitRuleRow, SplitShareRow
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


class MilestoneRow(Base):
    """A dated, verifiable event; the baseline never changes."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        CheckConstraint("(status = 'met') = (met_on IS NOT NULL)", name="met_on_a_day"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_within"),
        one_of("status", MilestoneStatus),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str]
    title: Mapped[str]
    work_package_id: Mapped[int] = mapped_column(ForeignKey("work_package.id"))
    weight: Mapped[int]
    baseline: Mapped[date]
    met_on: Mapped[date | None]
    releases_id: Mapped[int | None] = mapped_column(ForeignKey("instalment.id"), unique=True)
    position: Mapped[int]
    owner: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default=MilestoneStatus.SCHEDULED.value)
    progress: Mapped[int] = mapped_column(default=0)
    criteria: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class MilestoneAfterRow(Base):
    """A milestone that can be met only after another one."""

    __tablename__ = "milestone_after"
    __table_args__ = (CheckConstraint("milestone_id <> after_id", name="not_itself"),)

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True)
    after_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True)


class MilestoneFundingRow(Base):
    """What a milestone is planned to cost a commitment; without one, nobody pays that yet."""

    __tablename__ = "milestone_funding"
    __table_args__ = (
        UniqueConstraint("milestone_id", "commitment_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    amount: Mapped[Cents]


class EvidenceRow(Base):
    """A document that must show that a milestone was met, and the one that was handed in."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("milestone_id", "title"),
        CheckConstraint("title <> ''", name="title_given"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    title: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)


class MilestoneReportRow(Base):
    """A report to a funder that is due so many weeks after a milestone."""

    __tablename__ = "milestone_report"
    __table_args__ = (
        UniqueConstraint("milestone_id", "commitment_id", "title"),
        CheckConstraint("title <> ''", name="title_given"),
        CheckConstraint("weeks >= 0", name="weeks_not_negative"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    title: Mapped[str]
    weeks: Mapped[int]


class MilestoneMoveRow(Base):
    """A new date for a milestone, with its reason. Never overwritten."""

    __tablename__ = "milestone_move"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_given"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), index=True)
    moved_on: Mapped[date]
    to_day: Mapped[date]
    reason: Mapped[str]


def of_milestone(session: Session, code: str) -> str:
    """Name a milestone as the subject of a deed, and of the documents kept with it."""
    return f"milestone/{named(session, code)}"


def milestones_of(session: Session, commitment_id: int | None = None) -> list[Milestone]:
    """List the milestones in their order; of a commitment, those that concern it.

    Shape:  a milestone concerns a commitment that pays for its work package or that it releases
            an instalment of; releases of other commitments are left out for it.
    """
    chosen: list[ColumnElement[bool]] = []
    if commitment_id is not None:
        chosen = [_pays_for(commitment_id) | (CommitmentRow.id == commitment_id)]
    return _milestones(session, chosen, commitment_id)


def _milestones(
    session: Session, chosen: list[ColumnElement[bool]], commitment_id: int | None = None
) -> list[Milestone]:
    query = (
        select(
            MilestoneRow,
            WorkPackageRow.code.label("work_package"),
            CommitmentRow.id.label("commitment_id"),
            CommitmentRow.code.label("commitment"),
            ProgrammeRow.funder_id,
            InstalmentRow.number.label("number"),
            InstalmentRow.amount.label("amount"),
            InstalmentRow.due_on.label("due_on"),
        )
        .join(WorkPackageRow, WorkPackageRow.id == MilestoneRow.work_package_id)
        .outerjoin(InstalmentRow, InstalmentRow.id == MilestoneRow.releases_id)
        .outerjoin(CommitmentRow, CommitmentRow.id == InstalmentRow.commitment_id)
        .outerjoin(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .order_by(MilestoneRow.project_id, MilestoneRow.position)
    )
    rows = session.execute(query.where(*chosen)).all()
    one = rows[0].MilestoneRow.id if len(rows) == 1 else None
    moves, after = _moves(session, one), _predecessors(session, one)
    return [
        _milestone(
            found,
            tuple(moves.get(found.MilestoneRow.id, ())),
            tuple(after.get(found.MilestoneRow.id, ())),
            commitment_id,
        )
        for found in rows
    ]


def milestone_named(session: Session, code: str) -> Milestone:
    """Give the milestone with this code.

    Errors: ``NotFoundError``.
    """
    for found in _milestones(session, [MilestoneRow.code == code]):
        return found
    raise NotFoundError("There is no milestone “{code}”.", code=code)


def _moves(session: Session, only: int | None) -> dict[int, list[Move]]:
    """Give the moves of every milestone, or of one, in their order."""
    found: dict[int, list[Move]] = {}
    row = MilestoneMoveRow
    query = select(row.milestone_id, row.moved_on, row.to_day, row.reason)
    if only is not None:
        query = query.where(row.milestone_id == only)
    for key, moved_on, to_day, reason in session.execute(query.order_by(row.moved_on, row.id)):
        found.setdefault(key, []).append(Move(moved_on, to_day, reason))
    return found


def _predecessors(session: Session, only: int | None) -> dict[int, list[str]]:
    """Give the codes of what comes before each milestone, in their order."""
    found: dict[int, list[str]] = {}
    query = select(MilestoneAfterRow.milestone_id, MilestoneRow.code).join(
        MilestoneRow, MilestoneRow.id == MilestoneAfterRow.after_id
    )
    if only is not None:
        query = query.where(MilestoneAfterRow.milestone_id == only)
    for key, code in session.execute(query.order_by(MilestoneRow.position)):
        found.setdefault(key, []).append(code)
    return found


def held(session: Session, code: str) -> Milestone:
    """Give a milestone, and hold it still.

    Errors: ``NotFoundError``.
    """
    milestone_row(session, code)
    return milestone_named(session, code)


def milestone_row(session: Session, code: str) -> MilestoneRow:
    """Give a milestone to be changed; nobody else changes it until the deed is done.

    Errors: ``NotFoundError``.
    """
    query = select(MilestoneRow).where(MilestoneRow.code == code).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFoundError("There is no milestone “{code}”.", code=code)
    return row


def _pays_for(commitment_id: int) -> ColumnElement[bool]:
    """Choose the milestones of the work packages that a commitment pays for by a split rule."""
    rule = SplitRuleRow
    return (
        select(rule.id)
        .join(SplitShareRow, SplitShareRow.rule_id == rule.id)
        .where(
            SplitShareRow.commitment_id == commitment_id,
            rule.ended_at.is_(None),
            ~rule.is_in_kind,
            func.coalesce(rule.work_package_id, MilestoneRow.work_package_id)
            == MilestoneRow.work_package_id,
        )
        .exists()
    )


def _milestone(
    found: Any, moves: tuple[Move, ...], after: tuple[str, ...], only: int | None
) -> Milestone:
    row = found.MilestoneRow
    shows_release = found.commitment_id is not None and only in (None, found.commitment_id)
    return Milestone(
        code=row.code,
        title=row.title,
        work_package=found.work_package,
        weight=row.weight,
        baseline=row.baseline,
        moves=moves,
        met_on=row.met_on,
        releases=Release(
            found.commitment, found.funder_id, found.number, Money(found.amount), found.due_on
        )
        if shows_release
        else None,
        id=row.id,
        project_id=row.project_id,
        owner=row.owner,
        status=MilestoneStatus(row.status),
        progress=row.progress,
        criteria=row.criteria,
        after=after,
        version=row.version,
    )
