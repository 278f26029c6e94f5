"""Charging the lines of a list at once: first what would become of them, then doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import bulk_charging as deeds
from tracker.domain.bulk_charging import BulkRun
from tracker.domain.money import Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.bulk_charging import try_in_bulk
from tracker.store.commitments import commitments_of
from tracker.web.auth import current_actor
from tracker.web.forms.allocations import BulkForm, aim_form
from tracker.web.forms.costs import cost_filter_form
from tracker.web.language import plural
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.bulk_charging import Wish
    from tracker.domain.costs import CostFilter
    from tracker.web.forms.allocations import AimForm
    from tracker.web.forms.costs import CostFilterForm

bp = Blueprint("bulk_charging", __name__, url_prefix="/charge/lines")


@bp.get("")
@permission(Permission.BRING_IN_BOOKS)
def preview() -> ResponseReturnValue:
    """Show what would become of the lines that the address asks for."""
    return _page(BulkForm(formdata=None))


@bp.post("")
@permission(Permission.BRING_IN_BOOKS)
def charge() -> ResponseReturnValue:
    """Do to those lines what was shown, and say what came of it."""
    form, done = BulkForm(), list[BulkRun]()
    asked = _asked()
    if asked is None or not form.attempt(lambda: done.append(_carry_out(form, *asked))):
        return _page(form)
    for run in done:
        flash(_told(run))
    address: dict[str, Any] = dict(_filters().chosen)
    return redirect(url_for("costs.show_list", **address))


def _told(run: BulkRun) -> str:
    count, amount = run.done
    return plural(
        count,
        "Done with {count} line, {amount} in all.",
        "Done with {count} lines, {amount} in all.",
        amount=amount,
    )


def _carry_out(form: BulkForm, lines: CostFilter, wish: Wish) -> BulkRun:
    wish = wish._replace(reason=str(form.reason.data or ""))
    state = str(form.state.data or "0")
    return deeds.charge_in_bulk(db.session(), lines, wish, state=state, by=current_actor())


def _filters() -> CostFilterForm:
    return cost_filter_form(db.session(), request.args)


def _aim() -> AimForm:
    return aim_form(db.session(), request.args)


def _asked() -> tuple[CostFilter, Wish] | None:
    filters, aim = _filters(), _aim()
    if not filters.validate() or not aim.validate() or aim.wish is None:
        return None
    return filters.wish, aim.wish


def _effects(run: BulkRun) -> list[tuple[str, Money]]:
    """Tell what each commitment would pay, or get back, in the order of the programme."""
    of = run.by_commitment
    return [(c.code, Money(of[c.id])) for c in commitments_of(db.session()) if of.get(c.id)]


def _page(form: BulkForm) -> ResponseReturnValue:
    session, filters, aim = db.session(), _filters(), _aim()
    asked = _asked()
    run, state = try_in_bulk(session, *asked) if asked else (None, "")
    page = render_template(
        "allocations/bulk.html",
        form=form,
        filters=filters,
        aim=aim,
        wish=asked[1] if asked else None,
        run=run,
        state=state,
        effects=_effects(run) if run else [],
        query=request.query_string.decode(),
    )
    return page, 422 if form.is_submitted() or filters.errors or aim.errors else 200
