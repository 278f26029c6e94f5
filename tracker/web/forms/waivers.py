"""Asking for leave to break a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.domain.texts import mark as _
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store.commitments import commitments_of
from tracker.web.fields import DayField, DocumentField
from tracker.web.forms import TrackerForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class WaiverForm(TrackerForm):
    """A waiver as somebody asks for it."""

    rule = SelectField(_("Rule"))
    commitment = SelectField(_("For"), default="")
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=500)])
    until = DayField(_("Until"), [InputRequired()])
    document = DocumentField(_("Document"))

    def to_domain(self) -> NewWaiver:
        """Hand over what was typed. Call only after it was read."""
        if self.until.data is None:
            raise AssertionError("a form without a day does not validate")
        return NewWaiver(
            rule=self.rule.data,
            commitment=self.commitment.data,
            reason=str(self.reason.data),
            until=self.until.data,
        )


def waiver_form(session: Session) -> WaiverForm:
    """Make the form with the rules and the commitments that there are."""
    form = WaiverForm()
    form.rule.choices = {rule.value: label(rule) for rule in Rule}
    form.commitment.choices = {"": translate("The whole project")} | {
        found.code: f"{found.code} · {found.funder}" for found in commitments_of(session)
    }
    return form
