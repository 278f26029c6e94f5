"""Handing files in, what is on its way, and what was kept."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import intakes as deeds
from tracker.domain.errors import RuleViolation
from tracker.domain.intakes import AT_WORK
from tracker.domain.policy import Permission
from tracker.domain.texts import mark as _
from tracker.extensions import db
from tracker.store import charging, intakes, receipts
from tracker.store.imports import import_by_id, imports_of
from tracker.web.auth import current_actor
from tracker.web.blank_tables import FILLED_IN
from tracker.web.fields import shown_name
from tracker.web.intake_jobs import carry_on, notice
from tracker.web.intake_page import (
    FILES_MAX,
    LIMITS,
    NEXT_STEPS,
    deeds_of,
    may_see_to,
    receipt_page,
    told_of,
)
from tracker.web.language import plural, said, say, translate
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

    from tracker.domain.intakes import HandedIn

ONE_KNOWN = _("This very file was brought in before; nothing changed.")
MANY_KNOWN = _("{count} of these very files were brought in before; nothing changed.")

bp = Blueprint("imports", __name__, url_prefix="/imports")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the files that are on their way, those that were kept, and the form for more."""
    return _page()


@bp.post("")
@permission(Permission.HAND_IN)
def bring_in() -> ResponseReturnValue:
    """Take the chosen files and have them looked at; nothing of them is kept yet."""
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if complaint := _complaint(len(chosen)):
        return _page(complaint), 422
    try:
        handed = _handed_in(chosen)
    except RuleViolation as refused:
        return _page(f"{said(refused.message)} {said(refused.hint)}"), 422
    if known := sum(1 for each in handed if each.is_known):
        flash(plural(known, ONE_KNOWN, MANY_KNOWN))
    carry_on(*(each.intake_id for each in handed if not each.is_known))
    if len({each.intake_id for each in handed}) == 1:
        return redirect(url_for("intakes.show", intake_id=handed[0].intake_id))
    return redirect(url_for(".show_list"))


@bp.get("/receipts/<key:import_id>")
@permission(Permission.SEE_BOOKS)
def show_receipt(import_id: int) -> ResponseReturnValue:
    """Show the receipt of a file that was kept."""
    session = db.session()
    outcome = import_by_id(session, import_id)
    intake_id = intakes.intake_of_import(session, import_id)
    return receipt_page(outcome, intakes.intake(session, intake_id) if intake_id else None)


def _handed_in(chosen: Sequence[FileStorage]) -> list[HandedIn]:
    """Write uploads to files of ours, and hand all of them in, or none.

    Shape:  their own names are only ever shown.
    Errors: ``RuleViolation`` for what the person may not bring in.
    """
    by = current_actor()
    with TemporaryDirectory(prefix="import-") as folder:
        saved = [(shown_name(file), Path(folder, str(at))) for at, file in enumerate(chosen)]
        for file, (name, path) in zip(chosen, saved, strict=True):
            file.save(path)
            deeds.check_handed_in(name, path, by=by)
        return [deeds.hand_in(db.session(), name, path, by=by) for name, path in saved]


def _complaint(count: int) -> str:
    """Say what is wrong with how many files were chosen."""
    if count == 0:
        return translate("Choose at least one file.")
    if count > FILES_MAX:
        return say(
            "{count} files are more than {most}. Choose at most {most}, and hand the rest in"
            " afterwards.",
            count=count,
            most=FILES_MAX,
        )
    return ""


def _page(complaint: str = "") -> str:
    session = db.session()
    on_their_way = [notice(each) for each in intakes.intakes_of(session)]
    return render_template(
        "imports/list.html",
        complaint=complaint,
        limits=LIMITS,
        templates=FILLED_IN,
        intakes=on_their_way,
        at_work=AT_WORK,
        told=told_of,
        next_steps=NEXT_STEPS,
        deeds_of=deeds_of,
        may_see_to=may_see_to,
        imports=imports_of(session),
        waiting=charging.waiting(session),
        unmatched=receipts.unmatched(session),
    )
