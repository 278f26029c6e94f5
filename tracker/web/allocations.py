"""What is not charged and why, and charging what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker.actions.allocations import charge as charge_waiting
from tracker.domain.money import Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import allocations, charging, ledgers
from tracker.web.auth import current_actor
from tracker.web.language import plural
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("allocations", __name__)


@bp.get("/not-charged")
@permission(Permission.SEE_BOOKS)
def not_charged() -> ResponseReturnValue:
    """Show what nobody pays, by reason and by commitment, and what is no cost at all."""
    session = db.session()
    reasons = allocations.not_charged(session)
    return render_template(
        "allocations/not_charged.html",
        waiting=charging.waiting(session),
        reasons=reasons,
        shares_left=sum(left.line_count for left in reasons),
        amount_left=Money.total(left.amount for left in reasons),
        by_commitment=allocations.not_charged_by_commitment(session),
        excluded=ledgers.excluded(session),
        twice=ledgers.booked_twice(session),
    )


@bp.post("/charge")
@permission(Permission.BRING_IN_BOOKS)
def charge() -> ResponseReturnValue:
    """Apply the split rules to what waits, and say what came of it."""
    outcome = charge_waiting(db.session(), by=current_actor())
    flash(
        plural(
            outcome.lines,
            "{count} cost line was judged: {charged} charged, {left} left with its reason.",
            "{count} cost lines were judged: {charged} charged, {left} left with their reasons.",
            charged=outcome.charged,
            left=outcome.left_total,
        )
    )
    return redirect(url_for("allocations.not_charged"))
