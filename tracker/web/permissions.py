"""Who may come in: every route names its permission, and one gate asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import abort, current_app, redirect, request, url_for
from flask_login import current_user

from tracker.domain.commitments import Status
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission, Role, check_allowed, is_allowed, is_own
from tracker.extensions import db
from tracker.store.commitments import commitments_of
from tracker.web.auth import current_actor
from tracker.web.protection import is_local

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment

View = TypeVar("View", bound="Callable[..., ResponseReturnValue]")

# Routes that extensions bring along.
EXTENSIONS = {
    "static": Permission.ANYONE,
    "security.login": Permission.ANYONE,
    "security.logout": Permission.ANYONE,
}


NOTHING_THERE = "There is no such page, or it is not yours to see."


def permission(asked: Permission) -> Callable[[View], View]:
    """Name the permission that a view asks for."""

    def mark(view: View) -> View:
        view.permission = asked  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """Tell what an endpoint asks for; none if nobody has decided, and then nobody comes in."""
    decided = getattr(app.view_functions[endpoint], "permission", None)
    return decided or EXTENSIONS.get(endpoint)


def gate() -> ResponseReturnValue | None:
    """Let in who may; send who has not signed in to the sign-in; refuse the rest."""
    if request.endpoint is None:
        return None
    asked = permission_of(current_app, request.endpoint)
    if asked is None:
        abort(403)
    if asked is Permission.ANYONE:
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=_way_back()))
    actor = current_actor()
    if actor.role is Role.FUNDER_VIEWER and not is_allowed(actor.role, asked):
        raise _nothing_there()  # what is not for funders does not exist for them
    check_allowed(actor, asked)
    return None


def own_commitments() -> list[Commitment]:
    """List the commitments that the person may see: a funder's viewer its own, and no drafts."""
    actor = current_actor()
    sees_drafts = actor.role is not Role.FUNDER_VIEWER
    return [
        commitment
        for commitment in commitments_of(db.session())
        if is_own(actor, commitment.funder_id)
        and (sees_drafts or commitment.status is not Status.DRAFT)
    ]


def own_commitment(code: str) -> Commitment:
    """Give a commitment that the person may see.

    Errors: ``NotFoundError``, the same for one that does not exist and for another's.
    """
    for commitment in own_commitments():
        if commitment.code == code:
            return commitment
    raise _nothing_there()


def _nothing_there() -> NotFoundError:
    return NotFoundError(NOTHING_THERE)


def _way_back() -> str | None:
    """Where to go on after signing in: the page that was asked for, if it can be asked again."""
    way = request.full_path.removesuffix("?")
    return way if request.method == "GET" and way != "/" and is_local(way) else None
