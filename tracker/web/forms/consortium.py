"""Giving partners an overview, and withdrawing one."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from reports.words import LANGUAGES
from tracker.domain.texts import mark as _
from tracker.web.forms import TrackerForm

REASON_MAX = 1_000
NAMES = {"en": "English", "nl": "Nederlands"}


class GiveForm(TrackerForm):
    """In which language the overview is made."""

    language = SelectField(_("Language"), [InputRequired()])


class WithdrawForm(TrackerForm):
    """Why an overview is withdrawn."""

    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])


def give_form() -> GiveForm:
    """Make the form, with the languages of reports to choose from."""
    form = GiveForm()
    form.language.choices = [(code, NAMES[code]) for code in reversed(LANGUAGES)]
    return form
