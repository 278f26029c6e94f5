"""Documents: handing them out, and keeping more of them with a commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, url_for

from tracker.actions import documents as deeds
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission, is_allowed
from tracker.extensions import db
from tracker.store.audit import OVERVIEWS
from tracker.store.documents import document_numbered
from tracker.store.issued_reports import is_issued
from tracker.store.report_jobs import OF_A_JOB
from tracker.web.auth import current_actor
from tracker.web.commitment_page import OF_A_COMMITMENT, page_of_commitment, shown_documents
from tracker.web.exports import attached
from tracker.web.forms.commitments import DocumentForm
from tracker.web.language import say
from tracker.web.permissions import NOTHING_THERE, own_commitment, permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.store.documents import Document

bp = Blueprint("documents", __name__)


@bp.get("/documents/<key:key>")
@permission(Permission.SEE_FUNDING)
def download(key: int) -> ResponseReturnValue:
    """Hand out a document to who may see what it belongs to."""
    session = db.session()
    try:
        document, content = document_numbered(session, key)
    except NotFoundError:
        raise NotFoundError(NOTHING_THERE) from None
    _check_own(document)
    if document.subject.startswith((OF_A_JOB, OVERVIEWS)) or is_issued(session, key):
        raise NotFoundError(NOTHING_THERE)  # their own pages note who takes them
    return attached(content, document.media_type, document.name)


@bp.post("/commitments/<code>/documents")
@permission(Permission.ENTER_FUNDING)
@takes_document
def add(code: str) -> ResponseReturnValue:
    """Keep one more document with a commitment."""
    commitment, form, by = own_commitment(code), DocumentForm(), current_actor()
    if form.attempt(lambda: deeds.add(db.session(), code, form.upload, by=by)):
        flash(say("{file} is kept with {code}.", file=form.upload.file_name, code=code))
        return redirect(url_for("commitments.show", code=code, _anchor="documents"))
    return page_of_commitment(commitment, form), 422


def _check_own(document: Document) -> None:
    """Refuse a document of what the person may not see.

    Errors: ``NotFoundError``, the same for one that does not exist.
    """
    code, _slash, part = document.subject.removeprefix(OF_A_COMMITMENT).partition("/")
    if document.subject.startswith(OF_A_COMMITMENT) and not part:
        commitment = own_commitment(code)
        if document.id in {shown.id for shown in shown_documents(commitment)}:
            return
    elif is_allowed(current_actor().role, Permission.SEE_BOOKS):
        return
    raise NotFoundError(NOTHING_THERE)
