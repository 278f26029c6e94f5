"""Verification: anybody who holds a file may ask whether we issued it, and learns nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from flask_limiter.util import get_remote_address

from tracker.domain.errors import RuleViolation
from tracker.domain.policy import Permission
from tracker.domain.verification import in_sentences
from tracker.extensions import db, limiter
from tracker.store.verification import issued_with
from tracker.web.forms.verification import VerifyForm
from tracker.web.language import translate
from tracker.web.permissions import permission
from tracker.web.portal import title_of
from tracker.web.protection import VERIFIED_MAX, takes_issued_file

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("verification", __name__, url_prefix="/verify")

QUESTIONS = "60 per 5 minutes"


@bp.get("")
@permission(Permission.ANYONE)
def show() -> ResponseReturnValue:
    """Ask for a file."""
    return _page(VerifyForm(formdata=None))


@bp.post("")
@permission(Permission.ANYONE)
@takes_issued_file
@limiter.limit(QUESTIONS, key_func=get_remote_address)
def verify() -> ResponseReturnValue:
    """Tell whether a file was issued, and whether it still stands."""
    form = VerifyForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        sha256 = form.hash()
    except RuleViolation as error:
        form.refuse(error)
        return _page(form), 422
    return _page(VerifyForm(formdata=None), sha256)


def _page(form: VerifyForm, sha256: str = "") -> str:
    """Show the form, and under a hash what is told of it."""
    verdict = issued_with(db.session(), sha256) if sha256 else None
    title = translate(title_of(verdict.kind)) if verdict else ""
    return render_template(
        "verification/show.html",
        form=form,
        sha256=sha256,
        verdict=verdict,
        told=in_sentences(verdict, title) if sha256 else (),
        bytes_max=VERIFIED_MAX,
        megabytes=VERIFIED_MAX // 1024**2,
    )
