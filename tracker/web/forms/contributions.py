"""Entering partners' hours by hand, and the signed statements that make hours count."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.contributions import NewDeclaration
from tracker.domain.costs import InKindRow
from tracker.domain.errors import RuleViolation
from tracker.domain.texts import mark as _
from tracker.web.fields import DayField, DocumentField, MoneyField, TypedField
from tracker.web.forms import TrackerForm

if TYPE_CHECKING:
    from datetime import date
    from typing import ClassVar

    from tracker.store.projects import Project

HOURS = re.compile(r"([0-9]{1,5})(?:[.,]([0-9]{1,2}))?")


class HoursField(TypedField):
    """A number of hours, with at most two decimals after a point or a comma."""

    data: Decimal | None
    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "decimal"}

    def read(self, text: str) -> Decimal:
        """Read a number of hours.

        Errors: ``RuleViolation`` for what is no number of hours.
        """
        found = HOURS.fullmatch(text)
        if not found:
            raise RuleViolation(
                "“{text}” is no number of hours.", "Write 7.5 for seven and a half.", text=text[:40]
            )
        return Decimal(f"{found[1]}.{found[2] or 0}")

    def write(self, value: Decimal) -> str:
        """Write a number of hours as it may be typed."""
        return f"{value.normalize():f}"


class ContributionForm(TrackerForm):
    """Hours of a partner on a day."""

    partner = StringField(_("Partner"), [InputRequired(), Length(max=100)])
    work_package = SelectField(_("Work package"))
    worked_on = DayField(_("Worked on"), [InputRequired()])
    hours = HoursField(_("Hours"), [InputRequired()])
    rate = MoneyField(_("Rate of an hour"), [InputRequired()])
    description = StringField(_("Description"), [InputRequired(), Length(max=200)])

    def to_domain(self) -> InKindRow:
        """Hand over what was typed. Call only after it was read."""
        day, hours, rate = self.worked_on.data, self.hours.data, self.rate.data
        if day is None or hours is None or rate is None:
            raise AssertionError("a form that lacks a figure does not validate")
        return InKindRow(
            partner=str(self.partner.data).strip(),
            worked_on=day,
            work_package=self.work_package.data,
            hours=hours,
            rate=rate.as_decimal,
            description=str(self.description.data).strip(),
        )


class DeclarationForm(TrackerForm):
    """A contributor's signed statement."""

    partner = StringField(_("Partner"), [InputRequired(), Length(max=100)])
    first_day = DayField(_("First day"), [InputRequired()])
    last_day = DayField(_("Last day"), [InputRequired()])
    method = StringField(_("Method of valuing"), [InputRequired(), Length(max=200)])
    signed_by = StringField(_("Signed by"), [InputRequired(), Length(max=100)])
    signed_on = DayField(_("Signed on"), [InputRequired()])
    document = DocumentField(_("The signed declaration"))

    def to_domain(self) -> NewDeclaration:
        """Hand over what was typed. Call only after it was read."""
        return NewDeclaration(
            partner=str(self.partner.data).strip(),
            first_day=_day(self.first_day),
            last_day=_day(self.last_day),
            method=str(self.method.data),
            signed_by=str(self.signed_by.data),
            signed_on=_day(self.signed_on),
        )


def contribution_form(project: Project) -> ContributionForm:
    """Make the form with the work packages that there are."""
    form = ContributionForm()
    form.work_package.choices = {
        code: f"{code} {name}" for code, name in project.work_packages.items()
    }
    return form


def _day(field: DayField) -> date:
    if field.data is None:
        raise AssertionError("a form without a day does not validate")
    return field.data
