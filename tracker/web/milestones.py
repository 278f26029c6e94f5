"""The milestones as a table and as a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.milestones import milestones_of
from tracker.web.charts import timeline
from tracker.web.clock import today
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("milestones", __name__)


@bp.get("/milestones")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show every milestone: baseline, current and actual day, its moves and its money."""
    day, found = today(), milestones_of(db.session())
    return render_template(
        "milestones/list.html", milestones=found, timeline=timeline(found, day), today=day
    )
