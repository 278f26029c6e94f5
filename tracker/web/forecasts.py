"""Forecasts: the newest version beside books and budget, all versions, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reports import forecast_list
from tracker.actions import forecasts as deeds
from tracker.domain.errors import NotFoundError
from tracker.domain.forecasts import cell_name, quarter_code
from tracker.domain.money import Money
from tracker.domain.periods import period_named
from tracker.domain.policy import Permission
from tracker.domain.prefilling import Basis, prefilled
from tracker.domain.variances import not_explained
from tracker.extensions import db
from tracker.store.forecasting import forecasting
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.exports import list_handed_out, occasion
from tracker.web.fields import LiveSum
from tracker.web.forecast_tables import bullets, by_quarter, outlay
from tracker.web.forms.forecasts import (
    ForecastForm,
    asked_whys,
    begin_form,
    rows_of,
    typed_whys,
    wants,
)
from tracker.web.language import say
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from flask.typing import ResponseReturnValue
    from wtforms import Field

    from tracker.domain.errors import Sentence
    from tracker.domain.forecasting import Forecasting
    from tracker.domain.forecasts import Forecast, Place
    from tracker.domain.prefilling import Filled
    from tracker.domain.variances import Comparison
    from tracker.web.forms.forecasts import BeginForm

bp = Blueprint("forecasts", __name__)

ACROSS = 12  # quarters beside each other on screen
BY = ("work_package", "category", "both")

bp.add_app_template_global(quarter_code)


@bp.get("/forecasts")
@permission(Permission.SEE_BOOKS)
def show_newest() -> ResponseReturnValue:
    """Show the newest version beside what was spent and budgeted, and all versions."""
    facts = _facts()
    if facts.newest is None:
        return render_template("forecasts/show.html", forecast=None)
    return _page_of(facts, facts.newest)


@bp.get("/forecasts/<key:number>")
@permission(Permission.SEE_BOOKS)
def show(number: int) -> ResponseReturnValue:
    """Show a version beside what was spent before it, the budget, and another version."""
    facts = _facts()
    return _page_of(facts, _numbered(facts, number))


@bp.get("/forecasts/<key:number>/export.<any(csv, xlsx):face>")
@permission(Permission.SEE_BOOKS)
def export(number: int, face: str) -> ResponseReturnValue:
    """Hand a version out: its amounts, and in a workbook its variances too."""
    facts = _facts()
    forecast, before = _numbered(facts, number), facts.before(number)
    comparisons = facts.comparisons(forecast.first_day, forecast.lines, before)
    return list_handed_out(forecast_list.build(forecast, comparisons, occasion()), face)


@bp.route("/forecasts/new", methods=["GET", "POST"])
@permission(Permission.PLAN)
def enter() -> ResponseReturnValue:
    """Make a new version, begun with an earlier one, what is left of the budget, or the pace."""
    entry = _entry(_facts())
    if wants("keep") and entry.form.attempt(lambda: _make(entry)):
        return redirect(url_for(".show_newest"))
    if wants("work_out"):
        entry.form.look_over()
    page = render_template("forecasts/enter.html", entry=entry, form=entry.form)
    return page, 422 if entry.form.errors else 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A version that is being made: the form, and what its amounts come to.

    Shape:  ``comes_from`` says of each row what it began with; ``sections`` are the quarters that
            are shown beside each other.
    """

    facts: Forecasting
    begin: BeginForm
    form: ForecastForm
    first_day: date
    places: tuple[Place, ...]
    sections: tuple[tuple[date, ...], ...]
    comes_from: dict[Place, Sentence]
    comparisons: tuple[Comparison, ...]

    @property
    def loose(self) -> list[Field]:
        """The explanations that were typed and have no row now, so that none is lost."""
        places = {
            (comparison.against, row.work_package, category, row.year)
            for comparison in self.comparisons
            for row in comparison.shown
            for category in (row.category, "")
        }
        return [
            field for why in self.form.whys if why not in places and (field := self.form.why(why))
        ]

    def row_sum(self, place: Place) -> LiveSum:
        """What a row adds up to, over all its quarters."""
        name = cell_name(*place, self.first_day).removesuffix(quarter_code(self.first_day))
        return self._sum(f"{name}*", [cell for cell in self.form.cells if cell[0] == place])

    def column_sum(self, quarter: date) -> LiveSum:
        """What a quarter adds up to, over all rows."""
        cells = [cell for cell in self.form.cells if cell[1] == quarter]
        return self._sum(f"amount_*.{quarter_code(quarter)}", cells)

    @property
    def whole(self) -> LiveSum:
        """What the version adds up to."""
        return self._sum("amount_*", self.form.cells)

    def _sum(self, names: str, cells: Iterable[tuple[Place, date]]) -> LiveSum:
        fields = [self.form.amount(*cell) for cell in cells]
        total = Money.total(field.data for field in fields if field.data)
        return LiveSum(names, total, has_unread=any(field.process_errors for field in fields))


