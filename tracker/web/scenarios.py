"""Scenarios: what if. Suppositions stand in the address; kept ones have a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import scenarios as deeds
from tracker.domain.money import ZERO, Money
from tracker.domain.outlook import outlook
from tracker.domain.policy import Permission
from tracker.domain.scenarios import COMPARED_MAX, Beside
from tracker.domain.supposing import misfits, supposing
from tracker.extensions import db
from tracker.store import audit, scenarios
from tracker.store.milestones import milestones_of
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.forms import VersionedForm
from tracker.web.forms.scenarios import (
    ADDED,
    KeepForm,
    address_of,
    scenario_form,
    without_empty,
)
from tracker.web.history import in_words
from tracker.web.language import say, translate
from tracker.web.outlook import cash_chart, facts_of_project
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from reports.charts import Steps
    from tracker.domain.errors import Sentence
    from tracker.domain.outlook import CommitmentOutlook, Outlook, OutlookFacts
    from tracker.domain.scenarios import Change, Scenario
    from tracker.web.forms.scenarios import ScenarioForm

bp = Blueprint("scenarios", __name__)

NOTHING = (ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Supposed:
    """What comes of suppositions, beside the outlook as it is."""

    changes: tuple[Change, ...]
    beside: Beside
    misfits: tuple[Sentence, ...]
    chart: Steps
    scenario: Scenario | None = None

    @property
    def figures(self) -> dict[str, tuple[Money, Money, Money]]:
        """The figures that matter: as each is, as it would be, and the difference."""
        now, then = figures_of(self.beside.as_is), figures_of(self.beside.as_supposed)
        return {name: (amount, then[name], then[name] - amount) for name, amount in now.items()}

    @property
    def commitments(self) -> list[tuple[str, list[tuple[Money, Money]]]]:
        """The commitments of which something differs: each figure, and its difference."""
        now = {one.commitment.code: _told(one) for one in self.beside.as_is.by_commitment}
        found = []
        for one in self.beside.as_supposed.by_commitment:
            code, then = one.commitment.code, _told(one)
            before = now.get(code, NOTHING)
            if before != then:
                pairs = zip(before, then, strict=True)
                found.append((code, [(amount, amount - was) for was, amount in pairs]))
        return found


@bp.get("/scenarios")
@permission(Permission.SUPPOSE)
def show_list() -> ResponseReturnValue:
    """Show the scenarios that are kept, and what would come of each."""
    session, facts = db.session(), facts_of_project()
    kept = scenarios.scenarios_of(session, the_project(session).id)
    now = outlook(facts)
    return render_template(
        "scenarios/list.html",
        now=now,
        supposed=[_supposed(facts, now, one.changes, one) for one in kept],
        most=COMPARED_MAX,
    )


@bp.get("/scenarios/try")
@permission(Permission.SUPPOSE)
def attempt() -> ResponseReturnValue:
    """Show what would come of suppositions that stand in the address; nothing is kept."""
    wishes = without_empty(request.args)
    if len(wishes) < len(request.args):
        return redirect(url_for(".attempt", **wishes))
    known = _known()
    keep = KeepForm(formdata=None, data=_beginning(known))
    return _page(facts_of_project(), keep, known)


@bp.post("/scenarios/keep")
@permission(Permission.SUPPOSE)
def keep() -> ResponseReturnValue:
    """Keep what the address supposes under a name, in place of the scenario that it names."""
    facts, form, known = facts_of_project(), KeepForm(), _known()
    wished = scenario_form(facts, request.args)
    new = form.to_domain(wished.changes if wished.validate() else ())
    if form.attempt(lambda: _keep(new, known, form.version.data or 0)):
        flash(say("The scenario “{name}” is kept. Nothing else has changed.", name=new.name))
        return redirect(url_for(".show_list"))
    return _page(facts, form, known), 422


@bp.get("/scenarios/<key:key>")
@permission(Permission.SUPPOSE)
def show(key: int) -> ResponseReturnValue:
    """Show what would come of a scenario that is kept, as things stand now."""
    return _page_of(key, VersionedForm(formdata=None))


@bp.post("/scenarios/<key:key>/drop")
@permission(Permission.SUPPOSE)
def drop(key: int) -> ResponseReturnValue:
    """Offer a scenario no more."""
    session, by, form = db.session(), current_actor(), VersionedForm()
    version = form.version.data or 0
    if form.attempt(lambda: deeds.drop(session, key, version=version, by=by)):
        return redirect(url_for(".show_list"))
    return _page_of(key, form), 422


@bp.get("/scenarios/compare")
@permission(Permission.SUPPOSE)
def compare() -> ResponseReturnValue:
    """Show up to three scenarios beside the outlook as it is."""
    session, facts = db.session(), facts_of_project()
    chosen = request.args.getlist("with", type=int)[:COMPARED_MAX]
    kept = scenarios.scenarios_of(session, the_project(session).id)
    now = outlook(facts)
    supposed = [_supposed(facts, now, one.changes, one) for one in kept if one.id in chosen]
    return render_template("scenarios/compare.html", now=figures_of(now), supposed=supposed)


def _keep(new: Any, known: Scenario | None, version: int) -> None:
    session, by = db.session(), current_actor()
    if known is None:
        deeds.keep(session, new, by=by)
    else:
        deeds.change(session, known.id, new, version=version, by=by)


def _known() -> Scenario | None:
    """Give the scenario that the address is about to change, if it names one."""
    key = request.args.get("scenario", type=int)
    if not key:
        return None
    session = db.session()
    return scenarios.scenario_numbered(session, the_project(session).id, key)


def _beginning(known: Scenario | None) -> dict[str, object]:
    if known is None:
        return {"version": 0}
    return {"version": known.version, "name": known.name, "note": known.note}


def _page(facts: OutlookFacts, keep: KeepForm, known: Scenario | None) -> str:
    form = scenario_form(facts, request.args)
    changes = form.changes if form.validate() else ()
    return render_template(
        "scenarios/try.html",
        form=form,
        rows=_rows(facts, form),
        keep=keep,
        known=known,
        supposed=_supposed(facts, outlook(facts), changes) if changes else None,
        address=dict(request.args),
    )


def _page_of(key: int, form: VersionedForm) -> str:
    session, facts = db.session(), facts_of_project()
    one = scenarios.scenario_numbered(session, the_project(session).id, key)
    if form.version.data is None:
        form.version.data = one.version
    return render_template(
        "scenarios/show.html",
        one=one,
        form=form,
        supposed=_supposed(facts, outlook(facts), one.changes, one),
        address=address_of(one.changes),
        history=in_words(audit.history_of(session, f"scenario/{key}")),
    )


def _rows(facts: OutlookFacts, form: ScenarioForm) -> dict[str, object]:
    """Give what the rows of the form are about."""
    session = db.session()
    titles = {one.code: one.title for one in milestones_of(session)}
    funders = {one.commitment.code: one.commitment for one in facts.funding}
    names = the_project(session).work_packages
    return {
        "milestones": [(code, titles[code], facts.milestones[code]) for code in form.milestones],
        "commitments": [funders[code] for code in form.commitments],
        "packages": [(code, names.get(code, translate("All"))) for code in form.packages],
        "added": ADDED,
    }


def _supposed(
    facts: OutlookFacts, now: Outlook, changes: Sequence[Change], scenario: Scenario | None = None
) -> Supposed:
    then = outlook(supposing(facts, changes))
    chart = cash_chart(now, then)
    if scenario:
        title = say("Cash with “{name}”", name=scenario.name)
        chart = replace(chart, name=f"cash-{scenario.id}", title=title)
    return Supposed(
        changes=tuple(changes),
        beside=Beside(now, then),
        misfits=misfits(facts, changes),
        chart=chart,
        scenario=scenario,
    )


def figures_of(of: Outlook) -> dict[str, Money]:
    """Give the figures by which outlooks are compared, by their names."""
    at = of.now
    return {
        "cash_lowest": of.lowest[1],
        "most_pre_financed": max(of.pre_financed[at:]),
        "lapses_by_forecast": of.lapsing,
        "funding_gap": of.gap,
        "spending_ahead": Money.total(of.spending[at:]),
        "not_covered_ahead": Money.total(of.uncovered[at:]),
        "receipts_ahead": Money.total(of.receipts[at:]),
        "cash_in_the_end": of.cash[-1],
    }


def _told(one: CommitmentOutlook) -> tuple[Money, Money, Money]:
    return one.going_out, one.coming_in, one.left
