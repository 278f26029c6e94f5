"""The filters above the list of cost lines; they are in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, StringField
from wtforms.validators import Length

from tracker.domain.allocations import Reason
from tracker.domain.costs import CostFilter, CostOrder, CostState
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.store.costs import years_in
from tracker.store.projects import account_names, project_of
from tracker.web.forms import AddressForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict


class CostFilterForm(AddressForm):
    """Which cost lines to show. An empty wish is no wish."""

    text = StringField(validators=[Length(max=100)], default="")
    year = SelectField(default="")
    category = SelectField(default="")
    work_package = SelectField(default="")
    account = SelectField(default="")
    commitment = SelectField(default="")
    state = SelectField(default="")
    reason = SelectField(default="")
    order = SelectField(default=CostOrder.NEWEST.value)

    @property
    def wish(self) -> CostFilter:
        """Hand over what was chosen. Call only after ``validate``."""
        return CostFilter(
            year=int(self.year.data) if self.year.data else None,
            category=self.category.data,
            work_package=self.work_package.data,
            account=self.account.data,
            commitment=self.commitment.data,
            state=CostState(self.state.data) if self.state.data else None,
            reason=self.reason.data,
            text=(self.text.data or "").strip(),
            order=CostOrder(self.order.data),
        )

    @property
    def chosen(self) -> dict[str, str]:
        """Give the wishes as they stand in the address, without the empty ones."""
        return {name: value for name, value in self.data.items() if value}


def cost_filter_form(session: Session, wishes: MultiDict[str, str]) -> CostFilterForm:
    """Make the form with the choices that the programme offers, filled in from an address."""
    form, project = CostFilterForm(wishes), project_of(session)
    everything = {"": translate("All")}
    offered = {
        "year": everything | {str(year): str(year) for year in years_in(session)},
        "category": everything
        | {code: label(code) for code in (project.categories if project else ())},
        "work_package": everything
        | {
            code: f"{code} {name}"
            for code, name in (project.work_packages if project else {}).items()
        },
        "account": everything
        | {
            code: f"{code} {name}"
            for code, name in (account_names(session, project.id) if project else {}).items()
        },
        "commitment": everything | {c.code: c.code for c in commitments_of(session)},
        "state": everything | {state.value: label(state) for state in CostState},
        "reason": everything | {reason.value: label(reason) for reason in Reason},
        "order": {order.value: translate(ORDERS[order]) for order in CostOrder},
    }
    for name, choices in offered.items():
        getattr(form, name).choices = choices
    return form


ORDERS = {
    CostOrder.NEWEST: _("Newest first"),
    CostOrder.OLDEST: _("Oldest first"),
    CostOrder.LARGEST: _("Largest first"),
    CostOrder.SMALLEST: _("Smallest first"),
}
