"""The lines of a funder's form: which there are, how they came to be, and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from tracker.actions import crosswalks as deeds
from tracker.domain.crosswalks import unplaced
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.crosswalks import categories_to_place, crosswalk_of, crosswalks_of
from tracker.store.funders import programme_numbered
from tracker.web.auth import current_actor
from tracker.web.forms.crosswalks import lines_form
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("crosswalks", __name__, url_prefix="/programmes/<key:programme_id>/lines")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the lines of the funder's form, and those that held before."""
    session = db.session()
    kept = crosswalks_of(session, programme_id)
    return render_template(
        "crosswalks/show.html",
        programme=programme_numbered(session, programme_id),
        kept=kept,
        left=unplaced(kept[0].crosswalk, categories_to_place(session)) if kept else (),
    )


@bp.route("/change", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
def change(programme_id: int) -> ResponseReturnValue:
    """Enter the lines of the funder's form, or change them."""
    session, by = db.session(), current_actor()
    programme = programme_numbered(session, programme_id)
    now = crosswalk_of(session, programme_id)
    form = lines_form(now, categories_to_place(session), request.form)
    language, seen = str(form.language.data or ""), form.version.data or 0
    if form.attempt(
        lambda: deeds.change_lines(session, programme_id, language, form.lines, version=seen, by=by)
    ):
        return redirect(url_for(".show", programme_id=programme_id))
    page = render_template("crosswalks/change.html", form=form, programme=programme)
    return page, 422 if form.is_submitted() else 200
