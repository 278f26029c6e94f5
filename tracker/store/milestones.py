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
from tracker.store.projects import WorkPackageRow, work_packages_of
from tracker.store.splitting import SplitRuleRow, SplitShareRow
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from tracker.domain.programmes import NewMilestone


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


def milestones_of(session: Session, commitment_id: int | None = None) -> list[Milestone]:
    """List the milestones in their order; of a commitment, those that concern it.

    Shape:  a milestone concerns a commitment that pays for its work package or that it releases
            an instalment of; releases of other commitments are left out for it.
    """
    moves: dict[int, list[Move]] = {}
    for row in session.scalars(
        select(MilestoneMoveRow).order_by(MilestoneMoveRow.moved_on, MilestoneMoveRow.id)
    ):
        moves.setdefault(row.milestone_id, []).append(Move(row.moved_on, row.to_day, row.reason))
    query = (
        select(
            MilestoneRow,
            WorkPackageRow.code.label("work_package"),
            CommitmentRow.id.label("commitment_id"),
            CommitmentRow.code.label("commitment"),
            ProgrammeRow.funder_id,
            InstalmentRow.number.label("number"),
            InstalmentRow.amount.label("amount"),
        )
        .join(WorkPackageRow, WorkPackageRow.id == MilestoneRow.work_package_id)
        .outerjoin(InstalmentRow, InstalmentRow.id == MilestoneRow.releases_id)
        .outerjoin(CommitmentRow, CommitmentRow.id == InstalmentRow.commitment_id)
        .outerjoin(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .order_by(MilestoneRow.position)
    )
    if commitment_id is not None:
        query = query.where(_pays_for(commitment_id) | (CommitmentRow.id == commitment_id))
    return [
        _milestone(found, tuple(moves.get(found.MilestoneRow.id, ())), commitment_id)
        for found in session.execute(query)
    ]


def held(session: Session, code: str) -> Milestone:
    """Give a milestone, and hold it still.

    Errors: ``NotFoundError``.
    """
    _row(session, code)
    return next(found for found in milestones_of(session) if found.code == code)


def add_milestone(session: Session, project_id: int, new: NewMilestone) -> None:
    """Add a milestone behind the others, with its moves; it releases nothing."""
    last = session.scalar(select(func.max(MilestoneRow.position)))
    row = MilestoneRow(
        project_id=project_id,
        code=new.code,
        title=new.title,
        work_package_id=work_packages_of(session, project_id)[new.work_package],
        weight=new.weight,
        baseline=new.baseline,
        met_on=new.met_on,
        releases_id=None,
        position=0 if last is None else last + 1,
    )
    if new.met_on:
        row.status, row.progress = MilestoneStatus.MET.value, 100
    session.add(row)
    session.flush()
    for to in new.moves:
        add_move(session, new.code, to)


def add_move(session: Session, code: str, to: Move) -> None:
    """Add a new date to those that a milestone has had."""
    row = _row(session, code)
    moved = MilestoneMoveRow(
        milestone_id=row.id, moved_on=to.moved_on, to_day=to.to_day, reason=to.reason
    )
    session.add(moved)
    session.flush()


def note_met(session: Session, code: str, day: date) -> None:
    """Write down on which day a milestone was met."""
    row = _row(session, code)
    row.met_on, row.status, row.progress = day, MilestoneStatus.MET.value, 100
    session.flush()


def _row(session: Session, code: str) -> MilestoneRow:
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


def _milestone(found: Any, moves: tuple[Move, ...], only: int | None) -> Milestone:
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
        releases=Release(found.commitment, found.funder_id, found.number, Money(found.amount))
        if shows_release
        else None,
    )
