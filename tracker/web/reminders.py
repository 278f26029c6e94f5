"""What each person is reminded of: their choice, their next digest, and their calendar."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from tracker.actions import reminders as deeds
from tracker.domain.policy import Permission, is_allowed
from tracker.domain.reminders import lines_for
from tracker.extensions import db
from tracker.store import reminders
from tracker.store.deadlines import deadlines_on
from tracker.store.scope import over_all
from tracker.web.auth import current_actor
from tracker.web.calendar import you
from tracker.web.clock import today
from tracker.web.digests import by_step
from tracker.web.forms import TrackerForm
from tracker.web.forms.reminders import WishForm, wish_form
from tracker.web.language import translate
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("reminders", __name__, url_prefix="/reminders")

SECRET_BYTES = 32


@bp.get("")
@permission(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what the person chose, and what the next digest will say."""
    return _page(wish_form(reminders.wish_of(db.session(), you())))


@bp.post("")
@permission(Permission.SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Keep what the person wants to be reminded of."""
    session, by = db.session(), current_actor()
    form = wish_form(reminders.wish_of(session, you()), is_sent=True)
    if form.attempt(lambda: deeds.choose(session, current_user.id, form.to_domain(), by=by)):
        flash(translate("Your choice is kept."))
        return redirect(url_for(".show"))
    return _page(form), 422


@bp.post("/feed")
@permission(Permission.SIGNED_IN)
def open_feed() -> ResponseReturnValue:
    """Give the person a calendar at a new secret address, which is shown this once."""
    session, by, form = db.session(), current_actor(), TrackerForm()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    is_done = form.attempt(lambda: deeds.open_feed(session, current_user.id, secret, by=by))
    opens = reminders.owner_of_feed(session, secret)  # not where the form was sent before
    page = _page(wish_form(reminders.wish_of(session, you())), secret if opens else "")
    return page, 200 if is_done else 422


@bp.post("/feed/close")
@permission(Permission.SIGNED_IN)
def close_feed() -> ResponseReturnValue:
    """Close the person's calendar: its address opens nothing any more."""
    session, by, form = db.session(), current_actor(), TrackerForm()
    if form.attempt(lambda: deeds.close_feed(session, current_user.id, by=by)):
        flash(translate("The calendar is closed; its address opens nothing any more."))
        return redirect(url_for(".show"))
    return _page(wish_form(reminders.wish_of(session, you()))), 422


def _page(form: WishForm, secret: str = "") -> str:
    session, reader, day = db.session(), you(), today()
    with over_all(session):
        dues = deadlines_on(session, day)
    wish, told = reminders.wish_of(session, reader), reminders.told_to(session, reader.id)
    return render_template(
        "reminders/show.html",
        form=form,
        steps=by_step(lines_for(reader, wish, dues, told, day), day),
        wish=wish,
        feed=url_for("calendar.feed", secret=secret, _external=True) if secret else "",
        has_feed=reminders.has_feed(session, reader.id),
        sees_funding=is_allowed(reader.role, Permission.SEE_FUNDING),
        sends_mail=current_app.config["TRACKER_SENDS_MAIL"],
        plain=TrackerForm(formdata=None),
    )
