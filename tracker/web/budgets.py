"""The budget of a commitment and the plan of the project: what counts, its versions, a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import budgets as deeds
from tracker.domain.amendments import Verdict
from tracker.domain.budgets import Detail
from tracker.domain.money import Money
from tracker.domain.periods import years_of
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import amendments, budgets, commitments, financing, projects
from tracker.store.waivers import waivers_of
from tracker.web.auth import current_actor
from tracker.web.budget_tables import budget_table, comparison
from tracker.web.clock import today
from tracker.web.forms.budgets import (
    BudgetForm,
    PlanForm,
    budget_form,
    detail_named,
    matrix_of,
    offer_amendments,
)
from tracker.web.language import said, say
from tracker.web.permissions import own_commitment, permission
from tracker.web.protection import takes_document
from tracker.web.shell import may

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from tracker.domain.budgets import BudgetLine, BudgetVersion
    from tracker.domain.commitments import Commitment
    from tracker.domain.waivers import Waiver
    from tracker.store.projects import Project
    from tracker.web.forms.budgets import Matrix

Entry = TypeVar("Entry", bound=PlanForm)
bp = Blueprint("budgets", __name__)


@bp.get("/commitments/<code>/budget")
@permission(Permission.SEE_FUNDING)
def show(code: str) -> ResponseReturnValue:
    """Show how a commitment is divided, what was charged of it, and how that changed."""
    session, commitment = db.session(), own_commitment(code)
    spent = budgets.charged_lines(session, commitment.id)
    return render_template(
        "budgets/show.html",
        commitment=commitment,
        virement=financing.virement_of(session, commitment, today()),
        waivers=_seen_waivers(commitment),
        today=today(),
        **_laid_out(_seen_versions(commitment), spent),
    )


@bp.get("/plan")
@permission(Permission.SEE_BOOKS)
def plan() -> ResponseReturnValue:
    """Show what the project was planned to cost, what it did cost, and how the plan changed."""
    session = db.session()
    versions = budgets.versions_of(session, projects.the_project(session).id, None)
    laid_out = _laid_out(versions, budgets.cost_lines(session))
    return render_template("budgets/plan.html", **laid_out)


@bp.route("/commitments/<code>/budget/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def enter(code: str) -> ResponseReturnValue:
    """Enter a new version of a commitment's budget."""
    commitment = own_commitment(code)
    matrix, form = _entry_of_commitment(commitment)
    if form.attempt(lambda: _divide(commitment, form, matrix)):
        return redirect(url_for(".show", code=code))
    whole = commitment.amount + _added(commitment, form.goes_with)
    return _entry_page(form, matrix, commitment=commitment, sum=form.sum_of("amount_*", whole))


@bp.route("/plan/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def enter_plan() -> ResponseReturnValue:
    """Enter a new version of the project's own plan."""
    matrix, form = _entry_of_plan(projects.the_project(db.session()))
    if form.attempt(lambda: _plan(form, matrix)):
        flash(say("The plan is kept."))
        return redirect(url_for(".plan"))
    return _entry_page(form, matrix, commitment=None, sum=form.sum_of("amount_*"))


def _divide(commitment: Commitment, form: BudgetForm, matrix: Matrix) -> None:
    new, by = form.to_domain(matrix.keys), current_actor()
    warnings = deeds.divide(
        db.session(), commitment.code, new, today=today(), by=by, consent=form.consent.data
    )
    for warning in warnings:
        flash(said(warning))
    flash(say("Version {number} of the budget is kept.", number=new.based_on + 1))


def _plan(form: PlanForm, matrix: Matrix) -> None:
    deeds.plan(db.session(), form.to_domain(matrix.keys), today=today(), by=current_actor())


def _entry_of_commitment(commitment: Commitment) -> tuple[Matrix, BudgetForm]:
    session, project = db.session(), projects.the_project(db.session())
    versions = budgets.versions_of(session, project.id, commitment.id)
    found = amendments.decisions_of(session, commitment.id)
    allowed = commitments.allowed_categories_of(session, commitment.id)
    drafted = [category for each in found for category in each.decision.categories]
    categories = [code for code in project.categories if code in {*allowed, *drafted}]
    years = years_of(commitment.period)
    matrix, form = _entry(BudgetForm, versions, categories, tuple(project.work_packages), years)
    taken = {version.amendment for version in versions}
    offer_amendments(
        form,
        (
            (each.id, f"{each.decision.number} · {each.decision.reason}")
            for each in found
            if each.decision.number and each.decision.number not in taken
        ),
    )
    return matrix, form


def _entry_of_plan(project: Project) -> tuple[Matrix, PlanForm]:
    versions = budgets.versions_of(db.session(), project.id, None)
    years = _years_to_plan(project, versions)
    return _entry(PlanForm, versions, project.categories, tuple(project.work_packages), years)


def _years_to_plan(project: Project, versions: Sequence[BudgetVersion]) -> tuple[int, ...]:
    """List the years of the project, and those that its commitments and its plan reach."""
    now = budgets.version_that_counts(versions)
    reached = [c.period.last_day.year for c in commitments.commitments_of(db.session())]
    reached += [line.year for line in (now.lines if now else ())]
    years = years_of(project.period)
    return tuple(range(years[0], max([years[-1], *reached]) + 1))


def _entry(
    kind: type[Entry],
    versions: Sequence[BudgetVersion],
    categories: Sequence[str],
    packages: Sequence[str],
    years: Sequence[int],
) -> tuple[Matrix, Entry]:
    """Make the table and the form of a new version, at the detail that the address asks for."""
    now = budgets.version_that_counts(versions)
    detail = detail_named(request.args.get("detail", ""), now)
    matrix = matrix_of(detail, categories, packages, years, now.lines if now else ())
    newest = versions[0].number if versions else 0
    return matrix, budget_form(kind, matrix, newest, now, today())


def _entry_page(form: PlanForm, matrix: Matrix, **more: Any) -> ResponseReturnValue:
    page = render_template("budgets/enter.html", form=form, matrix=matrix, details=Detail, **more)
    return page, 422 if form.is_submitted() else 200


def _added(commitment: Commitment, amendment: int) -> Money:
    """What a draft amendment will add to the amount of a commitment."""
    found = amendments.decisions_of(db.session(), commitment.id)
    return Money.total(
        each.decision.amount
        for each in found
        if each.id == amendment and each.verdict is Verdict.DRAFT
    )


def _seen_versions(commitment: Commitment) -> list[BudgetVersion]:
    """List the versions that the person may see: drafts are not for funders."""
    project = projects.the_project(db.session())
    found = budgets.versions_of(db.session(), project.id, commitment.id)
    return found if may(Permission.SEE_BOOKS) else [version for version in found if version.counts]


def _seen_waivers(commitment: Commitment) -> list[Waiver]:
    """List the waivers that the person may see: what nobody approved is not for funders."""
    found = waivers_of(db.session(), commitment.id)
    return found if may(Permission.SEE_BOOKS) else [w for w in found if w.approved_by]


def _laid_out(versions: Sequence[BudgetVersion], spent: Sequence[BudgetLine]) -> dict[str, object]:
    now = budgets.version_that_counts(versions)
    return {
        "versions": versions,
        "now": now,
        "table": budget_table(now.lines if now else (), spent),
        "compared": comparison(versions, request.args.get("version", type=int)),
    }
