"""Which project a page is about: the one its address names, or the one chosen last.

Where there is only one, nothing of this shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, g, redirect, request, session
from flask_login import current_user

from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission, Role
from tracker.extensions import db
from tracker.store import projects
from tracker.store.commitment_codes import project_of_code
from tracker.store.scope import in_project
from tracker.web.auth import current_actor
from tracker.web.permissions import NOTHING_THERE, permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from tracker.store.projects import Named

CHOSEN = "project"
"""Where a visit keeps its choice, and what an address calls it."""
OF_FORM = "of_project"
"""What a form calls the project that it was opened in, whatever was chosen since."""

NAMING_COMMITMENTS = ("/commitments/<code>", "/reports/<slug>/<code>", "/outlook/<code>")
"""Addresses that hold the code of a commitment, which is one in all projects."""

bp = Blueprint("projects", __name__)


def init_app(app: Flask) -> None:
    """Let every request know its project before anything of a project is read."""
    app.before_request(follow_address)
    app.jinja_env.globals.update(of_project=of_project)


@bp.post("/project")
@permission(Permission.SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Keep the chosen project with the visit."""
    chosen = request.form.get(CHOSEN)
    if chosen not in {known.code for known in offered()}:
        abort(400)
    session[CHOSEN] = chosen
    return redirect(request.form.get("next") or "/")


def offered() -> Sequence[Named]:
    """List the projects that the person may choose from."""
    if "projects" not in g:
        viewer = current_actor() if current_user.is_authenticated else None
        funder_id = viewer.funder_id if viewer and viewer.role is Role.FUNDER_VIEWER else None
        g.projects = projects.named_projects(db.session(), funder_id) if viewer else []
    found: Sequence[Named] = g.projects
    return found


def follow_address() -> None:
    """Let the request be about the project that it names, or that was chosen before.

    The code of a commitment names its project too.

    Errors: ``NotFoundError`` for a project that is not there, or not this person's to see.
    """
    if request.endpoint == "static" or not offered():
        return
    _be_about(_chosen_before())
    if request.method == "GET" and (asked := request.args.get(CHOSEN) or _of_commitment()):
        _be_about(_named(asked))


def _of_commitment() -> str:
    rule = request.url_rule.rule if request.url_rule else ""
    if len(offered()) == 1 or not rule.startswith(NAMING_COMMITMENTS):
        return ""
    return project_of_code(db.session(), (request.view_args or {}).get("code", ""))


def keep_to_form() -> None:
    """Let a form be about the project that it was opened in, whatever was chosen since.

    Errors: ``NotFoundError`` for a project that is not there, or not this person's to see.
    """
    if request.method == "POST" and (code := request.form.get(OF_FORM)):
        _be_about(_named(code))


def of_project() -> str:
    """Name the project that a form is opened in; empty where there is no other."""
    return g.project.code if len(offered()) > 1 else ""


def _chosen_before() -> Named:
    known = {project.code: project for project in offered()}
    return known.get(session.get(CHOSEN, ""), offered()[0])


def _named(code: str) -> Named:
    for project in offered():
        if project.code == code:
            return project
    raise NotFoundError(NOTHING_THERE)


def _be_about(project: Named) -> None:
    g.project = project
    in_project(db.session(), project.id)
    if len(offered()) > 1 and session.get(CHOSEN) != project.code:
        session[CHOSEN] = project.code
