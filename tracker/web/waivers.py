"""Waivers: asking for one, approving it, and ending it early; `financing` lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import waivers as deeds
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.waivers import waiver_form
from tracker.web.language import say
from tracker.web.permissions import permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.web.forms.waivers import WaiverForm

bp = Blueprint("waivers", __name__, url_prefix="/waivers")


@bp.route("/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def ask() -> ResponseReturnValue:
    """Ask for leave to break a rule."""
    form = waiver_form(db.session())
    if form.attempt(lambda: _ask(form)):
        flash(say("The waiver is kept. It holds once somebody else has approved it."))
        return redirect(url_for("financing.show", _anchor="waivers"))
    if not form.is_submitted():
        form.rule.data = request.args.get("rule", form.rule.data)
        form.commitment.data = request.args.get("commitment", "")
    return render_template("waivers/ask.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/<key:waiver_id>/approve")
@permission(Permission.CONFIRM)
def approve(waiver_id: int) -> ResponseReturnValue:
    """Approve what somebody else asked for."""
    deeds.approve(db.session(), waiver_id, today=today(), by=current_actor())
    flash(say("The waiver holds from now on."))
    return redirect(url_for("financing.show", _anchor="waivers"))


@bp.post("/<key:waiver_id>/end")
@permission(Permission.ENTER_FUNDING)
def end(waiver_id: int) -> ResponseReturnValue:
    """End a waiver before its day, or take back one that nobody approved."""
    deeds.end(db.session(), waiver_id, today=today(), by=current_actor())
    flash(say("The waiver holds no more."))
    return redirect(url_for("financing.show", _anchor="waivers"))


def _ask(form: WaiverForm) -> None:
    deeds.ask(db.session(), form.to_domain(), form.document.data, today=today(), by=current_actor())
