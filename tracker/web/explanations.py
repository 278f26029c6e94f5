"""How any figure was computed, and the lines that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from tracker.domain.commitment_lists import chosen
from tracker.domain.errors import NotFoundError
from tracker.domain.explanations import NOBODY, OF_COMMITMENT, Asked, Figure
from tracker.domain.policy import Permission, Role, is_own
from tracker.extensions import db
from tracker.store.commitment_lists import commitments_on
from tracker.store.explanations import explain
from tracker.store.projects import the_project
from tracker.store.questions import Question
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.explained import Shown, shown
from tracker.web.forms.commitments import commitment_filter_form
from tracker.web.forms.explanations import asked_form
from tracker.web.permissions import NOTHING_THERE, own_commitment, own_commitments, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment

bp = Blueprint("explanations", __name__)

WHOLE_LISTS = frozenset(
    {Figure.COMMITTED, Figure.ORIGINAL, Figure.RECEIVED, Figure.CHARGED, Figure.REMAINING}
)
"""What the list of commitments adds up, and so can be asked of the commitments of a filter."""


@bp.get("/explain/<figure>")
@permission(Permission.SEE_FUNDING)
def show(figure: str) -> ResponseReturnValue:
    """Explain a figure to who may see it."""
    form, asked = asked_form(figure, request.args)
    _check_own(asked)
    question = question_of(asked, form.after.data or 0)
    return render_template("explanations/show.html", explained=shown(explain(question)))


def line_explained(line_id: int) -> Shown:
    """Explain a cost line, for its own page."""
    return shown(explain(question_of(Asked(Figure.LINE, line=line_id))))


def question_of(asked: Asked, after: int = 0) -> Question:
    """Put a question for the person who asks it."""
    session = db.session()
    is_inside = current_actor().role is not Role.FUNDER_VIEWER
    return Question(
        session,
        the_project(session).id,
        _seen(asked),
        asked,
        today(),
        after,
        tells_lines=is_inside or asked.figure is Figure.CHARGED,
    )


def _check_own(asked: Asked) -> None:
    """Let a funder ask about its own commitments only; what is of all does not exist for it.

    Errors: ``NotFoundError``, the same whatever it is.
    """
    if asked.commitment and asked.commitment != NOBODY:
        own_commitment(asked.commitment)
    if current_actor().role is not Role.FUNDER_VIEWER:
        return
    is_of_all = asked.figure is Figure.LEFT and asked.commitment in ("", NOBODY)
    if asked.figure not in OF_COMMITMENT or is_of_all:
        raise NotFoundError(NOTHING_THERE)


def _seen(asked: Asked) -> list[Commitment]:
    """Give the commitments that a figure may be of: of a list, those that its filter leaves."""
    seen, actor = own_commitments(), current_actor()
    filters = commitment_filter_form(seen, request.args)
    if asked.on is not None:
        on_day = commitments_on(db.session(), asked.on)
        seen = [commitment for commitment in on_day if is_own(actor, commitment.funder_id)]
    if asked.commitment or asked.figure not in WHOLE_LISTS or not filters.validate():
        return seen
    return chosen(seen, filters.wish)
