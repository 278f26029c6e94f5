"""The overview: what is late, what money hangs on it, what will lapse, and what to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from tracker.domain.overview_order import PAGE, projects_in_order
from tracker.domain.policy import Permission, Role
from tracker.extensions import db
from tracker.store.overview import overview_of
from tracker.store.overview_own import own_facts
from tracker.store.scope import over_all
from tracker.web import consortium, overview_page, portal
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.overview import overview_form
from tracker.web.permissions import own_commitments, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.web.forms.overview import OverviewForm

bp = Blueprint("overview", __name__)


@bp.get("/overview")
@permission(Permission.SEE_FUNDING)
def show() -> ResponseReturnValue:
    """Show where the project stands, or all projects; to a funder, what is its own."""
    form = overview_form(request.args)
    status = 200 if form.validate() else 422
    if current_actor().role is Role.FUNDER_VIEWER:
        return _of_own(), status
    return (_of_all(form) if form.chosen.get("over") else _of_project(form)), status


def _of_project(form: OverviewForm) -> str:
    """Show the project that the page is about."""
    facts = overview_of(db.session(), today())
    return render_template(
        "overview/show.html",
        facts=facts,
        form=form,
        page=overview_page.page_of(facts, form.wish, form.page.data or 1),
        sources=overview_page.sources_of(facts.commitments),
    )


def _of_all(form: OverviewForm) -> str:
    """Show all projects together, and a line for each."""
    session = db.session()
    with over_all(session):
        facts = overview_of(session, today())
    return render_template(
        "overview/all.html",
        facts=facts,
        form=form,
        page=overview_page.page_of(facts, form.wish, form.page.data or 1),
        projects=projects_in_order(facts, form.chosen_order)[:PAGE],
        sources=overview_page.sources_of(facts.commitments),
    )


def _of_own() -> str:
    """Show a funder its own commitments, in every project, and nothing of others."""
    session = db.session()
    with over_all(session):
        seen = own_commitments()
        facts = own_facts(session, seen, today())
    return render_template(
        "overview/own.html",
        facts=facts,
        page=overview_page.own_page_of(facts),
        issued=portal.own_rows(),
        is_partner=consortium.is_partner(),
        given=consortium.own_overviews(),
        sources=overview_page.sources_of(seen),
    )
