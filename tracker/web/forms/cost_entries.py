"""Entering costs by hand: an invoice, working time, and the depreciation of an asset."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.claims import eligible_cost
from tracker.domain.depreciation import NewDepreciation
from tracker.domain.entries import NewCost, vat_of
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import WHOLE
from tracker.domain.texts import mark as _
from tracker.domain.worked import NewHours
from tracker.store.milestones import milestones_of
from tracker.web.fields import DayField, DocumentField, MoneyField, ShareField, TypedField
from tracker.web.forms import TrackerForm
from tracker.web.forms.contributions import HoursField
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.depreciation import WrittenOff
    from tracker.domain.worked import LabourTerms
    from tracker.store.funders import Programme
    from tracker.store.projects import Project

NAME_MAX: Final = 200
WHY_MAX: Final = 500
COUNT: Final = re.compile(r"[0-9]{1,4}")


class CountField(TypedField):
    """A whole number, such as of months."""

    data: int | None
    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "numeric"}

    def read(self, text: str) -> int:
        """Read a whole number.

        Errors: ``RuleViolation``.
        """
        if not COUNT.fullmatch(text):
            raise RuleViolation("“{text}” is no whole number.", "Write 18.", text=text[:40])
        return int(text)

    def write(self, value: int) -> str:
        """Write a whole number as it may be typed."""
        return str(value)


class CostForm(TrackerForm):
    """An invoice, or any other cost that is in no books yet."""

    supplier = StringField(_("Supplier"), [InputRequired(), Length(max=NAME_MAX)])
    invoice = StringField(_("Invoice number"), [Length(max=NAME_MAX)])
    document_number = StringField(_("Document number"), [Length(max=NAME_MAX)])
    description = StringField(_("Description"), [InputRequired(), Length(max=NAME_MAX)])
    incurred_on = DayField(_("Incurred on"), [InputRequired()])
    booked_on = DayField(_("Booked on"))
    paid_on = DayField(_("Paid on"))
    gross = MoneyField(_("Amount with VAT"), [InputRequired()])
    vat_rate = ShareField(_("VAT rate"))
    vat = MoneyField(_("VAT"))
    deductible = ShareField(_("Part of the VAT that comes back"), default=WHOLE)
    ineligible = MoneyField(_("Part that does not count"))
    ineligible_for = SelectField(_("Why it does not count"), default="")
    category = SelectField(_("Category"))
    work_package = SelectField(_("Work package"))
    milestone = SelectField(_("Milestone"), default="")
    account = StringField(_("Account"), [Length(max=NAME_MAX)])
    person = StringField(_("Person"), [Length(max=NAME_MAX)])
    document = DocumentField(_("Evidence"))
    without_because = StringField(_("Why there is no document"), [Length(max=WHY_MAX)])
    double_because = StringField(_("Why this is another cost"), [Length(max=WHY_MAX)])

    @property
    def worked_out(self) -> dict[str, Money] | None:
        """What the amounts come to, where they can be read: net, VAT, cost, and what counts."""
        gross, part = self.gross.data, self.ineligible.data or ZERO
        if gross is None:
            return None
        try:
            vat = vat_of(gross, self.vat_rate.data, self.vat.data)
        except RuleViolation:
            return None
        back = WHOLE if self.deductible.data is None else self.deductible.data
        cost = eligible_cost(gross - vat, vat, WHOLE - back)
        return {"net": gross - vat, "vat": vat, "cost": cost, "eligible": cost - part}

    def to_domain(self) -> NewCost:
        """Hand over what was typed. Call only after it was read.

        Errors: ``RuleViolation`` on field ``vat`` where the rate and the VAT contradict each other.
        """
        gross = self.gross.data or ZERO
        deductible = self.deductible.data
        return NewCost(
            incurred_on=_day(self.incurred_on),
            booked_on=self.booked_on.data,
            paid_on=self.paid_on.data,
            supplier=str(self.supplier.data),
            invoice=self.invoice.data or "",
            document=self.document_number.data or "",
            description=str(self.description.data),
            gross=gross,
            vat=vat_of(gross, self.vat_rate.data, self.vat.data),
            deductible=WHOLE if deductible is None else deductible,
            ineligible=self.ineligible.data or ZERO,
            ineligible_for=self.ineligible_for.data,
            category=self.category.data,
            work_package=self.work_package.data,
            milestone=self.milestone.data,
            account=self.account.data or "",
            person=self.person.data or "",
            double_because=self.double_because.data or "",
        )


class HoursForm(TrackerForm):
    """Working time of a person, and what its value is made of."""

    programme = SelectField(_("Programme whose method counts"))
    person = StringField(_("Person"), [InputRequired(), Length(max=NAME_MAX)])
    first_day = DayField(_("First day"), [InputRequired()])
    last_day = DayField(_("Last day"))
    time = HoursField(_("Hours, or days by a day rate"), [InputRequired()])
    annual_cost = MoneyField(_("Costs of the person in a year"))
    rate = MoneyField(_("Integral rate of an hour"))
    category = SelectField(_("Category"))
    work_package = SelectField(_("Work package"))
    milestone = SelectField(_("Milestone"), default="")
    description = StringField(_("What was done"), [InputRequired(), Length(max=NAME_MAX)])
    document = DocumentField(_("Time sheet"))
    long_because = StringField(_("Why the days are this long"), [Length(max=WHY_MAX)])

    def to_domain(self) -> NewHours:
        """Hand over what was typed. Call only after it was read."""
        first_day, rate = _day(self.first_day), self.rate.data
        return NewHours(
            person=str(self.person.data),
            first_day=first_day,
            last_day=self.last_day.data or first_day,
            time=self.time.data or Decimal(0),
            programme_id=int(self.programme.data),
            category=self.category.data,
            work_package=self.work_package.data,
            milestone=self.milestone.data,
            description=str(self.description.data),
            rate=None if rate is None else rate.as_decimal,
            annual_cost=self.annual_cost.data,
            long_because=self.long_because.data or "",
        )


class DepreciationForm(TrackerForm):
    """The months of an asset that are written off now."""

    term_months = CountField(_("Term in months"), [InputRequired()])
    residual = MoneyField(_("Residual value"), [InputRequired()])
    months = CountField(_("Months written off now"), [InputRequired()])
    counted_to = DayField(_("Last day of these months"), [InputRequired()])
    use = ShareField(_("Used for the project"), [InputRequired()])
    description = StringField(_("Description"), [InputRequired(), Length(max=NAME_MAX)])

    def to_domain(self) -> NewDepreciation:
        """Hand over what was typed. Call only after it was read."""
        return NewDepreciation(
            counted_to=_day(self.counted_to),
            residual=self.residual.data or ZERO,
            term_months=self.term_months.data or 0,
            months=self.months.data or 0,
            use=self.use.data or Decimal(0),
            description=str(self.description.data),
        )


def cost_form(session: Session, project: Project) -> CostForm:
    """Make the form with the choices that the programme offers."""
    form = CostForm()
    _offer(form, session, project)
    reasons = [reason for reason in Reason if reason in INELIGIBLE]
    form.ineligible_for.choices = {"": translate("It counts")} | {
        reason.value: label(reason) for reason in reasons
    }
    return form


def hours_form(
    session: Session, project: Project, offered: list[tuple[Programme, LabourTerms]]
) -> HoursForm:
    """Make the form with the programmes that say how working time is valued."""
    form = HoursForm()
    _offer(form, session, project)
    form.programme.choices = {str(one.id): f"{one.funder}: {one.name}" for one, _ in offered}
    return form


def depreciation_form(
    before: list[WrittenOff], shortest: int, description: str
) -> DepreciationForm:
    """Make the form; an asset that is being written off keeps its term and residual value."""
    asset = before[0].asset if before else None
    return DepreciationForm(
        data={
            "term_months": asset.term_months if asset else shortest,
            "residual": asset.residual if asset else Money(0),
            "use": before[-1].use if before else WHOLE,
            "description": description,
        }
    )


def _offer(form: Any, session: Session, project: Project) -> None:
    form.category.choices = {code: label(code) for code in project.categories}
    form.work_package.choices = {
        code: f"{code} {name}" for code, name in project.work_packages.items()
    }
    form.milestone.choices = {"": translate("None")} | {
        one.code: f"{one.code} {one.title}" for one in milestones_of(session)
    }


def _day(field: DayField) -> date:
    if field.data is None:
        raise AssertionError("a form without a day does not validate")
    return field.data
