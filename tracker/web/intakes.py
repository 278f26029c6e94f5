"""A file on its way in: how far it is, what would be kept of it, and what is decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    jsonify,
    redirect,
    request,
    stream_with_context,
    url_for,
)

from tracker.actions import intakes as deeds
from tracker.domain.errors import RuleViolation
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import intakes
from tracker.web.auth import current_actor
from tracker.web.exports import WORKBOOK, attached
from tracker.web.forms.imports import expected_form, keep_form
from tracker.web.intake_jobs import carry_on, notice
from tracker.web.intake_page import can_return, letters_of, page_of, told_of
from tracker.web.language import language
from tracker.web.permissions import permission
from tracker.web.returned import returned_file, returned_name

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.intakes import Intake

bp = Blueprint("intakes", __name__, url_prefix="/imports")


@bp.get("/<key:intake_id>")
@permission(Permission.SEE_BOOKS)
def show(intake_id: int) -> ResponseReturnValue:
    """Show a file by where it stands."""
    return page_of(_intake(intake_id))


@bp.get("/<key:intake_id>/standing.json")
@permission(Permission.SEE_BOOKS)
def standing(intake_id: int) -> ResponseReturnValue:
    """Tell a script how far a file is."""
    intake = _intake(intake_id)
    return jsonify(state=intake.state, done=intake.done, whole=intake.whole, words=told_of(intake))


@bp.post("/<key:intake_id>/expected")
@permission(Permission.HAND_IN)
def expect(intake_id: int) -> ResponseReturnValue:
    """Note the total that the office expects of a table."""
    intake, by = _intake(intake_id), current_actor()
    form = expected_form(intake)
    if form.attempt(
        lambda: deeds.set_expected(
            db.session(), intake_id, form.total, version=form.version.data, by=by
        )
    ):
        return redirect(url_for(".show", intake_id=intake_id))
    return page_of(intake, expecting=form), 422


@bp.post("/<key:intake_id>/keep")
@permission(Permission.HAND_IN)
def keep(intake_id: int) -> ResponseReturnValue:
    """Bring a file in that was looked at, whole or not at all."""
    intake, by = _intake(intake_id), current_actor()
    form = keep_form(intake)
    if form.attempt(
        lambda: deeds.confirm(
            db.session(), intake_id, form.choice, version=form.version.data, by=by
        )
    ):
        carry_on(intake_id)
        return redirect(url_for(".show", intake_id=intake_id))
    return page_of(intake, keeping=form), 422


@bp.post("/<key:intake_id>/cancel")
@permission(Permission.HAND_IN)
def cancel(intake_id: int) -> ResponseReturnValue:
    """Let a file be; nothing of it is kept."""
    version = _intake(intake_id).version
    deeds.cancel(db.session(), intake_id, version=version, by=current_actor())
    return redirect(url_for("imports.show_list"))


@bp.post("/<key:intake_id>/anew")
@permission(Permission.HAND_IN)
def begin_anew(intake_id: int) -> ResponseReturnValue:
    """Have a file read anew, its columns asked for again where that is wished."""
    intake, by = _intake(intake_id), current_actor()
    letters = letters_of(intake) if "columns" in request.form else ""
    deeds.look_again(db.session(), intake_id, version=intake.version, by=by, encoding=letters)
    carry_on(intake_id)
    return redirect(url_for(".show", intake_id=intake_id))


@bp.get("/<key:intake_id>/original.bin")
@permission(Permission.SEE_BOOKS)
def original(intake_id: int) -> ResponseReturnValue:
    """Hand out a file as it was handed in."""
    intake = _intake(intake_id)
    content = stream_with_context(intakes.original(db.session(), intake_id))
    return attached(content, "application/octet-stream", intake.file_name)


@bp.get("/<key:intake_id>/findings.xlsx")
@permission(Permission.SEE_BOOKS)
def returned(intake_id: int) -> ResponseReturnValue:
    """Hand out a table with what was found in its cells, or say that there is none."""
    intake = _intake(intake_id)
    if not can_return(intake):
        raise RuleViolation(
            "{file} has no cell of which something is said.",
            "What was found in it stands on its page.",
            file=intake.file_name,
        )
    return attached(returned_file(intake, language()), WORKBOOK, returned_name(intake))


def _intake(intake_id: int) -> Intake:
    return notice(intakes.intake(db.session(), intake_id))
