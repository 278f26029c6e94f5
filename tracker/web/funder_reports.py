"""Funder reports in the making: the list by deadline, beginning one, and writing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from reports import catalogue
from reports.to_html import shown
from tracker.actions import funder_reports as deeds
from tracker.domain.errors import NotFoundError
from tracker.domain.funder_reports import AT_WORK, ReportState
from tracker.domain.policy import Permission
from tracker.domain.report_dues import count_by_standing, lines
from tracker.domain.report_texts import Place
from tracker.extensions import db
from tracker.store.funder_reports import report_numbered, reports_of, texts_of, writers_of
from tracker.store.report_dues import dues_on
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.exports import handed_out
from tracker.web.fields import write_day
from tracker.web.forms.funder_reports import (
    LOOK,
    BeginForm,
    ExplainForm,
    PaperForm,
    begin_form,
    comment_form,
    write_form,
)
from tracker.web.permissions import NOTHING_THERE, permission
from tracker.web.protection import takes_document
from tracker.web.report_page import (
    as_printed,
    facts_of_draft,
    language_of,
    page_of_report,
    papers_of,
    picture_address,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from reports.model import Report
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.report_dues import ReportLine
    from tracker.web.forms.funder_reports import WriteForm

bp = Blueprint("funder_reports", __name__, url_prefix="/funder-reports")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show what is due, what is being made, and what went out."""
    return _list_page(begin_form(db.session()))


@bp.post("")
@permission(Permission.PREPARE_REPORTS)
def begin() -> ResponseReturnValue:
    """Begin a report, and open it."""
    session, form, by, made = db.session(), begin_form(db.session()), current_actor(), []
    if form.attempt(
        lambda: made.append(
            deeds.begin(session, form.code.data, form.kind.data, form.period, by=by)
        )
    ):
        return redirect(url_for(".show", report_id=made[0]) if made else url_for(".show_list"))
    return _list_page(form), 422


@bp.get("/<key:report_id>")
@permission(Permission.SEE_BOOKS)
def show(report_id: int) -> ResponseReturnValue:
    """Show a report: where it stands, its words, its checks, and what was issued of it."""
    return page_of_report(_report(report_id))


@bp.route("/<key:report_id>/texts/<place>", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
def write(report_id: int, place: str) -> ResponseReturnValue:
    """Write a text of a report; a look at how it will print keeps nothing."""
    session, report, where, by = db.session(), _report(report_id), _place(place), current_actor()
    form = write_form(texts_of(session, report_id).get(place))
    said, version = form.said.data or "", form.version.data or 0
    if LOOK not in request.form and form.attempt(
        lambda: deeds.write(session, report_id, where, said, version=version, by=by)
    ):
        return redirect(url_for(".show", report_id=report_id, _anchor=place))
    return _text_page(report, where, form)


@bp.post("/<key:report_id>/explanations")
@permission(Permission.PREPARE_REPORTS)
def explain(report_id: int) -> ResponseReturnValue:
    """Say why something differs."""
    form, by, session = ExplainForm(), current_actor(), db.session()
    about, said, version = form.about.data or "", form.said.data or "", form.version.data or 0
    if form.attempt(lambda: deeds.explain(session, report_id, about, said, version=version, by=by)):
        return redirect(url_for(".show", report_id=report_id, _anchor="explanations"))
    return page_of_report(_report(report_id), form), 422


@bp.post("/<key:report_id>/papers")
@permission(Permission.PREPARE_REPORTS)
@takes_document
def attach(report_id: int) -> ResponseReturnValue:
    """Put a document with a report, or a picture for its texts."""
    form, by = PaperForm(), current_actor()
    title, document = form.title.data or "", form.document.data
    if form.attempt(
        lambda: deeds.attach(db.session(), report_id, title, document or ("", "", b""), by=by)
    ):
        return redirect(url_for(".show", report_id=report_id, _anchor="papers"))
    return page_of_report(_report(report_id), form), 422


@bp.post("/<key:report_id>/comments")
@permission(Permission.CONFIRM)
def comment(report_id: int) -> ResponseReturnValue:
    """Say something of a report to who works on it."""
    form, by = comment_form(), current_actor()
    place, said = form.place.data or "", form.said.data or ""
    if form.attempt(lambda: deeds.comment(db.session(), report_id, place, said, by=by)):
        return redirect(url_for(".show", report_id=report_id, _anchor="comments"))
    return page_of_report(_report(report_id), form), 422


@bp.get("/<key:report_id>/draft")
@permission(Permission.SEE_BOOKS)
def draft(report_id: int) -> ResponseReturnValue:
    """Show a report as it would be issued now, as a page."""
    report = _report(report_id)
    made = _laid_out(report)
    return render_template(
        "funder_reports/draft.html",
        report=shown(made),
        of=report,
        formats=catalogue.CATALOGUE[report.kind].formats,
        picture_address=picture_address(report),
    )


@bp.get("/<key:report_id>/draft.<face>")
@permission(Permission.SEE_BOOKS)
def download_draft(report_id: int, face: str) -> ResponseReturnValue:
    """Hand a report out as it would be issued now, marked as a draft."""
    report = _report(report_id)
    if face not in catalogue.CATALOGUE[report.kind].formats:
        raise NotFoundError(NOTHING_THERE)
    return handed_out(_laid_out(report), face)


def _text_page(report: FunderReport, place: Place, form: WriteForm) -> ResponseReturnValue:
    """Show a text with its form, and how it will print."""
    is_look = LOOK in request.form
    page = render_template(
        "funder_reports/write.html",
        report=report,
        title=catalogue.CATALOGUE[report.kind].title,
        place=place,
        form=form,
        printed=as_printed(report, form.said.data or "", below=2),
        pictures=papers_of(report),
        spoken=language_of(report),
        is_look=is_look,
    )
    return page, 422 if form.is_submitted() and not is_look else 200


def _laid_out(report: FunderReport) -> Report:
    if report.state not in AT_WORK:
        raise NotFoundError(NOTHING_THERE)
    return catalogue.laid_out(report.kind, facts_of_draft(report))


def _report(report_id: int) -> FunderReport:
    return report_numbered(db.session(), report_id)


def _place(place: str) -> Place:
    try:
        return Place(place)
    except ValueError:
        raise NotFoundError(NOTHING_THERE) from None


def _list_page(form: BeginForm) -> str:
    found, actor = _lines(), current_actor()
    wished = request.args.get("state", "")
    return render_template(
        "funder_reports/list.html",
        lines=[line for line in found if wished in ("", line.stands)],
        counts=count_by_standing(found),
        yours=sum(line.is_yours for line in found),
        wished=wished,
        kinds=catalogue.CATALOGUE,
        form=form,
        today=today(),
        write_day=write_day,
        actor=actor,
    )


def _lines() -> tuple[ReportLine, ...]:
    """List what is due and what was begun of the kinds that there are."""
    session, known = db.session(), reports_of(db.session())
    in_review = [one for one in known if one.state is ReportState.IN_REVIEW]
    return lines(
        [due for due in dues_on(session, today()) if due.kind in catalogue.CATALOGUE],
        known,
        {one.id: writers_of(session, one) for one in in_review},
        current_actor(),
    )
