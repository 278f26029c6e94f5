"""Reporting periods: the series, what counts in each, closing one and reopening it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker.actions import reporting_periods as deeds
from tracker.domain.policy import Permission
from tracker.domain.reporting_periods import Check, Length, PeriodState, length_of
from tracker.extensions import db
from tracker.store import closing, reporting_periods
from tracker.store.audit import history_of
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.reporting_periods import (
    CloseForm,
    ReopenForm,
    StepForm,
    sent_form,
    series_form,
)
from tracker.web.history import in_words
from tracker.web.language import say
from tracker.web.permissions import permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.reporting_periods import Reopening, ReportingPeriod, Unfinished
    from tracker.web.forms import TrackerForm
    from tracker.web.forms.reporting_periods import SentForm, SeriesForm

bp = Blueprint("reporting_periods", __name__)

# Where what is not finished is looked at.
PLACES: dict[Check, tuple[str, dict[str, str]]] = {
    Check.INVARIANTS: ("imports.show_list", {}),
    Check.BOOKS: ("imports.show_list", {}),
    Check.WAITING: ("costs.show_list", {"state": "waiting"}),
    Check.LEFT: ("costs.show_list", {}),
    Check.DOUBLES: ("allocations.not_charged", {}),
    Check.FILES: ("imports.show_list", {}),
    Check.MONEY: ("receipts.show_list", {}),
    Check.DRAFTS: ("work.show_list", {}),
    Check.INSTALMENTS: ("work.show_list", {}),
    Check.HOURS: ("contributions.show_list", {}),
    Check.WAIVERS: ("financing.show", {}),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """Something that is not finished, and where to look at it."""

    what: Unfinished
    address: str


@bp.get("/periods")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the periods in their order, and what counts in each."""
    return _list_page()


@bp.post("/periods")
@permission(Permission.CLOSE_PERIODS)
def set_up() -> ResponseReturnValue:
    """Set the series up, once."""
    form, by = series_form(Length.QUARTER), current_actor()
    if form.attempt(
        lambda: deeds.set_up(db.session(), Length(form.length.data), today=today(), by=by)
    ):
        return redirect(url_for(".show_list"))
    return _list_page(form), 422


@bp.post("/next-period")
@permission(Permission.CLOSE_PERIODS)
def extend() -> ResponseReturnValue:
    """Put the next period at the end of the series."""
    form, by = series_form(Length.QUARTER), current_actor()
    if form.attempt(lambda: deeds.extend(db.session(), Length(form.length.data), by=by)):
        return redirect(url_for(".show_list"))
    return _list_page(form), 422


@bp.get("/periods/<code>")
@permission(Permission.SEE_BOOKS)
def show(code: str) -> ResponseReturnValue:
    """Show a period: what counts in it, what is not finished, and what was done to it."""
    return _page(_period(code))


@bp.post("/periods/<code>/begin")
@permission(Permission.CLOSE_PERIODS)
def begin(code: str) -> ResponseReturnValue:
    """Begin to close a period."""
    form, by = StepForm(), current_actor()
    version = form.version.data or 0
    if form.attempt(lambda: deeds.begin_closing(db.session(), code, version=version, by=by)):
        return redirect(url_for(".show", code=code))
    return _page(_period(code), form), 422


@bp.post("/periods/<code>/break-off")
@permission(Permission.CLOSE_PERIODS)
def break_off(code: str) -> ResponseReturnValue:
    """Break the closing of a period off."""
    form, by = StepForm(), current_actor()
    version = form.version.data or 0
    if form.attempt(lambda: deeds.break_off(db.session(), code, version=version, by=by)):
        flash(say("{period} is open as before.", period=code))
        return redirect(url_for(".show", code=code))
    return _page(_period(code), form), 422


@bp.post("/periods/<code>/close")
@permission(Permission.CLOSE_PERIODS)
def close(code: str) -> ResponseReturnValue:
    """Close a period, once its checks allow it."""
    form, by, day = CloseForm(), current_actor(), today()
    version, reason = form.version.data or 0, form.reason.data or ""
    if form.attempt(
        lambda: deeds.close(db.session(), code, reason, version=version, today=day, by=by)
    ):
        flash(
            say("{period} is closed. What comes late counts in the first open period.", period=code)
        )
        return redirect(url_for(".show", code=code))
    return _page(_period(code), form), 422


@bp.post("/periods/<code>/reopen")
@permission(Permission.CLOSE_PERIODS)
def ask(code: str) -> ResponseReturnValue:
    """Ask to reopen a closed period."""
    form, by = ReopenForm(), current_actor()
    version, reason = form.version.data or 0, form.reason.data or ""
    if form.attempt(
        lambda: deeds.ask_reopening(db.session(), code, reason, version=version, by=by)
    ):
        flash(say("Somebody else decides whether {period} is reopened.", period=code))
        return redirect(url_for(".show", code=code))
    return _page(_period(code), form), 422


