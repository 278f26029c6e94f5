"""Funders: the list, the page of one, its particulars and its contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from tracker.actions import funders as deeds
from tracker.domain.money import Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import audit
from tracker.store.commitments import commitments_of
from tracker.store.funders import funder_record, funder_records
from tracker.web.auth import current_actor
from tracker.web.forms.funders import contacts_form, funder_change_form, funder_form
from tracker.web.history import in_words
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("funders", __name__, url_prefix="/funders")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show every funder with what it has committed."""
    session = db.session()
    committed: dict[int, Money] = {}
    for commitment in commitments_of(session):
        if commitment.is_committed:
            so_far = committed.get(commitment.funder_id, Money(0))
            committed[commitment.funder_id] = so_far + commitment.amount
    return render_template(
        "funders/list.html",
        funders=funder_records(session),
        committed=committed,
        total=Money.total(committed.values()),
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def enter() -> ResponseReturnValue:
    """Enter a funder."""
    form, by = funder_form(), current_actor()
    if form.attempt(lambda: deeds.enter(db.session(), form.to_domain(), by=by)):
        return _to_named(str(form.name.data))
    page = render_template("funders/edit.html", form=form, funder=None)
    return page, 422 if form.is_submitted() else 200


@bp.get("/<key:funder_id>")
@permission(Permission.SEE_BOOKS)
def show(funder_id: int) -> ResponseReturnValue:
    """Show what is known of a funder."""
    session = db.session()
    return render_template(
        "funders/show.html",
        funder=funder_record(session, funder_id),
        commitments=[c for c in commitments_of(session) if c.funder_id == funder_id],
        history=in_words(audit.history_of(session, f"funder/{funder_id}")),
    )


@bp.route("/<key:funder_id>/change", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def change(funder_id: int) -> ResponseReturnValue:
    """Change the particulars of a funder."""
    session, by = db.session(), current_actor()
    funder = funder_record(session, funder_id)
    form = funder_change_form(funder)
    if form.attempt(
        lambda: deeds.change(
            session, funder_id, form.to_domain(), version=form.version.data or 0, by=by
        )
    ):
        return redirect(url_for(".show", funder_id=funder_id))
    page = render_template("funders/edit.html", form=form, funder=funder_record(session, funder_id))
    return page, 422 if form.is_submitted() else 200


@bp.route("/<key:funder_id>/contacts", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def change_contacts(funder_id: int) -> ResponseReturnValue:
    """Add contacts, change them, and take off who has left."""
    session, by = db.session(), current_actor()
    form = contacts_form(funder := funder_record(session, funder_id))
    if form.attempt(
        lambda: deeds.keep_contacts(
            session, funder_id, form.to_domain(), version=form.version.data or 0, by=by
        )
    ):
        return redirect(url_for(".show", funder_id=funder_id, _anchor="contacts"))
    page = render_template("funders/contacts.html", form=form, funder=funder)
    return page, 422 if form.is_submitted() else 200


def _to_named(name: str) -> ResponseReturnValue:
    """Go to the page of the funder that a form was about, now or when it was sent before."""
    wished = " ".join(name.split())
    for funder in funder_records(db.session()):
        if funder.particulars.name == wished:
            return redirect(url_for(".show", funder_id=funder.id))
    return redirect(url_for(".show_list"))
