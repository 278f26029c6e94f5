"""Reports as the books are now: the choice, the page and the files. Funders see what was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from reports import catalogue
from reports.to_html import shown
from tracker.domain.periods import period_named, years_of
from tracker.domain.policy import Permission
from tracker.domain.report_jobs import LONG
from tracker.extensions import db
from tracker.store.session import at_one_moment
from tracker.web.clock import today
from tracker.web.exports import handed_out, occasion
from tracker.web.permissions import own_commitment, own_commitments, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from reports.model import Report
    from tracker.domain.commitments import Commitment

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def choose() -> ResponseReturnValue:
    """Show which reports can be made; a chosen one is shown at its own address."""
    wished = [request.args.get(name, "") for name in ("slug", "code", "period")]
    if all(wished):
        slug, code, period = wished
        return redirect(url_for(".show", slug=slug, code=code, period=period))
    return _choice()


@bp.get("/<slug>/<code>/<period>")
@permission(Permission.SEE_BOOKS)
def show(slug: str, code: str, period: str) -> ResponseReturnValue:
    """Show a report as a page."""
    report, year = _made(slug, code, period), period[:4]
    return render_template(
        "catalogue/show.html",
        report=shown(report),
        slug=slug,
        code=code,
        period=period,
        periods=[year, *(f"{year}-Q{quarter}" for quarter in (1, 2, 3, 4))],
        formats=catalogue.CATALOGUE[slug].formats,
        is_long=any(section.row_count > LONG for section in report.sections),
    )


@bp.get("/<slug>/<code>/<period>.<face>")
@permission(Permission.SEE_BOOKS)
def download(slug: str, code: str, period: str, face: str) -> ResponseReturnValue:
    """Hand out a report as a file."""
    own_commitment(code)
    if face not in getattr(catalogue.CATALOGUE.get(slug), "formats", ()):
        abort(404)
    return handed_out(_made(slug, code, period), face)


@bp.get("/<slug>")
@permission(Permission.SEE_BOOKS)
def show_of_project(slug: str) -> ResponseReturnValue:
    """Show a report of the project as a page."""
    report = _made_of_project(slug)
    formats = catalogue.CATALOGUE[slug].formats
    return render_template(
        "catalogue/project.html", report=shown(report), slug=slug, formats=formats
    )


@bp.get("/<slug>.<face>")
@permission(Permission.SEE_BOOKS)
def download_of_project(slug: str, face: str) -> ResponseReturnValue:
    """Hand out a report of the project as a file."""
    if face not in getattr(catalogue.CATALOGUE.get(slug), "formats", ()):
        abort(404)
    return handed_out(_made_of_project(slug), face)


def years_to_report(commitment: Commitment) -> tuple[int, ...]:
    """The calendar years of a commitment that have begun, the newest first."""
    this_year = today().year
    return tuple(year for year in reversed(years_of(commitment.period)) if year <= this_year)


def _choice() -> str:
    """Show the reports of each commitment that the person may see, by year, and of the project."""
    seen = [commitment for commitment in own_commitments() if commitment.is_committed]
    years = {commitment.code: years_to_report(commitment) for commitment in seen}
    kinds = catalogue.CATALOGUE.values()
    of_commitments = {kind.slug: kind for kind in kinds if kind.of_commitment}
    wished = request.args.get("slug", "")
    return render_template(
        "catalogue/index.html",
        chosen=of_commitments.get(wished, next(iter(of_commitments.values()))),
        commitments=seen,
        years=years,
        all_years=sorted({year for some in years.values() for year in some}, reverse=True),
        kinds=of_commitments.values(),
        of_project=[kind for kind in kinds if kind.of_project],
    )


def _made(slug: str, code: str, period: str) -> Report:
    """Make a report of a commitment that the person may see, of the books at one moment."""
    at_one_moment(db.session())
    return catalogue.make(
        db.session(),
        slug,
        own_commitment(code).code,
        period_named(period),
        made_on=today(),
        author=current_user.name,
    )


def _made_of_project(slug: str) -> Report:
    """Make a report of the project as at today, in the reader's language."""
    at_one_moment(db.session())
    return catalogue.make_of_project(db.session(), slug, occasion())