@bp.post("/reopenings/<key:reopening_id>/confirm")
@permission(Permission.CONFIRM)
def confirm(reopening_id: int) -> ResponseReturnValue:
    """Reopen a period that somebody else asked to reopen."""
    code = deeds.confirm_reopening(db.session(), reopening_id, by=current_actor())
    flash(say("{period} is open again.", period=code))
    return redirect(url_for(".show", code=code))


@bp.post("/reopenings/<key:reopening_id>/drop")
@permission(Permission.CONFIRM)
def drop(reopening_id: int) -> ResponseReturnValue:
    """Turn a request to reopen a period down."""
    code = deeds.drop_reopening(db.session(), reopening_id, by=current_actor())
    flash(say("{period} stays closed.", period=code))
    return redirect(url_for(".show", code=code))


@bp.route("/periods/<code>/reports/new", methods=["GET", "POST"])
@permission(Permission.CLOSE_PERIODS)
@takes_document
def note_sent(code: str) -> ResponseReturnValue:
    """Note that a funder was sent a report over a period."""
    session, period = db.session(), _period(code)
    noted = {report.commitment for report in reporting_periods.sent_reports(session, period.id)}
    form = sent_form(session, noted)
    if form.attempt(lambda: _note(code, form)):
        return redirect(url_for(".show", code=code, _anchor="reports"))
    page = render_template("periods/sent.html", period=period, form=form)
    return page, 422 if form.is_submitted() else 200


def _note(code: str, form: SentForm) -> None:
    if form.sent_on.data is None:
        raise AssertionError("a form that is valid has a day")
    deeds.note_sent(
        db.session(),
        code,
        str(form.commitment.data),
        form.sent_on.data,
        form.note.data or "",
        today=today(),
        by=current_actor(),
        document=form.document.data,
    )


def _period(code: str) -> ReportingPeriod:
    session = db.session()
    return reporting_periods.period_coded(session, the_project(session).id, code)


def _list_page(form: SeriesForm | None = None) -> str:
    session = db.session()
    periods = reporting_periods.periods_of(session, the_project(session).id)
    length = length_of(periods[-1].period) if periods else Length.QUARTER
    return render_template(
        "periods/list.html",
        periods=periods,
        figures_in=closing.figures_in(session, periods),
        unfinished=closing.count_unfinished(session, periods),
        form=form or series_form(length),
        project=the_project(session),
    )


def _page(period: ReportingPeriod, form: TrackerForm | None = None) -> str:
    session, version = db.session(), {"version": period.version}
    sent = reporting_periods.sent_reports(session, period.id)
    return render_template(
        "periods/show.html",
        period=period,
        counted=closing.figures_in(session, [period])[period.id],
        looked=_looked(period) if period.state is PeriodState.CLOSING else [],
        request_=_request(period),
        sent=sent,
        form=form,
        step=StepForm(formdata=None, data=version),
        closing=_kept(form, CloseForm) or CloseForm(formdata=None, data=version),
        reopening=_kept(form, ReopenForm) or ReopenForm(formdata=None, data=version),
        history=in_words(history_of(session, reporting_periods.of_period(session, period.code))),
        earlier=_earlier(period),
        who=current_actor().name,
    )


def _kept(form: TrackerForm | None, kind: type[TrackerForm]) -> TrackerForm | None:
    """Give the form that was sent, with what was typed, if it is of a kind."""
    return form if isinstance(form, kind) else None


def _looked(period: ReportingPeriod) -> list[Looked]:
    """Run the checks, and say where to look at what they find."""
    found = closing.unfinished_in(db.session(), period.period, today())
    return [Looked(one, _address(one)) for one in found]


def _address(found: Unfinished) -> str:
    endpoint, values = PLACES[found.check]
    wished: dict[str, Any] = {**values, "reason": found.reason or None}
    return url_for(endpoint, **wished)


def _request(period: ReportingPeriod) -> Reopening | None:
    """Give the request to reopen a period that waits for a second person."""
    asked = reporting_periods.reopenings_asked(db.session())
    return next((one for one in asked if one.period.id == period.id), None)


def _earlier(period: ReportingPeriod) -> list[str]:
    """Name the periods before this one that are not closed."""
    session = db.session()
    return [
        one.code
        for one in reporting_periods.periods_of(session, the_project(session).id)
        if one.period < period.period and one.state is not PeriodState.CLOSED
    ]
