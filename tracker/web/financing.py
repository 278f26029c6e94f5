"""The financing plan of the project at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from tracker.domain.commitments import Form
from tracker.domain.financing import Side
from tracker.domain.financing_rules import judged
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.audit import history_of_all
from tracker.store.commitments import commitments_of
from tracker.store.financing import financing_facts
from tracker.store.waivers import waivers_of
from tracker.web.auth import current_actor
from tracker.web.charts import funding_by_source
from tracker.web.clock import today
from tracker.web.history import in_words
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("financing", __name__)


@bp.get("/financing")
@permission(Permission.SEE_BOOKS)
def show() -> ResponseReturnValue:
    """Show what the project costs, who pays it, and how the rules on that stand."""
    facts = financing_facts(db.session(), today())
    return render_template(
        "financing/show.html",
        facts=facts,
        rules=judged(facts),
        sides=Side,
        forms=Form,
        chart=funding_by_source(commitments_of(db.session())),
        today=today(),
        own=current_actor().name,
        **_waivers(),
    )


def _waivers() -> dict[str, object]:
    """The waivers of the project, and what was done with them."""
    waivers = waivers_of(db.session())
    told = history_of_all(db.session(), [f"waiver/{one.id}" for one in waivers])
    return {"waivers": waivers, "history": in_words(told)}
