"""What of the overview is wished: all projects, which milestones, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import AnyOf, Optional

from tracker.domain.overview_order import ProjectOrder, Wish
from tracker.domain.texts import mark as _
from tracker.web.forms import AddressForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

ORDERS = frozenset(sign + order.value for order in ProjectOrder for sign in ("", "-"))


class OverviewForm(AddressForm):
    """Which part of the overview to show. An empty wish is no wish."""

    over = HiddenField(validators=[Optional(), AnyOf(["all"])])
    milestones = SelectField(_("Milestones"), default="")
    order = HiddenField(validators=[Optional(), AnyOf(ORDERS)])
    page = IntegerField(validators=[Optional()])

    @property
    def wish(self) -> Wish:
        """Which milestones the timeline shows; all of them where the wish is refused."""
        return Wish("" if self.milestones.errors else self.milestones.data or "")

    @property
    def chosen_order(self) -> str:
        """In which order projects stand; that of setting up where the wish is refused."""
        return "" if self.order.errors else self.order.data or ""

    @property
    def chosen(self) -> dict[str, str]:
        """Give the wishes as they stand in the address, without the page and the empty ones."""
        wishes = {
            "over": "" if self.over.errors else self.over.data,
            "milestones": self.wish.value,
            "order": self.chosen_order,
        }
        return {name: wish for name, wish in wishes.items() if wish}


def overview_form(wishes: MultiDict[str, str]) -> OverviewForm:
    """Make the form with its choices, filled in from an address."""
    form = OverviewForm(wishes)
    form.milestones.choices = {"": translate("All")} | {
        wish.value: label(f"milestones_{wish}") for wish in Wish if wish is not Wish.ALL
    }
    return form
