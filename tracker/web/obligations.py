"""Obligations: what was ordered and is not yet invoiced, and the invoices that came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker.actions import obligations as deeds
from tracker.domain.money import ZERO, Money
from tracker.domain.obligations import by_lateness
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import audit, obligations
from tracker.store.costs import cost_line
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.cost_page import cost_page
from tracker.web.forms import TrackerForm
from tracker.web.forms.obligations import link_form, obligation_form
from tracker.web.forms.receipts import ReasonForm
from tracker.web.history import in_words
from tracker.web.language import say
from tracker.web.ordered import warnings_of
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("obligations", __name__)


@bp.get("/obligations")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the orders, the late ones first, and what they come to beside the costs."""
    session, day = db.session(), today()
    project = the_project(session)
    found = by_lateness(obligations.obligations_of(session, project.id), day)
    return render_template(
        "obligations/list.html",
        orders=found,
        open=Money.total(one.open for one in found),
        late=Money.total(one.open for one in found if one.days_late(day)),
        beside=obligations.ordered_beside_spent(session, project.id),
        warnings=warnings_of(session, found),
        today=day,
    )


@bp.route("/obligations/new", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
def enter() -> ResponseReturnValue:
    """Enter an order or contract."""
    session, by = db.session(), current_actor()
    form = obligation_form(session, the_project(session))
    if form.attempt(lambda: deeds.enter(session, form.to_domain(), today=today(), by=by)):
        return redirect(url_for(".show_list"))
    page = render_template("obligations/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get("/obligations/<key:key>")
@permission(Permission.SEE_BOOKS)
def show(key: int) -> ResponseReturnValue:
    """Show one order, what was invoiced of it, and what was done to it."""
    return _page(key, ReasonForm(formdata=None))


@bp.post("/obligations/<key:key>/end")
@permission(Permission.BRING_IN_BOOKS)
def end(key: int) -> ResponseReturnValue:
    """End an order early."""
    session, by, form = db.session(), current_actor(), ReasonForm()
    obligations.obligation_numbered(session, key)
    if form.attempt(lambda: deeds.end(session, key, str(form.reason.data), today=today(), by=by)):
        return redirect(url_for(".show", key=key))
    return _page(key, form), 422


@bp.post("/costs/<key:line_id>/order")
@permission(Permission.BRING_IN_BOOKS)
def link(line_id: int) -> ResponseReturnValue:
    """Say which order a cost fulfils."""
    session, by = db.session(), current_actor()
    line = cost_line(session, line_id)
    form = link_form(session, the_project(session), line, is_sent=True)
    key, amount = int(form.obligation.data or 0), form.part.data or ZERO
    if form.attempt(lambda: deeds.link(session, key, line_id, amount, by=by)):
        flash(say("{amount} of this cost was ordered.", amount=amount))
        return redirect(url_for("costs.show", line_id=line_id, _anchor="orders"))
    return cost_page(line, linking=form), 422


@bp.post("/obligations/<key:key>/lines/<key:line_id>/undo")
@permission(Permission.BRING_IN_BOOKS)
def unlink(key: int, line_id: int) -> ResponseReturnValue:
    """Take back that a cost fulfils an order."""
    session, by, form = db.session(), current_actor(), TrackerForm()
    if form.attempt(lambda: deeds.unlink(session, key, line_id, by=by)):
        return redirect(url_for("costs.show", line_id=line_id, _anchor="orders"))
    reason = ReasonForm(formdata=None)
    reason.form_errors = [*reason.form_errors, *form.form_errors]
    return _page(key, reason), 422


def _page(key: int, form: ReasonForm) -> str:
    session, one = db.session(), obligations.obligation_numbered(db.session(), key)
    return render_template(
        "obligations/show.html",
        one=one,
        invoices=obligations.invoices_of(session, key),
        warnings=warnings_of(session, [one]),
        form=form,
        history=in_words(audit.history_of(session, f"obligation/{key}")),
        today=today(),
    )
