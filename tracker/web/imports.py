"""Bringing in files, and what became of each."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from tracker.actions.imports import bring_in as bring_in_files
from tracker.domain.errors import FileRefused
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import charging, receipts
from tracker.store.imports import imports_of
from tracker.web.auth import current_actor
from tracker.web.language import translate
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

NAME_MAX = 200  # letters of a file's name

bp = Blueprint("imports", __name__, url_prefix="/imports")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the files that were brought in, and the form for more."""
    return _page(outcomes=[])


@bp.post("")
@permission(Permission.BRING_IN_BOOKS)
def bring_in() -> ResponseReturnValue:
    """Bring in the chosen files and say of each what became of it."""
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if not chosen:
        return _page(outcomes=[], complaint=translate("Choose at least one file.")), 422
    with TemporaryDirectory(prefix="import-") as folder:
        files = [_kept(file, Path(folder) / str(at)) for at, file in enumerate(chosen)]
        outcomes = bring_in_files(db.session(), files, by=current_actor())
    refused = any(isinstance(outcome, FileRefused) for outcome in outcomes)
    return _page(outcomes=outcomes), 422 if refused else 200


def _kept(file: FileStorage, path: Path) -> tuple[str, Path]:
    """Write an upload to a file of ours; its own name is only ever shown."""
    file.save(path)
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:NAME_MAX], path


def _page(**values: object) -> str:
    session = db.session()
    return render_template(
        "imports/list.html",
        imports=imports_of(session),
        waiting=charging.waiting(session),
        unmatched=receipts.unmatched(session),
        **values,
    )
