"""What commitments are meant for: work packages and milestones."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.allocations import Earmarks
from tracker.domain.commitments import Particulars
from tracker.store.commitments import CommitmentRow
from tracker.store.milestones import MilestoneRow
from tracker.store.projects import WorkPackageRow
from tracker.store.tables import Base


class EarmarkRow(Base):
    """A work package or a milestone that a commitment is meant for; without any, for all."""

    __tablename__ = "earmark"
    __table_args__ = (
        CheckConstraint("(work_package_id IS NULL) <> (milestone_id IS NULL)", name="one_purpose"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    work_package_id: Mapped[int | None] = mapped_column(ForeignKey("work_package.id"), default=None)
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), default=None)


def earmarks_of(session: Session) -> dict[int, Earmarks]:
    """Give what each commitment is meant for, where it is not meant for everything."""
    found: dict[int, tuple[set[int], set[int]]] = {}
    for row in session.scalars(select(EarmarkRow)):
        packages, milestones = found.setdefault(row.commitment_id, (set(), set()))
        if row.work_package_id is not None:
            packages.add(row.work_package_id)
        if row.milestone_id is not None:
            milestones.add(row.milestone_id)
    return {key: Earmarks(frozenset(p), frozenset(m)) for key, (p, m) in found.items()}


def particulars_of(session: Session, commitment_id: int) -> Particulars:
    """What a commitment is meant for, and on what conditions."""
    packages = session.scalars(
        select(WorkPackageRow.code)
        .join(EarmarkRow, EarmarkRow.work_package_id == WorkPackageRow.id)
        .where(EarmarkRow.commitment_id == commitment_id)
        .order_by(WorkPackageRow.position)
    )
    milestones = session.scalars(
        select(MilestoneRow.code)
        .join(EarmarkRow, EarmarkRow.milestone_id == MilestoneRow.id)
        .where(EarmarkRow.commitment_id == commitment_id)
        .order_by(MilestoneRow.position)
    )
    conditions = session.get_one(CommitmentRow, commitment_id).conditions
    return Particulars(conditions, tuple(packages), tuple(milestones))


def keep_earmarks(session: Session, row: CommitmentRow, particulars: Particulars) -> None:
    """Say what a commitment is meant for, in place of what was said before."""
    session.execute(delete(EarmarkRow).where(EarmarkRow.commitment_id == row.id))
    for key in session.scalars(
        select(WorkPackageRow.id).where(
            WorkPackageRow.project_id == row.project_id,
            WorkPackageRow.code.in_(particulars.work_packages),
        )
    ):
        session.add(EarmarkRow(commitment_id=row.id, work_package_id=key))
    for key in session.scalars(
        select(MilestoneRow.id).where(
            MilestoneRow.project_id == row.project_id,
            MilestoneRow.code.in_(particulars.milestones),
        )
    ):
        session.add(EarmarkRow(commitment_id=row.id, milestone_id=key))
    session.flush()
