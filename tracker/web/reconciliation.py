"""Reconciliation: the ledgers beside the tracker, and what does not tie, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from reports import reconciliation as report
from tracker.domain.policy import Permission
from tracker.domain.reconciliation import By, Standing
from tracker.extensions import db
from tracker.store.projects import account_names, the_project
from tracker.store.reconciliation import reconcile
from tracker.web.exports import list_handed_out, occasion
from tracker.web.forms.reconciliation import ReconciliationForm, reconciliation_form
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.reconciliation import Reconciliation

bp = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show() -> ResponseReturnValue:
    """Show what does not tie, or everything."""
    form = reconciliation_form(request.args)
    if not form.validate():
        return render_template("reconciliation/show.html", form=form, whole=None), 422
    whole = _reconciled(form)
    return render_template(
        "reconciliation/show.html",
        form=form,
        whole=whole,
        shown=whole if form.everything.data else whole.without_ties(),
        standings=whole.standings,
        names=_names(form.by_what),
        Standing=Standing,
    )


@bp.get("/export.<any(csv, xlsx):face>")
@permission(Permission.SEE_BOOKS)
def export(face: str) -> ResponseReturnValue:
    """Hand out exactly the rows that the page shows, as a file."""
    form = reconciliation_form(request.args)
    if not form.validate():
        return render_template("reconciliation/show.html", form=form, whole=None), 422
    whole, is_whole = _reconciled(form), bool(form.everything.data)
    shown = whole if is_whole else whole.without_ties()
    made = report.build(shown, occasion(), is_whole=is_whole)
    return list_handed_out(made, face, report.table_of(made))


def _reconciled(form: ReconciliationForm) -> Reconciliation:
    session = db.session()
    return reconcile(session, the_project(session).id, form.by_what)


def _names(by: By) -> dict[str, str]:
    """Name the keys of the rows, where they have names."""
    project = the_project(db.session())
    if by is By.ACCOUNT:
        return account_names(db.session(), project.id)
    return project.work_packages if by is By.WORK_PACKAGE else {}
