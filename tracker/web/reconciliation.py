"""Reconciliation: the ledgers beside the tracker, and what does not tie, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from reports import reconciliation as report
from reports.to_xlsx import to_xlsx
from tracker.domain.policy import Permission
from tracker.domain.reconciliation import By, Standing
from tracker.extensions import db
from tracker.store import audit
from tracker.store.projects import account_names, the_project
from tracker.store.reconciliation import reconcile
from tracker.store.statements import SAMPLE_NOTE
from tracker.web.clock import today
from tracker.web.forms.reconciliation import ReconciliationForm, reconciliation_form
from tracker.web.language import language
from tracker.web.permissions import permission
from tracker.web.tables_csv import to_csv

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.reconciliation import Reconciliation

bp = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    facts = _facts(form)
    made = report.build(facts)
    if face == "xlsx":
        answer = Response(to_xlsx(made), mimetype=XLSX)
    else:
        answer = Response(to_csv(report.table_of(facts), facts.language), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{made.file_stem}.{face}")
    return answer


def _reconciled(form: ReconciliationForm) -> Reconciliation:
    session = db.session()
    return reconcile(session, the_project(session).id, form.by_what)


def _names(by: By) -> dict[str, str]:
    """Name the keys of the rows, where they have names."""
    project = the_project(db.session())
    if by is By.ACCOUNT:
        return account_names(db.session(), project.id)
    return project.work_packages if by is By.WORK_PACKAGE else {}


def _facts(form: ReconciliationForm) -> report.ReconciliationFacts:
    """Gather what a file of the reconciliation tells."""
    session = db.session()
    project, whole = the_project(session), _reconciled(form)
    return report.ReconciliationFacts(
        project_code=project.code,
        project_name=project.name,
        language=language(),
        made_on=today(),
        author=current_user.name,
        ledger_state=audit.ledger_state(session),
        note=SAMPLE_NOTE if project.is_sample else "",
        shown=whole if form.everything.data else whole.without_ties(),
        is_whole=bool(form.everything.data),
    )
