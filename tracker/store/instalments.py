"""Instalments of commitments, with what has come in on each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.instalments import Instalment, InstalmentKind, PlanTerms
from tracker.domain.money import Money
from tracker.domain.waivers import Rule, is_waived
from tracker.store.tables import Base, Cents, one_of, whole_cents
from tracker.store.terms import terms_of
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from tracker.domain.commitments import Commitment


class InstalmentRow(Base):
    """A part of the commitment that is to be paid. Taken out of the plan, it stays, cancelled."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("commitment_id", "number"),
        CheckConstraint("held_back BETWEEN 0 AND amount", name="held_back_within_amount"),
        CheckConstraint("(held_back = 0) = (held_back_reason = '')", name="held_back_for_reason"),
        one_of("kind", InstalmentKind),
        *whole_cents("amount", "held_back"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    number: Mapped[int]
    due_on: Mapped[date]
    amount: Mapped[Cents]
    kind: Mapped[str] = mapped_column(default=InstalmentKind.ADVANCE.value)
    report: Mapped[str] = mapped_column(default="")
    requested_on: Mapped[date | None] = mapped_column(default=None)
    accepted_on: Mapped[date | None] = mapped_column(default=None)
    held_back: Mapped[Cents] = mapped_column(default=0)
    held_back_reason: Mapped[str] = mapped_column(default="")
    cancelled: Mapped[bool] = mapped_column(default=False)


def instalments_of(
    session: Session, commitment_id: int | None = None, *, cancelled: bool = False
) -> tuple[Instalment, ...]:
    """The instalments of a commitment, in order, with what releases them and what came in.

    Shape:  those taken out of the plan only where ``cancelled`` asks for them.
    """
    return tuple(
        instalment
        for _, instalment in _instalments(session, commitment_id)
        if cancelled or not instalment.is_cancelled
    )


def instalments_by_commitment(session: Session) -> dict[int, tuple[Instalment, ...]]:
    """The instalments of every commitment, by its key."""
    found: dict[int, tuple[Instalment, ...]] = {}
    for key, instalment in _instalments(session, None):
        if not instalment.is_cancelled:
            found[key] = (*found.get(key, ()), instalment)
    return found


def plan_terms(session: Session, commitment: Commitment, today: date) -> PlanTerms:
    """What the programme of a commitment said of instalments when it was decided on."""
    rule, sheet = Rule.ADVANCE_CEILING, terms_of(session, commitment.programme_id)
    day = commitment.decided_on
    return PlanTerms(
        ceiling_share=sheet.share("advance_ceiling_percent", day=day),
        retention_share=sheet.share("retention_share", day=day),
        stops=sheet.stops(rule.value, day=day),
        is_waived=is_waived(waivers_of(session, commitment.id), rule, commitment.code, today),
    )


def milestones_free(session: Session, commitment_id: int) -> dict[str, str]:
    """The milestones that may release an instalment of a commitment: their titles by code.

    Shape:  a milestone that releases an instalment of another commitment is left out.
    """
    from tracker.store.milestones import MilestoneRow  # milestones point at instalments

    rows = session.execute(
        select(MilestoneRow.code, MilestoneRow.title)
        .outerjoin(InstalmentRow, InstalmentRow.id == MilestoneRow.releases_id)
        .where(InstalmentRow.id.is_(None) | (InstalmentRow.commitment_id == commitment_id))
        .order_by(MilestoneRow.position)
    )
    return dict(iter(rows))


def _instalments(session: Session, commitment_id: int | None) -> list[tuple[int, Instalment]]:
    from tracker.store.milestones import MilestoneRow  # milestones point at instalments
    from tracker.store.receipts import ReceiptRow  # receipts too

    received = (
        select(func.coalesce(func.sum(ReceiptRow.amount), 0))
        .where(ReceiptRow.instalment_id == InstalmentRow.id)
        .scalar_subquery()
    )
    query = (
        select(InstalmentRow, MilestoneRow.code, MilestoneRow.met_on, received)
        .outerjoin(MilestoneRow, MilestoneRow.releases_id == InstalmentRow.id)
        .order_by(InstalmentRow.commitment_id, InstalmentRow.number)
    )
    if commitment_id is not None:
        query = query.where(InstalmentRow.commitment_id == commitment_id)
    return [
        (row.commitment_id, _instalment(row, milestone, met_on, int(came_in)))
        for row, milestone, met_on, came_in in session.execute(query)
    ]


def _instalment(
    row: InstalmentRow, milestone: str | None, met_on: date | None, received: int
) -> Instalment:
    return Instalment(
        number=row.number,
        due_on=row.due_on,
        amount=Money(row.amount),
        milestone=milestone or "",
        id=row.id,
        kind=InstalmentKind(row.kind),
        report=row.report,
        requested_on=row.requested_on,
        accepted_on=row.accepted_on,
        held_back=Money(row.held_back),
        held_back_reason=row.held_back_reason,
        received=Money(received),
        is_cancelled=row.cancelled,
        milestone_met_on=met_on,
    )
