"""Entering a version of the forecast: amounts by row and quarter, and what explains them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from flask import request
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.domain.errors import RuleViolation
from tracker.domain.forecasts import (
    REASON_MAX,
    SAID_MAX,
    Against,
    ForecastExplanation,
    ForecastLine,
    NewForecast,
    cell_name,
    check_amount,
    quarter_code,
)
from tracker.domain.periods import months_after
from tracker.domain.texts import mark as _
from tracker.domain.variances import why_name
from tracker.web.fields import MoneyField
from tracker.web.forms import AddressForm, TableForm, VersionedForm
from tracker.web.language import label, said, say, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from werkzeug.datastructures import MultiDict
    from wtforms import Field, Form

    from tracker.domain.forecasting import Forecasting
    from tracker.domain.forecasts import Forecast, Place
    from tracker.domain.prefilling import Filled, Known
    from tracker.domain.variances import Comparison

Why = tuple[Against, str, str, int]  # against what, work package, category, year
WHY = "why_"


def not_below_zero(_form: Form, field: Field) -> None:
    """Refuse an amount below zero, as the rule does."""
    if field.data is not None:
        try:
            check_amount(field.data)
        except RuleViolation as error:
            raise ValidationError(f"{said(error.message)} {said(error.hint)}") from error


class ForecastForm(TableForm, VersionedForm):
    """A version of the forecast; ``version`` is the newest that was there.

    Shape:  ``cells`` are the row and quarter of each amount, ``whys`` what each explanation is of.
    """

    columns: ClassVar[dict[str, Any]] = {"amount": MoneyField(_("Amount"), [not_below_zero])}
    cells: ClassVar[tuple[tuple[Place, date], ...]] = ()
    whys: ClassVar[tuple[Why, ...]] = ()
    reason = StringField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])

    @classmethod
    def made_of(cls, places: Iterable[Place], quarters: Sequence[date]) -> type[Self]:
        """Give this form with a field for each row and quarter."""
        cells = tuple((place, quarter) for place in places for quarter in quarters)
        rows = {
            cell_name(*place, quarter).removeprefix("amount_"): (
                f"{place[0]} · {label(place[1])} · {quarter_code(quarter)}"
            )
            for place, quarter in cells
        }
        form = cls.with_rows(rows)
        form.cells = cells
        return form

    @classmethod
    def explaining(cls, whys: Iterable[Why]) -> type[Self]:
        """Give this form with a field for each explanation too."""
        asked = tuple(dict.fromkeys(whys))
        kind: Any = type(cls)
        fields = {
            why_name(*why): UnboundField(
                TextAreaField,
                _("Explanation"),
                [Length(max=SAID_MAX)],
                description=named(why),
            )
            for why in asked
        }
        form: type[Self] = kind(cls.__name__, (cls,), {"whys": asked, **fields})
        return form

    def amount(self, place: Place, quarter: date) -> Field:
        """Give the field of an amount."""
        field: Field = self[cell_name(*place, quarter)]
        return field

    def why(self, why: Why) -> Field | None:
        """Give the field of an explanation, where it is asked."""
        return self[why_name(*why)] if why in self.whys else None

    @property
    def lines(self) -> tuple[ForecastLine, ...]:
        """The amounts that were typed; what is empty or cannot be read is left out."""
        typed = ((cell, self.amount(*cell).data) for cell in self.cells)
        return tuple(
            ForecastLine(*place, quarter, amount) for (place, quarter), amount in typed if amount
        )

    @property
    def can_be_read(self) -> bool:
        """Whether every amount is one."""
        return not any(self.amount(*cell).process_errors for cell in self.cells)

    def look_over(self) -> None:
        """Judge the amounts only: a version that is not kept yet needs no reason."""
        for cell in self.cells:
            self.amount(*cell).validate(self)

    @property
    def explanations(self) -> tuple[ForecastExplanation, ...]:
        """What was said."""
        said = ((why, str(self[why_name(*why)].data or "").strip()) for why in self.whys)
        return tuple(ForecastExplanation(*why, text) for why, text in said if text)

    def to_domain(self, first_day: date) -> NewForecast:
        """Hand over what was typed."""
        return NewForecast(
            first_day,
            str(self.reason.data or ""),
            self.lines,
            self.explanations,
            self.version.data or 0,
        )

    def fill(self, rows: Iterable[Filled], newest: int) -> None:
        """Begin with these amounts, beside this version."""
        self.version.data = newest
        shown = set(self.cells)
        for row in rows:
            for quarter, amount in row.amounts:
                if ((row.work_package, row.category), quarter) in shown and amount:
                    self.amount((row.work_package, row.category), quarter).data = amount

    def repeat(self, comparisons: Iterable[Comparison], before: Forecast) -> None:
        """Begin with what the version before said of what deviates from the budget."""
        for comparison in comparisons:
            if comparison.against is not Against.BUDGET:
                continue
            for row in comparison.asked:
                own = self.why((comparison.against, *row.key))
                whole = self.why((comparison.against, row.work_package, "", row.year))
                said = comparison.explained(row, before.explanations)
                if said and (field := whole or own):
                    field.data = said[0]


class BeginForm(AddressForm):
    """What a new forecast begins with, and with which quarter; it is in the address."""

    basis = SelectField(_("Begin with"), default="")
    begins = SelectField(_("From"), default="")
    rows = SelectField(_("Rows"), default="")


def begin_form(facts: Forecasting, wishes: MultiDict[str, str]) -> BeginForm:
    """Make the form with what there is to begin with; what is unknown is the usual."""
    form = BeginForm(wishes)
    usual = facts.beginnings.usual
    offered = {
        "basis": {basis.value: label(basis) for basis in facts.known(usual).bases},
        "begins": {quarter_code(day): quarter_code(day) for day in facts.beginnings.choices},
        "rows": {"": translate("In use"), "all": translate("All")},
    }
    for name, choices in offered.items():
        field: SelectField = getattr(form, name)
        field.choices = choices
        if field.data not in choices:
            field.data = next(iter(choices))
    return form


def rows_of(known: Known) -> tuple[Place, ...]:
    """List the rows with a budget still to spend, costs of the last year, or a forecast before."""
    first = known.quarters[0] if known.quarters else date.max
    recent = months_after(first, -12) if known.quarters else date.max
    found = {(package, category) for package, category, month in known.spent if month >= recent}
    found |= {
        (line.work_package, line.category)
        for line in known.budget
        if not line.year or line.year >= first.year
    }
    if known.previous:
        found |= {(line.work_package, line.category) for line in known.previous.lines}
    whole = {category for package, category in found if not package}  # of every work package
    return tuple(place for place in known.places if place in found or place[1] in whole)


def asked_whys(comparisons: Iterable[Comparison]) -> list[Why]:
    """List what is asked: each deviation, and before several of a work package that as a whole."""
    found: list[Why] = []
    for comparison in comparisons:
        groups: dict[tuple[str, int], list[Why]] = {}
        for row in comparison.asked:
            groups.setdefault((row.work_package, row.year), []).append(
                (comparison.against, *row.key)
            )
        for (package, year), whys in groups.items():
            if len(whys) > 1 and package:
                found.append((comparison.against, package, "", year))
            found += whys
    return found


def typed_whys(facts: Forecasting, form: Mapping[str, str]) -> list[Why]:
    """List the explanations that somebody typed: what is not asked any more is not lost."""
    return [
        why
        for name, text in form.items()
        if name.startswith(WHY) and text.strip() and (why := _why_named(facts, name))
    ]


def _why_named(facts: Forecasting, name: str) -> Why | None:
    against, _dot, rest = name.removeprefix(WHY).partition(".")
    place, _dot, year = rest.rpartition(".")
    if against not in frozenset(Against) or not (year.isascii() and (year or "0").isdigit()):
        return None
    packages, categories = ("", *facts.work_packages), ("", *facts.categories)
    known = {f"{p}.{c}": (p, c) for p in packages for c in categories}
    return (Against(against), *known[place], int(year or 0)) if place in known else None


def named(why: Why) -> str:
    """Name what an explanation is of."""
    against, package, category, year = why
    parts = (package, label(category) if category else "", str(year or ""))
    what = " · ".join(part for part in parts if part) or translate("Whole project")
    if against is Against.BUDGET:
        return say("{what}, against the budget", what=what)
    return say("{what}, against the version before", what=what)


def wants(step: str) -> bool:
    """Tell whether a button of this name was pressed."""
    return request.form.get("step") == step
