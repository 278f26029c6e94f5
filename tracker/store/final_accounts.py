"""Reading what the determination of a commitment rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.advances import advance_limit
from tracker.domain.commitments import Form, Status
from tracker.domain.deadlines import Weeks
from tracker.domain.final_accounts import FinalAccount
from tracker.domain.financing import side_of
from tracker.domain.money import ZERO, Money
from tracker.domain.statement_parts import SourcePart, told_together
from tracker.store.allocations import COUNTED_ON, AllocationRow
from tracker.store.amendments import amendments_of
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow
from tracker.store.determination import requests_of
from tracker.store.funders import FunderRow, ProgrammeRow
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from tracker.domain.amendments import Amendment
    from tracker.domain.commitments import Commitment
    from tracker.domain.terms import TermSheet


def final_account(session: Session, commitment: Commitment, until: date) -> FinalAccount:
    """Gather what the determination of a commitment rests on, of costs up to a day."""
    sheet, day = terms_of(session, commitment.programme_id), commitment.decided_on
    request = requests_of(session).get(commitment.id)
    return FinalAccount(
        total_cost=_total_cost(session, commitment.id, until),
        others=told_together(_paid_by_others(session, commitment, until)),
        weeks=Weeks(
            request=sheet.count("determination_weeks", day=day),
            decision=sheet.count("decision_weeks", day=day),
            payment=sheet.count("payment_weeks", day=day),
        ),
        requested_on=request.requested_on if request else None,
        claimed=request.claimed if request else None,
        determined_on=_determined_on(amendments_of(session, commitment.id)),
        auditor_from=sheet.amount("auditor_threshold", day=day),
        advance_limit=_advance_limit(sheet, commitment),
    )


def _advance_limit(sheet: TermSheet, commitment: Commitment) -> Money | None:
    day = commitment.decided_on
    ceiling = sheet.share("advance_ceiling_percent", day=day)
    kept = sheet.share("retention_share", day=day)
    if ceiling is None and kept is None:
        return None
    return advance_limit(commitment.amount, ceiling, kept)


def _determined_on(amendments: tuple[Amendment, ...]) -> date | None:
    days = [one.decided_on for one in amendments if one.status is Status.DETERMINED]
    return days[-1] if days else None


def _paid_for(commitment_id: int, until: date) -> Select[Any]:
    """Choose the cost lines of which a commitment pays a part, up to a day."""
    return (
        select(AllocationRow.cost_line_id)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(AllocationRow.commitment_id == commitment_id, until >= COUNTED_ON)
    )


def _total_cost(session: Session, commitment_id: int, until: date) -> Money:
    cents = session.scalar(
        select(func.coalesce(func.sum(CostLineRow.amount), 0)).where(
            CostLineRow.id.in_(_paid_for(commitment_id, until))
        )
    )
    return Money(int(cents or 0))


def _paid_by_others(session: Session, commitment: Commitment, until: date) -> list[SourcePart]:
    rows = session.execute(
        select(FunderRow.id, FunderRow.kind, CommitmentRow.form, func.sum(AllocationRow.amount))
        .select_from(AllocationRow)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .join(CommitmentRow, CommitmentRow.id == AllocationRow.commitment_id)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .join(FunderRow, FunderRow.id == ProgrammeRow.funder_id)
        .where(
            AllocationRow.commitment_id != commitment.id,
            AllocationRow.cost_line_id.in_(_paid_for(commitment.id, until)),
            until >= COUNTED_ON,
        )
        .group_by(FunderRow.id, FunderRow.kind, CommitmentRow.form)
        .order_by(FunderRow.id, CommitmentRow.form)
    )
    return [
        SourcePart(key, side_of(kind), Form(form), ZERO, ZERO, Money(int(cents)))
        for key, kind, form, cents in rows
    ]
