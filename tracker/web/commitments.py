"""The overview of the funding, and the page of one commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from tracker.domain.commitments import funding_totals
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import (
    allocations,
    amendments,
    budgets,
    commitments,
    instalments,
    milestones,
    receipts,
)
from tracker.web.charts import funding_by_source
from tracker.web.clock import today
from tracker.web.permissions import own_commitment, own_commitments, permission
from tracker.web.reports import years_to_report
from tracker.web.spending import spending_of
from tracker.web.work import matters_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment

bp = Blueprint("commitments", __name__)


@bp.get("/overview")
@permission(Permission.SEE_FUNDING)
def overview() -> ResponseReturnValue:
    """Show the funding at a glance: every commitment, and what needs attention."""
    seen = own_commitments()
    return render_template(
        "commitments/overview.html",
        commitments=seen,
        totals=funding_totals(seen),
        sources=funding_by_source(seen),
        matters=matters_of(seen),
    )


@bp.get("/commitments/<code>")
@permission(Permission.SEE_FUNDING)
def show(code: str) -> ResponseReturnValue:
    """Show one commitment: its terms, what came in, what it paid and what it did not."""
    commitment = own_commitment(code)
    return render_template(
        "commitments/show.html",
        commitment=commitment,
        years=years_to_report(commitment),
        today=today(),
        **_particulars(commitment),
    )


def _particulars(commitment: Commitment) -> dict[str, object]:
    """Gather what hangs on a commitment."""
    session, key = db.session(), commitment.id
    allowed = commitments.allowed_categories_of(session, key)
    budget, charged = budgets.budget_of(session, key), allocations.charged_by(session, key)
    return {
        "categories": allowed,
        "amendments": amendments.amendments_of(session, key),
        "instalments": instalments.instalments_of(session, key),
        "receipts": receipts.receipts_of(session, key),
        "spending": spending_of(allowed, budget, charged),
        "not_charged": allocations.not_charged_by_commitment(session, key),
        "milestones": milestones.milestones_of(session, key),
    }
