"""What may be done with a milestone: move, follow, plan its money, hand in its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import milestones as deeds
from tracker.domain.milestones import missing_of
from tracker.domain.policy import Permission
from tracker.domain.risk import reason_of
from tracker.extensions import db
from tracker.store.commitments import commitments_of
from tracker.store.instalments import instalments_by_commitment
from tracker.store.milestone_moves import consequences_of
from tracker.store.milestone_plans import evidence_of, planned_of, reports_of
from tracker.store.milestones import milestone_named, milestones_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.commitments import DocumentForm
from tracker.web.forms.milestone_plans import funding_form, release_form
from tracker.web.forms.milestones import (
    MoveForm,
    PreviewForm,
    follow_form,
    milestone_filter_form,
    progress_form,
    show_again,
)
from tracker.web.language import plural, said, say
from tracker.web.milestone_page import page_of_milestone
from tracker.web.permissions import permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from tracker.domain.milestone_order import Consequences
    from tracker.domain.milestones import Milestone
    from tracker.web.forms.milestone_plans import FundingForm
    from tracker.web.forms.milestones import MilestoneFilterForm, ProgressForm

bp = Blueprint("milestone_deeds", __name__, url_prefix="/milestones")

LOOK = "look"
"""The button that shows what follows, and moves nothing."""


@bp.route("/<code>/move", methods=["GET", "POST"])
@permission(Permission.PLAN)
def move(code: str) -> ResponseReturnValue:
    """Move a milestone to another date: what follows is shown first."""
    session, by, one = db.session(), current_actor(), milestone_named(db.session(), code)
    asked = PreviewForm(request.args)
    asked.validate()
    form = MoveForm(data={"version": one.version, "to_day": asked.to_day.data})
    follows, version = _follows(one, form), form.version.data or 0
    if LOOK not in request.form and form.attempt(
        lambda: deeds.move(session, code, form.to_domain(), version=version, today=today(), by=by)
    ):
        flash(say("{code} is planned for {day}.", code=code, day=form.to_domain().to_day))
        return redirect(url_for("milestones.show", code=code))
    return _page_of_move(one, form, asked, follows)


def _page_of_move(
    one: Milestone, form: MoveForm, asked: PreviewForm, follows: Consequences | None
) -> ResponseReturnValue:
    """Show what would follow from a move, with the form that carries it out."""
    page = render_template(
        "milestones/move.html",
        one=one,
        form=form,
        asked=asked,
        follows=follows,
        risks=[(risk, reason_of(risk)) for risk in follows.risks] if follows else [],
    )
    is_refused = form.is_submitted() and LOOK not in request.form
    return page, 422 if is_refused or asked.errors else 200


def _follows(one: Milestone, form: MoveForm) -> Consequences | None:
    """Tell what follows from the date in a form, and offer the later milestones to move along."""
    to_day = form.to_day.data
    if to_day is None or one.met_on:
        form.along.choices = {}
        return None
    ticked = tuple(request.form.getlist("along"))
    follows = consequences_of(db.session(), one.code, to_day, ticked, today())
    form.along.choices = {
        each.milestone.code: say(
            "{code} {title}: from {day} to {to}",
            code=each.milestone.code,
            title=each.milestone.title,
            day=each.milestone.current,
            to=each.to_day,
        )
        for each in follows.later
    }
    return follows


@bp.route("/<code>/status", methods=["GET", "POST"])
@permission(Permission.PLAN)
def follow(code: str) -> ResponseReturnValue:
    """Write down what has become of a milestone, and how far it is."""
    session, by, one = db.session(), current_actor(), milestone_named(db.session(), code)
    form = follow_form(one)
    version = form.version.data or 0
    if form.attempt(
        lambda: deeds.follow(session, code, form.to_domain(), version=version, today=today(), by=by)
    ):
        return redirect(url_for("milestones.show", code=code))
    missing = missing_of(evidence_of(session).get(one.id, ()))
    page = render_template("milestones/status.html", one=one, form=form, missing=missing)
    return page, 422 if form.is_submitted() else 200


@bp.route("/progress", methods=["GET", "POST"])
@permission(Permission.PLAN)
def note_progress() -> ResponseReturnValue:
    """Note how far several milestones are, in one form: those of an owner, or all."""
    session, by, listed = db.session(), current_actor(), milestones_of(db.session())
    filters = milestone_filter_form(listed, request.args)
    owner = filters.owner.data if filters.validate() else ""
    open_ = [one for one in listed if one.is_open and owner in ("", one.owner)]
    form, done = progress_form(open_), list[int]()
    if form.attempt(
        lambda: done.append(deeds.note_progress(session, form.to_domain(), today=today(), by=by))
    ):
        flash(_noted(sum(done)))
        return redirect(url_for("milestones.show_list", owner=owner or None))
    return _page_of_progress(form, filters, open_)


def _page_of_progress(
    form: ProgressForm, filters: MilestoneFilterForm, open_: Sequence[Milestone]
) -> ResponseReturnValue:
    """Show the form; one that was refused is meant for what is there now."""
    if form.is_submitted():
        show_again(form, milestones_of(db.session()))
    page = render_template(
        "milestones/progress.html", form=form, filters=filters, open=open_, today=today()
    )
    return page, 422 if form.is_submitted() else 200


def _noted(count: int) -> str:
    return plural(
        count,
        "Progress of {count} milestone is noted.",
        "Progress of {count} milestones is noted.",
    )


@bp.route("/<code>/funding", methods=["GET", "POST"])
@permission(Permission.PLAN)
def plan_funding(code: str) -> ResponseReturnValue:
    """Say what a milestone is planned to cost, and who is to pay it."""
    session, one = db.session(), milestone_named(db.session(), code)
    planned = {each.commitment: each.amount for each in planned_of(session, one.id)}
    form = funding_form(one, commitments_of(session), planned)
    if form.attempt(lambda: _plan(code, form)):
        return redirect(url_for("milestones.show", code=code, _anchor="money"))
    page = render_template("milestones/funding.html", one=one, form=form)
    return page, 422 if form.is_submitted() else 200


def _plan(code: str, form: FundingForm) -> None:
    """Keep the plan, and say what it is warned of."""
    version = form.version.data or 0
    for warning in deeds.plan_funding(
        db.session(), code, form.to_domain(), version=version, by=current_actor()
    ):
        flash(said(warning))


@bp.route("/<code>/releases", methods=["GET", "POST"])
@permission(Permission.PLAN)
def release(code: str) -> ResponseReturnValue:
    """Say which instalment a milestone releases, and which reports are due after it."""
    session, by, one = db.session(), current_actor(), milestone_named(db.session(), code)
    reports = reports_of(session).get(one.id, ())
    plans = instalments_by_commitment(session)
    form = release_form(one, commitments_of(session), plans, reports)
    version = form.version.data or 0
    if form.attempt(lambda: deeds.release(session, code, form.to_domain(), version=version, by=by)):
        return redirect(url_for("milestones.show", code=code))
    page = render_template("milestones/releases.html", one=one, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/<code>/evidence/<key:key>")
@permission(Permission.PLAN)
@takes_document
def hand_in(code: str, key: int) -> ResponseReturnValue:
    """Hand in the document that a milestone asks for as evidence."""
    session, by, form = db.session(), current_actor(), DocumentForm()
    milestone_named(session, code)
    if form.attempt(lambda: deeds.hand_in(session, code, key, form.upload, by=by)):
        flash(say("{file} is kept with {code}.", file=form.upload.file_name, code=code))
        return redirect(url_for("milestones.show", code=code, _anchor="evidence"))
    return page_of_milestone(code, form, key), 422
