"""Overviews for the consortium: the office gives them, partners take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from reports import catalogue
from tracker.actions import consortium as deeds
from tracker.domain.consortium import numbered
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission, Role
from tracker.extensions import db
from tracker.store import consortium
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.exports import attached
from tracker.web.forms.consortium import GiveForm, WithdrawForm, give_form
from tracker.web.language import say
from tracker.web.permissions import NOTHING_THERE, own_commitments, permission
from tracker.web.projects import of_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from tracker.domain.consortium import Given

bp = Blueprint("consortium", __name__, url_prefix="/consortium")


@bp.get("")
@permission(Permission.SEE_FUNDING)
def show_list() -> ResponseReturnValue:
    """Show the overviews that the partners of the project were given."""
    _check_partner()
    return _page(give_form())


@bp.post("")
@permission(Permission.PREPARE_REPORTS)
def give() -> ResponseReturnValue:
    """Give the partners the overview of the project as it is today."""
    form, by, day = give_form(), current_actor(), today()
    if form.attempt(lambda: deeds.give(db.session(), form.language.data, today=day, by=by)):
        flash(say("The partners find the overview where they land."))
        return redirect(url_for(".show_list", project=of_project() or None))
    return _page(form), 422


@bp.post("/<key:number>/files/<face>")
@permission(Permission.SEE_FUNDING)
def download(number: int, face: str) -> ResponseReturnValue:
    """Hand out a file as it was given; who takes it is written down."""
    _check_partner()
    file, content = deeds.take(db.session(), number, face, by=current_actor())
    return attached(content, catalogue.MIMETYPES[face], file.name)


@bp.route("/<key:number>/withdraw", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
def withdraw(number: int) -> ResponseReturnValue:
    """Withdraw an overview that was given in error: it stays, and says so."""
    form, by, session = WithdrawForm(), current_actor(), db.session()
    given = numbered(consortium.given_of(session), number)
    if form.attempt(lambda: deeds.withdraw(session, number, form.reason.data or "", by=by)):
        return redirect(url_for(".show_list", project=of_project() or None))
    status = 422 if form.is_submitted() else 200
    return render_template("consortium/withdraw.html", given=given, form=form), status


def is_inside() -> bool:
    """Tell whether the person sees the project from inside."""
    return current_actor().role is not Role.FUNDER_VIEWER


def is_partner() -> bool:
    """Tell whether the person signs in for a partner with a commitment in the project."""
    funder_id = current_actor().funder_id
    return bool(own_commitments()) and consortium.has_partner(db.session(), funder_id)


def own_overviews() -> Sequence[Given]:
    """List the overviews of the project that the person may see; who only pays sees none."""
    return consortium.given_of(db.session()) if is_inside() or is_partner() else ()


def _check_partner() -> None:
    if not (is_inside() or is_partner()):
        raise NotFoundError(NOTHING_THERE)


def _page(form: GiveForm) -> str:
    return render_template("consortium/list.html", given=own_overviews(), form=form)
