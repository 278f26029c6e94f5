"""Entering costs by hand: invoices, working time, depreciation; and documents with a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker.actions import costs as deeds
from tracker.actions import depreciation, worked
from tracker.domain.policy import Permission
from tracker.domain.worked import labour_terms
from tracker.extensions import db
from tracker.store import costs, valuations
from tracker.store.funders import programmes_of
from tracker.store.projects import the_project
from tracker.store.terms import term_sheets
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.cost_page import cost_page
from tracker.web.forms.commitments import DocumentForm
from tracker.web.forms.cost_entries import cost_form, depreciation_form, hours_form
from tracker.web.language import say
from tracker.web.permissions import permission
from tracker.web.protection import takes_document
from tracker.web.valued import number, step_of_depreciation

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.worked import LabourTerms
    from tracker.store.funders import Programme
    from tracker.web.forms.cost_entries import CostForm, DepreciationForm, HoursForm

bp = Blueprint("cost_entries", __name__, url_prefix="/costs")
bp.add_app_template_filter(number)


@bp.route("/new", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
@takes_document
def enter() -> ResponseReturnValue:
    """Enter a cost that is in no books yet, with its evidence."""
    session = db.session()
    form, made = cost_form(session, the_project(session)), list[int]()
    if form.attempt(lambda: made.append(_enter(form))):
        return redirect(_page_of(made))
    page = render_template("costs/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/hours/new", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
@takes_document
def enter_hours() -> ResponseReturnValue:
    """Enter working time, valued by the method of a programme."""
    session, offered = db.session(), _methods()
    form, made = hours_form(session, the_project(session), offered), list[int]()
    if form.attempt(lambda: made.append(_enter_hours(form))):
        return redirect(_page_of(made))
    page = render_template(
        "costs/hours.html", form=form, offered=offered, people=valuations.people_of(session)
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/<key:line_id>/depreciation", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
def write_off(line_id: int) -> ResponseReturnValue:
    """Write off a part of an asset, instead of charging its price."""
    session = db.session()
    line, before = costs.cost_line(session, line_id), valuations.written_off_of(session, line_id)
    asked = valuations.shortest_terms(session, the_project(session).id, today())
    said = say("Depreciation of {what}", what=line.description)
    form = depreciation_form(before, asked[0][0] if asked else 60, said)
    if form.attempt(lambda: _write_off(line_id, form)):
        return redirect(url_for("costs.show", line_id=line_id))
    steps = [(one, step_of_depreciation(one)) for one in before]
    page = render_template(
        "costs/depreciation.html", form=form, line=line, steps=steps, asked=asked[:1]
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<key:line_id>/documents")
@permission(Permission.BRING_IN_BOOKS)
@takes_document
def add_document(line_id: int) -> ResponseReturnValue:
    """Keep one more document with a cost line."""
    session, form, by = db.session(), DocumentForm(), current_actor()
    line = costs.cost_line(session, line_id)
    if form.attempt(lambda: deeds.add_document(session, line_id, form.upload, by=by)):
        flash(say("{file} is kept with {code}.", file=form.upload.file_name, code=line.key))
        return redirect(url_for("costs.show", line_id=line_id, _anchor="documents"))
    return cost_page(line, document_form=form), 422


def _page_of(made: list[int]) -> str:
    """Give the address of what was made; of the list where it was made when it was sent before."""
    return url_for("costs.show", line_id=made[0]) if made else url_for("costs.show_list")


def _enter(form: CostForm) -> int:
    new = form.to_domain()
    line_id = deeds.enter(
        db.session(),
        new,
        form.document.data,
        form.without_because.data or "",
        today=today(),
        by=current_actor(),
    )
    flash(say("Kept: {amount} of {supplier}. It waits to be charged.",
              amount=new.cost, supplier=new.supplier))  # fmt: skip
    return line_id


def _enter_hours(form: HoursForm) -> int:
    new, session = form.to_domain(), db.session()
    sheet, by = form.document.data, current_actor()
    line_id = worked.enter(session, new, sheet, today=today(), by=by)
    kept = costs.cost_line(session, line_id)
    flash(say("Kept: {amount} of {supplier}. It waits to be charged.",
              amount=kept.amount, supplier=kept.person))  # fmt: skip
    return line_id


def _write_off(line_id: int, form: DepreciationForm) -> None:
    session = db.session()
    made = depreciation.write_off(
        session, line_id, form.to_domain(), today=today(), by=current_actor()
    )
    flash(
        say(
            "{amount} is written off. It waits to be charged; the price is charged to nobody.",
            amount=costs.cost_line(session, made).amount,
        )
    )


def _methods() -> list[tuple[Programme, LabourTerms]]:
    """List the programmes that say how working time is valued, with how."""
    session, day = db.session(), today()
    sheets = term_sheets(session)
    found = ((one, labour_terms(sheets[one.id], day)) for one in programmes_of(session))
    return [(one, terms) for one, terms in found if terms is not None]
