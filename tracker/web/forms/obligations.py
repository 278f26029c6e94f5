"""Entering orders, and saying which invoice came of which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.money import ZERO
from tracker.domain.obligations import NewObligation
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.store.milestones import milestones_of
from tracker.store.obligations import left_of_cost, obligations_of
from tracker.web.fields import DayField, MoneyField
from tracker.web.forms import TrackerForm
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine
    from tracker.store.projects import Project

NAME_MAX = 200


class ObligationForm(TrackerForm):
    """An order or contract that is still to be invoiced."""

    reference = StringField(_("Reference of the order"), [InputRequired(), Length(max=60)])
    supplier = StringField(_("Supplier"), [InputRequired(), Length(max=NAME_MAX)])
    description = StringField(_("Description"), [InputRequired(), Length(max=NAME_MAX)])
    ordered_on = DayField(_("Ordered on"), [InputRequired()])
    expected_on = DayField(_("Invoice expected on"))
    amount = MoneyField(_("Amount"), [InputRequired()])
    category = SelectField(_("Category"))
    work_package = SelectField(_("Work package"))
    milestone = SelectField(_("Milestone"), default="")
    commitment = SelectField(_("Commitment that is to pay"), default="")

    def to_domain(self) -> NewObligation:
        """Hand over what was typed. Call only after it was read."""
        if self.ordered_on.data is None:
            raise AssertionError("a form without a day does not validate")
        return NewObligation(
            reference=str(self.reference.data),
            supplier=str(self.supplier.data),
            description=str(self.description.data),
            ordered_on=self.ordered_on.data,
            expected_on=self.expected_on.data,
            amount=self.amount.data or ZERO,
            category=self.category.data,
            work_package=self.work_package.data,
            milestone=self.milestone.data,
            commitment=self.commitment.data,
        )


class LinkForm(TrackerForm):
    """Which order a cost fulfils, and how much of it."""

    obligation = SelectField(_("Purchase order"), [InputRequired()])
    part = MoneyField(_("Part that was ordered"), [InputRequired()])


def obligation_form(session: Session, project: Project) -> ObligationForm:
    """Make the form with the choices that the programme offers."""
    form, none = ObligationForm(), translate("None")
    form.category.choices = {code: label(code) for code in project.categories}
    form.work_package.choices = {
        code: f"{code} {name}" for code, name in project.work_packages.items()
    }
    form.milestone.choices = {"": none} | {
        one.code: f"{one.code} {one.title}" for one in milestones_of(session)
    }
    form.commitment.choices = {"": none} | {
        one.code: f"{one.code} {one.funder}" for one in commitments_of(session) if one.is_committed
    }
    return form


def link_form(
    session: Session, project: Project, line: CostLine, *, is_sent: bool = False
) -> LinkForm:
    """Make the form with the orders that are open, those of the same supplier first.

    Shape:  ``is_sent`` where this very form was sent, and not another one of the page.
    """
    orders = [one for one in obligations_of(session, project.id) if one.open]
    orders.sort(key=lambda one: one.supplier.casefold() != line.supplier.casefold())
    left = left_of_cost(session, line.id)
    wished = {"part": min([left, *(one.open for one in orders[:1])])}
    form = LinkForm(data=wished) if is_sent else LinkForm(formdata=None, data=wished)
    form.obligation.choices = {
        str(one.id): say(
            "{reference} {supplier} ({open} open)",
            reference=one.reference,
            supplier=one.supplier,
            open=one.open,
        )
        for one in orders
    }
    return form
