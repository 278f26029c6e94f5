"""Asking for the determination of a commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker.actions import determination as deeds
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.endings import endings_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.commitments import RequestForm
from tracker.web.language import say
from tracker.web.permissions import own_commitment, permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment

bp = Blueprint("determination", __name__)


@bp.route("/commitments/<code>/determination", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def request_it(code: str) -> ResponseReturnValue:
    """Enter the request for determination as it was sent."""
    commitment, by = own_commitment(code), current_actor()
    form = RequestForm(data={"claimed": commitment.charged})
    letter, day = form.document.data, today()
    if form.attempt(
        lambda: deeds.request(
            db.session(), code, form.to_domain(), today=day, by=by, document=letter
        )
    ):
        flash(say("The request for determination of {code} is entered.", code=code))
        return redirect(url_for("commitments.show", code=code, _anchor="determination"))
    return _page(commitment, form), 422 if form.is_submitted() else 200


def _page(commitment: Commitment, form: RequestForm) -> str:
    return render_template(
        "commitments/determination.html",
        form=form,
        commitment=commitment,
        ending=endings_of(db.session(), [commitment])[0],
        today=today(),
    )
