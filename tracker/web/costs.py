"""Cost lines: the list with its filters, its export, and one line with its split."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)

from tracker.actions.allocations import charge_by_hand
from tracker.actions.cost_index import CostIndex
from tracker.domain.eligibility import whole_of
from tracker.domain.money import ZERO
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import cost_lists, costs
from tracker.store.eligibility import costs_by_year
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.cost_page import cost_page
from tracker.web.costs_csv import lines_of_csv
from tracker.web.exports import attached
from tracker.web.forms.allocations import by_hand_form
from tracker.web.forms.costs import cost_filter_form
from tracker.web.language import language, say
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("costs", __name__, url_prefix="/costs")


def index_deeds(response: Response) -> Response:
    """Bring the index over the cost lines along after whatever was done."""
    if request.method == "POST" and response.status_code < HTTPStatus.BAD_REQUEST:
        CostIndex(db.session()).follow_soon()
    return response


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show a page of the cost lines that the address asks for."""
    session = db.session()
    form = cost_filter_form(session, request.args)
    if not form.validate():
        return render_template("costs/list.html", form=form, page=None), 422
    after, before = request.args.get("after"), request.args.get("before")
    page = cost_lists.page_of_costs(session, form.wish, after=after, before=before)
    return render_template("costs/list.html", form=form, page=page)


@bp.get("/export.csv")
@permission(Permission.SEE_BOOKS)
def export() -> ResponseReturnValue:
    """Hand out all the cost lines that the address asks for, as a file."""
    session = db.session()
    form = cost_filter_form(session, request.args)
    if not form.validate():
        return render_template("costs/list.html", form=form, page=None), 422
    rows = lines_of_csv(cost_lists.all_costs(session, form.wish), language())
    name = f"{the_project(session).code}_costs.csv"
    return attached(stream_with_context(rows), "text/csv", name)


@bp.get("/eligibility")
@permission(Permission.SEE_BOOKS)
def eligibility() -> ResponseReturnValue:
    """Show by year what of the costs counts, what is economic use, and what nobody pays."""
    years = costs_by_year(db.session())
    return render_template("costs/eligibility.html", years=years, whole=whole_of(years))


@bp.get("/<key:line_id>")
@permission(Permission.SEE_BOOKS)
def show(line_id: int) -> ResponseReturnValue:
    """Show one cost line, and why it is split as it is."""
    line = costs.cost_line(db.session(), line_id)
    return cost_page(line, by_hand_form(db.session(), line))


@bp.post("/<key:line_id>/charge")
@permission(Permission.BRING_IN_BOOKS)
def charge(line_id: int) -> ResponseReturnValue:
    """Charge a part of the line to a commitment, of what nobody pays."""
    session, by = db.session(), current_actor()
    line = costs.cost_line(session, line_id)
    form = by_hand_form(session, line)
    code, amount = str(form.commitment.data), form.amount.data or ZERO
    if form.attempt(lambda: charge_by_hand(session, line_id, code, amount, by=by)):
        flash(say("{amount} is charged to {code}.", amount=amount, code=code))
        return redirect(url_for(".show", line_id=line_id))
    return cost_page(costs.cost_line(session, line_id), form), 422
