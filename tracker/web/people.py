"""The people who sign in: letting them in, shutting them out, giving a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.actions import people
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.people import people_of, person_numbered
from tracker.web.auth import current_actor
from tracker.web.forms.people import PasswordForm, PersonForm, person_form
from tracker.web.language import say
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("")
@permission(Permission.MANAGE_PEOPLE)
def show_list() -> ResponseReturnValue:
    """Show everybody who signs in, and the form for one more."""
    return _list(person_form(db.session()))


@bp.post("")
@permission(Permission.MANAGE_PEOPLE)
def add() -> ResponseReturnValue:
    """Let somebody sign in from now on."""
    session = db.session()
    form = person_form(session)
    if form.attempt(lambda: people.add(session, form.to_domain(), by=current_actor())):
        flash(say("{name} can sign in now.", name=str(form.name.data)))
        return redirect(url_for(".show_list"))
    return _list(form), 422


@bp.post("/<key:person_id>/active")
@permission(Permission.MANAGE_PEOPLE)
def set_active(person_id: int) -> ResponseReturnValue:
    """Shut somebody out, or let them in again."""
    wished = request.form.get("active")
    if wished not in ("yes", "no"):
        abort(400)
    people.set_active(db.session(), person_id, active=wished == "yes", by=current_actor())
    return redirect(url_for(".show_list"))


@bp.route("/<key:person_id>/password", methods=["GET", "POST"])
@permission(Permission.MANAGE_PEOPLE)
def set_password(person_id: int) -> ResponseReturnValue:
    """Give somebody a new password."""
    session, form = db.session(), PasswordForm()
    name = person_numbered(session, person_id).name
    password, by = str(form.password.data), current_actor()
    if form.attempt(lambda: people.set_password(session, person_id, password, by=by)):
        flash(say("{name} has a new password, and is signed out everywhere.", name=name))
        return redirect(url_for(".show_list"))
    page = render_template("people/password.html", form=form, name=name)
    return page, 422 if form.is_submitted() else 200


def _list(form: PersonForm) -> str:
    return render_template("people/list.html", form=form, people=people_of(db.session()))
