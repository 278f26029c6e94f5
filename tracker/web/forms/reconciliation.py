"""What a reconciliation is told apart by, and how much of it is shown; both are in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, SelectField

from tracker.domain.reconciliation import By
from tracker.domain.texts import mark as _
from tracker.web.forms import AddressForm
from tracker.web.language import label

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict


class ReconciliationForm(AddressForm):
    """What to reconcile by, and whether to show what ties too."""

    by = SelectField(_("Told apart by"), default=By.YEAR.value)
    everything = BooleanField(_("Show what ties too"))

    @property
    def by_what(self) -> By:
        """What the rows are told apart by. Call only after ``validate``."""
        return By(self.by.data)

    @property
    def chosen(self) -> dict[str, str]:
        """Give the wishes as they stand in the address, without the empty ones."""
        return {"by": self.by.data, **({"everything": "y"} if self.everything.data else {})}


def reconciliation_form(wishes: MultiDict[str, str]) -> ReconciliationForm:
    """Make the form, filled in from an address."""
    form = ReconciliationForm(wishes)
    form.by.choices = {by.value: label(by) for by in By}
    return form
