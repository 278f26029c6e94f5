"""The milestones: the list with its timeline and exports, the page of one, and its particulars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reports import milestone_list as table
from tracker.actions import milestones as deeds
from tracker.domain.milestone_lists import PAGE, chosen, sums_of
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.milestone_money import milestone_list
from tracker.store.milestone_plans import terms_of
from tracker.store.milestones import milestone_named, milestones_of
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.charts import timeline
from tracker.web.clock import today
from tracker.web.exports import list_handed_out, occasion
from tracker.web.forms.milestones import NewMilestoneForm, milestone_filter_form, terms_form
from tracker.web.language import say
from tracker.web.milestone_page import course_of, page_of_milestone
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from tracker.domain.milestone_lists import Listed
    from tracker.web.forms.milestones import MilestoneFilterForm

bp = Blueprint("milestones", __name__)


@bp.get("/milestones")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the milestones that the address asks for: their dates, moves and money."""
    known = milestone_list(db.session(), today())
    form = milestone_filter_form([one.milestone for one in known.listed], request.args)
    if not form.validate():
        return render_template("milestones/list.html", form=form, known=None), 422
    return render_template(
        "milestones/list.html", form=form, known=known, **_page(form, known.listed)
    )


@bp.get("/milestones/export.<any(csv, xlsx):face>")
@permission(Permission.SEE_BOOKS)
def export(face: str) -> ResponseReturnValue:
    """Hand out all the milestones that the address asks for, as a file."""
    known = milestone_list(db.session(), today())
    form = milestone_filter_form([one.milestone for one in known.listed], request.args)
    if not form.validate():
        return render_template("milestones/list.html", form=form, known=None), 422
    found = chosen(known.listed, form.wish, today(), form.order.data or "")
    return list_handed_out(table.build(found, occasion()), face)


@bp.route("/milestones/new", methods=["GET", "POST"])
@permission(Permission.PLAN)
def enter() -> ResponseReturnValue:
    """Enter a milestone with its baseline."""
    session, by, form = db.session(), current_actor(), NewMilestoneForm()
    form.offer(the_project(session), milestones_of(session))
    code = str(form.code.data or "").strip()
    if form.attempt(lambda: deeds.enter(session, code, form.day, form.terms, by=by)):
        flash(say("{code} is entered.", code=code))
        return redirect(url_for(".show", code=code))
    page = render_template("milestones/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get("/milestones/<code>")
@permission(Permission.SEE_BOOKS)
def show(code: str) -> ResponseReturnValue:
    """Show one milestone: where it stands, what hangs on it, and its history."""
    return page_of_milestone(code)


@bp.route("/milestones/<code>/change", methods=["GET", "POST"])
@permission(Permission.PLAN)
def change(code: str) -> ResponseReturnValue:
    """Change what a milestone is, besides its date."""
    session, by, one = db.session(), current_actor(), milestone_named(db.session(), code)
    known = terms_of(session, code)
    form = terms_form(the_project(session), one, known, milestones_of(session))
    version = form.version.data or 0
    if form.attempt(lambda: deeds.change(session, code, form.terms, version=version, by=by)):
        flash(say("{code} is changed.", code=code))
        return redirect(url_for(".show", code=code))
    page = render_template("milestones/change.html", form=form, one=one, known=known)
    return page, 422 if form.is_submitted() else 200


def _page(form: MilestoneFilterForm, listed: Sequence[Listed]) -> dict[str, object]:
    """Cut a page out of the milestones that a filter asks for, with what they all add up to."""
    day = today()
    found = chosen(listed, form.wish, day, form.order.data or "")
    page_count = max(1, -(-len(found) // PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), page_count)
    shown = found[(number - 1) * PAGE : number * PAGE]
    return {
        "shown": shown,
        "count": len(found),
        "number": number,
        "page_count": page_count,
        "sums": sums_of(found),
        "timeline": timeline([one.milestone for one in shown], day),
        "course": course_of(db.session(), [one.milestone for one in listed], day),
        "today": day,
    }
