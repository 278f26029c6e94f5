"""What is done with a funder report once it is written: review, approval, issue, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from reports import catalogue
from tracker.actions import funder_reports as deeds
from tracker.actions import issuing
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission
from tracker.domain.report_jobs import JobKind, Wanted
from tracker.extensions import db
from tracker.store.funder_reports import report_numbered
from tracker.web import report_jobs
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.funder_reports import ReasonForm, StepForm, answer_form
from tracker.web.language import say
from tracker.web.permissions import NOTHING_THERE, permission
from tracker.web.protection import takes_document
from tracker.web.report_page import page_of_report
from tracker.web.report_steps import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from tracker.domain.funder_reports import FunderReport
    from tracker.web.forms import TrackerForm
    from tracker.web.forms.funder_reports import AnswerForm

bp = Blueprint("report_deeds", __name__, url_prefix="/funder-reports/<key:report_id>")


@bp.post("/ask-review")
@permission(Permission.PREPARE_REPORTS)
def ask_review(report_id: int) -> ResponseReturnValue:
    """Give a draft to somebody else to look at."""
    form, by, day = StepForm(), current_actor(), today()
    version = form.version.data or 0
    return _done(
        report_id,
        form,
        lambda: deeds.ask_review(db.session(), report_id, version=version, today=day, by=by),
        say("Somebody else looks at the report now."),
    )


@bp.post("/approve")
@permission(Permission.CONFIRM)
def approve(report_id: int) -> ResponseReturnValue:
    """Approve a report that others prepared."""
    form, by = StepForm(), current_actor()
    version = form.version.data or 0
    return _done(
        report_id,
        form,
        lambda: deeds.approve(db.session(), report_id, version=version, by=by),
        say("The report is approved, and may be issued."),
    )


@bp.post("/issue")
@permission(Permission.PREPARE_REPORTS)
def issue(report_id: int) -> ResponseReturnValue:
    """Issue an approved report: its files are made in the background."""
    form, report = StepForm(), _report(report_id)
    wanted = Wanted(
        JobKind.ISSUE,
        report.commitment,
        report.period.code,
        today(),
        report_id=report.id,
        version=form.version.data or 0,
    )
    if form.attempt(lambda: report_jobs.carry_on(wanted)):
        return redirect(url_for("funder_reports.show", report_id=report_id))
    return page_of_report(_report(report_id), form), 422


@bp.post("/drop")
@permission(Permission.PREPARE_REPORTS)
def drop(report_id: int) -> ResponseReturnValue:
    """Drop a draft of which nothing was issued."""
    form, by = StepForm(), current_actor()
    version = form.version.data or 0
    if form.attempt(lambda: deeds.drop(db.session(), report_id, version=version, by=by)):
        flash(say("The draft is dropped."))
        return redirect(url_for("funder_reports.show_list"))
    return page_of_report(_report(report_id), form), 422


@bp.route("/send-back", methods=["GET", "POST"])
@permission(Permission.CONFIRM)
def send_back(report_id: int) -> ResponseReturnValue:
    """Give a report back to who prepares it, with the reason."""
    by = current_actor()
    return _with_reason(
        report_id,
        Step.SEND_BACK,
        lambda why, version: deeds.send_back(db.session(), report_id, why, version=version, by=by),
    )


@bp.route("/correct", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
def correct(report_id: int) -> ResponseReturnValue:
    """Begin the next version of a report that was returned or withdrawn."""
    by = current_actor()
    return _with_reason(
        report_id,
        Step.CORRECT,
        lambda why, version: deeds.correct(db.session(), report_id, why, version=version, by=by),
    )


@bp.route("/withdraw", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
def withdraw(report_id: int) -> ResponseReturnValue:
    """Withdraw what was issued in error: it stays, and says so."""
    by, issued = current_actor(), _newest(report_id)
    return _with_reason(
        report_id,
        Step.WITHDRAW,
        lambda why, version: issuing.withdraw(db.session(), issued, why, version=version, by=by),
    )


@bp.route("/answer", methods=["GET", "POST"])
@permission(Permission.PREPARE_REPORTS)
@takes_document
def answer(report_id: int) -> ResponseReturnValue:
    """Note what a funder answered by letter or by mail."""
    issued, form = _newest(report_id), answer_form(_report(report_id).version)
    if form.attempt(lambda: _note(issued, form)):
        return redirect(url_for("funder_reports.show", report_id=report_id))
    return _step_page(report_id, Step.ANSWER, form)


def _note(issued: int, form: AnswerForm) -> None:
    issuing.answer(
        db.session(),
        issued,
        form.said.data or "",
        is_accepted=form.is_accepted,
        version=form.version.data or 0,
        by=current_actor(),
        on=form.on.data,
        letter=form.document.data,
    )


def _done(
    report_id: int, form: TrackerForm, deed: Callable[[], object], said: str
) -> ResponseReturnValue:
    """Carry a step out and say so, or show the page with what stands in the way."""
    if form.attempt(deed):
        flash(said)
        return redirect(url_for("funder_reports.show", report_id=report_id))
    return page_of_report(_report(report_id), form), 422


def _with_reason(
    report_id: int, step: Step, deed: Callable[[str, int], None]
) -> ResponseReturnValue:
    """Ask for the reason of a step, and take it."""
    form = ReasonForm(data={"version": _report(report_id).version})
    if form.attempt(lambda: deed(form.reason.data or "", form.version.data or 0)):
        return redirect(url_for("funder_reports.show", report_id=report_id))
    return _step_page(report_id, step, form)


def _step_page(report_id: int, step: Step, form: TrackerForm) -> ResponseReturnValue:
    report = _report(report_id)
    page = render_template(
        "funder_reports/step.html",
        report=report,
        title=catalogue.CATALOGUE[report.kind].title,
        step=step.value,
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _newest(report_id: int) -> int:
    newest = _report(report_id).newest
    if newest is None:
        raise NotFoundError(NOTHING_THERE)
    return newest.id


def _report(report_id: int) -> FunderReport:
    return report_numbered(db.session(), report_id)
