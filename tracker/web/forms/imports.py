"""Deciding on a file that was looked at: the total that is expected, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.domain.intakes import Choice
from tracker.domain.texts import mark as _
from tracker.web.fields import ChoicesField, MoneyField
from tracker.web.forms import VersionedForm

if TYPE_CHECKING:
    from tracker.domain.intakes import Intake
    from tracker.domain.money import Money


class ExpectedForm(VersionedForm):
    """The total that the office expects of a table."""

    expected = MoneyField(_("Total that you expect"), [InputRequired()])

    @property
    def total(self) -> Money:
        """Hand over what was typed. Call only after it was read."""
        if self.expected.data is None:
            raise AssertionError("a form without a total does not validate")
        return self.expected.data


class KeepForm(VersionedForm):
    """What is kept of a file that was looked at, and why."""

    apply_changes = BooleanField(_("Apply the changed lines"))
    leave_out = ChoicesField(_("Leave out"), validate_choice=False)
    reason = TextAreaField(_("Reason"), [Length(max=1000)])

    @property
    def choice(self) -> Choice:
        """Hand over what was decided."""
        return Choice(
            reason=str(self.reason.data or "").strip(),
            apply_changes=self.apply_changes.data,
            leave_out=tuple(self.leave_out.data or ()),
        )


def expected_form(intake: Intake) -> ExpectedForm:
    """Make the form with the total that was entered before."""
    form = ExpectedForm()
    if not form.is_submitted():
        form.version.data, form.expected.data = intake.version, intake.expected
    return form


def keep_form(intake: Intake) -> KeepForm:
    """Make the form that keeps a file, with what was decided before."""
    form = KeepForm()
    if not form.is_submitted():
        form.version.data = intake.version
        if intake.choice:
            form.reason.data = intake.choice.reason
            form.apply_changes.data = intake.choice.apply_changes
            form.leave_out.data = list(intake.choice.leave_out)
    return form
