"""The page of one cost line: what it says, how it was split, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template

from tracker.domain.costs import Origin
from tracker.domain.money import ZERO
from tracker.extensions import db
from tracker.store import audit, entries, obligations, valuations
from tracker.store.costs import of_cost
from tracker.store.documents import documents_of
from tracker.store.projects import the_project
from tracker.web.corrections import corrections_part
from tracker.web.explanations import line_explained
from tracker.web.forms import TrackerForm
from tracker.web.forms.allocations import by_hand_form
from tracker.web.forms.commitments import DocumentForm
from tracker.web.forms.obligations import link_form
from tracker.web.history import in_words
from tracker.web.offers import charges_of
from tracker.web.splits import splits_of
from tracker.web.valued import how_valued

if TYPE_CHECKING:
    from tracker.domain.costs import CostLine
    from tracker.web.forms.allocations import ByHandForm
    from tracker.web.forms.obligations import LinkForm


def cost_page(
    line: CostLine,
    form: ByHandForm | None = None,
    *,
    document_form: DocumentForm | None = None,
    linking: LinkForm | None = None,
) -> str:
    """Show one cost line, with the forms by which something can be done with it.

    Shape:  a form that was refused is shown as it was sent; the others are shown anew.
    """
    session = db.session()
    return render_template(
        "costs/show.html",
        line=line,
        splits=splits_of(session, line),
        form=form or by_hand_form(session, line),
        charges=charges_of(session, line),
        document_form=document_form or DocumentForm(formdata=None),
        corrections=corrections_part(line),
        explained=line_explained(line.id),
        **_origin(line),
        **_orders(line, linking),
    )


def _origin(line: CostLine) -> dict[str, Any]:
    """Tell where a line comes from, how its amount was found, and what was done to it."""
    session, subject = db.session(), of_cost(line.id)
    written = valuations.written_off(session, line.id)
    in_kind = line.origin is Origin.IN_KIND
    is_time = in_kind or valuations.worked_of(session, line.id) is not None
    return {
        "steps": how_valued(session, line),
        "source": entries.source_of(session, line.id),
        "documents": documents_of(session, subject),
        "history": in_words(audit.history_of(session, subject)),
        "asset": written.asset_line_id if written else None,
        "written": valuations.written_off_of(session, line.id),
        "may_write_off": not (is_time or written or line.is_settled or line.amount <= ZERO),
    }


def _orders(line: CostLine, linking: LinkForm | None) -> dict[str, Any]:
    """Tell which orders a line fulfils, and which it could."""
    session = db.session()
    may_link = obligations.left_of_cost(session, line.id) > ZERO
    form = linking or link_form(session, the_project(session), line)
    return {
        "orders": obligations.fulfilled_by(session, line.id),
        "link_form": form if may_link and form.obligation.choices else None,
        "undo": TrackerForm(formdata=None),
    }
