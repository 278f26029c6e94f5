"""Signing in and out, by Flask-Security: Argon2 passwords, sessions that end, limited attempts."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_limiter.util import get_remote_address
from flask_login import current_user, logout_user
from flask_security.core import UserMixin
from flask_security.datastore import SQLAlchemySessionUserDatastore
from flask_security.forms import LoginForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.actor import Actor
from tracker.domain.policy import Role
from tracker.extensions import db, limiter, security
from tracker.store.people import PersonRow
from tracker.web.language import translate

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.sessions import SessionMixin
    from flask.typing import ResponseReturnValue

ATTEMPTS = "10 per 5 minutes"
IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=12)
REFUSED = 422


class SignIn(UserMixin, PersonRow):  # type: ignore[misc]
    """A person as Flask-Security wants one."""

    @property
    def actor(self) -> Actor:
        """The person as the audit trail names them."""
        return Actor(self.email, Role(self.role), self.funder_id)


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class SignInForm(LoginForm):
    """An address and a password. Whatever is wrong, the complaint is the same."""

    email = StringField(  # type: ignore[assignment]  # not judged: an unknown address is wrong too
        validators=[InputRequired(), Length(max=254)], filters=[_stripped]
    )
    password = PasswordField(validators=[InputRequired(), Length(max=200)])
    remember = None  # type: ignore[assignment]  # no sign-in outlives its session

    def validate(self, **kwargs: Any) -> bool:
        """Accept an active person's own password, and begin a session of its own."""
        if not super().validate(**kwargs):
            for field in self:
                field.errors = []
            self.form_errors = [translate("The e-mail address or the password is not right.")]
            return False
        session.clear()
        session.permanent = True
        return True


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie. Files of ours carry none: browsers and proxies keep them."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie along with a page."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


class _NoRoles:
    """Stands where Flask-Security wants a table of roles: a person has one role, in a column."""


def init_app(app: Flask) -> None:
    """Bind Flask-Security to the people of the database."""
    app.config.from_mapping(
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_LOGIN_USER_TEMPLATE="security/sign_in.html",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a scheme
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_NORMALIZE_FORM=None,  # judged as typed, as when it was set
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_FRESHNESS=timedelta(-1),
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        PERMANENT_SESSION_LIFETIME=IDLE,
    )
    people = SQLAlchemySessionUserDatastore(db.session, SignIn, cast("Any", _NoRoles))
    security.init_app(app, people, login_form=SignInForm, render_template=_page)
    security.principal.skip_static = True  # nobody is looked up for a file of ours
    security.want_json(lambda _request: False)
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    _limit_attempts(app)
    app.before_request(end_old_session)
    app.session_interface = Sessions()


def current_actor() -> Actor:
    """Name who asks. Only for routes that ask for a permission."""
    return cast("SignIn", current_user).actor


def current_role() -> Role | None:
    """Give the role of who asks; none before signing in."""
    return Role(current_user.role) if current_user.is_authenticated else None


def end_old_session() -> None:
    """Sign out who signed in half a day ago, however busy the session."""
    if request.endpoint == "static":
        return
    began = session.get("fs_paa", 0)
    if current_user.is_authenticated and time.time() - began > AT_MOST.total_seconds():
        logout_user()


def _page(template: str, **values: Any) -> ResponseReturnValue:
    """Show a page of Flask-Security's; a refused attempt is a refusal."""
    return render_template(template, **values), REFUSED if request.method == "POST" else 200


def _limit_attempts(app: Flask) -> None:
    """Limit failed attempts by account and by address, before a password is hashed."""
    view: Any = app.view_functions["security.login"]
    for whose in (_account, get_remote_address):
        view = limiter.limit(ATTEMPTS, key_func=whose, methods=["POST"], deduct_when=_has_failed)(
            view
        )
    app.view_functions["security.login"] = view


def _account() -> str:
    return "account " + request.form.get("email", "").strip().lower()[:254]


def _has_failed(response: Response) -> bool:
    return response.status_code == REFUSED
