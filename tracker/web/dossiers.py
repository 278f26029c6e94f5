"""The audit dossier of a commitment: chosen here, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from tracker.actions import report_jobs
from tracker.domain.policy import Permission
from tracker.domain.report_jobs import JobKind, Wanted
from tracker.extensions import db
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.dossiers import dossier_form
from tracker.web.permissions import own_commitment, permission
from tracker.web.reports import years_to_report

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("dossiers", __name__, url_prefix="/commitments")


@bp.route("/<code>/dossier", methods=["GET", "POST"])
@permission(Permission.SEE_BOOKS)
def ask(code: str) -> ResponseReturnValue:
    """Have the dossier of a commitment made over a period."""
    commitment, by, day = own_commitment(code), current_actor(), today()
    form = dossier_form(years_to_report(commitment))
    if form.attempt(
        lambda: report_jobs.ask(
            db.session(), Wanted(JobKind.DOSSIER, code, form.period.data, day), by=by
        )
    ):
        return redirect(url_for("report_jobs.show_list"))
    return render_template("dossiers/ask.html", commitment=commitment, form=form), (
        422 if form.is_submitted() else 200
    )