def _entry(facts: Forecasting) -> Entry:
    """Put together the form and all that stands around it."""
    begin = begin_form(facts, request.args)
    first_day = period_named(str(begin.begins.data)).first_day
    known = facts.known(first_day)
    places = known.places if begin.rows.data == "all" else rows_of(known)
    filled = prefilled(Basis(begin.basis.data), known)
    kind = ForecastForm.made_of(places, known.quarters)
    form = _filled(kind, filled, facts)
    comparisons: tuple[Comparison, ...] = ()
    if form.can_be_read:
        comparisons = facts.comparisons(first_day, form.lines, facts.newest)
    whys = [*asked_whys(comparisons), *typed_whys(facts, request.form)]
    form = _filled(kind.explaining(whys), filled, facts)
    if facts.newest and not form.is_submitted():
        form.repeat(comparisons, facts.newest)
    return Entry(
        facts=facts,
        begin=begin,
        form=form,
        first_day=first_day,
        places=places,
        sections=tuple(
            known.quarters[at : at + ACROSS] for at in range(0, len(known.quarters), ACROSS)
        ),
        comes_from={(row.work_package, row.category): row.comes_from for row in filled},
        comparisons=comparisons,
    )


def _filled(
    kind: type[ForecastForm], filled: tuple[Filled, ...], facts: Forecasting
) -> ForecastForm:
    form = kind()
    if not form.is_submitted():
        form.fill(filled, facts.newest.number if facts.newest else 0)
    return form


def _make(entry: Entry) -> None:
    """Make the version; every deviation that is not explained is told at its own field."""
    new = entry.form.to_domain(entry.first_day)
    newest = entry.facts.newest
    if new.based_on == (newest.number if newest else 0):
        missing = [
            not_explained(comparison, row)
            for comparison in entry.comparisons
            for row in comparison.unexplained(new.explanations)
        ]
        for complaint in missing[1:]:
            entry.form.refuse(complaint)
        if missing:
            raise missing[0]
    number = deeds.make(db.session(), new, today=today(), by=current_actor())
    flash(say("Version {number} of the forecast is kept.", number=str(number)))


def _facts() -> Forecasting:
    session = db.session()
    return forecasting(session, the_project(session), today())


def _numbered(facts: Forecasting, number: int) -> Forecast:
    found = facts.numbered(number)
    if found is None:
        raise NotFoundError("There is no version {number} of the forecast.", number=str(number))
    return found


def _other(facts: Forecasting, forecast: Forecast) -> Forecast | None:
    """Give the version to compare with: the one that the address names, or the one before."""
    wished = request.args.get("before", type=int)
    other = facts.numbered(wished) if wished and wished != forecast.number else None
    return other or facts.before(forecast.number)


def _page_of(facts: Forecasting, forecast: Forecast) -> ResponseReturnValue:
    other = _other(facts, forecast)
    project = the_project(db.session())
    by = request.args.get("by", "")
    by_package = outlay(facts, forecast, packages=True)
    return render_template(
        "forecasts/show.html",
        facts=facts,
        forecast=forecast,
        other=other,
        is_newest=forecast == facts.newest,
        names=project.work_packages,
        by_package=by_package,
        by_category=outlay(facts, forecast, categories=True),
        by_year=outlay(facts, forecast, years=True),
        by=by if by in BY else BY[0],
        quarters=by_quarter(facts, forecast, by if by in BY else BY[0]),
        comparisons=facts.comparisons(forecast.first_day, forecast.lines, other),
        chart=bullets(by_package),
    )
