"""The audit trail: who did what, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.audit import entries_of
from tracker.web.history import in_words
from tracker.web.permissions import permission
from tracker.web.protection import KEY_MAX

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("audit", __name__)


@bp.get("/audit-trail")
@permission(Permission.SEE_AUDIT_TRAIL)
def show_list() -> ResponseReturnValue:
    """Show a hundred deeds, from an entry of the trail back."""
    before = request.args.get("before", type=int)
    entries = entries_of(db.session(), before=before and min(before, KEY_MAX))
    told = list(zip(entries, in_words(entries), strict=True))
    return render_template("audit/list.html", told=told)
