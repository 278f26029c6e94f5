"""Commitments: the list with its exports, the page of one, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reports import commitment_list
from tracker.actions import commitments as deeds
from tracker.domain.commitment_lists import chosen, page_of
from tracker.domain.policy import Permission, Role, is_own
from tracker.extensions import db
from tracker.store import audit
from tracker.store.commitment_lists import commitments_on
from tracker.store.earmarks import particulars_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.commitment_page import page_of_commitment
from tracker.web.exports import list_handed_out, occasion
from tracker.web.forms.commitments import (
    AsOfForm,
    CommitmentFilterForm,
    commitment_filter_form,
    particulars_form,
)
from tracker.web.history import in_words
from tracker.web.language import say
from tracker.web.permissions import own_commitment, own_commitments, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment

bp = Blueprint("commitments", __name__)

# What a funder may read of the history of its own commitment: nothing that is being prepared.
SHARED_DEEDS = frozenset({"confirm amendment", "divide budget", "request determination"})


@bp.get("/commitments")
@permission(Permission.SEE_FUNDING)
def show_list() -> ResponseReturnValue:
    """Show a page of the commitments that the address asks for."""
    form = commitment_filter_form(own_commitments(), request.args)
    if not form.validate():
        return render_template("commitments/list.html", form=form, page=None), 422
    page = page_of(_chosen(form), request.args.get("page", 1, type=int))
    return render_template("commitments/list.html", form=form, page=page)


@bp.get("/commitments/export.<any(csv, xlsx):face>")
@permission(Permission.SEE_FUNDING)
def export(face: str) -> ResponseReturnValue:
    """Hand out all the commitments that the address asks for, as a file."""
    form = commitment_filter_form(own_commitments(), request.args)
    if not form.validate():
        return render_template("commitments/list.html", form=form, page=None), 422
    made = commitment_list.build(_chosen(form), form.on.data or today(), occasion())
    return list_handed_out(made, face)


@bp.get("/commitments/<code>")
@permission(Permission.SEE_FUNDING)
def show(code: str) -> ResponseReturnValue:
    """Show one commitment: its terms, what it paid and what it did not, and its documents."""
    commitment, form = own_commitment(code), AsOfForm(request.args)
    status = 200 if form.validate() else 422
    return page_of_commitment(commitment, as_of=form), status


@bp.route("/commitments/<code>/particulars", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def change_particulars(code: str) -> ResponseReturnValue:
    """Change the conditions and the purpose of a commitment."""
    session, commitment, by = db.session(), own_commitment(code), current_actor()
    known = particulars_of(session, commitment.id)
    form = particulars_form(session, known, commitment.version)
    version = form.version.data or 0
    if form.attempt(
        lambda: deeds.change_particulars(session, code, form.particulars, version=version, by=by)
    ):
        flash(say("The conditions of {code} are changed.", code=code))
        return redirect(url_for(".show", code=code))
    page = render_template(
        "commitments/particulars.html", form=form, commitment=commitment, known=known
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/commitments/<code>/history")
@permission(Permission.SEE_FUNDING)
def history(code: str) -> ResponseReturnValue:
    """Show what was done to a commitment, the newest first."""
    commitment = own_commitment(code)
    entries = audit.history_of(db.session(), audit.of_commitment(commitment.code))
    is_inside = current_actor().role is not Role.FUNDER_VIEWER
    if not is_inside:
        entries = [entry for entry in entries if entry.did in SHARED_DEEDS]
    return render_template(
        "commitments/history.html",
        commitment=commitment,
        history=in_words(entries),
        is_inside=is_inside,
    )


def _chosen(form: CommitmentFilterForm) -> list[Commitment]:
    """Give the commitments that a filter asks for, as they are or as they were on a day."""
    if form.on.data is None:
        return chosen(own_commitments(), form.wish, form.order.data or "")
    actor = current_actor()
    seen = [c for c in commitments_on(db.session(), form.on.data) if is_own(actor, c.funder_id)]
    return chosen(seen, form.wish, form.order.data or "")
