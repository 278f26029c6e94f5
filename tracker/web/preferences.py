"""The reader's language and theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, make_response, redirect, request, session
from flask_login import current_user

from reports.words import LANGUAGES
from tracker.actions.people import set_language
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.web.auth import current_actor
from tracker.web.permissions import permission
from tracker.web.protection import YEAR

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug import Response

THEMES = ("system", "light", "dark")

bp = Blueprint("preferences", __name__)


@bp.post("/language")
@permission(Permission.ANYONE)
def language() -> ResponseReturnValue:
    """Keep the chosen language: with the person, or else with the visit."""
    chosen = request.form.get("language")
    if chosen not in LANGUAGES:
        abort(400)
    session["language"] = chosen
    if current_user.is_authenticated:
        set_language(db.session(), current_user.id, chosen, by=current_actor())
    return _back()


@bp.post("/theme")
@permission(Permission.ANYONE)
def theme() -> ResponseReturnValue:
    """Keep the chosen theme in this browser."""
    chosen = request.form.get("theme")
    if chosen not in THEMES:
        abort(400)
    answer = _back()
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie("theme", chosen, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


def chosen_theme() -> str:
    """Tell the theme that was chosen in this browser: the system's, if none was."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "system"


def _back() -> Response:
    """Go back to the page that the choice was made on; ``next`` was checked to be ours."""
    return make_response(redirect(request.form.get("next") or "/"))
