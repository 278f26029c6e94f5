"""Entering decisions on commitments: an award, an amendment, a step on the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NoneOf, Regexp, ValidationError

from tracker.domain.amendments import Amendment
from tracker.domain.commitments import FIRST_STEPS, Form, Promise, Status, next_steps
from tracker.domain.decisions import AMENDABLE
from tracker.domain.money import ZERO
from tracker.domain.periods import Period
from tracker.domain.texts import mark as _
from tracker.store.projects import the_project
from tracker.web.fields import ChoicesField, DayField, DocumentField, MoneyField, ShareField
from tracker.web.forms import TrackerForm, VersionedForm
from tracker.web.forms.commitments import PurposeFields, programme_choices
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session
    from wtforms import Field

    from tracker.domain.amendments import Standing
    from tracker.domain.money import Money

REASON_MAX = 2000
CODE = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"


class DecisionFields(TrackerForm):
    """What every decision has: its day, its reason and its letter."""

    decided_on = DayField(_("Date of the decision"), [InputRequired()])
    status = SelectField(_("Status"))
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])
    letter = DocumentField(_("Decision letter"))


class TermFields(TrackerForm):
    """What a decision grants: an amount, a period, a share and categories."""

    amount = MoneyField(_("Amount"))
    first_day = DayField(_("First eligible day"))
    last_day = DayField(_("Last eligible day"))
    share = ShareField(_("Funding share (%)"))
    categories = ChoicesField(_("Cost categories"))

    def validate_last_day(self, field: Field) -> None:
        """Refuse a period that ends before it begins, or has one end only."""
        first, last = self.first_day.data, field.data
        if self.first_day.process_errors or field.process_errors:
            return
        if (first is None) != (last is None):
            raise ValidationError(translate("A period has a first and a last day; fill in both."))
        if first and last < first:
            raise ValidationError(
                say("{last} is before {first}. Correct one of the two.", last=last, first=first)
            )

    @property
    def period(self) -> Period | None:
        """The eligible period as typed. Read only after ``validate_on_submit``."""
        first, last = self.first_day.data, self.last_day.data
        return Period(first, last) if first and last else None

    def offer_categories(self, session: Session) -> None:
        """Let the cost categories of the project be chosen."""
        self.categories.choices = {code: label(code) for code in the_project(session).categories}


class AwardForm(PurposeFields, DecisionFields, TermFields):
    """A commitment that is not there yet, with the decision that it begins with."""

    programme_id = SelectField(_("Programme"), [InputRequired()])
    code = StringField(
        _("Code"),
        [
            InputRequired(),
            Length(max=20),
            Regexp(CODE + "$", message=_("A code is letters, digits and hyphens, like NGF-2.")),
            NoneOf(["new"], message=_("A code is letters, digits and hyphens, like NGF-2.")),
        ],
    )
    reference = StringField(_("The funder's reference"), [InputRequired(), Length(max=100)])
    form = SelectField(_("Form"), default=Form.CASH.value)

    def to_domain(self) -> Promise:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return Promise(
            programme_id=int(self.programme_id.data),
            code=str(self.code.data),
            reference=str(self.reference.data),
            form=Form(self.form.data),
            decision=Amendment(
                number=0,
                decided_on=_day(self.decided_on),
                amount=self.amount.data or ZERO,
                reason=str(self.reason.data).strip(),
                status=Status(self.status.data),
                period=self.period,
                share=self.share.data,
                categories=tuple(self.categories.data or ()),
            ),
            particulars=self.particulars,
        )


class StepForm(VersionedForm, DecisionFields):
    """A decision after the determination: a step on the ladder and nothing else."""

    def to_domain(self, _now: Standing, number: int) -> Amendment:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return Amendment(
            number,
            _day(self.decided_on),
            ZERO,
            str(self.reason.data).strip(),
            status=Status(self.status.data) if self.status.data else None,
        )


class AmendmentForm(StepForm, TermFields):
    """A decision on a commitment: what it will be; only what differs from now is a change."""

    determined = MoneyField(_("Determined amount"))

    def validate_categories(self, field: Field) -> None:
        """Refuse a commitment that pays for nothing."""
        if not field.data:
            raise ValidationError(translate("Tick at least one category."))

    def validate_determined(self, field: Field) -> None:
        """Take a determined amount with a determination only, and not without one."""
        determines = self.status.data == Status.DETERMINED
        if field.data is not None and not determines:
            raise ValidationError(
                translate("Only a determination has this amount. Choose that status, or empty it.")
            )
        if determines and field.data is None and not field.process_errors:
            raise ValidationError(translate("Enter the amount at which it was determined."))

    def becomes(self, now: Standing) -> Money | None:
        """Give the amount with the change that was typed; nothing where that cannot be read."""
        return None if self.amount.process_errors else now.amount + (self.amount.data or ZERO)

    def to_domain(self, now: Standing, number: int) -> Amendment:
        """Hand over what was typed, as a change of what holds now."""
        categories = tuple(self.categories.data or ())
        return Amendment(
            number=number,
            decided_on=_day(self.decided_on),
            amount=self.amount.data or ZERO,
            reason=str(self.reason.data).strip(),
            status=Status(self.status.data) if self.status.data else None,
            period=None if self.period == now.period else self.period,
            share=None if self.share.data == now.share else self.share.data,
            categories=() if set(categories) == set(now.categories) else categories,
            determined=self.determined.data,
        )


class SeenForm(VersionedForm):
    """Nothing is typed: it says what was seen, and is sent once."""


class SendBackForm(VersionedForm):
    """Why a draft goes back to who entered it."""

    reason = StringField(_("What is to be mended"), [InputRequired(), Length(max=REASON_MAX)])


def award_form(session: Session, programme_id: str = "") -> AwardForm:
    """Make the form for a commitment that is not there yet."""
    form = AwardForm(data={"programme_id": programme_id, "status": Status.AWARDED.value})
    form.programme_id.choices = programme_choices(session)
    form.form.choices = {kind.value: label(kind) for kind in Form}
    form.status.choices = {step.value: label(step) for step in FIRST_STEPS}
    form.offer_categories(session)
    form.offer_purposes(session)
    return form


def amendment_form(
    session: Session, now: Standing, version: int, draft: Amendment | None = None
) -> StepForm:
    """Make the form for a decision on a commitment as it stands, or for a draft of one."""
    kind = AmendmentForm if now.status in AMENDABLE else StepForm
    form = kind(data={"version": version} | _known(now, draft))
    stays = {} if now.status is Status.DRAFT else {"": say("Stays {status}", status=_said(now))}
    form.status.choices = stays | {step.value: label(step) for step in next_steps(now.status)}
    if isinstance(form, AmendmentForm):
        form.offer_categories(session)
    return form


def _known(now: Standing, draft: Amendment | None) -> dict[str, object]:
    """Fill a form in with what holds now, and with what a draft says."""
    period = (draft.period if draft else None) or now.period
    return {
        "first_day": period.first_day if period else None,
        "last_day": period.last_day if period else None,
        "share": draft.share if draft and draft.share is not None else now.share,
        "categories": list((draft.categories if draft else ()) or now.categories),
        "decided_on": draft.decided_on if draft else None,
        "amount": draft.amount if draft else None,
        "reason": draft.reason if draft else "",
        "status": draft.status.value if draft and draft.status else "",
        "determined": draft.determined if draft else None,
    }


def _said(now: Standing) -> str:
    return label(now.status).lower()


def _day(field: DayField) -> date:
    if field.data is None:
        raise AssertionError("the form has been judged")
    return field.data
