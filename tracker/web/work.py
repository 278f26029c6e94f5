"""Where each role lands, and the work that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from tracker.domain.funder_reports import ReportState
from tracker.domain.policy import Permission, Role, is_allowed
from tracker.extensions import db
from tracker.store import (
    allocations,
    amendments,
    charging,
    imports,
    instalments,
    ledgers,
    milestones,
    receipts,
    reporting_periods,
)
from tracker.store.deadlines import deadlines_of_records
from tracker.store.endings import endings_of
from tracker.store.funder_reports import reports_of, writers_of
from tracker.store.obligations import obligations_of
from tracker.store.projects import project_of
from tracker.store.waivers import waivers_of
from tracker.web import attention
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.ordered import late_orders
from tracker.web.permissions import own_commitments, permission
from tracker.web.shell import may

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Commitment

bp = Blueprint("work", __name__)

LANDING = {
    Role.FINANCE_OFFICER: "work.show_list",
    Role.CONTROLLER: "work.show_list",
    Role.DIRECTOR: "overview.show",
    Role.FUNDER_VIEWER: "overview.show",
    Role.PROJECT_LEAD: "milestones.show_list",
    Role.AUDITOR: "costs.show_list",
    Role.ADMINISTRATOR: "people.show_list",
}


@bp.get("/")
@permission(Permission.SIGNED_IN)
def land() -> ResponseReturnValue:
    """Lead each role to what waits for it."""
    return redirect(url_for(LANDING[current_actor().role]))


@bp.get("/work")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show what needs attention by when it is due, and what was brought in last."""
    session, matters, day = db.session(), matters_of(own_commitments()), today()
    return render_template(
        "work/list.html",
        matters=matters,
        groups=attention.by_deadline(matters, day),
        yours=[matter for matter in matters if matter.asks and may(matter.asks)],
        today=day,
        is_waiting=any(matter.values == attention.WAITING for matter in matters),
        imports=imports.imports_of(session)[:5],
    )


def matters_of(seen: Sequence[Commitment]) -> list[attention.Matter]:
    """List what needs attention among what a person may see."""
    session, day = db.session(), today()
    found = list(attention.of_commitments(seen, day))
    actor, project = current_actor(), project_of(session)
    if is_allowed(actor.role, Permission.SEE_BOOKS):
        may_confirm = is_allowed(actor.role, Permission.CONFIRM)
        found += attention.of_drafts(
            amendments.drafts(session), actor.name, day, may_confirm=may_confirm
        )
        if may_confirm:
            found += attention.of_waivers(waivers_of(session), actor.name, day)
        found += attention.of_periods(
            reporting_periods.periods_of(session, project.id) if project else (),
            reporting_periods.reopenings_asked(session),
            actor.name,
            day,
            may_confirm=may_confirm,
        )
        if project:
            found += late_orders(obligations_of(session, project.id), day)
        plans = instalments.instalments_by_commitment(session)
        found += attention.of_instalments(seen, plans, day)
        found += attention.of_endings(endings_of(session, seen), day)
        found += attention.of_milestones(milestones.milestones_of(session), day)
        found += attention.of_deadlines(deadlines_of_records(session, day), day)
        reports = reports_of(session)
        in_review = [one for one in reports if one.state is ReportState.IN_REVIEW]
        writers = {one.id: writers_of(session, one) for one in in_review}
        found += attention.of_reports(reports, writers, actor)
        found += attention.of_returned(reports)
        found += attention.of_costs(
            charging.waiting(session),
            allocations.not_charged(session),
            ledgers.count_booked_twice(session),
            receipts.unmatched(session),
        )
    return found
