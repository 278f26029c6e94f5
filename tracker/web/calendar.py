"""The calendar: everything that is due, on a page, as a file, and as a feed at a secret address."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, render_template, request
from flask_limiter.util import get_remote_address
from flask_login import current_user

from reports import figures
from reports.model import Column, Kind, Section
from reports.to_csv import lines_of
from tracker.domain.policy import Permission
from tracker.extensions import db, limiter
from tracker.store.deadlines import deadlines_on
from tracker.store.projects import named_projects, project_of
from tracker.store.reminders import owner_of_feed, reader_numbered, reader_of
from tracker.store.scope import over_all
from tracker.web import deadlines
from tracker.web.auth import ATTEMPTS
from tracker.web.calendar_ics import MIMETYPE, Event, to_ics
from tracker.web.clock import today
from tracker.web.exports import attached
from tracker.web.forms.calendar import calendar_form
from tracker.web.language import label, language, said, say, translate
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from flask.typing import ResponseReturnValue

    from tracker.domain.deadlines import Due
    from tracker.domain.reminders import Reader
    from tracker.web.forms.calendar import CalendarForm

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

NOT_FOUND = 404


@bp.get("")
@permission(Permission.SEE_FUNDING)
def show() -> ResponseReturnValue:
    """Show what is due, month by month, what is late before all else."""
    day, reader = today(), you()
    form, found = _wished(reader, day)
    rows = deadlines.shown(found, reader, day)
    page = render_template(
        "calendar/show.html", form=form, months=deadlines.by_month(rows), rows=rows
    )
    return page, 422 if form.errors else 200


@bp.get("/export.<any(csv, ics):face>")
@permission(Permission.SEE_FUNDING)
def export(face: str) -> ResponseReturnValue:
    """Hand out exactly the deadlines that the page shows, as a file."""
    day = today()
    form, found = _wished(you(), day)
    if form.errors:
        abort(NOT_FOUND)
    stem = "_".join(filter(None, (_project_code(), translate("Calendar"), str(day))))
    if face == "ics":
        return attached(_ics(found, day), MIMETYPE, f"{stem}.{face}")
    return attached("".join(lines_of(_table(found), language())), "text/csv", f"{stem}.{face}")


@bp.get("/<string(length=43):secret>.ics")
@permission(Permission.ANYONE)
@limiter.limit(
    ATTEMPTS,
    key_func=get_remote_address,
    deduct_when=lambda answer: answer.status_code == NOT_FOUND,
)
def feed(secret: str) -> ResponseReturnValue:
    """Give the calendar of whom the secret belongs to; any other address is not there."""
    session, day = db.session(), today()
    person = owner_of_feed(session, secret)
    if person is None:
        abort(NOT_FOUND)
    g.language, reader = person.language, reader_of(person)
    with over_all(session):
        found = [due for due in deadlines_on(session, day) if reader.sees(due)]
    return Response(_ics(found, day), mimetype=MIMETYPE)


def you() -> Reader:
    """Give the person on this page as one who looks at deadlines."""
    return reader_numbered(db.session(), current_user.id)


def _wished(reader: Reader, day: date) -> tuple[CalendarForm, list[Due]]:
    """Give the form of the address, and the deadlines that it asks for; none if it cannot be."""
    seen = [due for due in deadlines_on(db.session(), day) if reader.sees(due)]
    form = calendar_form(seen, request.args)
    is_good = form.validate()
    return form, [due for due in seen if is_good and form.fits(due, reader)]


def _table(dues: Iterable[Due]) -> Section:
    columns = (
        Column(translate("Due on"), Kind.DATE),
        Column(translate("Kind")),
        Column(translate("What is due")),
        Column(translate("Amount"), Kind.MONEY),
        Column(translate("Commitment")),
        Column(translate("Milestone")),
        Column(translate("Who sees to it")),
    )
    rows = tuple(
        (
            due.due_on,
            label(due.kind),
            said(due.what),
            due.amount,
            due.commitment,
            due.milestone,
            due.owner or label(due.role),
        )
        for due in dues
    )
    return Section("calendar", translate("Calendar"), columns, rows)


def _ics(dues: Iterable[Due], day: date) -> bytes:
    projects = {one.id: one.code for one in named_projects(db.session())}
    return to_ics(say("Funding: what is due"), [_event(due, projects) for due in dues], day)


def _event(due: Due, projects: dict[int, str]) -> Event:
    """Write a deadline as a day in a calendar, with the way to it."""
    of = projects[due.project_id] if len(projects) > 1 else ""
    amount = figures.amount(due.amount, language()) if due.amount else ""
    who = say("Who sees to it: {who}", who=due.owner or label(due.role))
    return Event(
        uid=f"{sha256(due.key.encode()).hexdigest()[:32]}@{urlsplit(request.host_url).hostname}",
        day=due.due_on,
        summary=said(due.what),
        description="\n".join(filter(None, (of, label(due.kind), amount, who))),
        address=deadlines.address_of(due, of, is_whole=True),
    )


def _project_code() -> str:
    project = project_of(db.session())
    return project.code if project else ""
