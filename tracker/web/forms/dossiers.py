"""Choosing the period of an audit dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField
from wtforms.validators import InputRequired

from tracker.domain.texts import mark as _
from tracker.web.forms import TrackerForm

if TYPE_CHECKING:
    from collections.abc import Sequence


class DossierForm(TrackerForm):
    """Over which days a dossier is made."""

    period = SelectField(_("Period"), [InputRequired()])


def dossier_form(years: Sequence[int]) -> DossierForm:
    """Make the form, with the years and their quarters to choose from."""
    form = DossierForm()
    quarters = [[str(year), *(f"{year}-Q{at}" for at in (1, 2, 3, 4))] for year in years]
    form.period.choices = [(code, code) for codes in quarters for code in codes]
    return form
