"""Reports that are made in the background: asked for, followed, left, cancelled and tried again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, url_for

from reports import catalogue
from tracker.actions import report_jobs as deeds
from tracker.domain.periods import period_named
from tracker.domain.policy import Permission
from tracker.domain.report_jobs import JobKind, JobState, ReportJob, Wanted
from tracker.extensions import db
from tracker.store import report_jobs as stored
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.exports import attached
from tracker.web.language import label, say, translate
from tracker.web.permissions import own_commitment, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.funder_reports import FunderReport

PATIENCE = 2  # seconds: what is soon made is there when the page is shown
BLINK = timedelta(milliseconds=50)

bp = Blueprint("report_jobs", __name__, url_prefix="/report-jobs")


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as pages show it: what it makes, and how far it is, in the reader's language."""

    job: ReportJob
    title: str
    told: str


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show what the person asked for, the newest first."""
    session = db.session()
    jobs = [shown(job) for job in stored.jobs_of(session, current_actor().name)]
    return render_template("report_jobs/list.html", jobs=jobs)


@bp.post("/<slug>/<code>/<period>.<face>")
@permission(Permission.SEE_BOOKS)
def ask(slug: str, code: str, period: str, face: str) -> ResponseReturnValue:
    """Have a report of the catalogue made in the background."""
    kind = catalogue.CATALOGUE.get(slug)
    if kind is None or kind.of_commitment is None or face not in kind.formats:
        abort(404)
    over = period_named(period).code
    about = own_commitment(code).code
    carry_on(Wanted(JobKind.REPORT, about, over, today(), slug=slug, face=face))
    return redirect(url_for(".show_list"))


@bp.get("/<key:job_id>/standing.json")
@permission(Permission.SEE_BOOKS)
def standing(job_id: int) -> ResponseReturnValue:
    """Tell a script how far a job is."""
    one = shown(stored.report_job(db.session(), job_id))
    job = one.job
    return jsonify(state=job.state, done=job.done, whole=job.whole, words=one.told)


@bp.post("/<key:job_id>/cancel")
@permission(Permission.SEE_BOOKS)
def cancel(job_id: int) -> ResponseReturnValue:
    """Let what was asked be."""
    deeds.cancel(db.session(), job_id, by=current_actor())
    flash(say("It is cancelled; nothing of it was kept."))
    return redirect(url_for(".show_list"))


@bp.post("/<key:job_id>/retry")
@permission(Permission.SEE_BOOKS)
def retry(job_id: int) -> ResponseReturnValue:
    """Try anew what failed or was cancelled."""
    _wait_for(deeds.retry(db.session(), job_id, by=current_actor()))
    return redirect(url_for(".show_list"))


@bp.get("/<key:job_id>/result.bin")
@permission(Permission.SEE_BOOKS)
def result(job_id: int) -> ResponseReturnValue:
    """Hand out what was made to who asked for it."""
    document, content = deeds.result_of(db.session(), job_id, by=current_actor())
    return attached(content, document.media_type, document.name)


def carry_on(wanted: Wanted) -> int:
    """Ask for something, wait a moment for what is soon made, and give the key of its job."""
    job_id = deeds.ask(db.session(), wanted, by=current_actor())
    _wait_for(job_id)
    return job_id


def shown(job: ReportJob) -> ShownJob:
    """Give a job as pages show it; one that is dead is noticed."""
    job = deeds.Queue(db.session()).notice(job)
    return ShownJob(job, _title_of(job.wanted), _told_of(job))


def issuing_of(report: FunderReport) -> ShownJob | None:
    """Give the job that issues a report as it stands now."""
    job = stored.issuing_of(db.session(), report.id, report.version)
    return shown(job) if job else None


def _wait_for(job_id: int) -> None:
    session, deadline = db.session(), time.monotonic() + PATIENCE
    while time.monotonic() < deadline and stored.report_job(session, job_id).is_under_way:
        session.rollback()
        time.sleep(BLINK.total_seconds())
    session.rollback()


def _title_of(wanted: Wanted) -> str:
    about = {"commitment": wanted.commitment, "period": wanted.period}
    match wanted.kind:
        case JobKind.ISSUE:
            return say("Issue the report on {commitment} over {period}", **about)
        case JobKind.DOSSIER:
            return say("Audit dossier of {commitment} over {period}", **about)
    kind = catalogue.CATALOGUE.get(wanted.slug)
    title = translate(kind.title) if kind else wanted.slug
    return say(
        "{report}: {commitment} over {period}, {format}", report=title, format=wanted.face, **about
    )


def _told_of(job: ReportJob) -> str:
    """Say in a few words how far a job is."""
    if job.state is JobState.RUNNING and job.whole:
        return say("{percent}% done", percent=min(100, 100 * job.done // job.whole))
    return label(job.state)
