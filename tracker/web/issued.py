"""What was issued: the list, the page of a version, its files, and what the funder answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reports.bundle import MIMETYPE
from reports.catalogue import MIMETYPES
from tracker.actions import issuing, report_downloads
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import report_mails
from tracker.store.commitments import commitment_named
from tracker.store.funder_reports import issue_numbered
from tracker.store.report_downloads import downloads_of
from tracker.web import portal
from tracker.web.auth import current_actor
from tracker.web.exports import attached
from tracker.web.forms.issued import AnswerForm
from tracker.web.language import say
from tracker.web.permissions import NOTHING_THERE, own_commitment, permission
from tracker.web.projects import of_project
from tracker.web.shell import may

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.funder_reports import FunderReport, IssuedReport

bp = Blueprint("issued", __name__, url_prefix="/issued")

PAGE = 100


@bp.get("")
@permission(Permission.SEE_FUNDING)
def show_list() -> ResponseReturnValue:
    """Show what was issued, as far as the person may see it."""
    rows = portal.own_rows()
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    return render_template(
        "issued/list.html", rows=shown, number=number, pages=pages, total=len(rows)
    )


@bp.get("/<key:key>")
@permission(Permission.SEE_FUNDING)
def show(key: int) -> ResponseReturnValue:
    """Show an issued version: what became of it, and its files."""
    report, issued = own_issue(key)
    return _page(report, issued, AnswerForm(data={"version": report.version}))


@bp.post("/<key:key>/files/<face>")
@permission(Permission.SEE_FUNDING)
def download(key: int, face: str) -> ResponseReturnValue:
    """Hand out a file as it was kept; who takes it is written down."""
    own_issue(key)
    file, content = issuing.take(db.session(), key, face, by=current_actor())
    return attached(content, MIMETYPES.get(face, MIMETYPES["xlsx"]), file.name)


@bp.post("/<key:key>/period")
@permission(Permission.SEE_FUNDING)
def download_period(key: int) -> ResponseReturnValue:
    """Hand out all that was issued on the commitment over the period, as a zip."""
    own_issue(key)
    name, packed = report_downloads.take_period(db.session(), key, by=current_actor())
    return attached(packed, MIMETYPE, name)


@bp.post("/<key:key>/answer")
@permission(Permission.ANSWER_REPORTS)
def answer(key: int) -> ResponseReturnValue:
    """Accept a report, or return it with a comment, as its funder."""
    report, issued = own_issue(key)
    form, number, is_accepted = AnswerForm(), issued.number, "accept" in request.form
    if form.attempt(lambda: _answer(form, key, is_accepted=is_accepted)):
        flash(
            say("You accepted version {number}.", number=number)
            if is_accepted
            else say("You returned version {number}.", number=number)
        )
        return redirect(url_for(".show", key=key, project=of_project() or None))
    return _page(report, issued, form), 422


def _answer(form: AnswerForm, key: int, *, is_accepted: bool) -> None:
    said, version, by = form.said.data or "", form.version.data or 0, current_actor()
    issuing.answer(db.session(), key, said, is_accepted=is_accepted, version=version, by=by)


def own_issue(key: int) -> tuple[FunderReport, IssuedReport]:
    """Give an issued version that the person may see, with its report.

    Errors: ``NotFoundError``, the same for one that does not exist and for another's.
    """
    try:
        report, issued = issue_numbered(db.session(), key)
    except NotFoundError:
        raise NotFoundError(NOTHING_THERE) from None
    own_commitment(report.commitment)
    return report, issued


def _page(report: FunderReport, issued: IssuedReport, form: AnswerForm) -> str:
    session, rows, is_office = db.session(), portal.rows_of(report), may(Permission.SEE_BOOKS)
    funder = commitment_named(session, report.commitment).funder_id
    return render_template(
        "issued/show.html",
        row=next(row for row in rows if row.issued.id == issued.id),
        rows=rows,
        form=form,
        downloads=downloads_of(session, report.id) if is_office else (),
        mails=report_mails.mails_about(session, report) if is_office else (),
        readers=report_mails.readers_of(session, funder) if is_office else (),
    )
