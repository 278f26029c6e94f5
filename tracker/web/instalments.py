"""The instalments of a commitment: the plan, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker.actions import instalments as deeds
from tracker.domain.advances import Planned, advance_limit, check_advances
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.instalments import instalments_of, milestones_free, plan_terms
from tracker.store.milestones import milestones_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.instalments import plan_form, progress_form
from tracker.web.language import said
from tracker.web.permissions import own_commitment, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment
    from tracker.domain.instalments import Instalment, NewInstalment, PlanTerms
    from tracker.domain.milestones import Milestone

bp = Blueprint("instalments", __name__, url_prefix="/commitments/<code>/instalments")


@dataclass(frozen=True, slots=True)
class Plan:
    """The instalments of a commitment with their sums, and what the programme says of them."""

    instalments: tuple[Instalment, ...]
    terms: PlanTerms
    limit: Money
    planned: Money
    held_back: Money
    received: Money
    outstanding: Money
    retained: Money
    breach: RuleViolation | None


@bp.get("")
@permission(Permission.SEE_FUNDING)
def show(code: str) -> ResponseReturnValue:
    """Show what is planned, what releases it, and how far it has come."""
    commitment = own_commitment(code)
    return render_template(
        "instalments/show.html",
        commitment=commitment,
        plan=_plan_of(commitment),
        milestones=_milestones(),
        today=today(),
    )


@bp.route("/change", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def change(code: str) -> ResponseReturnValue:
    """Change the whole plan in one form."""
    session, commitment = db.session(), own_commitment(code)
    known = instalments_of(session, commitment.id, cancelled=True)
    form = plan_form(known, milestones_free(session, commitment.id), commitment.version)
    if form.attempt(lambda: _change(code, form.to_domain(), form.version.data or 0)):
        return redirect(url_for(".show", code=code))
    page = render_template(
        "instalments/change.html", commitment=commitment, plan=_plan_of(commitment), form=form
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/<int:number>", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def follow(code: str, number: int) -> ResponseReturnValue:
    """Write down that an instalment was asked for, released by its report, or held back."""
    session, by = db.session(), current_actor()
    commitment, one = _instalment(code, number)
    form = progress_form(one, commitment.version)
    version = form.version.data or 0
    if form.attempt(
        lambda: deeds.follow(
            session, code, number, form.to_domain(), version=version, today=today(), by=by
        )
    ):
        return redirect(url_for(".show", code=code))
    known = {"commitment": commitment, "one": one, "milestone": _milestones().get(one.milestone)}
    page = render_template("instalments/follow.html", form=form, **known)
    return page, 422 if form.is_submitted() else 200


def _milestones() -> dict[str, Milestone]:
    return {milestone.code: milestone for milestone in milestones_of(db.session())}


def _change(code: str, wished: list[NewInstalment], version: int) -> None:
    """Keep the plan, and say what it is warned of."""
    warning = deeds.change_plan(
        db.session(), code, wished, version=version, today=today(), by=current_actor()
    )
    if warning:
        flash(f"{said(warning.message)} {said(warning.hint)}")


def _instalment(code: str, number: int) -> tuple[Commitment, Instalment]:
    commitment = own_commitment(code)
    for one in instalments_of(db.session(), commitment.id):
        if one.number == number:
            return commitment, one
    raise NotFoundError("{code} has no instalment {number}.", code=code, number=number)


def _plan_of(commitment: Commitment) -> Plan:
    session = db.session()
    found = instalments_of(session, commitment.id)
    terms = plan_terms(session, commitment, today())
    limit = advance_limit(commitment.amount, terms.ceiling_share, terms.retention_share)
    in_order = sorted(found, key=lambda one: (one.due_on, one.number))
    breach = None
    try:
        check_advances([Planned(one.number, one.amount, one.kind) for one in in_order], limit)
    except RuleViolation as refusal:
        breach = refusal
    return Plan(
        instalments=found,
        terms=terms,
        limit=limit,
        planned=Money.total(one.amount for one in found),
        held_back=Money.total(one.held_back for one in found),
        received=Money.total(one.received for one in found),
        outstanding=Money.total(one.outstanding for one in found),
        retained=commitment.amount - limit,
        breach=breach,
    )
