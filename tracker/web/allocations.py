"""What is not charged and why; charging what waits, after a look at it; taking a charge back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import allocations as deeds
from tracker.domain.imports import ChargeOutcome
from tracker.domain.money import ZERO, Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import allocations, charging, costs, ledgers
from tracker.store.commitments import commitments_of
from tracker.store.costs import CostLineRow, lines_of, listed
from tracker.store.dry_runs import try_charging
from tracker.web.auth import current_actor
from tracker.web.forms.allocations import ChargeForm, take_back_form
from tracker.web.language import plural, say
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


@bp.get("/charge/preview")
@permission(Permission.SEE_BOOKS)
def preview() -> ResponseReturnValue:
    """Show what charging would do now, and change nothing."""
    return _preview(ChargeForm(formdata=None))


@bp.post("/charge")
@permission(Permission.BRING_IN_BOOKS)
def charge() -> ResponseReturnValue:
    """Apply the split rules to what waits, and say what came of it."""
    form, outcomes = ChargeForm(), list[ChargeOutcome]()
    state, by = str(form.state.data or ""), current_actor()
    if not form.attempt(lambda: outcomes.append(deeds.charge(db.session(), state=state, by=by))):
        return _preview(form), 422
    for outcome in outcomes:
        flash(_told(outcome))
    return redirect(url_for(".not_charged"))


@bp.route("/costs/<key:line_id>/take-back", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
def take_back(line_id: int) -> ResponseReturnValue:
    """Take a charge of a cost line back from a commitment."""
    session, by = db.session(), current_actor()
    line = costs.cost_line(session, line_id)
    form = take_back_form(line, request.args.get("commitment", ""))
    code, amount = str(form.commitment.data), form.amount.data or ZERO
    reason = str(form.reason.data)
    if form.attempt(lambda: deeds.take_back(session, line_id, code, amount, reason, by=by)):
        flash(say("{amount} is taken back from {code}.", amount=amount, code=code))
        return redirect(url_for("costs.show", line_id=line_id))
    page = render_template("allocations/take_back.html", line=line, form=form)
    return page, 422 if form.is_submitted() else 200


def _preview(form: ChargeForm) -> str:
    session = db.session()
    run = try_charging(session)
    chosen = CostLineRow.id.in_({*run.first, *run.without_rule})
    return render_template(
        "allocations/preview.html",
        form=form,
        run=run,
        lines={line.id: line for line in lines_of(session, listed().where(chosen))},
        codes={commitment.id: commitment.code for commitment in commitments_of(session)},
    )


def _told(outcome: ChargeOutcome) -> str:
    return plural(
        outcome.lines,
        "{count} cost line was judged: {charged} charged, {left} left with its reason.",
        "{count} cost lines were judged: {charged} charged, {left} left with their reasons.",
        charged=outcome.charged,
        left=outcome.left_total,
    )
