"""What every request must satisfy, and what every response carries."""

from __future__ import annotations

import re
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeVar

from flask import abort, current_app, request
from werkzeug.routing import IntegerConverter

from tracker.config import LOOPBACK
from tracker.domain.errors import NotAllowedError
from tracker.extensions import db
from tracker.store.people import has_sample_people

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from werkzeug import Response
    from werkzeug.routing import Map

View = TypeVar("View", bound="Callable[..., ResponseReturnValue]")

UPLOAD_MAX = 256 * 1024**2
DOCUMENT_MAX = 20 * 1024**2
VERIFIED_MAX = 60 * 1024**2
FORM_MAX = 1024**2
KEY_MAX = 2**31 - 1
UPLOADS = frozenset({"imports.bring_in"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
YEAR = 365 * 24 * 3600

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class KeyConverter(IntegerConverter):
    """The key of a row in an address: what no database can hold is not found."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=KEY_MAX)


def check_request() -> None:
    """Refuse what no page of ours would send. Runs before anything is read.

    Errors: ``NotAllowedError`` for a stranger while sample sign-ins exist; 400 for a foreign host
            or page.
    """
    request.max_content_length = _most_taken()
    _refuse_strangers()
    if _host() not in current_app.config["TRACKER_HOSTS"]:
        abort(400)
    if request.method not in SAFE and _comes_from_elsewhere():
        abort(400)
    if request.endpoint not in UPLOADS and (_leads_elsewhere() or _carries_nul()):
        abort(400)


def takes_document(view: View) -> View:
    """Let a view take a document with its form; others take a form's worth of text."""
    view.takes_bytes = DOCUMENT_MAX  # type: ignore[attr-defined]
    return view


def takes_issued_file(view: View) -> View:
    """Let a view take a file that may be one of ours; the longest of them is a workbook."""
    view.takes_bytes = VERIFIED_MAX  # type: ignore[attr-defined]
    return view


def add_headers(response: Response) -> Response:
    """Put the protective headers on a response, whatever it is."""
    response.headers.update(HEADERS)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    if request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = "no-store"
    return response


def is_local(way: str) -> bool:
    """Tell whether an address leads to a page of this server and nowhere else."""
    return bool(LOCAL.fullmatch(way))


def _most_taken() -> int:
    if request.endpoint in UPLOADS:
        return UPLOAD_MAX
    view = current_app.view_functions.get(request.endpoint or "")
    more: int = getattr(view, "takes_bytes", 0)
    return FORM_MAX + more


def _refuse_strangers() -> None:
    # An address in X-Forwarded-For means that a proxy brings strangers to the loopback.
    near = _is_loopback(request.remote_addr or "") and _host() in LOOPBACK
    if near and "X-Forwarded-For" not in request.headers:
        return
    if has_sample_people(db.session()):
        raise NotAllowedError(
            "This database holds the sample with its well-known passwords, so the tracker answers"
            " this computer only.",
            "Start with a database of its own: set TRACKER_DATABASE_URL, then tracker setup.",
        )


def _host() -> str:
    """The host that the request names, without its port."""
    name = request.environ.get("HTTP_HOST", "")
    return re.sub(r":[0-9]*$", "", name).strip("[]").lower()


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _leads_elsewhere() -> bool:
    wishes = [*request.args.getlist("next"), *request.form.getlist("next")]
    return not all(is_local(wish) for wish in wishes if wish)


def _carries_nul() -> bool:
    """Tell whether a text holds the one character that databases cannot keep."""
    values = [*request.args.listvalues(), *request.form.listvalues()]
    return any("\0" in text for texts in values for text in texts)


def _comes_from_elsewhere() -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin.partition("://")[2] != request.host
    return foreign or site not in ("same-origin", "none")
