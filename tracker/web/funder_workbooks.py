"""Funders' own workbooks: handing one in, pointing figures at its cells, seeing it filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reports import catalogue
from tracker.actions import funder_workbooks as deeds
from tracker.domain.errors import RuleViolation
from tracker.domain.periods import period_named
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.funder_reports import report_numbered
from tracker.store.funder_workbooks import the_workbook, workbooks_of
from tracker.store.funders import programme_numbered
from tracker.web.auth import current_actor
from tracker.web.exports import attached
from tracker.web.forms.funder_workbooks import WorkbookForm
from tracker.web.language import say
from tracker.web.permissions import own_commitment, permission
from tracker.web.pointing import Pointing, commitments_under, facts_to_try
from tracker.web.protection import takes_document
from tracker.web.report_page import facts_of_draft

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("funder_workbooks", __name__)


@bp.route("/programmes/<key:programme_id>/workbook", methods=["GET"])
@permission(Permission.SEE_BOOKS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the funder's own workbook, and which figures go where."""
    return _page(programme_id, _form(programme_id))


@bp.post("/programmes/<key:programme_id>/workbook")
@permission(Permission.PREPARE_REPORTS)
@takes_document
def hand_in(programme_id: int) -> ResponseReturnValue:
    """Keep a workbook as the funder sends it."""
    form, by = _form(programme_id), current_actor()
    seen, is_anew = form.version.data or 0, bool(form.is_anew.data)
    if form.attempt(
        lambda: deeds.hand_in(
            db.session(), programme_id, form.upload, is_anew=is_anew, version=seen, by=by
        )
    ):
        flash(say("{file} is kept. See which figures go where.", file=form.upload.file_name))
        return redirect(url_for(".point", programme_id=programme_id))
    return _page(programme_id, form), 422


@bp.route("/programmes/<key:programme_id>/workbook/cells", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
def point(programme_id: int) -> ResponseReturnValue:
    """Point figures at cells; look at them filled as often as is wished, and then keep them."""
    session, by = db.session(), current_actor()
    programme = programme_numbered(session, programme_id)
    screen = Pointing(the_workbook(session, programme_id))
    form, seen = screen.form, screen.form.version.data or 0
    if request.form.get("do") == "keep" and form.attempt(
        lambda: deeds.point(session, programme_id, form.pointed, version=seen, by=by)
    ):
        return redirect(url_for(".show", programme_id=programme_id))
    if request.form.get("do") == "download" and (answer := _tried(screen)):
        return answer
    page = render_template("funder_workbooks/cells.html", screen=screen, programme=programme)
    return page, 422 if form.errors else 200


@bp.get("/programmes/<key:programme_id>/workbook/filled.xlsx")
@permission(Permission.SEE_BOOKS)
def download(programme_id: int) -> ResponseReturnValue:
    """Hand out the workbook, filled with the figures of a commitment over a period."""
    workbook = the_workbook(db.session(), programme_id)
    code = own_commitment(request.args.get("code", "")).code
    facts = facts_to_try(code, period_named(request.args.get("period", "").strip()))
    name, media_type, content = catalogue.filled(db.session(), workbook, facts)
    return attached(content, media_type, name)


@bp.get("/funder-reports/<key:report_id>/filled.xlsx")
@permission(Permission.SEE_BOOKS)
def download_draft(report_id: int) -> ResponseReturnValue:
    """Hand out the funder's own workbook with the figures of a report that is being made."""
    session = db.session()
    facts = facts_of_draft(report_numbered(session, report_id))
    workbook = the_workbook(session, facts.commitment.programme_id)
    name, media_type, content = catalogue.filled(session, workbook, facts)
    return attached(content, media_type, name)


def _tried(screen: Pointing) -> ResponseReturnValue | None:
    """Hand out the workbook, filled as it is typed; or say in the form why not."""
    try:
        name, media_type, content = screen.filled()
    except RuleViolation as error:
        screen.form.refuse(error)
        return None
    return attached(content, media_type, name)


def _form(programme_id: int) -> WorkbookForm:
    kept = workbooks_of(db.session(), programme_id, most=1)
    return WorkbookForm(data={"version": kept[0].number if kept else 0})


def _page(programme_id: int, form: WorkbookForm) -> str:
    kept = workbooks_of(db.session(), programme_id)
    return render_template(
        "funder_workbooks/show.html",
        programme=programme_numbered(db.session(), programme_id),
        kept=kept,
        form=form,
        commitments=commitments_under(programme_id),
        says=Pointing(kept[0]).figures if kept else (),
    )
