"""Refusals and failures as pages, in the reader's language."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app, g, make_response, render_template
from flask_limiter.errors import RateLimitExceeded
from werkzeug.exceptions import HTTPException, InternalServerError

from reports.words import gettext_for
from tracker.domain.errors import Sentence, TrackerError
from tracker.domain.texts import mark as _
from tracker.extensions import limiter
from tracker.web.clock import at_office, moment_of
from tracker.web.permissions import NOTHING_THERE

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug import Response


BODIES = {
    400: Sentence(_("The request was not accepted. Go back, reload the page and try again.")),
    403: Sentence(_("You may not open this page.")),
    404: Sentence(NOTHING_THERE),
    405: Sentence(_("This address cannot be used like this. Start again from the menu.")),
    413: Sentence(_("That is more than is taken in at once: 256 MB of files, 1 MB of text.")),
}
UNKNOWN = Sentence(_("The tracker could not answer this request."))


def init_app(app: Flask) -> None:
    """Show every error as a page."""
    app.register_error_handler(TrackerError, _show_refusal)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(RateLimitExceeded, _show_too_many)
    app.register_error_handler(InternalServerError, _show_failure)


def _show_refusal(error: TrackerError) -> tuple[str, int]:
    return _page(error.message, error.hint), error.status


def _show_http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 - redirects are no errors
        return error
    message = BODIES.get(status, UNKNOWN)
    return make_response(_page(message), status)


def _show_too_many(_error: RateLimitExceeded) -> Response:
    limit = limiter.current_limit
    again = at_office(moment_of(limit.reset_at)) if limit else None
    message = Sentence(
        "Too many attempts. Try again at {time}.",
        {"time": f"{again:%H:%M:%S}" if again else "–"},
    )
    return make_response(_page(message), 429)


def _page(message: Sentence, hint: Sentence | None = None) -> str:
    """Show what was refused. The page says nothing of the address that was asked for."""
    g.refused = True
    return render_template("errors/error.html", message=message, hint=hint)


def _show_failure(_error: InternalServerError) -> tuple[str, int]:
    """Say that something broke. Uses nothing that may be what is broken."""
    reference = secrets.token_hex(4)
    current_app.logger.error("The failure above was shown with reference %s.", reference)
    languages = [(code, gettext_for(code)) for code in ("en", "nl")]
    return render_template("errors/failure.html", reference=reference, languages=languages), 500
