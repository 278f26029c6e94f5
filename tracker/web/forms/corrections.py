"""Correcting a cost line: a small form for each way in which it can be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.corrections import MAY_BE_INELIGIBLE_FOR, CorrectionKind, Wish
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.store.projects import the_project
from tracker.web.fields import DayField, DocumentField, MoneyField
from tracker.web.forms import TrackerForm
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine

REASON_MAX = 500


class CorrectionForm(TrackerForm):
    """Why a cost line is corrected, and the evidence, where there is any."""

    reason = StringField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])
    evidence = DocumentField(_("Evidence"))

    def to_domain(self, kind: CorrectionKind) -> Wish:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        typed = {
            field.name: field.data
            for field in self
            if field.name in Wish.__dataclass_fields__ and field.data is not None
        }
        return Wish(**{**typed, "kind": kind})


class PeriodForm(CorrectionForm):
    """The day on which a cost was incurred."""

    day = DayField(_("Incurred on"), [InputRequired()])


class WorkPackageForm(CorrectionForm):
    """The work package to which a cost belongs."""

    work_package = SelectField(_("Right work package"), [InputRequired()])


class CategoryForm(CorrectionForm):
    """The category to which a cost belongs."""

    category = SelectField(_("Right category"), [InputRequired()])


class FunderForm(CorrectionForm):
    """Which commitment pays a part of a cost, and which one should."""

    taken_from = SelectField(_("Take back from"), [InputRequired()])
    charged_to = SelectField(_("Charge to"), [InputRequired()])
    amount = MoneyField(_("Amount"), [InputRequired()])


class CreditForm(CorrectionForm):
    """A credit note, or money that came back from the supplier."""

    amount = MoneyField(_("Amount credited"), [InputRequired()])
    day = DayField(_("Date of the document"), [InputRequired()])
    document = StringField(_("Number of the document"), [Length(max=200)])


class NotEligibleForm(CorrectionForm):
    """The part of a cost that no funder may be asked for."""

    amount = MoneyField(_("Amount that is not eligible"), [InputRequired()])
    ineligible_for = SelectField(_("Why it is not eligible"), [InputRequired()])


class EligibleForm(CorrectionForm):
    """The part of a cost that may be charged again."""

    amount = MoneyField(_("Amount that is eligible again"), [InputRequired()])


FORMS: Mapping[CorrectionKind, type[CorrectionForm]] = {
    CorrectionKind.WRONG_PERIOD: PeriodForm,
    CorrectionKind.WRONG_WORK_PACKAGE: WorkPackageForm,
    CorrectionKind.WRONG_CATEGORY: CategoryForm,
    CorrectionKind.WRONG_FUNDER: FunderForm,
    CorrectionKind.CREDIT_NOTE: CreditForm,
    CorrectionKind.REFUND: CreditForm,
    CorrectionKind.CANCELLED: CorrectionForm,
    CorrectionKind.NOT_ELIGIBLE: NotEligibleForm,
    CorrectionKind.ELIGIBLE_AGAIN: EligibleForm,
}


def correction_form(session: Session, kind: CorrectionKind, line: CostLine) -> CorrectionForm:
    """Make the form for a kind of correction, with what there is to choose from."""
    form = FORMS[kind](data=_suggested(kind, line))
    choices: dict[str, Callable[[], dict[str, str]]] = {
        "work_package": lambda: _packages(session),
        "category": lambda: {code: label(code) for code in the_project(session).categories},
        "taken_from": lambda: _payers(line),
        "charged_to": lambda: _takers(session),
        "ineligible_for": lambda: {why.value: label(why) for why in MAY_BE_INELIGIBLE_FOR},
    }
    for name, offer in choices.items():
        if name in form:
            form[name].choices = offer()
    return form


def _suggested(kind: CorrectionKind, line: CostLine) -> dict[str, object]:
    """Fill in what the line says now, so that only what is wrong has to be typed."""
    apart = [share.amount for share in line.shares if share.reason in MAY_BE_INELIGIBLE_FOR]
    whole = {
        CorrectionKind.WRONG_FUNDER: line.charged,
        CorrectionKind.ELIGIBLE_AGAIN: Money.total(apart),
    }
    return {
        "work_package": line.work_package,
        "category": line.category,
        "amount": whole.get(kind),
    }


def _packages(session: Session) -> dict[str, str]:
    return {code: f"{code} {name}" for code, name in the_project(session).work_packages.items()}


def _payers(line: CostLine) -> dict[str, str]:
    """Offer the commitments that pay the line, each with how much."""
    paid: dict[str, Money] = {}
    for share in line.shares:
        if not share.reason:
            paid[share.commitment] = paid.get(share.commitment, ZERO) + share.amount
    return {
        code: say("{code} (pays {amount})", code=code, amount=amount)
        for code, amount in paid.items()
        if amount
    }


def _takers(session: Session) -> dict[str, str]:
    offered = {"": translate("Choose…")}
    for one in commitments_of(session):
        if one.is_committed:
            offered[one.code] = say("{code} ({room} left)", code=one.code, room=one.remaining)
    return offered
